//! Ecosystem-qualified leads: rules over overlaps, what they qualify, and what becomes of that.

mod apply;
mod convert;
mod decide;
mod given_up;
mod rule;
mod sharing;

use super::overlap::{
    compare,
    house::{House, Rows, companies},
};
use crate::support::{Answer, TestApp};
use entity::{
    id::{AccountListId, MappingPairId},
    sharing_rule::{AccountField, SharingLevel},
};
use partnergraph::op::Actor;
use serde_json::{Value, json};

const CREATE: &str = "mutation ($input: QualificationRuleCreateInput!) { qualificationRuleCreate(input: $input) {
    qualificationRule { id name ownKinds partnerKinds partners { slug } minConfidence countries enabled revision
      viewerCanUpdate }
    userErrors { field code } } }";
const UPDATE: &str = "mutation ($id: ID!, $input: QualificationRuleUpdateInput!) {
    qualificationRuleUpdate(id: $id, input: $input) {
      qualificationRule { id name ownKinds partners { slug } minConfidence countries enabled revision }
      userErrors { field code currentRevision } } }";
const LEADS: &str = "query ($filter: QualifiedLeadFilter, $first: Int, $after: String) {
    qualifiedLeads(filter: $filter, first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes {
        id status ruleName rule { id } partner { slug } account { name owner } accountName ownKind
        evidence { partnerKind confidence score reasons foundAt } overlap { partner { name domain } }
        dismissReason comment lead { id } opportunity { id } createdAt decidedAt revision
        viewerCanAccept viewerCanDismiss viewerCanConvert } } }";

/// The engine comes by and applies what is to be applied; says how many leads were qualified.
pub(crate) async fn qualify(app: &TestApp) -> usize {
    app.app.qualifier.run_once(&app.app.op(Actor::System, "test", Vec::new())).await.unwrap()
}

/// A rule of aurora's customers that are borealis' prospects, as the lists of [`House::two`] are.
pub(crate) fn warm() -> Value {
    json!({"name": "Warm", "ownKinds": ["CUSTOMERS"], "partnerKinds": ["PROSPECTS"]})
}

pub(crate) async fn create(app: &TestApp, actor: &Actor, input: Value) -> Answer {
    app.graphql(actor, CREATE, json!({"input": input})).await
}

/// A rule of aurora; its id.
pub(crate) async fn made(app: &TestApp, input: Value) -> Value {
    create(app, &app.manager("aurora"), input).await.payload()["qualificationRule"]["id"].clone()
}

async fn update(app: &TestApp, actor: &Actor, id: &Value, input: Value) -> Answer {
    app.graphql(actor, UPDATE, json!({"id": id, "input": input})).await
}

/// What an organization's rules qualified, newest first.
pub(crate) async fn leads(app: &TestApp, slug: &str, filter: Value) -> Vec<Value> {
    let answer = app.graphql(&app.manager(slug), LEADS, json!({"filter": filter, "first": 100})).await;
    let nodes = answer.at("/qualifiedLeads/nodes").as_array().unwrap().clone();
    assert_eq!(answer.at("/qualifiedLeads/totalCount"), &json!(nodes.len()));
    nodes
}

/// The names of the accounts of what was qualified, sorted.
async fn names(app: &TestApp, slug: &str) -> Vec<String> {
    let leads = leads(app, slug, json!({})).await;
    let mut names: Vec<String> = leads.iter().map(|lead| lead["accountName"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// The alerts of an organization about what its rules qualified, oldest first.
async fn told(app: &TestApp, slug: &str) -> Vec<Value> {
    let document = "query { alerts(first: 100, filter: {kinds: [QUALIFIED_LEAD]}) { nodes { ... on QualifiedLeadAlert {
        change count rule { name } partner { slug } qualifiedLead { id } actor { __typename } } } } }";
    let answer = app.graphql(&app.manager(slug), document, json!({})).await;
    answer.at("/alerts/nodes").as_array().unwrap().clone()
}

/// Aurora and borealis have these accounts, and show each other the overlaps; compared.
pub(crate) async fn set(
    app: &TestApp,
    fields: &[AccountField],
    ours: Rows,
    theirs: Rows,
) -> (AccountListId, AccountListId, MappingPairId) {
    let lists = House::new(app).two(SharingLevel::Overlapping, fields, ours, theirs).await;
    compare(app).await;
    lists
}

/// A qualified lead of aurora, one of `count`.
async fn one_of(app: &TestApp, count: usize) -> Value {
    set(app, &[AccountField::Name], companies(0..count), companies(0..count)).await;
    made(app, warm()).await;
    assert_eq!(qualify(app).await, count);
    leads(app, "aurora", json!({})).await[0].clone()
}
