//! Making, changing and publishing programs and tiers; who sees them.

use super::{CREATE, TIER, program, text};
use crate::support::{TestApp, on_both};
use entity::value::Role;
use partnergraph::op::Scope;
use serde_json::json;

const READ: &str =
    "query ($slug: String!) { program(slug: $slug) { slug status viewerCanManage tiers { name rank } } }";
const UPDATE: &str = "mutation ($id: ID!, $input: ProgramUpdateInput!) {
  programUpdate(id: $id, input: $input) { program { name description graceDays types endsOn revision } userErrors { field code } }
}";

on_both!(
    a_draft_is_the_hosts_and_a_published_one_everybodys,
    creating_has_refusals,
    a_retry_makes_no_second_program,
    absent_is_not_null,
    statuses_follow_each_other,
    tiers_have_unique_names_and_shared_ranks,
    tiers_that_were_held_stay,
    nodes_are_found_again,
);

async fn a_draft_is_the_hosts_and_a_published_one_everybodys(app: TestApp) {
    let host = app.manager("aurora");
    let made = app.graphql(&host, CREATE, json!({"input": {"name": " Aurora  Partners "}})).await;
    let made = &made.payload()["program"];
    assert_eq!(
        (&made["slug"], &made["status"], &made["graceDays"]),
        (&json!("aurora-partners"), &json!("DRAFT"), &json!(30))
    );
    let slug = json!({"slug": "aurora-partners"});
    for nobody in [app.visitor(), app.manager("borealis")] {
        assert_eq!(app.graphql(&nobody, READ, slug.clone()).await.data(), &json!({"program": null}));
    }
    let viewer = app.graphql(&app.actor("aurora", Role::Viewer), READ, slug).await;
    assert_eq!(viewer.at("/program/viewerCanManage"), false);

    program(&app, "public").await;
    let seen = app.graphql(&app.visitor(), READ, json!({"slug": "public"})).await;
    let tiers = json!([{"name": "Gold", "rank": 3}, {"name": "Silver", "rank": 2}, {"name": "Bronze", "rank": 1}]);
    assert_eq!(seen.at("/program/tiers"), &tiers, "the highest rank comes first");
}

async fn creating_has_refusals(app: TestApp) {
    let host = app.manager("aurora");
    program(&app, "taken").await;
    for (input, code) in [
        (json!({"name": " "}), "REQUIRED"),
        (json!({"name": "x".repeat(201)}), "TOO_LONG"),
        (json!({"name": "X", "slug": "Not A Slug"}), "INVALID_FORMAT"),
        (json!({"name": "X", "slug": "taken"}), "TAKEN"),
        (json!({"name": "X", "graceDays": 366}), "OUT_OF_RANGE"),
        (json!({"name": "X", "startsOn": "2027-01-01", "endsOn": "2027-01-01"}), "INVALID_VALUE"),
    ] {
        assert_eq!(app.graphql(&host, CREATE, json!({"input": input})).await.refusals(), [code]);
    }
    let input = json!({"input": {"name": "X"}});
    assert_eq!(app.graphql(&app.visitor(), CREATE, input.clone()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(
        app.graphql(&app.actor("aurora", Role::Member), CREATE, input.clone()).await.refusals(),
        ["NOT_ALLOWED"]
    );
    let key = app.key("aurora", &[Scope::ListingsWrite]);
    assert_eq!(app.graphql(&key, CREATE, input.clone()).await.error_code(), "FORBIDDEN");
    let key = app.key("aurora", &[Scope::ProgramsWrite]);
    app.graphql(&key, CREATE, input).await.payload();
}

async fn a_retry_makes_no_second_program(app: TestApp) {
    let host = app.manager("aurora");
    let input = json!({"input": {"name": "Once", "idempotencyKey": "k1"}});
    let first = app.graphql(&host, CREATE, input.clone()).await;
    let second = app.graphql(&host, CREATE, input).await;
    assert_eq!(first.payload()["program"]["id"], second.payload()["program"]["id"]);
    let other = app.graphql(&host, CREATE, json!({"input": {"name": "Twice", "idempotencyKey": "k1"}})).await;
    assert_eq!(other.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
}

async fn absent_is_not_null(app: TestApp) {
    let host = app.manager("aurora");
    let [id, ..] = program(&app, "patched").await;
    let set = json!({"description": "About", "types": ["CHANNEL"], "endsOn": "2028-01-01", "graceDays": 5});
    app.graphql(&host, UPDATE, json!({"id": id, "input": set})).await.payload();
    let named = app.graphql(&host, UPDATE, json!({"id": id, "input": {"name": "New"}})).await;
    let kept = json!({"name": "New", "description": "About", "graceDays": 5, "types": ["CHANNEL"], "endsOn": "2028-01-01", "revision": 4});
    assert_eq!(named.payload()["program"], kept);
    let emptied = json!({"description": null, "types": null, "endsOn": null});
    let emptied = app.graphql(&host, UPDATE, json!({"id": id, "input": emptied})).await;
    let left = json!({"name": "New", "description": null, "graceDays": 5, "types": [], "endsOn": null, "revision": 5});
    assert_eq!(emptied.payload()["program"], left);
    let null = app.graphql(&host, UPDATE, json!({"id": id, "input": {"graceDays": null}})).await;
    assert_eq!(null.refusals(), ["REQUIRED"]);
    let stale = app.graphql(&host, UPDATE, json!({"id": id, "input": {"name": "X", "expectedRevision": 1}})).await;
    assert_eq!(stale.refusals(), ["REVISION_MISMATCH"]);
    let stranger = app.graphql(&app.manager("comet"), UPDATE, json!({"id": id, "input": {"name": "X"}})).await;
    assert_eq!(stranger.refusals(), ["NOT_ALLOWED"]);
    let wrong = app.graphql(&host, UPDATE, json!({"id": id.replace("prg", "tir"), "input": {"name": "X"}})).await;
    assert_eq!(wrong.error_code(), "BAD_USER_INPUT");
}

async fn statuses_follow_each_other(app: TestApp) {
    let host = app.manager("aurora");
    let [id, ..] = program(&app, "lives").await;
    const PUBLISH: &str = "mutation ($id: ID!) { programPublish(id: $id) { program { status } userErrors { code } } }";
    const RETIRE: &str = "mutation ($id: ID!, $input: ExpectedRevisionInput) {
      programRetire(id: $id, input: $input) { program { status } userErrors { code } } }";
    assert_eq!(app.graphql(&host, PUBLISH, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);
    let stale = app.graphql(&host, RETIRE, json!({"id": id, "input": {"expectedRevision": 1}})).await;
    assert_eq!(stale.refusals(), ["REVISION_MISMATCH"]);
    let retired = app.graphql(&host, RETIRE, json!({"id": id})).await;
    assert_eq!(retired.payload()["program"]["status"], "RETIRED");
    let gone = app.graphql(&app.visitor(), READ, json!({"slug": "lives"})).await;
    assert_eq!(gone.data(), &json!({"program": null}), "a retired program is no longer public");
    let unknown = app.graphql(&app.manager("comet"), PUBLISH, json!({"id": id})).await;
    assert_eq!(unknown.refusals(), ["NOT_FOUND"]);
    assert_eq!(app.graphql(&app.visitor(), PUBLISH, json!({"id": id})).await.error_code(), "UNAUTHENTICATED");
}

async fn tiers_have_unique_names_and_shared_ranks(app: TestApp) {
    let host = app.manager("aurora");
    let [id, gold, ..] = program(&app, "tiered").await;
    let create = |input| app.graphql(&host, TIER, json!({"id": id, "input": input}));
    assert_eq!(create(json!({"name": "GÖLD", "rank": 1})).await.refusals(), ["TAKEN"]);
    assert_eq!(create(json!({"name": "Academic", "rank": 0})).await.refusals(), ["OUT_OF_RANGE"]);
    create(json!({"name": "Academic", "rank": 3})).await.payload();
    const RENAME: &str = "mutation ($id: ID!, $input: TierUpdateInput!) {
      tierUpdate(id: $id, input: $input) { tier { name rank description badgeUrl revision } userErrors { code } } }";
    let rename = |input| app.graphql(&host, RENAME, json!({"id": gold, "input": input}));
    let changed = rename(json!({"description": "Best", "badgeUrl": "https://aurora.example/gold.svg"})).await;
    assert_eq!(changed.payload()["tier"]["revision"], 2);
    assert_eq!(rename(json!({"name": "silver"})).await.refusals(), ["TAKEN"]);
    assert_eq!(rename(json!({"rank": 9, "expectedRevision": 1})).await.refusals(), ["REVISION_MISMATCH"]);
    let last = rename(json!({"badgeUrl": null})).await;
    assert_eq!(
        last.payload()["tier"],
        json!({"name": "Gold", "rank": 3, "description": "Best", "badgeUrl": null, "revision": 3})
    );
}

async fn tiers_that_were_held_stay(app: TestApp) {
    let host = app.manager("aurora");
    let [_, gold, silver, _] = program(&app, "held").await;
    super::member(&app, "held", Some(&gold)).await;
    const REMOVE: &str =
        "mutation ($id: ID!) { tierRemove(id: $id) { program { tiers { name } } userErrors { code } } }";
    assert_eq!(app.graphql(&host, REMOVE, json!({"id": gold})).await.refusals(), ["INVALID_STATE"]);
    let stranger = app.graphql(&app.manager("comet"), REMOVE, json!({"id": silver})).await;
    assert_eq!(stranger.refusals(), ["NOT_ALLOWED"]);
    let removed = app.graphql(&host, REMOVE, json!({"id": silver})).await;
    assert_eq!(removed.payload()["program"]["tiers"], json!([{"name": "Gold"}, {"name": "Bronze"}]));
    assert_eq!(app.graphql(&host, REMOVE, json!({"id": silver})).await.refusals(), ["NOT_FOUND"]);
}

async fn nodes_are_found_again(app: TestApp) {
    let [id, gold, ..] = program(&app, "found").await;
    let member = super::member(&app, "found", Some(&gold)).await;
    const NODES: &str = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let ids = json!({"ids": [id, gold, member]});
    let found = app.graphql(&app.visitor(), NODES, ids).await;
    let names: Vec<_> = found.at("/nodes").as_array().unwrap().iter().map(|node| text(&node["__typename"])).collect();
    assert_eq!(names, ["Program", "Tier", "Membership"]);
}
