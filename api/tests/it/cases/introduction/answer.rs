//! Answers: accepted, declined, taken back, each once and by the right side.

use super::{ACCEPT, CANCEL, DECLINE, act, asked, partners, read, told, words};
use crate::{
    cases::partnership,
    support::{TestApp, on_both},
};
use chrono::TimeDelta;
use entity::{audit_entry, value::Role};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

on_both!(
    the_partner_accepts,
    the_partner_declines,
    the_asker_takes_it_back,
    each_side_does_its_own,
    it_is_answered_once,
    nobody_answers_when_the_time_has_run_out,
    who_is_no_partner_any_more_is_not_introduced,
    what_it_says_is_in_no_trail,
);

async fn the_partner_accepts(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    app.clock.advance(TimeDelta::hours(1));
    let input = json!({"comment": " Gladly. ", "expectedRevision": 1, "idempotencyKey": "yes"});
    let done = act(&app, "aurora", ACCEPT, &id, input.clone()).await;
    assert_eq!(
        done.payload()["introduction"],
        json!({"status": "ACCEPTED", "comment": "Gladly.", "answeredAt": "2026-11-02T10:00:00+00:00", "revision": 2,
               "viewerCanAnswer": false, "viewerCanConvertToLead": true, "viewerCanRecordOutcome": true})
    );
    // A retry is no second answer.
    assert_eq!(act(&app, "aurora", ACCEPT, &id, input).await.payload()["introduction"]["revision"], 2);
    let other = json!({"comment": "No.", "idempotencyKey": "yes"});
    assert_eq!(act(&app, "aurora", ACCEPT, &id, other).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(read(&app, "borealis", &id).await["comment"], "Gladly.");
    let both = words(&[("SENT", "REQUESTED"), ("ACCEPTED", "ACCEPTED")]);
    assert_eq!((told(&app, "aurora").await, told(&app, "borealis").await), (both.clone(), both));
}

async fn the_partner_declines(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    assert_eq!(act(&app, "aurora", DECLINE, &id, json!({"reason": "OTHER"})).await.refusals(), ["REQUIRED"]);
    let long = json!({"reason": "OTHER", "comment": "x".repeat(501)});
    assert_eq!(act(&app, "aurora", DECLINE, &id, long).await.refusals(), ["TOO_LONG"]);
    let stale = json!({"reason": "CONFLICT", "expectedRevision": 7});
    assert_eq!(act(&app, "aurora", DECLINE, &id, stale).await.refusals(), ["REVISION_MISMATCH"]);
    let done = act(&app, "aurora", DECLINE, &id, json!({"reason": "CONFLICT", "comment": "We sell that too."})).await;
    assert_eq!(done.payload()["introduction"]["declineReason"], "CONFLICT");
    let ours = read(&app, "borealis", &id).await;
    assert_eq!((&ours["status"], &ours["comment"]), (&json!("DECLINED"), &json!("We sell that too.")));
    // What was asked stays readable to whom it was asked.
    assert_eq!(read(&app, "aurora", &id).await["message"], ours["message"]);
    let document = "query { alerts(first: 100, filter: {kinds: [INTRODUCTION]}) { nodes { ... on IntroductionAlert {
        change statusAfter declineReason outcomeAfter partner { slug } introduction { id } actor { __typename } } } } }";
    let answer = app.graphql(&app.manager("borealis"), document, json!({})).await;
    let alerts = answer.at("/alerts/nodes").as_array().unwrap().clone();
    assert_eq!(alerts.len(), 2);
    let declined = alerts.iter().find(|alert| alert["change"] == "DECLINED").unwrap();
    assert_eq!((&declined["declineReason"], &declined["statusAfter"]), (&json!("CONFLICT"), &json!("DECLINED")));
    assert_eq!((&declined["partner"]["slug"], &declined["introduction"]["id"]), (&json!("aurora"), &id));
    assert_eq!(declined["outcomeAfter"], Value::Null);
}

async fn the_asker_takes_it_back(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    let stale = json!({"expectedRevision": 7});
    assert_eq!(act(&app, "borealis", CANCEL, &id, stale).await.refusals(), ["REVISION_MISMATCH"]);
    let done = act(&app, "borealis", CANCEL, &id, json!({})).await;
    assert_eq!(done.payload()["introduction"], json!({"status": "CANCELED", "answeredAt": null}));
    assert_eq!(act(&app, "aurora", ACCEPT, &id, json!({})).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(told(&app, "aurora").await, words(&[("SENT", "REQUESTED"), ("CANCELED", "CANCELED")]));
}

async fn each_side_does_its_own(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    let decline = json!({"reason": "BAD_TIMING"});
    assert_eq!(act(&app, "borealis", ACCEPT, &id, json!({})).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(act(&app, "borealis", DECLINE, &id, decline.clone()).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(act(&app, "aurora", CANCEL, &id, json!({})).await.refusals(), ["NOT_ALLOWED"]);
    for (document, input) in [(ACCEPT, json!({})), (DECLINE, decline), (CANCEL, json!({}))] {
        assert_eq!(act(&app, "comet", document, &id, input.clone()).await.refusals(), ["NOT_FOUND"]);
        let operator = app.graphql(&app.operator(), document, json!({"id": id, "input": input})).await;
        assert_eq!(operator.refusals(), ["NOT_FOUND"]);
    }
    let viewer = app.actor("aurora", Role::Viewer);
    assert_eq!(app.graphql(&viewer, ACCEPT, json!({"id": id})).await.refusals(), ["NOT_ALLOWED"]);
    let other = json!({"id": partners.overlaps[0]});
    assert_eq!(app.graphql(&viewer, ACCEPT, other).await.error_code(), "BAD_USER_INPUT");
    app.graphql(&app.actor("aurora", Role::Member), ACCEPT, json!({"id": id})).await.payload();
}

async fn it_is_answered_once(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    let (one, two) = tokio::join!(
        act(&app, "aurora", ACCEPT, &id, json!({})),
        act(&app, "aurora", DECLINE, &id, json!({"reason": "NO_CAPACITY"})),
    );
    let refused = [one.at("/introductionAccept/introduction"), two.at("/introductionDecline/introduction")];
    assert_eq!(refused.iter().filter(|answer| answer.is_null()).count(), 1);
    assert_eq!(told(&app, "borealis").await.len(), 2);
}

async fn nobody_answers_when_the_time_has_run_out(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    app.clock.advance(TimeDelta::days(14));
    assert_eq!(act(&app, "aurora", ACCEPT, &id, json!({})).await.refusals(), ["EXPIRED"]);
    assert_eq!(act(&app, "aurora", DECLINE, &id, json!({"reason": "BAD_TIMING"})).await.refusals(), ["EXPIRED"]);
    assert_eq!(act(&app, "borealis", CANCEL, &id, json!({})).await.refusals(), ["EXPIRED"]);
    assert_eq!(read(&app, "aurora", &id).await["status"], "EXPIRED");
}

async fn who_is_no_partner_any_more_is_not_introduced(app: TestApp) {
    let house = super::House::new(&app);
    let partnership = partnership::begin(&app, "aurora", "borealis").await;
    let fields = [entity::sharing_rule::AccountField::Name];
    let level = entity::sharing_rule::SharingLevel::Overlapping;
    house.shared(level, &fields, super::companies(0..1), super::companies(0..1)).await;
    super::compare(&app).await;
    let found = super::overlaps(&app, &app.manager("borealis"), json!({"partner": "aurora"})).await;
    let id = asked(&app, &found.at("/overlaps/nodes")[0]["id"]).await;
    partnership::end(&app, "aurora", &partnership).await;
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(act(&app, "aurora", ACCEPT, &id, json!({})).await.refusals(), ["INVALID_STATE"]);
    act(&app, "aurora", DECLINE, &id, json!({"reason": "NO_RELATIONSHIP"})).await.payload();
}

async fn what_it_says_is_in_no_trail(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    let decline = json!({"reason": "CONFLICT", "comment": "Zqcomment"});
    act(&app, "aurora", DECLINE, &id, decline).await.payload();
    let about = audit_entry::Column::Subject.eq(id.as_str().unwrap());
    let entries = audit_entry::Entity::find().filter(about).all(app.app.world.db.read()).await.unwrap();
    assert_eq!(entries.len(), 4, "two of each side");
    for entry in entries {
        assert!(entry.private);
        let said = format!("{:?} {:?}", entry.before, entry.after);
        for text in ["open the door", "Head of IT", "Zqcomment"] {
            assert!(!said.contains(text), "{said}");
        }
    }
}
