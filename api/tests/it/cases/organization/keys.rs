//! API keys.

use crate::support::{TestApp, on_both, organization_id};
use chrono::TimeDelta;
use entity::{id::TypedId, value::Role};
use partnergraph::op::{Actor, Scope};
use serde_json::{Value, json};

const CREATE: &str = "mutation ($id: ID!, $input: ApiKeyCreateInput!) {
  apiKeyCreate(id: $id, input: $input) {
    secret apiKey { id name prefix scopes usable expiresAt revokedAt lastUsedAt createdBy { email } }
    userErrors { field code }
  }
}";

const REVOKE: &str = "mutation ($id: ID!) {
  apiKeyRevoke(id: $id) { apiKey { usable revokedAt } userErrors { code } }
}";

const READ: &str = "{ organization(slug: \"aurora\") { apiKeys { totalCount nodes { prefix lastUsedAt usable } } } }";

on_both!(
    a_key_is_shown_once_and_works,
    a_key_ends,
    a_retry_makes_no_second_key,
    bad_keys_have_codes,
    use_is_noted_to_the_minute,
    only_administrators_see_keys,
);

fn create(input: Value) -> Value {
    json!({"id": organization_id("aurora").global(), "input": input})
}

async fn a_key_is_shown_once_and_works(app: TestApp) {
    let admin = app.actor("aurora", Role::Admin);
    let scopes = ["LISTINGS_WRITE", "LISTINGS_WRITE", "ORGANIZATION_WRITE"];
    let made = app.graphql(&admin, CREATE, create(json!({"name": "CI", "scopes": scopes}))).await;
    let (secret, key) = (made.payload()["secret"].as_str().unwrap(), &made.payload()["apiKey"]);
    let parts: Vec<_> = secret.split('_').collect();
    assert_eq!((parts[0], parts[1].len(), parts[2].len()), ("pgk", 8, 64));
    assert_eq!(key["prefix"], parts[1]);
    assert_eq!(key["scopes"], json!(["ORGANIZATION_WRITE", "LISTINGS_WRITE"]));
    assert_eq!(key["createdBy"]["email"], "admin@aurora.example");
    let header = format!("Bearer {secret}");
    let actor = app.app.authenticator.authenticate(Some(&header)).await.unwrap();
    let Actor::Key(ref own) = actor else { panic!("a key") };
    assert_eq!(own.scopes, [Scope::OrganizationWrite, Scope::ListingsWrite]);
    let me = app
        .graphql(&actor, "{ viewer { id person { id } name role email scopes organization { slug } } }", json!({}))
        .await;
    let expected = json!({
        "id": key["id"].as_str().unwrap().replace("key_", "vwr_"), "person": null, "name": "CI", "role": "MANAGER", "email": null,
        "scopes": ["ORGANIZATION_WRITE", "LISTINGS_WRITE"], "organization": {"slug": "aurora"},
    });
    assert_eq!(me.at("/viewer"), &expected);
    // A key works within its scopes and manages no keys.
    let update = "mutation ($id: ID!) { coverageSet(id: $id, input: {regions: [\"EMEA\"]}) { organization { regions } userErrors { code } } }";
    let covered = app.graphql(&actor, update, json!({"id": organization_id("aurora").global()})).await;
    assert_eq!(covered.payload()["organization"]["regions"], json!(["EMEA"]));
    assert_eq!(
        app.graphql(&actor, CREATE, create(json!({"name": "More", "scopes": []}))).await.error_code(),
        "FORBIDDEN"
    );
    assert_eq!(app.graphql(&actor, REVOKE, json!({"id": key["id"]})).await.error_code(), "FORBIDDEN");
    for forged in [format!("{}0", &header[..header.len() - 1]), "Bearer pgk_zzzzzzzz_00".into(), "Bearer pgk_".into()] {
        if forged != header {
            assert!(app.app.authenticator.authenticate(Some(&forged)).await.is_err(), "{forged}");
        }
    }
    let revoked = app.graphql(&admin, REVOKE, json!({"id": key["id"]})).await;
    assert_eq!(revoked.payload()["apiKey"]["usable"], false);
    assert!(app.app.authenticator.authenticate(Some(&header)).await.is_err());
    app.clock.advance(TimeDelta::hours(1));
    let again = app.graphql(&admin, REVOKE, json!({"id": key["id"]})).await;
    assert_eq!(again.payload(), revoked.payload(), "revoking twice changes nothing");
}

async fn a_key_ends(app: TestApp) {
    let admin = app.actor("aurora", Role::Admin);
    let input = json!({"name": "Short", "scopes": [], "expiresAt": "2026-11-02T10:00:00Z"});
    let made = app.graphql(&admin, CREATE, create(input)).await;
    let header = format!("Bearer {}", made.payload()["secret"].as_str().unwrap());
    assert!(app.app.authenticator.authenticate(Some(&header)).await.is_ok());
    app.clock.advance(TimeDelta::hours(1));
    assert!(app.app.authenticator.authenticate(Some(&header)).await.is_err(), "the end itself is outside");
    let past = json!({"name": "Late", "scopes": [], "expiresAt": "2026-11-02T10:00:00Z"});
    assert_eq!(app.graphql(&admin, CREATE, create(past)).await.refusals(), ["INVALID_VALUE"]);
}

async fn a_retry_makes_no_second_key(app: TestApp) {
    let admin = app.actor("aurora", Role::Admin);
    let input = json!({"name": "CI", "scopes": [], "idempotencyKey": "k"});
    let made = app.graphql(&admin, CREATE, create(input.clone())).await;
    let again = app.graphql(&admin, CREATE, create(input)).await;
    assert_eq!(made.payload()["apiKey"]["id"], again.payload()["apiKey"]["id"]);
    assert!(made.payload()["secret"].is_string() && again.payload()["secret"].is_null());
    let other = json!({"name": "Other", "scopes": [], "idempotencyKey": "k"});
    assert_eq!(app.graphql(&admin, CREATE, create(other)).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(app.graphql(&admin, READ, json!({})).await.at("/organization/apiKeys/totalCount"), 1);
}

async fn bad_keys_have_codes(app: TestApp) {
    let admin = app.actor("aurora", Role::Admin);
    let named = |name: &str| create(json!({"name": name, "scopes": []}));
    assert_eq!(app.graphql(&admin, CREATE, named(" ")).await.refusals(), ["REQUIRED"]);
    assert_eq!(app.graphql(&admin, CREATE, named(&"x".repeat(81))).await.refusals(), ["TOO_LONG"]);
    for actor in [app.manager("aurora"), app.actor("comet", Role::Owner), app.actor("operator", Role::Owner)] {
        assert_eq!(app.graphql(&actor, CREATE, named("CI")).await.refusals(), ["NOT_ALLOWED"]);
    }
    assert_eq!(app.graphql(&app.visitor(), CREATE, named("CI")).await.error_code(), "UNAUTHENTICATED");
    let made = app.graphql(&admin, CREATE, named("CI")).await;
    let id = made.payload()["apiKey"]["id"].clone();
    assert_eq!(
        app.graphql(&app.actor("comet", Role::Owner), REVOKE, json!({"id": id})).await.refusals(),
        ["NOT_FOUND"]
    );
    assert_eq!(app.graphql(&app.visitor(), REVOKE, json!({"id": id})).await.error_code(), "UNAUTHENTICATED");
    app.graphql(&app.operator(), REVOKE, json!({"id": id})).await.payload();
    for _ in 0..100 {
        app.graphql(&admin, CREATE, named("CI")).await.payload();
    }
    assert_eq!(app.graphql(&admin, CREATE, named("CI")).await.refusals(), ["TOO_MANY"]);
}

async fn use_is_noted_to_the_minute(app: TestApp) {
    let admin = app.actor("aurora", Role::Admin);
    let made = app.graphql(&admin, CREATE, create(json!({"name": "CI", "scopes": []}))).await;
    let header = format!("Bearer {}", made.payload()["secret"].as_str().unwrap());
    let authenticate = || app.app.authenticator.authenticate(Some(&header));
    let used =
        async || app.graphql(&admin, READ, json!({})).await.at("/organization/apiKeys/nodes/0/lastUsedAt").clone();
    assert_eq!(used().await, json!(null));
    app.clock.advance(TimeDelta::seconds(90));
    let (first, noted) = app.statements(authenticate()).await;
    assert!(first.is_ok());
    assert_eq!(used().await, "2026-11-02T09:01:00+00:00");
    let (_, silent) = app.statements(authenticate()).await;
    assert_eq!((noted, silent), (2, 1), "the second use in a minute writes nothing");
    app.clock.advance(TimeDelta::seconds(60));
    authenticate().await.unwrap();
    assert_eq!(used().await, "2026-11-02T09:02:00+00:00");
}

async fn only_administrators_see_keys(app: TestApp) {
    for actor in [app.visitor(), app.manager("aurora"), app.manager("operator"), app.key("aurora", &Scope::GRANTABLE)] {
        let seen = app.graphql(&actor, READ, json!({})).await;
        assert_eq!(seen.data(), &json!({"organization": {"apiKeys": null}}));
    }
    for actor in [app.actor("aurora", Role::Owner), app.operator()] {
        assert_eq!(app.graphql(&actor, READ, json!({})).await.at("/organization/apiKeys/totalCount"), 0);
    }
}
