//! A lead that is declined goes on to the next receiver, with the reason on record.

use super::{CANCEL, accept, alerts, befriend, decline, read, sent, told};
use crate::support::{TestApp, on_both, organization_id};
use chrono::TimeDelta;
use entity::{alert, id::TypedId, value::Role};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

on_both!(
    a_declined_lead_goes_on,
    the_next_one_does_not_learn_who_was_asked_before,
    the_last_refusal_ends_it,
    an_answer_and_an_expiry_at_once_leave_one,
);

async fn a_declined_lead_goes_on(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    let id = sent(&app, &["borealis", "comet"]).await;
    app.clock.advance(TimeDelta::days(1));
    decline(&app, &app.manager("borealis"), &id).await.payload();
    let ours = read(&app, &app.manager("aurora"), &id).await;
    assert_eq!(ours["status"], "SENT");
    assert_eq!(ours["receiver"]["slug"], "comet");
    assert_eq!(ours["expiresAt"], "2026-11-17T09:00:00+00:00");
    assert_eq!(ours["route"][0]["declineReason"], "NO_CAPACITY");
    assert_eq!(alerts(&app, "aurora").await, told(&[("SENT", "SENT"), ("REROUTED", "SENT")]));
    assert_eq!(alerts(&app, "borealis").await, told(&[("SENT", "SENT"), ("DECLINED", "DECLINED")]));
    assert_eq!(alerts(&app, "comet").await, told(&[("SENT", "SENT")]));

    let rerouted = alert::Entity::find().filter(alert::Column::Change.eq(alert::AlertChange::Rerouted));
    let rerouted = rerouted.one(app.app.world.db.read()).await.unwrap().unwrap();
    assert_eq!(
        rerouted.details["route"],
        json!({
            "from": organization_id("borealis").global(),
            "declineReason": "NO_CAPACITY",
            "to": organization_id("comet").global(),
        })
    );

    // Whoever declined learns nothing more; the next one does its own.
    accept(&app, &app.manager("comet"), &id).await.payload();
    let theirs = read(&app, &app.manager("borealis"), &id).await;
    assert_eq!((&theirs["status"], &theirs["receiver"]["slug"]), (&json!("DECLINED"), &json!("borealis")));
    assert_eq!(theirs["updatedAt"], "2026-11-03T09:00:00+00:00");
    assert_eq!((&theirs["revision"], &theirs["answerDays"]), (&json!(0), &json!(0)));
    assert_eq!(alerts(&app, "borealis").await.len(), 2);
}

async fn the_next_one_does_not_learn_who_was_asked_before(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    let id = sent(&app, &["borealis", "comet"]).await;
    decline(&app, &app.manager("borealis"), &id).await.payload();
    const ALERTS: &str = "{ alerts(first: 100) { nodes { ... on LeadAlert {
      change actor { kind organization { slug } } declinedBy { slug }
    } } } }";
    const TRAIL: &str = "query ($slug: String!, $id: ID!) { organization(slug: $slug) { auditEntries(subject: $id) {
      nodes { action actor { kind organization { slug } } } } } }";
    let told = app.graphql(&app.actor("comet", Role::Viewer), ALERTS, json!({})).await;
    let told = told.at("/alerts/nodes").as_array().unwrap().last().unwrap().clone();
    assert_eq!(told, json!({"change": "SENT", "actor": null, "declinedBy": null}));
    let trail = app.graphql(&app.actor("comet", Role::Admin), TRAIL, json!({"slug": "comet", "id": id})).await;
    assert_eq!(trail.at("/organization/auditEntries/nodes"), &json!([{"action": "lead.received", "actor": null}]));
    // What is kept says no more: webhooks are made from it.
    let kept = alert::Entity::find()
        .filter(alert::Column::OrganizationId.eq(organization_id("comet")))
        .filter(alert::Column::Kind.eq(alert::AlertKind::Lead));
    let kept = kept.one(app.app.world.db.read()).await.unwrap().unwrap();
    assert_eq!((kept.actor_kind.as_str(), kept.actor_id, kept.actor_organization_id), ("undisclosed", None, None));
    assert!(!kept.details.to_string().contains(&organization_id("borealis").global()));
    // The sender knows who it was, and the receiver who took it back.
    let told = app.graphql(&app.actor("aurora", Role::Viewer), ALERTS, json!({})).await;
    let told = told.at("/alerts/nodes").as_array().unwrap().last().unwrap().clone();
    let borealis = json!({"slug": "borealis"});
    assert_eq!((&told["actor"]["organization"], &told["declinedBy"]), (&borealis, &borealis));
    app.graphql(&app.manager("aurora"), CANCEL, json!({"id": id})).await.payload();
    let told = app.graphql(&app.actor("comet", Role::Viewer), ALERTS, json!({})).await;
    let told = told.at("/alerts/nodes").as_array().unwrap().last().unwrap().clone();
    assert_eq!((&told["change"], &told["actor"]["organization"]["slug"]), (&json!("CANCELED"), &json!("aurora")));
}

async fn the_last_refusal_ends_it(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    let id = sent(&app, &["borealis", "comet"]).await;
    decline(&app, &app.manager("borealis"), &id).await.payload();
    decline(&app, &app.manager("comet"), &id).await.payload();
    let ours = read(&app, &app.manager("aurora"), &id).await;
    assert_eq!((&ours["status"], &ours["expiresAt"]), (&json!("DECLINED"), &Value::Null));
    assert_eq!(alerts(&app, "aurora").await.last(), told(&[("DECLINED", "DECLINED")]).last());
}

async fn an_answer_and_an_expiry_at_once_leave_one(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    let id = sent(&app, &["borealis", "comet"]).await;
    app.clock.advance(TimeDelta::days(14));
    let op = app.app.op(partnergraph::op::Actor::System, "test", Vec::new());
    let borealis = app.manager("borealis");
    let (expired, answer) =
        tokio::join!(partnergraph::lead::service::expire_due(&op, 5), decline(&app, &borealis, &id));
    assert_eq!(answer.refusals(), ["EXPIRED"]);
    // The engine passes over a row that is in the hands of the answer, which lets it go in its own time, and comes by again.
    let mut moved = expired.unwrap();
    let again = async {
        while moved == 0 {
            moved += partnergraph::lead::service::expire_due(&op, 5).await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), again).await.expect("nobody passes it on");
    assert_eq!(moved, 1);
    assert_eq!(partnergraph::lead::service::expire_due(&op, 5).await.unwrap(), 0);
    assert_eq!(read(&app, &app.manager("aurora"), &id).await["receiver"]["slug"], "comet");
    assert_eq!(alerts(&app, "comet").await, told(&[("SENT", "SENT")]));
}
