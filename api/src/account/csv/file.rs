//! A file that comes in, taken apart and judged on a thread of its own.

use super::{
    FILE_BYTES_MAX, ROW_BYTES_MAX, ROWS_AT_ONCE,
    column::{self, Column},
};
use crate::{
    account::model::{AccountImportProblem, Content, Judged, judge},
    op::Refusal,
    sheet::{Problem, Table, TableFault},
    transfer::Incoming,
};
use std::{
    io::{self, BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::mpsc;

/// Bytes that are read at once.
const BUFFER: usize = 64 * 1024;
/// Parts that wait for the database: the reader is some rows ahead of it, and no more.
const PARTS_WAITING: usize = 2;

/// A file to be read.
pub struct Source {
    /// Its bytes, unpacked; reading blocks.
    pub reader: Box<dyn Read + Send>,
    /// Counts what was read of it, as it was sent.
    pub count: Arc<AtomicU64>,
    /// How much that will be, where it was told.
    pub length: Option<u64>,
}

impl From<Incoming> for Source {
    fn from(incoming: Incoming) -> Self {
        Self { count: incoming.count(), length: incoming.length(), reader: incoming.into_reader() }
    }
}

/// Why nothing of a file can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FileFault {
    /// It is no such file. The text is for people.
    Unusable(String),
    /// It breaks off before the end of its first row.
    Broken(AccountImportProblem),
}

/// A row that can be taken.
#[derive(Debug)]
pub(super) struct Row {
    /// The physical line on which it starts, from 1.
    pub(super) line: u64,
    pub(super) content: Content,
}

/// Some rows of a file, in order.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Those that can be taken.
    pub(super) rows: Vec<Row>,
    /// How many cannot.
    pub(super) rejected: usize,
    /// How many of those that can have a cell that cannot be read.
    pub(super) doubtful: usize,
    /// What is wrong with either.
    pub(super) problems: Vec<Problem>,
}

/// A file that is being read.
pub(super) struct Reading {
    parts: mpsc::Receiver<Result<Part, AccountImportProblem>>,
    count: Arc<AtomicU64>,
}

impl Reading {
    /// Reads the header, and goes on reading behind the caller's back.
    ///
    /// # Errors
    /// [`FileFault`].
    pub(super) async fn begin(source: Source) -> Result<Self, FileFault> {
        let (header, begun) = tokio::sync::oneshot::channel();
        let (sender, parts) = mpsc::channel(PARTS_WAITING);
        let count = Arc::clone(&source.count);
        tokio::task::spawn_blocking(move || match open(source.reader) {
            Err(fault) => _ = header.send(Err(fault)),
            Ok((table, columns)) => {
                // Nobody listens any more where the sender is gone; reading ends with the first part.
                _ = header.send(Ok(()));
                read(table, &columns, &sender);
            }
        });
        begun.await.unwrap_or(Err(FileFault::Broken(AccountImportProblem::Internal)))?;
        Ok(Self { parts, count })
    }

    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// Why the file cannot be read to its end.
    pub(super) async fn next(&mut self) -> Result<Option<Part>, AccountImportProblem> {
        match self.parts.recv().await {
            Some(Ok(part)) if part.rows.is_empty() && part.rejected == 0 => Ok(None),
            Some(Ok(part)) => Ok(Some(part)),
            Some(Err(problem)) => Err(problem),
            // The reader says when it is done; without that it has died.
            None => Err(AccountImportProblem::Internal),
        }
    }

    /// Bytes that were read, as they were sent.
    pub(super) fn bytes(&self) -> i64 {
        i64::try_from(self.count.load(Ordering::Relaxed)).unwrap_or(i64::MAX)
    }
}

fn open(reader: Box<dyn Read + Send>) -> Result<(Table, Vec<Column>), FileFault> {
    let bounded = Bounded { reader, left: FILE_BYTES_MAX };
    let table = Table::read(BufReader::with_capacity(BUFFER, bounded), ROW_BYTES_MAX).map_err(|fault| match fault {
        TableFault::Source(kind) => FileFault::Broken(problem(kind)),
        fault => FileFault::Unusable(fault.message()),
    })?;
    let columns = column::columns(table.header()).map_err(FileFault::Unusable)?;
    Ok((table, columns))
}

/// Reads rows and hands them on, until the file ends or nobody takes them any more. An empty part says that it was all.
fn read(mut table: Table, columns: &[Column], parts: &mpsc::Sender<Result<Part, AccountImportProblem>>) {
    let header = table.header().to_vec();
    let mut part = Part::default();
    loop {
        let row = match table.take() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                _ = parts.blocking_send(Err(problem(error.kind())));
                return;
            }
        };
        match row.cells {
            Err(fault) => {
                let name = fault.place.and_then(|place| header.get(place)).map(String::as_str);
                part.rejected += 1;
                part.problems.push(Problem::of_row(row.line, fault, name));
            }
            Ok(cells) => add(&mut part, row.line, columns, &header, cells),
        }
        if part.rows.len() + part.rejected == ROWS_AT_ONCE
            && parts.blocking_send(Ok(std::mem::take(&mut part))).is_err()
        {
            return;
        }
    }
    if part.rows.len() + part.rejected > 0 && parts.blocking_send(Ok(part)).is_err() {
        return;
    }
    _ = parts.blocking_send(Ok(Part::default()));
}

fn add(part: &mut Part, line: u64, columns: &[Column], header: &[String], cells: Vec<String>) {
    let shown = cells.clone();
    let (draft, unread) = column::draft(columns, cells);
    let told = |refusal: Refusal| {
        let field = refusal.field.first().map(String::as_str).unwrap_or_default();
        let place = columns.iter().position(|column| column.field() == field);
        let cell = place.and_then(|place| shown.get(place)).map(String::as_str).unwrap_or_default();
        let name = place.and_then(|place| header.get(place)).map(String::as_str);
        Problem::new(line, name, cell, refusal.code.word(), refusal.message)
    };
    match judge(draft) {
        Err(refusal) => {
            part.rejected += 1;
            part.problems.push(told(refusal));
        }
        Ok(Judged { content, doubts }) => {
            part.doubtful += usize::from(!doubts.is_empty() || unread.is_some());
            part.problems.extend(doubts.into_iter().map(told));
            if let Some(place) = unread {
                let cell = shown.get(place).map(String::as_str).unwrap_or_default();
                let name = header.get(place).map(String::as_str);
                part.problems.push(Problem::new(
                    line,
                    name,
                    cell,
                    "INVALID_FORMAT",
                    "Expected: a number such as 1200.50.",
                ));
            }
            part.rows.push(Row { line, content });
        }
    }
}

fn problem(kind: io::ErrorKind) -> AccountImportProblem {
    match kind {
        io::ErrorKind::ConnectionAborted => AccountImportProblem::CutOff,
        io::ErrorKind::FileTooLarge => AccountImportProblem::TooLarge,
        _ => AccountImportProblem::Unreadable,
    }
}

/// Reads no more than so many bytes: a small packed file may hold a large one.
struct Bounded {
    reader: Box<dyn Read + Send>,
    left: u64,
}

impl Read for Bounded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(into)?;
        self.left = self.left.checked_sub(count as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_is_too_long_is_not_read_to_its_end() {
        let mut bounded = Bounded { reader: Box::new(io::repeat(b'x')), left: 100 };
        let mut all = Vec::new();
        assert_eq!(bounded.read_to_end(&mut all).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        let mut exact = Bounded { reader: Box::new(&b"12345"[..]), left: 5 };
        assert_eq!(exact.read_to_end(&mut all).unwrap(), 5);
    }
}
