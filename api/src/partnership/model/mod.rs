//! The values and rules of partnerships. Pure.

mod facts;
mod invitation;
mod life;
mod term;

pub use entity::{
    partnership::{EndReason, PartnershipOrigin},
    partnership_exchange::ExchangeKind,
    partnership_invitation::{InvitationStatus, PartnershipDeclineReason},
    partnership_role::ChannelRole,
    partnership_term::TermBasis,
    value::{PartnerType, PartnerTypes},
};
pub use facts::{
    DESCRIPTION_MAX, EXCHANGE_TEXT_MAX, EXCHANGES_MAX, Exchange, ExchangeDraft, Facts, FactsPatch, ROLES_MAX,
    RoleDraft, RolePart, SERVICE_MAX, SERVICES_MAX, Setting, TERMS_MAX, TermDraft,
};
pub use invitation::{
    EXPIRY_DEFAULT, EXPIRY_MAX, Invite, MESSAGE_MAX, OPEN_INVITATIONS_MAX, expiry, join_key, pair_key, recorded_key,
};
pub use life::{Lasting, answer, expiry_is_due, invitation_status, open_until};
pub use term::{Term, TermFault, merge_terms};

use crate::op::{ErrorCode, Refusal};
use chrono::NaiveDate;
use entity::id::{MemberId, OrganizationId};

/// A partnership, without parties and without the facts that have rows of their own.
pub type Partnership = entity::partnership::Model;

/// A party of a partnership.
pub type Party = entity::partnership_party::Model;

/// An invitation.
pub type Invitation = entity::partnership_invitation::Model;

/// Parties of a partnership at most.
pub const PARTIES_MAX: usize = 10;
/// Characters of the comment to an end or a refusal at most.
pub const COMMENT_MAX: usize = 500;
/// Characters of a recorded fact's source at most.
pub const SOURCE_MAX: usize = 500;
/// Characters of a recorded fact's state at most.
pub const STATE_MAX: usize = 100;

/// Whether a partnership holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartnershipStatus {
    /// It holds, though an end may have been announced.
    Active,
    /// It holds no longer.
    Ended,
}

/// Where a partnership is on the day `today`.
#[must_use]
pub fn status(partnership: &Partnership, today: NaiveDate) -> PartnershipStatus {
    match partnership.ends_on {
        Some(ends_on) if ends_on <= today => PartnershipStatus::Ended,
        _ => PartnershipStatus::Active,
    }
}

/// Whether the last day of a partnership is over on the day `today` and nobody has put that on record yet.
#[must_use]
pub fn end_is_due(partnership: &Partnership, today: NaiveDate) -> bool {
    partnership.concluded_at.is_none() && status(partnership, today) == PartnershipStatus::Ended
}

/// Refuses a change of a partnership that has ended.
///
/// # Errors
/// [`ErrorCode::InvalidState`].
pub fn must_be_active(partnership: &Partnership, today: NaiveDate) -> Result<(), Refusal> {
    match status(partnership, today) {
        PartnershipStatus::Active => Ok(()),
        PartnershipStatus::Ended => Err(Refusal::invalid_state("The partnership has ended.")),
    }
}

/// How a partnership ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Why.
    pub reason: EndReason,
    /// In words.
    pub comment: Option<String>,
    /// The slug of the organization that acquired a party.
    pub acquired_by: Option<String>,
    /// The first day on which it no longer holds; today where it is not given.
    pub ends_on: Option<NaiveDate>,
}

/// The day on which an end that is entered `today` takes effect. It lies neither in the past nor more than five years
/// ahead, and an end that was announced can be brought forward but not put off.
///
/// # Errors
/// [`ErrorCode::InvalidState`] for one that has ended, [`ErrorCode::OutOfRange`] for the day,
/// [`ErrorCode::InvalidValue`] and [`ErrorCode::Required`] where reason, comment and acquirer do not fit each other.
pub fn check_end(partnership: &Partnership, end: &End, today: NaiveDate) -> Result<NaiveDate, Refusal> {
    must_be_active(partnership, today)?;
    if end.acquired_by.is_some() && end.reason != EndReason::Acquired {
        let message = "An acquirer belongs to the reason ACQUIRED only.";
        return Err(Refusal::of("input.acquiredBy", ErrorCode::InvalidValue, message));
    }
    if end.reason == EndReason::Other && end.comment.is_none() {
        return Err(Refusal::of("input.comment", ErrorCode::Required, "With the reason OTHER, say what it is."));
    }
    let ends_on = end.ends_on.unwrap_or(today);
    let latest = today + chrono::TimeDelta::days(5 * 366);
    if ends_on < today || ends_on > latest {
        let message = format!("Must be from {today} to {latest}.");
        return Err(Refusal::of("input.endsOn", ErrorCode::OutOfRange, message));
    }
    match partnership.ends_on {
        Some(announced) if ends_on > announced => {
            let message = format!("It ends on {announced} already, and that can only be brought forward.");
            Err(Refusal::of("input.endsOn", ErrorCode::InvalidState, message))
        }
        _ => Ok(ends_on),
    }
}

/// The parties that are in a partnership now, as its policy and its events look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides {
    /// The partnership.
    pub partnership: Partnership,
    /// Its present parties, by organization.
    pub parties: Vec<Party>,
}

impl Sides {
    /// The place of `organization`, where it is a present party.
    #[must_use]
    pub fn side(&self, organization: OrganizationId) -> Option<&Party> {
        self.parties.iter().find(|party| party.organization_id == organization)
    }

    /// Whether everybody may see it, as far as the parties decide that.
    #[must_use]
    pub fn listed(&self) -> bool {
        self.parties.iter().all(|party| party.listed)
    }
}

/// A change of one's own side. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SidePatch {
    /// The partner manager.
    pub manager: Option<Option<MemberId>>,
    /// The executive sponsor.
    pub sponsor: Option<Option<MemberId>>,
    /// Whether this side wants it to be public.
    pub listed: Option<bool>,
}

/// A partnership that a public source names, to be recorded without the parties' doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedFact {
    /// The parties, two to [`PARTIES_MAX`].
    pub parties: Vec<OrganizationId>,
    /// The types, never empty.
    pub types: Vec<PartnerType>,
    /// What they do together.
    pub description: String,
    /// Where it was read.
    pub source: String,
    /// How sure the source is, for example `named example`.
    pub state: String,
    /// When it began, where known.
    pub started_on: Option<NaiveDate>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};
    use entity::id::PartnershipId;
    use proptest::prelude::*;
    use uuid::Uuid;

    pub(crate) fn day(offset: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 2).unwrap() + TimeDelta::days(offset)
    }

    pub(crate) fn partnership(ends_on: Option<NaiveDate>) -> Partnership {
        Partnership {
            id: PartnershipId(Uuid::nil()),
            origin: PartnershipOrigin::Agreed,
            types: PartnerType::ALL.into_iter().collect(),
            guard: None,
            started_on: Some(day(-100)),
            sorts_ascending: day(-100),
            sorts_descending: day(-100),
            ends_on,
            end_reason: None,
            end_comment: None,
            ended_by: None,
            acquired_by: None,
            ended_at: None,
            concluded_at: None,
            description: None,
            source: None,
            state: None,
            aim: None,
            term_starts_on: None,
            term_ends_on: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            revision: 1,
        }
    }

    fn end(reason: EndReason, ends_on: Option<NaiveDate>) -> End {
        End { reason, comment: None, acquired_by: None, ends_on }
    }

    #[test]
    fn an_end_says_why_and_by_whom() {
        let code = |end: &End| check_end(&partnership(None), end, day(0)).err().map(|refusal| refusal.code);
        assert_eq!(code(&end(EndReason::Mutual, None)), None);
        assert_eq!(code(&end(EndReason::Other, None)), Some(ErrorCode::Required));
        let acquired = |reason| End { acquired_by: Some("comet".to_owned()), ..end(reason, None) };
        assert_eq!(code(&acquired(EndReason::Acquired)), None);
        assert_eq!(code(&acquired(EndReason::Mutual)), Some(ErrorCode::InvalidValue));
    }

    proptest! {
        #[test]
        fn an_end_never_lies_in_the_past_and_is_never_put_off(
            announced in proptest::option::of(-5i64..400),
            wanted in proptest::option::of(-5i64..3000),
        ) {
            let before = partnership(announced.map(day));
            let outcome = check_end(&before, &end(EndReason::Mutual, wanted.map(day)), day(0));
            if status(&before, day(0)) == PartnershipStatus::Ended {
                prop_assert_eq!(outcome.unwrap_err().code, ErrorCode::InvalidState);
            } else if let Ok(ends_on) = outcome {
                prop_assert!(ends_on >= day(0));
                prop_assert!(announced.is_none_or(|announced| ends_on <= day(announced)));
                prop_assert_eq!(ends_on, wanted.map_or(day(0), day));
                let after = partnership(Some(ends_on));
                prop_assert_eq!(status(&after, ends_on), PartnershipStatus::Ended);
                prop_assert_eq!(status(&after, ends_on - TimeDelta::days(1)), PartnershipStatus::Active);
            } else {
                let wanted = wanted.unwrap();
                prop_assert!(!(0..=5 * 366).contains(&wanted) || announced.is_some_and(|announced| wanted > announced));
            }
        }
    }
}
