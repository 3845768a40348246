//! When a message is tried again, and when it is given up. Pure.

use chrono::{DateTime, TimeDelta, Utc};

/// How long a message is tried for: over a weekend that nobody looks.
pub const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(3);

/// The rests after the first, the second, ... failure in a row, in seconds; the last holds for all further ones. They are
/// those that Standard Webhooks recommends: a restart is bridged at once, and who is away for long is not pestered.
const RESTS: [i64; 8] = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600];

/// The rest after this many failures in a row, at least one. `chance` lengthens it by up to a fifth, so that the endpoints
/// of a receiver that comes back are not all tried in one moment.
#[must_use]
pub fn rest_after(failures: i32, chance: u8) -> TimeDelta {
    let nth = usize::try_from(failures.saturating_sub(1)).unwrap_or_default().min(RESTS.len() - 1);
    let rest = TimeDelta::seconds(RESTS[nth]);
    rest + rest * i32::from(chance) / (5 * 255)
}

/// When a message is tried for the last time: it was to be had for three days then, and the endpoint could take it for as
/// long.
#[must_use]
pub fn last_attempt_at(occurred_at: DateTime<Utc>, resumed_at: DateTime<Utc>) -> DateTime<Utc> {
    occurred_at.max(resumed_at) + GIVE_UP_AFTER
}

/// Whether a message that failed at `now` is given up.
#[must_use]
pub fn gives_up(occurred_at: DateTime<Utc>, resumed_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= last_attempt_at(occurred_at, resumed_at)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::at, *};

    #[test]
    fn rests_grow_and_end_within_a_day() {
        assert_eq!(rest_after(1, 0), TimeDelta::seconds(5));
        assert_eq!(rest_after(2, 0), TimeDelta::minutes(5));
        assert_eq!(rest_after(1, 255), TimeDelta::seconds(6));
        assert_eq!(rest_after(3, 255), TimeDelta::minutes(36));
        for failures in [8, 9, 1_000, i32::MAX] {
            assert_eq!(rest_after(failures, 0), TimeDelta::hours(20));
        }
        assert!((1..8).all(|nth| rest_after(nth, 255) < rest_after(nth + 1, 0)));
        // A failure is counted before it is asked for; what is not is treated as the first.
        assert_eq!(rest_after(0, 0), TimeDelta::seconds(5));
    }

    #[test]
    fn a_message_is_given_up_after_three_days_of_trying() {
        let days = |days: i64| at(days * 86_400);
        assert!(!gives_up(at(0), at(-500), days(3) - TimeDelta::seconds(1)));
        assert!(gives_up(at(0), at(-500), days(3)));
        // While the endpoint was off, it did not age.
        assert!(!gives_up(at(0), days(2), days(4)));
        assert!(gives_up(at(0), days(2), days(5)));
    }
}
