//! Access is exactly what the share says: before acceptance, after it, and after the end of it.

use super::{accept, act, advance, deal, full_deal, invite, opened, operation, seen, share, to, update_side};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::value::Role;
use partnergraph::{
    cosell::service,
    op::{Actor, Scope},
};
use serde_json::{Value, json};

on_both!(
    an_invitation_shows_what_it_was_told_to,
    after_acceptance_exactly_what_was_granted_is_seen,
    after_revocation_nothing_is_seen,
    whoever_leaves_sees_nothing_and_may_come_back,
    nobody_passes_on_what_it_was_not_given,
    a_share_can_be_changed,
    only_the_right_people_of_the_right_side_act,
    bad_invitations_are_refused,
    what_has_expired_is_closed_by_the_clock_and_written_down_once,
    invitations_are_listed_by_their_direction_and_expiry,
);

const OFFER: &str = "query ($id: ID!) { invitation(id: $id) {
  status opportunityTitle message contactTitle useCase businessProblem expectedAmount { amount } targetCloseDate
  helpRequested customer { name duns } shownFields opportunity { id } viewerCanAnswer viewerCanCancel
  sender { slug } receiver { slug }
} }";
const CANCEL: &str =
    "mutation ($id: ID!) { invitationCancel(id: $id) { invitation { status } userErrors { field code } } }";

fn decline(id: &Value, reason: &str, comment: Option<&str>) -> Value {
    json!({"id": id, "input": {"reason": reason, "comment": comment}})
}

async fn an_invitation_shows_what_it_was_told_to(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = opened(&app, full_deal()).await;
    let sent = invite(&app, &aurora, &id, to("borealis")).await;
    let invitation = sent.payload()["invitation"]["id"].clone();
    let shown = app.graphql(&borealis, OFFER, json!({"id": invitation})).await;
    assert_eq!(
        shown.at("/invitation"),
        &json!({
            "status": "PENDING", "opportunityTitle": "Answers for Acme", "message": "Shall we?",
            "contactTitle": "Head of IT", "useCase": "Answers go into records.", "businessProblem": null,
            "expectedAmount": null, "targetCloseDate": null, "helpRequested": null,
            "customer": {"name": "Acme Inc.", "duns": "150483782"},
            "shownFields": ["COMPANY", "CONTACT_TITLE", "USE_CASE"], "opportunity": null,
            "viewerCanAnswer": true, "viewerCanCancel": false,
            "sender": {"slug": "aurora"}, "receiver": {"slug": "borealis"},
        })
    );
    assert_eq!(seen(&app, &borealis, &id, "id").await, Value::Null);
    let node = app.graphql(&borealis, "query ($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await;
    assert_eq!(node.at("/node"), &Value::Null);
    let other = app.graphql(&app.manager("comet"), OFFER, json!({"id": invitation})).await;
    assert_eq!(other.at("/invitation"), &Value::Null);
    let ours = app.graphql(&app.actor("aurora", Role::Viewer), OFFER, json!({"id": invitation})).await;
    assert_eq!(ours.at("/invitation/opportunity/id"), &id);
    assert_eq!(ours.at("/invitation/viewerCanAnswer"), false);

    // What was shown is no longer read by whom has declined.
    assert_eq!(
        app.graphql(&borealis, &operation("Decline"), decline(&invitation, "OTHER", None)).await.refusals(),
        ["REQUIRED"]
    );
    let long = "x".repeat(501);
    let long = decline(&invitation, "OTHER", Some(&long));
    assert_eq!(app.graphql(&borealis, &operation("Decline"), long).await.refusals(), ["TOO_LONG"]);
    let declined = decline(&invitation, "BAD_TIMING", Some("Next year."));
    app.graphql(&borealis, &operation("Decline"), declined).await.payload();
    let gone = app.graphql(&borealis, OFFER, json!({"id": invitation})).await;
    for field in ["opportunityTitle", "message", "customer", "useCase", "contactTitle", "opportunity"] {
        assert_eq!(gone.at(&format!("/invitation/{field}")), &Value::Null, "{field}");
    }
    let ours = app.graphql(&aurora, OFFER, json!({"id": invitation})).await;
    assert_eq!(ours.at("/invitation/opportunityTitle"), "Answers for Acme");
    assert_eq!(super::changes(&app, "borealis").await, ["SENT", "DECLINED"]);
    // Declined once, it is declined; another one may follow, with other fields shown.
    assert_eq!(accept(&app, &borealis, &invitation).await.refusals(), ["INVALID_STATE"]);
    let mut wanted = to("borealis");
    wanted["shownFields"] = json!(["EXPECTED_AMOUNT"]);
    let sent = invite(&app, &aurora, &id, wanted).await;
    let shown = app.graphql(&borealis, OFFER, json!({"id": sent.payload()["invitation"]["id"]})).await;
    assert_eq!(shown.at("/invitation/expectedAmount/amount"), "1200.50");
    assert_eq!(shown.at("/invitation/customer"), &Value::Null);
}

/// The gated fields of an opportunity, each with the name of what must be granted.
const GATED: [(&str, &str, &str); 9] = [
    ("customer", "customer { name }", "COMPANY"),
    ("contactTitle", "contactTitle", "CONTACT_TITLE"),
    ("businessProblem", "businessProblem", "BUSINESS_PROBLEM"),
    ("useCase", "useCase", "USE_CASE"),
    ("deliveryModels", "deliveryModels", "DELIVERY_MODELS"),
    ("expectedAmount", "expectedAmount { amount }", "EXPECTED_AMOUNT"),
    ("targetCloseDate", "targetCloseDate", "TARGET_CLOSE_DATE"),
    ("helpRequested", "helpRequested", "HELP_REQUESTED"),
    ("competitors", "competitors", "COMPETITORS"),
];

async fn after_acceptance_exactly_what_was_granted_is_seen(app: TestApp) {
    let borealis = app.actor("borealis", Role::Viewer);
    let everything: String = GATED.map(|(_, selection, _)| selection).join(" ");
    let selection = format!(
        "{everything} title stage externalId relatedListings {{ listing {{ slug }} }}
      sides {{ organization {{ slug }} nextSteps targetCloseDate team {{ name }} }}"
    );
    for (_, _, granted) in GATED {
        let mut input = full_deal();
        input["externalId"] = json!(granted);
        let id = opened(&app, input).await;
        update_side(&app, &app.manager("aurora"), &id, json!({"nextSteps": "Call"})).await.payload();
        let mut wanted = to("borealis");
        wanted["grantedFields"] = json!([granted]);
        share(&app, &id, "borealis", wanted).await;
        let found = seen(&app, &borealis, &id, &selection).await;
        for (field, _, needed) in GATED {
            assert_eq!(!found[field].is_null(), needed == granted, "{field} with {granted}: {found}");
        }
        assert_eq!(found["title"], "Answers for Acme");
        assert_eq!(found["externalId"], Value::Null);
        assert_eq!(found["relatedListings"], Value::Null);
        let sides = found["sides"].as_array().unwrap();
        let aurora = sides.iter().find(|side| side["organization"]["slug"] == "aurora").unwrap();
        assert_eq!((&aurora["nextSteps"], &aurora["team"]), (&Value::Null, &Value::Null));
        assert_eq!(!aurora["targetCloseDate"].is_null(), granted == "TARGET_CLOSE_DATE");
        let own = sides.iter().find(|side| side["organization"]["slug"] == "borealis").unwrap();
        assert_eq!(own["team"][0]["name"], "Manager of borealis");
    }
    // One cannot search, or learn the order, by what one does not see.
    let count = |filter: Value| {
        let document = "query ($filter: OpportunityFilter) { opportunities(filter: $filter) { totalCount } }";
        let borealis = borealis.clone();
        let app = &app;
        async move {
            app.graphql(&borealis, document, json!({"filter": filter})).await.at("/opportunities/totalCount").clone()
        }
    };
    assert_eq!(count(json!({})).await, 9);
    assert_eq!(count(json!({"customer": "acm"})).await, 1);
    assert_eq!(count(json!({"customer": "other"})).await, 0);
    assert_eq!(count(json!({"targetCloseAfter": "2026-12-23", "targetCloseBefore": "2026-12-25"})).await, 1);
    assert_eq!(count(json!({"targetCloseAfter": "2026-12-24"})).await, 0);
}

async fn after_revocation_nothing_is_seen(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = opened(&app, full_deal()).await;
    let mut wanted = to("borealis");
    wanted["mayInvite"] = json!(true);
    let sent = invite(&app, &aurora, &id, wanted).await;
    let invitation = sent.payload()["invitation"]["id"].clone();
    accept(&app, &borealis, &invitation).await.payload();
    let onward = invite(&app, &borealis, &id, to("comet")).await;
    let onward = onward.payload()["invitation"]["id"].clone();
    let snapshot = seen(&app, &borealis, &id, "snapshots { nodes { id } }").await;
    let snapshot = snapshot.pointer("/snapshots/nodes/0/id").unwrap().clone();

    let input = |slug: &str| Some(("OpportunityRevokeInput!", json!({"organization": slug})));
    let revoke = |actor, slug| act(&app, actor, "opportunityRevoke", &id, input(slug));
    assert_eq!(revoke(&borealis, "borealis").await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(revoke(&aurora, "aurora").await.refusals(), ["INVALID_VALUE"]);
    assert_eq!(revoke(&aurora, "comet").await.refusals(), ["NOT_FOUND"]);
    let revoked = revoke(&aurora, "borealis").await;
    assert_eq!(revoked.payload()["opportunity"]["participants"].as_array().unwrap().len(), 1);
    const NODES: &str = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }";
    let nodes = app.graphql(&borealis, NODES, json!({"ids": [id, snapshot, onward]})).await;
    assert_eq!(nodes.at("/nodes"), &json!([null, null, null]));
    let letter = app.graphql(&borealis, OFFER, json!({"id": invitation})).await;
    assert_eq!(letter.at("/invitation/status"), "ACCEPTED");
    assert_eq!(letter.at("/invitation/opportunityTitle"), &Value::Null);
    assert_eq!(letter.at("/invitation/customer"), &Value::Null);
    assert_eq!(advance(&app, &borealis, &id, json!({"stage": "COMMITTED"})).await.refusals(), ["NOT_FOUND"]);
    // What it sent went with it.
    assert_eq!(accept(&app, &app.manager("comet"), &onward).await.refusals(), ["INVALID_STATE"]);
    let told = super::changes(&app, "borealis").await;
    assert_eq!(told, ["SENT", "ACCEPTED", "SHARED", "SENT", "REVOKED", "CANCELED"]);
    advance(&app, &aurora, &id, json!({"stage": "COMMITTED"})).await.payload();
    assert_eq!(super::changes(&app, "borealis").await, told, "nothing more is told to whom is out");
    // The owner keeps the proof.
    let kept = app.graphql(&aurora, NODES, json!({"ids": [snapshot]})).await;
    assert_eq!(kept.at("/nodes/0/__typename"), "Snapshot");
}

async fn whoever_leaves_sees_nothing_and_may_come_back(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = opened(&app, deal()).await;
    share(&app, &id, "borealis", to("borealis")).await;
    advance(&app, &borealis, &id, json!({"stage": "QUALIFIED"})).await.payload();
    const LEAVE: &str = "mutation ($id: ID!, $input: OpportunityRevisionInput) {
      opportunityLeave(id: $id, input: $input) { leftOpportunityId userErrors { code } }
    }";
    let leave = |actor: Actor, input: Value| {
        let (app, id) = (&app, id.clone());
        async move { app.graphql(&actor, LEAVE, json!({"id": id, "input": input})).await }
    };
    assert_eq!(leave(aurora.clone(), Value::Null).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(leave(app.actor("borealis", Role::Member), Value::Null).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(leave(borealis.clone(), json!({"expectedRevision": 1})).await.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(leave(borealis.clone(), Value::Null).await.payload()["leftOpportunityId"], id);
    assert_eq!(seen(&app, &borealis, &id, "id").await, Value::Null);
    share(&app, &id, "borealis", to("borealis")).await;
    let back = seen(&app, &borealis, &id, "sides { organization { slug } stage }").await;
    let own = back["sides"].as_array().unwrap().iter().find(|side| side["organization"]["slug"] == "borealis").unwrap();
    assert_eq!(own["stage"], "PROSPECT", "whoever comes back begins anew");
}

async fn nobody_passes_on_what_it_was_not_given(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = opened(&app, full_deal()).await;
    let mut wanted = to("borealis");
    wanted["grantedFields"] = json!(["COMPANY", "USE_CASE"]);
    share(&app, &id, "borealis", wanted).await;
    assert_eq!(invite(&app, &borealis, &id, to("comet")).await.refusals(), ["NOT_ALLOWED"]);
    let may = json!({"organization": "borealis", "mayInvite": true});
    let may = act(&app, &aurora, "opportunityShareUpdate", &id, Some(("OpportunityShareUpdateInput!", may))).await;
    may.payload();
    let with = |field: &str, value: Value| {
        let mut input = to("comet");
        input[field] = value;
        input
    };
    for (input, code) in [
        (with("grantedFields", json!(["COMPETITORS"])), "INVALID_VALUE"),
        (with("shownFields", json!(["EXPECTED_AMOUNT"])), "INVALID_VALUE"),
        (with("mayInvite", json!(true)), "NOT_ALLOWED"),
    ] {
        assert_eq!(invite(&app, &borealis, &id, input).await.refusals(), [code]);
    }
    let sent = invite(&app, &borealis, &id, to("comet")).await;
    let invitation = sent.payload()["invitation"]["id"].clone();
    let narrowed = json!({"organization": "borealis", "grantedFields": ["COMPANY"]});
    act(&app, &aurora, "opportunityShareUpdate", &id, Some(("OpportunityShareUpdateInput!", narrowed))).await.payload();
    accept(&app, &app.manager("comet"), &invitation).await.payload();
    let found = seen(&app, &app.manager("comet"), &id, "useCase customer { name } competitors").await;
    assert_eq!(found, json!({"useCase": null, "customer": {"name": "Acme Inc."}, "competitors": null}));
    // The owner hears of invitations that others send into its opportunity.
    assert!(super::changes(&app, "aurora").await.ends_with(&["ACCEPTED".to_owned(), "SHARED".to_owned()]));
    let all = seen(&app, &aurora, &id, "invitations { sender { slug } receiver { slug } status }").await;
    assert_eq!(
        all["invitations"][0],
        json!({
            "sender": {"slug": "borealis"}, "receiver": {"slug": "comet"}, "status": "ACCEPTED",
        })
    );
    let own = seen(&app, &app.manager("comet"), &id, "invitations { receiver { slug } }").await;
    assert_eq!(own["invitations"], json!([{"receiver": {"slug": "comet"}}]));
}

async fn a_share_can_be_changed(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = opened(&app, full_deal()).await;
    share(&app, &id, "borealis", to("borealis")).await;
    let share = |actor: Actor, input: Value| {
        let (app, id) = (&app, id.clone());
        async move { act(app, &actor, "opportunityShareUpdate", &id, Some(("OpportunityShareUpdateInput!", input))).await }
    };
    let only = json!({"organization": "borealis", "grantedFields": ["COMPANY"]});
    assert_eq!(share(borealis.clone(), only.clone()).await.refusals(), ["NOT_ALLOWED"]);
    for (slug, code) in [("aurora", "INVALID_VALUE"), ("comet", "NOT_FOUND"), ("nobody", "NOT_FOUND")] {
        assert_eq!(share(aurora.clone(), json!({"organization": slug})).await.refusals(), [code]);
    }
    let mut stale = only.clone();
    stale["expectedRevision"] = json!(1);
    assert_eq!(share(aurora.clone(), stale).await.refusals(), ["REVISION_MISMATCH"]);
    share(aurora.clone(), only.clone()).await.payload();
    let found = seen(
        &app,
        &borealis,
        &id,
        "revision useCase customer { name } snapshots { totalCount nodes {
      revision trigger fields payload } }",
    )
    .await;
    assert_eq!((&found["useCase"], &found["customer"]["name"]), (&Value::Null, &json!("Acme Inc.")));
    assert_eq!(found["revision"], 3);
    assert_eq!(found["snapshots"]["totalCount"], 2);
    let newest = &found["snapshots"]["nodes"][0];
    assert_eq!((&newest["revision"], &newest["trigger"]), (&json!(2), &json!("GRANTED")));
    assert_eq!(newest["fields"], json!(["COMPANY"]));
    assert_eq!(newest["payload"]["customer"]["name"], "Acme Inc.");
    assert_eq!(newest["payload"].get("useCase"), None);
    // The same again changes nothing.
    assert_eq!(share(aurora, only).await.payload()["opportunity"]["revision"], 3);
}

async fn only_the_right_people_of_the_right_side_act(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = opened(&app, deal()).await;
    for (actor, code) in [
        (app.actor("aurora", Role::Member), "NOT_ALLOWED"),
        (app.manager("borealis"), "NOT_FOUND"),
        (app.operator(), "NOT_FOUND"),
    ] {
        assert_eq!(invite(&app, &actor, &id, to("comet")).await.refusals(), [code]);
    }
    assert_eq!(invite(&app, &app.visitor(), &id, to("comet")).await.error_code(), "UNAUTHENTICATED");
    let key = app.key("aurora", &[Scope::PartnershipsWrite]);
    assert_eq!(invite(&app, &key, &id, to("comet")).await.error_code(), "FORBIDDEN");
    let key = app.key("aurora", &[Scope::OpportunitiesWrite]);
    let sent = invite(&app, &key, &id, to("borealis")).await;
    let invitation = sent.payload()["invitation"]["id"].clone();
    for (actor, code) in [
        (app.actor("borealis", Role::Viewer), "NOT_ALLOWED"),
        (aurora.clone(), "NOT_ALLOWED"),
        (app.manager("comet"), "NOT_FOUND"),
        (app.operator(), "NOT_FOUND"),
    ] {
        assert_eq!(accept(&app, &actor, &invitation).await.refusals(), [code]);
        let no = decline(&invitation, "NO_CAPACITY", None);
        assert_eq!(app.graphql(&actor, &operation("Decline"), no).await.refusals(), [code]);
    }
    assert_eq!(accept(&app, &app.visitor(), &invitation).await.error_code(), "UNAUTHENTICATED");
    let variables = json!({"id": invitation});
    for (actor, code) in [(app.manager("borealis"), "NOT_ALLOWED"), (app.manager("comet"), "NOT_FOUND")] {
        assert_eq!(app.graphql(&actor, CANCEL, variables.clone()).await.refusals(), [code]);
    }
    let canceled = app.graphql(&aurora, CANCEL, variables.clone()).await;
    assert_eq!(canceled.payload()["invitation"]["status"], "CANCELED");
    assert_eq!(app.graphql(&aurora, CANCEL, variables).await.refusals(), ["INVALID_STATE"]);
    let sent = invite(&app, &aurora, &id, to("borealis")).await;
    accept(&app, &app.actor("borealis", Role::Member), &sent.payload()["invitation"]["id"]).await.payload();
}

async fn bad_invitations_are_refused(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = opened(&app, deal()).await;
    let with = |field: &str, value: Value| {
        let mut input = to("borealis");
        input[field] = value;
        input
    };
    for (input, code) in [
        (with("message", json!(" ")), "REQUIRED"),
        (with("message", json!("x".repeat(256))), "TOO_LONG"),
        (with("organization", json!("nobody")), "NOT_FOUND"),
        (with("organization", json!("aurora")), "INVALID_VALUE"),
        (with("role", json!("OWNER")), "INVALID_VALUE"),
        (with("role", json!("PROGRAM_HOST")), "INVALID_VALUE"),
        (with("expiresAt", json!("2026-11-02T09:00:00Z")), "OUT_OF_RANGE"),
        (with("expiresAt", json!("2027-01-31T09:00:01Z")), "OUT_OF_RANGE"),
        (with("shownFields", json!(["TEAM"])), "INVALID_VALUE"),
        (with("shownFields", json!(["CONTACTS"])), "INVALID_VALUE"),
    ] {
        assert_eq!(invite(&app, &aurora, &id, input.clone()).await.refusals(), [code], "{input}");
    }
    share(&app, &id, "borealis", to("borealis")).await;
    assert_eq!(invite(&app, &aurora, &id, to("borealis")).await.refusals(), ["ALREADY_EXISTS"]);
    invite(&app, &aurora, &id, to("comet")).await.payload();
    assert_eq!(invite(&app, &aurora, &id, to("comet")).await.refusals(), ["ALREADY_EXISTS"]);
}

async fn what_has_expired_is_closed_by_the_clock_and_written_down_once(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = opened(&app, deal()).await;
    let mut soon = to("borealis");
    soon["expiresAt"] = json!("2026-11-03T09:00:00Z");
    let sent = invite(&app, &aurora, &id, soon.clone()).await;
    let invitation = sent.payload()["invitation"]["id"].clone();
    invite(&app, &aurora, &id, to("comet")).await.payload();
    let op = app.app.op(Actor::Operator, "test", Vec::new());
    let next = service::next_invitation_expiry(&op).await.unwrap().unwrap();
    assert_eq!(next.to_rfc3339(), "2026-11-03T09:00:00+00:00");
    assert_eq!(service::expire_due_invitations(&op, 10).await.unwrap(), 0);
    app.clock.advance(TimeDelta::days(1));
    let state = app.graphql(&borealis, OFFER, json!({"id": invitation})).await;
    assert_eq!(state.at("/invitation/status"), "EXPIRED");
    assert_eq!(state.at("/invitation/opportunityTitle"), &Value::Null);
    assert_eq!(accept(&app, &borealis, &invitation).await.refusals(), ["EXPIRED"]);
    assert_eq!(app.graphql(&aurora, CANCEL, json!({"id": invitation})).await.refusals(), ["EXPIRED"]);
    // Two replicas at once: exactly one writes it down.
    let (one, other) = tokio::join!(service::expire_due_invitations(&op, 10), service::expire_due_invitations(&op, 10));
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    let told = super::alerts(&app, "borealis").await;
    assert_eq!(told.last().unwrap(), &("INVITATION".to_owned(), "EXPIRED".to_owned(), "system".to_owned()));
    assert_eq!(service::expire_due_invitations(&op, 10).await.unwrap(), 0);
    // One that ran out unnoticed does not block the next, and is written down with it.
    soon["expiresAt"] = json!("2026-11-04T09:00:00Z");
    invite(&app, &aurora, &id, soon.clone()).await.payload();
    app.clock.advance(TimeDelta::days(1));
    soon["expiresAt"] = Value::Null;
    invite(&app, &aurora, &id, soon).await.payload();
    let told = super::changes(&app, "borealis").await;
    assert_eq!(told, ["SENT", "EXPIRED", "SENT", "EXPIRED", "SENT"]);
}

async fn invitations_are_listed_by_their_direction_and_expiry(app: TestApp) {
    let aurora = app.manager("aurora");
    let mut sent = Vec::new();
    for days in [9, 3, 6] {
        let id = opened(&app, deal()).await;
        let mut input = to("borealis");
        input["expiresAt"] = json!(format!("2026-11-1{days}T00:00:00Z"));
        sent.push(invite(&app, &aurora, &id, input).await.payload()["invitation"]["id"].clone());
    }
    let borealis = app.actor("borealis", Role::Viewer);
    let list = "query ($before: DateTime) {
      invitations(direction: RECEIVED, status: PENDING, expiresBefore: $before) { totalCount nodes { id } }
      sent: invitations(direction: SENT) { totalCount }
      all: invitations { totalCount nodes { id } }
    }";
    let list = app.graphql(&borealis, list, json!({"before": "2026-11-16T00:00:00Z"})).await;
    assert_eq!(list.at("/invitations/nodes"), &json!([{"id": sent[1]}]));
    assert_eq!((list.at("/sent/totalCount"), list.at("/all/totalCount")), (&json!(0), &json!(3)));
    let soonest_first = json!([{"id": sent[1]}, {"id": sent[2]}, {"id": sent[0]}]);
    assert_eq!(list.at("/all/nodes"), &soonest_first);
    assert_eq!(
        app.graphql(&app.visitor(), "{ invitations { totalCount } }", json!({})).await.error_code(),
        "UNAUTHENTICATED"
    );
}
