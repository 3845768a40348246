//! The clock: a receiver that does not answer is passed over, once, by whichever replica comes first.

use super::{acme_to, alerts, befriend, create, read, sent, told};
use crate::{
    cases::partnership,
    support::{TestApp, on_both, organization_id},
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{alert, audit_entry, id::TypedId};
use partnergraph::{lead::service, op::Actor};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

on_both!(
    what_nobody_answered_comes_back,
    it_goes_on_to_the_next,
    who_is_no_partner_any_more_is_passed_over,
    replicas_pass_it_on_once,
    a_limit_is_kept,
    the_next_expiry_is_known,
    the_system_is_said_to_have_done_it,
);

async fn expire(app: &TestApp, limit: u64) -> usize {
    let op = app.app.op(Actor::System, "test", Vec::new());
    service::expire_due(&op, limit).await.unwrap()
}

async fn next(app: &TestApp) -> Option<DateTime<Utc>> {
    service::next_expiry(&app.app.op(Actor::System, "test", Vec::new())).await.unwrap()
}

async fn what_nobody_answered_comes_back(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let id = sent(&app, &["borealis"]).await;
    assert_eq!(expire(&app, 10).await, 0);
    app.clock.advance(TimeDelta::days(14));
    assert_eq!(expire(&app, 10).await, 1);
    assert_eq!(expire(&app, 10).await, 0, "once is enough");
    let ours = read(&app, &app.manager("aurora"), &id).await;
    assert_eq!(ours["status"], "EXPIRED");
    assert_eq!(ours["route"][0]["state"], "EXPIRED");
    assert_eq!(ours["route"][0]["answeredAt"], "2026-11-16T09:00:00+00:00");
    assert_eq!(read(&app, &app.manager("borealis"), &id).await["status"], "EXPIRED");
    let both = told(&[("SENT", "SENT"), ("EXPIRED", "EXPIRED")]);
    assert_eq!(alerts(&app, "aurora").await, both);
    assert_eq!(alerts(&app, "borealis").await, both);
}

async fn it_goes_on_to_the_next(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    let mut input = acme_to(&["borealis", "comet"]);
    input["answerDays"] = json!(3);
    let made = create(&app, &app.manager("aurora"), input).await;
    let id = &made.payload()["lead"]["id"];
    app.clock.advance(TimeDelta::days(4));
    // Until it is written down, it is on its way for the sender and over for the receiver.
    assert_eq!(read(&app, &app.manager("aurora"), id).await["status"], "SENT");
    assert_eq!(read(&app, &app.manager("borealis"), id).await["status"], "EXPIRED");
    assert_eq!(read(&app, &app.manager("comet"), id).await, Value::Null);

    assert_eq!(expire(&app, 10).await, 1);
    let theirs = read(&app, &app.manager("comet"), id).await;
    assert_eq!(theirs["status"], "SENT");
    assert_eq!(theirs["createdAt"], "2026-11-06T09:00:00+00:00", "when it was asked");
    assert_eq!(theirs["expiresAt"], "2026-11-09T09:00:00+00:00", "it has three days, too");
    assert_eq!(theirs["route"].as_array().unwrap().len(), 1, "who was asked before is nobody's business");
    let ours = read(&app, &app.manager("aurora"), id).await;
    assert_eq!(ours["receiver"]["slug"], "comet");
    let states: Vec<_> = ours["route"].as_array().unwrap().iter().map(|step| step["state"].clone()).collect();
    assert_eq!(states, ["EXPIRED", "SENT"]);
    assert_eq!(alerts(&app, "aurora").await, told(&[("SENT", "SENT"), ("REROUTED", "SENT")]));
    assert_eq!(alerts(&app, "borealis").await, told(&[("SENT", "SENT"), ("EXPIRED", "EXPIRED")]));
    assert_eq!(alerts(&app, "comet").await, told(&[("SENT", "SENT")]));

    app.clock.advance(TimeDelta::days(3));
    assert_eq!(read(&app, &app.manager("aurora"), id).await["status"], "EXPIRED", "nobody else waits");
    assert_eq!(expire(&app, 10).await, 1);
    assert_eq!(read(&app, &app.manager("aurora"), id).await["status"], "EXPIRED");
}

async fn who_is_no_partner_any_more_is_passed_over(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let partnership = partnership::begin(&app, "aurora", "comet").await;
    let id = sent(&app, &["borealis", "comet"]).await;
    partnership::end(&app, "aurora", &partnership).await;
    app.clock.advance(TimeDelta::days(14));
    assert_eq!(expire(&app, 10).await, 1);
    let ours = read(&app, &app.manager("aurora"), &id).await;
    assert_eq!(ours["status"], "EXPIRED");
    assert_eq!(ours["receiver"]["slug"], "borealis");
    assert_eq!(ours["route"][1]["state"], "SKIPPED");
    assert_eq!(ours["route"][1]["skipReason"], "NOT_A_PARTNER");
    assert_eq!(ours["route"][1]["sentAt"], Value::Null);
    assert_eq!(alerts(&app, "comet").await, []);
}

async fn replicas_pass_it_on_once(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    for _ in 0..5 {
        sent(&app, &["borealis", "comet"]).await;
    }
    app.clock.advance(TimeDelta::days(14));
    let (one, two, three) = tokio::join!(expire(&app, 10), expire(&app, 10), expire(&app, 10));
    // Whoever found one in the hands of another left it; nothing was done twice.
    let later = expire(&app, 10).await;
    assert_eq!(one + two + three + later, 5);
    let rerouted = alerts(&app, "aurora").await.into_iter().filter(|(change, _)| change == "REROUTED");
    assert_eq!(rerouted.count(), 5);
    assert_eq!(alerts(&app, "comet").await.len(), 5);
}

async fn a_limit_is_kept(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    for _ in 0..3 {
        sent(&app, &["borealis"]).await;
    }
    app.clock.advance(TimeDelta::days(14));
    assert_eq!(expire(&app, 2).await, 2);
    assert_eq!(expire(&app, 2).await, 1);
}

async fn the_next_expiry_is_known(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    assert_eq!(next(&app).await, None);
    sent(&app, &["borealis"]).await;
    let first = next(&app).await;
    assert_eq!(first.map(|at| at.to_rfc3339()).as_deref(), Some("2026-11-16T09:00:00+00:00"));
    app.clock.advance(TimeDelta::days(1));
    sent(&app, &["borealis"]).await;
    assert_eq!(next(&app).await, first);
    app.clock.advance(TimeDelta::days(13));
    expire(&app, 10).await;
    assert_eq!(next(&app).await, first.map(|at| at + TimeDelta::days(1)));
}

async fn the_system_is_said_to_have_done_it(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let id = sent(&app, &["borealis"]).await;
    app.clock.advance(TimeDelta::days(14));
    expire(&app, 10).await;
    let db = app.app.world.db.read();
    let expired = alert::Entity::find()
        .filter(alert::Column::OrganizationId.eq(organization_id("aurora")))
        .filter(alert::Column::Change.eq(alert::AlertChange::Expired));
    let expired = expired.one(db).await.unwrap().unwrap();
    assert_eq!((expired.actor_kind.as_str(), expired.actor_id), ("system", None));
    assert_eq!(expired.details["route"]["from"], json!(organization_id("borealis").global()));
    let entry = audit_entry::Entity::find()
        .filter(audit_entry::Column::Subject.eq(id.as_str().unwrap()))
        .filter(audit_entry::Column::Action.eq("lead.expired"))
        .filter(audit_entry::Column::OrganizationId.eq(organization_id("aurora")));
    assert_eq!(entry.one(db).await.unwrap().unwrap().actor_kind, "system");
}
