//! Edits of published listings.

use super::{category, draft, names, published, refused, step, text};
use crate::support::{TestApp, on_both};
use entity::value::Role;
use serde_json::json;

on_both!(
    a_draft_is_edited_at_once,
    a_published_listing_changes_only_when_approved,
    a_newer_change_replaces_the_older,
    changes_are_rejected_and_withdrawn,
    only_vendor_and_operator_see_changes,
    what_is_in_review_stays_as_it_is,
    a_bad_edit_of_a_published_listing_is_refused_at_once,
);

const UPDATE: &str = "mutation ($id: ID!, $input: ListingUpdateInput!) {
  listingUpdate(id: $id, input: $input) {
    listing { name summary revision categories { slug } }
    pendingChange { id status fields proposal }
    userErrors { field code currentRevision }
  }
}";

async fn a_draft_is_edited_at_once(app: TestApp) {
    category(&app, "App", None).await;
    let member = app.actor("borealis", Role::Member);
    let id = draft(&app, &member, json!({"name": "Sync", "categories": ["app"]})).await;
    let input = json!({"name": "Sync 2", "summary": null, "categories": [], "expectedRevision": 1});
    let edited = app.graphql(&member, UPDATE, json!({"id": id, "input": input})).await;
    assert_eq!(
        edited.payload()["listing"],
        json!({"name": "Sync 2", "summary": null, "revision": 2, "categories": []})
    );
    assert_eq!(edited.payload()["pendingChange"], json!(null));
    let stale = app.graphql(&member, UPDATE, json!({"id": id, "input": input})).await;
    assert_eq!(stale.refusals(), ["REVISION_MISMATCH"]);
    let viewer = app.actor("borealis", Role::Viewer);
    assert_eq!(app.graphql(&viewer, UPDATE, json!({"id": id, "input": {}})).await.refusals(), ["NOT_ALLOWED"]);
    let stranger = app.manager("comet");
    assert_eq!(app.graphql(&stranger, UPDATE, json!({"id": id, "input": {}})).await.refusals(), ["NOT_FOUND"]);
}

async fn a_published_listing_changes_only_when_approved(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync", "tags": ["old"]})).await;
    category(&app, "Data", None).await;
    let manager = app.manager("borealis");
    let member = app.actor("borealis", Role::Member);
    let input = json!({
        "name": "Harmony", "summary": "New.", "categories": ["data"], "pricingModels": ["FREE"],
        "integrations": [{"name": "Kubernetes"}],
    });
    assert_eq!(app.graphql(&member, UPDATE, json!({"id": id, "input": input})).await.refusals(), ["NOT_ALLOWED"]);
    let proposed = app.graphql(&manager, UPDATE, json!({"id": id, "input": input})).await;
    let payload = proposed.payload();
    assert_eq!(payload["listing"]["name"], "Sync", "nothing changes silently");
    assert_eq!(payload["pendingChange"]["status"], "PENDING");
    assert_eq!(
        payload["pendingChange"]["fields"],
        json!(["categories", "integrations", "name", "pricingModels", "summary"])
    );
    assert_eq!(payload["pendingChange"]["proposal"]["pricingModels"], json!(["FREE"]));
    let change = text(&payload["pendingChange"]["id"]);
    assert_eq!(names(&app, &app.visitor(), json!({"query": "harmony"}), json!(null)).await, [""; 0]);

    const APPROVE: &str = "mutation ($id: ID!) { listingChangeApprove(id: $id) {
      change { status decidedAt } listing { slug name summary status revision categories { slug } pendingChange { id }
        integrations { nodes { name } } pricingModels tags } userErrors { code }
    } }";
    assert_eq!(app.graphql(&manager, APPROVE, json!({"id": change})).await.refusals(), ["NOT_ALLOWED"]);
    let approved = app.graphql(&app.manager("operator"), APPROVE, json!({"id": change})).await;
    assert_eq!(
        approved.payload(),
        &json!({
            "change": {"status": "APPROVED", "decidedAt": "2026-11-02T09:00:00+00:00"},
            "listing": {
                "slug": "sync", "name": "Harmony", "summary": "New.", "status": "PUBLISHED", "revision": 4,
                "categories": [{"slug": "data"}], "pendingChange": null,
                "integrations": {"nodes": [{"name": "Kubernetes"}]}, "pricingModels": ["FREE"], "tags": ["old"],
            },
            "userErrors": [],
        })
    );
    assert_eq!(names(&app, &app.visitor(), json!({"query": "harmony"}), json!(null)).await, ["Harmony"]);
    assert_eq!(names(&app, &app.visitor(), json!({"query": "sync"}), json!(null)).await, [""; 0]);
    let again = app.graphql(&app.manager("operator"), APPROVE, json!({"id": change})).await;
    assert_eq!(again.refusals(), ["INVALID_STATE"]);
}

async fn a_newer_change_replaces_the_older(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    let manager = app.manager("borealis");
    for summary in ["One.", "Two."] {
        app.graphql(&manager, UPDATE, json!({"id": id, "input": {"summary": summary}})).await.payload();
    }
    const READ: &str = "query ($id: ID!) {
      node(id: $id) { ... on Listing { summary pendingChange { proposal } } }
      listingChanges { totalCount nodes { status proposal listing { slug } } }
    }";
    let seen = app.graphql(&manager, READ, json!({"id": id})).await;
    assert_eq!(seen.at("/node/pendingChange/proposal"), &json!({"summary": "Two."}));
    assert_eq!(seen.at("/node/summary"), "Does what it says.");
    assert_eq!(
        seen.at("/listingChanges"),
        &json!({"totalCount": 2, "nodes": [
            {"status": "PENDING", "proposal": {"summary": "Two."}, "listing": {"slug": "sync"}},
            {"status": "WITHDRAWN", "proposal": {"summary": "One."}, "listing": {"slug": "sync"}},
        ]})
    );
    // Giving the listing up ends what is open.
    step(&app, &manager, "listingArchive", &id).await;
    let open = "{ listingChanges(filter: {statuses: [PENDING]}) { totalCount } }";
    assert_eq!(app.graphql(&manager, open, json!({})).await.at("/listingChanges/totalCount"), 0);
}

async fn changes_are_rejected_and_withdrawn(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    let manager = app.manager("borealis");
    let operator = app.manager("operator");
    let propose = async || {
        let answer = app.graphql(&manager, UPDATE, json!({"id": id, "input": {"summary": "New."}})).await;
        text(&answer.payload()["pendingChange"]["id"])
    };
    const REJECT: &str = "mutation ($id: ID!, $input: ListingReasonInput!) {
      listingChangeReject(id: $id, input: $input) {
        change { status reason } listing { summary } userErrors { code }
      }
    }";
    let change = propose().await;
    let blank = json!({"id": change, "input": {"reason": ""}});
    assert_eq!(app.graphql(&operator, REJECT, blank).await.refusals(), ["REQUIRED"]);
    let why = json!({"id": change, "input": {"reason": "Not so."}});
    let rejected = app.graphql(&operator, REJECT, why.clone()).await;
    assert_eq!(rejected.payload()["change"], json!({"status": "REJECTED", "reason": "Not so."}));
    assert_eq!(rejected.payload()["listing"]["summary"], "Does what it says.");
    assert_eq!(app.graphql(&operator, REJECT, why).await.refusals(), ["INVALID_STATE"]);
    const WITHDRAW: &str =
        "mutation ($id: ID!) { listingChangeWithdraw(id: $id) { change { status } userErrors { code } } }";
    let change = propose().await;
    assert_eq!(app.graphql(&app.manager("comet"), WITHDRAW, json!({"id": change})).await.refusals(), ["NOT_FOUND"]);
    let member = app.actor("borealis", Role::Member);
    assert_eq!(app.graphql(&member, WITHDRAW, json!({"id": change})).await.refusals(), ["NOT_ALLOWED"]);
    let withdrawn = app.graphql(&manager, WITHDRAW, json!({"id": change})).await;
    assert_eq!(withdrawn.payload()["change"]["status"], "WITHDRAWN");
}

async fn only_vendor_and_operator_see_changes(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    let update = json!({"id": id, "input": {"summary": "New."}});
    app.graphql(&app.manager("borealis"), UPDATE, update).await.payload();
    const READ: &str = "{ listing(slug: \"sync\") { pendingChange { id } viewerCanUpdate } }";
    for (actor, sees, edits) in [
        (app.visitor(), false, false),
        (app.manager("comet"), false, false),
        (app.actor("borealis", Role::Viewer), true, false),
        (app.actor("borealis", Role::Member), true, false),
        (app.manager("borealis"), true, true),
        (app.manager("operator"), true, true),
    ] {
        let answer = app.graphql(&actor, READ, json!({})).await;
        assert_eq!(answer.at("/listing/pendingChange").is_object(), sees, "{actor:?}");
        assert_eq!(answer.at("/listing/viewerCanUpdate"), edits, "{actor:?}");
    }
    const LIST: &str = "{ listingChanges { totalCount } }";
    let stranger = app.graphql(&app.manager("comet"), LIST, json!({})).await;
    assert_eq!(stranger.at("/listingChanges/totalCount"), 0);
    assert_eq!(app.graphql(&app.operator(), LIST, json!({})).await.at("/listingChanges/totalCount"), 1);
    assert_eq!(app.graphql(&app.visitor(), LIST, json!({})).await.error_code(), "UNAUTHENTICATED");
}

async fn what_is_in_review_stays_as_it_is(app: TestApp) {
    category(&app, "App", None).await;
    let manager = app.manager("borealis");
    let id = draft(&app, &manager, json!({"name": "Sync", "categories": ["app"]})).await;
    step(&app, &manager, "listingSubmit", &id).await;
    let update = json!({"id": id, "input": {"summary": "New."}});
    assert_eq!(app.graphql(&manager, UPDATE, update.clone()).await.refusals(), ["INVALID_STATE"]);
    step(&app, &manager, "listingArchive", &id).await;
    assert_eq!(app.graphql(&manager, UPDATE, update).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(refused(&app, &app.manager("operator"), "listingApprove", &id).await, ["INVALID_STATE"]);
}

async fn a_bad_edit_of_a_published_listing_is_refused_at_once(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    let manager = app.manager("borealis");
    for (input, code) in [
        (json!({"categories": ["none-such"]}), "NOT_FOUND"),
        (json!({"audience": ["none-such"]}), "NOT_FOUND"),
        (json!({"integrations": [{"listing": id}]}), "INVALID_VALUE"),
        (json!({"name": ""}), "REQUIRED"),
        (json!({"summary": "x", "expectedRevision": 99}), "REVISION_MISMATCH"),
    ] {
        let answer = app.graphql(&manager, UPDATE, json!({"id": id, "input": input})).await;
        assert_eq!(answer.refusals(), [code], "{input}");
    }
    let read = app.graphql(&manager, "{ listingChanges { totalCount } }", json!({})).await;
    assert_eq!(read.at("/listingChanges/totalCount"), 0);
}
