//! Two at once: one is first, and the other is told so.

use super::{accept, advance, create, deal, invite, opened, seen, to, update};
use crate::support::{TestApp, on_both};
use serde_json::json;

on_both!(
    two_acceptances_join_once,
    two_invitations_leave_one,
    two_creations_with_one_key_make_one,
    two_changes_are_one_after_the_other,
    an_acceptance_and_a_cancellation_leave_one,
);

async fn two_acceptances_join_once(app: TestApp) {
    let id = opened(&app, deal()).await;
    let sent = invite(&app, &app.manager("aurora"), &id, to("borealis")).await;
    let invitation = &sent.payload()["invitation"]["id"];
    let borealis = app.manager("borealis");
    let (one, other) = tokio::join!(accept(&app, &borealis, invitation), accept(&app, &borealis, invitation));
    let (done, refused) = if one.at("/invitationAccept/opportunity").is_null() { (other, one) } else { (one, other) };
    done.payload();
    assert_eq!(refused.refusals(), ["INVALID_STATE"]);
    let found = seen(&app, &borealis, &id, "revision participants { role } snapshots { totalCount }").await;
    assert_eq!(found["revision"], 2);
    assert_eq!(found["participants"].as_array().unwrap().len(), 2);
    assert_eq!(found["snapshots"]["totalCount"], 1);
}

async fn two_invitations_leave_one(app: TestApp) {
    let id = opened(&app, deal()).await;
    let aurora = app.manager("aurora");
    let (one, other) =
        tokio::join!(invite(&app, &aurora, &id, to("borealis")), invite(&app, &aurora, &id, to("borealis")));
    let (done, refused) = if one.at("/opportunityInvite/invitation").is_null() { (other, one) } else { (one, other) };
    done.payload();
    assert_eq!(refused.refusals(), ["ALREADY_EXISTS"]);
    assert_eq!(super::changes(&app, "borealis").await, ["SENT"]);
}

async fn two_creations_with_one_key_make_one(app: TestApp) {
    let aurora = app.manager("aurora");
    let mut input = deal();
    input["idempotencyKey"] = json!("k1");
    let (one, other) = tokio::join!(create(&app, &aurora, input.clone()), create(&app, &aurora, input));
    assert_eq!(one.payload()["opportunity"]["id"], other.payload()["opportunity"]["id"]);
    let count = app.graphql(&aurora, "{ opportunities { totalCount } }", json!({})).await;
    assert_eq!(count.at("/opportunities/totalCount"), 1);
}

async fn two_changes_are_one_after_the_other(app: TestApp) {
    let id = opened(&app, deal()).await;
    super::share(&app, &id, "borealis", to("borealis")).await;
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let (one, other) = tokio::join!(
        update(&app, &aurora, &id, json!({"title": "New"})),
        advance(&app, &borealis, &id, json!({"stage": "QUALIFIED"})),
    );
    one.payload();
    other.payload();
    assert_eq!(seen(&app, &aurora, &id, "revision title").await, json!({"revision": 4, "title": "New"}));
    let (one, other) = tokio::join!(
        update(&app, &aurora, &id, json!({"title": "A", "expectedRevision": 4})),
        update(&app, &aurora, &id, json!({"title": "B", "expectedRevision": 4})),
    );
    let refused = if one.at("/opportunityUpdate/opportunity").is_null() { one } else { other };
    assert_eq!(refused.refusals(), ["REVISION_MISMATCH"]);
}

async fn an_acceptance_and_a_cancellation_leave_one(app: TestApp) {
    const CANCEL: &str =
        "mutation ($id: ID!) { invitationCancel(id: $id) { invitation { status } userErrors { code } } }";
    let id = opened(&app, deal()).await;
    let aurora = app.manager("aurora");
    let sent = invite(&app, &aurora, &id, to("borealis")).await;
    let invitation = &sent.payload()["invitation"]["id"];
    let borealis = app.manager("borealis");
    let (accepted, canceled) =
        tokio::join!(accept(&app, &borealis, invitation), app.graphql(&aurora, CANCEL, json!({"id": invitation})),);
    let joined = !accepted.at("/invitationAccept/invitation").is_null();
    let refused = if joined { canceled } else { accepted };
    assert_eq!(refused.refusals(), ["INVALID_STATE"]);
    assert_eq!(!seen(&app, &borealis, &id, "id").await.is_null(), joined);
}
