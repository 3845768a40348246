//! Memberships whose time runs out, and tiers that count from a later day on.

use super::{come_by, trail};
use crate::{
    cases::program::{APPLY, member, on_membership, program, text},
    support::{TestApp, on_both},
};
use chrono::TimeDelta;
use entity::membership;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

on_both!(an_expiry_is_put_on_record_once, a_demotion_counts_when_its_grace_is_over, what_is_renewed_does_not_run_out,);

const READ: &str = "query ($id: ID!) { node(id: $id) { ... on Membership {
  status tier { name } nextTierOn expiresOn revision history { tier { name } startsOn endsOn } } } }";

async fn approved(app: &TestApp, slug: &str, input: Value) -> String {
    let apply = json!({"input": {"program": slug, "types": ["CHANNEL"]}});
    let applied = app.graphql(&app.manager("borealis"), APPLY, apply).await;
    let id = text(&applied.payload()["membership"]["id"]);
    let approve = on_membership("membershipApprove", "MembershipApproveInput");
    app.graphql(&app.manager("aurora"), &approve, json!({"id": id, "input": input})).await.payload();
    id
}

/// What is shown, without the revision: that the change was written down is no change of what is shown.
async fn shown(app: &TestApp, id: &str) -> Value {
    let mut shown = app.graphql(&app.manager("borealis"), READ, json!({"id": id})).await.at("/node").clone();
    shown.as_object_mut().unwrap().remove("revision");
    shown
}

async fn stored_status(app: &TestApp) -> membership::MembershipStatus {
    membership::Entity::find().one(app.app.world.db.read()).await.unwrap().unwrap().status
}

async fn an_expiry_is_put_on_record_once(app: TestApp) {
    let [_, gold, ..] = program(&app, "stars").await;
    let id = approved(&app, "stars", json!({"tier": gold, "expiresOn": "2026-12-01"})).await;
    app.clock.advance(TimeDelta::days(28));
    assert_eq!(come_by(&app).await, 0, "on its last day it is in force");
    app.clock.advance(TimeDelta::days(1));
    let before = shown(&app, &id).await;
    assert_eq!(before["status"], "TERMINATED");
    assert_eq!(stored_status(&app).await, membership::MembershipStatus::Active, "as it was last written");
    let (one, other) = tokio::join!(come_by(&app), come_by(&app));
    assert_eq!((one + other, come_by(&app).await), (1, 0));
    assert_eq!(stored_status(&app).await, membership::MembershipStatus::Terminated);
    assert_eq!(shown(&app, &id).await, before, "reads were right before");
    for slug in ["aurora", "borealis"] {
        let entries = trail(&app, slug, "membership.came_due").await;
        assert_eq!(entries.len(), 1, "{slug}");
        assert_eq!(entries[0].actor_kind, "system");
    }
    // It may still be renewed, as one that ran out.
    let renew = on_membership("membershipRenew", "MembershipRenewInput!");
    let renewed =
        app.graphql(&app.manager("aurora"), &renew, json!({"id": id, "input": {"until": "2027-12-01"}})).await;
    assert_eq!(renewed.payload()["membership"]["status"], "ACTIVE");
}

async fn a_demotion_counts_when_its_grace_is_over(app: TestApp) {
    let [_, gold, silver, _] = program(&app, "grace").await;
    let id = member(&app, "grace", Some(&gold)).await;
    let assign = on_membership("membershipAssignTier", "MembershipAssignTierInput!");
    let demoted = app.graphql(&app.manager("aurora"), &assign, json!({"id": id, "input": {"tier": silver}})).await;
    assert_eq!(demoted.payload()["membership"]["nextTierOn"], "2026-12-02");
    app.clock.advance(TimeDelta::days(29));
    assert_eq!(come_by(&app).await, 0);
    app.clock.advance(TimeDelta::days(1));
    let before = shown(&app, &id).await;
    assert_eq!(before["tier"]["name"], "Silver");
    assert_eq!(come_by(&app).await, 1);
    assert_eq!(shown(&app, &id).await, before);
    assert_eq!(come_by(&app).await, 0);
    assert_eq!(trail(&app, "borealis", "membership.came_due").await.len(), 1);
}

async fn what_is_renewed_does_not_run_out(app: TestApp) {
    program(&app, "long").await;
    let id = approved(&app, "long", json!({"expiresOn": "2026-12-01"})).await;
    let renew = on_membership("membershipRenew", "MembershipRenewInput!");
    app.graphql(&app.manager("aurora"), &renew, json!({"id": id, "input": {"until": "2027-12-01"}})).await.payload();
    app.clock.advance(TimeDelta::days(60));
    assert_eq!(come_by(&app).await, 0);
    assert_eq!(shown(&app, &id).await["status"], "ACTIVE");
}
