//! The time of the story, and the years that it is moved by so that it always lies in the recent past.

use crate::op::Clock;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use std::sync::{Mutex, PoisonError};

/// Between two deeds of one day.
const PAUSE: TimeDelta = TimeDelta::seconds(30);

/// A clock that is set by the one who tells the story. It never goes back, and never past the end.
pub(super) struct StoryClock {
    now: Mutex<DateTime<Utc>>,
    end: DateTime<Utc>,
}

impl StoryClock {
    /// A clock before the first day. `end` is the real time.
    pub(super) fn until(end: DateTime<Utc>) -> Self {
        Self { now: Mutex::new(DateTime::UNIX_EPOCH), end }
    }

    /// When the story ends.
    pub(super) const fn end(&self) -> DateTime<Utc> {
        self.end
    }

    /// Sets the clock to the morning of `day`, or a moment later where it is past that already.
    pub(super) fn advance_to(&self, day: NaiveDate) {
        let morning = day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(8);
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = (*now + PAUSE).max(morning).min(self.end);
    }
}

impl Clock for StoryClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far the story is moved: whole years, so that the first of January stays one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    years: i32,
}

impl Shift {
    /// The shift with which a story whose last day is `last` ends within the year before `today`.
    pub(super) fn ending(last: NaiveDate, today: NaiveDate) -> Self {
        let mut shift = Self { years: today.year() - last.year() };
        if shift.apply(last) >= today {
            shift.years -= 1;
        }
        shift
    }

    /// The day as it is told.
    pub(super) fn apply(self, day: NaiveDate) -> NaiveDate {
        let year = day.year() + self.years;
        // The 29th of February is the 28th where there is none.
        day.with_year(year).or_else(|| day.checked_sub_days(Days::new(1))?.with_year(year)).unwrap_or(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn a_story_ends_within_the_year_before_today() {
        let last = day("2026-10-12");
        for (today, told) in [
            ("2026-10-13", "2026-10-12"),
            ("2026-10-12", "2025-10-12"),
            ("2027-10-12", "2026-10-12"),
            ("2027-10-13", "2027-10-12"),
            ("2025-03-01", "2024-10-12"),
            ("2031-01-01", "2030-10-12"),
        ] {
            assert_eq!(Shift::ending(last, day(today)).apply(last), day(told), "{today}");
        }
        let leap = Shift::ending(last, day("2027-11-01"));
        assert_eq!(leap.apply(day("2024-02-29")), day("2025-02-28"));
    }

    #[test]
    fn the_clock_never_goes_back_and_never_past_the_end() {
        let end = day("2026-11-02").and_time(NaiveTime::MIN).and_utc();
        let clock = StoryClock::until(end);
        clock.advance_to(day("2021-01-01"));
        let first = clock.now();
        clock.advance_to(day("2020-01-01"));
        assert!(clock.now() > first && clock.now().date_naive() == day("2021-01-01"));
        clock.advance_to(day("2030-01-01"));
        assert_eq!(clock.now(), end);
    }
}
