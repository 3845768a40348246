//! Making listings and their way through review.

use super::{UNKNOWN_LISTING, category, draft, names, published, refused, step, step_for, text};
use crate::support::{TestApp, on_both, organization_id};
use entity::{audit_entry, id::TypedId, value::Role};
use partnergraph::op::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

on_both!(
    a_draft_is_made_and_reads_back,
    bad_input_is_refused_with_its_field,
    a_retry_gives_the_same_listing,
    slugs_stay_unique,
    a_listing_goes_through_review,
    steps_out_of_turn_are_refused,
    only_the_right_people_take_a_step,
    a_restricted_listing_comes_back,
    badges_are_the_operators_word,
    every_step_is_in_the_trail,
);

const CREATE: &str = "mutation ($input: ListingCreateInput!) {
  listingCreate(input: $input) { listing { id slug } userErrors { field code } }
}";

async fn a_draft_is_made_and_reads_back(app: TestApp) {
    category(&app, "App", None).await;
    let member = app.actor("borealis", Role::Member);
    let id = draft(
        &app,
        &member,
        json!({
            "name": "  Aurora   Sync ", "kind": "INTEGRATION", "summary": "Keeps both in step.", "description": "Long.\n\nText.",
            "useCase": "Syncing", "websiteUrl": "https://borealis.example/sync", "repoUrl": "https://git.example/sync",
            "logoUrl": "https://borealis.example/logo.svg", "pricingModels": ["FREE", "USAGE"], "highlights": ["Fast"],
            "tags": ["sync", " sync "], "personas": ["Operator"], "openSource": true, "maturity": "sandbox",
            "acceptedOn": "2024-02-29", "categories": ["app"], "audience": ["comet"], "visibility": "LIMITED",
        }),
    )
    .await;
    const READ: &str = "query ($id: ID!) { node(id: $id) { __typename ... on Listing {
      slug name summary description kind status visibility useCase websiteUrl repoUrl logoUrl pricingModels highlights
      tags personas openSource maturity acceptedOn badges externalId publishedAt revision viewerCanUpdate vendorName
      audience { slug } categories { slug } vendor { slug } rating { average count } pendingChange { id } statusReason
    } } }";
    let answer = app.graphql(&member, READ, json!({"id": id})).await;
    assert_eq!(
        answer.at("/node"),
        &json!({
            "__typename": "Listing", "slug": "aurora-sync", "name": "Aurora Sync", "summary": "Keeps both in step.",
            "description": "Long.\n\nText.", "kind": "INTEGRATION", "status": "DRAFT", "visibility": "LIMITED",
            "useCase": "Syncing", "websiteUrl": "https://borealis.example/sync", "repoUrl": "https://git.example/sync",
            "logoUrl": "https://borealis.example/logo.svg", "pricingModels": ["USAGE", "FREE"], "highlights": ["Fast"],
            "tags": ["sync"], "personas": ["Operator"], "openSource": true, "maturity": "sandbox",
            "acceptedOn": "2024-02-29", "badges": [], "externalId": null, "publishedAt": null, "revision": 1,
            "viewerCanUpdate": true, "vendorName": null, "audience": [{"slug": "comet"}],
            "categories": [{"slug": "app"}], "vendor": {"slug": "borealis"}, "rating": {"average": null, "count": 0},
            "pendingChange": null, "statusReason": null,
        })
    );
    // A draft is its vendor's and the operator's affair.
    for (actor, sees) in [
        (app.visitor(), false),
        (app.manager("comet"), false),
        (app.actor("borealis", Role::Viewer), true),
        (app.actor("operator", Role::Viewer), true),
    ] {
        let seen = app
            .graphql(
                &actor,
                "query ($id: ID!) { node(id: $id) { id } listing(slug: \"aurora-sync\") { id } }",
                json!({"id": id}),
            )
            .await;
        assert_eq!(seen.at("/node").is_object(), sees, "{actor:?}");
        assert_eq!(seen.at("/listing").is_object(), sees, "{actor:?}");
    }
}

async fn bad_input_is_refused_with_its_field(app: TestApp) {
    let manager = app.manager("borealis");
    let cases = [
        (json!({"name": " "}), "REQUIRED", "name"),
        (json!({"name": "x".repeat(201)}), "TOO_LONG", "name"),
        (json!({"summary": "x".repeat(256)}), "TOO_LONG", "summary"),
        (json!({"description": "x".repeat(32_769)}), "TOO_LONG", "description"),
        (json!({"highlights": vec!["x"; 11]}), "TOO_MANY", "highlights"),
        (json!({"slug": "Not a slug"}), "INVALID_FORMAT", "slug"),
        (json!({"categories": ["none-such"]}), "NOT_FOUND", "categories"),
        (json!({"audience": ["none-such"]}), "NOT_FOUND", "audience"),
        (json!({"vendor": "none-such"}), "NOT_FOUND", "vendor"),
        (json!({"vendor": "borealis", "vendorName": "Somebody"}), "INVALID_VALUE", "vendorName"),
        (json!({"integrations": [{"listing": UNKNOWN_LISTING}]}), "NOT_FOUND", "integrations"),
        (json!({"integrations": [{"name": ""}]}), "REQUIRED", "integrations"),
        (json!({"idempotencyKey": ""}), "OUT_OF_RANGE", "idempotencyKey"),
    ];
    for (extra, code, field) in cases {
        let mut input = json!({"name": "Sync", "kind": "PRODUCT"});
        input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let answer = app.graphql(&manager, CREATE, json!({"input": input})).await;
        assert_eq!(answer.refusals(), [code], "{extra}");
        let path = answer.at("/listingCreate/userErrors/0/field").as_array().unwrap();
        assert!(path.iter().any(|part| part == field), "{extra}: {path:?}");
    }
    let malformed = [
        json!({"name": "Sync", "kind": "PRODUCT", "websiteUrl": "javascript:alert(1)"}),
        json!({"name": "Sync", "kind": "SOMETHING"}),
        json!({"name": "Sync", "kind": "PRODUCT", "integrations": [{"listing": organization_id("comet").global()}]}),
        json!({"name": "Sync", "kind": "PRODUCT", "integrations": [{"name": "a", "listing": UNKNOWN_LISTING}]}),
    ];
    for input in malformed {
        let answer = app.graphql(&manager, CREATE, json!({"input": input})).await;
        assert!(answer.body()["errors"].is_array(), "{input}");
    }
    // Nothing was half made.
    assert_eq!(names(&app, &manager, json!({"statuses": ["DRAFT"]}), json!(null)).await, [""; 0]);
    // Another vendor, or one that is only a name, is for the operator.
    for extra in [json!({"vendor": "comet"}), json!({"vendorName": "Somebody"})] {
        let mut input = json!({"name": "Sync", "kind": "PRODUCT"});
        input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        assert_eq!(app.graphql(&manager, CREATE, json!({"input": input})).await.refusals(), ["NOT_ALLOWED"]);
        app.graphql(&app.manager("operator"), CREATE, json!({"input": input})).await.payload();
    }
    let input = json!({"input": {"name": "Sync", "kind": "PRODUCT"}});
    assert_eq!(
        app.graphql(&app.actor("borealis", Role::Viewer), CREATE, input.clone()).await.refusals(),
        ["NOT_ALLOWED"]
    );
    assert_eq!(app.graphql(&app.visitor(), CREATE, input.clone()).await.error_code(), "UNAUTHENTICATED");
    let key = app.key("borealis", &[Scope::ProgramsWrite]);
    assert_eq!(app.graphql(&key, CREATE, input.clone()).await.error_code(), "FORBIDDEN");
    app.graphql(&app.key("borealis", &[Scope::ListingsWrite]), CREATE, input).await.payload();
}

async fn a_retry_gives_the_same_listing(app: TestApp) {
    let manager = app.manager("borealis");
    let input = json!({"input": {"name": "Sync", "kind": "PRODUCT", "idempotencyKey": "one"}});
    let first = app.graphql(&manager, CREATE, input.clone()).await;
    let again = app.graphql(&manager, CREATE, input).await;
    assert_eq!(first.payload(), again.payload());
    let other = json!({"input": {"name": "Other", "kind": "PRODUCT", "idempotencyKey": "one"}});
    assert_eq!(app.graphql(&manager, CREATE, other).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(names(&app, &manager, json!({"statuses": ["DRAFT"]}), json!(null)).await, ["Sync"]);
}

async fn slugs_stay_unique(app: TestApp) {
    let manager = app.manager("borealis");
    let create = |name: &str, slug: Option<&str>| json!({"input": {"name": name, "kind": "PRODUCT", "slug": slug}});
    let mut made = Vec::new();
    for name in ["A & B", "A B", "a-b"] {
        made.push(text(&app.graphql(&manager, CREATE, create(name, None)).await.payload()["listing"]["slug"]));
    }
    assert_eq!(made, ["a-b", "a-b-2", "a-b-3"]);
    let taken = app.graphql(&manager, CREATE, create("Other", Some("a-b"))).await;
    assert_eq!(taken.refusals(), ["TAKEN"]);
    assert_eq!(taken.at("/listingCreate/userErrors/0/field"), &json!(["input", "slug"]));
    let long = "x".repeat(200);
    for _ in 0..2 {
        let slug = text(&app.graphql(&manager, CREATE, create(&long, None)).await.payload()["listing"]["slug"]);
        assert!(slug.len() <= 80, "{slug}");
    }
}

async fn a_listing_goes_through_review(app: TestApp) {
    category(&app, "App", None).await;
    let manager = app.manager("borealis");
    let operator = app.manager("operator");
    let id = draft(&app, &manager, json!({"name": "Sync", "categories": ["app"]})).await;
    assert_eq!(step(&app, &manager, "listingSubmit", &id).await, "IN_REVIEW");
    assert_eq!(step(&app, &manager, "listingWithdraw", &id).await, "DRAFT");
    assert_eq!(step(&app, &manager, "listingSubmit", &id).await, "IN_REVIEW");
    assert_eq!(names(&app, &operator, json!({"statuses": ["IN_REVIEW"]}), json!(null)).await, ["Sync"]);
    assert_eq!(names(&app, &app.visitor(), json!({"statuses": ["IN_REVIEW"]}), json!(null)).await, [""; 0]);
    assert_eq!(step_for(&app, &operator, "listingReject", &id, "Say more.").await, "DRAFT");
    const READ: &str = "{ listing(slug: \"sync\") { status statusReason publishedAt revision } }";
    assert_eq!(app.graphql(&manager, READ, json!({})).await.at("/listing/statusReason"), "Say more.");
    step(&app, &manager, "listingSubmit", &id).await;
    assert_eq!(step(&app, &operator, "listingApprove", &id).await, "PUBLISHED");
    let seen = app.graphql(&app.visitor(), READ, json!({})).await;
    assert_eq!(
        seen.at("/listing"),
        &json!({"status": "PUBLISHED", "statusReason": null, "publishedAt": "2026-11-02T09:00:00+00:00", "revision": 7})
    );
    assert_eq!(step(&app, &manager, "listingArchive", &id).await, "ARCHIVED");
    assert_eq!(app.graphql(&app.visitor(), READ, json!({})).await.at("/listing"), &json!(null));
}

async fn steps_out_of_turn_are_refused(app: TestApp) {
    category(&app, "App", None).await;
    let manager = app.manager("borealis");
    let operator = app.manager("operator");
    let bare = draft(&app, &manager, json!({"name": "Bare"})).await;
    assert_eq!(refused(&app, &manager, "listingSubmit", &bare).await, ["REQUIRED"]);
    for mutation in ["listingApprove", "listingRestore"] {
        assert_eq!(refused(&app, &operator, mutation, &bare).await, ["INVALID_STATE"], "{mutation}");
    }
    assert_eq!(refused(&app, &manager, "listingWithdraw", &bare).await, ["INVALID_STATE"]);
    step(&app, &manager, "listingArchive", &bare).await;
    for mutation in ["listingSubmit", "listingArchive"] {
        let codes = refused(&app, &manager, mutation, &bare).await;
        assert!(codes == ["INVALID_STATE"] || codes == ["REQUIRED"], "{mutation}: {codes:?}");
    }
    let id = draft(&app, &manager, json!({"name": "Sync", "categories": ["app"]})).await;
    const SUBMIT: &str = "mutation ($id: ID!, $revision: Int) {
      listingSubmit(id: $id, expectedRevision: $revision) { listing { id } userErrors { code currentRevision } }
    }";
    let stale = app.graphql(&manager, SUBMIT, json!({"id": id, "revision": 7})).await;
    assert_eq!(stale.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(stale.at("/listingSubmit/userErrors/0/currentRevision"), 1);
    const RESTRICT: &str = "mutation ($id: ID!, $input: ListingReasonInput!) {
      listingRestrict(id: $id, input: $input) { listing { id } userErrors { code } }
    }";
    let blank = json!({"id": id, "input": {"reason": " "}});
    assert_eq!(app.graphql(&operator, RESTRICT, blank).await.refusals(), ["REQUIRED"]);
}

async fn only_the_right_people_take_a_step(app: TestApp) {
    category(&app, "App", None).await;
    let manager = app.manager("borealis");
    let id = draft(&app, &manager, json!({"name": "Sync", "categories": ["app"]})).await;
    let member = app.actor("borealis", Role::Member);
    assert_eq!(refused(&app, &member, "listingSubmit", &id).await, ["NOT_ALLOWED"]);
    assert_eq!(refused(&app, &app.manager("comet"), "listingSubmit", &id).await, ["NOT_FOUND"]);
    step(&app, &manager, "listingSubmit", &id).await;
    for actor in [manager.clone(), app.actor("operator", Role::Member)] {
        assert_eq!(refused(&app, &actor, "listingApprove", &id).await, ["NOT_ALLOWED"]);
    }
    step(&app, &app.manager("operator"), "listingApprove", &id).await;
    assert_eq!(refused(&app, &app.manager("comet"), "listingArchive", &id).await, ["NOT_ALLOWED"]);
    for id in [id.as_str(), UNKNOWN_LISTING] {
        let document = "mutation ($id: ID!) { listingArchive(id: $id) { userErrors { code } } }";
        let answer = app.graphql(&app.visitor(), document, json!({"id": id})).await;
        assert_eq!(answer.error_code(), "UNAUTHENTICATED");
    }
    let document = "mutation ($id: ID!) { listingArchive(id: $id) { userErrors { code } } }";
    let other_kind = app.graphql(&manager, document, json!({"id": id.replace("lst", "org")})).await;
    assert_eq!(other_kind.error_code(), "BAD_USER_INPUT");
}

async fn a_restricted_listing_comes_back(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync", "audience": ["comet"]})).await;
    let operator = app.manager("operator");
    assert_eq!(step_for(&app, &operator, "listingRestrict", &id, "A complaint.").await, "RESTRICTED");
    let read = "{ listing(slug: \"sync\") { status statusReason } }";
    for (actor, seen) in [
        (app.visitor(), json!(null)),
        (app.manager("aurora"), json!(null)),
        (app.manager("comet"), json!({"status": "RESTRICTED", "statusReason": null})),
        (app.actor("borealis", Role::Viewer), json!({"status": "RESTRICTED", "statusReason": "A complaint."})),
    ] {
        assert_eq!(app.graphql(&actor, read, json!({})).await.at("/listing"), &seen, "{actor:?}");
    }
    assert_eq!(step(&app, &operator, "listingRestore", &id).await, "PUBLISHED");
    assert!(app.graphql(&app.visitor(), read, json!({})).await.at("/listing").is_object());
}

async fn badges_are_the_operators_word(app: TestApp) {
    const SET: &str = "mutation ($id: ID!, $input: ListingBadgesSetInput!) {
      listingBadgesSet(id: $id, input: $input) { listing { badges revision } userErrors { code } }
    }";
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    published(&app, "borealis", json!({"name": "Other"})).await;
    let set = json!({"id": id, "input": {"badges": ["CERTIFIED", "OPEN_SOURCE"], "expectedRevision": 3}});
    assert_eq!(app.graphql(&app.manager("borealis"), SET, set.clone()).await.refusals(), ["NOT_ALLOWED"]);
    let given = app.graphql(&app.manager("operator"), SET, set.clone()).await;
    assert_eq!(given.payload()["listing"], json!({"badges": ["OPEN_SOURCE", "CERTIFIED"], "revision": 4}));
    assert_eq!(app.graphql(&app.manager("operator"), SET, set).await.refusals(), ["REVISION_MISMATCH"]);
    let found = names(&app, &app.visitor(), json!({"badges": ["CERTIFIED", "RECOMMENDED"]}), json!(null)).await;
    assert_eq!(found, ["Sync"]);
}

async fn every_step_is_in_the_trail(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    step(&app, &app.manager("borealis"), "listingArchive", &id).await;
    let trail: Vec<_> = audit_entry::Entity::find()
        .filter(audit_entry::Column::Subject.eq(id.as_str()))
        .order_by_asc(audit_entry::Column::Id)
        .all(app.app.world.db.read())
        .await
        .unwrap();
    let actions: Vec<_> = trail.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["listing.created", "listing.submitted", "listing.approved", "listing.archived"]);
    assert!(trail.iter().all(|entry| entry.organization_id == organization_id("borealis")));
    assert_eq!(trail[3].before.as_ref().unwrap()["status"], "PUBLISHED");
    assert_eq!(trail[3].after.as_ref().unwrap()["status"], "ARCHIVED");
}
