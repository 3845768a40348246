//! Takes the values of one row, as the mapping says, and judges each by its type.
//!
//! Knows single values only; what values mean together is told in `record.rs`.

use super::mapping::{From, Mapping, Rule};
use super::problem::{Code, Rejection, RowError, Severity};
use crate::text::{char_count, clean_line, clean_text, cut_chars, is_slug, web_url};
use chrono::{Datelike as _, NaiveDate};

/// The years that a date may lie in; what is outside is a slip of the keyboard.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// A value of the source before it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Absent,
    Text(String),
    List(Vec<String>),
    /// A JSON object, or a list of such.
    Unfit(String),
    NotUtf8(String),
}

/// The values of one row, and the problems found in them so far.
pub(super) struct Fields<'a> {
    line: u64,
    mapping: &'a Mapping,
    pub(super) cells: &'a [Cell],
    problems: Vec<RowError>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(line: u64, mapping: &'a Mapping, cells: &'a [Cell]) -> Self {
        Self { line, mapping, cells, problems: Vec::new() }
    }

    pub(super) fn mapping(&self) -> &'a Mapping {
        self.mapping
    }

    /// The warnings where the row can be taken, the rejection where it cannot. A record without a value for a required
    /// field cannot come about: its absence was noted as a problem.
    pub(super) fn finish<T>(self, record: Option<T>) -> Result<(T, Vec<RowError>), Rejection> {
        let rejected = self.problems.iter().any(|problem| problem.severity == Severity::Rejected);
        match record {
            Some(record) if !rejected => Ok((record, self.problems)),
            _ => Err(Rejection { line: self.line, problems: self.problems }),
        }
    }

    /// Notes a problem of a field, as serious as the mapping and the kind say.
    pub(super) fn fault(&mut self, field: &str, code: Code, value: &str, reason: impl Into<String>) {
        let severity = self.rule(field).map_or(Severity::Rejected, |rule| rule.on_error);
        self.problem(field, severity, code, value, reason);
    }

    /// Notes a problem that keeps the row out, whatever the mapping says.
    pub(super) fn reject(&mut self, field: &str, code: Code, value: &str, reason: impl Into<String>) {
        self.problem(field, Severity::Rejected, code, value, reason);
    }

    fn problem(&mut self, field: &str, severity: Severity, code: Code, value: &str, reason: impl Into<String>) {
        let column = match self.rule(field).map(|rule| &rule.from) {
            Some(From::Source(place)) => self.mapping.sources.get(*place).map_or(field, String::as_str),
            _ => field,
        };
        self.problems.push(RowError::new(self.line, severity, code, reason).at(column, value));
    }

    pub(super) fn rule(&self, field: &str) -> Option<&'a Rule> {
        self.mapping.rules.get(field)
    }

    /// A single value as written, trimmed, mapped; `None` where it is empty.
    fn raw(&mut self, field: &str, clean: fn(&str) -> String) -> Option<String> {
        let rule = self.rule(field)?;
        let text = match &rule.from {
            From::Constant(text) => clean(text),
            From::Source(place) => match self.cells.get(*place) {
                None | Some(Cell::Absent) => String::new(),
                Some(Cell::Text(text)) => clean(text),
                Some(Cell::List(items)) => match items.as_slice() {
                    [] => String::new(),
                    [item] => clean(item),
                    several => {
                        let shown = several.join(", ");
                        self.fault(field, Code::WrongType, &shown, "a list where one value is expected");
                        return None;
                    }
                },
                Some(unfit) => {
                    self.unfit(field, unfit);
                    return None;
                }
            },
        };
        rule.convert(text).or_else(|| rule.default.clone())
    }

    pub(super) fn unfit(&mut self, field: &str, cell: &Cell) {
        match cell {
            Cell::NotUtf8(shown) => self.reject(field, Code::InvalidUtf8, shown, "the cell is not UTF-8"),
            Cell::Unfit(shown) => self.fault(field, Code::WrongType, shown, "a JSON object where text is expected"),
            Cell::Absent | Cell::Text(_) | Cell::List(_) => {}
        }
    }

    /// One line of at most `max` characters.
    pub(super) fn line(&mut self, field: &str, max: usize) -> Option<String> {
        let text = self.raw(field, clean_line)?;
        self.fitting(field, text, max)
    }

    /// Text of several lines, of at most `max` characters.
    pub(super) fn text(&mut self, field: &str, max: usize) -> Option<String> {
        let text = self.raw(field, clean_text)?;
        self.fitting(field, text, max)
    }

    fn fitting(&mut self, field: &str, text: String, max: usize) -> Option<String> {
        let length = char_count(&text);
        if length <= max {
            return Some(text);
        }
        self.fault(field, Code::TooLong, &text, format!("{length} characters, at most {max} are taken"));
        None
    }

    /// A line that must be there.
    pub(super) fn required_line(&mut self, field: &'static str, max: usize) -> Option<String> {
        let before = self.problems.len();
        let found = self.line(field, max);
        self.must_be(field, before, found)
    }

    /// Notes the absence of a required value, unless a fault of it was noted since `before`.
    fn must_be<T>(&mut self, field: &str, before: usize, found: Option<T>) -> Option<T> {
        if found.is_none() && self.problems.len() == before {
            self.reject(field, Code::RequiredMissing, "", "a value is required");
        }
        found
    }

    /// A value of `parse`; `expected` tells what would be one.
    fn parsed<T>(
        &mut self,
        field: &str,
        code: Code,
        expected: &str,
        parse: impl FnOnce(&str, &Rule) -> Option<T>,
    ) -> Option<T> {
        let rule = self.rule(field)?;
        let text = self.raw(field, clean_line)?;
        let value = parse(&text, rule);
        if value.is_none() {
            self.fault(field, code, &text, format!("expected {expected}"));
        }
        value
    }

    pub(super) fn slug(&mut self, field: &str) -> Option<String> {
        self.parsed(field, Code::InvalidSlug, "1 to 80 of a-z, 0-9 and single hyphens", |text, _| {
            is_slug(text).then(|| text.to_owned())
        })
    }

    pub(super) fn required_slug(&mut self, field: &str) -> Option<String> {
        let before = self.problems.len();
        let found = self.slug(field);
        self.must_be(field, before, found)
    }

    pub(super) fn date(&mut self, field: &str) -> Option<NaiveDate> {
        let format = self.rule(field)?.date_format.clone();
        let expected = format!("a date written as {format}, from the years 1900 to 2200");
        self.parsed(field, Code::InvalidDate, &expected, |text, rule| {
            NaiveDate::parse_from_str(text, &rule.date_format).ok().filter(|date| YEARS.contains(&date.year()))
        })
    }

    pub(super) fn required_date(&mut self, field: &str) -> Option<NaiveDate> {
        let before = self.problems.len();
        let found = self.date(field);
        self.must_be(field, before, found)
    }

    pub(super) fn boolean(&mut self, field: &str) -> Option<bool> {
        self.parsed(field, Code::InvalidBoolean, "true, false, yes, no, 1 or 0", |text, _| {
            match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "y" | "1" => Some(true),
                "false" | "no" | "n" | "0" => Some(false),
                _ => None,
            }
        })
    }

    pub(super) fn country(&mut self, field: &str) -> Option<String> {
        self.parsed(field, Code::InvalidCountry, "a country code of ISO 3166-1 such as HU", |text, _| {
            rust_iso3166::from_alpha2(&text.to_ascii_uppercase()).map(|country| country.alpha2.to_owned())
        })
    }

    pub(super) fn web(&mut self, field: &str) -> Option<String> {
        let text = self.raw(field, clean_line)?;
        web_url(&text).map_err(|fault| self.fault(field, Code::InvalidUrl, &text, fault.to_string())).ok()
    }

    /// One of the values that `parse` knows; it gets the value in lower case with hyphens between words.
    pub(super) fn choice<T>(&mut self, field: &str, expected: &str, parse: fn(&str) -> Option<T>) -> Option<T> {
        self.parsed(field, Code::InvalidChoice, expected, |text, _| parse(&choice_key(text)))
    }

    pub(super) fn required_choice<T>(
        &mut self,
        field: &str,
        expected: &str,
        parse: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let before = self.problems.len();
        let found = self.choice(field, expected, parse);
        self.must_be(field, before, found)
    }
}

impl Rule {
    /// Lower case, then the map of the mapping file; `None` for nothing.
    pub(super) fn convert(&self, text: String) -> Option<String> {
        let text = if self.lower { text.to_lowercase() } else { text };
        let text = self.map.get(&text).cloned().unwrap_or(text);
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn split_text(&self, text: &str) -> Vec<String> {
        match &self.split {
            Some(separator) => {
                text.split(separator.as_str()).filter_map(|item| self.convert(clean_line(item))).collect()
            }
            None => self.convert(clean_line(text)).into_iter().collect(),
        }
    }
}

pub(super) fn choice_key(text: &str) -> String {
    text.to_lowercase().replace([' ', '_'], "-")
}

/// The start of a cell that is not UTF-8, as far as it can be shown.
pub(super) fn shown_bytes(bytes: &[u8]) -> String {
    let start = bytes.get(..super::problem::VALUE_MAX * 4).unwrap_or(bytes);
    cut_chars(&String::from_utf8_lossy(start), super::problem::VALUE_MAX).to_owned()
}
