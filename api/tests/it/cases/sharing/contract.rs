//! The documents that clients already send, unchanged.

use super::{list, partners};
use crate::support::{TestApp, on_both};
use serde_json::json;
use std::path::Path;

on_both!(the_screen_previews_and_sets_a_rule, a_list_shows_its_rules);

fn operation(kind: &str, name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts/account-mapping.graphql");
    let text = std::fs::read_to_string(path).unwrap();
    let from = text.find(&format!("{kind} {name}(")).unwrap();
    let to = from + text[from..].find("\n}\n").unwrap() + 2;
    text[from..to].to_owned()
}

async fn the_screen_previews_and_sets_a_rule(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    let aurora = app.manager("aurora");
    let input = json!({"input": {"accountList": ours, "partner": "borealis", "level": "ALL", "fields": ["NAME"]}});
    let preview = app.graphql(&aurora, &operation("query", "PreviewSharing"), input.clone()).await;
    let expected = json!({"accountsVisible": 3, "fields": ["NAME"], "sample": [
        {"name": "Acme", "domain": null}, {"name": "Bolt", "domain": null}, {"name": "Cord", "domain": null},
    ]});
    assert_eq!(preview.at("/sharingRulePreview"), &expected);
    let set = app.graphql(&aurora, &operation("mutation", "SetSharing"), input).await;
    let rule = &set.payload()["sharingRule"];
    let expected = json!({"id": rule["id"], "level": "ALL", "fields": ["NAME"], "partner": {"slug": "borealis"},
                          "accountList": {"id": ours}});
    assert_eq!(rule, &expected);
    assert!(rule["id"].as_str().unwrap().starts_with("shr_"));
}

async fn a_list_shows_its_rules(app: TestApp) {
    const LISTS: &str = "query ($first: Int, $after: String) { accountLists { nodes { id
      sharingRules(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { level } } } } }";
    let (ours, ..) = partners(&app).await;
    let aurora = app.manager("aurora");
    for (partner, level) in [("borealis", "ALL"), ("comet", "HIDDEN"), ("operator", "COUNTS_ONLY")] {
        super::set(&app, &aurora, super::shows(&ours, partner, level)).await;
    }
    super::set(&app, &aurora, super::shows(&ours, "comet", "OVERLAPPING")).await.payload();
    let of = async |variables| {
        let found = app.graphql(&aurora, LISTS, variables).await;
        let lists = found.at("/accountLists/nodes").as_array().unwrap().clone();
        lists.into_iter().find(|list| list["id"] == json!(ours)).unwrap()["sharingRules"].clone()
    };
    let page = of(json!({"first": 1})).await;
    assert_eq!(page["nodes"], json!([{"level": "ALL"}]));
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let rest = of(json!({"first": 1, "after": page["pageInfo"]["endCursor"]})).await;
    assert_eq!(rest["nodes"], json!([{"level": "OVERLAPPING"}]));
    // Rules of many lists are read together.
    let (_, few) = app.statements(of(json!({"first": 5}))).await;
    for _ in 0..5 {
        let more = list(&app, "aurora", &["Echo"]).await;
        super::set(&app, &aurora, super::shows(&more, "borealis", "ALL")).await.payload();
    }
    let (_, many) = app
        .statements(app.graphql(&aurora, "{ accountLists { nodes { sharingRules { nodes { level } } } } }", json!({})))
        .await;
    assert!(many <= few, "{many} statements, {few} for one list");
}
