//! Rows on their way from a file to a plan: in batches, with what their mapping leaves alone.

use super::{
    findings::Place,
    mapping::{From, Mapping},
    problem::RowError,
};
use std::collections::BTreeSet;

/// A row that was read well.
#[derive(Debug)]
pub(super) struct Incoming<R> {
    pub(super) place: Place,
    pub(super) record: R,
    /// Fields whose value was faulty and left out: what is stored stays.
    faulty: BTreeSet<&'static str>,
}

impl<R> Incoming<R> {
    pub(super) fn new(place: Place, record: R, mapping: &Mapping, warnings: &[RowError]) -> Self {
        let faulty = warnings
            .iter()
            .filter_map(|warning| warning.column.as_deref())
            .flat_map(|column| mapping.rules.iter().filter(move |(field, rule)| reads(mapping, rule, field, column)))
            .map(|(field, _)| *field)
            .collect();
        Self { place, record, faulty }
    }

    /// The row with what `pick` makes of its record.
    pub(super) fn filter_map<T>(self, pick: fn(R) -> Option<T>) -> Option<Incoming<T>> {
        Some(Incoming { place: self.place, record: pick(self.record)?, faulty: self.faulty })
    }

    /// Whether the row says anything about the field of something that exists: a field that the mapping does not name,
    /// or whose value was faulty, is left as it is.
    pub(super) fn says(&self, mapping: &Mapping, field: &str) -> bool {
        mapping.rules.contains_key(field) && !self.faulty.contains(field)
    }
}

fn reads(mapping: &Mapping, rule: &super::mapping::Rule, field: &str, column: &str) -> bool {
    match rule.from {
        From::Source(place) => mapping.sources.get(place).is_some_and(|source| source == column),
        From::Constant(_) => field == column,
    }
}

impl Mapping {
    /// The column that a field is read from, for messages.
    pub(super) fn column(&self, field: &'static str) -> &str {
        match self.rules.get(field).map(|rule| &rule.from) {
            Some(From::Source(place)) => self.sources.get(*place).map_or(field, String::as_str),
            _ => field,
        }
    }

    /// An external id as it is stored: no two sources share one.
    pub(super) fn key(&self, external_id: &str) -> String {
        format!("{}:{external_id}", self.source)
    }
}
