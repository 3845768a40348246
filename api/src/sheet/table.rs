//! A CSV file with a header, taken apart row by row: comma, RFC 4180, UTF-8 with or without a byte order mark, lines that
//! end with LF or CRLF.

use super::{CsvRows, Lines, RowFaultKind, SHOWN_MAX};
use crate::text::cut_chars;
use csv::ByteRecord;
use std::io::{self, BufRead};

/// Why nothing of a file can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableFault {
    /// It has no header.
    Empty,
    /// It is not UTF-8.
    Encoding,
    /// Its lines end with a carriage return only.
    LineEnds,
    /// The header cannot be taken apart; the text says why.
    Header(String),
    /// The source broke off before the end of the header, or cannot be read. Does not occur in memory.
    Source(io::ErrorKind),
}

impl TableFault {
    /// For people.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Empty => "The file is empty; its first row names the columns.".to_owned(),
            Self::Encoding => "The file is not UTF-8.".to_owned(),
            Self::LineEnds => {
                "The lines of the file end with a carriage return only; save it with LF or CRLF.".to_owned()
            }
            Self::Header(reason) => format!("The header cannot be read: {reason}."),
            Self::Source(_) => "The file cannot be read to its end.".to_owned(),
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// The physical line on which it starts, from 1.
    pub line: u64,
    /// As many cells as the header has, as they were before they were made text for spreadsheets.
    pub cells: Result<Vec<String>, TableRowFault>,
}

/// Why a row cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRowFault {
    /// For programs; stable.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// The place of the cell at fault, where one is.
    pub place: Option<usize>,
    /// The cell, or how the row begins; at most [`SHOWN_MAX`] characters.
    pub shown: String,
}

/// The rows of a file.
pub struct Table {
    rows: CsvRows,
    header: Vec<String>,
}

impl Table {
    /// Reads the header of a file whose rows are at most `row_max` bytes long.
    ///
    /// # Errors
    /// [`TableFault`].
    pub fn read(file: impl BufRead + Send + 'static, row_max: usize) -> Result<Self, TableFault> {
        let unread = |error: io::Error| TableFault::Source(error.kind());
        let mut lines = Lines::new(Box::new(file), row_max);
        if matches!(lines.peek(2).map_err(unread)?, b"\xff\xfe" | b"\xfe\xff") {
            return Err(TableFault::Encoding);
        }
        lines.skip_byte_order_mark().map_err(unread)?;
        if let Some(first) = lines.take().map_err(unread)? {
            let carriage_return = first.bytes.as_ref().is_some_and(|bytes| bytes.contains(&b'\r'));
            lines.give_back([first].into_iter());
            if carriage_return {
                return Err(TableFault::LineEnds);
            }
        }
        let mut rows = CsvRows::new(lines, b',');
        let header = match rows.take().map_err(unread)? {
            None => return Err(TableFault::Empty),
            Some(Err(fault)) => return Err(TableFault::Header(fault.reason)),
            Some(Ok(row)) => {
                let names = row.cells.iter().map(|cell| std::str::from_utf8(cell).map(|name| name.trim().to_owned()));
                names.collect::<Result<_, _>>().map_err(|_| TableFault::Encoding)?
            }
        };
        Ok(Self { rows, header })
    }

    /// The names of the columns, trimmed.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The next row that has anything in it.
    ///
    /// # Errors
    /// Those of the source, which do not occur in memory.
    pub fn take(&mut self) -> io::Result<Option<TableRow>> {
        Ok(self.rows.take()?.map(|row| match row {
            Ok(row) => TableRow { line: row.line, cells: cells(row.cells, self.header.len()) },
            Err(fault) => {
                let code = match fault.kind {
                    RowFaultKind::TooLong => "ROW_TOO_LONG",
                    RowFaultKind::UnclosedQuote => "UNCLOSED_QUOTE",
                    RowFaultKind::BadQuoting => "BAD_QUOTING",
                };
                let message = sentence(&fault.reason);
                let cells = Err(TableRowFault { code, message, place: None, shown: fault.start });
                TableRow { line: fault.line, cells }
            }
        }))
    }
}

fn cells(cells: &ByteRecord, width: usize) -> Result<Vec<String>, TableRowFault> {
    let shown = |bytes: &[u8]| {
        let start = String::from_utf8_lossy(bytes.get(..SHOWN_MAX * 4).unwrap_or(bytes)).replace('\0', "\u{fffd}");
        cut_chars(&start, SHOWN_MAX).to_owned()
    };
    if cells.len() != width {
        let message = format!("The row has {} cells, the header has {width}.", cells.len());
        let start: Vec<_> = cells.iter().take(20).map(shown).collect();
        let shown = cut_chars(&start.join(","), SHOWN_MAX).to_owned();
        return Err(TableRowFault { code: "RAGGED_ROW", message, place: None, shown });
    }
    let cell = |(place, bytes): (usize, &[u8])| {
        let fault = |code, message: &str| {
            Err(TableRowFault { code, message: message.to_owned(), place: Some(place), shown: shown(bytes) })
        };
        match std::str::from_utf8(bytes) {
            Err(_) => fault("INVALID_UTF8", "The cell is not UTF-8."),
            Ok(text) if text.contains('\0') => fault("INVALID_FORMAT", "The cell has a NUL character in it."),
            Ok(text) => Ok(super::revived(text).to_owned()),
        }
    };
    cells.iter().enumerate().map(cell).collect()
}

fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn told(file: &[u8]) -> Vec<(u64, Result<Vec<String>, &'static str>)> {
        let mut table = Table::read(Cursor::new(file.to_vec()), 40).unwrap();
        let mut rows = Vec::new();
        while let Some(row) = table.take().unwrap() {
            rows.push((row.line, row.cells.map_err(|fault| fault.code)));
        }
        rows
    }

    #[test]
    fn each_kind_of_dirt_is_told_by_its_line_and_the_rest_is_read() {
        let file = b"\xef\xbb\xbfa, b \r\n1,\"x\ny\"\r\n\r\n1\r\n1,\xff\r\n1,\0\r\n1,\"x\"y\r\n'=1,'tis\r\n\
            1,0123456789012345678901234567890123456789\r\n3,\"open\r\n4,5";
        let ok = |cells: [&str; 2]| Ok(cells.map(str::to_owned).to_vec());
        assert_eq!(
            told(file),
            [
                (2, ok(["1", "x\ny"])),
                (5, Err("RAGGED_ROW")),
                (6, Err("INVALID_UTF8")),
                (7, Err("INVALID_FORMAT")),
                (8, Err("BAD_QUOTING")),
                (9, ok(["=1", "'tis"])),
                (10, Err("ROW_TOO_LONG")),
                (11, Err("UNCLOSED_QUOTE")),
                (12, ok(["4", "5"])),
            ]
        );
        assert_eq!(Table::read("\u{feff}a, b \r\n".as_bytes(), 40).unwrap().header(), ["a", "b"]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let read = |file: &'static [u8]| Table::read(file, 40).err();
        assert_eq!(read(b""), Some(TableFault::Empty));
        assert_eq!(read(b"\r\n\n ,\n"), Some(TableFault::Empty));
        assert_eq!(read(b"\xff\xfea\0"), Some(TableFault::Encoding));
        assert_eq!(read(b"a,\xe9\n"), Some(TableFault::Encoding));
        assert_eq!(read(b"a,b\r1,2\r"), Some(TableFault::LineEnds));
        assert!(matches!(read(b"a,\"b\n1,2\n"), Some(TableFault::Header(_))));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(file in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut body = b"a,b\n".to_vec();
            body.extend(&file);
            let lines = body.iter().filter(|byte| **byte == b'\n').count() + 1;
            prop_assert!(told(&body).len() <= lines);
        }
    }
}
