//! Coverage and aliases.

use crate::support::{TestApp, on_both, organization_id};
use entity::id::TypedId;
use serde_json::{Value, json};

const SET: &str = "mutation ($id: ID!, $input: CoverageSetInput!) {
  coverageSet(id: $id, input: $input) {
    organization { countriesServed regions segments customerTypes services revision }
    userErrors { field code currentRevision }
  }
}";

const ALIASES: &str = "mutation ($id: ID!, $input: OrganizationUpdateInput!) {
  organizationUpdate(id: $id, input: $input) { organization { otherNames domains } userErrors { field code } }
}";

on_both!(
    sets_are_replaced_whole,
    bad_coverage_has_codes,
    other_names_and_domains_are_kept_and_found,
    bad_aliases_have_codes
);

fn about(input: Value) -> Value {
    json!({"id": organization_id("aurora").global(), "input": input})
}

async fn sets_are_replaced_whole(app: TestApp) {
    let manager = app.manager("aurora");
    let first = json!({"countries": ["NO", "DE", "NO"], "segments": ["SMB", "smb", " Public  Sector "], "services": ["Training"]});
    app.graphql(&manager, SET, about(first)).await.payload();
    let second = app.graphql(&manager, SET, about(json!({"countries": ["SE"], "services": null}))).await;
    assert_eq!(
        second.payload()["organization"],
        json!({
            "countriesServed": ["SE"], "regions": [], "segments": ["Public Sector", "SMB"], "customerTypes": [],
            "services": [], "revision": 3,
        })
    );
}

async fn bad_coverage_has_codes(app: TestApp) {
    let manager = app.manager("aurora");
    for (input, code) in [
        (json!({"regions": vec!["x"; 51]}), "TOO_MANY"),
        (json!({"regions": [" "]}), "REQUIRED"),
        (json!({"customerTypes": ["x".repeat(81)]}), "TOO_LONG"),
        (json!({"expectedRevision": 9}), "REVISION_MISMATCH"),
    ] {
        assert_eq!(app.graphql(&manager, SET, about(input.clone())).await.refusals(), [code], "{input}");
    }
    let country = app.graphql(&manager, SET, about(json!({"countries": ["XX"]}))).await;
    assert!(country.body()["data"].is_null() && country.body()["errors"].is_array(), "{}", country.body());
    assert_eq!(app.graphql(&app.manager("comet"), SET, about(json!({}))).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(app.graphql(&app.visitor(), SET, about(json!({}))).await.error_code(), "UNAUTHENTICATED");
}

async fn other_names_and_domains_are_kept_and_found(app: TestApp) {
    let manager = app.manager("aurora");
    let input =
        json!({"otherNames": ["Polar Co", " Polar  Co"], "domains": ["https://WWW.Polar.example/x", "polar.example"]});
    let set = app.graphql(&manager, ALIASES, about(input)).await;
    assert_eq!(set.payload()["organization"], json!({"otherNames": ["Polar Co"], "domains": ["polar.example"]}));
    let find = "{ organizations(filter: {query: \"polar\"}) { nodes { slug } } }";
    assert_eq!(app.graphql(&app.visitor(), find, json!({})).await.at("/organizations/nodes/0/slug"), "aurora");
    let kept = app.graphql(&manager, ALIASES, about(json!({"otherNames": null}))).await;
    assert_eq!(kept.payload()["organization"], json!({"otherNames": [], "domains": ["polar.example"]}));
}

async fn bad_aliases_have_codes(app: TestApp) {
    let manager = app.manager("aurora");
    for (input, code) in [
        (json!({"domains": ["acme"]}), "INVALID_FORMAT"),
        (json!({"domains": vec!["a.example"; 21]}), "TOO_MANY"),
        (json!({"otherNames": [" "]}), "REQUIRED"),
        (json!({"otherNames": vec!["x"; 21]}), "TOO_MANY"),
        (json!({"otherNames": ["x".repeat(201)]}), "TOO_LONG"),
    ] {
        assert_eq!(app.graphql(&manager, ALIASES, about(input.clone())).await.refusals(), [code], "{input}");
    }
}
