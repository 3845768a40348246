//! The shape of a mapping file as it is written, before its meaning is checked.

use super::kind::Kind;
use super::mapping::{Format, ProgramSpec};
use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingFile {
    pub(super) kind: Kind,
    pub(super) source: String,
    pub(super) format: Option<Format>,
    pub(super) delimiter: Option<String>,
    pub(super) effective_on: Option<NaiveDate>,
    pub(super) columns: BTreeMap<String, RawColumn>,
    #[serde(default)]
    pub(super) programs: Vec<ProgramSpec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ColumnTable {
    pub(super) column: Option<String>,
    pub(super) constant: Option<String>,
    pub(super) default: Option<String>,
    pub(super) split: Option<String>,
    pub(super) lower: bool,
    pub(super) map: BTreeMap<String, String>,
    pub(super) date_format: Option<String>,
    pub(super) pair: Option<String>,
    pub(super) on_error: Option<OnError>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum OnError {
    Reject,
    Warn,
}

pub(super) struct RawColumn(pub(super) ColumnTable);

// An untagged enum would answer every fault with "did not match any variant"; this names the wrong key.
impl<'de> Deserialize<'de> for RawColumn {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrTable;

        impl<'de> Visitor<'de> for NameOrTable {
            type Value = RawColumn;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a column, or a table such as { column = \"x\", split = \";\" }")
            }

            fn visit_str<E: serde::de::Error>(self, column: &str) -> Result<RawColumn, E> {
                Ok(RawColumn(ColumnTable { column: Some(column.to_owned()), ..ColumnTable::default() }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawColumn, A::Error> {
                ColumnTable::deserialize(MapAccessDeserializer::new(map)).map(RawColumn)
            }
        }

        deserializer.deserialize_any(NameOrTable)
    }
}
