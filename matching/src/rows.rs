//! The rows of a CSV file, read in blocks; cells are parts of the block, so that nothing is copied but cells with doubled
//! quotes.
//!
//! As the crate `csv` reads them with its defaults and rows of any length (the tests hold it to that), in a third of the
//! time: reading is most of what matching two files costs.

use std::{
    borrow::Cow,
    io::{self, Read},
};

/// Bytes of a block; a longer row makes it longer.
pub(crate) const BLOCK: usize = 1 << 16;

/// Rows, one after the other.
pub(crate) struct Rows<R> {
    source: R,
    block: Vec<u8>,
    /// The block as text, as far as it is some: looking at it as a whole is much faster than cell by cell.
    text: String,
    /// Where the next row begins, and where what was read ends.
    next: usize,
    end: usize,
    /// Nothing more is to be read.
    is_over: bool,
    cells: Vec<Cell>,
    /// Cells without their doubled quotes.
    plain: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Cell {
    start: usize,
    end: usize,
    is_plain: bool,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl<R: Read> Rows<R> {
    /// The rows of a source, read in blocks of so many bytes, one at least.
    pub(crate) fn new(source: R, block: usize) -> io::Result<Self> {
        let mut rows = Self {
            source,
            block: vec![0; block.max(BYTE_ORDER_MARK.len())],
            text: String::new(),
            next: 0,
            end: 0,
            is_over: false,
            cells: Vec::new(),
            plain: Vec::new(),
        };
        while rows.end < BYTE_ORDER_MARK.len() && !rows.is_over {
            rows.fill()?;
        }
        if rows.block.starts_with(BYTE_ORDER_MARK) {
            rows.next = BYTE_ORDER_MARK.len();
        }
        Ok(rows)
    }

    /// Goes to the next row; false behind the last one. Empty lines are no rows.
    pub(crate) fn advance(&mut self) -> io::Result<bool> {
        loop {
            self.cells.clear();
            self.plain.clear();
            if let Some(after) = self.split() {
                self.next = after;
                return Ok(!self.cells.is_empty());
            }
            self.fill()?;
        }
    }

    /// A cell of the row; empty where the row is shorter.
    pub(crate) fn get(&self, column: usize) -> &[u8] {
        let Some(cell) = self.cells.get(column) else { return &[] };
        let text = if cell.is_plain { &self.plain } else { &self.block };
        text.get(cell.start..cell.end).unwrap_or_default()
    }

    /// The same as text. What is no text has signs of replacement in it.
    pub(crate) fn text(&self, column: usize) -> Cow<'_, str> {
        let in_text = self.cells.get(column).filter(|cell| !cell.is_plain);
        let text = in_text.and_then(|cell| self.text.get(cell.start..cell.end));
        text.map_or_else(|| String::from_utf8_lossy(self.get(column)), Cow::Borrowed)
    }

    /// How many cells the row has.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Reads more behind what is there; the row that has begun moves to the front.
    fn fill(&mut self) -> io::Result<()> {
        self.block.copy_within(self.next..self.end, 0);
        (self.next, self.end) = (0, self.end - self.next);
        if self.end == self.block.len() {
            self.block.resize(self.block.len() * 2, 0);
        }
        let room = self.block.get_mut(self.end..).unwrap_or_default();
        let count = loop {
            match self.source.read(room) {
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                count => break count?,
            }
        };
        self.end += count;
        self.is_over = count == 0;
        let block = self.block.get(..self.end).unwrap_or_default();
        let text = std::str::from_utf8(block).unwrap_or_else(|fault| {
            block.get(..fault.valid_up_to()).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
        });
        self.text.clear();
        self.text.push_str(text);
        Ok(())
    }

    /// Finds the cells of the row that begins at `next`; gives where it ends, or `None` if that is not read yet.
    fn split(&mut self) -> Option<usize> {
        let text = self.block.get(..self.end)?;
        let ends_row = |byte: u8| matches!(byte, b'\n' | b'\r');
        let mut at = self.next;
        while text.get(at).is_some_and(|byte| ends_row(*byte)) {
            at += 1;
        }
        if at == self.end {
            return self.is_over.then_some(at);
        }
        loop {
            let is_quoted = text.get(at) == Some(&b'"');
            let cell = if is_quoted {
                quoted(text, &mut at, &mut self.plain)
            } else {
                let start = at;
                let rest = text.get(at..)?;
                at += cell_end(rest);
                Cell { start, end: at, is_plain: false }
            };
            self.cells.push(cell);
            match text.get(at) {
                Some(b',') => at += 1,
                Some(_) => return Some(at + 1),
                None => return self.is_over.then_some(at),
            }
        }
    }
}

fn ends_cell(byte: u8) -> bool {
    matches!(byte, b',' | b'\n' | b'\r')
}

/// Bytes of a cell without quotes. Eight are looked at together: only a byte that is no greater than a comma may end it.
fn cell_end(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const ABOVE: u64 = (b',' as u64 + 1) * ONES;
    let (eights, rest) = text.as_chunks::<8>();
    let mut start = 0;
    for eight in eights {
        let bytes = u64::from_le_bytes(*eight);
        // The highest bit of each byte that is less than `ABOVE`; behind the first one there may be others.
        let mut low = bytes.wrapping_sub(ABOVE) & !bytes & (ONES << 7);
        while low != 0 {
            let at = low.trailing_zeros() as usize / 8;
            if eight.get(at).is_some_and(|byte| ends_cell(*byte)) {
                return start + at;
            }
            low &= low - 1;
        }
        start += 8;
    }
    start + rest.iter().position(|byte| ends_cell(*byte)).unwrap_or(rest.len())
}

/// A cell that begins with a quote at `at`, which is then behind it: at what ends it, or at the end of the text.
fn quoted(text: &[u8], at: &mut usize, plain: &mut Vec<u8>) -> Cell {
    let is_end = |byte: Option<&u8>| matches!(byte, None | Some(b',' | b'\n' | b'\r'));
    let closing = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| *byte == b'"').unwrap_or(rest.len())
    };
    let start = *at + 1;
    let end = closing(start);
    if end >= text.len() || is_end(text.get(end + 1)) {
        *at = (end + 1).min(text.len());
        return Cell { start, end, is_plain: false };
    }
    // Doubled quotes stand for one; what stands behind the closing quote belongs to the cell as it is.
    let first = plain.len();
    let (mut from, mut to) = (start, end);
    loop {
        plain.extend_from_slice(text.get(from..to).unwrap_or_default());
        if text.get(to + 1) != Some(&b'"') {
            break;
        }
        plain.push(b'"');
        from = to + 2;
        to = closing(from);
    }
    let rest = text.get(to + 1..).unwrap_or_default();
    let length = (0..rest.len()).find(|place| is_end(rest.get(*place))).unwrap_or(rest.len());
    plain.extend_from_slice(rest.get(..length).unwrap_or_default());
    *at = (to + 1 + length).min(text.len());
    Cell { start: first, end: plain.len(), is_plain: true }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use proptest::prelude::*;

    fn ours(text: &[u8], block: usize) -> Vec<Vec<Vec<u8>>> {
        let mut rows = Rows::new(text, block).unwrap();
        let mut all = Vec::new();
        while rows.advance().unwrap() {
            all.push((0..rows.len()).map(|column| rows.get(column).to_vec()).collect());
        }
        all
    }

    fn theirs(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        reader.byte_records().map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

        #[test]
        fn rows_are_those_of_the_crate(
            text in "(\u{feff})?([ab,\"\n\r\u{e9}]|\"\"|\r\n|[ab +.\u{e9}]{7,20}|\"a,b\"|a,\"b\"\"\"){0,40}", block in 1_usize..60,
        ) {
            prop_assert_eq!(ours(text.as_bytes(), block), theirs(text.as_bytes()));
        }

        #[test]
        fn a_cell_as_text_is_what_its_bytes_say(
            cells in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..9), 0..9), block in 1_usize..60,
        ) {
            let text = cells.join(&b"\xc3\xa9,a\n"[..]);
            let mut rows = Rows::new(text.as_slice(), block).unwrap();
            while rows.advance().unwrap() {
                for column in 0..=rows.len() {
                    prop_assert_eq!(rows.text(column), String::from_utf8_lossy(rows.get(column)));
                }
            }
        }
    }
}
