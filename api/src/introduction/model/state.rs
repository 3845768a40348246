//! The life of a request. Whether its time has run out is decided from the clock whenever it is read; the deadline engine
//! puts that on record a little later.
//!
//! ```text
//! REQUESTED --> ACCEPTED: an outcome, as often as it changes; an opportunity, a lead
//!     +-------> DECLINED, CANCELED, EXPIRED
//! ```

use super::{Introduction, IntroductionOutcome, IntroductionStatus};
use crate::op::{ErrorCode, Refusal};
use chrono::{DateTime, Utc};

/// Where a request is at `now`.
#[must_use]
pub fn status(introduction: &Introduction, now: DateTime<Utc>) -> IntroductionStatus {
    match introduction.status {
        IntroductionStatus::Requested if introduction.expires_at <= now => IntroductionStatus::Expired,
        stored => stored,
    }
}

/// Whether it waits for an answer or for what comes of it at `now`: no second one may be asked for meanwhile.
#[must_use]
pub fn is_open(introduction: &Introduction, now: DateTime<Utc>) -> bool {
    match status(introduction, now) {
        IntroductionStatus::Requested => true,
        IntroductionStatus::Accepted => introduction.outcome.is_none(),
        IntroductionStatus::Declined | IntroductionStatus::Canceled | IntroductionStatus::Expired => false,
    }
}

/// Whether something may still become of it.
#[must_use]
pub const fn ends_well(outcome: IntroductionOutcome) -> bool {
    match outcome {
        IntroductionOutcome::Introduced | IntroductionOutcome::MeetingBooked | IntroductionOutcome::Other => true,
        IntroductionOutcome::NoResponse | IntroductionOutcome::NotInterested | IntroductionOutcome::NotPossible => {
            false
        }
    }
}

fn waiting(introduction: &Introduction, now: DateTime<Utc>) -> Result<(), Refusal> {
    match status(introduction, now) {
        IntroductionStatus::Requested => Ok(()),
        IntroductionStatus::Expired => {
            Err(Refusal::of("id", ErrorCode::Expired, "The time for an answer has run out."))
        }
        IntroductionStatus::Accepted | IntroductionStatus::Declined | IntroductionStatus::Canceled => {
            Err(Refusal::of("id", ErrorCode::InvalidState, "The request was answered or taken back before."))
        }
    }
}

/// Refuses to accept what was answered, was taken back or ran out.
///
/// # Errors
/// [`ErrorCode::Expired`] and [`ErrorCode::InvalidState`].
pub fn accept(introduction: &Introduction, now: DateTime<Utc>) -> Result<(), Refusal> {
    waiting(introduction, now)
}

/// Refuses to decline what was answered, was taken back or ran out.
///
/// # Errors
/// [`ErrorCode::Expired`] and [`ErrorCode::InvalidState`].
pub fn decline(introduction: &Introduction, now: DateTime<Utc>) -> Result<(), Refusal> {
    waiting(introduction, now)
}

/// Refuses to take back what was answered, was taken back or ran out.
///
/// # Errors
/// [`ErrorCode::Expired`] and [`ErrorCode::InvalidState`].
pub fn cancel(introduction: &Introduction, now: DateTime<Utc>) -> Result<(), Refusal> {
    waiting(introduction, now)
}

/// Refuses an outcome of what nobody accepted.
///
/// # Errors
/// [`ErrorCode::InvalidState`].
pub fn record_outcome(introduction: &Introduction) -> Result<(), Refusal> {
    match introduction.status {
        IntroductionStatus::Accepted => Ok(()),
        _ => Err(Refusal::of("id", ErrorCode::InvalidState, "Only what was accepted comes to something.")),
    }
}

fn convert(introduction: &Introduction, made: bool) -> Result<(), Refusal> {
    record_outcome(introduction)?;
    let refused = |message: &str| Err(Refusal::of("id", ErrorCode::InvalidState, message));
    match introduction.outcome {
        _ if made => refused("That was made of it before."),
        Some(outcome) if !ends_well(outcome) => refused("Nothing came of it. Record another outcome first."),
        _ => Ok(()),
    }
}

/// Refuses an opportunity of what was not accepted, came to nothing or has one.
///
/// # Errors
/// [`ErrorCode::InvalidState`].
pub fn convert_to_opportunity(introduction: &Introduction) -> Result<(), Refusal> {
    convert(introduction, introduction.opportunity_id.is_some())
}

/// Refuses a lead of what was not accepted, came to nothing or has one.
///
/// # Errors
/// [`ErrorCode::InvalidState`].
pub fn convert_to_lead(introduction: &Introduction) -> Result<(), Refusal> {
    convert(introduction, introduction.lead_id.is_some())
}

#[cfg(test)]
pub(in crate::introduction) mod tests {
    use super::*;
    use chrono::TimeDelta;
    use entity::id::{LeadId, OpportunityId, OrganizationId};
    use serde_json::json;
    use uuid::Uuid;

    pub(in crate::introduction) fn organization(number: u128) -> OrganizationId {
        OrganizationId(Uuid::from_u128(number))
    }

    fn at(days: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(days)
    }

    /// A request of organization 1 to organization 2, open until day 14, answered on day 1 if at all.
    pub(in crate::introduction) fn introduction(status: IntroductionStatus) -> Introduction {
        Introduction {
            id: Uuid::nil().into(),
            asker_id: organization(1),
            receiver_id: organization(2),
            overlap_id: Uuid::nil().into(),
            asker_list_id: Uuid::nil().into(),
            receiver_list_id: Uuid::nil().into(),
            asker_account_id: Uuid::from_u128(3).into(),
            receiver_account_id: Uuid::from_u128(4).into(),
            open_key: None,
            account_name: "Acme".to_owned(),
            message: "Would you?".to_owned(),
            contact_title: None,
            desired_on: None,
            status,
            expires_at: at(14),
            asker_evidence: json!({}),
            receiver_evidence: None,
            answered_at: (status != IntroductionStatus::Requested).then(|| at(1)),
            decline_reason: None,
            comment: None,
            outcome: None,
            outcome_note: None,
            outcome_on: None,
            outcome_by: None,
            outcome_at: None,
            opportunity_id: None,
            lead_id: None,
            created_at: at(0),
            updated_at: at(0),
            revision: 1,
        }
    }

    const ALL: [IntroductionStatus; 5] = [
        IntroductionStatus::Requested,
        IntroductionStatus::Accepted,
        IntroductionStatus::Declined,
        IntroductionStatus::Canceled,
        IntroductionStatus::Expired,
    ];

    #[test]
    fn the_clock_ends_what_nobody_answered() {
        let asked = introduction(IntroductionStatus::Requested);
        assert_eq!(status(&asked, at(13)), IntroductionStatus::Requested);
        assert_eq!(status(&asked, at(14)), IntroductionStatus::Expired);
        assert_eq!(accept(&asked, at(13)), Ok(()));
        for refused in [accept(&asked, at(14)), decline(&asked, at(14)), cancel(&asked, at(14))] {
            assert_eq!(refused.unwrap_err().code, ErrorCode::Expired);
        }
        assert_eq!(status(&introduction(IntroductionStatus::Accepted), at(99)), IntroductionStatus::Accepted);
    }

    #[test]
    fn it_is_answered_once() {
        for stored in ALL.into_iter().filter(|stored| *stored != IntroductionStatus::Requested) {
            let row = introduction(stored);
            assert!(accept(&row, at(2)).is_err() && decline(&row, at(2)).is_err() && cancel(&row, at(2)).is_err());
        }
    }

    #[test]
    fn only_what_was_accepted_comes_to_something() {
        for stored in ALL {
            let row = introduction(stored);
            let accepted = stored == IntroductionStatus::Accepted;
            assert_eq!(record_outcome(&row).is_ok(), accepted, "{stored:?}");
            assert_eq!(convert_to_opportunity(&row).is_ok(), accepted, "{stored:?}");
            assert_eq!(convert_to_lead(&row).is_ok(), accepted, "{stored:?}");
        }
    }

    #[test]
    fn each_thing_is_made_once_and_not_of_what_came_to_nothing() {
        let accepted = introduction(IntroductionStatus::Accepted);
        let with = |outcome| Introduction { outcome: Some(outcome), ..accepted.clone() };
        assert_eq!(convert_to_opportunity(&with(IntroductionOutcome::MeetingBooked)), Ok(()));
        assert!(convert_to_opportunity(&with(IntroductionOutcome::NoResponse)).is_err());
        assert!(convert_to_lead(&with(IntroductionOutcome::NotInterested)).is_err());
        let deal = Introduction { opportunity_id: Some(OpportunityId(Uuid::nil())), ..accepted.clone() };
        assert!(convert_to_opportunity(&deal).is_err());
        assert_eq!(convert_to_lead(&deal), Ok(()));
        let lead = Introduction { lead_id: Some(LeadId(Uuid::nil())), ..accepted };
        assert!(convert_to_lead(&lead).is_err());
        assert_eq!(convert_to_opportunity(&lead), Ok(()));
    }

    #[test]
    fn it_is_open_until_something_came_of_it() {
        assert!(is_open(&introduction(IntroductionStatus::Requested), at(13)));
        assert!(!is_open(&introduction(IntroductionStatus::Requested), at(14)));
        let accepted = introduction(IntroductionStatus::Accepted);
        assert!(is_open(&accepted, at(99)));
        assert!(!is_open(&Introduction { outcome: Some(IntroductionOutcome::Introduced), ..accepted }, at(2)));
        assert!(!is_open(&introduction(IntroductionStatus::Declined), at(2)));
    }
}
