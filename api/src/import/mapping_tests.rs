//! Every slip in a mapping file is named.

use super::*;

fn integrations(columns: &str) -> String {
    format!(
        "kind = \"integrations\"\nsource = \"s\"\n[columns]\nlisting_external_id = \"a\"\ntarget_name = \"b\"\n{columns}"
    )
}

#[test]
fn slips_are_named() {
    let membership = "kind = \"memberships\"\nsource = \"s\"\n[columns]\nexternal_id=\"a\"\norganization_external_id=\"b\"\nprogram_slug={constant=\"p\"}\n";
    let program = |rest: &str| format!("{membership}[[programs]]\nslug=\"p\"\nname=\"P\"\norganization=\"o\"\n{rest}");
    for (text, expected) in [
        (String::new(), vec!["kind"]),
        ("kind = \"members\"\nsource=\"s\"\n[columns]".to_owned(), vec!["members", "memberships"]),
        ("kind = \"listings\"\nsorce=\"s\"\n[columns]".to_owned(), vec!["sorce", "source"]),
        ("kind = \"listings\"\nsource=\"A b\"\n[columns]".to_owned(), vec!["source:"]),
        ("kind = \"listings\"\nsource=\"s\"\nformat=\"xlsx\"\n[columns]".to_owned(), vec!["xlsx", "jsonl"]),
        (
            "kind = \"listings\"\nsource=\"s\"\n[columns]\nexternal_id=\"x\"\nname=\"n\"".to_owned(),
            vec!["columns.category", "required"],
        ),
        (integrations("vendor = \"c\""), vec!["columns.vendor", "target_external_id"]),
        (integrations("target_external_id = { colum = \"c\" }"), vec!["colum", "column"]),
        (integrations("target_external_id = 7"), vec!["name of a column"]),
        (integrations("target_external_id = {}"), vec!["columns.target_external_id", "`column` or `constant`"]),
        (integrations("target_external_id = { column = \"c\", constant = \"d\" }"), vec!["not both"]),
        (integrations("target_external_id = \" \""), vec!["columns.target_external_id", "empty"]),
        (integrations("target_external_id = { column = \"c\", split = \";\" }"), vec!["`split`", "list"]),
        (integrations("target_external_id = { column = \"c\", date_format = \"%Y\" }"), vec!["`date_format`"]),
        (integrations("target_external_id = { column = \"c\", pair = \"/\" }"), vec!["`pair`"]),
        (integrations("target_external_id = { column = \"c\", on_error = \"ignore\" }"), vec!["ignore", "warn"]),
        (
            integrations("").replace("\"b\"", "{ column = \"b\", on_error = \"warn\" }"),
            vec!["columns.target_name", "`on_error`"],
        ),
        (integrations("").replace("source", "effective_on = \"2026-08-07\"\nsource"), vec!["effective_on"]),
        (integrations("").replace("source", "delimiter = \"--\"\nsource"), vec!["delimiter"]),
        (integrations("").replace("source", "delimiter = \"\\\"\"\nsource"), vec!["delimiter"]),
        (membership.replace("source", "effective_on = \"2026-13-07\"\nsource"), vec!["effective_on"]),
        (
            format!("{membership}joined_on = {{ column = \"j\", date_format = \"%Q\" }}"),
            vec!["columns.joined_on", "%Q"],
        ),
        (format!("{membership}types = {{ column = \"j\", split = \"\" }}"), vec!["columns.types", "character"]),
        (program("slugs=\"x\""), vec!["slugs"]),
        (program("[[programs]]\nslug=\"p\"\nname=\"P\"\norganization=\"o\""), vec!["programs.p", "twice"]),
        (program("tiers=[{name=\"A\",rank=0}]"), vec!["programs.p", "at least 1"]),
        (program("tiers=[{name=\"A\",rank=1},{name=\"B\",rank=1}]"), vec!["\"B\"", "taken"]),
        (program("types=[\"GOLD\"]"), vec!["GOLD", "CHANNEL"]),
        (program("").replace("organization=\"o\"", "organization=\"O!\""), vec!["programs.p", "organization"]),
        (format!("{}[[programs]]\nslug=\"p\"\nname=\"P\"\norganization=\"o\"", integrations("")), vec!["programs"]),
    ] {
        let error = Mapping::parse(&text).unwrap_err().to_string();
        for part in expected {
            assert!(error.contains(part), "{part:?} in {error:?} for\n{text}");
        }
    }
}

#[test]
fn a_column_is_a_name_or_a_table_and_is_read_once() {
    let mapping = Mapping::parse(&integrations("target_external_id = { column = \"a\", lower = true }")).unwrap();
    assert_eq!(mapping.sources, ["a", "b"]);
    assert_eq!(mapping.delimiter, b',');
    assert!(mapping.rules.get("target_external_id").is_some_and(|rule| rule.lower));
}

#[test]
fn the_name_of_a_file_tells_its_format() {
    for (name, format) in [
        ("a.csv", Some(Format::Csv)),
        ("A.CSV", Some(Format::Csv)),
        ("a.jsonl", Some(Format::Jsonl)),
        ("a.ndjson", Some(Format::Jsonl)),
        ("a.xlsx", None),
        ("csv", None),
    ] {
        assert_eq!(Format::of_path(Path::new(name)), format, "{name}");
    }
}

#[test]
fn a_mapping_file_that_is_not_there_is_named() {
    let error = Mapping::load(Path::new("no/such/mapping.toml")).unwrap_err().to_string();
    assert!(error.contains("no/such/mapping.toml"), "{error}");
}
