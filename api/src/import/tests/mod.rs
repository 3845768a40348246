//! Each kind of dirt, in both formats: what is told of it, and that the rows around it are still read.

mod dirt;
mod properties;
mod values;

use super::*;
use std::io::{BufReader, Cursor};

fn mapping(text: &str) -> Mapping {
    Mapping::parse(text).unwrap()
}

fn simple() -> Mapping {
    mapping(
        "kind=\"integrations\"\nsource=\"s\"\n[columns]\nlisting_external_id=\"id\"\ntarget_name=\"name\"\ntarget_external_id=\"target\"",
    )
}

fn organizations() -> Mapping {
    mapping(
        "kind=\"organizations\"\nsource=\"s\"\n[columns]\nexternal_id=\"id\"\nname=\"name\"\nslug=\"slug\"\npublic=\"public\"\n\
         website=\"site\"\ncountry=\"country\"\ndescription=\"text\"\ndomains={column=\"domains\",split=\";\"}\n\
         other_names={column=\"names\",split=\";\"}",
    )
}

fn read(data: &[u8], format: Format, mapping: &Mapping) -> Result<Vec<Result<Row, Rejection>>, MappingError> {
    // A small buffer, so that every boundary falls somewhere inside a row.
    let input = BufReader::with_capacity(7, Cursor::new(data.to_vec()));
    Ok(Reader::new(Box::new(input), format, mapping)?
        .map(|row| match row {
            Ok(row) => Ok(row),
            Err(ReadFault::Row(rejection)) => Err(rejection),
            Err(ReadFault::Io(error)) => panic!("{error}"),
        })
        .collect())
}

/// A line for each row: its line and name, or its line and codes.
fn told(data: impl AsRef<[u8]>, format: Format, mapping: &Mapping) -> Vec<String> {
    read(data.as_ref(), format, mapping)
        .unwrap()
        .into_iter()
        .map(|row| match row {
            Ok(Row { line, record: Record::Integration(it), .. }) => format!("{line} {}", it.target_name),
            Ok(Row { line, warnings, .. }) => format!("{line} ok {}", codes(&warnings)),
            Err(rejection) => format!("{} {}", rejection.line, codes(&rejection.problems)),
        })
        .collect()
}

fn codes(problems: &[RowError]) -> String {
    problems
        .iter()
        .map(|it| format!("{}:{}", it.column.as_deref().unwrap_or("-"), it.code))
        .collect::<Vec<_>>()
        .join(" ")
}
