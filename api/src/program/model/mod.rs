//! The values and rules of programs. Pure.

pub mod history;
pub mod judgment;
pub mod standing;

pub use entity::{
    membership::{MembershipStatus, RejectionReason},
    membership_fact::FactKind,
    program::ProgramStatus,
    requirement::{Metric, Operator},
    tier_benefit::BenefitKind,
    value::{OrganizationStatus, PartnerType, PartnerTypes, Role},
};

use chrono::NaiveDate;
use serde::Serialize;

/// A program.
pub type Program = entity::program::Model;
/// A tier of a program.
pub type Tier = entity::tier::Model;
/// What the members of a tier get.
pub type Benefit = entity::tier_benefit::Model;
/// One version of what a tier requires.
pub type RequirementSet = entity::requirement_set::Model;
/// A measurable requirement.
pub type Requirement = entity::requirement::Model;
/// An organization's place in a program.
pub type Membership = entity::membership::Model;
/// A recorded fact about a membership.
pub type RecordedFact = entity::membership_fact::Model;
/// A stored period of a membership.
pub type StoredPeriod = entity::membership_period::Model;
/// A measured value of a membership.
pub type MetricValue = entity::membership_metric::Model;

/// Characters of a program's name at most.
pub const PROGRAM_NAME_MAX: usize = 200;
/// Characters of a program's description at most.
pub const PROGRAM_DESCRIPTION_MAX: usize = 4_000;
/// Characters of the name of a tier, a benefit or a custom metric at most.
pub const NAME_MAX: usize = 100;
/// Characters of a tier's description at most.
pub const TIER_DESCRIPTION_MAX: usize = 2_000;
/// Characters of a benefit's description at most.
pub const BENEFIT_DESCRIPTION_MAX: usize = 1_000;
/// Characters of the message of an application or an invitation at most.
pub const MESSAGE_MAX: usize = 2_000;
/// Characters of a comment at most.
pub const COMMENT_MAX: usize = 1_000;
/// Tiers of a program at most: a page shows them all.
pub const TIERS_MAX: usize = 50;
/// Benefits of a tier at most.
pub const BENEFITS_MAX: usize = 50;
/// Requirements of one version of a tier at most.
pub const REQUIREMENTS_MAX: usize = 30;
/// Versions of a tier's requirements at most.
pub const VERSIONS_MAX: i32 = 500;
/// The highest rank.
pub const RANK_MAX: i32 = 1_000;
/// Days of a grace period or of a wait at most.
pub const DAYS_MAX: i32 = 365;
/// Days for grace where the host says nothing.
pub const GRACE_DAYS: i32 = 30;
/// Days into the future that a tier can be assigned for at most.
pub const AHEAD_MAX_DAYS: u64 = 366;
/// Months of a requirement's window at most.
pub const WINDOW_MAX: i32 = 120;

/// A new program, checked by the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgramDraft {
    /// The wanted slug.
    pub slug: String,
    /// The display name.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// The kinds of partners that it is for.
    pub types: PartnerTypes,
    /// Whether members' profile changes wait for the host.
    pub moderates_profiles: bool,
    /// Days before a lower tier counts.
    pub grace_days: i32,
    /// Days after a rejection before another application.
    pub reapply_days: i32,
    /// The first day on which it takes members.
    pub starts_on: Option<NaiveDate>,
    /// The day from which it takes none.
    pub ends_on: Option<NaiveDate>,
}

/// A change of a program. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgramPatch {
    /// The display name.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<Option<String>>,
    /// The kinds of partners that it is for.
    pub types: Option<PartnerTypes>,
    /// Whether members' profile changes wait for the host.
    pub moderates_profiles: Option<bool>,
    /// Days before a lower tier counts.
    pub grace_days: Option<i32>,
    /// Days after a rejection before another application.
    pub reapply_days: Option<i32>,
    /// The first day on which it takes members.
    pub starts_on: Option<Option<NaiveDate>>,
    /// The day from which it takes none.
    pub ends_on: Option<Option<NaiveDate>>,
}

/// A new tier, checked by the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TierDraft {
    /// The name, unique in the program whatever its case.
    pub name: String,
    /// 1 is the lowest.
    pub rank: i32,
    /// What it stands for.
    pub description: Option<String>,
    /// A picture.
    pub badge_url: Option<String>,
}

/// A change of a tier. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TierPatch {
    /// The name.
    pub name: Option<String>,
    /// 1 is the lowest.
    pub rank: Option<i32>,
    /// What it stands for.
    pub description: Option<Option<String>>,
    /// A picture.
    pub badge_url: Option<Option<String>>,
}

/// A benefit as its host writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BenefitDraft {
    /// What it is.
    pub kind: BenefitKind,
    /// What it is called.
    pub name: String,
    /// What it means.
    pub description: Option<String>,
    /// For a discount: basis points.
    pub basis_points: Option<i32>,
    /// For credits: minor units and the currency.
    pub amount: Option<(i64, String)>,
}

/// A requirement as its host writes it; amounts in ten-thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementDraft {
    /// What is measured.
    pub metric: Metric,
    /// What a custom metric is called.
    pub name: Option<String>,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub threshold: i64,
    /// The upper end of `BETWEEN`.
    pub upper_threshold: Option<i64>,
    /// For revenue, ISO 4217.
    pub currency: Option<String>,
    /// Months back; none for all time.
    pub window_months: Option<i32>,
}

/// A measured value, for [`crate::program::service::metric`]; amounts in ten-thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricDraft {
    /// What was measured.
    pub metric: Metric,
    /// The currency of revenue, the folded name of a custom metric, else empty.
    pub key: String,
    /// The day that the value is of.
    pub as_of: NaiveDate,
    /// The value.
    pub value: i64,
}

/// The key of a name that must be unique whatever its case and accents.
#[must_use]
pub fn name_key(name: &str) -> String {
    crate::text::sort_key(name)
}

/// The names of partner types, for the audit trail.
#[must_use]
pub fn type_words(types: PartnerTypes) -> Vec<PartnerType> {
    types.iter().collect()
}

/// Whether a program takes members on `day`.
#[must_use]
pub fn takes_members(program: &Program, day: NaiveDate) -> bool {
    program.status == ProgramStatus::Published
        && program.starts_on.is_none_or(|starts| starts <= day)
        && program.ends_on.is_none_or(|ends| day < ends)
}

/// Whether a program of status `from` may become `to`.
#[must_use]
pub const fn status_may_follow(from: ProgramStatus, to: ProgramStatus) -> bool {
    matches!(
        (from, to),
        (ProgramStatus::Draft | ProgramStatus::Retired, ProgramStatus::Published)
            | (ProgramStatus::Published, ProgramStatus::Retired)
    )
}

/// The status as the schema spells it, for messages.
#[must_use]
pub const fn program_word(status: ProgramStatus) -> &'static str {
    match status {
        ProgramStatus::Draft => "DRAFT",
        ProgramStatus::Published => "PUBLISHED",
        ProgramStatus::Retired => "RETIRED",
    }
}

/// The status as the schema spells it, for messages.
#[must_use]
pub const fn membership_word(status: MembershipStatus) -> &'static str {
    match status {
        MembershipStatus::Applied => "APPLIED",
        MembershipStatus::Invited => "INVITED",
        MembershipStatus::Active => "ACTIVE",
        MembershipStatus::Rejected => "REJECTED",
        MembershipStatus::Suspended => "SUSPENDED",
        MembershipStatus::Terminated => "TERMINATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_published_and_retired_and_never_a_draft_again() {
        use ProgramStatus::{Draft, Published, Retired};
        for (from, to, may) in [
            (Draft, Published, true),
            (Published, Retired, true),
            (Retired, Published, true),
            (Draft, Retired, false),
            (Published, Draft, false),
            (Retired, Draft, false),
            (Published, Published, false),
        ] {
            assert_eq!(status_may_follow(from, to), may, "{from:?} {to:?}");
        }
    }

    #[test]
    fn tiers_that_differ_in_a_sign_are_two_and_in_case_are_one() {
        assert_ne!(name_key("A+"), name_key("A"));
        assert_eq!(name_key("GÓLD"), name_key("gold"));
    }
}
