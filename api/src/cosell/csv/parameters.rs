//! What is asked for beside a file: the parameters of the query string. Pure.

use crate::{
    cosell::store::OpportunityFilter,
    op::{Fault, form},
    transfer::parameters::{distinct, refused, truth, unknown},
};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How a file is to be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ImportParameters {
    /// Nothing is written unless every row can be.
    pub(super) strict: bool,
    /// Nothing is written at all.
    pub(super) dry_run: bool,
}

impl ImportParameters {
    /// # Errors
    /// [`Fault::BadInput`] names the parameter.
    pub(super) fn read(parameters: &[(String, String)]) -> Result<Self, Fault> {
        let mut read = Self::default();
        for (name, value) in distinct(parameters)? {
            match name {
                "strict" => read.strict = truth(name, value)?,
                "dryRun" => read.dry_run = truth(name, value)?,
                _ => return Err(unknown("strict, dryRun")),
            }
        }
        Ok(read)
    }
}

/// What is to go out.
#[derive(Clone, Debug, Default)]
pub(super) struct ExportParameters {
    pub(super) filter: OpportunityFilter,
    /// Whether the file begins with a byte order mark, by which some spreadsheets know UTF-8.
    pub(super) byte_order_mark: bool,
}

impl ExportParameters {
    /// # Errors
    /// [`Fault::BadInput`] names the parameter.
    pub(super) fn read(parameters: &[(String, String)]) -> Result<Self, Fault> {
        let mut read = Self::default();
        let filter = &mut read.filter;
        for (name, value) in distinct(parameters)? {
            match name {
                "stages" => filter.stages = Some(values(name, value)?),
                "reviewStatuses" => filter.review_statuses = Some(values(name, value)?),
                "owner" => filter.owner = Some(value.to_owned()),
                "participant" => filter.participant = Some(value.to_owned()),
                "customer" => filter.customer = Some(value.to_owned()),
                "updatedAfter" => filter.updated_after = Some(moment(name, value)?),
                "targetCloseAfter" => filter.closes_after = Some(day(name, value)?),
                "targetCloseBefore" => filter.closes_before = Some(day(name, value)?),
                "archived" => filter.archived = truth(name, value)?,
                "byteOrderMark" => read.byte_order_mark = truth(name, value)?,
                _ => {
                    let known = "stages, reviewStatuses, owner, participant, customer, updatedAfter, targetCloseAfter, \
                                 targetCloseBefore, archived, byteOrderMark";
                    return Err(unknown(known));
                }
            }
        }
        Ok(read)
    }
}

fn day(name: &str, value: &str) -> Result<chrono::NaiveDate, Fault> {
    form::day(value).ok_or_else(|| refused(name, "a day as YYYY-MM-DD"))
}

fn moment(name: &str, value: &str) -> Result<DateTime<Utc>, Fault> {
    let read = DateTime::parse_from_rfc3339(value).map_err(|_| refused(name, "a moment as 2026-11-02T09:00:00Z"))?;
    Ok(read.to_utc())
}

/// Words of the schema, parted by commas; an empty text is an empty list, which matches none.
fn values<T: DeserializeOwned>(name: &str, value: &str) -> Result<Vec<T>, Fault> {
    let word = |word: &str| serde_json::from_value(Value::String(word.to_owned()));
    let words = value.split(',').filter(|word| !word.is_empty());
    words.map(word).collect::<Result<_, _>>().map_err(|_| refused(name, "values of the schema, parted by commas"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cosell::model::OpportunityStage;

    fn parameters(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_asked_for_is_read() {
        let read = ImportParameters::read(&parameters(&[("strict", "true"), ("dryRun", "false")])).unwrap();
        assert_eq!(read, ImportParameters { strict: true, dry_run: false });
        let asked = [
            ("stages", "PROSPECT,COMMITTED"),
            ("reviewStatuses", ""),
            ("owner", "aurora"),
            ("updatedAfter", "2026-11-02T10:00:00+01:00"),
            ("targetCloseBefore", "2026-12-01"),
            ("archived", "true"),
            ("byteOrderMark", "true"),
        ];
        let read = ExportParameters::read(&parameters(&asked)).unwrap();
        assert_eq!(read.filter.stages.unwrap(), [OpportunityStage::Prospect, OpportunityStage::Committed]);
        assert!(read.filter.review_statuses.unwrap().is_empty());
        assert_eq!(read.filter.updated_after.unwrap().to_rfc3339(), "2026-11-02T09:00:00+00:00");
        assert!(read.filter.archived && read.byte_order_mark && read.filter.customer.is_none());
    }

    #[test]
    fn anything_else_is_refused() {
        for asked in [
            &[("strict", "yes")][..],
            &[("strict", "true"), ("strict", "true")],
            &[("dryrun", "true")],
            &[("strict", "\0")],
        ] {
            assert!(matches!(ImportParameters::read(&parameters(asked)), Err(Fault::BadInput(_))), "{asked:?}");
        }
        for asked in [
            ("stages", "WON"),
            ("updatedAfter", "yesterday"),
            ("targetCloseAfter", "1.1.2026"),
            ("first", "10"),
            ("customer", "a\0"),
        ] {
            assert!(matches!(ExportParameters::read(&parameters(&[asked])), Err(Fault::BadInput(_))), "{asked:?}");
        }
    }
}
