//! What holds for any bytes.

use super::*;
use crate::sheet::{CsvRows, Lines};
use proptest::prelude::*;

/// Bytes that are all the reader is careful about.
fn csv_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(b"a,\"\n\r \xff".to_vec()), 0..80)
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(data in prop::collection::vec(any::<u8>(), 0..400), json in any::<bool>()) {
        let simple = simple();
        let format = if json { Format::Jsonl } else { Format::Csv };
        let lines = data.iter().filter(|byte| **byte == b'\n').count() + 1;
        if let Ok(rows) = read(&data, format, &simple) {
            prop_assert!(rows.len() <= lines);
        }
        let mut body = b"id,name,target\n".to_vec();
        body.extend(&data);
        prop_assert!(read(&body, Format::Csv, &simple).unwrap().len() <= lines);
    }

    #[test]
    fn rows_are_those_of_the_csv_crate(data in csv_bytes()) {
        // Lone carriage returns and stray quotes are ours to judge, so only files without them are compared.
        let text: Vec<u8> = data.iter().copied().filter(|byte| *byte != b'\r').collect();
        let mut lines = Lines::new(Box::new(Cursor::new(text.clone())), 1_000);
        prop_assert!(lines.peek(1).is_ok());
        let mut rows = CsvRows::new(lines, b',');
        let mut ours: Vec<Vec<Vec<u8>>> = Vec::new();
        while let Some(row) = rows.take().unwrap() {
            match row {
                Ok(row) => ours.push(row.cells.iter().map(<[u8]>::to_vec).collect()),
                Err(_) => return Ok(()),
            }
        }
        let theirs: Vec<Vec<Vec<u8>>> = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_slice())
            .into_byte_records()
            .map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect::<Vec<_>>())
            .filter(|row| !row.iter().all(|cell| cell.trim_ascii().is_empty()))
            .collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn what_was_written_is_read_in_both_formats(names in prop::collection::vec("[^\\p{Cc}\\p{Z}\\p{Cf}]{1,20}", 1..20)) {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(["id", "name", "target"]).unwrap();
        let mut jsonl = String::new();
        for (at, name) in names.iter().enumerate() {
            // A name of invisible characters only counts as none, so each has a letter that is seen.
            let name = &format!("x{name}");
            csv.write_record([at.to_string().as_str(), name, ""]).unwrap();
            jsonl.push_str(&format!("{}\n", serde_json::json!({"id": at, "name": name, "target": null})));
        }
        let simple = simple();
        let records = |data: &[u8], format| {
            read(data, format, &simple).unwrap().into_iter().map(|row| row.map(|row| row.record).ok()).collect::<Vec<_>>()
        };
        let from_csv = records(&csv.into_inner().unwrap(), Format::Csv);
        prop_assert_eq!(from_csv.len(), names.len());
        prop_assert!(from_csv.iter().all(Option::is_some));
        prop_assert_eq!(from_csv, records(jsonl.as_bytes(), Format::Jsonl));
    }
}
