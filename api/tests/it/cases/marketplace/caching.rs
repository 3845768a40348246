//! What visitors read of the marketplace is cached, and a change shows at once.

use super::{category, names, published, step_for};
use crate::support::{TestApp, on_both, organization_id};
use entity::id::TypedId;
use serde_json::json;

on_both!(
    a_warm_page_takes_two_statements_fewer_and_says_the_same,
    each_part_of_a_question_is_part_of_what_is_kept,
    a_published_listing_shows_at_once,
    a_renamed_vendor_is_found_by_its_name_of_now,
    what_a_vendor_sees_is_never_kept_for_others,
);

const LIST: &str = "query ($first: Int, $after: String, $filter: ListingFilter, $orderBy: ListingOrder) {
  listings(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount pageInfo { endCursor } nodes { name summary statusReason }
  }
}";

async fn a_warm_page_takes_two_statements_fewer_and_says_the_same(app: TestApp) {
    for name in ["Alpha", "Beta"] {
        published(&app, "borealis", json!({"name": name})).await;
    }
    for (actor, fewer) in [(app.visitor(), 2), (app.manager("borealis"), 0)] {
        let (cold, first) = app.statements(app.graphql(&actor, LIST, json!({}))).await;
        let (warm, second) = app.statements(app.graphql(&actor, LIST, json!({}))).await;
        assert_eq!(cold.data(), warm.data());
        assert_eq!(cold.at("/listings/totalCount"), 2);
        assert_eq!(second + fewer, first);
    }
}

async fn each_part_of_a_question_is_part_of_what_is_kept(app: TestApp) {
    category(&app, "Data", None).await;
    let target = published(&app, "aurora", json!({"name": "Target", "kind": "SERVICE", "openSource": true})).await;
    published(
        &app,
        "borealis",
        json!({"name": "Alpha", "categories": ["data"], "integrations": [{"listing": target}], "pricingModels": ["FREE"]}),
    )
    .await;
    published(&app, "borealis", json!({"name": "Beta", "kind": "INTEGRATION", "openSource": false})).await;
    let page = app.graphql(&app.visitor(), LIST, json!({"first": 1})).await;
    let after = page.at("/listings/pageInfo/endCursor").clone();
    let all = ["Alpha", "Beta", "Target"];
    let questions = [
        (json!({}), &all as &[&str]),
        (json!({"first": 2}), &all[..2]),
        (json!({"after": after}), &all[1..]),
        (json!({"orderBy": {"field": "NAME", "direction": "DESC"}}), &["Target", "Beta", "Alpha"]),
        (json!({"orderBy": {"field": "PUBLISHED_AT", "direction": "DESC"}, "first": 0}), &[]),
        (json!({"filter": {"query": "alpha"}}), &["Alpha"]),
        (json!({"filter": {"query": "target"}}), &["Target"]),
        (json!({"filter": {"categories": ["data"]}}), &["Alpha"]),
        (json!({"filter": {"kinds": ["SERVICE"]}}), &["Target"]),
        (json!({"filter": {"kinds": ["INTEGRATION"]}}), &["Beta"]),
        (json!({"filter": {"vendor": "aurora"}}), &["Target"]),
        (json!({"filter": {"integratesWith": "target"}}), &["Alpha"]),
        (json!({"filter": {"pricingModels": ["FREE"]}}), &["Alpha"]),
        (json!({"filter": {"badges": ["CERTIFIED"]}}), &[]),
        (json!({"filter": {"openSource": true}}), &["Target"]),
        (json!({"filter": {"openSource": false}}), &["Beta"]),
        (json!({"filter": {"minRating": 2.0}}), &[]),
        (json!({"filter": {"statuses": ["RESTRICTED"]}}), &[]),
    ];
    // Twice: what one question has left in the cache must not answer another one.
    for _ in 0..2 {
        for (variables, found) in &questions {
            let answer = app.graphql(&app.visitor(), LIST, variables.clone()).await;
            let nodes = answer.at("/listings/nodes").as_array().unwrap();
            let names: Vec<_> = nodes.iter().map(|node| node["name"].as_str().unwrap()).collect();
            assert_eq!(names, *found, "{variables}");
        }
    }
}

async fn a_published_listing_shows_at_once(app: TestApp) {
    let visitor = app.visitor();
    let alpha = published(&app, "borealis", json!({"name": "Alpha"})).await;
    assert_eq!(names(&app, &visitor, json!(null), json!(null)).await, ["Alpha"]);
    published(&app, "aurora", json!({"name": "Beta"})).await;
    assert_eq!(names(&app, &visitor, json!(null), json!(null)).await, ["Alpha", "Beta"]);
    step_for(&app, &app.manager("operator"), "listingRestrict", &alpha, "Its license is unclear.").await;
    assert_eq!(names(&app, &visitor, json!(null), json!(null)).await, ["Beta"]);
}

async fn a_renamed_vendor_is_found_by_its_name_of_now(app: TestApp) {
    let visitor = app.visitor();
    for name in ["Alpha", "Borealis Bridge"] {
        published(&app, "borealis", json!({"name": name})).await;
    }
    published(&app, "aurora", json!({"name": "Gamma"})).await;
    let found = async |query: &str| names(&app, &visitor, json!({"query": query}), json!(null)).await;
    assert_eq!(found("borealis").await, ["Alpha", "Borealis Bridge"]);
    assert_eq!(found("zephyr").await, [""; 0]);
    let rename = "mutation ($id: ID!) {
      organizationUpdate(id: $id, input: {name: \"Zephyr Works\"}) { organization { name } userErrors { code } }
    }";
    let id = organization_id("borealis").global();
    app.graphql(&app.manager("borealis"), rename, json!({"id": id})).await.payload();
    assert_eq!(found("zephyr").await, ["Alpha", "Borealis Bridge"]);
    assert_eq!(found("borealis").await, ["Borealis Bridge"], "which says so itself");
    assert_eq!(found("gamma").await, ["Gamma"]);
}

async fn what_a_vendor_sees_is_never_kept_for_others(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Alpha"})).await;
    step_for(&app, &app.manager("operator"), "listingRestrict", &id, "Its license is unclear.").await;
    let restricted = json!({"filter": {"statuses": ["RESTRICTED", "PUBLISHED"]}});
    for _ in 0..2 {
        for (actor, total) in [(app.manager("borealis"), 1), (app.visitor(), 0), (app.manager("comet"), 0)] {
            let answer = app.graphql(&actor, LIST, restricted.clone()).await;
            assert_eq!(answer.at("/listings/totalCount"), total);
            assert_eq!(answer.at("/listings/nodes").as_array().unwrap().len(), total);
        }
    }
}
