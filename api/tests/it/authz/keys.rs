//! Which scope an API key needs for what: each case, tried with keys that have no scope, all but the one that is said to be
//! missing, and that one alone. A key with its scope acts as a manager does, so what is tried here is that every use case
//! asks for a scope, and for which.
//!
//! What came of it is one table, `keys.txt`, reviewed and updated as `table.txt` is.

use super::{Case, Stage, answer, cases, difference, folder, outcome};
use crate::support::{ORGANIZATIONS, TestApp};
use partnergraph::op::Scope;
use serde_json::Value;
use std::{collections::BTreeMap, fs};

/// The scope that an answer says the key lacks.
fn missing(body: &Value) -> Option<Scope> {
    let error = &body["errors"][0];
    if error["extensions"]["code"] != "FORBIDDEN" {
        return None;
    }
    let told = error["message"].as_str().unwrap();
    let word = told.strip_prefix("This key lacks the scope ").unwrap().trim_end_matches('.');
    let mut scopes = Scope::GRANTABLE.into_iter().chain([Scope::Administration]);
    Some(scopes.find(|scope| scope.word() == word).unwrap())
}

/// An organization whose key without scopes is refused for the want of one, and which one: aurora where that is so, since
/// most of the stage is its own. Of what a key does not see, it is not told what it lacks.
async fn lacking(app: &TestApp, case: &Case, variables: &Value) -> Option<(&'static str, Scope)> {
    for slug in ORGANIZATIONS {
        let refused = answer(app, &app.key(slug, &[]), case, variables.clone()).await;
        if let Some(scope) = missing(&refused) {
            return Some((slug, scope));
        }
    }
    None
}

/// A line of the table: whose key was tried, what it lacks, and what it gets with that alone.
async fn tried(stage: &Stage, shared: &TestApp, case: &Case) -> String {
    let variables: Value = serde_json::from_str(&stage.resolve(&case.variables)).unwrap();
    let Some((slug, scope)) = lacking(shared, case, &variables).await else {
        let body = answer(shared, &shared.key("aurora", &[]), case, variables).await;
        let got = outcome(&body, case.field());
        assert!(!case.writes() || !got.starts_with("ok"), "{} changes something without a scope", case.name);
        return format!("{:<10} {:<20} {got}", "aurora", "-");
    };
    let others: Vec<_> = Scope::GRANTABLE.into_iter().filter(|other| *other != scope).collect();
    let refused = answer(shared, &shared.key(slug, &others), case, variables.clone()).await;
    assert_eq!(missing(&refused), Some(scope), "{}: another scope does as well", case.name);
    // No key can be given it.
    if scope == Scope::Administration {
        return format!("{slug:<10} {:<20} -", scope.word());
    }
    let own = stage.copy().await;
    let got = outcome(&answer(&own, &own.key(slug, &[scope]), case, variables).await, case.field());
    format!("{slug:<10} {:<20} {got}", scope.word())
}

#[tokio::test]
async fn keys_get_what_their_scopes_say() {
    let stage = Stage::set().await;
    // What is refused changes nothing, so all may share it.
    let shared = stage.copy().await;
    let mut table = BTreeMap::new();
    for case in cases() {
        let line = tried(&stage, &shared, &case).await;
        table.insert(case.name, line);
    }
    let head = format!("{:<34} {:<10} {:<20} with it\n", "", "key of", "lacks");
    let lines: String = table.iter().map(|(name, line)| format!("{name:<34} {line}\n")).collect();
    let written = head + &lines;
    let file = folder().join("keys.txt");
    if std::env::var_os("UPDATE_TABLE").is_some() {
        fs::write(&file, &written).unwrap();
    }
    let reviewed = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == reviewed, "what scopes are needed for has changed:\n{}", difference(&reviewed, &written));
}
