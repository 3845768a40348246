//! Scalars and small value types that several domains use.

use crate::op::{Refusal, form};
use async_graphql::{Enum, InputObject, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use chrono::NaiveDate;
use entity::value::PartnerType as StoredPartnerType;
use rust_decimal::Decimal;

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// A country, ISO 3166-1 alpha-2, in capitals: `DE`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct CountryCode(pub String);

/// A country, ISO 3166-1 alpha-2, in capitals: `DE`.
#[Scalar(specified_by_url = "https://www.iso.org/iso-3166-country-codes.html")]
impl ScalarType for CountryCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        let expected = "Expected a country as in ISO 3166-1 alpha-2, in capitals.";
        text(&value).and_then(form::country).map(Self).ok_or_else(|| InputValueError::custom(expected))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// A day: `YYYY-MM-DD`, from 0001-01-01 to 9999-12-30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub NaiveDate);

/// A day: `YYYY-MM-DD`, from 0001-01-01 to 9999-12-30.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/local-date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(&value)
            .and_then(form::day)
            .map(Self)
            .ok_or_else(|| InputValueError::custom("Expected a day as YYYY-MM-DD."))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.format("%Y-%m-%d").to_string())
    }
}

/// A currency, ISO 4217, in capitals: `EUR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyCode(pub iso_currency::Currency);

/// A currency, ISO 4217, in capitals: `EUR`.
#[Scalar(specified_by_url = "https://www.iso.org/iso-4217-currency-codes.html")]
impl ScalarType for CurrencyCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        let expected = "Expected a currency as in ISO 4217, in capitals.";
        text(&value).and_then(form::currency).map(Self).ok_or_else(|| InputValueError::custom(expected))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.code().to_owned())
    }
}

/// An absolute http or https URL, at most 2,048 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url(pub String);

/// An absolute http or https URL, at most 2,048 characters.
#[Scalar(specified_by_url = "https://url.spec.whatwg.org/")]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        let expected = "Expected an absolute http or https URL of at most 2,048 characters.";
        text(&value).and_then(form::url).map(Self).ok_or_else(|| InputValueError::custom(expected))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// A kind of partner.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "StoredPartnerType")]
pub enum PartnerType {
    /// Products that work together.
    Technology,
    /// Sells, delivers or recommends.
    Channel,
    /// A shared aim of both companies.
    Strategic,
}

/// Which way a list is sorted.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderDirection {
    /// Smallest, earliest or first in the alphabet first.
    Asc,
    /// Largest, latest or last in the alphabet first.
    Desc,
}

/// An amount of money.
#[derive(SimpleObject, Clone, Debug, PartialEq)]
pub struct Money {
    /// The amount as a decimal in a string, with as many digits after the point as ISO 4217 has for the currency.
    pub amount: Decimal,
    /// The currency.
    pub currency_code: CurrencyCode,
}

/// An amount of money.
#[derive(InputObject, Clone, Debug, PartialEq)]
pub struct MoneyInput {
    /// The amount as a decimal in a string, with at most as many digits after the point as ISO 4217 has for the currency.
    pub amount: Decimal,
    /// The currency.
    pub currency_code: CurrencyCode,
}

impl Money {
    /// The amount that the database holds in minor units.
    #[must_use]
    pub fn from_minor(minor: i64, currency: iso_currency::Currency) -> Self {
        Self { amount: form::amount(minor, currency), currency_code: CurrencyCode(currency) }
    }
}

impl MoneyInput {
    /// The amount in minor units, as the database holds it; `path` names the field.
    ///
    /// # Errors
    /// Those of [`form::minor_units`].
    pub fn to_minor(&self, path: &str) -> Result<i64, Refusal> {
        form::minor_units(path, self.amount, self.currency_code.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::ErrorCode;
    use iso_currency::Currency;
    use proptest::prelude::*;

    fn money(amount: &str, currency: Currency) -> MoneyInput {
        MoneyInput { amount: amount.parse().unwrap(), currency_code: CurrencyCode(currency) }
    }

    #[test]
    fn digits_after_the_point_are_those_of_the_currency() {
        assert_eq!(money("12.34", Currency::EUR).to_minor("a").unwrap(), 1234);
        assert_eq!(money("12.30000", Currency::EUR).to_minor("a").unwrap(), 1230);
        assert_eq!(money("12", Currency::JPY).to_minor("a").unwrap(), 12);
        assert_eq!(money("1.234", Currency::KWD).to_minor("a").unwrap(), 1234);
        assert_eq!(money("0.001", Currency::EUR).to_minor("a").unwrap_err().code, ErrorCode::InvalidFormat);
        assert_eq!(money("0.1", Currency::JPY).to_minor("a").unwrap_err().code, ErrorCode::InvalidFormat);
        assert_eq!(money("99999999999999999999", Currency::EUR).to_minor("a").unwrap_err().code, ErrorCode::OutOfRange);
    }

    #[test]
    fn a_day_has_one_form() {
        let day = |text: &str| <Date as ScalarType>::parse(Value::from(text)).ok();
        assert_eq!(day("2026-02-28").map(|day| day.to_value()), Some(Value::from("2026-02-28")));
        for bad in
            ["2026-02-30", "2026-2-28", "28.02.2026", "02026-02-1", "9999-12-31", "0000-01-01", "", "2026-02-28Z"]
        {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn minor_units_read_back(minor in any::<i64>()) {
            for currency in [Currency::EUR, Currency::JPY, Currency::KWD] {
                let money = Money::from_minor(minor, currency);
                let input = MoneyInput { amount: money.amount, currency_code: money.currency_code };
                prop_assert_eq!(input.to_minor("a").unwrap(), minor);
            }
        }
    }
}
