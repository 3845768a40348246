//! Messages on demand: tests and replays.

use super::{PING, REPLAY, Receiver, admin, canceled, come_by, create, endpoint, read, sent};
use crate::support::{TestApp, on_both};
use serde_json::{Value, json};

on_both!(
    a_test_message_goes_out_once_whatever_comes_of_it,
    tests_are_bounded_and_do_not_come_before_everything_else,
    nothing_is_skipped_by_a_replay,
    everything_behind_a_cursor_comes_again_marked_and_in_order,
    one_message_comes_again_aside_from_the_order,
    a_replay_asks_for_one_thing_that_is_there,
    the_log_is_read_in_pages,
);

async fn a_test_message_goes_out_once_whatever_comes_of_it(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    let pinged = app.graphql(&admin(&app), PING, json!({"id": id})).await;
    let delivery = pinged.payload()["delivery"].clone();
    assert_eq!(
        (&delivery["event"], &delivery["status"], &delivery["aside"]),
        (&json!("ping"), &json!("PENDING"), &json!(true))
    );
    assert_eq!(come_by(&app).await, 1);
    let got = receiver.got().pop().unwrap();
    assert_eq!((got.header("webhook-id"), &got.body["type"]), (delivery["messageId"].as_str(), &json!("ping")));
    assert_eq!((&got.body["cursor"], &got.body["data"]), (&Value::Null, &json!({})));
    app.graphql(&admin(&app), PING, json!({"id": id})).await.payload();
    // It fails, and holds up nothing.
    sent(&app, "borealis").await;
    receiver.answer([500]);
    assert_eq!((come_by(&app).await, receiver.types()), (2, vec!["ping".to_owned(), "partnership.sent".to_owned()]));
    app.clock.advance(chrono::TimeDelta::days(1));
    assert_eq!(come_by(&app).await, 0);
    let nodes = read(&app, &id).await["deliveries"]["nodes"].clone();
    let statuses: Vec<_> = nodes.as_array().unwrap().iter().map(|node| (&node["event"], &node["status"])).collect();
    assert!(
        statuses.contains(&(&json!("ping"), &json!("FAILED")))
            && statuses.contains(&(&json!("ping"), &json!("DELIVERED")))
    );
    assert_eq!(read(&app, &id).await["failures"], 0);
}

async fn tests_are_bounded_and_do_not_come_before_everything_else(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    let ping = async || app.graphql(&admin(&app), PING, json!({"id": id})).await;
    let invitation = sent(&app, "borealis").await;
    canceled(&app, &invitation).await;
    for _ in 0..20 {
        ping().await.payload();
    }
    assert_eq!(ping().await.refusals(), ["TOO_MANY"]);
    assert_eq!(come_by(&app).await, 22);
    assert_eq!(receiver.types()[..5], ["ping", "partnership.sent", "ping", "partnership.canceled", "ping"]);
    // Also when they are out, and for a single message too.
    assert_eq!(ping().await.refusals(), ["TOO_MANY"]);
    let log = read(&app, &id).await["deliveries"]["nodes"].clone();
    let of_an_alert = log.as_array().unwrap().iter().find(|node| node["event"] == "partnership.sent").unwrap();
    let replay = async || {
        let input = json!({"id": id, "input": {"delivery": of_an_alert["id"]}});
        app.graphql(&admin(&app), REPLAY, input).await
    };
    assert_eq!(replay().await.refusals(), ["TOO_MANY"]);
    app.clock.advance(chrono::TimeDelta::seconds(61));
    replay().await.payload();
    ping().await.payload();
    assert_eq!(come_by(&app).await, 2);
}

async fn nothing_is_skipped_by_a_replay(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    let other = create(&app, json!({"url": receiver.url})).await.payload()["webhookEndpoint"]["id"].clone();
    let start = read(&app, &id).await["cursor"].clone();
    receiver.answer([500]);
    let invitation = sent(&app, "borealis").await;
    canceled(&app, &invitation).await;
    // The first endpoint has not taken anything yet; the second one has, and so knows a cursor ahead of it.
    come_by(&app).await;
    let cursors = [read(&app, &id).await["cursor"].clone(), read(&app, &other).await["cursor"].clone()];
    let (behind, ahead) = if cursors[0] == start { (&id, &cursors[1]) } else { (&other, &cursors[0]) };
    assert_ne!(*ahead, start);
    let replay =
        async |after: &Value| app.graphql(&admin(&app), REPLAY, json!({"id": behind, "input": {"after": after}})).await;
    assert_eq!(replay(ahead).await.refusals(), ["INVALID_VALUE"]);
    replay(&start).await.payload();
    receiver.got();
    assert_eq!(come_by(&app).await, 2);
    // Behind what it has had by now, it may be set anywhere.
    replay(ahead).await.payload();
    replay(&start).await.payload();
    replay(ahead).await.payload();
}

async fn everything_behind_a_cursor_comes_again_marked_and_in_order(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    let start = read(&app, &id).await["cursor"].clone();
    let invitation = sent(&app, "borealis").await;
    canceled(&app, &invitation).await;
    assert_eq!(come_by(&app).await, 2);
    let first = receiver.got();
    let replayed = app.graphql(&admin(&app), REPLAY, json!({"id": id, "input": {"after": start}})).await;
    assert_eq!(
        (&replayed.payload()["webhookEndpoint"]["cursor"], &replayed.payload()["delivery"]),
        (&start, &Value::Null)
    );
    sent(&app, "borealis").await;
    assert_eq!(come_by(&app).await, 3);
    let again = receiver.got();
    for (before, after) in first.iter().zip(&again) {
        assert_eq!(before.header("webhook-id"), after.header("webhook-id"), "a receiver knows it again");
        assert_eq!((after.header("webhook-replayed"), &after.body["replayed"]), (Some("true"), &json!(true)));
        assert_eq!(before.body["data"], after.body["data"]);
    }
    assert_eq!((again[2].header("webhook-replayed"), &again[2].body["replayed"]), (None, &json!(false)), "that is new");
    // From the middle.
    let middle = first[0].body["cursor"].clone();
    app.graphql(&admin(&app), REPLAY, json!({"id": id, "input": {"after": middle}})).await.payload();
    assert_eq!(
        (come_by(&app).await, receiver.types()),
        (2, vec!["partnership.canceled".to_owned(), "partnership.sent".to_owned()])
    );
}

async fn one_message_comes_again_aside_from_the_order(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    let invitation = sent(&app, "borealis").await;
    canceled(&app, &invitation).await;
    assert_eq!(come_by(&app).await, 2);
    let first = receiver.got().remove(0);
    let shown = read(&app, &id).await;
    let delivery = shown["deliveries"]["nodes"][1]["id"].clone();
    let again = app.graphql(&admin(&app), REPLAY, json!({"id": id, "input": {"delivery": delivery}})).await;
    let again = again.payload()["delivery"].clone();
    assert_eq!(
        (&again["status"], &again["aside"], &again["replayed"]),
        (&json!("PENDING"), &json!(true), &json!(true))
    );
    assert_eq!(come_by(&app).await, 1);
    let got = receiver.got().pop().unwrap();
    assert_eq!((got.header("webhook-id"), got.header("webhook-replayed")), (first.header("webhook-id"), Some("true")));
    assert_eq!(read(&app, &id).await["cursor"], shown["cursor"], "the order is as it was");
}

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
