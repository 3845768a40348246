//! The column mapping file: TOML that says what a file holds and which of its columns is which field.
//!
//! ```toml
//! kind = "memberships"            # organizations, memberships, listings, integrations, membership-events
//! source = "landscape"            # whose external ids these are; the same in all files that name each other's rows
//! format = "csv"                  # or "jsonl"; without it the file's name decides
//! delimiter = ";"                 # CSV only, one ASCII character, "," without it
//! effective_on = "2026-08-07"     # memberships only: the day on which the file was true
//!
//! [columns]                       # field = column, or field = a table of options
//! external_id = "partner_id"
//! types = { column = "partner_type", split = ";", lower = true, map = { "resale" = "channel" } }
//! joined_on = { column = "Since", date_format = "%d.%m.%Y", on_error = "warn" }
//! program_slug = { constant = "acme-partners" }
//!
//! [[programs]]                    # the programs that memberships and events name
//! slug = "acme-partners"
//! name = "Acme Partners"
//! organization = "acme"           # the slug of who runs it
//! organization_name = "Acme"      # for when it does not exist yet
//! types = ["CHANNEL"]
//! tiers = [{ name = "Gold", rank = 2 }, { name = "Silver", rank = 1 }]
//! ```
//!
//! A mapping is checked as a whole before a row is read: what is unknown or missing is named.

use super::kind::{Field, Kind, Shape};
use super::mapping_error::MappingError;
use super::mapping_file::{ColumnTable, MappingFile, OnError, RawColumn};
use super::problem::Severity;
use super::record::PartnerType;
use crate::text::is_slug;
use chrono::NaiveDate;
use chrono::format::{Item, StrftimeItems};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How the rows of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Csv,
    Jsonl,
}

impl Format {
    /// The format that the name of a file tells: `.csv`, or `.jsonl` and `.ndjson`, in any case.
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            _ => None,
        }
    }
}

/// A mapping file that was found to be good.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub kind: Kind,
    /// Whose external ids the file has; external ids are unique in one source and kind.
    pub source: String,
    pub format: Option<Format>,
    /// The day from which a membership's present state counts in the history. Memberships only.
    pub effective_on: Option<NaiveDate>,
    /// The programs that rows may name; empty where the mapping declares none.
    pub programs: Vec<ProgramSpec>,
    pub(super) delimiter: u8,
    pub(super) rules: BTreeMap<&'static str, Rule>,
    /// The columns that rules read, each once.
    pub(super) sources: Vec<String>,
}

/// A program as a mapping declares it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramSpec {
    pub slug: String,
    pub name: String,
    /// The slug of the organization that runs it.
    pub organization: String,
    /// The name of that organization, for when it has to be created.
    #[serde(default)]
    pub organization_name: Option<String>,
    #[serde(default)]
    pub types: BTreeSet<PartnerType>,
    #[serde(default)]
    pub tiers: Vec<TierSpec>,
}

/// A tier of a declared program; ranks start at 1, a higher one is better.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierSpec {
    pub name: String,
    pub rank: u32,
}

/// Where the value of a field comes from and what is done with it before it is judged.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) from: From,
    pub(super) default: Option<String>,
    pub(super) split: Option<String>,
    pub(super) lower: bool,
    pub(super) map: BTreeMap<String, String>,
    pub(super) date_format: String,
    pub(super) pair: String,
    pub(super) on_error: Severity,
}

#[derive(Debug, Clone)]
pub(super) enum From {
    /// The place in [`Mapping::sources`].
    Source(usize),
    Constant(String),
}

impl Mapping {
    /// Reads and checks the mapping file at `path`.
    pub fn load(path: &Path) -> Result<Self, MappingError> {
        let text =
            std::fs::read_to_string(path).map_err(|error| MappingError::Read { path: path.to_owned(), error })?;
        Self::parse(&text)
    }

    /// Checks the text of a mapping file.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let raw: MappingFile = toml::from_str(text).map_err(|error| MappingError::Syntax(error.to_string()))?;
        if !is_slug(&raw.source) {
            return Err(setting("source", "give a short name of lower-case letters, digits and hyphens"));
        }
        if raw.effective_on.is_some() && raw.kind != Kind::Memberships {
            return Err(setting("effective_on", "only memberships have it"));
        }
        let delimiter = delimiter(raw.delimiter.as_deref())?;
        check_programs(raw.kind, &raw.programs)?;
        let mut mapping = Self {
            kind: raw.kind,
            source: raw.source,
            format: raw.format,
            effective_on: raw.effective_on,
            programs: raw.programs,
            delimiter,
            rules: BTreeMap::new(),
            sources: Vec::new(),
        };
        for (name, RawColumn(table)) in raw.columns {
            let field = mapping.kind.field(&name).ok_or_else(|| MappingError::UnknownField {
                kind: mapping.kind,
                field: name.clone(),
                known: mapping.kind.fields().iter().map(|field| field.name).collect::<Vec<_>>().join(", "),
            })?;
            let rule =
                mapping.rule(field, table).map_err(|reason| MappingError::Column { field: field.name, reason })?;
            mapping.rules.insert(field.name, rule);
        }
        match mapping.kind.fields().iter().find(|field| field.required && !mapping.rules.contains_key(field.name)) {
            Some(field) => Err(MappingError::MissingField { kind: mapping.kind, field: field.name }),
            None => Ok(mapping),
        }
    }

    /// The declared program of this slug.
    pub fn program(&self, slug: &str) -> Option<&ProgramSpec> {
        self.programs.iter().find(|program| program.slug == slug)
    }

    fn rule(&mut self, field: &Field, table: ColumnTable) -> Result<Rule, String> {
        let from = match (table.column, table.constant) {
            (Some(column), None) => {
                let column = column.trim().to_owned();
                if column.is_empty() {
                    return Err("the name of the column is empty".to_owned());
                }
                From::Source(self.source_place(column))
            }
            (None, Some(constant)) => From::Constant(constant),
            (Some(_), Some(_)) => return Err("give `column` or `constant`, not both".to_owned()),
            (None, None) => return Err("give `column` or `constant`".to_owned()),
        };
        let list = matches!(field.shape, Shape::List | Shape::Pairs);
        refuse_option("split", table.split.is_some() && !list, "a field that takes a list")?;
        refuse_option("date_format", table.date_format.is_some() && field.shape != Shape::Date, "a date")?;
        refuse_option("pair", table.pair.is_some() && field.shape != Shape::Pairs, "a field that takes pairs")?;
        refuse_option("on_error", table.on_error.is_some() && field.required, "a field that may be empty")?;
        if [&table.split, &table.pair].into_iter().flatten().any(String::is_empty) {
            return Err("`split` and `pair` need at least one character".to_owned());
        }
        let date_format = table.date_format.unwrap_or_else(|| "%Y-%m-%d".to_owned());
        if StrftimeItems::new(&date_format).any(|item| item == Item::Error) {
            return Err(format!("`date_format` {date_format:?} is none; write it as in \"%d.%m.%Y\""));
        }
        Ok(Rule {
            from,
            default: table.default,
            split: table.split,
            lower: table.lower,
            map: table.map,
            date_format,
            pair: table.pair.unwrap_or_else(|| " / ".to_owned()),
            on_error: match table.on_error {
                Some(OnError::Reject) => Severity::Rejected,
                Some(OnError::Warn) => Severity::Warning,
                None => field.on_error,
            },
        })
    }

    fn source_place(&mut self, column: String) -> usize {
        self.sources.iter().position(|known| *known == column).unwrap_or_else(|| {
            self.sources.push(column);
            self.sources.len() - 1
        })
    }

    /// The field that reads the column at `place`, for messages.
    pub(super) fn field_of_source(&self, place: usize) -> &'static str {
        self.rules
            .iter()
            .find(|(_, rule)| matches!(rule.from, From::Source(from) if from == place))
            .map_or("", |(field, _)| field)
    }
}

fn refuse_option(option: &str, misplaced: bool, place: &str) -> Result<(), String> {
    if misplaced { Err(format!("`{option}` is only for {place}")) } else { Ok(()) }
}

fn setting(key: impl Into<String>, reason: impl Into<String>) -> MappingError {
    MappingError::Setting { key: key.into(), reason: reason.into() }
}

fn delimiter(text: Option<&str>) -> Result<u8, MappingError> {
    match text.map(str::as_bytes) {
        None => Ok(b','),
        Some(&[byte])
            if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\n' | b'\r' | b' ') =>
        {
            Ok(byte)
        }
        Some(_) => Err(setting("delimiter", "give one ASCII character such as \",\", \";\" or \"\\t\"")),
    }
}

fn check_programs(kind: Kind, programs: &[ProgramSpec]) -> Result<(), MappingError> {
    if !programs.is_empty() && !matches!(kind, Kind::Memberships | Kind::MembershipEvents) {
        return Err(setting("programs", "only memberships and membership-events have them"));
    }
    let mut slugs = BTreeSet::new();
    for program in programs {
        let key = format!("programs.{}", program.slug);
        if !is_slug(&program.slug) || !is_slug(&program.organization) {
            return Err(setting(key, "`slug` and `organization` are lower-case letters, digits and hyphens"));
        }
        if program.name.trim().is_empty() {
            return Err(setting(key, "the name is empty"));
        }
        if !slugs.insert(&program.slug) {
            return Err(setting(key, "the program is declared twice"));
        }
        let (mut names, mut ranks) = (BTreeSet::new(), BTreeSet::new());
        for tier in &program.tiers {
            if tier.name.trim().is_empty() || tier.rank == 0 || i32::try_from(tier.rank).is_err() {
                return Err(setting(key, "each tier has a name and a rank of at least 1"));
            }
            if !names.insert(&tier.name) || !ranks.insert(tier.rank) {
                return Err(setting(key, format!("the name or rank of the tier {:?} is taken", tier.name)));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
