//! Lists of requests, and what waits in the inbox.

use super::{CANCEL, about, act, ask, asked, partners};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::slice::from_ref;

const LIST: &str = "query ($direction: IntroductionDirection, $statuses: [IntroductionStatus!], $partner: String,
  $first: Int, $after: String) {
  introductions(direction: $direction, statuses: $statuses, partner: $partner, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id status direction asker { slug } receiver { slug } addressees { name } ownAccount { name }
            overlap { id } evidence { score } } } }";

on_both!(each_side_lists_its_own, pages_neither_repeat_nor_lose, rows_cost_no_statements, what_waits_is_in_the_inbox);

async fn each_side_lists_its_own(app: TestApp) {
    let partners = partners(&app, 3).await;
    let canceled = asked(&app, &partners.overlaps[0]).await;
    act(&app, "borealis", CANCEL, &canceled, json!({})).await.payload();
    let waiting = asked(&app, &partners.overlaps[1]).await;
    let back = ask(&app, &app.manager("aurora"), about(&partners.overlaps[2])).await;
    let back = back.payload()["introduction"]["id"].clone();
    let listed = async |slug: &str, variables: Value| {
        let answer = app.graphql(&app.manager(slug), LIST, variables).await;
        let nodes = answer.at("/introductions/nodes").as_array().unwrap().clone();
        assert_eq!(answer.at("/introductions/totalCount"), &json!(nodes.len()));
        nodes.into_iter().map(|node| node["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(listed("borealis", json!({})).await, [back.clone(), waiting.clone(), canceled.clone()]);
    assert_eq!(listed("borealis", json!({"direction": "SENT"})).await, [waiting.clone(), canceled.clone()]);
    assert_eq!(listed("borealis", json!({"direction": "RECEIVED"})).await, from_ref(&back));
    assert_eq!(listed("aurora", json!({"direction": "SENT"})).await, from_ref(&back));
    assert_eq!(listed("aurora", json!({"statuses": ["CANCELED"]})).await, from_ref(&canceled));
    assert_eq!(listed("aurora", json!({"statuses": ["REQUESTED"], "direction": "RECEIVED"})).await, from_ref(&waiting));
    assert_eq!(listed("aurora", json!({"partner": "borealis"})).await.len(), 3);
    assert_eq!(listed("aurora", json!({"partner": "comet"})).await, [] as [Value; 0]);
    assert_eq!(listed("aurora", json!({"partner": "nobody"})).await, [] as [Value; 0]);
    assert_eq!(listed("comet", json!({})).await, [] as [Value; 0]);
    app.clock.advance(TimeDelta::days(14));
    assert_eq!(listed("aurora", json!({"statuses": ["REQUESTED"]})).await, [] as [Value; 0]);
    assert_eq!(listed("aurora", json!({"statuses": ["EXPIRED"]})).await, [back, waiting]);
    assert_eq!(app.graphql(&app.visitor(), LIST, json!({})).await.error_code(), "UNAUTHENTICATED");
}

async fn pages_neither_repeat_nor_lose(app: TestApp) {
    let partners = partners(&app, 5).await;
    for overlap in &partners.overlaps {
        asked(&app, overlap).await;
    }
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = app.graphql(&app.manager("aurora"), LIST, json!({"first": 2, "after": after})).await;
        let page = page.at("/introductions");
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen.len(), 5);
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

async fn rows_cost_no_statements(app: TestApp) {
    let partners = partners(&app, 12).await;
    for overlap in &partners.overlaps {
        asked(&app, overlap).await;
    }
    let aurora = app.manager("aurora");
    let few = app.statements(app.graphql(&aurora, LIST, json!({"first": 3}))).await.1;
    let many = app.statements(app.graphql(&aurora, LIST, json!({"first": 12}))).await.1;
    assert_eq!(few, many);
}

async fn what_waits_is_in_the_inbox(app: TestApp) {
    let partners = partners(&app, 2).await;
    let first = asked(&app, &partners.overlaps[0]).await;
    app.clock.advance(TimeDelta::hours(1));
    let second = asked(&app, &partners.overlaps[1]).await;
    let inbox = "query { viewer { inbox { totalCount nodes { __typename ... on Introduction { id status } } } } }";
    let waits = async |slug: &str| app.graphql(&app.manager(slug), inbox, json!({})).await.at("/viewer/inbox").clone();
    let entry = |id: &Value| json!({"__typename": "Introduction", "id": id, "status": "REQUESTED"});
    assert_eq!(waits("aurora").await, json!({"totalCount": 2, "nodes": [entry(&first), entry(&second)]}));
    assert_eq!(waits("borealis").await["totalCount"], 0);
    act(&app, "aurora", super::ACCEPT, &first, json!({})).await.payload();
    assert_eq!(waits("aurora").await["nodes"], json!([entry(&second)]));
    app.clock.advance(TimeDelta::days(14));
    assert_eq!(waits("aurora").await["totalCount"], 0, "what has run out waits no more");
}
