//! Messages on demand: tests and replays.

use super::{PING, REPLAY, Receiver, admin, create, endpoint, read, sent};
use crate::support::{TestApp, on_both};
use serde_json::{Value, json};

on_both!(a_replay_asks_for_one_thing_that_is_there, the_log_is_read_in_pages,);

async fn a_replay_asks_for_one_thing_that_is_there(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    let cursor = read(&app, &id).await["cursor"].clone();
    let ping = app.graphql(&admin(&app), PING, json!({"id": id})).await.payload()["delivery"]["id"].clone();
    let other = create(&app, json!({"url": receiver.url})).await.payload()["webhookEndpoint"]["id"].clone();
    let replay =
        async |id: &Value, input: Value| app.graphql(&admin(&app), REPLAY, json!({"id": id, "input": input})).await;
    assert_eq!(replay(&id, json!({})).await.refusals(), ["INVALID_VALUE"]);
    assert_eq!(replay(&id, json!({"after": cursor, "delivery": ping})).await.refusals(), ["INVALID_VALUE"]);
    assert_eq!(replay(&id, json!({"delivery": ping})).await.refusals(), ["INVALID_STATE"], "a test is asked for anew");
    assert_eq!(replay(&other, json!({"delivery": ping})).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(replay(&id, json!({"delivery": id})).await.error_code(), "BAD_USER_INPUT");
    assert_eq!(replay(&id, json!({"after": "x"})).await.error_code(), "BAD_USER_INPUT");
    let unknown = json!("whe_00000000000070008000000000000001");
    assert_eq!(replay(&unknown, json!({"after": cursor})).await.refusals(), ["NOT_FOUND"]);
    // Behind what is no longer kept nothing can come again.
    sent(&app, "borealis").await;
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let op = app.app.op(partnergraph::op::Actor::Operator, "test", Vec::new());
    partnergraph::event::feed::trim(&op, op.now()).await.unwrap();
    assert_eq!(replay(&id, json!({"after": cursor})).await.refusals(), ["EXPIRED"]);
}

async fn the_log_is_read_in_pages(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    for _ in 0..3 {
        app.graphql(&admin(&app), PING, json!({"id": id})).await.payload();
    }
    let page = async |after: &Value| {
        let answer = app.graphql(&admin(&app), super::READ, json!({"id": id, "first": 2, "after": after})).await;
        answer.at("/webhookEndpoint/deliveries").clone()
    };
    let first = page(&Value::Null).await;
    assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
    let second = page(&first["pageInfo"]["endCursor"]).await;
    assert_eq!(second["nodes"].as_array().unwrap().len(), 1);
    let ids: std::collections::BTreeSet<_> = [&first, &second]
        .iter()
        .flat_map(|page| page["nodes"].as_array().unwrap())
        .map(|node| node["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 3);
}
