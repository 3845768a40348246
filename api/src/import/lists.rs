//! The fields of a row that hold several values.

use super::fields::{Cell, Fields, choice_key};
use super::mapping::From;
use super::problem::Code;
use crate::text::{char_count, clean_line, host_name};
use std::collections::BTreeSet;

/// Items of the longest list, and characters of the longest of them.
const LIST_MAX: usize = 100;
const ITEM_MAX: usize = 200;

impl Fields<'_> {
    /// A list without empty and repeated items. A string is split only where the mapping says by what, a JSON array is
    /// a list already, so one mapping serves both formats.
    pub(super) fn list(&mut self, field: &str) -> Vec<String> {
        let Some(rule) = self.rule(field) else {
            return Vec::new();
        };
        let mut items = match &rule.from {
            From::Constant(text) => rule.split_text(text),
            From::Source(place) => match self.cells.get(*place) {
                None | Some(Cell::Absent) => Vec::new(),
                Some(Cell::Text(text)) => rule.split_text(text),
                Some(Cell::List(items)) => items.iter().filter_map(|item| rule.convert(clean_line(item))).collect(),
                Some(unfit) => {
                    self.unfit(field, unfit);
                    return Vec::new();
                }
            },
        };
        if items.is_empty() {
            items = rule.default.as_deref().map(|text| rule.split_text(text)).unwrap_or_default();
        }
        let mut kept: Vec<String> = Vec::new();
        for item in items {
            if kept.len() == LIST_MAX {
                self.fault(field, Code::TooMany, &item, format!("more than {LIST_MAX} items; this and further ones"));
                break;
            }
            if char_count(&item) > ITEM_MAX {
                self.fault(field, Code::TooLong, &item, format!("an item has at most {ITEM_MAX} characters"));
            } else if !kept.contains(&item) {
                kept.push(item);
            }
        }
        kept
    }

    /// A list of values that `parse` knows.
    pub(super) fn choices<T: Ord>(&mut self, field: &str, expected: &str, parse: fn(&str) -> Option<T>) -> BTreeSet<T> {
        let items = self.list(field);
        let mut found = BTreeSet::new();
        for item in items {
            match parse(&choice_key(&item)) {
                Some(value) => {
                    found.insert(value);
                }
                None => self.fault(field, Code::InvalidChoice, &item, format!("expected {expected}")),
            }
        }
        found
    }

    pub(super) fn hosts(&mut self, field: &str) -> Vec<String> {
        let mut found = Vec::new();
        for item in self.list(field) {
            match host_name(&item) {
                Some(host) if found.contains(&host) => {}
                Some(host) => found.push(host),
                None => self.fault(field, Code::InvalidDomain, &item, "expected a domain such as example.com"),
            }
        }
        found
    }

    /// A list of "left / right", by the separator that the mapping names.
    pub(super) fn pairs(&mut self, field: &str) -> Vec<(String, String)> {
        let Some(rule) = self.rule(field) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in self.list(field) {
            let pair = item.split_once(rule.pair.as_str()).map(|(left, right)| (left.trim(), right.trim()));
            match pair {
                Some((left, right)) if !left.is_empty() && !right.is_empty() => {
                    found.push((left.to_owned(), right.to_owned()));
                }
                _ => self.fault(
                    field,
                    Code::InvalidPair,
                    &item,
                    format!("expected two names with {:?} between", rule.pair),
                ),
            }
        }
        found
    }
}
