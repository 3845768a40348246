//! People at the customers of opportunities: who enters them, who knows them, and how they are forgotten.

mod forgotten;
mod opportunity;

use crate::support::{Answer, TestApp};
use partnergraph::op::Actor;
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};
use serde_json::{Value, json};

const ADD: &str = "mutation ($id: ID!, $input: ContactAddInput!) { contactAdd(id: $id, input: $input) {
  contact { id name title email phone mayBeShared opportunity { id } organization { slug } lead { id } }
  userErrors { field code }
} }";
const CHANGE: &str = "mutation ($id: ID!, $input: ContactPatchInput!) { contactUpdate(id: $id, input: $input) {
  contact { name title phone } userErrors { field code }
} }";
const REMOVE: &str = "mutation ($id: ID!) { contactRemove(id: $id) { removedContactId userErrors { field code } } }";

fn ada() -> Value {
    json!({"name": "Ada Byte", "title": "Buyer", "email": "ada@acme.example"})
}

pub(super) async fn add(app: &TestApp, actor: &Actor, id: &Value, contact: Value) -> Answer {
    app.graphql(actor, ADD, json!({"id": id, "input": {"contact": contact}})).await
}

async fn change(app: &TestApp, actor: &Actor, id: &Value, patch: Value) -> Answer {
    app.graphql(actor, CHANGE, json!({"id": id, "input": patch})).await
}

async fn remove(app: &TestApp, actor: &Actor, id: &Value) -> Answer {
    app.graphql(actor, REMOVE, json!({"id": id})).await
}

/// What the manager of this organization sees of the contacts of an opportunity; null where it sees none of it.
async fn contacts(app: &TestApp, slug: &str, id: &Value) -> Value {
    const CONTACTS: &str = "query ($id: ID!) { opportunity(id: $id) { contacts { name title email } } }";
    let seen = app.graphql(&app.manager(slug), CONTACTS, json!({"id": id})).await;
    seen.data().pointer("/opportunity/contacts").cloned().unwrap_or_default()
}

/// The places of the whole database, `table.column`, whose text has the word in it.
pub(super) async fn places_of(app: &TestApp, word: &str) -> Vec<String> {
    let db = app.app.world.db.read();
    let backend = app.app.world.db.backend();
    let columns = match backend {
        DatabaseBackend::Sqlite => {
            "SELECT m.name AS place, c.name AS field FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table'"
        }
        _ => {
            "SELECT table_name::text AS place, column_name::text AS field FROM information_schema.columns \
             WHERE table_schema = 'public'"
        }
    };
    let mut found = Vec::new();
    let mut searched = 0;
    for row in db.query_all_raw(Statement::from_string(backend, columns)).await.unwrap() {
        let (table, column): (String, String) = (row.try_get("", "place").unwrap(), row.try_get("", "field").unwrap());
        let sql = format!(
            "SELECT 1 AS hit FROM \"{table}\" WHERE lower(CAST(\"{column}\" AS TEXT)) LIKE '%{}%' LIMIT 1",
            word.to_lowercase()
        );
        if db.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().is_some() {
            found.push(format!("{table}.{column}"));
        }
        searched += 1;
    }
    assert!(searched > 200, "the columns were not found");
    found
}
