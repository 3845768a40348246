//! What becomes of the edits that waited for a review: they are the owner's, each for itself, and none is lost unsaid.

use super::{
    act, create, deal,
    review::{LISTING, object, stage, submit},
    seen, update,
};
use crate::{
    cases::program,
    support::{TestApp, on_both},
};
use chrono::TimeDelta;
use entity::value::Role;
use serde_json::{Value, json};

on_both!(
    what_the_host_may_not_see_is_applied,
    one_that_has_become_impossible_takes_no_other_along,
    what_was_taken_meanwhile_is_given_up,
    what_is_to_be_edited_later_waits_on,
    a_rejection_says_what_is_given_up,
    whoever_left_the_program_does_not_submit_again,
);

const STATE: &str = "title useCase targetCloseDate externalId pendingChange { parts }";

/// What the feed of an organization says was changed and given up, oldest first.
async fn updates(app: &TestApp, slug: &str) -> Vec<Value> {
    const ALERTS: &str = "{ alerts(first: 100) { nodes { ... on OpportunityAlert { change fields givenUp } } } }";
    let told = app.graphql(&app.actor(slug, Role::Viewer), ALERTS, json!({})).await;
    let nodes = told.at("/alerts/nodes").as_array().unwrap().clone();
    let of_change = nodes.into_iter().filter(|node| node["change"] == "UPDATED");
    of_change.map(|node| json!([node["fields"], node["givenUp"]])).collect()
}

async fn what_the_host_may_not_see_is_applied(app: TestApp) {
    let id = stage(&app).await;
    let (host, owner) = (app.manager("aurora"), app.manager("borealis"));
    let draft = json!({"name": "Sea", "slug": "sea", "kind": "PRODUCT", "summary": "It waits", "categories": ["tools"],
                       "visibility": "PUBLIC"});
    app.graphql(&owner, LISTING, json!({"input": draft})).await.payload();
    submit(&app, &owner, &id, Some("stars")).await.payload();
    act(&app, &host, "opportunityReviewStart", &id, None).await.payload();
    let edits = json!({"title": "Newer", "relatedListings": [{"listing": "sea"}]});
    update(&app, &owner, &id, edits).await.payload();
    act(&app, &host, "opportunityApprove", &id, None).await.payload();
    const LISTED: &str = "title relatedListings { listing { slug } } pendingChange { parts }";
    assert_eq!(
        seen(&app, &owner, &id, LISTED).await,
        json!({"title": "Newer", "relatedListings": [{"listing": {"slug": "sea"}}], "pendingChange": null})
    );
    // The host learns that there is one, and no more than its page tells.
    assert_eq!(seen(&app, &host, &id, LISTED).await["relatedListings"], json!([{"listing": null}]));
    assert_eq!(updates(&app, "borealis").await, [json!([["TITLE", "LISTINGS"], null])]);
}

async fn one_that_has_become_impossible_takes_no_other_along(app: TestApp) {
    let id = stage(&app).await;
    let (host, owner) = (app.manager("aurora"), app.manager("borealis"));
    submit(&app, &owner, &id, Some("stars")).await.payload();
    let edits = json!({"title": "Newer", "targetCloseDate": "2026-11-03", "useCase": "Another"});
    update(&app, &owner, &id, edits).await.payload();
    app.clock.advance(TimeDelta::days(3));
    act(&app, &host, "opportunityApprove", &id, None).await.payload();
    let expected = json!({"title": "Newer", "useCase": "Another", "targetCloseDate": "2026-12-24", "externalId": "crm-1",
                          "pendingChange": null});
    assert_eq!(seen(&app, &owner, &id, STATE).await, expected);
    let told = [json!([["TITLE", "USE_CASE"], null]), json!([null, ["TARGET_CLOSE_DATE"]])];
    assert_eq!(updates(&app, "borealis").await, told);
    assert_eq!(updates(&app, "aurora").await, told[..1], "what the owner had in mind is its own");
}

async fn what_was_taken_meanwhile_is_given_up(app: TestApp) {
    let id = stage(&app).await;
    let (host, owner) = (app.manager("aurora"), app.manager("borealis"));
    submit(&app, &owner, &id, Some("stars")).await.payload();
    update(&app, &owner, &id, json!({"title": "Newer", "externalId": "crm-2"})).await.payload();
    let mut other = deal();
    other["externalId"] = json!("crm-2");
    create(&app, &owner, other).await.payload();
    act(&app, &host, "opportunityApprove", &id, None).await.payload();
    let found = seen(&app, &owner, &id, STATE).await;
    assert_eq!((&found["title"], &found["externalId"]), (&json!("Newer"), &json!("crm-1")));
    assert_eq!(updates(&app, "borealis").await.last().unwrap(), &json!([null, ["EXTERNAL_ID"]]));
}

async fn what_is_to_be_edited_later_waits_on(app: TestApp) {
    let id = stage(&app).await;
    let (host, owner) = (app.manager("aurora"), app.manager("borealis"));
    submit(&app, &owner, &id, Some("stars")).await.payload();
    update(&app, &owner, &id, json!({"title": "Newer", "targetCloseDate": "2026-11-03"})).await.payload();
    app.clock.advance(TimeDelta::days(3));
    object(&app, &host, "opportunityRequestAction", &id, "Tell more").await.payload();
    let found = seen(&app, &owner, &id, STATE).await;
    assert_eq!((&found["title"], &found["targetCloseDate"]), (&json!("Answers for Acme"), &json!("2026-12-24")));
    assert_eq!(found["pendingChange"]["parts"], json!(["TITLE"]));
    assert_eq!(updates(&app, "borealis").await, [json!([null, ["TARGET_CLOSE_DATE"]])]);
    submit(&app, &owner, &id, None).await.payload();
    act(&app, &host, "opportunityApprove", &id, None).await.payload();
    assert_eq!(seen(&app, &owner, &id, STATE).await["title"], "Newer");
}

async fn a_rejection_says_what_is_given_up(app: TestApp) {
    let id = stage(&app).await;
    let (host, owner) = (app.manager("aurora"), app.manager("borealis"));
    submit(&app, &owner, &id, Some("stars")).await.payload();
    update(&app, &owner, &id, json!({"title": "Newer", "useCase": null})).await.payload();
    object(&app, &host, "opportunityReject", &id, "Not for us").await.payload();
    let found = seen(&app, &owner, &id, STATE).await;
    assert_eq!((&found["title"], &found["pendingChange"]), (&json!("Answers for Acme"), &Value::Null));
    assert_eq!(updates(&app, "borealis").await, [json!([null, ["TITLE", "USE_CASE"]])]);
    assert!(updates(&app, "aurora").await.is_empty());
}

async fn whoever_left_the_program_does_not_submit_again(app: TestApp) {
    let [program, ..] = program::program(&app, "moons").await;
    let membership = program::member(&app, "moons", None).await;
    let id = stage(&app).await;
    let (host, owner) = (app.manager("aurora"), app.manager("borealis"));
    submit(&app, &owner, &id, Some("moons")).await.payload();
    object(&app, &host, "opportunityRequestAction", &id, "Tell more").await.payload();
    let suspend = program::on_membership("membershipSuspend", "MembershipSuspendInput!");
    let pause = json!({"id": membership, "input": {"comment": "A pause"}});
    app.graphql(&host, &suspend, pause).await.payload();
    for program in [None, Some("moons")] {
        assert_eq!(submit(&app, &owner, &id, program).await.refusals(), ["NOT_ALLOWED"], "{program:?}");
    }
    let reinstate = program::on_membership("membershipReinstate", "");
    app.graphql(&host, &reinstate, json!({"id": membership})).await.payload();
    const RETIRE: &str = "mutation ($id: ID!) { programRetire(id: $id) { program { id } userErrors { code } } }";
    submit(&app, &owner, &id, None).await.payload();
    object(&app, &host, "opportunityRequestAction", &id, "Tell more").await.payload();
    app.graphql(&host, RETIRE, json!({"id": program})).await.payload();
    assert_eq!(submit(&app, &owner, &id, None).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(submit(&app, &owner, &id, Some("moons")).await.refusals(), ["NOT_FOUND"]);
}
