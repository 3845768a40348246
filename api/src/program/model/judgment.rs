//! Whether a membership meets what a tier requires: values, thresholds and gaps. Pure.
//!
//! Amounts are kept in ten-thousandths, since no currency has more than four digits after the point; whole counts fit too.

use super::{Metric, MetricValue, Operator, Requirement, RequirementSet};
use crate::op::{ErrorCode, Refusal};
use chrono::{Months, NaiveDate};
use iso_currency::Currency;
use rust_decimal::Decimal;

/// Digits after the point of a stored amount.
const DIGITS: u32 = 4;

/// The amount in ten-thousandths; `path` names the field. Where a currency is given its number of digits is the limit.
///
/// # Errors
/// `INVALID_FORMAT` with too many digits after the point, `OUT_OF_RANGE` below zero and beyond 900 billion.
pub fn to_stored(path: &str, amount: Decimal, currency: Option<Currency>) -> Result<i64, Refusal> {
    let digits = currency.map_or(DIGITS, digits_of);
    let amount = amount.normalize();
    if amount.scale() > digits {
        let message = format!("At most {digits} digits after the point.");
        return Err(Refusal::of(path, ErrorCode::InvalidFormat, message));
    }
    let most = Decimal::from(900_000_000_000_i64);
    if amount.is_sign_negative() && !amount.is_zero() || amount > most {
        return Err(Refusal::of(path, ErrorCode::OutOfRange, "Must be from 0 to 900000000000."));
    }
    let stored = amount * Decimal::from(10_i64.pow(DIGITS));
    i64::try_from(stored).map_err(|_| Refusal::of(path, ErrorCode::OutOfRange, "The amount is too large."))
}

/// The amount that is stored, with as many digits as its currency has, or as few as it needs.
#[must_use]
pub fn from_stored(stored: i64, currency: Option<&str>) -> Decimal {
    let mut amount = Decimal::new(stored, DIGITS).normalize();
    if let Some(currency) = currency.and_then(Currency::from_code) {
        amount.rescale(digits_of(currency).max(amount.scale()));
    }
    amount
}

fn digits_of(currency: Currency) -> u32 {
    currency.exponent().map_or(0, u32::from).min(DIGITS)
}

/// Under which key the values of a metric are kept.
#[must_use]
pub fn metric_key(metric: Metric, name: Option<&str>, currency: Option<&str>) -> String {
    match metric {
        Metric::Revenue => currency.unwrap_or_default().to_owned(),
        Metric::Custom => super::name_key(name.unwrap_or_default()),
        Metric::ApprovedDealRegistrations | Metric::ClosedDeals | Metric::DealsRegistered | Metric::Certifications => {
            String::new()
        }
    }
}

/// Whether the values of a metric add up; of the others the latest counts.
#[must_use]
pub const fn adds_up(metric: Metric) -> bool {
    match metric {
        Metric::Revenue | Metric::ApprovedDealRegistrations | Metric::ClosedDeals | Metric::DealsRegistered => true,
        Metric::Certifications | Metric::Custom => false,
    }
}

/// The version in force on `day`: the highest whose day has come, so that a correction replaces what it corrects.
#[must_use]
pub fn version_on(sets: &[RequirementSet], day: NaiveDate) -> Option<&RequirementSet> {
    sets.iter().filter(|set| set.effective_from <= day).max_by_key(|set| set.version)
}

/// How a requirement is met; amounts in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What was measured; none where nothing that counts was recorded for a metric of which the latest value counts.
    pub value: Option<i64>,
    /// How far the value is from what is required, never negative; none where there is no value.
    pub gap: Option<i64>,
    /// Whether the requirement is met.
    pub met: bool,
}

/// Judges one requirement on `day` by the values of one membership.
#[must_use]
pub fn judge(requirement: &Requirement, values: &[MetricValue], day: NaiveDate) -> Verdict {
    let Some(value) = measured(requirement, values, day) else {
        return Verdict { value: None, gap: None, met: false };
    };
    let below = requirement.threshold.saturating_sub(value).max(0);
    let above = |limit: i64| value.saturating_sub(limit).max(0);
    let gap = match requirement.operator {
        Operator::Gte => below,
        Operator::Lte => above(requirement.threshold),
        Operator::Between => below.max(above(requirement.upper_threshold.unwrap_or(requirement.threshold))),
    };
    Verdict { value: Some(value), gap: Some(gap), met: gap == 0 }
}

fn measured(requirement: &Requirement, values: &[MetricValue], day: NaiveDate) -> Option<i64> {
    let key = metric_key(requirement.metric, requirement.name.as_deref(), requirement.currency.as_deref());
    let window = requirement.window_months.and_then(|months| u32::try_from(months).ok());
    let since = window.and_then(|months| day.checked_sub_months(Months::new(months)));
    let counting = values.iter().filter(|value| {
        value.metric == requirement.metric
            && value.key == key
            && value.as_of <= day
            && since.is_none_or(|since| value.as_of > since)
    });
    if adds_up(requirement.metric) {
        Some(counting.fold(0, |sum, value| i64::saturating_add(sum, value.value)))
    } else {
        counting.max_by_key(|value| value.as_of).map(|value| value.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn date(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn requirement(metric: Metric, operator: Operator, threshold: i64) -> Requirement {
        Requirement {
            id: Uuid::nil().into(),
            tier_id: Uuid::nil().into(),
            version: 1,
            position: 0,
            metric,
            name: None,
            operator,
            threshold,
            upper_threshold: None,
            currency: None,
            window_months: None,
        }
    }

    fn value(metric: Metric, key: &str, as_of: NaiveDate, value: i64) -> MetricValue {
        MetricValue {
            membership_id: Uuid::nil().into(),
            metric,
            key: key.to_owned(),
            as_of,
            value,
            recorded_at: as_of.and_hms_opt(0, 0, 0).unwrap().and_utc(),
        }
    }

    #[test]
    fn sums_count_the_window_and_nothing_outside_it() {
        let wanted = Requirement { window_months: Some(3), ..requirement(Metric::ClosedDeals, Operator::Gte, 100) };
        let values = [
            value(Metric::ClosedDeals, "", date(3, 15), 40),
            value(Metric::ClosedDeals, "", date(3, 16), 30),
            value(Metric::ClosedDeals, "", date(6, 15), 30),
            value(Metric::ClosedDeals, "", date(6, 16), 900),
            value(Metric::DealsRegistered, "", date(6, 1), 900),
        ];
        assert_eq!(judge(&wanted, &values, date(6, 15)), Verdict { value: Some(60), gap: Some(40), met: false });
        let ever = Requirement { window_months: None, ..wanted };
        assert_eq!(judge(&ever, &values, date(6, 15)), Verdict { value: Some(100), gap: Some(0), met: true });
    }

    #[test]
    fn of_a_level_the_latest_value_counts_and_none_is_not_zero() {
        let wanted = requirement(Metric::Certifications, Operator::Lte, 20);
        assert_eq!(judge(&wanted, &[], date(6, 15)), Verdict { value: None, gap: None, met: false });
        let values =
            [value(Metric::Certifications, "", date(6, 2), 25), value(Metric::Certifications, "", date(6, 1), 10)];
        assert_eq!(judge(&wanted, &values, date(6, 15)), Verdict { value: Some(25), gap: Some(5), met: false });
    }

    #[test]
    fn between_has_two_ends_and_both_belong_to_it() {
        let wanted = Requirement {
            name: Some("Score".to_owned()),
            upper_threshold: Some(20),
            ..requirement(Metric::Custom, Operator::Between, 10)
        };
        for (measured, gap) in [(4, 6), (10, 0), (20, 0), (23, 3)] {
            let verdict = judge(&wanted, &[value(Metric::Custom, "score", date(6, 1), measured)], date(6, 15));
            assert_eq!(verdict, Verdict { value: Some(measured), gap: Some(gap), met: gap == 0 });
        }
    }

    #[test]
    fn revenue_of_another_currency_does_not_count() {
        let wanted =
            Requirement { currency: Some("EUR".to_owned()), ..requirement(Metric::Revenue, Operator::Gte, 10_000) };
        let values = [value(Metric::Revenue, "USD", date(6, 1), 90_000), value(Metric::Revenue, "EUR", date(6, 1), 1)];
        assert_eq!(judge(&wanted, &values, date(6, 15)).gap, Some(9_999));
    }

    #[test]
    fn the_latest_version_whose_day_has_come_is_in_force() {
        let set = |version, effective_from| RequirementSet {
            tier_id: Uuid::nil().into(),
            version,
            effective_from,
            created_at: date(1, 1).and_hms_opt(0, 0, 0).unwrap().and_utc(),
        };
        let sets = [set(1, date(1, 1)), set(2, date(6, 1)), set(3, date(5, 1))];
        let on = |day| version_on(&sets, day).map(|set| set.version);
        assert_eq!(on(NaiveDate::from_ymd_opt(2025, 12, 31).unwrap()), None);
        assert_eq!([on(date(4, 30)), on(date(5, 1)), on(date(6, 1))], [Some(1), Some(3), Some(3)]);
    }

    #[test]
    fn amounts_read_back_and_have_bounds() {
        let amount = |text: &str| text.parse::<Decimal>().unwrap();
        let code = |text: &str, currency| to_stored("x", amount(text), currency).unwrap_err().code;
        assert_eq!(to_stored("x", amount("12.3400"), Some(Currency::EUR)).unwrap(), 123_400);
        assert_eq!(code("12.345", Some(Currency::EUR)), ErrorCode::InvalidFormat);
        assert_eq!(code("0.1", Some(Currency::JPY)), ErrorCode::InvalidFormat);
        assert_eq!(code("0.00001", None), ErrorCode::InvalidFormat);
        assert_eq!(code("-1", None), ErrorCode::OutOfRange);
        assert_eq!(code("900000000001", None), ErrorCode::OutOfRange);
        assert_eq!(from_stored(123_400, Some("EUR")).to_string(), "12.34");
        assert_eq!(from_stored(100_000, Some("EUR")).to_string(), "10.00");
        assert_eq!(from_stored(30_000, None).to_string(), "3");
    }
}
