//! What listings integrate with.

use super::{draft, names, published, step, text};
use crate::support::{TestApp, on_both};
use serde_json::{Value, json};

on_both!(
    names_are_resolved_where_exactly_one_listing_has_them,
    a_name_waits_for_its_listing,
    what_is_said_twice_is_said_once,
    an_invisible_end_keeps_its_name,
    both_lists_are_paged,
);

const READ: &str = "query ($slug: String!) { listing(slug: $slug) {
  integratesWith { totalCount nodes { slug } }
  integrations { totalCount nodes { name listing { slug } } }
} }";

async fn read(app: &TestApp, slug: &str) -> Value {
    app.graphql(&app.visitor(), READ, json!({"slug": slug})).await.at("/listing").clone()
}

async fn names_are_resolved_where_exactly_one_listing_has_them(app: TestApp) {
    published(&app, "aurora", json!({"name": "K3s"})).await;
    published(&app, "aurora", json!({"name": "Twin"})).await;
    published(&app, "comet", json!({"name": "Twin"})).await;
    draft(&app, &app.manager("aurora"), json!({"name": "Hidden"})).await;
    let ends =
        json!([{"name": "k3S"}, {"name": "Twin"}, {"name": "Hidden"}, {"name": "Nobody knows"}, {"name": "Sync"}]);
    published(&app, "borealis", json!({"name": "Sync", "integrations": ends})).await;
    assert_eq!(
        read(&app, "sync").await,
        json!({
            "integratesWith": {"totalCount": 1, "nodes": [{"slug": "k3s"}]},
            "integrations": {"totalCount": 5, "nodes": [
                {"name": "Hidden", "listing": null},
                {"name": "k3S", "listing": {"slug": "k3s"}},
                {"name": "Nobody knows", "listing": null},
                {"name": "Sync", "listing": null},
                {"name": "Twin", "listing": null},
            ]},
        })
    );
    let with = json!({"integratesWith": "k3s"});
    assert_eq!(names(&app, &app.visitor(), with, json!(null)).await, ["Sync"]);
    // Each listing speaks for itself only.
    assert_eq!(names(&app, &app.visitor(), json!({"integratesWith": "sync"}), json!(null)).await, [""; 0]);
}

async fn a_name_waits_for_its_listing(app: TestApp) {
    published(&app, "borealis", json!({"name": "Sync", "integrations": [{"name": "Kairós"}]})).await;
    assert_eq!(read(&app, "sync").await["integratesWith"]["totalCount"], 0);
    let id = published(&app, "aurora", json!({"name": "KAIROS"})).await;
    assert_eq!(
        read(&app, "sync").await,
        json!({
            "integratesWith": {"totalCount": 1, "nodes": [{"slug": "kairos"}]},
            "integrations": {"totalCount": 1, "nodes": [{"name": "Kairós", "listing": {"slug": "kairos"}}]},
        })
    );
    step(&app, &app.manager("aurora"), "listingArchive", &id).await;
    assert_eq!(
        read(&app, "sync").await,
        json!({
            "integratesWith": {"totalCount": 0, "nodes": []},
            "integrations": {"totalCount": 1, "nodes": [{"name": "Kairós", "listing": null}]},
        })
    );
}

async fn what_is_said_twice_is_said_once(app: TestApp) {
    let hidden = draft(&app, &app.manager("borealis"), json!({"name": "K3s", "summary": null})).await;
    let id = published(&app, "borealis", json!({"name": "Other"})).await;
    let ends = json!([
        {"listing": id}, {"name": "other"}, {"name": "OTHER"}, {"name": "Free"}, {"name": "free"},
        {"listing": hidden}, {"name": "k3s"},
    ]);
    published(&app, "borealis", json!({"name": "Sync", "integrations": ends})).await;
    let said: Vec<_> = read(&app, "sync").await["integrations"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| text(&node["name"]))
        .collect();
    assert_eq!(said, ["Free", "K3s", "k3s", "Other"], "a draft is not what a name means");
    const UPDATE: &str = "mutation ($id: ID!, $input: ListingUpdateInput!) {
      listingUpdate(id: $id, input: $input) { listing { id } userErrors { code } }
    }";
    let ready = json!({"summary": "Light.", "categories": ["tools"]});
    app.graphql(&app.manager("borealis"), UPDATE, json!({"id": hidden, "input": ready})).await.payload();
    step(&app, &app.manager("borealis"), "listingSubmit", &hidden).await;
    step(&app, &app.manager("operator"), "listingApprove", &hidden).await;
    assert_eq!(read(&app, "sync").await["integrations"]["totalCount"], 3);
    assert_eq!(read(&app, "sync").await["integratesWith"]["nodes"], json!([{"slug": "k3s"}, {"slug": "other"}]));
}

async fn an_invisible_end_keeps_its_name(app: TestApp) {
    let limited =
        published(&app, "borealis", json!({"name": "Inner", "visibility": "LIMITED", "audience": ["comet"]})).await;
    published(&app, "borealis", json!({"name": "Sync", "integrations": [{"listing": limited}]})).await;
    for (actor, seen, total) in [(app.visitor(), json!(null), 0), (app.manager("comet"), json!({"slug": "inner"}), 1)] {
        let answer = app.graphql(&actor, READ, json!({"slug": "sync"})).await;
        assert_eq!(answer.at("/listing/integrations/nodes"), &json!([{"name": "Inner", "listing": seen}]));
        assert_eq!(answer.at("/listing/integratesWith/totalCount"), total);
    }
}

async fn both_lists_are_paged(app: TestApp) {
    let mut ends = Vec::new();
    for name in ["B", "C", "A"] {
        ends.push(json!({"listing": published(&app, "aurora", json!({"name": name})).await}));
    }
    ends.push(json!({"name": "Ab"}));
    published(&app, "borealis", json!({"name": "Sync", "integrations": ends})).await;
    const PAGE: &str = "query ($with: String, $all: String) { listing(slug: \"sync\") {
      integratesWith(first: 2, after: $with) { totalCount pageInfo { endCursor hasNextPage } nodes { name } }
      integrations(first: 3, after: $all) { totalCount pageInfo { endCursor hasNextPage } nodes { name } }
    } }";
    let named =
        |value: &Value| value["nodes"].as_array().unwrap().iter().map(|node| text(&node["name"])).collect::<Vec<_>>();
    let page = app.graphql(&app.visitor(), PAGE, json!({})).await;
    assert_eq!(named(page.at("/listing/integratesWith")), ["A", "B"]);
    assert_eq!(named(page.at("/listing/integrations")), ["A", "Ab", "B"]);
    let next = json!({
        "with": page.at("/listing/integratesWith/pageInfo/endCursor"),
        "all": page.at("/listing/integrations/pageInfo/endCursor"),
    });
    let rest = app.graphql(&app.visitor(), PAGE, next).await;
    assert_eq!(named(rest.at("/listing/integratesWith")), ["C"]);
    assert_eq!(named(rest.at("/listing/integrations")), ["C"]);
    assert_eq!(rest.at("/listing/integratesWith/pageInfo/hasNextPage"), false);
    assert_eq!(rest.at("/listing/integrations/totalCount"), 4);
}
