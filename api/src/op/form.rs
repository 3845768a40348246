//! The forms that values have wherever they are typed in: days, countries, currencies, addresses, amounts. Each is said
//! once; the scalars of the schema and the cells of files ask here.

use super::{ErrorCode, Refusal};
use chrono::{Datelike, NaiveDate};
use iso_currency::Currency;
use rust_decimal::Decimal;
use url::Url;

/// A day as `YYYY-MM-DD`, from 0001-01-01 to 9999-12-30.
#[must_use]
pub fn day(text: &str) -> Option<NaiveDate> {
    // The number of digits is checked first: the reader takes `2026-1-5` and years of five digits too.
    let day = (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())??;
    // The last day of all stands for "no end" in the database.
    (day.year() >= 1 && day.succ_opt().is_some_and(|next| next.year() <= 9999)).then_some(day)
}

/// A country of ISO 3166-1 alpha-2, in capitals.
#[must_use]
pub fn country(text: &str) -> Option<String> {
    rust_iso3166::from_alpha2(text).map(|_| text.to_owned())
}

/// A currency of ISO 4217, in capitals.
#[must_use]
pub fn currency(text: &str) -> Option<Currency> {
    Currency::from_code(text)
}

/// An absolute http or https URL of at most 2,048 characters, written as its standard does.
#[must_use]
pub fn url(text: &str) -> Option<String> {
    let url = (text.len() <= 2048).then(|| Url::parse(text).ok())??;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| url.into())
}

/// Digits after the point that ISO 4217 has for the currency.
fn digits(currency: Currency) -> u32 {
    currency.exponent().map_or(0, u32::from)
}

/// An amount that the database holds in minor units.
#[must_use]
pub fn amount(minor: i64, currency: Currency) -> Decimal {
    Decimal::new(minor, digits(currency))
}

/// An amount in minor units, as the database holds it; `path` names the field.
///
/// # Errors
/// [`ErrorCode::InvalidFormat`] with too many digits after the point, [`ErrorCode::OutOfRange`] beyond 64 bits.
pub fn minor_units(path: &str, amount: Decimal, currency: Currency) -> Result<i64, Refusal> {
    let digits = digits(currency);
    let normal = amount.normalize();
    if normal.scale() > digits {
        let message = format!("{} has {digits} digits after the point.", currency.code());
        return Err(Refusal::of(path, ErrorCode::InvalidFormat, message));
    }
    let out_of_range = || Refusal::of(path, ErrorCode::OutOfRange, "The amount is too large.");
    let minor = normal.checked_mul(Decimal::from(10_u64.pow(digits))).ok_or_else(out_of_range)?;
    i64::try_from(minor).map_err(|_| out_of_range())
}
