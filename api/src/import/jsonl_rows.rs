//! Rows of a JSONL file: one JSON object a line.

use super::fields::Cell;
use super::problem::{Code, Rejection, RowError, Severity, VALUE_MAX};
use crate::sheet::Lines;
use serde_json::{Map, Value};
use std::io;

pub(super) struct JsonlRows {
    lines: Lines,
}

pub(super) struct JsonlRow {
    pub(super) line: u64,
    pub(super) object: Map<String, Value>,
}

impl JsonlRows {
    pub(super) fn new(lines: Lines) -> Self {
        Self { lines }
    }

    /// The next line that is not blank. The outer error ends the file, the inner one only its row.
    pub(super) fn next(&mut self) -> io::Result<Option<Result<JsonlRow, Rejection>>> {
        while let Some(line) = self.lines.take()? {
            let Some(bytes) = line.bytes else {
                let reason = format!("the line is longer than {} bytes", self.lines.limit());
                return Ok(Some(Err(refuse(line.number, Code::RowTooLong, reason, b""))));
            };
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            return Ok(Some(parse(line.number, &bytes)));
        }
        Ok(None)
    }
}

fn parse(line: u64, bytes: &[u8]) -> Result<JsonlRow, Rejection> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| refuse(line, Code::InvalidUtf8, "the line is not UTF-8", bytes))?;
    let value = serde_json::from_str(text).map_err(|error| {
        let reason = format!("the line is no JSON: it fails at byte {}", error.column());
        refuse(line, Code::InvalidJson, reason, bytes)
    })?;
    match value {
        Value::Object(object) => Ok(JsonlRow { line, object }),
        _ => Err(refuse(line, Code::NotAnObject, "the line is JSON, but no object", bytes)),
    }
}

fn refuse(line: u64, code: Code, reason: impl Into<String>, bytes: &[u8]) -> Rejection {
    let start = bytes.get(..VALUE_MAX * 4).unwrap_or(bytes);
    RowError::new(line, Severity::Rejected, code, reason).showing(&String::from_utf8_lossy(start)).into()
}

/// A JSON value as a cell: null is absent, numbers and booleans are their text, arrays of those are lists.
pub(super) fn cell(value: Value) -> Cell {
    match value {
        Value::Array(items) => {
            let mut texts = Vec::with_capacity(items.len());
            for item in items {
                match scalar(item) {
                    Ok(text) => texts.extend(text),
                    Err(value) => return Cell::Unfit(value.to_string()),
                }
            }
            Cell::List(texts)
        }
        value => match scalar(value) {
            Ok(Some(text)) => Cell::Text(text),
            Ok(None) => Cell::Absent,
            Err(value) => Cell::Unfit(value.to_string()),
        },
    }
}

fn scalar(value: Value) -> Result<Option<String>, Value> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Bool(flag) => Ok(Some(flag.to_string())),
        Value::Number(number) => Ok(Some(number.to_string())),
        value @ (Value::Array(_) | Value::Object(_)) => Err(value),
    }
}
