//! How long alerts are kept, and how feeds are watched.

use super::source::{Source, Variable};
use crate::event::feed::FeedSettings;
use chrono::TimeDelta;
use std::time::Duration;

const RETENTION: Variable = Variable {
    name: "FEED_RETENTION_DAYS",
    unit: "days",
    default: "90",
    about: "How long alerts are kept; a client that was away for longer is told so and begins anew.",
    secret: false,
};
const TAIL_CHECK: Variable = Variable {
    name: "FEED_TAIL_CHECK",
    unit: "milliseconds",
    default: "250",
    about: "How often the database is asked for new alerts while somebody listens: their latest when Redis is away.",
    secret: false,
};

/// Up to ten years.
const DAYS: std::ops::RangeInclusive<i64> = 30..=3650;

/// Below, the database would be asked without need; above, "live" would be no word for it.
const CHECK: std::ops::RangeInclusive<u64> = 20..=10_000;

pub(super) fn read(source: &mut Source<'_>) -> FeedSettings {
    let usual = FeedSettings::default();
    let days = source.parsed(RETENTION, usual.retention.num_days());
    source.within(RETENTION, days, DAYS);
    let check = source.parsed::<u64>(TAIL_CHECK, 250);
    source.within(TAIL_CHECK, check, CHECK);
    let retention = TimeDelta::try_days(days).unwrap_or(usual.retention);
    FeedSettings { retention, tail_check: Duration::from_millis(check) }
}
