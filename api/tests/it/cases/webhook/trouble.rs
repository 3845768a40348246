//! Receivers that fail, vanish, or want no more.

use super::{PING, ROTATE, Receiver, UPDATE, admin, canceled, come_by, create, endpoint, read, sent};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::webhook_endpoint;
use partnergraph::{
    event::feed,
    op::{Actor, Clock},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

on_both!(
    a_failure_is_tried_again_with_growing_rests_and_the_next_waits,
    after_three_days_it_is_given_up_and_the_next_goes_out,
    a_redirect_is_no_success_and_a_closed_port_is_told,
    who_is_gone_is_switched_off_and_goes_on_when_it_is_back,
    a_feed_that_cannot_go_on_says_so,
    another_key_of_the_installation_is_noticed,
    the_log_is_kept_for_thirty_days,
);

async fn a_failure_is_tried_again_with_growing_rests_and_the_next_waits(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    let invitation = sent(&app, "borealis").await;
    canceled(&app, &invitation).await;
    receiver.answer([500, 503]);
    assert_eq!((come_by(&app).await, receiver.types()), (1, vec!["partnership.sent".to_owned()]));
    let shown = read(&app, &id).await;
    assert_eq!(shown["failures"], 1);
    let log = &shown["deliveries"]["nodes"][0];
    assert_eq!(
        (&log["status"], &log["problem"], &log["responseStatus"]),
        (&json!("PENDING"), &json!("STATUS"), &json!(500))
    );
    let next: chrono::DateTime<chrono::Utc> = shown["nextAttemptAt"].as_str().unwrap().parse().unwrap();
    let rest = next - app.clock.now();
    assert!(rest >= TimeDelta::seconds(5) && rest <= TimeDelta::seconds(6), "{rest}");
    app.clock.advance(TimeDelta::seconds(4));
    assert_eq!(come_by(&app).await, 0, "not yet");
    app.clock.advance(TimeDelta::seconds(2));
    assert_eq!((come_by(&app).await, receiver.types()), (1, vec!["partnership.sent".to_owned()]));
    app.clock.advance(TimeDelta::seconds(299));
    assert_eq!(come_by(&app).await, 0, "it rests longer");
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(come_by(&app).await, 2);
    assert_eq!(receiver.types(), ["partnership.sent", "partnership.canceled"], "the next came after it");
    let shown = read(&app, &id).await;
    assert_eq!((&shown["failures"], &shown["nextAttemptAt"]), (&json!(0), &Value::Null));
    let nodes = shown["deliveries"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 2, "one entry for all attempts of a message");
    assert_eq!(
        (&nodes[1]["status"], &nodes[1]["attempts"], &nodes[1]["problem"]),
        (&json!("DELIVERED"), &json!(3), &Value::Null)
    );
}

async fn after_three_days_it_is_given_up_and_the_next_goes_out(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    let invitation = sent(&app, "borealis").await;
    app.clock.advance(TimeDelta::hours(1));
    canceled(&app, &invitation).await;
    receiver.answer([500; 100]);
    let mut attempts = 0;
    for _ in 0..71 {
        attempts += come_by(&app).await;
        app.clock.advance(TimeDelta::hours(1));
    }
    assert!(receiver.types().iter().all(|kind| kind == "partnership.sent"), "the next waits");
    assert_eq!(read(&app, &id).await["deliveries"]["nodes"][0]["status"], "PENDING");
    // Three days after it happened to the hour, however long the last rest would have been.
    attempts += come_by(&app).await;
    assert_eq!(attempts, 10, "the last one with the end of the three days");
    let shown = read(&app, &id).await;
    let given_up = &shown["deliveries"]["nodes"][0];
    assert_eq!((&given_up["event"], &given_up["attempts"]), (&json!("partnership.sent"), &json!(10)));
    assert_eq!((&given_up["status"], &given_up["problem"]), (&json!("FAILED"), &json!("STATUS")));
    assert!(receiver.types().iter().all(|kind| kind == "partnership.sent"));
    // The receiver is well and had something against that one only: the next one does not wait for long.
    receiver.recover();
    app.clock.advance(TimeDelta::seconds(6));
    assert_eq!(come_by(&app).await, 1);
    assert_eq!(receiver.types(), ["partnership.canceled"]);
    assert_eq!(read(&app, &id).await["deliveries"]["nodes"][0]["status"], "DELIVERED");
}

async fn a_redirect_is_no_success_and_a_closed_port_is_told(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    sent(&app, "borealis").await;
    receiver.answer([302]);
    assert_eq!(come_by(&app).await, 1);
    let log = read(&app, &id).await["deliveries"]["nodes"][0].clone();
    assert_eq!((&log["problem"], &log["responseStatus"]), (&json!("STATUS"), &json!(302)));
    drop(receiver);
    app.clock.advance(TimeDelta::seconds(6));
    assert_eq!(come_by(&app).await, 1);
    let log = read(&app, &id).await["deliveries"]["nodes"][0].clone();
    assert_eq!(
        (&log["problem"], &log["responseStatus"], &log["attempts"]),
        (&json!("UNREACHABLE"), &Value::Null, &json!(2))
    );
    // Elsewhere it is tried at once.
    let other = Receiver::start().await;
    app.graphql(&admin(&app), UPDATE, json!({"id": id, "input": {"url": other.url}})).await.payload();
    assert_eq!((come_by(&app).await, other.types()), (1, vec!["partnership.sent".to_owned()]));
}

async fn who_is_gone_is_switched_off_and_goes_on_when_it_is_back(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    let invitation = sent(&app, "borealis").await;
    receiver.answer([410]);
    assert_eq!(come_by(&app).await, 1);
    let shown = read(&app, &id).await;
    assert_eq!((&shown["enabled"], &shown["disabledReason"]), (&json!(false), &json!("GONE")));
    canceled(&app, &invitation).await;
    app.clock.advance(TimeDelta::days(10));
    assert_eq!(come_by(&app).await, 0);
    assert_eq!(app.graphql(&admin(&app), PING, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);
    app.graphql(&admin(&app), UPDATE, json!({"id": id, "input": {"enabled": true}})).await.payload();
    receiver.got();
    // A message that failed at first is not given up at once for its age: the endpoint was off.
    receiver.answer([500]);
    assert_eq!(come_by(&app).await, 1);
    assert_eq!(read(&app, &id).await["deliveries"]["nodes"][0]["status"], "PENDING");
    app.clock.advance(TimeDelta::seconds(6));
    assert_eq!(come_by(&app).await, 2);
    assert_eq!(receiver.types(), ["partnership.sent", "partnership.sent", "partnership.canceled"]);
}

async fn a_feed_that_cannot_go_on_says_so(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    app.graphql(&admin(&app), UPDATE, json!({"id": id, "input": {"enabled": false}})).await.payload();
    let invitation = sent(&app, "borealis").await;
    app.clock.advance(TimeDelta::seconds(1));
    let op = app.app.op(Actor::Operator, "test", Vec::new());
    feed::trim(&op, op.now()).await.unwrap();
    canceled(&app, &invitation).await;
    app.graphql(&admin(&app), UPDATE, json!({"id": id, "input": {"enabled": true}})).await.payload();
    receiver.answer([500]);
    assert_eq!(come_by(&app).await, 1);
    app.clock.advance(TimeDelta::seconds(6));
    assert_eq!(come_by(&app).await, 2);
    let got = receiver.got();
    let types: Vec<_> = got.iter().map(|got| got.body["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["feed.reset", "feed.reset", "partnership.canceled"]);
    assert_eq!(got[0].header("webhook-id"), got[1].header("webhook-id"));
    assert_eq!(got[0].body["data"]["reason"], "TRIMMED");
    let head = app.graphql(&app.manager("aurora"), "{ alerts { headCursor } }", json!({})).await;
    assert_eq!(&got[1].body["data"]["head"], head.at("/alerts/headCursor"));
    feed::new_epoch(&op).await.unwrap();
    assert_eq!(come_by(&app).await, 2);
    let got = receiver.got();
    assert_eq!(
        (&got[0].body["data"]["reason"], &got[1].body["type"]),
        (&json!("OTHER_EPOCH"), &json!("partnership.canceled"))
    );
    assert_eq!(come_by(&app).await, 0);
}

async fn another_key_of_the_installation_is_noticed(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    let db = app.app.world.db.read();
    let mut row = webhook_endpoint::Entity::find().one(db).await.unwrap().unwrap().into_active_model();
    row.secret_check = Set("0011223344556677".to_owned());
    row.update(db).await.unwrap();
    sent(&app, "borealis").await;
    assert_eq!(come_by(&app).await, 0, "nothing is sent that nobody could check");
    assert!(receiver.got().is_empty());
    let shown = read(&app, &id).await;
    assert_eq!((&shown["enabled"], &shown["disabledReason"]), (&json!(false), &json!("KEY_CHANGED")));
    let on = json!({"id": id, "input": {"enabled": true}});
    assert_eq!(app.graphql(&admin(&app), UPDATE, on.clone()).await.refusals(), ["INVALID_STATE"]);
    let rotated = app.graphql(&admin(&app), ROTATE, json!({"id": id})).await;
    assert_eq!(rotated.payload()["webhookEndpoint"]["previousSecretValidUntil"], Value::Null, "the old one is lost");
    app.graphql(&admin(&app), UPDATE, on).await.payload();
    assert_eq!(come_by(&app).await, 1);
    assert!(!receiver.got()[0].header("webhook-signature").unwrap().contains(' '));
}

async fn the_log_is_kept_for_thirty_days(app: TestApp) {
    let receiver = Receiver::start().await;
    let made = create(&app, json!({"url": receiver.url})).await;
    let id = made.payload()["webhookEndpoint"]["id"].clone();
    let tidy = async || app.app.deadlines.run_once(&app.app.op(Actor::System, "test", Vec::new())).await.unwrap();
    let invitation = sent(&app, "borealis").await;
    assert_eq!(come_by(&app).await, 1);
    app.clock.advance(TimeDelta::days(20));
    canceled(&app, &invitation).await;
    receiver.answer([500]);
    assert_eq!(come_by(&app).await, 1);
    app.clock.advance(TimeDelta::days(10));
    tidy().await;
    assert_eq!(read(&app, &id).await["deliveries"]["totalCount"], 2);
    app.clock.advance(TimeDelta::seconds(1));
    tidy().await;
    assert_eq!(read(&app, &id).await["deliveries"]["totalCount"], 1);
    app.clock.advance(TimeDelta::days(30));
    tidy().await;
    assert_eq!(read(&app, &id).await["deliveries"]["nodes"][0]["status"], "PENDING", "what is waited for stays");
}
