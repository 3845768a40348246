//! Rows as they go out: RFC 4180, with CRLF after each.

use super::defused;
use csv::{Terminator, WriterBuilder};
use std::io;

/// Appends a row of `cells` to `output`, each defused.
///
/// # Errors
/// None for bytes in memory; the writer's type has one.
pub fn line<'c>(output: &mut Vec<u8>, cells: impl IntoIterator<Item = &'c str>) -> io::Result<()> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(output);
    for cell in cells {
        writer.write_field(defused(cell).as_ref()).map_err(io::Error::other)?;
    }
    writer.write_record(None::<&[u8]>).map_err(io::Error::other)?;
    writer.flush()
}

/// Several words in one cell, parted by `;`. A semicolon or a backslash inside of a word has a backslash before it.
pub mod words {
    /// The cell of these words.
    pub fn joined<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
        let escaped = |word: &str| word.replace('\\', "\\\\").replace(';', "\\;");
        words.into_iter().map(escaped).collect::<Vec<_>>().join(";")
    }

    /// The words of a cell, trimmed; those that are empty are left out.
    #[must_use]
    pub fn parted(cell: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut characters = cell.chars();
        while let Some(character) = characters.next() {
            match (character, words.last_mut()) {
                (';', _) => words.push(String::new()),
                ('\\', Some(word)) => word.push(characters.next().unwrap_or('\\')),
                (character, Some(word)) => word.push(character),
                (_, None) => {}
            }
        }
        words.into_iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Table, *};
    use proptest::prelude::*;

    #[test]
    fn a_row_is_quoted_where_it_must_be() {
        let mut output = Vec::new();
        line(&mut output, ["a", "b,c", "d\"e", "f\ng", "=1", "", "-"]).unwrap();
        line(&mut output, [""]).unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), "a,\"b,c\",\"d\"\"e\",\"f\ng\",'=1,,'-\r\n\"\"\r\n");
    }

    #[test]
    fn words_keep_their_semicolons() {
        assert_eq!(words::joined(["a", "b;c", "d\\"]), "a;b\\;c;d\\\\");
        assert_eq!(words::parted("a; b\\;c ;;d\\\\;"), ["a", "b;c", "d\\"]);
        assert_eq!(words::parted("a\\"), ["a\\"]);
        assert!(words::parted(" ; ").is_empty());
    }

    proptest! {
        #[test]
        fn words_come_back(list in prop::collection::vec("[a;\\\\b]{1,5}", 0..5)) {
            prop_assert_eq!(words::parted(&words::joined(list.iter().map(String::as_str))), list);
        }

        #[test]
        fn cells_come_back(rows in prop::collection::vec(prop::collection::vec("[a-c\"', \n;=@+-]{0,6}", 2), 1..6)) {
            let mut output = Vec::new();
            line(&mut output, ["one", "two"]).unwrap();
            for row in &rows {
                line(&mut output, row.iter().map(String::as_str)).unwrap();
            }
            let mut table = Table::read(std::io::Cursor::new(output), 1_000).unwrap();
            let mut found = Vec::new();
            while let Some(row) = table.take().unwrap() {
                found.push(row.cells.unwrap());
            }
            // A row without anything in it is none.
            let holds = |cell: &String| !defused(cell).trim_ascii().is_empty();
            let written: Vec<_> = rows.into_iter().filter(|row| row.iter().any(holds)).collect();
            prop_assert_eq!(found, written);
        }
    }
}
