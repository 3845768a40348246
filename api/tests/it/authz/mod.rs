//! Who may do what: every root field and every kind of node, tried by everybody from nobody to the operator.
//!
//! The cases are text (`cases/*.graphql`): a line `## field {variables}` and the document that asks for it. `@name` in the
//! variables is an id that `stage.rs` made. A field may have several cases: `## field(which)`. What each actor got is one
//! table, `table.txt`, reviewed like code: a change of rights is a change of that file. A field of the schema without a
//! case fails, and so does a kind of node. `keys.rs` tries the same cases with API keys.
//!
//! After an intended change: `UPDATE_TABLE=1 cargo test -p partnergraph --test it authz`, and look at the difference.

mod keys;
mod stage;

use crate::support::TestApp;
use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use entity::value::Role;
use futures::StreamExt;
use partnergraph::{op::Actor, schema};
use serde_json::{Value, json};
use stage::Stage;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// One document that asks for one root field.
struct Case {
    /// `field`, `node:Kind`, and `(which)` where there are several.
    name: String,
    variables: String,
    document: String,
}

impl Case {
    /// What of the schema it is a case of.
    fn covers(&self) -> &str {
        self.name.split('(').next().unwrap()
    }

    /// The root field that it asks for.
    fn field(&self) -> &str {
        self.covers().split(':').next().unwrap()
    }

    fn writes(&self) -> bool {
        self.document.trim_start().starts_with("mutation")
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/authz")
}

fn cases() -> Vec<Case> {
    let mut files: Vec<_> = fs::read_dir(folder().join("cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for block in text.split("\n## ").flat_map(|block| block.strip_prefix("## ").or(Some(block))) {
            let Some((head, document)) = block.split_once('\n') else { continue };
            if head.starts_with("//") {
                continue;
            }
            let (name, variables) = head.split_once(" {").unwrap_or((head, "}"));
            cases.push(Case {
                name: name.to_owned(),
                variables: format!("{{{variables}"),
                document: document.to_owned(),
            });
        }
    }
    cases
}

/// Everybody, from nobody to the operator.
fn actors(app: &TestApp) -> [(&'static str, Actor); 8] {
    [
        ("nobody", app.visitor()),
        ("stranger", app.manager("comet")),
        ("partner", app.manager("borealis")),
        ("viewer", app.actor("aurora", Role::Viewer)),
        ("member", app.actor("aurora", Role::Member)),
        ("manager", app.manager("aurora")),
        ("admin", app.actor("aurora", Role::Admin)),
        ("operator", app.operator()),
    ]
}

/// What somebody is answered. A subscription that is not refused in its first moments is open, and says nothing more.
async fn answer(app: &TestApp, actor: &Actor, case: &Case, variables: Value) -> Value {
    if !case.document.trim_start().starts_with("subscription") {
        return app.graphql(actor, &case.document, variables).await.body().clone();
    }
    let field = case.field();
    let mut answers = app.subscribe(actor, &case.document, variables);
    match tokio::time::timeout(Duration::from_millis(300), answers.next()).await {
        Ok(first) => first.unwrap().body().clone(),
        Err(_) => json!({"data": {field: "open"}}),
    }
}

/// What somebody got, in a word: `ok`, `null`, or the code of the refusal or error.
fn outcome(body: &Value, field: &str) -> String {
    if let Some(error) = body["errors"].as_array().and_then(|errors| errors.first()) {
        return error["extensions"]["code"].as_str().unwrap_or("AN ERROR WITHOUT A CODE").to_owned();
    }
    let value = &body["data"][field];
    if let Some(refusals) = value["userErrors"].as_array().filter(|refusals| !refusals.is_empty()) {
        let codes: BTreeSet<_> = refusals.iter().filter_map(|refusal| refusal["code"].as_str()).collect();
        return codes.into_iter().collect::<Vec<_>>().join("+");
    }
    match value {
        Value::Null => "null".to_owned(),
        // With how many, of a list or of the one list that an object was asked for.
        Value::Object(object) => {
            match object.get("totalCount").or(object.values().find_map(|value| value.get("totalCount"))) {
                Some(count) => format!("ok {count}"),
                None => "ok".to_owned(),
            }
        }
        _ => "ok".to_owned(),
    }
}

/// The names of the fields of an object type, and the kinds that implement `Node`.
fn schema_parts() -> (BTreeSet<String>, BTreeSet<String>) {
    let document = parse_schema(schema::sdl()).unwrap();
    let (mut fields, mut nodes) = (BTreeSet::new(), BTreeSet::new());
    for definition in document.definitions {
        let TypeSystemDefinition::Type(kind) = definition else { continue };
        let TypeKind::Object(object) = &kind.node.kind else { continue };
        if ["Query", "Mutation", "Subscription"].contains(&kind.node.name.node.as_str()) {
            fields.extend(object.fields.iter().map(|field| field.node.name.node.to_string()));
        }
        if object.implements.iter().any(|interface| interface.node == "Node") {
            nodes.insert(kind.node.name.node.to_string());
        }
    }
    (fields, nodes)
}

#[test]
fn every_root_field_and_kind_of_node_has_a_case() {
    let (fields, nodes) = schema_parts();
    let named: BTreeSet<_> = cases().iter().map(|case| case.covers().to_owned()).collect();
    let wanted: BTreeSet<_> = fields.into_iter().chain(nodes.iter().map(|kind| format!("node:{kind}"))).collect();
    let missing: Vec<_> = wanted.difference(&named).collect();
    let stale: Vec<_> = named.difference(&wanted).collect();
    assert!(missing.is_empty() && stale.is_empty(), "without a case: {missing:?}\nnot in the schema: {stale:?}");
}

#[tokio::test]
async fn everybody_gets_what_the_table_says() {
    let stage = Stage::set().await;
    let mut table = BTreeMap::new();
    for case in cases() {
        let variables: Value = serde_json::from_str(&stage.resolve(&case.variables)).unwrap();
        let mut row = Vec::new();
        // A read changes nothing, so everybody may share the stage; a change has one of its own.
        let shared = stage.copy().await;
        for (index, (_, actor)) in actors(&shared).into_iter().enumerate() {
            let own = if case.writes() && index > 0 { Some(stage.copy().await) } else { None };
            let app = own.as_ref().unwrap_or(&shared);
            row.push(outcome(&answer(app, &actor, &case, variables.clone()).await, case.field()));
        }
        assert!(table.insert(case.name.clone(), row).is_none(), "two cases for {}", case.name);
    }
    let written = print(&table);
    let file = folder().join("table.txt");
    if std::env::var_os("UPDATE_TABLE").is_some() {
        fs::write(&file, &written).unwrap();
    }
    let reviewed = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == reviewed, "the rights changed:\n{}", difference(&reviewed, &written));
}

/// On PostgreSQL the same reads give the same table; changes are decided by the same pure rules.
#[tokio::test]
async fn both_databases_show_everybody_the_same() {
    let Some(stage) = Stage::set_on_postgres().await else { return };
    let reviewed = fs::read_to_string(folder().join("table.txt")).unwrap();
    let app = stage.copy().await;
    for case in cases().into_iter().filter(|case| !case.writes()) {
        let variables: Value = serde_json::from_str(&stage.resolve(&case.variables)).unwrap();
        let mut row = Vec::new();
        for (_, actor) in actors(&app) {
            row.push(outcome(&answer(&app, &actor, &case, variables.clone()).await, case.field()));
        }
        let line = line(&case.name, &row);
        assert!(reviewed.lines().any(|reviewed| reviewed == line), "PostgreSQL answers otherwise:\n{line}");
    }
}

fn line(field: &str, row: &[String]) -> String {
    let mut line = format!("{field:<34}");
    for outcome in row {
        write!(line, " {outcome:<17}").unwrap();
    }
    line.trim_end().to_owned()
}

fn print(table: &BTreeMap<String, Vec<String>>) -> String {
    let names = ["nobody", "stranger", "partner", "viewer", "member", "manager", "admin", "operator"];
    let mut text = line("", &names.map(str::to_owned));
    text.push('\n');
    for (field, row) in table {
        text.push_str(&line(field, row));
        text.push('\n');
    }
    text
}

fn difference(reviewed: &str, written: &str) -> String {
    let reviewed: BTreeSet<_> = reviewed.lines().collect();
    let written: BTreeSet<_> = written.lines().collect();
    let gone = reviewed.difference(&written).map(|line| format!("- {line}"));
    let come = written.difference(&reviewed).map(|line| format!("+ {line}"));
    gone.chain(come).collect::<Vec<_>>().join("\n")
}
