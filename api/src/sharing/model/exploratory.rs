//! The life of an exploratory mapping. Whether it has expired or is over is decided from the clock whenever it is read.

use super::{ExploratoryMapping, ExploratoryStatus};
use crate::op::{ErrorCode, Refusal};
use chrono::{DateTime, TimeDelta, Utc};
use entity::id::{OrganizationId, TypedId};
use std::ops::RangeInclusive;

/// Characters of a proposal's message at most.
pub const MESSAGE_MAX: usize = 256;
/// How long a proposal can be answered.
pub const ANSWER_WITHIN: TimeDelta = TimeDelta::days(14);
/// How long a mapping runs where nothing else was said.
pub const DAYS_DEFAULT: i32 = 30;
/// How long a mapping may run.
pub const DAYS: RangeInclusive<i32> = 1..=90;
/// Open proposals that one organization may have sent at a time.
pub const OPEN_PROPOSALS_MAX: u64 = 100;

/// What may follow what: an answer is final, and what is over does not begin again.
#[must_use]
const fn may_follow(from: ExploratoryStatus, to: ExploratoryStatus) -> bool {
    use ExploratoryStatus::{Accepted, Canceled, Declined, Ended, Expired, Pending};
    match (from, to) {
        (Pending, Accepted | Declined | Canceled | Expired) | (Accepted, Ended) => true,
        (Pending, Pending | Ended)
        | (Accepted, Pending | Accepted | Declined | Canceled | Expired)
        | (Declined | Canceled | Expired | Ended, _) => false,
    }
}

/// The state of a mapping at `now`.
#[must_use]
pub fn mapping_status(mapping: &ExploratoryMapping, now: DateTime<Utc>) -> ExploratoryStatus {
    match mapping.status {
        ExploratoryStatus::Pending if mapping.expires_at <= now => ExploratoryStatus::Expired,
        ExploratoryStatus::Accepted if mapping.ends_at.is_none_or(|end| end <= now) => ExploratoryStatus::Ended,
        stored => stored,
    }
}

/// What the clock has made of a mapping and what is not on record yet.
#[must_use]
pub fn conclusion_due(mapping: &ExploratoryMapping, now: DateTime<Utc>) -> Option<ExploratoryStatus> {
    Some(mapping_status(mapping, now)).filter(|status| *status != mapping.status)
}

/// Refuses the step `to` where the mapping's state at `now` does not allow it.
///
/// # Errors
/// [`ErrorCode::Expired`] and [`ErrorCode::InvalidState`].
pub fn step(mapping: &ExploratoryMapping, to: ExploratoryStatus, now: DateTime<Utc>) -> Result<(), Refusal> {
    match mapping_status(mapping, now) {
        from if may_follow(from, to) => Ok(()),
        ExploratoryStatus::Expired => Err(Refusal::of("id", ErrorCode::Expired, "The proposal has expired.")),
        ExploratoryStatus::Pending => {
            Err(Refusal::of("id", ErrorCode::InvalidState, "It has not begun; cancel or decline the proposal."))
        }
        ExploratoryStatus::Accepted => Err(Refusal::of("id", ErrorCode::InvalidState, "It runs already.")),
        ExploratoryStatus::Declined | ExploratoryStatus::Canceled => {
            Err(Refusal::of("id", ErrorCode::InvalidState, "The proposal was answered or taken back before."))
        }
        ExploratoryStatus::Ended => Err(Refusal::of("id", ErrorCode::InvalidState, "It is over.")),
    }
}

/// What is unique for two organizations while a mapping of theirs is open or runs, whichever is named first.
#[must_use]
pub fn open_key(one: OrganizationId, other: OrganizationId) -> String {
    let (low, high) = if one < other { (one, other) } else { (other, one) };
    format!("{}:{}", low.global(), high.global())
}

#[cfg(test)]
mod tests {
    use super::{super::tests::mapping, *};
    use proptest::prelude::*;
    use uuid::Uuid;

    const ALL: [ExploratoryStatus; 6] = [
        ExploratoryStatus::Pending,
        ExploratoryStatus::Accepted,
        ExploratoryStatus::Declined,
        ExploratoryStatus::Canceled,
        ExploratoryStatus::Expired,
        ExploratoryStatus::Ended,
    ];

    proptest! {
        #[test]
        fn it_goes_one_way_and_never_back(
            from in proptest::sample::select(&ALL[..]),
            to in proptest::sample::select(&ALL[..]),
            expires in -5i64..5,
            ends in prop::option::of(-5i64..5),
        ) {
            let at = |seconds: i64| DateTime::from_timestamp(1_793_610_000 + seconds, 0).unwrap();
            let mapping = ExploratoryMapping {
                status: from,
                expires_at: at(expires),
                ends_at: ends.map(at),
                ..mapping()
            };
            let open = from == ExploratoryStatus::Pending && expires > 0;
            let runs = from == ExploratoryStatus::Accepted && ends.is_some_and(|ends| ends > 0);
            let allowed = match to {
                ExploratoryStatus::Ended => runs,
                ExploratoryStatus::Pending => false,
                _ => open,
            };
            prop_assert_eq!(step(&mapping, to, at(0)).is_ok(), allowed);
            let due = conclusion_due(&mapping, at(0));
            prop_assert_eq!(due == Some(ExploratoryStatus::Expired), from == ExploratoryStatus::Pending && !open);
            prop_assert_eq!(due == Some(ExploratoryStatus::Ended), from == ExploratoryStatus::Accepted && !runs);
            for final_one in &ALL[2..] {
                prop_assert!(ALL.into_iter().all(|next| !may_follow(*final_one, next)));
            }
        }

        #[test]
        fn two_organizations_have_one_key(one in any::<u128>(), other in any::<u128>()) {
            let [one, other] = [one, other].map(|id| OrganizationId(Uuid::from_u128(id)));
            prop_assert_eq!(open_key(one, other), open_key(other, one));
        }
    }
}
