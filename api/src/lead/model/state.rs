//! The life of a lead. Whether a receiver's time has run out is decided from the clock whenever it is read; that the lead
//! goes on to the next receiver is written down by the deadline engine a little later.
//!
//! ```text
//! NEW --> SENT --> ACCEPTED --> CONVERTED
//!  |      | ^ |       |
//!  |      | '-' next  +-> DECLINED
//!  |      +-> DECLINED, EXPIRED: the last receiver
//!  +------+-> CANCELED
//! ```

use super::{Lead, LeadStatus, LeadStepState, Seen, Step};
use crate::op::{ErrorCode, Refusal};
use chrono::{DateTime, Utc};

/// What may follow what; nothing follows the end.
#[must_use]
const fn may_follow(from: LeadStatus, to: LeadStatus) -> bool {
    use LeadStatus::{Accepted, Canceled, Converted, Declined, Expired, New, Sent};
    match (from, to) {
        // From `Sent` to `Sent`: on to the next receiver.
        (New, Sent | Canceled)
        | (Sent, Sent | Accepted | Declined | Expired | Canceled)
        | (Accepted, Converted | Declined) => true,
        (New | Sent | Accepted, _) | (Converted | Declined | Expired | Canceled, _) => false,
    }
}

/// Where a lead is at `now`, as its sender sees it. While further receivers wait, it is still on its way.
#[must_use]
pub fn status(lead: &Lead, now: DateTime<Utc>) -> LeadStatus {
    match lead.status {
        LeadStatus::Sent if is_over(lead.expires_at, now) && lead.waiting == 0 => LeadStatus::Expired,
        stored => stored,
    }
}

/// How far a receiver came with it at `now`.
#[must_use]
pub fn step_state(step: &Step, now: DateTime<Utc>) -> LeadStepState {
    match step.state {
        LeadStepState::Sent if is_over(step.expires_at, now) => LeadStepState::Expired,
        stored => stored,
    }
}

fn is_over(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    expires_at.is_some_and(|end| end <= now)
}

/// Where a lead is at `now`, as its viewer sees it: a receiver sees how far it came itself.
#[must_use]
pub fn status_of(seen: &Seen, now: DateTime<Utc>) -> LeadStatus {
    let Some(step) = &seen.step else { return status(&seen.lead, now) };
    match step_state(step, now) {
        // Those who were never asked see nothing of the lead; the states are here for completeness.
        LeadStepState::Waiting | LeadStepState::Skipped => LeadStatus::New,
        LeadStepState::Sent => LeadStatus::Sent,
        LeadStepState::Accepted => LeadStatus::Accepted,
        LeadStepState::Converted => LeadStatus::Converted,
        LeadStepState::Declined => LeadStatus::Declined,
        LeadStepState::Expired => LeadStatus::Expired,
        LeadStepState::Canceled => LeadStatus::Canceled,
    }
}

/// What of a lead somebody reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    All,
    /// What helps to decide: the company, use cases, the contact's title.
    Offer,
    /// That it is there, and how far oneself came with it.
    Nothing,
}

/// What of the lead its viewer reads at `now`.
#[must_use]
pub fn part(seen: &Seen, now: DateTime<Utc>) -> Part {
    let Some(step) = &seen.step else { return Part::All };
    match step_state(step, now) {
        LeadStepState::Sent => Part::Offer,
        LeadStepState::Accepted | LeadStepState::Converted => Part::All,
        // What was offered is not to be kept by those who did not take it.
        LeadStepState::Declined | LeadStepState::Expired | LeadStepState::Canceled => Part::Nothing,
        LeadStepState::Waiting | LeadStepState::Skipped => Part::Nothing,
    }
}

/// The receiver whose turn it is next.
#[must_use]
pub fn next(steps: &[Step]) -> Option<&Step> {
    steps.iter().filter(|step| step.state == LeadStepState::Waiting).min_by_key(|step| step.position)
}

fn follow(from: LeadStatus, to: LeadStatus, message: &str) -> Result<(), Refusal> {
    if may_follow(from, to) {
        return Ok(());
    }
    match from {
        LeadStatus::Expired => Err(Refusal::of("id", ErrorCode::Expired, "The time for an answer has run out.")),
        _ => Err(Refusal::of("id", ErrorCode::InvalidState, message)),
    }
}

/// Refuses to send a lead that is not new.
///
/// # Errors
/// [`ErrorCode::InvalidState`].
pub fn send(lead: &Lead) -> Result<(), Refusal> {
    match lead.status {
        LeadStatus::New => Ok(()),
        _ => Err(Refusal::of("id", ErrorCode::InvalidState, "The lead was sent before.")),
    }
}

/// Refuses to accept what the viewer was not asked, has answered, or was asked too long ago.
///
/// # Errors
/// [`ErrorCode::Expired`] and [`ErrorCode::InvalidState`].
pub fn accept(seen: &Seen, now: DateTime<Utc>) -> Result<(), Refusal> {
    follow(status_of(seen, now), LeadStatus::Accepted, "The lead was answered or taken back before.")
}

/// Refuses to decline what the viewer was not asked, has given up or finished, or was asked too long ago. What was
/// accepted may still be given up.
///
/// # Errors
/// [`ErrorCode::Expired`] and [`ErrorCode::InvalidState`].
pub fn decline(seen: &Seen, now: DateTime<Utc>) -> Result<(), Refusal> {
    follow(status_of(seen, now), LeadStatus::Declined, "The lead was answered or taken back before.")
}

/// Refuses to take back what somebody works on or what has come to its end.
///
/// # Errors
/// [`ErrorCode::Expired`] and [`ErrorCode::InvalidState`].
pub fn cancel(lead: &Lead, now: DateTime<Utc>) -> Result<(), Refusal> {
    follow(status(lead, now), LeadStatus::Canceled, "The lead was accepted, or has come to its end.")
}

/// Refuses to make an opportunity of what was not accepted.
///
/// # Errors
/// [`ErrorCode::Expired`] and [`ErrorCode::InvalidState`].
pub fn convert(seen: &Seen, now: DateTime<Utc>) -> Result<(), Refusal> {
    follow(status_of(seen, now), LeadStatus::Converted, "Only an accepted lead becomes an opportunity, and only once.")
}

/// Refuses to change what has come to its end.
///
/// # Errors
/// [`ErrorCode::InvalidState`].
pub fn change(lead: &Lead, now: DateTime<Utc>) -> Result<(), Refusal> {
    match status(lead, now) {
        LeadStatus::New | LeadStatus::Sent | LeadStatus::Accepted => Ok(()),
        LeadStatus::Converted | LeadStatus::Declined | LeadStatus::Expired | LeadStatus::Canceled => {
            Err(Refusal::of("id", ErrorCode::InvalidState, "The lead has come to its end."))
        }
    }
}

#[cfg(test)]
pub(in crate::lead) mod tests {
    use super::*;
    use crate::lead::model::{LeadQualification, LeadReadiness};
    use chrono::TimeDelta;
    use entity::id::{LeadId, OrganizationId};
    use uuid::Uuid;

    pub(in crate::lead) fn organization(number: u128) -> OrganizationId {
        OrganizationId(Uuid::from_u128(number))
    }

    fn at(days: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(days)
    }

    /// A lead of organization 1, out until day 14.
    pub(in crate::lead) fn lead(status: LeadStatus) -> Lead {
        Lead {
            id: LeadId(Uuid::nil()),
            organization_id: organization(1),
            receiver_id: Some(organization(2)),
            status,
            company_name: "Acme".to_owned(),
            website: None,
            company_domain: None,
            country_code: None,
            industry: None,
            readiness: LeadReadiness::Low,
            qualification: LeadQualification::None,
            answer_days: 14,
            expires_at: (status == LeadStatus::Sent).then(|| at(14)),
            waiting: 0,
            opportunity_id: None,
            created_at: at(0),
            updated_at: at(0),
            revision: 1,
        }
    }

    /// The place of organization 2.
    pub(in crate::lead) fn step(state: LeadStepState) -> Step {
        Step {
            lead_id: LeadId(Uuid::nil()),
            position: 0,
            organization_id: organization(2),
            state,
            sent_at: at(0),
            expires_at: Some(at(14)),
            answered_at: None,
            decline_reason: None,
            comment: None,
            skip_reason: None,
        }
    }

    const ALL: [LeadStatus; 7] = [
        LeadStatus::New,
        LeadStatus::Sent,
        LeadStatus::Accepted,
        LeadStatus::Converted,
        LeadStatus::Declined,
        LeadStatus::Expired,
        LeadStatus::Canceled,
    ];

    #[test]
    fn nothing_follows_the_end_and_every_state_can_be_reached() {
        use LeadStatus::{Accepted, Canceled, Converted, Declined, Expired, New, Sent};
        for end in [Converted, Declined, Expired, Canceled] {
            assert!(ALL.iter().all(|to| !may_follow(end, *to)), "{end:?}");
        }
        for to in [Sent, Accepted, Converted, Declined, Expired, Canceled] {
            assert!(ALL.iter().any(|from| *from != to && may_follow(*from, to)), "{to:?}");
        }
        assert!(ALL.iter().all(|from| !may_follow(*from, New)));
        assert!(!may_follow(Accepted, Canceled), "what somebody works on is not taken away");
    }

    #[test]
    fn the_clock_ends_what_nobody_answered_unless_others_wait() {
        let mut sent = lead(LeadStatus::Sent);
        assert_eq!(status(&sent, at(13)), LeadStatus::Sent);
        assert_eq!(status(&sent, at(14)), LeadStatus::Expired);
        sent.waiting = 1;
        assert_eq!(status(&sent, at(14)), LeadStatus::Sent);
        // To the receiver it is over in any case.
        let seen = Seen { lead: sent, step: Some(step(LeadStepState::Sent)) };
        assert_eq!(status_of(&seen, at(14)), LeadStatus::Expired);
        assert_eq!(accept(&seen, at(14)).unwrap_err().code, ErrorCode::Expired);
        assert_eq!(accept(&seen, at(13)), Ok(()));
    }

    #[test]
    fn each_side_reads_its_part() {
        let seen = |state| Seen { lead: lead(LeadStatus::Sent), step: Some(step(state)) };
        use LeadStepState::{Accepted, Canceled, Converted, Declined, Expired, Sent, Skipped, Waiting};
        for (state, expected) in [
            (Sent, Part::Offer),
            (Accepted, Part::All),
            (Converted, Part::All),
            (Declined, Part::Nothing),
            (Expired, Part::Nothing),
            (Canceled, Part::Nothing),
            (Waiting, Part::Nothing),
            (Skipped, Part::Nothing),
        ] {
            assert_eq!(part(&seen(state), at(1)), expected, "{state:?}");
        }
        assert_eq!(part(&seen(Sent), at(14)), Part::Nothing);
        assert_eq!(part(&Seen { lead: lead(LeadStatus::Canceled), step: None }, at(99)), Part::All);
    }

    #[test]
    fn what_is_accepted_may_be_given_up_and_becomes_an_opportunity_once() {
        let seen = |state| Seen { lead: lead(LeadStatus::Accepted), step: Some(step(state)) };
        assert_eq!(decline(&seen(LeadStepState::Accepted), at(99)), Ok(()));
        assert_eq!(convert(&seen(LeadStepState::Accepted), at(99)), Ok(()));
        assert_eq!(convert(&seen(LeadStepState::Converted), at(1)).unwrap_err().code, ErrorCode::InvalidState);
        assert_eq!(convert(&seen(LeadStepState::Sent), at(1)).unwrap_err().code, ErrorCode::InvalidState);
        assert_eq!(decline(&seen(LeadStepState::Declined), at(1)).unwrap_err().code, ErrorCode::InvalidState);
    }

    #[test]
    fn the_turn_goes_by_position() {
        let place = |position, state| Step { position, ..step(state) };
        let steps =
            [place(2, LeadStepState::Waiting), place(0, LeadStepState::Declined), place(1, LeadStepState::Waiting)];
        assert_eq!(next(&steps).map(|step| step.position), Some(1));
        assert_eq!(next(&steps[1..2]), None);
    }
}
