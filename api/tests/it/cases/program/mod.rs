//! Programs, tiers and memberships through the schema.

mod history;
mod import;
pub(super) mod lifecycle;
mod lists;
mod programs;
mod requirements;

use crate::support::TestApp;
use serde_json::{Value, json};

pub(super) const CREATE: &str = "mutation ($input: ProgramCreateInput!) {
  programCreate(input: $input) { program { id slug status revision graceDays types } userErrors { field code } }
}";
pub(super) const TIER: &str = "mutation ($id: ID!, $input: TierCreateInput!) {
  tierCreate(id: $id, input: $input) { tier { id name rank revision } userErrors { field code } }
}";
pub(super) const APPLY: &str = "mutation ($input: MembershipApplyInput!) {
  membershipApply(input: $input) { membership { id status types revision } userErrors { field code } }
}";

/// The mutation named `field` on a membership, with an optional input of the type `input_type`.
pub(super) fn on_membership(field: &str, input_type: &str) -> String {
    let (variable, argument) = match input_type {
        "" => (String::new(), ""),
        name => (format!(", $input: {name}"), ", input: $input"),
    };
    format!(
        "mutation ($id: ID!{variable}) {{ {field}(id: $id{argument}) {{
           membership {{ id status joinedAt tier {{ name }} nextTier {{ name }} nextTierOn expiresOn revision
             history {{ tier {{ name }} startsOn endsOn }} rejectionReason comment }}
           userErrors {{ field code }} }} }}"
    )
}

/// A published program of aurora with the tiers Gold (3), Silver (2) and Bronze (1), by their ids: program, gold, silver,
/// bronze.
pub(super) async fn program(app: &TestApp, slug: &str) -> [String; 4] {
    let host = app.manager("aurora");
    let input = json!({"input": {"name": slug, "slug": slug, "graceDays": 30}});
    let made = app.graphql(&host, CREATE, input).await;
    let id = text(&made.payload()["program"]["id"]);
    let mut ids = vec![id.clone()];
    for (name, rank) in [("Gold", 3), ("Silver", 2), ("Bronze", 1)] {
        let tier = app.graphql(&host, TIER, json!({"id": id, "input": {"name": name, "rank": rank}})).await;
        ids.push(text(&tier.payload()["tier"]["id"]));
    }
    const PUBLISH: &str = "mutation ($id: ID!) { programPublish(id: $id) { program { status } userErrors { code } } }";
    app.graphql(&host, PUBLISH, json!({"id": id})).await.payload();
    ids.try_into().unwrap()
}

/// An active membership of borealis in the program with this slug, with a tier where one is named.
pub(super) async fn member(app: &TestApp, slug: &str, tier: Option<&str>) -> String {
    let applied =
        app.graphql(&app.manager("borealis"), APPLY, json!({"input": {"program": slug, "types": ["CHANNEL"]}})).await;
    let id = text(&applied.payload()["membership"]["id"]);
    let approve = on_membership("membershipApprove", "MembershipApproveInput");
    app.graphql(&app.manager("aurora"), &approve, json!({"id": id, "input": {"tier": tier}})).await.payload();
    id
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
