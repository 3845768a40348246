//! Endpoints: who makes them, what is refused, what is shown.

use super::{
    CREATE, PING, READ, REMOVE, REPLAY, ROTATE, Receiver, UPDATE, admin, come_by, create, endpoint, read, sent,
};
use crate::support::{TestApp, on_both, organization_id};
use entity::{audit_entry as audit, value::Role};
use partnergraph::op::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

on_both!(
    an_endpoint_is_made_and_its_secret_shown_once,
    bad_input_is_refused,
    a_change_leaves_what_it_does_not_name,
    only_administrators_and_keys_made_for_it_see_and_change_them,
    an_endpoint_goes_with_its_log,
    the_trail_tells_no_secret,
    a_list_of_endpoints_costs_the_same_however_many,
);

const LIST: &str = "query ($first: Int) { webhookEndpoints(first: $first) { totalCount nodes { id url
  deliveries(first: 2) { totalCount nodes { status } } } } }";

async fn an_endpoint_is_made_and_its_secret_shown_once(app: TestApp) {
    let input = json!({"url": "https://hooks.aurora.example/in?key=1", "description": "CRM",
        "kinds": ["OPPORTUNITY", "LEAD", "LEAD"], "changes": ["CREATED"], "idempotencyKey": "a"});
    let made = create(&app, input.clone()).await;
    let endpoint = &made.payload()["webhookEndpoint"];
    assert_eq!(endpoint["url"], "https://hooks.aurora.example/in?key=1");
    assert_eq!((&endpoint["kinds"], &endpoint["changes"]), (&json!(["OPPORTUNITY", "LEAD"]), &json!(["CREATED"])));
    assert_eq!((&endpoint["enabled"], &endpoint["revision"]), (&json!(true), &json!(1)));
    assert_eq!((&endpoint["organization"]["slug"], &endpoint["viewerCanUpdate"]), (&json!("aurora"), &json!(true)));
    assert!(made.payload()["secret"].as_str().unwrap().starts_with("whsec_"));
    let retry = create(&app, input.clone()).await;
    assert_eq!(retry.payload()["webhookEndpoint"]["id"], endpoint["id"]);
    assert_eq!(retry.payload()["secret"], Value::Null, "it is shown once");
    let other = json!({"url": "https://other.aurora.example/", "idempotencyKey": "a"});
    assert_eq!(create(&app, other).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    let list = app.graphql(&admin(&app), LIST, json!({})).await;
    assert_eq!(list.at("/webhookEndpoints/totalCount"), 1);
}

async fn bad_input_is_refused(app: TestApp) {
    for (input, code, field) in [
        (json!({"url": " "}), "REQUIRED", "url"),
        (json!({"url": "hooks.aurora.example"}), "INVALID_FORMAT", "url"),
        (json!({"url": "ftp://hooks.aurora.example/"}), "INVALID_FORMAT", "url"),
        (json!({"url": "https://me:word@hooks.aurora.example/"}), "INVALID_VALUE", "url"),
        (json!({"url": format!("https://hooks.aurora.example/{}", "x".repeat(2_048))}), "TOO_LONG", "url"),
        (json!({"url": "https://hooks.aurora.example/", "description": "x".repeat(201)}), "TOO_LONG", "description"),
    ] {
        let refused = create(&app, input.clone()).await;
        assert_eq!(refused.refusals(), [code], "{input}");
        assert_eq!(refused.at("/webhookEndpointCreate/userErrors/0/field"), &json!(["input", field]));
    }
    for _ in 0..20 {
        create(&app, json!({"url": "https://hooks.aurora.example/"})).await.payload();
    }
    assert_eq!(create(&app, json!({"url": "https://hooks.aurora.example/"})).await.refusals(), ["TOO_MANY"]);
}

async fn a_change_leaves_what_it_does_not_name(app: TestApp) {
    let made =
        create(&app, json!({"url": "https://one.aurora.example/", "description": "CRM", "kinds": ["LEAD"]})).await;
    let id = &made.payload()["webhookEndpoint"]["id"];
    let change = async |input: Value| app.graphql(&admin(&app), UPDATE, json!({"id": id, "input": input})).await;
    let off = change(json!({"enabled": false, "expectedRevision": 1})).await;
    assert_eq!(
        off.payload()["webhookEndpoint"],
        json!({"url": "https://one.aurora.example/", "description": "CRM", "kinds": ["LEAD"], "changes": null,
               "enabled": false, "disabledReason": "MANUAL", "revision": 2, "failures": 0, "nextAttemptAt": null})
    );
    let stale = change(json!({"enabled": true, "expectedRevision": 1})).await;
    assert_eq!(stale.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(stale.at("/webhookEndpointUpdate/userErrors/0/currentRevision"), 2);
    let emptied = change(json!({"description": null, "kinds": null, "changes": [], "enabled": true})).await;
    let emptied = &emptied.payload()["webhookEndpoint"];
    assert_eq!(
        (&emptied["description"], &emptied["kinds"], &emptied["changes"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    assert_eq!((&emptied["enabled"], &emptied["disabledReason"]), (&json!(true), &Value::Null));
    let moved = change(json!({"url": "https://two.aurora.example/"})).await;
    assert_eq!(moved.payload()["webhookEndpoint"]["url"], "https://two.aurora.example/");
    assert_eq!(change(json!({"url": "nonsense"})).await.refusals(), ["INVALID_FORMAT"]);
}

async fn only_administrators_and_keys_made_for_it_see_and_change_them(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    let variables = json!({"id": id});
    let key = app.key("aurora", &[Scope::WebhooksWrite]);
    let seen = app.graphql(&key, READ, variables.clone()).await;
    assert_eq!(seen.at("/webhookEndpoint/enabled"), true);
    app.graphql(&key, PING, variables.clone()).await.payload();
    app.graphql(&key, ROTATE, variables.clone()).await.payload();
    let other_key = app.key("aurora", &[Scope::ListingsWrite]);
    assert_eq!(app.graphql(&other_key, READ, variables.clone()).await.at("/webhookEndpoint"), &Value::Null);
    assert_eq!(app.graphql(&other_key, LIST, json!({})).await.error_code(), "FORBIDDEN");
    let input = json!({"input": {"url": "https://hooks.aurora.example/"}});
    assert_eq!(app.graphql(&other_key, CREATE, input.clone()).await.error_code(), "FORBIDDEN");
    assert_eq!(app.graphql(&app.manager("aurora"), CREATE, input.clone()).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(app.graphql(&app.visitor(), CREATE, input).await.error_code(), "UNAUTHENTICATED");
    for actor in [app.manager("aurora"), app.actor("borealis", Role::Owner)] {
        assert_eq!(app.graphql(&actor, READ, variables.clone()).await.at("/webhookEndpoint"), &Value::Null);
        assert_eq!(app.graphql(&actor, LIST, json!({})).await.at("/webhookEndpoints/totalCount"), 0);
        for document in [PING, ROTATE, REMOVE] {
            assert_eq!(app.graphql(&actor, document, variables.clone()).await.refusals(), ["NOT_FOUND"], "{document}");
        }
    }
    // The operator's administrators may look and remove, and not take the secret or lead it elsewhere.
    let operator = app.operator();
    assert_eq!(app.graphql(&operator, READ, variables.clone()).await.at("/webhookEndpoint/enabled"), true);
    let url = "query ($id: ID!) { node(id: $id) { ... on WebhookEndpoint { url } } }";
    app.graphql(
        &admin(&app),
        UPDATE,
        json!({"id": id, "input": {"url": "https://hooks.aurora.example:8443/in?key=1"}}),
    )
    .await
    .payload();
    for (actor, expected) in [
        (admin(&app), "https://hooks.aurora.example:8443/in?key=1"),
        (key.clone(), "https://hooks.aurora.example:8443/in?key=1"),
        (operator.clone(), "https://hooks.aurora.example:8443/"),
    ] {
        assert_eq!(app.graphql(&actor, url, variables.clone()).await.at("/node/url"), expected);
    }
    let lead = json!({"id": id, "input": {"url": "https://elsewhere.example/"}});
    assert_eq!(app.graphql(&operator, UPDATE, lead).await.refusals(), ["NOT_ALLOWED"]);
    for document in [PING, ROTATE] {
        assert_eq!(app.graphql(&operator, document, variables.clone()).await.refusals(), ["NOT_ALLOWED"]);
    }
    let replay = json!({"id": id, "input": {"after": "x"}});
    assert_eq!(app.graphql(&app.visitor(), REPLAY, replay).await.error_code(), "UNAUTHENTICATED");
    app.graphql(&operator, REMOVE, variables).await.payload();
}

async fn an_endpoint_goes_with_its_log(app: TestApp) {
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&app, &receiver).await;
    sent(&app, "borealis").await;
    assert_eq!(come_by(&app).await, 1);
    let delivery = read(&app, &id).await["deliveries"]["nodes"][0]["id"].clone();
    let removed = app.graphql(&admin(&app), REMOVE, json!({"id": id})).await;
    assert_eq!(removed.payload()["removedWebhookEndpointId"], id);
    for gone in [&id, &delivery] {
        let node = app.graphql(&admin(&app), "query ($id: ID!) { node(id: $id) { id } }", json!({"id": gone})).await;
        assert_eq!(node.at("/node"), &Value::Null);
    }
    assert_eq!(app.graphql(&admin(&app), REMOVE, json!({"id": id})).await.refusals(), ["NOT_FOUND"]);
    sent(&app, "comet").await;
    assert_eq!(come_by(&app).await, 0);
}

async fn the_trail_tells_no_secret(app: TestApp) {
    let made = create(&app, json!({"url": "https://hooks.aurora.example/in/token-in-the-path?key=1"})).await;
    let id = made.payload()["webhookEndpoint"]["id"].clone();
    let secret = made.payload()["secret"].as_str().unwrap().to_owned();
    app.graphql(&admin(&app), UPDATE, json!({"id": id, "input": {"description": "CRM"}})).await.payload();
    app.graphql(&admin(&app), ROTATE, json!({"id": id})).await.payload();
    app.graphql(&admin(&app), REMOVE, json!({"id": id})).await.payload();
    let entries = audit::Entity::find()
        .filter(audit::Column::OrganizationId.eq(organization_id("aurora")))
        .order_by_asc(audit::Column::Id)
        .all(app.app.world.db.read())
        .await
        .unwrap();
    let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "webhook_endpoint.created",
            "webhook_endpoint.updated",
            "webhook_endpoint.secret_rotated",
            "webhook_endpoint.removed"
        ]
    );
    let text = format!("{entries:?}");
    assert!(text.contains("hooks.aurora.example"), "{text}");
    for hidden in ["token-in-the-path", "key=1", &secret] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
}

async fn a_list_of_endpoints_costs_the_same_however_many(app: TestApp) {
    let list =
        async |count: usize| {
            for _ in 0..count {
                let made = create(&app, json!({"url": "https://hooks.aurora.example/"})).await;
                let id = made.payload()["webhookEndpoint"]["id"].clone();
                app.graphql(&admin(&app), PING, json!({"id": id})).await.payload();
            }
            let (list, statements) = app.statements(app.graphql(&admin(&app), LIST, json!({"first": 100}))).await;
            let nodes = list.at("/webhookEndpoints/nodes").as_array().unwrap().clone();
            assert!(
                nodes.iter().all(|node| node["deliveries"]["totalCount"] == 1
                    && node["deliveries"]["nodes"][0]["status"] == "PENDING")
            );
            (nodes.len(), statements)
        };
    let (few, statements) = list(2).await;
    let (many, as_many) = list(10).await;
    assert_eq!((few, many), (2, 12));
    assert_eq!(statements, as_many);
}
