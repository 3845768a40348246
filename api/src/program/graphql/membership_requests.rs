//! The inputs of mutations of memberships.

use super::{membership::MembershipRejectionReason, tier::RequirementMetric};
use crate::{
    op::{ErrorCode, Refusal, check},
    program::model::{
        Metric, MetricDraft, NAME_MAX,
        judgment::{metric_key, to_stored},
    },
    schema::scalar::{CurrencyCode, Date, PartnerType},
};
use async_graphql::{ID, InputObject};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// An application to a program, for the actor's own organization.
#[derive(InputObject)]
pub struct MembershipApplyInput {
    /// The slug of the program.
    pub program: String,
    /// The kinds of partner that it would be, at least one; only such as the program is for.
    pub types: Vec<PartnerType>,
    /// To the host, at most 2,000 characters.
    pub message: Option<String>,
    /// A retry with the same key and the same input within 24 hours gets the first answer; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// An invitation into a program.
#[derive(InputObject)]
pub struct MembershipInviteInput {
    /// The slug of the program.
    pub program: String,
    /// The slug of the organization to invite.
    pub organization: String,
    /// The kinds of partner that it would be, at least one; only such as the program is for.
    pub types: Vec<PartnerType>,
    /// To the organization, at most 2,000 characters.
    pub message: Option<String>,
    /// A retry with the same key and the same input within 24 hours gets the first answer; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// Why an invitation is declined.
#[derive(InputObject)]
pub struct MembershipDeclineInput {
    /// To the host, at most 1,000 characters.
    pub comment: Option<String>,
}

/// How an application is approved.
#[derive(InputObject)]
pub struct MembershipApproveInput {
    /// The tier of the program to begin with; none where nothing is said.
    pub tier: Option<ID>,
    /// The day from which it is no longer in force unless it is renewed: after today, within 20 years; no end where
    /// nothing is said.
    pub expires_on: Option<Date>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Why an application is rejected.
#[derive(InputObject)]
pub struct MembershipRejectInput {
    /// The reason.
    pub reason: MembershipRejectionReason,
    /// To the applicant, at most 1,000 characters; needed with `OTHER`.
    pub comment: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Why a membership is set aside.
#[derive(InputObject)]
pub struct MembershipSuspendInput {
    /// To the member, 1 to 1,000 characters.
    pub comment: String,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Why a membership ends.
#[derive(InputObject)]
pub struct MembershipTerminateInput {
    /// To the other side, 1 to 1,000 characters.
    pub comment: String,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Until when a membership holds.
#[derive(InputObject)]
pub struct MembershipRenewInput {
    /// The day from which it is no longer in force: after today, within 20 years; null for no end.
    pub until: Option<Date>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// The tier of a membership.
#[derive(InputObject)]
pub struct MembershipAssignTierInput {
    /// A tier of the program. The one that it holds already drops a planned change.
    pub tier: ID,
    /// The first day, today to a year ahead; where nothing is said today, for a lower tier the day after the grace
    /// period.
    pub effective_on: Option<Date>,
    /// Whether a lower tier may count before the grace period is over.
    #[graphql(default)]
    pub waive_grace: bool,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// A measured value.
#[derive(InputObject)]
pub struct MembershipMetricRecordInput {
    /// What was measured.
    pub metric: RequirementMetric,
    /// Only of a custom metric: what its requirement is called.
    pub name: Option<String>,
    /// Only of revenue: its currency.
    pub currency_code: Option<CurrencyCode>,
    /// 0 to 900 billion, at most four digits after the point, for revenue as many as the currency has.
    pub value: Decimal,
    /// The day that the value is of, today where nothing is said; a value of the same day is replaced.
    pub as_of: Option<Date>,
}

impl MembershipMetricRecordInput {
    /// The value to record; `today` is its day where nothing is said.
    pub(super) fn draft(self, today: NaiveDate) -> Result<MetricDraft, Refusal> {
        let metric = Metric::from(self.metric);
        let only = |field: &str, given: bool, wanted: bool, what: &str| match (given, wanted) {
            (false, true) => Err(Refusal::of(field, ErrorCode::Required, format!("{what} needs this."))),
            (true, false) => Err(Refusal::of(field, ErrorCode::InvalidValue, format!("Only {what} has this."))),
            _ => Ok(()),
        };
        only("input.name", self.name.is_some(), metric == Metric::Custom, "a custom metric")?;
        only("input.currencyCode", self.currency_code.is_some(), metric == Metric::Revenue, "revenue")?;
        let name = self.name.map(|name| check::line("input.name", &name, NAME_MAX)).transpose()?;
        let currency = self.currency_code.map(|code| code.0);
        Ok(MetricDraft {
            metric,
            key: metric_key(metric, name.as_deref(), currency.as_ref().map(|currency| currency.code())),
            as_of: self.as_of.map_or(today, |date| date.0),
            value: to_stored("input.value", self.value, currency)?,
        })
    }
}
