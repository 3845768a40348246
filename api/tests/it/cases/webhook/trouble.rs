//! Receivers that fail, vanish, or want no more.

use super::{ROTATE, Receiver, UPDATE, admin, come_by, endpoint, read, sent};
use crate::support::{TestApp, on_both};
use entity::webhook_endpoint;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

on_both!(another_key_of_the_installation_is_noticed,);

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
