//! Rows of a CSV file: finds where a row ends, within bounds, and lets the `csv` crate take it apart.
//!
//! The `csv` crate alone would read a quote that is never closed to the end of the file, into memory. Here such a row
//! ends at a limit, is refused by its line, and reading goes on with the line after the one where it began.

use super::{Line, Lines, SHOWN_MAX};
use crate::text::cut_chars;
use csv::{ByteRecord, ReaderBuilder, Terminator};
use std::io::{self, Read};

/// Physical lines of the longest row.
const ROW_LINES_MAX: usize = 10_000;

/// Bytes that may be read a second time, all in all, after rows that do not end. Without a bound a file made for it
/// would be read once more for each of its lines.
const REREAD_MAX: usize = 64 * 1024 * 1024;

/// The rows of a CSV source, one at a time.
pub struct CsvRows {
    lines: Lines,
    delimiter: u8,
    reread: usize,
    decoder: csv::Reader<Feed>,
    /// Bytes given to the decoder since it was made.
    fed: u64,
    record: ByteRecord,
}

/// One row, valid until the next is read.
pub struct CsvRow<'a> {
    /// The physical line on which it starts, from 1.
    pub line: u64,
    /// Its cells, not necessarily UTF-8.
    pub cells: &'a ByteRecord,
}

/// What is wrong with a row that cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowFaultKind {
    /// It is longer than the reader takes.
    TooLong,
    /// A quoted cell does not end.
    UnclosedQuote,
    /// Text follows the closing quote of a cell.
    BadQuoting,
}

/// A row that cannot be taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The physical line on which it starts, from 1.
    pub line: u64,
    /// What is wrong.
    pub kind: RowFaultKind,
    /// For people, in a sentence without the row.
    pub reason: String,
    /// How the row begins, at most [`SHOWN_MAX`] characters.
    pub start: String,
}

impl CsvRows {
    /// Rows of `lines`, their cells parted by `delimiter`.
    #[must_use]
    pub fn new(lines: Lines, delimiter: u8) -> Self {
        Self { lines, delimiter, reread: 0, decoder: decoder(delimiter), fed: 0, record: ByteRecord::new() }
    }

    /// The next row that has anything in it. The outer error ends the file, the inner one only its row.
    ///
    /// # Errors
    /// Those of the source.
    pub fn take(&mut self) -> io::Result<Option<Result<CsvRow<'_>, RowFault>>> {
        loop {
            let Some(first) = self.lines.take()? else {
                return Ok(None);
            };
            let line = first.number;
            let text = match self.whole_row(first)? {
                Ok(text) if text.len() <= 1 => continue,
                Ok(text) => text,
                Err(fault) => return Ok(Some(Err(fault))),
            };
            if !self.decode(&text)? {
                return Ok(Some(Err(refuse(
                    line,
                    RowFaultKind::BadQuoting,
                    "the quotes of the row do not fit together",
                    &text,
                ))));
            }
            if self.record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            return Ok(Some(Ok(CsvRow { line, cells: &self.record })));
        }
    }

    /// The bytes of the row that begins with `first`, with `\n` after each of its lines.
    fn whole_row(&mut self, first: Line) -> io::Result<Result<Vec<u8>, RowFault>> {
        let start = first.number;
        let limit = self.lines.limit();
        let too_long = format!("the row is longer than {limit} bytes or {ROW_LINES_MAX} lines");
        let Some(mut text) = first.bytes else {
            return Ok(Err(refuse(start, RowFaultKind::TooLong, too_long, b"")));
        };
        text.push(b'\n');
        let mut quotes = Quotes::default();
        quotes.scan(&text, self.delimiter);
        let mut further: Vec<Line> = Vec::new();
        while quotes.open() {
            let (kind, reason) = match self.lines.take()? {
                Some(line) => {
                    let fits = line.bytes.as_ref().is_some_and(|bytes| text.len() + bytes.len() < limit);
                    if let (Some(bytes), true, true) = (&line.bytes, fits, further.len() < ROW_LINES_MAX) {
                        let scanned = text.len();
                        text.extend_from_slice(bytes);
                        text.push(b'\n');
                        quotes.scan(text.get(scanned..).unwrap_or_default(), self.delimiter);
                        further.push(line);
                        continue;
                    }
                    further.push(line);
                    (RowFaultKind::TooLong, too_long)
                }
                None => (RowFaultKind::UnclosedQuote, "a quoted cell does not end".to_owned()),
            };
            self.resume_after(further);
            return Ok(Err(refuse(start, kind, reason, &text)));
        }
        if quotes.stray {
            return Ok(Err(refuse(start, RowFaultKind::BadQuoting, "text follows the closing quote of a cell", &text)));
        }
        Ok(Ok(text))
    }

    fn resume_after(&mut self, lines: Vec<Line>) {
        let bytes: usize = lines.iter().map(|line| line.bytes.as_ref().map_or(0, Vec::len) + 1).sum();
        if self.reread + bytes <= REREAD_MAX {
            self.reread += bytes;
            self.lines.give_back(lines.into_iter());
        }
    }

    /// Takes `text` apart; false where the decoder sees another end of the row than the scan did.
    fn decode(&mut self, text: &[u8]) -> io::Result<bool> {
        self.fed += text.len() as u64;
        self.decoder.get_mut().load(text);
        let found = self.decoder.read_byte_record(&mut self.record).map_err(io::Error::other)?;
        let whole = found && self.decoder.position().byte() == self.fed && !self.decoder.is_done();
        if !whole {
            self.decoder = decoder(self.delimiter);
            self.fed = 0;
        }
        Ok(whole)
    }
}

fn refuse(line: u64, kind: RowFaultKind, reason: impl Into<String>, text: &[u8]) -> RowFault {
    // Only what a report shows is decoded: four bytes are the longest character.
    let start = String::from_utf8_lossy(text.get(..SHOWN_MAX * 4).unwrap_or(text));
    RowFault { line, kind, reason: reason.into(), start: cut_chars(start.trim_end(), SHOWN_MAX).to_owned() }
}

fn decoder(delimiter: u8) -> csv::Reader<Feed> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(Feed::default())
}

/// The source of the decoder: the bytes of one row at a time.
#[derive(Default)]
struct Feed {
    bytes: Vec<u8>,
    at: usize,
}

impl Feed {
    fn load(&mut self, bytes: &[u8]) {
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        self.at = 0;
    }
}

impl Read for Feed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.read(into)?;
        self.at += count;
        Ok(count)
    }
}

/// Where the quotes of a row stand, by RFC 4180: a quote opens a cell only as its first character.
#[derive(Default)]
struct Quotes {
    at: Place,
    /// Text followed a closing quote.
    stray: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    CellStart,
    Bare,
    Quoted,
    AfterQuote,
}

impl Quotes {
    fn open(&self) -> bool {
        self.at == Place::Quoted
    }

    fn scan(&mut self, bytes: &[u8], delimiter: u8) {
        for &byte in bytes {
            self.at = match (self.at, byte) {
                (Place::Quoted, b'"') => Place::AfterQuote,
                (Place::Quoted, _) => Place::Quoted,
                (Place::CellStart | Place::AfterQuote, b'"') => Place::Quoted,
                (_, b'\n') => Place::CellStart,
                (_, byte) if byte == delimiter => Place::CellStart,
                (Place::AfterQuote, _) => {
                    self.stray = true;
                    Place::Bare
                }
                _ => Place::Bare,
            };
        }
    }
}
