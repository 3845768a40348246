//! Opens a data file by a mapping and streams its rows as records.

use super::build::build;
use super::fields::{Cell, shown_bytes};
use super::jsonl_rows::{self, JsonlRow, JsonlRows};
use super::mapping::{Format, Mapping};
use super::mapping_error::MappingError;
use super::problem::{Code, Rejection, RowError, Severity};
use super::record::Record;
use crate::sheet::{CsvRow, CsvRows, Line, Lines};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// Bytes of the longest row.
pub const ROW_MAX: usize = 1024 * 1024;

/// A row that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The physical line on which it starts, from 1.
    pub line: u64,
    pub record: Record,
    /// Faulty values that were left out.
    pub warnings: Vec<RowError>,
}

/// Why the iterator gives no row.
#[derive(Debug)]
pub enum ReadFault {
    /// This row cannot be taken; the next can still be read.
    Row(Rejection),
    /// The file cannot be read on. Rows are missing, so nothing of the file may be applied. Nothing follows.
    Io(io::Error),
}

/// The rows of a file, one at a time; memory does not grow with their number.
pub struct Reader<'m> {
    mapping: &'m Mapping,
    rows: Rows,
    ended: bool,
}

enum Rows {
    Csv {
        rows: CsvRows,
        /// Cells of the header.
        width: usize,
        /// For each of the mapping's sources, its place in the row.
        places: Vec<usize>,
    },
    Jsonl {
        rows: JsonlRows,
        /// For each of the mapping's sources, whether some row had it.
        seen: Vec<bool>,
        any: bool,
    },
}

/// Opens the file at `path`. The header of a CSV file is checked against the mapping before this returns.
pub fn open<'m>(path: &Path, mapping: &'m Mapping) -> Result<Reader<'m>, MappingError> {
    let format =
        mapping.format.or_else(|| Format::of_path(path)).ok_or_else(|| MappingError::UnknownFormat(path.to_owned()))?;
    let named = |error| MappingError::Read { path: path.to_owned(), error };
    let file = File::open(path).map_err(named)?;
    Reader::new(Box::new(BufReader::with_capacity(64 * 1024, file)), format, mapping).map_err(|error| match error {
        MappingError::Read { error, .. } => named(error),
        other => other,
    })
}

impl<'m> Reader<'m> {
    /// Reads rows from any source.
    pub fn new(input: Box<dyn BufRead + Send>, format: Format, mapping: &'m Mapping) -> Result<Self, MappingError> {
        let read = |error| MappingError::Read { path: "the input".into(), error };
        let mut lines = Lines::new(input, ROW_MAX);
        let start = lines.peek(2).map_err(read)?;
        if matches!(start, b"\xff\xfe" | b"\xfe\xff") {
            return Err(MappingError::Encoding("UTF-16"));
        }
        lines.skip_byte_order_mark().map_err(read)?;
        let rows = match format {
            Format::Csv => csv_rows(lines, mapping)?,
            Format::Jsonl => {
                Rows::Jsonl { rows: JsonlRows::new(lines), seen: vec![false; mapping.sources.len()], any: false }
            }
        };
        Ok(Self { mapping, rows, ended: false })
    }

    /// The mapping by which rows are read.
    pub fn mapping(&self) -> &'m Mapping {
        self.mapping
    }

    /// Columns that the mapping names and no row of a JSONL file had, to be asked at the end of the file: most likely a
    /// slip in the mapping. A CSV file without the column is refused at once, so it has none.
    pub fn unseen_columns(&self) -> Vec<RowError> {
        let Rows::Jsonl { seen, any: true, .. } = &self.rows else {
            return Vec::new();
        };
        self.mapping
            .sources
            .iter()
            .zip(seen)
            .filter(|(_, seen)| !**seen)
            .map(|(column, _)| {
                RowError::new(0, Severity::Warning, Code::ColumnNeverSeen, "no row of the file has this column")
                    .at(column, "")
            })
            .collect()
    }

    fn next_row(&mut self) -> io::Result<Option<Result<Row, Rejection>>> {
        let (line, cells) = match &mut self.rows {
            Rows::Csv { rows, width, places } => match rows.take()? {
                None => return Ok(None),
                Some(Err(fault)) => return Ok(Some(Err(fault.into()))),
                Some(Ok(row)) if row.cells.len() != *width => {
                    return Ok(Some(Err(ragged(&row, *width))));
                }
                Some(Ok(row)) => (row.line, csv_cells(&row, places)),
            },
            Rows::Jsonl { rows, seen, any } => match rows.next()? {
                None => return Ok(None),
                Some(Err(rejection)) => return Ok(Some(Err(rejection))),
                Some(Ok(row)) => {
                    *any = true;
                    (row.line, jsonl_cells(row, &self.mapping.sources, seen))
                }
            },
        };
        let built = build(line, self.mapping, &cells);
        Ok(Some(built.map(|(record, warnings)| Row { line, record, warnings })))
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Row, ReadFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.next_row() {
            Ok(Some(row)) => Some(row.map_err(ReadFault::Row)),
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(error) => {
                self.ended = true;
                Some(Err(ReadFault::Io(error)))
            }
        }
    }
}

fn csv_rows(mut lines: Lines, mapping: &Mapping) -> Result<Rows, MappingError> {
    let read = |error| MappingError::Read { path: "the input".into(), error };
    if let Some(first) = lines.take().map_err(read)? {
        let carriage_return = matches!(&first, Line { bytes: Some(bytes), .. } if bytes.contains(&b'\r'));
        lines.give_back([first].into_iter());
        if carriage_return {
            return Err(MappingError::LineEnds);
        }
    }
    let mut rows = CsvRows::new(lines, mapping.delimiter);
    let header: Vec<String> = match rows.take().map_err(read)? {
        None => return Err(MappingError::Header("it is empty".to_owned())),
        Some(Err(fault)) => return Err(MappingError::Header(RowError::from(fault).to_string())),
        Some(Ok(row)) => row
            .cells
            .iter()
            .map(|cell| std::str::from_utf8(cell).map(|name| name.trim().to_owned()))
            .collect::<Result<_, _>>()
            .map_err(|_| MappingError::Encoding("not UTF-8"))?,
    };
    let mut places = Vec::with_capacity(mapping.sources.len());
    for (source, column) in mapping.sources.iter().enumerate() {
        let mut found = header.iter().enumerate().filter(|(_, name)| *name == column).map(|(place, _)| place);
        match (found.next(), found.next()) {
            (Some(place), None) => places.push(place),
            (Some(_), Some(_)) => return Err(MappingError::RepeatedColumn(column.clone())),
            (None, _) => {
                return Err(MappingError::MissingColumn {
                    field: mapping.field_of_source(source).to_owned(),
                    column: column.clone(),
                    header: header.join(", "),
                });
            }
        }
    }
    Ok(Rows::Csv { rows, width: header.len(), places })
}

fn ragged(row: &CsvRow<'_>, width: usize) -> Rejection {
    let reason = format!("the row has {} cells, the header has {width}", row.cells.len());
    let shown = row.cells.iter().take(20).map(shown_bytes).collect::<Vec<_>>().join(",");
    RowError::new(row.line, Severity::Rejected, Code::RaggedRow, reason).showing(&shown).into()
}

fn csv_cells(row: &CsvRow<'_>, places: &[usize]) -> Vec<Cell> {
    places
        .iter()
        .map(|&place| {
            let bytes = row.cells.get(place).unwrap_or_default();
            match std::str::from_utf8(bytes) {
                Ok("") => Cell::Absent,
                Ok(text) => Cell::Text(text.to_owned()),
                Err(_) => Cell::NotUtf8(shown_bytes(bytes)),
            }
        })
        .collect()
}

fn jsonl_cells(mut row: JsonlRow, sources: &[String], seen: &mut [bool]) -> Vec<Cell> {
    sources
        .iter()
        .zip(seen)
        .map(|(column, seen)| match row.object.remove(column) {
            Some(value) => {
                *seen = true;
                jsonl_rows::cell(value)
            }
            None => Cell::Absent,
        })
        .collect()
}
