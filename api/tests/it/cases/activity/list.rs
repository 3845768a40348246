//! The log below partnerships: newest first, page by page, with few statements.

use super::{begin, call, log};
use crate::support::{TestApp, on_both};
use entity::value::Role;
use serde_json::{Value, json};

const PAGE: &str = "query ($id: ID!, $first: Int, $after: String) { partnership(id: $id) {
  activities(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { text }
  }
} }";

const ALL: &str = "{ partnerships { nodes {
  activities(first: 3) { totalCount nodes {
    text organization { slug } participants { name organization { slug } } addressees { name }
  } }
} } }";

on_both!(newest_comes_first_page_by_page, each_side_counts_what_it_reads, a_list_takes_few_statements);

async fn at(app: &TestApp, slug: &str, id: &Value, text: &str, day: &str) {
    let mut input = call(text);
    input["occurredAt"] = json!(format!("{day}T10:00:00Z"));
    input["participants"] = json!([{"organization": slug}]);
    log(app, &app.manager(slug), id, input).await.payload();
}

async fn newest_comes_first_page_by_page(app: TestApp) {
    let id = begin(&app, "aurora", "borealis").await;
    for (slug, text, day) in [
        ("aurora", "Second", "2026-10-02"),
        ("borealis", "First", "2026-10-01"),
        ("aurora", "Fourth", "2026-10-04"),
        ("borealis", "Third", "2026-10-03"),
        // At the same moment, what was written down later is newer.
        ("borealis", "Fifth", "2026-10-04"),
    ] {
        at(&app, slug, &id, text, day).await;
    }
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = app
            .graphql(&app.actor("borealis", Role::Viewer), PAGE, json!({"id": id, "first": 2, "after": after}))
            .await;
        let list = page.at("/partnership/activities");
        assert_eq!(list["totalCount"], 5);
        found.extend(list["nodes"].as_array().unwrap().iter().map(|node| node["text"].clone()));
        after = list["pageInfo"]["endCursor"].clone();
        if list["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(found, ["Fifth", "Fourth", "Third", "Second", "First"]);
}

async fn each_side_counts_what_it_reads(app: TestApp) {
    let id = begin(&app, "aurora", "borealis").await;
    log(&app, &app.manager("aurora"), &id, call("Spoke.")).await.payload();
    let note = json!({"kind": "NOTE", "text": "Slow.", "internal": true});
    log(&app, &app.manager("aurora"), &id, note).await.payload();
    for (slug, expected) in [("aurora", 2), ("borealis", 1)] {
        let page = app.graphql(&app.manager(slug), PAGE, json!({"id": id})).await;
        assert_eq!(page.at("/partnership/activities/totalCount"), expected);
        assert_eq!(page.at("/partnership/activities/nodes").as_array().unwrap().len(), expected);
    }
}

async fn a_list_takes_few_statements(app: TestApp) {
    let first = begin(&app, "aurora", "borealis").await;
    at(&app, "aurora", &first, "One", "2026-10-01").await;
    let aurora = app.manager("aurora");
    let (_, few) = app.statements(app.graphql(&aurora, ALL, json!({}))).await;
    let second = begin(&app, "aurora", "comet").await;
    let third = begin(&app, "operator", "aurora").await;
    for (slug, id) in [("borealis", &first), ("comet", &second), ("aurora", &third)] {
        for day in 1..=5 {
            at(&app, slug, id, "More", &format!("2026-10-0{day}")).await;
        }
    }
    let (list, many) = app.statements(app.graphql(&aurora, ALL, json!({}))).await;
    let nodes = list.at("/partnerships/nodes").as_array().unwrap();
    assert_eq!(nodes.len(), 3);
    assert!(nodes.iter().all(|node| node["activities"]["nodes"].as_array().unwrap().len() == 3));
    assert!(many < few + 3, "{few} and {many}");
    assert!(many <= 10, "{many} statements");
}
