//! The documents of the live feed that clients already send, unchanged.

use super::head;
use crate::support::{TestApp, on_both};
use entity::value::Role;
use futures::StreamExt;
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

on_both!(the_live_feed_and_its_pages_are_answered_in_full, what_is_confidential_is_told_to_who_sees_it,);

/// One operation of `contracts/co-sell.graphql`.
fn operation(start: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts/co-sell.graphql");
    let text = std::fs::read_to_string(path).unwrap();
    let from = text.find(&format!("{start}(")).unwrap();
    let to = from + text[from..].find("\n}\n").unwrap() + 2;
    text[from..to].to_owned()
}

async fn created(app: &TestApp, input: Value) -> Value {
    let document = operation("mutation CreateOpportunity");
    let made = app.graphql(&app.manager("aurora"), &document, json!({"input": input})).await;
    made.payload()["opportunity"]["id"].clone()
}

async fn the_live_feed_and_its_pages_are_answered_in_full(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let (ours, theirs) = (head(&app, &aurora).await, head(&app, &borealis).await);
    let live = operation("subscription CoSellAlerts");
    let mut stream = app.subscribe(&borealis, &live, json!({"after": theirs, "filter": {"kinds": ["INVITATION"]}}));
    let id = created(&app, json!({"title": "Answers for Acme", "customer": {"name": "Acme Inc."}})).await;
    let input = json!({"organization": "borealis", "message": "Shall we?", "role": "RESELLER"});
    let sent = app.graphql(&aurora, &operation("mutation Invite"), json!({"id": id, "input": input})).await;
    let invitation = sent.payload()["invitation"]["id"].clone();
    let told = tokio::time::timeout(Duration::from_secs(30), stream.next()).await.unwrap().unwrap();
    let told = told.at("/coSellAlerts");
    assert_eq!(told["alert"]["__typename"], "InvitationAlert");
    assert_eq!(told["alert"]["actor"], json!({"organization": {"slug": "aurora"}}));
    assert_eq!(
        told["alert"]["invitation"],
        json!({"id": invitation, "status": "PENDING", "opportunityTitle": "Answers for Acme"})
    );
    app.graphql(&borealis, &operation("mutation Accept"), json!({"id": invitation})).await.payload();

    // The owner's feed, from its own beginning: everything about the opportunity, live and as a page.
    let filter = json!({"opportunity": id, "stages": ["PROSPECT"]});
    let mut stream = app.subscribe(&aurora, &live, json!({"after": ours, "filter": filter}));
    let mut items = Vec::new();
    for _ in 0..4 {
        let item = tokio::time::timeout(Duration::from_secs(30), stream.next()).await.unwrap().unwrap();
        items.push(item.at("/coSellAlerts").clone());
    }
    let told: Vec<_> =
        items.iter().map(|item| (item["alert"]["__typename"].as_str().unwrap(), &item["alert"]["change"])).collect();
    assert_eq!(told[0], ("OpportunityAlert", &json!("CREATED")));
    assert!(told.contains(&("OpportunityAlert", &json!("SHARED"))), "{told:?}");
    assert_eq!(told.iter().filter(|(kind, _)| *kind == "InvitationAlert").count(), 2, "sent and accepted");
    let shown = json!({"id": id, "title": "Answers for Acme", "stage": "PROSPECT"});
    for item in items.iter().filter(|item| item["alert"]["__typename"] == "OpportunityAlert") {
        assert_eq!(item["alert"]["opportunity"], shown);
    }
    let variables = json!({"first": 4, "after": ours, "filter": filter});
    let page = app.graphql(&aurora, &operation("query Alerts"), variables).await;
    let edges = page.at("/alerts/edges").as_array().unwrap();
    assert_eq!(page.at("/alerts/pageInfo"), &json!({"hasNextPage": false, "endCursor": edges[3]["cursor"]}));
    for (edge, item) in edges.iter().zip(&items) {
        assert_eq!(edge["cursor"], item["cursor"]);
        for field in ["__typename", "id", "occurredAt"] {
            assert_eq!(edge["node"][field], item["alert"][field]);
        }
    }
}

async fn what_is_confidential_is_told_to_who_sees_it(app: TestApp) {
    created(&app, json!({"title": "Quiet", "customer": {"name": "Acme Inc."}, "confidential": true})).await;
    const READ: &str = "{ alerts(filter: {kinds: [OPPORTUNITY]}) { nodes { id actor { kind }
      ... on OpportunityAlert { change stage opportunity { title } } } } }";
    let seen = app.graphql(&app.manager("aurora"), READ, json!({})).await;
    let seen = seen.at("/alerts/nodes/0");
    assert_eq!(seen["opportunity"], json!({"title": "Quiet"}));
    assert_eq!((&seen["stage"], &seen["actor"]), (&json!("PROSPECT"), &json!({"kind": "PERSON"})));
    // Nobody named the other; that there was something is told all the same.
    let hidden = app.graphql(&app.actor("aurora", Role::Viewer), READ, json!({})).await;
    assert_eq!(
        hidden.at("/alerts/nodes/0"),
        &json!({"id": seen["id"], "actor": null, "change": "CREATED", "stage": null, "opportunity": null})
    );
}
