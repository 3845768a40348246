//! The stored keys by which listings sort where a value may be missing: one key a direction, so that what is missing
//! comes last in both. Pure.

use chrono::{DateTime, Utc};

/// A rating of one, in the unit of the stored average.
const MILLION: i64 = 1_000_000;

/// The keys `(rating_ascending, rating_descending)` of a rating: the average in millionths, rounded down.
#[must_use]
pub fn rating_keys(sum: i64, count: i32) -> (i32, i32) {
    if count <= 0 {
        return (10 * MILLION as i32, 0);
    }
    let average = i32::try_from(sum.saturating_mul(MILLION) / i64::from(count)).unwrap_or_default();
    (average, average)
}

/// The keys `(published_ascending, published_descending)` of the moment of publication.
#[must_use]
pub fn published_keys(published_at: Option<DateTime<Utc>>) -> (i64, i64) {
    published_at.map_or((i64::MAX, i64::MIN), |moment| (moment.timestamp_micros(), moment.timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_rating_is_last_in_both_directions() {
        let (up, down) = rating_keys(0, 0);
        for (sum, count) in [(1, 1), (5, 1), (13, 3), (5_000_000_000, 1_000_000_000)] {
            let (rated_up, rated_down) = rating_keys(sum, count);
            assert!(rated_up < up && rated_down > down, "{sum}/{count}");
            assert_eq!(rated_up, rated_down);
        }
        assert_eq!(rating_keys(13, 3).0, 4_333_333);
    }

    #[test]
    fn a_missing_date_is_last_in_both_directions() {
        let (up, down) = published_keys(None);
        let (some_up, some_down) = published_keys(DateTime::from_timestamp_micros(-1));
        assert!(some_up < up && some_down > down);
        assert_eq!(some_up, -1);
    }
}
