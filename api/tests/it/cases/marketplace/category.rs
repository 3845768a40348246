//! The tree of categories.

use super::{category, names, published, text};
use crate::support::{TestApp, on_both};
use serde_json::{Value, json};

on_both!(
    categories_are_a_tree_with_stable_slugs,
    a_branch_moves_with_what_is_in_it,
    refusals_have_codes,
    categories_are_paged_by_slug,
);

const MOVE: &str = "mutation ($id: ID!, $input: CategoryMoveInput!) {
  categoryMove(id: $id, input: $input) { category { slug revision parent { slug } } userErrors { code currentRevision } }
}";

async fn categories_are_a_tree_with_stable_slugs(app: TestApp) {
    let top = category(&app, "Provisioning", None).await;
    let below = category(&app, "Automation & Configuration", Some(&top)).await;
    category(&app, "Agents", Some(&below)).await;
    const RENAME: &str = "mutation ($id: ID!, $input: CategoryRenameInput!) {
      categoryRename(id: $id, input: $input) { category { slug name revision } userErrors { code } }
    }";
    let renamed =
        app.graphql(&app.manager("operator"), RENAME, json!({"id": top, "input": {"name": " Set-up "}})).await;
    assert_eq!(renamed.payload()["category"], json!({"slug": "provisioning", "name": "Set-up", "revision": 2}));
    published(&app, "borealis", json!({"name": "A", "categories": ["provisioning-automation-configuration-agents"]}))
        .await;
    const READ: &str = "query ($id: ID!) {
      category(slug: \"provisioning-automation-configuration\") { name parent { name parent { name } } children { slug } listingCount }
      node(id: $id) { __typename ... on Category { listingCount children { slug } } }
      unknown: category(slug: \"none\") { id }
    }";
    assert_eq!(
        app.graphql(&app.visitor(), READ, json!({"id": top})).await.data(),
        &json!({
            "category": {
                "name": "Automation & Configuration", "parent": {"name": "Set-up", "parent": null},
                "children": [{"slug": "provisioning-automation-configuration-agents"}], "listingCount": 1,
            },
            "node": {
                "__typename": "Category", "listingCount": 1,
                "children": [{"slug": "provisioning-automation-configuration"}],
            },
            "unknown": null,
        })
    );
}

async fn a_branch_moves_with_what_is_in_it(app: TestApp) {
    let a = category(&app, "A", None).await;
    let b = category(&app, "B", Some(&a)).await;
    let c = category(&app, "C", Some(&b)).await;
    let x = category(&app, "X", None).await;
    let y = category(&app, "Y", Some(&x)).await;
    published(&app, "borealis", json!({"name": "Thing", "categories": ["a-b-c"]})).await;
    let operator = app.manager("operator");
    let found =
        async |slug: &str| !names(&app, &app.visitor(), json!({"categories": [slug]}), json!(null)).await.is_empty();
    assert!(found("a").await && found("a-b").await && !found("x").await);
    let moved = app.graphql(&operator, MOVE, json!({"id": b, "input": {"parent": y}})).await;
    assert_eq!(moved.payload()["category"], json!({"slug": "a-b", "revision": 2, "parent": {"slug": "x-y"}}));
    assert!(found("x").await && found("x-y").await && found("a-b").await && found("a-b-c").await);
    assert!(!found("a").await, "what moved away is no longer below");
    for (id, parent) in [(&x, &c), (&b, &b), (&y, &b)] {
        let circle = app.graphql(&operator, MOVE, json!({"id": id, "input": {"parent": parent}})).await;
        assert_eq!(circle.refusals(), ["CYCLE"]);
    }
    let up = app.graphql(&operator, MOVE, json!({"id": b, "input": {"parent": null}})).await;
    assert_eq!(up.payload()["category"]["parent"], Value::Null);
    assert!(!found("x").await && found("a-b").await);
}

async fn refusals_have_codes(app: TestApp) {
    const CREATE: &str = "mutation ($input: CategoryCreateInput!) {
      categoryCreate(input: $input) { category { id } userErrors { field code } }
    }";
    let operator = app.manager("operator");
    let id = category(&app, "Data", None).await;
    let unknown = "cat_00000000000070008000000000000000";
    for (input, code) in [
        (json!({"name": ""}), "REQUIRED"),
        (json!({"name": "x".repeat(81)}), "TOO_LONG"),
        (json!({"name": "data"}), "TAKEN"),
        (json!({"name": "Other", "parent": unknown}), "NOT_FOUND"),
    ] {
        assert_eq!(app.graphql(&operator, CREATE, json!({"input": input})).await.refusals(), [code], "{input}");
    }
    let other = json!({"input": {"name": "Other"}});
    assert_eq!(app.graphql(&app.manager("aurora"), CREATE, other.clone()).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(app.graphql(&app.visitor(), CREATE, other).await.error_code(), "UNAUTHENTICATED");
    let kind = json!({"input": {"name": "Other", "parent": id.replace("cat", "org")}});
    assert_eq!(app.graphql(&operator, CREATE, kind).await.error_code(), "BAD_USER_INPUT");
    let stale = json!({"id": id, "input": {"expectedRevision": 9}});
    assert_eq!(app.graphql(&operator, MOVE, stale).await.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(app.graphql(&operator, MOVE, json!({"id": unknown, "input": {}})).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(
        app.graphql(&app.manager("aurora"), MOVE, json!({"id": id, "input": {}})).await.refusals(),
        ["NOT_ALLOWED"]
    );
}

async fn categories_are_paged_by_slug(app: TestApp) {
    let b = category(&app, "B", None).await;
    category(&app, "A", None).await;
    category(&app, "C", Some(&b)).await;
    const LIST: &str = "query ($after: String, $top: Boolean) { categories(first: 2, after: $after, top: $top) {
      totalCount pageInfo { hasNextPage endCursor } nodes { slug }
    } }";
    let slugs =
        |page: &Value| page["nodes"].as_array().unwrap().iter().map(|node| text(&node["slug"])).collect::<Vec<_>>();
    let page = app.graphql(&app.visitor(), LIST, json!({})).await;
    assert_eq!(slugs(page.at("/categories")), ["a", "b"]);
    assert_eq!(page.at("/categories/totalCount"), 3);
    let after = page.at("/categories/pageInfo/endCursor");
    let rest = app.graphql(&app.visitor(), LIST, json!({"after": after})).await;
    assert_eq!(slugs(rest.at("/categories")), ["b-c"]);
    let top = app.graphql(&app.visitor(), LIST, json!({"top": true})).await;
    assert_eq!(slugs(top.at("/categories")), ["a", "b"]);
    assert_eq!(top.at("/categories/totalCount"), 2);
    let mixed = app.graphql(&app.visitor(), LIST, json!({"after": after, "top": true})).await;
    assert_eq!(mixed.error_code(), "BAD_USER_INPUT");
}
