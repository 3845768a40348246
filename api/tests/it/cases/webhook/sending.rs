//! What a receiver gets, in which order, and by whom.

use super::{ROTATE, Receiver, UPDATE, admin, canceled, come_by, create, endpoint, read, sent};
use crate::support::{TestApp, on_both, organization_id};
use chrono::TimeDelta;
use entity::{id::TypedId, value::OrganizationStatus, webhook_endpoint};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use standardwebhooks::Webhook;

on_both!(
    a_message_is_signed_and_says_what_the_alert_says,
    messages_come_in_the_order_of_the_feed_once,
    an_endpoint_gets_what_it_wants,
    a_rotated_secret_signs_beside_the_one_before_for_a_day,
    one_sends_at_a_time_and_a_crash_lets_go,
    an_organization_that_is_not_active_gets_nothing_until_it_is,
    two_endpoints_do_not_wait_for_each_other,
    it_runs_beside_the_server,
);

async fn a_message_is_signed_and_says_what_the_alert_says(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, secret) = endpoint(&app, &receiver).await;
    let invitation = sent(&app, "borealis").await;
    assert_eq!(come_by(&app).await, 1);
    let got = receiver.got();
    assert_eq!(got.len(), 1);
    let (message, body) = (&got[0], &got[0].body);
    let alert = app.graphql(&app.manager("aurora"), "{ alerts { edges { cursor node { id } } } }", json!({})).await;
    let edge = alert.at("/alerts/edges/0");
    assert_eq!(message.header("webhook-id"), edge["node"]["id"].as_str());
    assert_eq!(message.header("webhook-timestamp"), Some("1793610000"));
    assert_eq!(message.header("content-type"), Some("application/json"));
    assert_eq!(message.header("webhook-replayed"), None);
    // As the receiver checks it, from the secret as it was shown.
    let id_header = message.header("webhook-id").unwrap();
    let expected = Webhook::new(&secret).unwrap().sign(id_header, 1_793_610_000, message.text.as_bytes()).unwrap();
    assert_eq!(message.header("webhook-signature"), Some(&*expected));
    assert_eq!((&body["id"], &body["cursor"]), (&edge["node"]["id"], &edge["cursor"]));
    assert_eq!(
        (&body["type"], &body["timestamp"]),
        (&json!("partnership.sent"), &json!("2026-11-02T09:00:00.000000Z"))
    );
    assert_eq!((&body["replayed"], &body["data"]["subject"]), (&json!(false), &invitation));
    assert_eq!(body["data"]["actor"], json!({"kind": "PERSON", "organization": organization_id("aurora").global()}));
    assert_eq!(body["data"]["details"]["status"], "PENDING");

    let shown = read(&app, &id).await;
    assert_eq!(shown["cursor"], edge["cursor"]);
    let log = &shown["deliveries"]["nodes"][0];
    assert_eq!(
        (&log["status"], &log["attempts"], &log["responseStatus"]),
        (&json!("DELIVERED"), &json!(1), &json!(204))
    );
    assert_eq!((&log["messageId"], &log["event"]), (&edge["node"]["id"], &json!("partnership.sent")));
    assert_eq!((&log["cursor"], &log["problem"], &log["endpoint"]["id"]), (&edge["cursor"], &Value::Null, &id));
}

async fn messages_come_in_the_order_of_the_feed_once(app: TestApp) {
    sent(&app, "comet").await;
    let receiver = Receiver::start().await;
    endpoint(&app, &receiver).await;
    assert_eq!(come_by(&app).await, 0, "what was before it was made is not sent");
    let invitation = sent(&app, "borealis").await;
    canceled(&app, &invitation).await;
    sent(&app, "borealis").await;
    assert_eq!(come_by(&app).await, 3);
    assert_eq!(receiver.types(), ["partnership.sent", "partnership.canceled", "partnership.sent"]);
    assert_eq!(come_by(&app).await, 0);
}

async fn an_endpoint_gets_what_it_wants(app: TestApp) {
    let receiver = Receiver::start().await;
    let made = create(&app, json!({"url": receiver.url, "changes": ["CANCELED"]})).await;
    let id = made.payload()["webhookEndpoint"]["id"].clone();
    let invitation = sent(&app, "borealis").await;
    sent(&app, "comet").await;
    assert_eq!(come_by(&app).await, 0);
    let head = app.graphql(&app.manager("aurora"), "{ alerts { headCursor } }", json!({})).await;
    assert_eq!(&read(&app, &id).await["cursor"], head.at("/alerts/headCursor"), "what it does not want is done with");
    canceled(&app, &invitation).await;
    assert_eq!((come_by(&app).await, receiver.types()), (1, vec!["partnership.canceled".to_owned()]));
    let leads = json!({"id": id, "input": {"kinds": ["LEAD"], "changes": null}});
    app.graphql(&admin(&app), UPDATE, leads).await.payload();
    sent(&app, "borealis").await;
    assert_eq!(come_by(&app).await, 0);
    assert!(receiver.got().is_empty());
}

async fn a_rotated_secret_signs_beside_the_one_before_for_a_day(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, old) = endpoint(&app, &receiver).await;
    let rotated = app.graphql(&admin(&app), ROTATE, json!({"id": id})).await;
    let new = rotated.payload()["secret"].as_str().unwrap().to_owned();
    assert_ne!(old, new);
    assert_eq!(rotated.payload()["webhookEndpoint"]["previousSecretValidUntil"], "2026-11-03T09:00:00+00:00");
    let signatures = async |slug: &str| {
        sent(&app, slug).await;
        assert_eq!(come_by(&app).await, 1);
        let got = receiver.got().pop().unwrap();
        let at = got.header("webhook-timestamp").unwrap().parse().unwrap();
        let by = |secret: &str| {
            Webhook::new(secret).unwrap().sign(got.header("webhook-id").unwrap(), at, got.text.as_bytes())
        };
        (got.header("webhook-signature").unwrap().to_owned(), by(&new).unwrap(), by(&old).unwrap())
    };
    let (both, by_new, by_old) = signatures("borealis").await;
    assert_eq!(both, format!("{by_new} {by_old}"));
    app.clock.advance(TimeDelta::hours(24));
    let (one, by_new, _) = signatures("comet").await;
    assert_eq!(one, by_new);
    assert_eq!(read(&app, &id).await["previousSecretValidUntil"], Value::Null);
}

async fn one_sends_at_a_time_and_a_crash_lets_go(app: TestApp) {
    let receiver = Receiver::start().await;
    endpoint(&app, &receiver).await;
    let invitation = sent(&app, "borealis").await;
    canceled(&app, &invitation).await;
    let four = tokio::join!(come_by(&app), come_by(&app), come_by(&app), come_by(&app));
    assert_eq!(four.0 + four.1 + four.2 + four.3 + come_by(&app).await, 2);
    assert_eq!(receiver.types(), ["partnership.sent", "partnership.canceled"]);

    // Another replica took the lease, and crashed.
    sent(&app, "borealis").await;
    let db = app.app.world.db.read();
    let mut row = webhook_endpoint::Entity::find().one(db).await.unwrap().unwrap().into_active_model();
    row.lease_holder = Set(Some(uuid::Uuid::from_u128(7)));
    row.lease_until = Set(Some(partnergraph::op::Clock::now(&*app.clock) + TimeDelta::seconds(60)));
    row.update(db).await.unwrap();
    assert_eq!(come_by(&app).await, 0, "while it may still be at it");
    app.clock.advance(TimeDelta::seconds(60));
    assert_eq!((come_by(&app).await, receiver.types()), (1, vec!["partnership.sent".to_owned()]));
}

async fn an_organization_that_is_not_active_gets_nothing_until_it_is(app: TestApp) {
    let receiver = Receiver::start().await;
    endpoint(&app, &receiver).await;
    sent(&app, "borealis").await;
    let db = app.app.world.db.read();
    let set = async |status| {
        let row = entity::organization::Entity::find_by_id(organization_id("aurora")).one(db).await.unwrap().unwrap();
        let mut row = row.into_active_model();
        row.status = Set(status);
        row.update(db).await.unwrap();
    };
    set(OrganizationStatus::Suspended).await;
    assert_eq!(come_by(&app).await, 0);
    set(OrganizationStatus::Active).await;
    assert_eq!((come_by(&app).await, receiver.types()), (1, vec!["partnership.sent".to_owned()]));
}

async fn two_endpoints_do_not_wait_for_each_other(app: TestApp) {
    let (well, ill) = (Receiver::start().await, Receiver::start().await);
    endpoint(&app, &ill).await;
    endpoint(&app, &well).await;
    ill.answer([500; 10]);
    let invitation = sent(&app, "borealis").await;
    canceled(&app, &invitation).await;
    assert_eq!(come_by(&app).await, 3);
    assert_eq!((ill.types().len(), well.types().len()), (1, 2));
}

async fn it_runs_beside_the_server(app: TestApp) {
    let receiver = Receiver::start().await;
    endpoint(&app, &receiver).await;
    let beside = app.app.start();
    sent(&app, "borealis").await;
    let arrived = async {
        while receiver.got().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), arrived).await.unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(30), beside.stop()).await.unwrap();
    assert_eq!(come_by(&app).await, 0, "it was sent once, and the lease was let go of");
    sent(&app, "comet").await;
    assert_eq!(come_by(&app).await, 1);
}
