//! Lengths of time as people type them: `90s`, `30m`, `12h`, `7d`, `4w`.

use chrono::TimeDelta;

/// The longest that is taken: ten years of 365 days.
const MAX: TimeDelta = TimeDelta::days(3650);

/// Reads a whole number and a unit.
///
/// # Errors
/// A sentence for the one who typed it.
pub(super) fn parse(text: &str) -> Result<TimeDelta, String> {
    let text = text.trim();
    let number_ends = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(number_ends);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return Err("expected a number and one of s, m, h, d, w, such as 12h".to_owned()),
    };
    let number: i64 = number.parse().map_err(|_| "expected a whole number before the unit, such as 12h".to_owned())?;
    let length = number.checked_mul(seconds).and_then(TimeDelta::try_seconds);
    length
        .filter(|length| *length > TimeDelta::zero() && *length <= MAX)
        .ok_or_else(|| "must be longer than nothing and at most 3650d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_nonsense_is_refused() {
        assert_eq!(parse("90s"), Ok(TimeDelta::seconds(90)));
        assert_eq!(parse(" 12h "), Ok(TimeDelta::hours(12)));
        assert_eq!(parse("4w"), Ok(TimeDelta::days(28)));
        assert_eq!(parse("3650d"), Ok(TimeDelta::days(3650)));
        for bad in
            ["", "h", "12", "-1h", "1.5h", "12 h", "0s", "3651d", "99999999999999999999d", "9223372036854775807w"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
