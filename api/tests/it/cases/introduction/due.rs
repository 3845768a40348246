//! The clock: a request that nobody answers runs out, once, by whichever replica comes first.

use super::{act, asked, partners, read, told, words};
use crate::support::{TestApp, on_both};
use chrono::{DateTime, TimeDelta, Utc};
use partnergraph::{introduction::service, op::Actor};
use serde_json::json;

on_both!(
    what_nobody_answered_runs_out,
    replicas_put_it_on_record_once,
    what_has_run_out_stands_in_nobodys_way,
    what_was_answered_does_not_run_out,
    the_next_expiry_is_known,
);

async fn expire(app: &TestApp, limit: u64) -> usize {
    service::expire_due(&app.app.op(Actor::System, "test", Vec::new()), limit).await.unwrap()
}

async fn next(app: &TestApp) -> Option<DateTime<Utc>> {
    service::next_expiry(&app.app.op(Actor::System, "test", Vec::new())).await.unwrap()
}

async fn what_nobody_answered_runs_out(app: TestApp) {
    let partners = partners(&app, 3).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    for overlap in &partners.overlaps[1..] {
        asked(&app, overlap).await;
    }
    assert_eq!(expire(&app, 10).await, 0);
    app.clock.advance(TimeDelta::days(14));
    assert_eq!(read(&app, "borealis", &id).await["status"], "EXPIRED", "by the clock, before it is on record");
    assert_eq!(expire(&app, 2).await, 2, "a limit is kept");
    assert_eq!(expire(&app, 2).await, 1);
    assert_eq!(expire(&app, 2).await, 0, "once is enough");
    assert_eq!(read(&app, "aurora", &id).await["status"], "EXPIRED");
    let expired = words(&[("EXPIRED", "EXPIRED")]).remove(0);
    for slug in ["aurora", "borealis"] {
        assert_eq!(told(&app, slug).await.iter().filter(|told| **told == expired).count(), 3, "{slug}");
    }
    let actor = "query { alerts(first: 100, filter: {kinds: [INTRODUCTION]}) { nodes { ... on IntroductionAlert {
        change actor { __typename } } } } }";
    let alerts = app.graphql(&app.manager("aurora"), actor, json!({})).await;
    let alerts = alerts.at("/alerts/nodes").as_array().unwrap();
    assert!(alerts.iter().filter(|alert| alert["change"] == "EXPIRED").all(|alert| alert["actor"].is_null()));
}

async fn replicas_put_it_on_record_once(app: TestApp) {
    let partners = partners(&app, 2).await;
    for overlap in &partners.overlaps {
        asked(&app, overlap).await;
    }
    app.clock.advance(TimeDelta::days(15));
    let (one, other) = tokio::join!(expire(&app, 10), expire(&app, 10));
    assert_eq!(one + other, 2);
    assert_eq!(told(&app, "aurora").await.len(), 4);
}

async fn what_has_run_out_stands_in_nobodys_way(app: TestApp) {
    let partners = partners(&app, 1).await;
    asked(&app, &partners.overlaps[0]).await;
    app.clock.advance(TimeDelta::days(14));
    // The engine has not come by.
    asked(&app, &partners.overlaps[0]).await;
    let all = words(&[("SENT", "REQUESTED"), ("EXPIRED", "EXPIRED"), ("SENT", "REQUESTED")]);
    assert_eq!(told(&app, "aurora").await, all);
}

async fn what_was_answered_does_not_run_out(app: TestApp) {
    let partners = partners(&app, 2).await;
    let accepted = super::accepted(&app, &partners.overlaps[0]).await;
    let canceled = asked(&app, &partners.overlaps[1]).await;
    act(&app, "borealis", super::CANCEL, &canceled, json!({})).await.payload();
    app.clock.advance(TimeDelta::days(99));
    assert_eq!(expire(&app, 10).await, 0);
    assert_eq!(read(&app, "aurora", &accepted).await["status"], "ACCEPTED");
}

async fn the_next_expiry_is_known(app: TestApp) {
    let partners = partners(&app, 1).await;
    assert_eq!(next(&app).await, None);
    let id = asked(&app, &partners.overlaps[0]).await;
    assert_eq!(next(&app).await, Some(app.app.world.clock.now() + TimeDelta::days(14)));
    act(&app, "aurora", super::ACCEPT, &id, json!({})).await.payload();
    assert_eq!(next(&app).await, None);
}
