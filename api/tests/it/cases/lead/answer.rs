//! A receiver accepts or declines, and each side is told its part.

use super::{ACCEPT, CANCEL, DECLINE, UPDATE, accept, acme, alerts, befriend, create, decline, read, sent, told};
use crate::{
    cases::partnership,
    support::{TestApp, on_both},
};
use chrono::TimeDelta;
use entity::value::Role;
use serde_json::{Value, json};

on_both!(
    whoever_accepts_reads_the_rest,
    a_lead_is_answered_once,
    a_decline_says_why,
    what_was_accepted_can_be_given_up,
    a_receiver_judges_what_it_accepted,
    time_runs_out_for_an_answer,
    partners_no_more_hand_nothing_over,
    a_retry_of_an_acceptance_is_one,
    the_sender_takes_back_what_nobody_accepted,
    only_the_right_side_answers,
);

async fn whoever_accepts_reads_the_rest(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let id = sent(&app, &["borealis"]).await;
    let accepted = accept(&app, &app.actor("borealis", Role::Member), &id).await;
    let lead = &accepted.payload()["lead"];
    assert_eq!(lead["status"], "ACCEPTED");
    assert_eq!(
        lead["contact"],
        json!({"name": "Ada Byte", "title": "Head of IT", "email": "ada@acme.example", "phone": "+4930123456"})
    );
    assert_eq!(lead["interactions"], json!([{"source": "Fair in Oslo", "businessProblem": "Orders\nget lost."}]));
    let ours = read(&app, &app.manager("aurora"), &id).await;
    assert_eq!(ours["status"], "ACCEPTED");
    assert_eq!(ours["expiresAt"], Value::Null);
    assert_eq!(ours["route"][0]["state"], "ACCEPTED");
    assert_eq!(ours["route"][0]["answeredAt"], "2026-11-02T09:00:00+00:00");
    let both = told(&[("SENT", "SENT"), ("ACCEPTED", "ACCEPTED")]);
    assert_eq!(alerts(&app, "aurora").await, both);
    assert_eq!(alerts(&app, "borealis").await, both);
}

async fn a_lead_is_answered_once(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = sent(&app, &["borealis"]).await;
    accept(&app, &borealis, &id).await.payload();
    assert_eq!(accept(&app, &borealis, &id).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(app.graphql(&aurora, CANCEL, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);
    let id = sent(&app, &["borealis"]).await;
    decline(&app, &borealis, &id).await.payload();
    assert_eq!(accept(&app, &borealis, &id).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(decline(&app, &borealis, &id).await.refusals(), ["INVALID_STATE"]);
    let closed = json!({"id": id, "input": {"readiness": "HIGH"}});
    assert_eq!(app.graphql(&aurora, UPDATE, closed).await.refusals(), ["INVALID_STATE"]);
}

async fn a_decline_says_why(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let borealis = app.manager("borealis");
    let id = sent(&app, &["borealis"]).await;
    let input = |reason: &str, comment: Value| json!({"id": id, "input": {"reason": reason, "comment": comment}});
    assert_eq!(app.graphql(&borealis, DECLINE, input("OTHER", Value::Null)).await.refusals(), ["REQUIRED"]);
    let long = json!("x".repeat(501));
    assert_eq!(app.graphql(&borealis, DECLINE, input("OTHER", long)).await.refusals(), ["TOO_LONG"]);
    let declined = app.graphql(&borealis, DECLINE, input("OUTSIDE_TERRITORY", json!("Not in Germany."))).await;
    assert_eq!(declined.payload()["lead"]["status"], "DECLINED");
    assert_eq!(declined.payload()["lead"]["company"], Value::Null, "what was not taken is not kept");
    let ours = read(&app, &app.manager("aurora"), &id).await;
    assert_eq!(ours["status"], "DECLINED");
    assert_eq!(ours["route"][0]["declineReason"], "OUTSIDE_TERRITORY");
    assert_eq!(ours["route"][0]["comment"], "Not in Germany.");
    let both = told(&[("SENT", "SENT"), ("DECLINED", "DECLINED")]);
    assert_eq!(alerts(&app, "aurora").await, both);
    assert_eq!(alerts(&app, "borealis").await, both);
}

async fn what_was_accepted_can_be_given_up(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    let id = sent(&app, &["borealis", "comet"]).await;
    let borealis = app.manager("borealis");
    accept(&app, &borealis, &id).await.payload();
    app.clock.advance(TimeDelta::days(30));
    assert_eq!(decline(&app, &borealis, &id).await.payload()["lead"]["status"], "DECLINED");
    let ours = read(&app, &app.manager("aurora"), &id).await;
    assert_eq!(ours["status"], "DECLINED", "whoever waited was told to be needed no more");
    assert_eq!(ours["route"][1]["state"], "SKIPPED");
    assert_eq!(ours["route"][1]["skipReason"], "NOT_NEEDED");
    assert_eq!(read(&app, &app.manager("comet"), &id).await, Value::Null);
    assert_eq!(read(&app, &borealis, &id).await["contact"], Value::Null);
}

async fn a_receiver_judges_what_it_accepted(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let borealis = app.manager("borealis");
    let id = sent(&app, &["borealis"]).await;
    accept(&app, &borealis, &id).await.payload();
    let change = async |input: Value| app.graphql(&borealis, UPDATE, json!({"id": id, "input": input})).await;
    let judged = change(json!({"readiness": "HIGH", "qualification": "DIRECT"})).await;
    assert_eq!(judged.payload()["lead"]["readiness"], "HIGH");
    for other in [
        json!({"company": {"name": "Other"}}),
        json!({"contact": {"name": "Other"}}),
        json!({"interactions": [{"source": "Call", "occurredOn": "2026-11-02"}]}),
    ] {
        assert_eq!(change(other).await.refusals(), ["NOT_ALLOWED"]);
    }
    assert_eq!(alerts(&app, "aurora").await.last(), told(&[("UPDATED", "ACCEPTED")]).last());
    assert_eq!(read(&app, &app.manager("aurora"), &id).await["qualification"], "DIRECT");
}

async fn time_runs_out_for_an_answer(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let borealis = app.manager("borealis");
    let id = sent(&app, &["borealis"]).await;
    app.clock.advance(TimeDelta::days(14) - TimeDelta::microseconds(1));
    assert_eq!(read(&app, &borealis, &id).await["viewerCanAccept"], true);
    app.clock.advance(TimeDelta::microseconds(1));
    let over = read(&app, &borealis, &id).await;
    assert_eq!(over["status"], "EXPIRED");
    assert_eq!(over["company"], Value::Null);
    assert_eq!(over["viewerCanAccept"], false);
    assert_eq!(accept(&app, &borealis, &id).await.refusals(), ["EXPIRED"]);
    assert_eq!(decline(&app, &borealis, &id).await.refusals(), ["EXPIRED"]);
    let ours = read(&app, &app.manager("aurora"), &id).await;
    assert_eq!(ours["status"], "EXPIRED");
    assert_eq!(app.graphql(&app.manager("aurora"), CANCEL, json!({"id": id})).await.refusals(), ["EXPIRED"]);
}

async fn partners_no_more_hand_nothing_over(app: TestApp) {
    let partnership = partnership::begin(&app, "aurora", "borealis").await;
    let id = sent(&app, &["borealis"]).await;
    partnership::end(&app, "aurora", &partnership).await;
    assert_eq!(accept(&app, &app.manager("borealis"), &id).await.refusals(), ["INVALID_STATE"]);
    // Saying no is always possible.
    assert_eq!(decline(&app, &app.manager("borealis"), &id).await.payload()["lead"]["status"], "DECLINED");
}

async fn a_retry_of_an_acceptance_is_one(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let borealis = app.manager("borealis");
    let id = sent(&app, &["borealis"]).await;
    let input = json!({"id": id, "input": {"idempotencyKey": "yes", "expectedRevision": 2}});
    let first = app.graphql(&borealis, ACCEPT, input.clone()).await;
    let second = app.graphql(&borealis, ACCEPT, input).await;
    assert_eq!(first.payload(), second.payload());
    let other = sent(&app, &["borealis"]).await;
    let reused = json!({"id": other, "input": {"idempotencyKey": "yes"}});
    assert_eq!(app.graphql(&borealis, ACCEPT, reused).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    let stale = json!({"id": other, "input": {"expectedRevision": 1}});
    assert_eq!(app.graphql(&borealis, ACCEPT, stale).await.refusals(), ["REVISION_MISMATCH"]);
}

async fn the_sender_takes_back_what_nobody_accepted(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    let aurora = app.manager("aurora");
    let id = sent(&app, &["borealis", "comet"]).await;
    let canceled = app.graphql(&aurora, CANCEL, json!({"id": id, "input": {"expectedRevision": 2}})).await;
    assert_eq!(canceled.payload()["lead"]["status"], "CANCELED");
    assert_eq!(canceled.payload()["lead"]["route"][0]["state"], "CANCELED");
    assert_eq!(canceled.payload()["lead"]["route"][1]["state"], "SKIPPED");
    let theirs = read(&app, &app.manager("borealis"), &id).await;
    assert_eq!((&theirs["status"], &theirs["company"]), (&json!("CANCELED"), &Value::Null));
    assert_eq!(accept(&app, &app.manager("borealis"), &id).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(alerts(&app, "borealis").await, told(&[("SENT", "SENT"), ("CANCELED", "CANCELED")]));
    assert_eq!(alerts(&app, "comet").await, []);
    // One that was never sent is nobody else's business.
    let kept = create(&app, &aurora, acme()).await;
    let id = &kept.payload()["lead"]["id"];
    assert_eq!(app.graphql(&aurora, CANCEL, json!({"id": id})).await.payload()["lead"]["status"], "CANCELED");
}

async fn only_the_right_side_answers(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let id = sent(&app, &["borealis"]).await;
    for (actor, expected) in [
        (app.manager("aurora"), "NOT_ALLOWED"),
        (app.actor("borealis", Role::Viewer), "NOT_ALLOWED"),
        (app.manager("comet"), "NOT_FOUND"),
        (app.operator(), "NOT_FOUND"),
    ] {
        assert_eq!(accept(&app, &actor, &id).await.refusals(), [expected]);
        assert_eq!(decline(&app, &actor, &id).await.refusals(), [expected]);
    }
    assert_eq!(accept(&app, &app.visitor(), &id).await.error_code(), "UNAUTHENTICATED");
    let back = app.graphql(&app.manager("borealis"), CANCEL, json!({"id": id})).await;
    assert_eq!(back.refusals(), ["NOT_ALLOWED"]);
}
