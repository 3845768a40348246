//! What a receiver gets, in which order, and by whom.

use super::{ROTATE, Receiver, UPDATE, admin, canceled, come_by, create, endpoint, read, sent};
use crate::support::{TestApp, on_both, organization_id};
use chrono::TimeDelta;
use entity::value::OrganizationStatus;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use standardwebhooks::Webhook;

on_both!(
    an_endpoint_gets_what_it_wants,
    a_rotated_secret_signs_beside_the_one_before_for_a_day,
    an_organization_that_is_not_active_gets_nothing_until_it_is,
);

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
