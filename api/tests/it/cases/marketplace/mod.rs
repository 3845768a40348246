//! The marketplace through the schema.

mod caching;
mod catalog;
mod category;
mod change;
mod integration;
mod listing;
mod review;
mod visibility;

use crate::support::TestApp;
use partnergraph::op::Actor;
use serde_json::{Value, json};

pub(super) const UNKNOWN_LISTING: &str = "lst_00000000000070008000000000000000";

/// Makes a category and gives its id.
pub(super) async fn category(app: &TestApp, name: &str, parent: Option<&str>) -> String {
    const CREATE: &str = "mutation ($input: CategoryCreateInput!) {
      categoryCreate(input: $input) { category { id } userErrors { code } }
    }";
    let input = json!({"input": {"name": name, "parent": parent}});
    text(&app.graphql(&app.manager("operator"), CREATE, input).await.payload()["category"]["id"])
}

/// Makes a draft as `actor` and gives its id. A summary and a name are filled in where they are missing.
pub(super) async fn draft(app: &TestApp, actor: &Actor, mut input: Value) -> String {
    const CREATE: &str = "mutation ($input: ListingCreateInput!) {
      listingCreate(input: $input) { listing { id } userErrors { field code message } }
    }";
    let fields = input.as_object_mut().unwrap();
    fields.entry("kind").or_insert(json!("PRODUCT"));
    fields.entry("summary").or_insert(json!("Does what it says."));
    text(&app.graphql(actor, CREATE, json!({"input": input})).await.payload()["listing"]["id"])
}

/// Makes a listing of `vendor` and sees it published. The category `tools` is made where the input names none.
pub(super) async fn published(app: &TestApp, vendor: &str, mut input: Value) -> String {
    if input.get("categories").is_none() {
        let known = app.graphql(&app.visitor(), "{ category(slug: \"tools\") { id } }", json!({})).await;
        if known.at("/category").is_null() {
            category(app, "Tools", None).await;
        }
        input["categories"] = json!(["tools"]);
    }
    let manager = app.manager(vendor);
    let id = draft(app, &manager, input).await;
    step(app, &manager, "listingSubmit", &id).await;
    step(app, &app.manager("operator"), "listingApprove", &id).await;
    id
}

/// Takes a step that needs nothing but an id, and gives the listing's new state.
pub(super) async fn step(app: &TestApp, actor: &Actor, mutation: &str, id: &str) -> String {
    let document =
        format!("mutation ($id: ID!) {{ {mutation}(id: $id) {{ listing {{ status }} userErrors {{ field code }} }} }}");
    text(&app.graphql(actor, &document, json!({"id": id})).await.payload()["listing"]["status"])
}

/// The codes with which a step is refused.
pub(super) async fn refused(app: &TestApp, actor: &Actor, mutation: &str, id: &str) -> Vec<String> {
    let document =
        format!("mutation ($id: ID!) {{ {mutation}(id: $id) {{ listing {{ id }} userErrors {{ code }} }} }}");
    app.graphql(actor, &document, json!({"id": id})).await.refusals()
}

/// Takes a step that needs a reason.
pub(super) async fn step_for(app: &TestApp, actor: &Actor, mutation: &str, id: &str, reason: &str) -> String {
    let document = format!(
        "mutation ($id: ID!, $input: ListingReasonInput!) {{
          {mutation}(id: $id, input: $input) {{ listing {{ status }} userErrors {{ code }} }}
        }}"
    );
    let variables = json!({"id": id, "input": {"reason": reason}});
    text(&app.graphql(actor, &document, variables).await.payload()["listing"]["status"])
}

/// The names of the listings that a filter finds, in order.
pub(super) async fn names(app: &TestApp, actor: &Actor, filter: Value, order: Value) -> Vec<String> {
    const LIST: &str = "query ($filter: ListingFilter, $orderBy: ListingOrder) {
      listings(first: 100, filter: $filter, orderBy: $orderBy) { totalCount nodes { name } }
    }";
    let answer = app.graphql(actor, LIST, json!({"filter": filter, "orderBy": order})).await;
    let found: Vec<String> =
        answer.at("/listings/nodes").as_array().unwrap().iter().map(|node| text(&node["name"])).collect();
    assert_eq!(answer.at("/listings/totalCount"), found.len());
    found
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
