//! Nobody becomes a partner without both sides having said yes.

use super::{ACCEPT, END, INVITE, accept, invite, partners, to};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::value::Role;
use partnergraph::op::Scope;
use serde_json::{Value, json};

pub(in crate::cases) const DECLINE: &str = "mutation ($id: ID!, $input: PartnershipInvitationDeclineInput!) {
  partnershipInvitationDecline(id: $id, input: $input) {
    invitation { status declineReason comment } userErrors { field code }
  }
}";
pub(in crate::cases) const CANCEL: &str = "mutation ($id: ID!) { partnershipInvitationCancel(id: $id) {
  invitation { status } userErrors { field code }
} }";

on_both!(
    an_accepted_invitation_begins_a_partnership,
    an_invitation_is_answered_once,
    an_expired_one_is_closed_by_the_clock,
    two_have_one_open_invitation_in_either_direction,
    crossing_invitations_leave_one,
    two_acceptances_at_once_begin_one_partnership,
    only_managers_of_the_right_side_act,
    bad_input_is_refused,
    a_retry_gets_the_first_answer,
);

async fn an_accepted_invitation_begins_a_partnership(app: TestApp) {
    let input = json!({
        "organization": "borealis", "types": ["CHANNEL", "TECHNOLOGY"], "message": " Shall\nwe? ",
        "description": "Answers go into records.",
        "technology": {"exchanges": [
            {"what": "DATA", "fromOrganization": "aurora", "toOrganization": "borealis", "description": "Answers"}
        ]},
        "channel": {
            "roles": [{"role": "AGENCY", "organization": "borealis", "services": ["Set-up"]}],
            "terms": [{"payee": "borealis", "basis": "ANNUAL_CONTRACT", "rate": "30", "currencyCode": "EUR",
                       "effectiveFrom": "2026-01-01"}],
        },
    });
    let sent = invite(&app, &app.manager("aurora"), input).await;
    let invitation = sent.payload()["invitation"].clone();
    let id = invitation["id"].clone();
    assert_eq!(invitation["status"], "PENDING");
    assert_eq!(invitation["message"], "Shall we?");
    assert_eq!(invitation["types"], json!(["TECHNOLOGY", "CHANNEL"]));
    assert_eq!(invitation["expiresAt"], "2026-12-02T09:00:00+00:00");
    assert_eq!(invitation["partnership"], Value::Null);
    assert_eq!(invitation["strategic"], Value::Null);
    assert_eq!(invitation["technology"]["exchanges"][0]["toOrganization"]["slug"], "borealis");
    assert_eq!(invitation["channel"]["terms"][0]["rate"], "30.00");

    let accepted = accept(&app, &app.manager("borealis"), &id).await;
    assert_eq!(accepted.payload()["invitation"]["status"], "ACCEPTED");
    let partnership = &accepted.payload()["partnership"];
    assert_eq!(accepted.payload()["invitation"]["partnership"]["id"], partnership["id"]);
    assert_eq!(partnership["status"], "ACTIVE");
    assert_eq!(partnership["origin"], "AGREED");
    assert_eq!(partnership["startedOn"], "2026-11-02");
    assert_eq!(partnership["revision"], 1);
    assert_eq!(partnership["description"], "Answers go into records.");
    let parties = json!([
        {"organization": {"slug": "aurora"}, "listed": false}, {"organization": {"slug": "borealis"}, "listed": false}
    ]);
    let mut shown = partnership["parties"].as_array().unwrap().clone();
    shown.sort_by_key(|party| party["organization"]["slug"].as_str().unwrap().to_owned());
    assert_eq!(Value::from(shown), parties);

    // Both sides see the same facts.
    const READ: &str = "query ($id: ID!) { partnership(id: $id) {
      technology { exchanges { what description fromOrganization { slug } } }
      channel { roles { role organization { slug } services }
        terms { payee { slug } basis rate currencyCode effectiveFrom effectiveTo } }
      strategic { aim }
    } }";
    let variables = json!({"id": partnership["id"]});
    let ours = app.graphql(&app.actor("aurora", Role::Viewer), READ, variables.clone()).await;
    let theirs = app.graphql(&app.actor("borealis", Role::Viewer), READ, variables).await;
    assert_eq!(ours.data(), theirs.data());
    assert_eq!(
        ours.at("/partnership"),
        &json!({
            "technology": {"exchanges": [
                {"what": "DATA", "description": "Answers", "fromOrganization": {"slug": "aurora"}}
            ]},
            "channel": {
                "roles": [{"role": "AGENCY", "organization": {"slug": "borealis"}, "services": ["Set-up"]}],
                "terms": [{"payee": {"slug": "borealis"}, "basis": "ANNUAL_CONTRACT", "rate": "30.00",
                           "currencyCode": "EUR", "effectiveFrom": "2026-01-01", "effectiveTo": null}],
            },
            "strategic": null,
        })
    );
}

async fn an_invitation_is_answered_once(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let sent = invite(&app, &aurora, to("borealis")).await;
    let id = &sent.payload()["invitation"]["id"];
    let decline =
        |reason: &str, comment: Option<&str>| json!({"id": id, "input": {"reason": reason, "comment": comment}});
    assert_eq!(app.graphql(&borealis, DECLINE, decline("OTHER", None)).await.refusals(), ["REQUIRED"]);
    let long = "x".repeat(501);
    assert_eq!(app.graphql(&borealis, DECLINE, decline("OTHER", Some(&long))).await.refusals(), ["TOO_LONG"]);
    let declined = app.graphql(&borealis, DECLINE, decline("NO_CAPACITY", Some("Next year."))).await;
    assert_eq!(
        declined.payload()["invitation"],
        json!({"status": "DECLINED", "declineReason": "NO_CAPACITY", "comment": "Next year."})
    );
    assert_eq!(accept(&app, &borealis, id).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(app.graphql(&aurora, CANCEL, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);

    // It is closed, so another one may be sent, and taken back.
    let again = invite(&app, &aurora, to("borealis")).await;
    let id = &again.payload()["invitation"]["id"];
    let canceled = app.graphql(&aurora, CANCEL, json!({"id": id})).await;
    assert_eq!(canceled.payload()["invitation"]["status"], "CANCELED");
    assert_eq!(accept(&app, &borealis, id).await.refusals(), ["INVALID_STATE"]);
}

async fn an_expired_one_is_closed_by_the_clock(app: TestApp) {
    const READ: &str = "query ($id: ID!) { node(id: $id) { ... on PartnershipInvitation { status viewerCanAnswer } }
      pending: partnershipInvitations(direction: RECEIVED, status: PENDING) { totalCount }
      expired: partnershipInvitations(direction: RECEIVED, status: EXPIRED) { totalCount } }";
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let mut input = to("borealis");
    input["expiresAt"] = json!("2026-11-02T10:00:00Z");
    let sent = invite(&app, &aurora, input).await;
    let id = &sent.payload()["invitation"]["id"];
    app.clock.advance(TimeDelta::minutes(59));
    let open = app.graphql(&borealis, READ, json!({"id": id})).await;
    assert_eq!(open.at("/node"), &json!({"status": "PENDING", "viewerCanAnswer": true}));
    assert_eq!((open.at("/pending/totalCount"), open.at("/expired/totalCount")), (&json!(1), &json!(0)));
    app.clock.advance(TimeDelta::minutes(1));
    let over = app.graphql(&borealis, READ, json!({"id": id})).await;
    assert_eq!(over.at("/node"), &json!({"status": "EXPIRED", "viewerCanAnswer": false}));
    assert_eq!((over.at("/pending/totalCount"), over.at("/expired/totalCount")), (&json!(0), &json!(1)));
    assert_eq!(accept(&app, &borealis, id).await.refusals(), ["EXPIRED"]);
    assert_eq!(app.graphql(&aurora, CANCEL, json!({"id": id})).await.refusals(), ["EXPIRED"]);

    // Nor does it stand in the way of another one, in either direction.
    let fresh = invite(&app, &borealis, to("aurora")).await;
    assert_eq!(fresh.payload()["invitation"]["status"], "PENDING");
    let closed = app.graphql(&borealis, READ, json!({"id": id})).await;
    assert_eq!(closed.at("/node/status"), "EXPIRED");
}

async fn two_have_one_open_invitation_in_either_direction(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let sent = invite(&app, &aurora, to("borealis")).await;
    let id = sent.payload()["invitation"]["id"].clone();
    assert_eq!(invite(&app, &aurora, to("borealis")).await.refusals(), ["ALREADY_EXISTS"]);
    let crossing = invite(&app, &borealis, to("aurora")).await;
    assert_eq!(crossing.refusals(), ["ALREADY_EXISTS"]);
    let message = crossing.at("/partnershipInvite/userErrors/0/message").as_str().unwrap();
    assert!(message.contains("Accept"), "{message}");
    invite(&app, &aurora, to("comet")).await.payload();

    let accepted = accept(&app, &borealis, &id).await;
    let partnership = accepted.payload()["partnership"]["id"].clone();
    for (actor, slug) in [(&aurora, "borealis"), (&borealis, "aurora")] {
        assert_eq!(invite(&app, actor, to(slug)).await.refusals(), ["ALREADY_EXISTS"]);
    }
    // While an end is only announced they are still partners; afterwards they may begin anew.
    let end = json!({"id": partnership, "input": {"reason": "MUTUAL", "endsOn": "2026-11-05"}});
    app.graphql(&aurora, END, end).await.payload();
    assert_eq!(invite(&app, &aurora, to("borealis")).await.refusals(), ["ALREADY_EXISTS"]);
    app.clock.advance(TimeDelta::days(3));
    let anew = invite(&app, &borealis, to("aurora")).await;
    let id = &anew.payload()["invitation"]["id"];
    assert_ne!(accept(&app, &aurora, id).await.payload()["partnership"]["id"], partnership);
}

async fn crossing_invitations_leave_one(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let (one, other, third) = tokio::join!(
        invite(&app, &aurora, to("borealis")),
        invite(&app, &borealis, to("aurora")),
        invite(&app, &aurora, to("borealis")),
    );
    let done = [&one, &other, &third].map(|answer| answer.at("/partnershipInvite/invitation").is_object());
    assert_eq!(done.iter().filter(|done| **done).count(), 1, "{:#} {:#} {:#}", one.body(), other.body(), third.body());
    for (answer, _) in [&one, &other, &third].into_iter().zip(done).filter(|(_, done)| !done) {
        assert_eq!(answer.refusals(), ["ALREADY_EXISTS"]);
    }
}

async fn two_acceptances_at_once_begin_one_partnership(app: TestApp) {
    let sent = invite(&app, &app.manager("aurora"), to("borealis")).await;
    let id = &sent.payload()["invitation"]["id"];
    let borealis = app.manager("borealis");
    let (one, other) = tokio::join!(accept(&app, &borealis, id), accept(&app, &borealis, id));
    let (done, refused) =
        if one.at("/partnershipInvitationAccept/partnership").is_null() { (other, one) } else { (one, other) };
    done.payload();
    assert_eq!(refused.refusals(), ["INVALID_STATE"]);
    let count = app.graphql(&borealis, "{ partnerships { totalCount } }", json!({})).await;
    assert_eq!(count.at("/partnerships/totalCount"), 1);
}

async fn only_managers_of_the_right_side_act(app: TestApp) {
    let member = app.actor("aurora", Role::Member);
    assert_eq!(invite(&app, &member, to("borealis")).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(invite(&app, &app.visitor(), to("borealis")).await.error_code(), "UNAUTHENTICATED");
    let key = app.key("aurora", &[Scope::ListingsWrite]);
    assert_eq!(invite(&app, &key, to("borealis")).await.error_code(), "FORBIDDEN");
    let key = app.key("aurora", &[Scope::PartnershipsWrite]);
    let sent = invite(&app, &key, to("borealis")).await;
    let id = &sent.payload()["invitation"]["id"];
    let variables = json!({"id": id});
    for (actor, document, code) in [
        (app.manager("aurora"), ACCEPT, "NOT_ALLOWED"),
        (app.actor("borealis", Role::Member), ACCEPT, "NOT_ALLOWED"),
        (app.manager("comet"), ACCEPT, "NOT_FOUND"),
        (app.manager("borealis"), CANCEL, "NOT_ALLOWED"),
        (app.manager("comet"), CANCEL, "NOT_FOUND"),
        (app.operator(), ACCEPT, "NOT_ALLOWED"),
    ] {
        assert_eq!(app.graphql(&actor, document, variables.clone()).await.refusals(), [code], "{document}");
    }
    assert_eq!(app.graphql(&app.visitor(), ACCEPT, variables.clone()).await.error_code(), "UNAUTHENTICATED");
    let other_kind = json!({"id": id.as_str().unwrap().replace("pti", "pts")});
    assert_eq!(app.graphql(&app.manager("borealis"), ACCEPT, other_kind).await.error_code(), "BAD_USER_INPUT");
    let unknown = json!({"id": "pti_00000000000070008000000000000000"});
    assert_eq!(app.graphql(&app.manager("borealis"), ACCEPT, unknown).await.refusals(), ["NOT_FOUND"]);
}

async fn bad_input_is_refused(app: TestApp) {
    let aurora = app.manager("aurora");
    let with = |field: &str, value: Value| {
        let mut input = to("borealis");
        input[field] = value;
        input
    };
    for (input, code, field) in [
        (with("message", json!(" ")), "REQUIRED", "message"),
        (with("message", json!("x".repeat(257))), "TOO_LONG", "message"),
        (with("organization", json!("nobody")), "NOT_FOUND", "organization"),
        (with("organization", json!("aurora")), "INVALID_VALUE", "organization"),
        (with("types", json!([])), "REQUIRED", "types"),
        (with("expiresAt", json!("2026-11-02T09:00:00Z")), "OUT_OF_RANGE", "expiresAt"),
        (with("expiresAt", json!("2027-11-02T09:00:01Z")), "OUT_OF_RANGE", "expiresAt"),
        (with("strategic", json!({"aim": "Grow"})), "INVALID_VALUE", "strategic"),
        (with("channel", json!({"roles": [{"role": "VAR", "organization": "borealis"}]})), "INVALID_VALUE", "channel"),
        (with("idempotencyKey", json!("")), "OUT_OF_RANGE", "idempotencyKey"),
    ] {
        let answer = invite(&app, &aurora, input).await;
        assert_eq!(answer.refusals(), [code], "{field}");
        let path = answer.at("/partnershipInvite/userErrors/0/field").as_array().unwrap();
        assert_eq!(path.last().unwrap(), field);
    }
    let count = app.graphql(&aurora, "{ partnershipInvitations(direction: SENT) { totalCount } }", json!({})).await;
    assert_eq!(count.at("/partnershipInvitations/totalCount"), 0, "nothing half-written");
    let unknown = json!({"input": {"organization": "borealis", "types": ["FRIENDSHIP"], "message": "x"}});
    assert!(app.graphql(&aurora, INVITE, unknown).await.body()["errors"].is_array());
}

async fn a_retry_gets_the_first_answer(app: TestApp) {
    let aurora = app.manager("aurora");
    let mut input = to("borealis");
    input["idempotencyKey"] = json!("k1");
    let first = invite(&app, &aurora, input.clone()).await;
    let retry = invite(&app, &aurora, input.clone()).await;
    assert_eq!(first.payload()["invitation"], retry.payload()["invitation"]);
    input["message"] = json!("Something else");
    assert_eq!(invite(&app, &aurora, input).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    // A partnership that began in the meantime changes nothing about the retry of another key.
    let partnership = partners_after(&app, &first.payload()["invitation"]["id"]).await;
    assert!(partnership.is_string());
}

async fn partners_after(app: &TestApp, invitation: &Value) -> Value {
    accept(app, &app.manager("borealis"), invitation).await.payload()["partnership"]["id"].clone()
}

#[tokio::test]
async fn at_most_two_hundred_are_open() {
    let app = TestApp::sqlite().await;
    let slugs = super::list::settle(&app, 201).await;
    let aurora = app.manager("aurora");
    for slug in &slugs[..200] {
        invite(&app, &aurora, to(slug)).await.payload();
    }
    assert_eq!(invite(&app, &aurora, to(&slugs[200])).await.refusals(), ["TOO_MANY"]);
    // Those that have expired no longer count.
    app.clock.advance(TimeDelta::days(30));
    invite(&app, &aurora, to(&slugs[200])).await.payload();
    partners(&app, to("borealis")).await;
}
