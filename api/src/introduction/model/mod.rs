//! The values and rules of introductions. Pure.

mod evidence;
pub(in crate::introduction) mod state;

pub use entity::introduction::{IntroductionDeclineReason, IntroductionOutcome, IntroductionStatus};
pub use evidence::Evidence;
pub use state::{
    accept, cancel, convert_to_lead, convert_to_opportunity, decline, ends_well, is_open, record_outcome, status,
};

use crate::op::{ErrorCode, Refusal};
use chrono::{NaiveDate, TimeDelta};
use entity::id::{AccountId, OrganizationId, TypedId};

/// A request to be introduced, with what became of it.
pub type Introduction = entity::introduction::Model;

/// Characters of a request's message at most.
pub const MESSAGE_MAX: usize = 1_000;
/// Characters of the title of whom the asker wants to speak to, at most.
pub const CONTACT_TITLE_MAX: usize = 120;
/// Characters of the comment to an answer, and of the note to an outcome, at most.
pub const COMMENT_MAX: usize = 500;
/// How long the receiver has for its answer.
pub const ANSWER_TIME: TimeDelta = TimeDelta::days(14);
/// How far ahead an introduction may be wished for.
pub const DESIRED_MAX: TimeDelta = TimeDelta::days(366);
/// Requests of one organization that may wait for answers at a time: enough for a campaign, too few to flood partners.
pub const WAITING_MAX: u64 = 500;

/// The side of an introduction that an organization is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It wants to be introduced.
    Asker,
    /// It was asked to introduce.
    Receiver,
}

/// On which side of it an organization is; none for everybody else.
#[must_use]
pub fn side(introduction: &Introduction, organization: OrganizationId) -> Option<Side> {
    match organization {
        asker if asker == introduction.asker_id => Some(Side::Asker),
        receiver if receiver == introduction.receiver_id => Some(Side::Receiver),
        _ => None,
    }
}

/// What no two open requests have in common: who asks, which its own account says, and about which account.
#[must_use]
pub fn open_key(asker: AccountId, receiver: AccountId) -> String {
    format!("{}:{}", asker.global(), receiver.global())
}

/// By when an introduction is wished for: not in the past, and within a year. It is today until it is tomorrow everywhere.
///
/// # Errors
/// [`ErrorCode::OutOfRange`].
pub fn desired_on(wanted: Option<NaiveDate>, today: NaiveDate) -> Result<Option<NaiveDate>, Refusal> {
    let Some(day) = wanted else { return Ok(None) };
    if day < today - TimeDelta::days(1) || day > today + DESIRED_MAX {
        let message = "The day is not in the past, and within a year.";
        return Err(Refusal::of("input.desiredOn", ErrorCode::OutOfRange, message));
    }
    Ok(Some(day))
}

/// The day on which it came to an outcome: not before the request was accepted, and not in the future. It is tomorrow
/// already somewhere.
///
/// # Errors
/// [`ErrorCode::OutOfRange`].
pub fn happened_on(
    introduction: &Introduction,
    day: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<NaiveDate, Refusal> {
    let Some(day) = day else { return Ok(today) };
    let accepted = introduction.answered_at.map_or(today, |at| at.date_naive());
    if day < accepted - TimeDelta::days(1) || day > today + TimeDelta::days(1) {
        let message = "The day is not before the request was accepted, and not in the future.";
        return Err(Refusal::of("input.happenedOn", ErrorCode::OutOfRange, message));
    }
    Ok(day)
}

/// The refusal of a second request about the same two accounts.
#[must_use]
pub fn asked_already() -> Refusal {
    let message = "There is a request about this company that is open. Wait for what comes of it, or take it back.";
    Refusal::of("input.overlap", ErrorCode::AlreadyExists, message)
}

#[cfg(test)]
mod tests {
    use super::{
        state::tests::{introduction, organization},
        *,
    };

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(1970, 1, day).unwrap()
    }

    #[test]
    fn two_have_part_in_it_and_nobody_else() {
        let asked = introduction(IntroductionStatus::Requested);
        assert_eq!(side(&asked, organization(1)), Some(Side::Asker));
        assert_eq!(side(&asked, organization(2)), Some(Side::Receiver));
        assert_eq!(side(&asked, organization(3)), None);
    }

    #[test]
    fn each_side_may_ask_the_other() {
        let (one, other) = (AccountId(uuid::Uuid::from_u128(1)), AccountId(uuid::Uuid::from_u128(2)));
        assert_ne!(open_key(one, other), open_key(other, one));
    }

    #[test]
    fn days_are_within_reason() {
        assert_eq!(desired_on(None, day(9)), Ok(None));
        assert_eq!(desired_on(Some(day(8)), day(9)), Ok(Some(day(8))));
        assert_eq!(desired_on(Some(day(7)), day(9)).unwrap_err().code, ErrorCode::OutOfRange);
        assert!(desired_on(Some(day(9) + TimeDelta::days(367)), day(9)).is_err());
        // It was accepted on the 2nd.
        let accepted = introduction(IntroductionStatus::Accepted);
        assert_eq!(happened_on(&accepted, None, day(9)), Ok(day(9)));
        assert_eq!(happened_on(&accepted, Some(day(10)), day(9)), Ok(day(10)));
        assert!(happened_on(&accepted, Some(day(11)), day(9)).is_err());
        assert!(happened_on(&introduction_on(5), Some(day(3)), day(9)).is_err());
    }

    fn introduction_on(accepted: u32) -> Introduction {
        let at = day(accepted).and_hms_opt(9, 0, 0).unwrap().and_utc();
        Introduction { answered_at: Some(at), ..introduction(IntroductionStatus::Accepted) }
    }
}
