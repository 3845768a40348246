//! Public profiles and their moderation.

use crate::support::{TestApp, on_both, organization_id};
use entity::{id::TypedId, value::Role};
use partnergraph::{op::Scope, organization::service};
use serde_json::{Value, json};

const UPDATE: &str = "mutation ($id: ID!, $input: ProfileUpdateInput!) {
  profileUpdate(id: $id, input: $input) {
    organization { revision profile { headline } pendingProfileChange { id } }
    profileChange { id status proposal { headline websiteUrl } }
    userErrors { field code currentRevision }
  }
}";

const READ: &str = "query ($locale: String) { organization(slug: \"aurora\") {
  profile(locale: $locale) { headline description websiteUrl locale direction sourceLocale locales }
} }";

const QUEUE: &str = "{ profileChanges { totalCount nodes { id status organization { slug } } } }";

on_both!(
    a_reader_gets_the_text_that_suits,
    no_profile_is_null,
    an_edit_leaves_what_it_does_not_name,
    bad_profiles_have_codes,
    a_profile_is_found_by_its_words,
    a_moderated_change_waits,
    a_change_is_decided_once,
    a_newer_change_takes_the_place_of_the_older,
);

fn texts() -> Value {
    json!({"sourceLocale": "en", "websiteUrl": "https://aurora.example/", "texts": [
        {"locale": "en", "headline": "Northern lights", "description": "We sell\nlight."},
        {"locale": "AR", "headline": "الأضواء الشمالية"},
        {"locale": "pt", "headline": "Luzes do norte"},
    ]})
}

fn edit(input: Value) -> Value {
    json!({"id": organization_id("aurora").global(), "input": input})
}

/// Moderates `aurora`, as a program would.
async fn moderate(app: &TestApp) {
    let op = app.app.op(app.manager("comet"), "test", vec![]);
    let tx = op.db().begin().await.unwrap();
    service::set_moderated_in(&tx, &op, organization_id("aurora"), true).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_reader_gets_the_text_that_suits(app: TestApp) {
    app.graphql(&app.manager("aurora"), UPDATE, edit(texts())).await.payload();
    let visitor = app.visitor();
    for (locale, languages, expected, direction) in [
        (json!(null), vec![], "en", "LTR"),
        (json!("pt-BR"), vec!["ar"], "pt", "LTR"),
        (json!("ar-EG"), vec![], "ar", "RTL"),
        (json!(null), vec!["fr", "AR-eg"], "ar", "RTL"),
        (json!("hu"), vec!["ar"], "en", "LTR"),
    ] {
        let read = app.graphql_in(&visitor, READ, json!({"locale": locale}), &languages).await;
        assert_eq!(read.at("/organization/profile/locale"), expected, "{locale} {languages:?}");
        assert_eq!(read.at("/organization/profile/direction"), direction);
        assert_eq!(read.at("/organization/profile/locales"), &json!(["ar", "en", "pt"]));
    }
    let malformed = app.graphql(&visitor, READ, json!({"locale": "pt_BR"})).await;
    assert_eq!(malformed.error_code(), "BAD_USER_INPUT");
}

async fn no_profile_is_null(app: TestApp) {
    let read = app.graphql(&app.visitor(), READ, json!({})).await;
    assert_eq!(read.data(), &json!({"organization": {"profile": null}}));
}

async fn an_edit_leaves_what_it_does_not_name(app: TestApp) {
    let manager = app.manager("aurora");
    app.graphql(&manager, UPDATE, edit(texts())).await.payload();
    app.graphql(&manager, UPDATE, edit(json!({"logoUrl": "https://aurora.example/logo.svg"}))).await.payload();
    let read = app.graphql(&manager, READ, json!({})).await;
    assert_eq!(read.at("/organization/profile/description"), "We sell\nlight.");
    assert_eq!(read.at("/organization/profile/websiteUrl"), "https://aurora.example/");
    let source = edit(json!({"sourceLocale": "pt", "websiteUrl": null, "texts": [{"locale": "pt", "headline": "Só"}]}));
    app.graphql(&manager, UPDATE, source).await.payload();
    let read = app.graphql(&manager, READ, json!({"locale": "en"})).await;
    assert_eq!(
        read.at("/organization/profile"),
        &json!({
            "headline": "Só", "description": null, "websiteUrl": null, "locale": "pt", "direction": "LTR",
            "sourceLocale": "pt", "locales": ["pt"],
        })
    );
}

async fn bad_profiles_have_codes(app: TestApp) {
    let manager = app.manager("aurora");
    let text = |text: Value| json!({"sourceLocale": "en", "texts": [text]});
    for (input, code, field) in [
        (json!({}), "REQUIRED", "sourceLocale"),
        (json!({"sourceLocale": "english"}), "INVALID_FORMAT", "sourceLocale"),
        (text(json!({"locale": "de", "headline": "x"})), "REQUIRED", "texts"),
        (text(json!({"locale": "en", "headline": "x".repeat(161)})), "TOO_LONG", "headline"),
        (text(json!({"locale": "en", "description": "x".repeat(2001)})), "TOO_LONG", "description"),
        (text(json!({"locale": "en"})), "REQUIRED", "0"),
        (json!({"sourceLocale": "en", "websiteUrl": "https://u:p@aurora.example"}), "INVALID_FORMAT", "websiteUrl"),
        (json!({"sourceLocale": "en", "expectedRevision": 7}), "REVISION_MISMATCH", "expectedRevision"),
    ] {
        let answer = app.graphql(&manager, UPDATE, edit(input.clone())).await;
        assert_eq!(answer.refusals(), [code], "{input}");
        let path = answer.at("/profileUpdate/userErrors/0/field").as_array().unwrap().clone();
        assert_eq!(path.last().unwrap(), field, "{input}");
    }
    let url = app.graphql(&manager, UPDATE, edit(json!({"websiteUrl": "ftp://aurora.example"}))).await;
    assert!(url.body()["errors"][0]["message"].as_str().unwrap().contains("http"), "{}", url.body());
    assert_eq!(app.graphql(&app.manager("comet"), UPDATE, edit(texts())).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(app.graphql(&app.visitor(), UPDATE, edit(texts())).await.error_code(), "UNAUTHENTICATED");
    let key = app.key("aurora", &[Scope::ListingsWrite]);
    assert_eq!(app.graphql(&key, UPDATE, edit(texts())).await.error_code(), "FORBIDDEN");
}

async fn a_profile_is_found_by_its_words(app: TestApp) {
    const FIND: &str = "query ($query: String) { organizations(filter: {query: $query}) { nodes { slug } } }";
    let found = async |query: &str| {
        let answer = app.graphql(&app.visitor(), FIND, json!({"query": query})).await;
        answer.at("/organizations/nodes").as_array().unwrap().len()
    };
    assert_eq!(found("الشمالية").await, 0);
    app.graphql(&app.manager("aurora"), UPDATE, edit(texts())).await.payload();
    for query in ["الشمالية", "LÚZ nort", "lights"] {
        assert_eq!(found(query).await, 1, "{query}");
    }
    let bare = edit(json!({"texts": [{"locale": "en", "headline": "Dark"}]}));
    app.graphql(&app.manager("aurora"), UPDATE, bare).await.payload();
    assert_eq!((found("الشمالية").await, found("dark").await, found("?!").await), (0, 1, 0));
}

async fn a_moderated_change_waits(app: TestApp) {
    let manager = app.manager("aurora");
    moderate(&app).await;
    let proposed = app.graphql(&manager, UPDATE, edit(texts())).await;
    let change = proposed.payload()["profileChange"].clone();
    assert_eq!((&change["status"], &change["proposal"]["headline"]), (&json!("PENDING"), &json!("Northern lights")));
    assert_eq!(proposed.payload()["organization"]["pendingProfileChange"]["id"], change["id"]);
    let node = "query ($id: ID!) { node(id: $id) { id } organization(slug: \"aurora\") { profile { headline } pendingProfileChange { id } profileModerated } }";
    for stranger in [app.visitor(), app.manager("comet")] {
        let seen = app.graphql(&stranger, node, json!({"id": change["id"]})).await;
        let nothing = json!({"profile": null, "pendingProfileChange": null, "profileModerated": null});
        assert_eq!(seen.data(), &json!({"node": null, "organization": nothing}));
        assert_eq!(app.graphql(&stranger, QUEUE, json!({})).await.at("/profileChanges/totalCount"), 0);
    }
    let queue = app.graphql(&app.operator(), QUEUE, json!({})).await;
    assert_eq!(queue.at("/profileChanges/nodes/0/organization/slug"), "aurora");
    let approve = "mutation ($id: ID!) { profileChangeApprove(id: $id) { profileChange { status decidedAt } userErrors { code } } }";
    let approved = app.graphql(&app.manager("operator"), approve, json!({"id": change["id"]})).await;
    assert_eq!(approved.payload()["profileChange"]["status"], "APPROVED");
    let read = app.graphql(&app.visitor(), READ, json!({})).await;
    assert_eq!(read.at("/organization/profile/headline"), "Northern lights");
    // The operator's own people need no other moderator.
    let direct = app.graphql(&app.operator(), UPDATE, edit(json!({"logoUrl": "https://aurora.example/l.svg"}))).await;
    assert!(direct.payload()["profileChange"].is_null());
}

async fn a_change_is_decided_once(app: TestApp) {
    const REJECT: &str = "mutation ($id: ID!, $reason: String!) {
      profileChangeReject(id: $id, input: {reason: $reason}) { profileChange { status reason } userErrors { code } }
    }";
    const APPROVE: &str =
        "mutation ($id: ID!) { profileChangeApprove(id: $id) { profileChange { id } userErrors { code } } }";
    const WITHDRAW: &str =
        "mutation ($id: ID!) { profileChangeWithdraw(id: $id) { profileChange { status } userErrors { code } } }";
    let (manager, operator) = (app.manager("aurora"), app.manager("operator"));
    moderate(&app).await;
    let id = app.graphql(&manager, UPDATE, edit(texts())).await.payload()["profileChange"]["id"].clone();
    assert_eq!(
        app.graphql(&app.actor("aurora", Role::Owner), APPROVE, json!({"id": id})).await.refusals(),
        ["NOT_ALLOWED"]
    );
    assert_eq!(app.graphql(&app.manager("comet"), APPROVE, json!({"id": id})).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(app.graphql(&app.visitor(), APPROVE, json!({"id": id})).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.graphql(&operator, REJECT, json!({"id": id, "reason": ""})).await.refusals(), ["REQUIRED"]);
    let rejected = app.graphql(&operator, REJECT, json!({"id": id, "reason": "Not yours"})).await;
    assert_eq!(rejected.payload()["profileChange"], json!({"status": "REJECTED", "reason": "Not yours"}));
    assert_eq!(app.graphql(&operator, APPROVE, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(app.graphql(&manager, WITHDRAW, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);
    let id = app.graphql(&manager, UPDATE, edit(texts())).await.payload()["profileChange"]["id"].clone();
    let withdrawn = app.graphql(&manager, WITHDRAW, json!({"id": id})).await;
    assert_eq!(withdrawn.payload()["profileChange"]["status"], "WITHDRAWN");
    assert_eq!(app.graphql(&app.visitor(), READ, json!({})).await.at("/organization/profile"), &json!(null));
}

async fn a_newer_change_takes_the_place_of_the_older(app: TestApp) {
    let manager = app.manager("aurora");
    moderate(&app).await;
    let older = app.graphql(&manager, UPDATE, edit(texts())).await.payload()["profileChange"]["id"].clone();
    let newer = app.graphql(&manager, UPDATE, edit(json!({"websiteUrl": "https://www.aurora.example"}))).await;
    let proposal = &newer.payload()["profileChange"]["proposal"];
    assert_eq!(proposal["headline"], "Northern lights", "it builds on what waited");
    let node = "query ($id: ID!) { node(id: $id) { ... on ProfileChange { status } } }";
    let seen = app.graphql(&manager, node, json!({"id": older})).await;
    assert_eq!(seen.at("/node/status"), "WITHDRAWN");
    assert_eq!(app.graphql(&manager, QUEUE, json!({})).await.at("/profileChanges/totalCount"), 1);
}
