//! The review by the host of a program: who leads it where, what may be edited when, and what becomes of the rest.

use super::{act, advance, create, full_deal, invite, opened, seen, to, update, update_side};
use crate::{
    cases::program,
    support::{Answer, TestApp, on_both},
};
use entity::value::Role;
use partnergraph::op::Actor;
use serde_json::{Value, json};

on_both!(
    a_review_goes_its_way,
    what_was_edited_meanwhile_is_kept,
    what_must_be_put_right_can_be,
    only_what_can_be_judged_is_submitted,
    only_the_host_decides,
    a_partner_that_is_the_host_sees_all_of_it,
);

pub(super) const LISTING: &str = "mutation ($input: ListingCreateInput!) {
  listingCreate(input: $input) { listing { id slug } userErrors { field code message } }
}";

/// Aurora hosts the program `stars`, and borealis is a member with a deal about a listing of its own; the deal's id.
pub(in crate::cases) async fn stage(app: &TestApp) -> Value {
    program::program(app, "stars").await;
    program::member(app, "stars", None).await;
    listing(app).await;
    let mut input = full_deal();
    input["relatedListings"] = json!([{"listing": "sky"}]);
    create(app, &app.manager("borealis"), input).await.payload()["opportunity"]["id"].clone()
}

async fn listing(app: &TestApp) {
    let category = json!({"input": {"name": "Tools"}});
    const CATEGORY: &str = "mutation ($input: CategoryCreateInput!) {
      categoryCreate(input: $input) { category { id } userErrors { code } }
    }";
    app.graphql(&app.operator(), CATEGORY, category).await.payload();
    let input = json!({"name": "Sky", "slug": "sky", "kind": "PRODUCT", "summary": "It shows",
                       "categories": ["tools"], "visibility": "PUBLIC"});
    app.graphql(&app.manager("borealis"), LISTING, json!({"input": input})).await.payload();
}

pub(in crate::cases) async fn submit(app: &TestApp, actor: &Actor, id: &Value, program: Option<&str>) -> Answer {
    act(app, actor, "opportunitySubmit", id, Some(("OpportunitySubmitInput", json!({"program": program})))).await
}

pub(in crate::cases) async fn object(app: &TestApp, actor: &Actor, field: &str, id: &Value, reason: &str) -> Answer {
    let input = json!({"reason": reason, "comment": "Look again."});
    act(app, actor, field, id, Some(("OpportunityObjectionInput!", input))).await
}

async fn a_review_goes_its_way(app: TestApp) {
    let id = stage(&app).await;
    let (host, owner) = (app.manager("aurora"), app.manager("borealis"));
    assert_eq!(seen(&app, &host, &id, "id").await, Value::Null);
    let submitted = submit(&app, &owner, &id, Some("stars")).await;
    assert_eq!(submitted.payload()["opportunity"]["reviewStatus"], "SUBMITTED");
    let found = seen(
        &app,
        &app.actor("aurora", Role::Viewer),
        &id,
        "program { slug } submittedAt customer { name } competitors viewerCanReview snapshots { nodes { trigger } }",
    )
    .await;
    assert_eq!(
        found,
        json!({
            "program": {"slug": "stars"}, "submittedAt": "2026-11-02T09:00:00+00:00", "customer": {"name": "Acme Inc."},
            "competitors": ["Rival"], "viewerCanReview": false, "snapshots": {"nodes": [{"trigger": "SUBMITTED"}]},
        })
    );
    const INBOX: &str = "{ viewer { inbox { totalCount nodes { ... on Opportunity { id reviewStatus } } } } }";
    let waiting = app.graphql(&host, INBOX, json!({})).await;
    assert_eq!(waiting.at("/viewer/inbox/nodes"), &json!([{"id": id, "reviewStatus": "SUBMITTED"}]));
    let started = act(&app, &host, "opportunityReviewStart", &id, None).await;
    assert_eq!(started.payload()["opportunity"]["reviewStatus"], "IN_REVIEW");
    assert_eq!(act(&app, &host, "opportunityReviewStart", &id, None).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(submit(&app, &owner, &id, None).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(object(&app, &host, "opportunityRequestAction", &id, " ").await.refusals(), ["REQUIRED"]);
    let long = "x".repeat(101);
    assert_eq!(object(&app, &host, "opportunityReject", &id, &long).await.refusals(), ["TOO_LONG"]);
    object(&app, &host, "opportunityRequestAction", &id, "The amount is odd").await.payload();
    let told = seen(&app, &owner, &id, "reviewStatus reviewReason reviewComment").await;
    assert_eq!(
        told,
        json!({"reviewStatus": "ACTION_REQUIRED", "reviewReason": "The amount is odd",
                            "reviewComment": "Look again."})
    );
    let waiting = app.graphql(&owner, INBOX, json!({})).await;
    assert_eq!(waiting.at("/viewer/inbox/totalCount"), 1);
    assert_eq!(act(&app, &host, "opportunityApprove", &id, None).await.refusals(), ["INVALID_STATE"]);
    submit(&app, &owner, &id, None).await.payload();
    let early = advance(&app, &host, &id, json!({"stage": "COMMITTED"})).await;
    assert_eq!(early.refusals(), ["INVALID_STATE"]);
    let revoke = Some(("OpportunityRevokeInput!", json!({"organization": "aurora"})));
    assert_eq!(act(&app, &owner, "opportunityRevoke", &id, revoke).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(act(&app, &owner, "opportunityArchive", &id, None).await.refusals(), ["INVALID_STATE"]);
    let approved = act(&app, &host, "opportunityApprove", &id, None).await;
    assert_eq!(approved.payload()["opportunity"]["reviewStatus"], "APPROVED");
    assert_eq!(approved.payload()["opportunity"]["reviewReason"], Value::Null);
    advance(&app, &host, &id, json!({"stage": "COMMITTED"})).await.payload();
    let changes = super::changes(&app, "aurora").await;
    let told: Vec<_> = changes.iter().filter(|change| *change != "CREATED").collect();
    assert_eq!(
        told,
        ["REVIEW_CHANGED", "REVIEW_CHANGED", "REVIEW_CHANGED", "REVIEW_CHANGED", "REVIEW_CHANGED", "STAGE_CHANGED",]
    );
    // A partner does not read what the two say to each other.
    let sent = invite(&app, &owner, &id, to("comet")).await;
    super::accept(&app, &app.manager("comet"), &sent.payload()["invitation"]["id"]).await.payload();
    let other = seen(&app, &app.manager("comet"), &id, "reviewStatus reviewReason reviewComment").await;
    assert_eq!(other, json!({"reviewStatus": "APPROVED", "reviewReason": null, "reviewComment": null}));
}

const PENDING: &str = "title useCase businessProblem pendingChange { parts values }";

async fn what_was_edited_meanwhile_is_kept(app: TestApp) {
    let id = stage(&app).await;
    let (host, owner) = (app.manager("aurora"), app.manager("borealis"));
    submit(&app, &owner, &id, Some("stars")).await.payload();
    const UPDATE: &str =
        "mutation ($id: ID!, $input: OpportunityUpdateInput!) { opportunityUpdate(id: $id, input: $input) {
      opportunity { title revision } pendingChange { parts } userErrors { code }
    } }";
    let kept = json!({"id": id, "input": {"title": "Newer", "useCase": null}});
    let kept = app.graphql(&owner, UPDATE, kept).await;
    assert_eq!(kept.payload()["opportunity"], json!({"title": "Answers for Acme", "revision": 3}));
    assert_eq!(kept.payload()["pendingChange"]["parts"], json!(["TITLE", "USE_CASE"]));
    assert_eq!(update(&app, &owner, &id, json!({"title": "x".repeat(256)})).await.refusals(), ["TOO_LONG"]);
    update(&app, &owner, &id, json!({"title": "Newest", "businessProblem": "Short."})).await.payload();
    let found = seen(&app, &owner, &id, PENDING).await;
    assert_eq!(found["title"], "Answers for Acme");
    assert_eq!(
        found["pendingChange"]["values"],
        json!({"title": "Newest", "use_case": null, "business_problem": "Short."})
    );
    assert_eq!(
        seen(&app, &host, &id, PENDING).await["pendingChange"],
        Value::Null,
        "the host judges what was submitted"
    );
    assert_eq!(
        update_side(&app, &owner, &id, json!({"targetCloseDate": "2027-01-01"})).await.refusals(),
        ["INVALID_STATE"]
    );
    update_side(&app, &owner, &id, json!({"nextSteps": "Wait"})).await.payload();
    // When something is to be put right, what may be edited then is applied and the rest goes on waiting.
    object(&app, &host, "opportunityRequestAction", &id, "Tell more").await.payload();
    let found = seen(&app, &owner, &id, PENDING).await;
    assert_eq!((&found["businessProblem"], &found["title"]), (&json!("Short."), &json!("Answers for Acme")));
    assert_eq!(found["pendingChange"]["parts"], json!(["TITLE", "USE_CASE"]));
    update(&app, &owner, &id, json!({"businessProblem": "Answers get lost between many systems."})).await.payload();
    submit(&app, &owner, &id, None).await.payload();
    act(&app, &host, "opportunityApprove", &id, None).await.payload();
    let found = seen(&app, &owner, &id, PENDING).await;
    assert_eq!(
        found,
        json!({"title": "Newest", "useCase": null,
        "businessProblem": "Answers get lost between many systems.", "pendingChange": null})
    );
    update(&app, &owner, &id, json!({"title": "Approved ones are edited"})).await.payload();
}

async fn what_must_be_put_right_can_be(app: TestApp) {
    let id = stage(&app).await;
    let (host, owner) = (app.manager("aurora"), app.manager("borealis"));
    submit(&app, &owner, &id, Some("stars")).await.payload();
    update(&app, &owner, &id, json!({"title": "Kept"})).await.payload();
    object(&app, &host, "opportunityRequestAction", &id, "Tell more").await.payload();
    for refused in [json!({"title": "x"}), json!({"customer": {"name": "x"}}), json!({"relatedListings": []})] {
        assert_eq!(update(&app, &owner, &id, refused).await.refusals(), ["INVALID_STATE"]);
    }
    let allowed = json!({
        "customer": {"websiteUrl": "https://acme.example/", "countryCode": "SE"}, "targetCloseDate": "2026-12-25",
        "expectedAmount": {"amount": "7", "currencyCode": "SEK"}, "externalId": "crm-2",
        "businessProblem": "Answers get lost between many systems.",
    });
    update(&app, &owner, &id, allowed).await.payload();
    submit(&app, &owner, &id, Some("stars")).await.payload();
    object(&app, &host, "opportunityReject", &id, "Not for us").await.payload();
    let found = seen(&app, &owner, &id, PENDING).await;
    assert_eq!((&found["title"], &found["pendingChange"]), (&json!("Answers for Acme"), &Value::Null));
    assert_eq!(update(&app, &owner, &id, json!({"externalId": null})).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(submit(&app, &owner, &id, None).await.refusals(), ["INVALID_STATE"]);
    // The review is over, so the host can be taken out.
    let revoke = Some(("OpportunityRevokeInput!", json!({"organization": "aurora"})));
    act(&app, &owner, "opportunityRevoke", &id, revoke).await.payload();
    assert_eq!(seen(&app, &host, &id, "id").await, Value::Null);
}

async fn only_what_can_be_judged_is_submitted(app: TestApp) {
    let ready = stage(&app).await;
    let owner = app.manager("borealis");
    for (change, code) in [
        (json!({"businessProblem": "Short."}), "REQUIRED"),
        (json!({"targetCloseDate": null}), "REQUIRED"),
        (json!({"relatedListings": []}), "REQUIRED"),
        (json!({"confidential": true}), "INVALID_STATE"),
    ] {
        let mut input = full_deal();
        input["externalId"] = Value::Null;
        input["relatedListings"] = json!([{"listing": "sky"}]);
        let id = create(&app, &owner, input).await.payload()["opportunity"]["id"].clone();
        update(&app, &owner, &id, change.clone()).await.payload();
        assert_eq!(submit(&app, &owner, &id, Some("stars")).await.refusals(), [code], "{change}");
    }
    advance(&app, &owner, &ready, json!({"stage": "PROSPECT"})).await.payload();
    assert_eq!(submit(&app, &owner, &ready, Some("stars")).await.refusals(), ["INVALID_STATE"]);
    advance(&app, &owner, &ready, json!({"stage": "QUALIFIED"})).await.payload();
    assert_eq!(submit(&app, &owner, &ready, None).await.refusals(), ["REQUIRED"]);
    assert_eq!(submit(&app, &owner, &ready, Some("nothing")).await.refusals(), ["NOT_FOUND"]);
    app.clock.advance(chrono::TimeDelta::days(60));
    assert_eq!(submit(&app, &owner, &ready, Some("stars")).await.refusals(), ["OUT_OF_RANGE"]);
    update(&app, &owner, &ready, json!({"targetCloseDate": "2027-03-01"})).await.payload();
    // A host submits nothing to itself, and others must be members.
    let mut input = full_deal();
    input["relatedListings"] = json!([]);
    input["targetCloseDate"] = json!("2027-03-01");
    let own = opened(&app, input).await;
    assert_eq!(submit(&app, &app.manager("aurora"), &own, Some("stars")).await.refusals(), ["REQUIRED"]);
    submit(&app, &owner, &ready, Some("stars")).await.payload();
}

async fn only_the_host_decides(app: TestApp) {
    let id = stage(&app).await;
    let owner = app.manager("borealis");
    assert_eq!(
        submit(&app, &app.actor("borealis", Role::Member), &id, Some("stars")).await.refusals(),
        ["NOT_ALLOWED"]
    );
    assert_eq!(submit(&app, &app.manager("comet"), &id, Some("stars")).await.refusals(), ["NOT_FOUND"]);
    submit(&app, &owner, &id, Some("stars")).await.payload();
    for (actor, code) in [
        (owner, "NOT_ALLOWED"),
        (app.actor("aurora", Role::Member), "NOT_ALLOWED"),
        (app.manager("comet"), "NOT_FOUND"),
        (app.operator(), "NOT_FOUND"),
    ] {
        for field in ["opportunityReviewStart", "opportunityApprove"] {
            assert_eq!(act(&app, &actor, field, &id, None).await.refusals(), [code], "{field}");
        }
        for field in ["opportunityReject", "opportunityRequestAction"] {
            assert_eq!(object(&app, &actor, field, &id, "Why").await.refusals(), [code], "{field}");
        }
    }
    let stale = Some(("OpportunityReviewInput", json!({"expectedRevision": 1})));
    let stale = act(&app, &app.manager("aurora"), "opportunityApprove", &id, stale).await;
    assert_eq!(stale.refusals(), ["REVISION_MISMATCH"]);
    let visitor = act(&app, &app.visitor(), "opportunityApprove", &id, None).await;
    assert_eq!(visitor.error_code(), "UNAUTHENTICATED");
}

async fn a_partner_that_is_the_host_sees_all_of_it(app: TestApp) {
    let id = stage(&app).await;
    let (host, owner) = (app.manager("aurora"), app.manager("borealis"));
    let mut wanted = to("aurora");
    wanted["grantedFields"] = json!(["COMPANY"]);
    let sent = invite(&app, &owner, &id, wanted).await;
    super::accept(&app, &host, &sent.payload()["invitation"]["id"]).await.payload();
    assert_eq!(seen(&app, &host, &id, "competitors").await["competitors"], Value::Null);
    submit(&app, &owner, &id, Some("stars")).await.payload();
    let found = seen(&app, &host, &id, "competitors participants { role }").await;
    assert_eq!(found["competitors"], json!(["Rival"]));
    assert_eq!(found["participants"].as_array().unwrap().len(), 2);
    let narrow = Some(("OpportunityShareUpdateInput!", json!({"organization": "aurora", "grantedFields": []})));
    assert_eq!(act(&app, &owner, "opportunityShareUpdate", &id, narrow).await.refusals(), ["INVALID_STATE"]);
}
