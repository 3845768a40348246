//! Who did something is told only to those who may know of them: in alerts, in trails, and wherever a side is named.

use super::{accept, act, full_deal, invite, opened, review, seen, share, to, update};
use crate::{
    cases::activity::log,
    support::{TestApp, on_both},
};
use entity::value::Role;
use serde_json::{Value, json};

on_both!(
    a_hidden_host_decides_unnamed,
    whom_a_participant_invites_does_not_learn_of_the_owner,
    attendance_names_nobody_hidden,
);

const ALERTS: &str = "{ alerts(first: 100) { nodes {
  ... on OpportunityAlert { change occurredAt actor { kind organization { slug } } }
  ... on InvitationAlert { change occurredAt actor { kind organization { slug } } }
} } }";

/// Who did the changes of this kind, as the feed of an organization tells it: a slug, or null.
async fn doers(app: &TestApp, slug: &str, change: &str) -> Value {
    let told = app.graphql(&app.actor(slug, Role::Viewer), ALERTS, json!({})).await;
    let nodes = told.at("/alerts/nodes").as_array().unwrap().clone();
    let of_change = nodes.into_iter().filter(|node| node["change"] == change);
    of_change.map(|node| node.pointer("/actor/organization/slug").cloned().unwrap_or_default()).collect()
}

/// The same of the trail, by its action.
async fn doers_in_trail(app: &TestApp, slug: &str, action: &str) -> Value {
    const TRAIL: &str = "query ($slug: String!) { organization(slug: $slug) { auditEntries(first: 100) {
      nodes { action actor { organization { slug } } } } } }";
    let trail = app.graphql(&app.actor(slug, Role::Admin), TRAIL, json!({"slug": slug})).await;
    let nodes = trail.at("/organization/auditEntries/nodes").as_array().unwrap().clone();
    let of_action = nodes.into_iter().filter(|node| node["action"] == action);
    of_action.map(|node| node.pointer("/actor/organization/slug").cloned().unwrap_or_default()).collect()
}

async fn a_hidden_host_decides_unnamed(app: TestApp) {
    const PROGRAM: &str = "program { slug }";
    let id = review::stage(&app).await;
    let (host, owner, comet) = (app.manager("aurora"), app.manager("borealis"), app.manager("comet"));
    let sent = invite(&app, &owner, &id, to("comet")).await;
    accept(&app, &comet, &sent.payload()["invitation"]["id"]).await.payload();
    update(&app, &owner, &id, json!({"hidesParticipants": true})).await.payload();
    review::submit(&app, &owner, &id, Some("stars")).await.payload();
    // Edits that waited are applied by the host's step.
    update(&app, &owner, &id, json!({"title": "Newer"})).await.payload();
    act(&app, &host, "opportunityApprove", &id, None).await.payload();
    let steps = json!(["borealis", "aurora"]);
    for slug in ["aurora", "borealis"] {
        assert_eq!(doers(&app, slug, "REVIEW_CHANGED").await, steps, "{slug}");
        assert_eq!(seen(&app, &app.manager(slug), &id, PROGRAM).await["program"]["slug"], "stars", "{slug}");
    }
    // The other participant learns what happened, and of the owner who did it.
    assert_eq!(doers(&app, "comet", "REVIEW_CHANGED").await, json!(["borealis", null]));
    assert_eq!(doers_in_trail(&app, "comet", "opportunity.reviewed").await, json!([null, "borealis"]));
    assert_eq!(seen(&app, &comet, &id, "title program { slug }").await, json!({"title": "Newer", "program": null}));
    update(&app, &owner, &id, json!({"hidesParticipants": false})).await.payload();
    assert_eq!(seen(&app, &comet, &id, PROGRAM).await["program"]["slug"], "stars");
}

async fn whom_a_participant_invites_does_not_learn_of_the_owner(app: TestApp) {
    let id = opened(&app, full_deal()).await;
    let mut wanted = to("borealis");
    wanted["mayInvite"] = json!(true);
    share(&app, &id, "borealis", wanted).await;
    let sent = invite(&app, &app.manager("borealis"), &id, to("comet")).await;
    let invitation = sent.payload()["invitation"]["id"].clone();
    const CANCEL: &str =
        "mutation ($id: ID!) { invitationCancel(id: $id) { invitation { id } userErrors { field code } } }";
    app.graphql(&app.manager("aurora"), CANCEL, json!({"id": invitation})).await.payload();
    assert_eq!(doers(&app, "comet", "SENT").await, json!(["borealis"]));
    assert_eq!(doers(&app, "comet", "CANCELED").await, json!([null]));
    assert_eq!(doers_in_trail(&app, "comet", "invitation.closed").await, json!([null]));
    assert_eq!(doers(&app, "borealis", "CANCELED").await, json!(["aurora"]), "the two know each other");
}

async fn attendance_names_nobody_hidden(app: TestApp) {
    const READ: &str = "query ($id: ID!) { activity(id: $id) { participants { organization { slug } name } } }";
    let mut deal = full_deal();
    deal["hidesParticipants"] = json!(true);
    let id = opened(&app, deal).await;
    for slug in ["borealis", "comet"] {
        share(&app, &id, slug, to(slug)).await;
    }
    let slugs = ["aurora", "borealis", "comet"];
    let named: Vec<_> = slugs.iter().map(|slug| json!({"organization": slug})).collect();
    let input = json!({"kind": "CALL", "text": "All were there.", "participants": named});
    let entry = log(&app, &app.manager("aurora"), &id, input).await.payload()["activity"]["id"].clone();
    for (slug, expected) in [("aurora", &slugs[..]), ("borealis", &slugs[..2]), ("comet", &["aurora", "comet"][..])] {
        let read = app.graphql(&app.actor(slug, Role::Viewer), READ, json!({"id": entry})).await;
        let there: Vec<_> = read.at("/activity/participants").as_array().unwrap().clone();
        let there: Vec<_> = there.iter().map(|side| side["organization"]["slug"].as_str().unwrap()).collect();
        assert_eq!(there, expected, "{slug}");
    }
    update(&app, &app.manager("aurora"), &id, json!({"hidesParticipants": false})).await.payload();
    let read = app.graphql(&app.actor("comet", Role::Viewer), READ, json!({"id": entry})).await;
    assert_eq!(read.at("/activity/participants").as_array().unwrap().len(), 3);
}
