//! Account lists: made, filled by calls and by files, and never seen half done.

mod add;
mod broken;
mod command;
mod contract;
mod list;
mod rights;
mod tidy;
mod upload;
mod writer;

use crate::{
    cases::cosell::csv::{Desk, told},
    support::{Answer, TestApp, organization_id},
};
use entity::{
    id::{AccountListId, TypedId},
    organization,
    value::OrganizationStatus,
};
use partnergraph::op::Actor;
use reqwest::Method;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

const CREATE: &str = "mutation ($input: AccountListCreateInput!) { accountListCreate(input: $input) {
  accountList { id name kind accountCount version revision organization { slug } subject { slug } viewerCanUpdate }
  userErrors { field code } } }";
const UPDATE: &str =
    "mutation ($id: ID!, $input: AccountListUpdateInput!) { accountListUpdate(id: $id, input: $input) {
  accountList { name kind revision } userErrors { field code currentRevision } } }";
const ADD: &str = "mutation ($id: ID!, $input: AccountListAddInput!) { accountListAdd(id: $id, input: $input) {
  accountList { id accountCount version } created updated unchanged rejected { row field code message }
  userErrors { field code } } }";
const REMOVE: &str = "mutation ($id: ID!, $input: AccountListRemoveAccountsInput!) {
  accountListRemoveAccounts(id: $id, input: $input) {
    accountList { accountCount version } removed userErrors { field code } } }";
const DELETE: &str = "mutation ($id: ID!, $input: AccountListDeleteInput) { accountListDelete(id: $id, input: $input) {
  deletedAccountListId userErrors { code } } }";
const READ: &str = "query ($id: ID!) { accountList(id: $id) {
  accountCount version accounts(first: 100) { totalCount nodes {
    id externalId name website domain countryCode emailDomain duns owner stage amount { amount currencyCode }
    custom { name value } } } } }";
const IMPORTS: &str = "query ($id: ID!) { accountList(id: $id) { imports { totalCount nodes {
  id mode dryRun state problem percent rows created updated unchanged removed rejected finishedAt } } } }";

async fn create(app: &TestApp, input: Value) -> Answer {
    app.graphql(&app.manager("aurora"), CREATE, json!({"input": input})).await
}

/// A list of aurora's customers: its id.
async fn customers(app: &TestApp) -> Value {
    let made = create(app, json!({"name": "Customers", "kind": "CUSTOMERS"})).await;
    made.payload()["accountList"]["id"].clone()
}

/// An account with the least that it says.
fn account(id: &str, name: &str) -> Value {
    json!({"externalId": id, "name": name})
}

async fn add(app: &TestApp, list: &Value, accounts: Vec<Value>) -> Answer {
    app.graphql(&app.manager("aurora"), ADD, json!({"id": list, "input": {"accounts": accounts}})).await
}

/// The list as its organization reads it.
async fn read(app: &TestApp, list: &Value) -> Value {
    app.graphql(&app.manager("aurora"), READ, json!({"id": list})).await.at("/accountList").clone()
}

/// The accounts of a list: external id and name, by name.
async fn accounts(app: &TestApp, list: &Value) -> Vec<(String, String)> {
    let list = read(app, list).await;
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    let rows = list["accounts"]["nodes"].as_array().unwrap();
    assert_eq!(list["accountCount"], list["accounts"]["totalCount"]);
    assert_eq!(list["accountCount"], rows.len().min(100), "the number that is kept is not the number of rows");
    rows.iter().map(|row| (text(row, "externalId"), text(row, "name"))).collect()
}

fn pairs(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect()
}

/// The imports of a list, newest first.
async fn imports(app: &TestApp, list: &Value) -> Vec<Value> {
    let read = app.graphql(&app.manager("aurora"), IMPORTS, json!({"id": list})).await;
    read.at("/accountList/imports/nodes").as_array().unwrap().clone()
}

/// Sends a file into a list; gives the status and the body.
async fn upload(desk: &Desk, token: &str, list: &Value, query: &str, file: impl Into<reqwest::Body>) -> (u16, Value) {
    let path = format!("/upload/account-lists/{}{query}", list.as_str().unwrap());
    let request = desk.request(Method::POST, &path, token).header("content-type", "text/csv; charset=utf-8");
    told(request.body(file).send().await.unwrap()).await
}

/// The report of a file that is taken.
async fn taken(desk: &Desk, token: &str, list: &Value, query: &str, file: &str) -> Value {
    let (status, body) = upload(desk, token, list, query, file.to_owned()).await;
    assert_eq!(status, 200, "{body:#}");
    body["report"].clone()
}

/// Numbers of a report or an import: created, updated, unchanged, removed, rejected.
fn numbers(report: &Value) -> [i64; 5] {
    ["created", "updated", "unchanged", "removed", "rejected"].map(|name| report[name].as_i64().unwrap())
}

fn id_of(list: &Value) -> AccountListId {
    AccountListId::parse_global(list.as_str().unwrap()).unwrap()
}

/// An organization with a page and without people: an offline partner.
async fn offline(app: &TestApp, slug: &str) {
    let row = organization::Entity::find_by_id(organization_id("comet")).one(app.app.world.db.read()).await.unwrap();
    let like = row.unwrap();
    let row = organization::ActiveModel {
        id: Set(uuid::Uuid::from_u128(u128::from(slug.bytes().map(u64::from).sum::<u64>())).into()),
        slug: Set(slug.to_owned()),
        name: Set(slug.to_owned()),
        sort_name: Set(slug.to_owned()),
        country_code: Set(None),
        status: Set(OrganizationStatus::Active),
        status_reason: Set(None),
        operator: Set(false),
        listed: Set(true),
        profile_moderated: Set(false),
        external_id: Set(None),
        created_at: Set(like.created_at),
        updated_at: Set(like.updated_at),
        revision: Set(1),
        import_run_id: Set(None),
    };
    organization::Entity::insert(row).exec_without_returning(app.app.world.db.read()).await.unwrap();
}

/// What the engine does when it comes by; says how many things it did.
async fn come_by(app: &TestApp) -> usize {
    app.app.deadlines.run_once(&app.app.op(Actor::System, "test", Vec::new())).await.unwrap()
}
