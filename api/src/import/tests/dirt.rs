//! Files that are not as they should be: what is told, and that the rows around the dirt are read.

use super::*;
use std::io::{self, Read};

#[test]
fn dirty_csv_is_told_by_line_and_does_not_stop_the_file() {
    let simple = simple();
    for (what, data, expected) in [
        ("plain", "id,name,target\n1,A,\n2,B,x\n", vec!["2 A", "3 B"]),
        ("order and further columns", "x,target,name,id\n,,A,1\n", vec!["2 A"]),
        ("CRLF, no end, blank lines", "id,name,target\r\n\r\n1,A,\r\n\r\n2,B,", vec!["3 A", "5 B"]),
        ("byte order mark", "\u{feff}id,name,target\n1,A,\n", vec!["2 A"]),
        ("quoted header", "\u{feff}\"id\",\" name \",target\n1,A,\n", vec!["2 A"]),
        ("quotes", "id,name,target\n1,\"A, \"\"B\"\"\",\n2,5\" disk,\n", vec!["2 A, \"B\"", "3 5\" disk"]),
        ("line breaks in a cell", "id,name,target\n1,\"A\r\n\r\nB\",\n2,C,\n", vec!["2 A B", "5 C"]),
        ("ragged", "id,name,target\n1\n1,A,,\n2,B,\n", vec!["2 -:RAGGED_ROW", "3 -:RAGGED_ROW", "4 B"]),
        ("empty rows", "id,name,target\n,,\n , ,\n2,B,\n", vec!["4 B"]),
        ("required", "id,name,target\n,A,\n1, ,\n", vec!["2 id:REQUIRED_MISSING", "3 name:REQUIRED_MISSING"]),
        ("all that is wrong", "id,name,target\n,,x\n", vec!["2 id:REQUIRED_MISSING name:REQUIRED_MISSING"]),
        ("after a quote", "id,name,target\n1,\"A\"B,\n2,C,\n", vec!["2 -:BAD_QUOTING", "3 C"]),
        ("open quote", "id,name,target\n1,\"A,\n2,B,\n3,C,\n", vec!["2 -:UNCLOSED_QUOTE", "3 B", "4 C"]),
        ("open quote at the end", "id,name,target\n1,A,\n2,\"B", vec!["2 A", "3 -:UNCLOSED_QUOTE"]),
        ("carriage return in a cell", "id,name,target\n1,A\rB,\n", vec!["2 A B"]),
        ("zero bytes", "id,name,target\n1,A\0B,\n", vec!["2 A B"]),
        ("header only", "id,name,target", vec![]),
    ] {
        assert_eq!(told(data, Format::Csv, &simple), expected, "{what}");
    }
}

#[test]
fn dirty_jsonl_is_told_by_line_and_does_not_stop_the_file() {
    let simple = simple();
    for (what, data, expected) in [
        ("plain", r#"{"id":"1","name":"A","more":{"x":[1]}}"#, vec!["1 A"]),
        ("null, numbers", "{\"id\":1,\"name\":2.5,\"target\":null}\n", vec!["1 2.5"]),
        (
            "mark, CRLF, blanks",
            "\u{feff}{\"id\":1,\"name\":\"A\"}\r\n\r\n \n{\"id\":1,\"name\":true}\r\n",
            vec!["1 A", "4 true"],
        ),
        ("no JSON", "{\"id\":\n{\"id\":1,\"name\":\"A\"}", vec!["1 -:INVALID_JSON", "2 A"]),
        ("two on a line", "{\"id\":1,\"name\":\"A\"}{}\n", vec!["1 -:INVALID_JSON"]),
        ("no object", "[1]\n7\nnull", vec!["1 -:NOT_AN_OBJECT", "2 -:NOT_AN_OBJECT", "3 -:NOT_AN_OBJECT"]),
        ("a list of one", r#"{"id":["1"],"name":["A"]}"#, vec!["1 A"]),
        ("a list of two", r#"{"id":1,"name":["A","B"]}"#, vec!["1 name:WRONG_TYPE"]),
        ("an object", r#"{"id":1,"name":{"en":"A"}}"#, vec!["1 name:WRONG_TYPE"]),
        ("missing", r#"{"name":""}"#, vec!["1 id:REQUIRED_MISSING name:REQUIRED_MISSING"]),
        ("empty", "", vec![]),
    ] {
        assert_eq!(told(data, Format::Jsonl, &simple), expected, "{what}");
    }
}

#[test]
fn bytes_that_are_no_utf8_reject_only_their_row() {
    let simple = simple();
    let data = b"id,name,target,other\n1,Caf\xe9,,\n2,B,,\xff\n";
    assert_eq!(
        told(data, Format::Csv, &simple),
        ["2 name:INVALID_UTF8", "3 B"],
        "a column nobody reads may be anything"
    );
    let data = b"{\"id\":1,\"name\":\"Caf\xe9\"}\n{\"id\":2,\"name\":\"B\"}\n";
    assert_eq!(told(data, Format::Jsonl, &simple), ["1 -:INVALID_UTF8", "2 B"]);
}

#[test]
fn rows_over_the_limit_are_let_go() {
    let simple = simple();
    let long = "x".repeat(reader::ROW_MAX + 10);
    let data = format!("id,name,target\n1,{long},\n2,B,\n");
    assert_eq!(told(data, Format::Csv, &simple), ["2 -:ROW_TOO_LONG", "3 B"]);
    let data = format!("{{\"id\":1,\"name\":\"{long}\"}}\n{{\"id\":2,\"name\":\"B\"}}");
    assert_eq!(told(data, Format::Jsonl, &simple), ["1 -:ROW_TOO_LONG", "2 B"]);
    // A quote that stays open runs into the limit; what it had swallowed is read as rows again.
    let rows: String = (0..60_000).map(|n| format!("{n},a name of some length,\n")).collect();
    let told = told(format!("id,name,target\n1,\"A,\n{rows}"), Format::Csv, &simple);
    assert_eq!(told.len(), 60_001);
    assert_eq!(told.first().map(String::as_str), Some("2 -:ROW_TOO_LONG"));
    assert_eq!(told.last().map(String::as_str), Some("60002 a name of some length"));
}

#[test]
fn values_are_cut_in_problems() {
    let data = format!("id,name,target\n1,{},\n", "é".repeat(500));
    let rows = read(data.as_bytes(), Format::Csv, &simple()).unwrap();
    let problem = rows.first().unwrap().as_ref().unwrap_err().problems.first().unwrap().clone();
    assert_eq!(problem.code, Code::TooLong);
    assert_eq!(problem.value.chars().count(), problem::VALUE_MAX);
    assert_eq!(problem.to_string(), "line 2, column name: 500 characters, at most 200 are taken (TOO_LONG)");
}

#[test]
fn a_file_that_does_not_fit_is_refused_before_its_rows() {
    let simple = simple();
    for (data, expected) in [
        (&b""[..], "no header"),
        (b"\n\n", "no header"),
        (b"id,\"name\n", "UNCLOSED_QUOTE"),
        (b"id,name\n", "columns.target_external_id: the file has no column \"target\"; it has id, name"),
        (b"id,name,target,name\n", "\"name\" more than once"),
        (b"id,n\xe9,target\n", "UTF-8"),
        (b"\xff\xfei\0d\0", "UTF-16"),
        (b"id,name,target\r1,A,\r", "carriage return"),
        (b"id;name;target\n1;A;\n", "no column \"id\""),
    ] {
        let error = Reader::new(Box::new(Cursor::new(data)), Format::Csv, &simple).err().unwrap().to_string();
        assert!(error.contains(expected), "{expected:?} in {error:?}");
    }
    let error = open(std::path::Path::new("no/such.csv"), &simple).err().unwrap().to_string();
    assert!(error.contains("no/such.csv"), "{error}");
    let error = open(std::path::Path::new("no/such.xlsx"), &simple).err().unwrap().to_string();
    assert!(error.contains("format"), "{error}");
}

#[test]
fn a_column_that_no_line_of_a_jsonl_file_has_is_told_at_the_end() {
    let simple = simple();
    let data = "{\"id\":1,\"name\":\"A\",\"taget\":\"x\"}\n";
    let mut reader = Reader::new(Box::new(Cursor::new(data)), Format::Jsonl, &simple).unwrap();
    assert_eq!(reader.by_ref().count(), 1);
    assert_eq!(codes(&reader.unseen_columns()), "target:COLUMN_NEVER_SEEN");
    let reader = Reader::new(Box::new(Cursor::new("")), Format::Jsonl, &simple).unwrap();
    assert_eq!(reader.unseen_columns(), []);
}

/// A source that gives some bytes and then fails.
struct Broken(Cursor<&'static [u8]>);

impl Read for Broken {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into)? {
            0 => Err(io::Error::other("the disk is gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn a_source_that_fails_ends_the_file_and_says_so() {
    let simple = simple();
    let input = BufReader::new(Broken(Cursor::new(b"id,name,target\n1,A,\n2,B")));
    let mut reader = Reader::new(Box::new(input), Format::Csv, &simple).unwrap();
    assert!(matches!(reader.next(), Some(Ok(Row { line: 2, .. }))));
    assert!(matches!(reader.next(), Some(Err(ReadFault::Io(_)))), "half a row is not taken for a whole one");
    assert!(reader.next().is_none());
}
