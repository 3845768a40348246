//! Invitations into opportunities: what they show, their bounds and their life.

use super::{Invitation, InvitationStatus, ParticipantRole};
use crate::{
    op::{ErrorCode, Refusal},
    partnership::model::{Lasting, open_until},
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::id::{OpportunityId, OrganizationId, TypedId};
use serde::{Deserialize, Serialize};

/// Characters of an invitation's message at most.
pub const MESSAGE_MAX: usize = 255;
/// Open invitations into one opportunity at a time: twice as many as can take part, since some decline.
pub const OPEN_INVITATIONS_MAX: u64 = 20;
/// How long an invitation is open where nothing else was said.
pub const EXPIRY_DEFAULT: TimeDelta = TimeDelta::days(14);
/// How long an invitation is open at most.
pub const EXPIRY_MAX: TimeDelta = TimeDelta::days(90);

/// An invitation to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invite {
    /// The slug of the invited organization.
    pub organization: String,
    /// What the invited organization reads.
    pub message: String,
    /// What it would do.
    pub role: ParticipantRole,
    /// Until when it can be answered.
    pub expires_at: Option<DateTime<Utc>>,
    /// What is shown before acceptance; the default where it is not given.
    pub shown: Option<i32>,
    /// What is seen after acceptance; everything that the inviter may share where it is not given.
    pub granted: Option<i32>,
    /// Whether it may invite others then.
    pub may_invite: bool,
}

/// What an invitation shows before it is accepted, as it was kept when it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Offer {
    /// The title.
    pub title: String,
    /// The customer.
    pub customer: Option<OfferedCustomer>,
    /// The job of the contact.
    pub contact_title: Option<String>,
    /// What the customer wants solved.
    pub business_problem: Option<String>,
    /// How it is solved.
    pub use_case: Option<String>,
    /// What it is worth.
    pub expected_amount: Option<OfferedAmount>,
    /// When it closes.
    pub target_close_date: Option<chrono::NaiveDate>,
    /// What the owner asks for.
    pub help_requested: Option<Vec<super::HelpKind>>,
}

/// A customer as an invitation shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferedCustomer {
    /// The name.
    pub name: String,
    /// The website.
    pub website_url: Option<String>,
    /// The country.
    pub country_code: Option<String>,
    /// What it does.
    pub industry: Option<super::Industry>,
    /// The DUNS number.
    pub duns: Option<String>,
}

/// An amount as an invitation shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferedAmount {
    /// Minor units.
    pub minor: i64,
    /// The currency.
    pub currency_code: String,
}

impl Lasting for Invitation {
    fn stored(&self) -> InvitationStatus {
        self.status
    }

    fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }
}

/// Until when an invitation that is sent at `now` is open.
///
/// # Errors
/// [`ErrorCode::OutOfRange`] for a moment that is not within the next 90 days.
pub fn expiry(wanted: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
    open_until(wanted, now, EXPIRY_DEFAULT, EXPIRY_MAX)
}

/// Refuses the roles that nobody is invited into.
///
/// # Errors
/// [`ErrorCode::InvalidValue`].
pub fn may_be_invited_as(role: ParticipantRole) -> Result<(), Refusal> {
    match role {
        ParticipantRole::Owner | ParticipantRole::ProgramHost => {
            let message = "Nobody is invited as the owner or as a program's host.";
            Err(Refusal::of("input.role", ErrorCode::InvalidValue, message))
        }
        _ => Ok(()),
    }
}

/// What is unique for an organization that is invited into an opportunity.
#[must_use]
pub fn open_key(opportunity: OpportunityId, organization: OrganizationId) -> String {
    format!("{}:{}", opportunity.global(), organization.global())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cosell::model::{
        FIELDS_ALL, FIELDS_SHOWN, answer, shown,
        tests::{at, opportunity, organization},
    };
    use entity::id::InvitationId;
    use proptest::{prelude::*, sample::select};
    use uuid::Uuid;

    const ALL: [InvitationStatus; 5] = [
        InvitationStatus::Pending,
        InvitationStatus::Accepted,
        InvitationStatus::Declined,
        InvitationStatus::Canceled,
        InvitationStatus::Expired,
    ];

    fn invitation(status: InvitationStatus, expires_at: DateTime<Utc>) -> Invitation {
        Invitation {
            id: InvitationId(Uuid::nil()),
            opportunity_id: opportunity().id,
            from_organization_id: organization(1),
            to_organization_id: organization(2),
            message: "Shall we?".to_owned(),
            role: ParticipantRole::Reseller,
            shown: FIELDS_SHOWN,
            offer: serde_json::Value::Null,
            granted: FIELDS_ALL,
            may_invite: false,
            status,
            open_key: None,
            expires_at,
            created_at: at(0),
            answered_at: None,
            decline_reason: None,
            comment: None,
        }
    }

    #[test]
    fn the_expiry_has_a_default_and_bounds() {
        assert_eq!(expiry(None, at(0)).unwrap(), at(14 * 86_400));
        assert_eq!(expiry(Some(at(1)), at(0)).unwrap(), at(1));
        assert_eq!(expiry(Some(at(90 * 86_400)), at(0)).unwrap(), at(90 * 86_400));
        for bad in [0, -1, 90 * 86_400 + 1] {
            assert_eq!(expiry(Some(at(bad)), at(0)).unwrap_err().code, ErrorCode::OutOfRange);
        }
    }

    #[test]
    fn nobody_is_invited_as_owner_or_host() {
        assert!(may_be_invited_as(ParticipantRole::Facilitator).is_ok());
        for role in [ParticipantRole::Owner, ParticipantRole::ProgramHost] {
            assert_eq!(may_be_invited_as(role).unwrap_err().code, ErrorCode::InvalidValue);
        }
    }

    #[test]
    fn an_offer_reads_back_with_what_is_shown_and_nothing_else() {
        let mut deal = opportunity();
        deal.title = "Deal".to_owned();
        deal.customer_name = "Acme".to_owned();
        deal.use_case = Some("Answers".to_owned());
        deal.business_problem = Some("Secret".to_owned());
        deal.expected_amount_minor = Some(100);
        deal.expected_currency = Some("EUR".to_owned());
        let offer: Offer = serde_json::from_value(shown(&deal, &[], None, FIELDS_SHOWN)).unwrap();
        assert_eq!(offer.title, "Deal");
        assert_eq!(offer.customer.unwrap().name, "Acme");
        assert_eq!(offer.use_case.as_deref(), Some("Answers"));
        assert_eq!((offer.business_problem, offer.expected_amount, offer.help_requested), (None, None, None));
        let all: Offer = serde_json::from_value(shown(&deal, &[], None, FIELDS_ALL)).unwrap();
        assert_eq!(all.expected_amount.unwrap().minor, 100);
    }

    proptest! {
        #[test]
        fn an_answer_closes_for_good_and_never_after_the_expiry(
            path in proptest::collection::vec((select(ALL.to_vec()), 0i64..40), 0..12),
        ) {
            let mut state = invitation(InvitationStatus::Pending, at(20));
            for (to, when) in path {
                let open = state.status == InvitationStatus::Pending && when < 20;
                let outcome = answer(&state, to, at(when));
                prop_assert_eq!(outcome.is_ok(), open && to != InvitationStatus::Pending);
                if outcome.is_ok() {
                    state.status = to;
                }
            }
        }
    }
}
