//! Physical lines of a file, none of them longer than a limit, with the possibility to give lines back.

use std::collections::VecDeque;
use std::io::{self, BufRead};

/// One physical line without its end (`\n` or `\r\n`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u64,
    /// `None` for a line over the limit; it was read to its end and forgotten.
    pub bytes: Option<Vec<u8>>,
}

/// The lines of a source, one at a time.
pub struct Lines {
    input: Box<dyn BufRead + Send>,
    read: u64,
    limit: usize,
    returned: VecDeque<Line>,
}

impl Lines {
    /// Lines of `input`, each at most `limit` bytes long.
    #[must_use]
    pub fn new(input: Box<dyn BufRead + Send>, limit: usize) -> Self {
        Self { input, read: 0, limit, returned: VecDeque::new() }
    }

    /// Bytes of the longest line.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The first bytes of the file, at most `length`, without taking them. A source may give fewer at first.
    ///
    /// # Errors
    /// Those of the source.
    pub fn peek(&mut self, length: usize) -> io::Result<&[u8]> {
        let start = fill(&mut self.input)?;
        Ok(start.get(..length).unwrap_or(start))
    }

    /// Takes a byte order mark of UTF-8 away from the first line.
    ///
    /// # Errors
    /// Those of the source.
    pub fn skip_byte_order_mark(&mut self) -> io::Result<()> {
        // The first line is taken whole, since a source may give the three bytes of the mark one by one.
        if let Some(mut first) = self.take()? {
            if let Some(bytes) = &mut first.bytes
                && bytes.starts_with(b"\xef\xbb\xbf")
            {
                bytes.drain(..3);
            }
            self.give_back([first].into_iter());
        }
        Ok(())
    }

    /// The next line, or `None` at the end. The last line needs no end of line.
    ///
    /// # Errors
    /// Those of the source.
    pub fn take(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.returned.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let mut too_long = false;
        let mut anything = false;
        loop {
            let chunk = fill(&mut self.input)?;
            if chunk.is_empty() {
                break;
            }
            anything = true;
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let part = end.and_then(|end| chunk.get(..end)).unwrap_or(chunk);
            // One byte more is let in for the `\r` that is taken away below.
            if bytes.len() + part.len() > self.limit + 1 {
                too_long = true;
                bytes = Vec::new();
            }
            if !too_long {
                bytes.extend_from_slice(part);
            }
            let taken = part.len() + usize::from(end.is_some());
            self.input.consume(taken);
            if end.is_some() {
                break;
            }
        }
        if !anything {
            return Ok(None);
        }
        self.read += 1;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        too_long |= bytes.len() > self.limit;
        Ok(Some(Line { number: self.read, bytes: (!too_long).then_some(bytes) }))
    }

    /// Gives lines back; they come again in the same order, before everything else.
    pub fn give_back(&mut self, lines: impl DoubleEndedIterator<Item = Line>) {
        for line in lines.rev() {
            self.returned.push_front(line);
        }
    }
}

fn fill(input: &mut Box<dyn BufRead + Send>) -> io::Result<&[u8]> {
    // `fill_buf` borrows for as long as its result lives, so the retry has to happen before the call that returns.
    loop {
        match input.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    input.fill_buf()
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use std::io::{BufReader, Cursor};

    fn read(text: &str, limit: usize, buffer: usize) -> Vec<(u64, Option<String>)> {
        let input = BufReader::with_capacity(buffer, Cursor::new(text.to_owned()));
        let mut lines = Lines::new(Box::new(input), limit);
        let mut found = Vec::new();
        while let Some(line) = lines.take().unwrap() {
            found.push((line.number, line.bytes.map(|bytes| String::from_utf8(bytes).unwrap())));
        }
        found
    }

    #[test]
    fn lines_are_numbered_and_over_long_ones_forgotten() {
        for buffer in [1, 2, 3, 100] {
            let found = read("abcd\r\nabcde\r\n\nabcdef\r\n\r\nabcd", 4, buffer);
            let expected = [(1, Some("abcd")), (2, None), (3, Some("")), (4, None), (5, Some("")), (6, Some("abcd"))];
            assert_eq!(found, expected.map(|(number, text)| (number, text.map(str::to_owned))));
        }
        assert_eq!(read("", 4, 8), []);
        assert_eq!(read("\n", 4, 8), [(1, Some(String::new()))]);
    }

    #[test]
    fn lines_given_back_come_again_first() {
        let mut lines = Lines::new(Box::new(Cursor::new("a\nb\nc")), 9);
        let first = lines.take().unwrap().unwrap();
        let second = lines.take().unwrap().unwrap();
        lines.give_back([first.clone(), second.clone()].into_iter());
        assert_eq!(lines.take().unwrap(), Some(first));
        assert_eq!(lines.take().unwrap(), Some(second));
        assert_eq!(lines.take().unwrap().unwrap().number, 3);
    }
}
