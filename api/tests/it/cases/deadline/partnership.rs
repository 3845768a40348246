//! Invitations that nobody answers, and announced ends that come.

use super::{alerts, come_by, trail};
use crate::{
    cases::partnership::{END, invite, partners, to},
    support::{TestApp, on_both},
};
use chrono::TimeDelta;
use entity::{alert::AlertChange, id::TypedId};
use serde_json::{Value, json};

on_both!(
    an_invitation_expires_once_whoever_comes_first,
    who_invites_anew_only_comes_upon_it,
    an_invitation_that_was_answered_does_not_expire,
    many_expire_in_one_turn,
    an_announced_end_is_told_when_its_day_comes,
    an_end_of_today_is_told_at_once,
);

const STATUS: &str = "query ($id: ID!) { node(id: $id) {
  ... on PartnershipInvitation { status answeredAt } ... on Partnership { status revision } } }";

async fn sent(app: &TestApp) -> Value {
    invite(app, &app.manager("aurora"), to("borealis")).await.payload()["invitation"]["id"].clone()
}

async fn an_invitation_expires_once_whoever_comes_first(app: TestApp) {
    let id = sent(&app).await;
    app.clock.advance(TimeDelta::days(30) - TimeDelta::microseconds(1));
    assert_eq!(come_by(&app).await, 0, "it is open to its last moment");
    app.clock.advance(TimeDelta::microseconds(1));
    // It reads as expired before anybody has put that on record.
    let read = async || app.graphql(&app.manager("borealis"), STATUS, json!({"id": id})).await;
    assert_eq!(read().await.at("/node"), &json!({"status": "EXPIRED", "answeredAt": null}));
    let four = tokio::join!(come_by(&app), come_by(&app), come_by(&app), come_by(&app));
    assert_eq!(four.0 + four.1 + four.2 + four.3, 1, "one acts");
    assert_eq!(come_by(&app).await, 0, "and nothing is left");
    assert_eq!(read().await.at("/node"), &json!({"status": "EXPIRED", "answeredAt": null}));
    for slug in ["aurora", "borealis"] {
        let entries = trail(&app, slug, "partnership_invitation.expired").await;
        assert_eq!(entries.len(), 1, "{slug}");
        assert_eq!((entries[0].actor_kind.as_str(), entries[0].actor_id), ("system", None));
        assert_eq!(entries[0].before.as_ref().unwrap()["status"], "PENDING");
        let told = alerts(&app, slug, AlertChange::Expired).await;
        assert_eq!(told.len(), 1, "{slug}");
        assert_eq!((told[0].actor_kind.as_str(), told[0].actor_organization_id), ("system", None));
        assert_eq!(entity::id::PartnershipInvitationId::from(told[0].subject_id).global(), id);
        assert_eq!(told[0].details["subject"], "partnership_invitation");
        assert_eq!(told[0].details["status"], "EXPIRED");
    }
    assert!(alerts(&app, "comet", AlertChange::Expired).await.is_empty());
}

async fn who_invites_anew_only_comes_upon_it(app: TestApp) {
    sent(&app).await;
    app.clock.advance(TimeDelta::days(30));
    invite(&app, &app.manager("borealis"), to("aurora")).await.payload();
    let entries = trail(&app, "aurora", "partnership_invitation.expired").await;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].actor_kind, "system", "it was the clock and not the one who invites");
    assert_eq!(come_by(&app).await, 0);
    assert_eq!(alerts(&app, "borealis", AlertChange::Expired).await.len(), 1);
}

async fn an_invitation_that_was_answered_does_not_expire(app: TestApp) {
    partners(&app, to("borealis")).await;
    let sent = invite(&app, &app.manager("aurora"), to("comet")).await;
    let id = sent.payload()["invitation"]["id"].clone();
    let cancel =
        "mutation ($id: ID!) { partnershipInvitationCancel(id: $id) { invitation { id } userErrors { code } } }";
    app.graphql(&app.manager("aurora"), cancel, json!({"id": id})).await.payload();
    // Longer than it was open, and shorter than alerts are kept.
    app.clock.advance(TimeDelta::days(30));
    assert_eq!(come_by(&app).await, 0);
    assert!(alerts(&app, "aurora", AlertChange::Expired).await.is_empty());
}

async fn many_expire_in_one_turn(app: TestApp) {
    // More than one batch of the engine.
    let slugs = crate::cases::partnership::list::settle(&app, 120).await;
    for slug in &slugs {
        invite(&app, &app.manager("aurora"), to(slug)).await.payload();
    }
    app.clock.advance(TimeDelta::days(31));
    assert_eq!(come_by(&app).await, 120);
    let told = alerts(&app, "aurora", AlertChange::Expired).await;
    assert_eq!(told.len(), 120);
    assert!(told.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1), "without a gap");
}

fn end(id: &Value, day: Option<&str>) -> Value {
    json!({"id": id, "input": {"reason": "EXPIRED", "endsOn": day}})
}

async fn an_announced_end_is_told_when_its_day_comes(app: TestApp) {
    let id = partners(&app, to("borealis")).await;
    let aurora = app.manager("aurora");
    app.graphql(&aurora, END, end(&id, Some("2026-11-20"))).await.payload();
    assert_eq!(trail(&app, "borealis", "partnership.end_announced").await.len(), 1);
    assert!(alerts(&app, "borealis", AlertChange::Ended).await.is_empty());
    app.clock.advance(TimeDelta::hours(17 * 24 + 14));
    assert_eq!(come_by(&app).await, 0, "it holds on the day before");
    app.clock.advance(TimeDelta::hours(1));
    let read = app.graphql(&aurora, STATUS, json!({"id": id})).await;
    assert_eq!(read.at("/node/status"), "ENDED", "before anybody has put it on record");
    let (one, other) = tokio::join!(come_by(&app), come_by(&app));
    assert_eq!((one + other, come_by(&app).await), (1, 0));
    for slug in ["aurora", "borealis"] {
        let entries = trail(&app, slug, "partnership.ended").await;
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].actor_kind, "system");
        assert_eq!(entries[0].after.as_ref().unwrap()["endedBy"], crate::support::organization_id("aurora").global());
        let told = alerts(&app, slug, AlertChange::Ended).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].details["endsOn"], "2026-11-20");
        assert_eq!(told[0].details["reason"], "EXPIRED");
        assert_eq!(entity::id::PartnershipId::from(told[0].subject_id).global(), id);
    }
    // The two may begin anew, and the old one is not touched again.
    partners(&app, to("borealis")).await;
}

async fn an_end_of_today_is_told_at_once(app: TestApp) {
    let id = partners(&app, to("borealis")).await;
    let borealis = app.manager("borealis");
    app.graphql(&borealis, END, end(&id, Some("2026-11-20"))).await.payload();
    // Brought forward.
    app.graphql(&borealis, END, end(&id, None)).await.payload();
    assert_eq!(alerts(&app, "aurora", AlertChange::Ended).await.len(), 1);
    assert_eq!(trail(&app, "aurora", "partnership.ended").await[0].actor_kind, "person");
    app.clock.advance(TimeDelta::days(60));
    assert_eq!(come_by(&app).await, 0);
}
