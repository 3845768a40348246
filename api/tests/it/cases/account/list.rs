//! Lists: made, renamed, deleted, found.

use super::{CREATE, DELETE, READ, UPDATE, account, accounts, add, create, customers, offline};
use crate::support::{TestApp, on_both};
use serde_json::{Value, json};

on_both!(
    a_list_is_made_and_its_name_is_its_own,
    a_list_is_renamed_by_who_has_seen_it,
    a_deleted_list_is_gone_and_its_name_is_free,
    lists_are_found_by_kind_and_subject,
    the_customers_of_an_offline_partner_are_kept_by_whoever_knows_them,
    a_retry_with_the_same_key_makes_no_second_list,
);

async fn a_list_is_made_and_its_name_is_its_own(app: TestApp) {
    let made = create(&app, json!({"name": "  Our \n customers ", "kind": "CUSTOMERS"})).await;
    let list = &made.payload()["accountList"];
    let expected = json!({
        "id": list["id"], "name": "Our customers", "kind": "CUSTOMERS", "accountCount": 0, "version": 0, "revision": 1,
        "organization": {"slug": "aurora"}, "subject": {"slug": "aurora"}, "viewerCanUpdate": true,
    });
    assert_eq!(list, &expected);
    for (name, code) in
        [("Öur CUSTOMERS".to_owned(), "TAKEN"), (" ".to_owned(), "REQUIRED"), ("x".repeat(101), "TOO_LONG")]
    {
        let refused = create(&app, json!({"name": name, "kind": "CUSTOM"})).await;
        assert_eq!(refused.refusals(), [code], "{name}");
        assert_eq!(refused.at("/accountListCreate/userErrors/0/field"), &json!(["input", "name"]));
    }
    let same = json!({"input": {"name": "Our customers", "kind": "CUSTOM"}});
    app.graphql(&app.manager("borealis"), CREATE, same).await.payload();
}

async fn a_list_is_renamed_by_who_has_seen_it(app: TestApp) {
    let list = customers(&app).await;
    create(&app, json!({"name": "Prospects", "kind": "PROSPECTS"})).await.payload();
    let update =
        async |input: Value| app.graphql(&app.manager("aurora"), UPDATE, json!({"id": list, "input": input})).await;
    let same = update(json!({"name": "Customers"})).await;
    assert_eq!(same.payload()["accountList"]["revision"], 1);
    let renamed = update(json!({"name": "Open deals", "kind": "OPEN_OPPORTUNITIES", "expectedRevision": 1})).await;
    let expected = json!({"name": "Open deals", "kind": "OPEN_OPPORTUNITIES", "revision": 2});
    assert_eq!(renamed.payload()["accountList"], expected);
    let late = update(json!({"name": "Late", "expectedRevision": 1})).await;
    assert_eq!(late.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(late.at("/accountListUpdate/userErrors/0/currentRevision"), 2);
    assert_eq!(update(json!({"name": "prospects"})).await.refusals(), ["TAKEN"]);
}

async fn a_deleted_list_is_gone_and_its_name_is_free(app: TestApp) {
    let list = customers(&app).await;
    add(&app, &list, vec![account("1", "Acme")]).await.payload();
    let node = app.graphql(&app.manager("aurora"), READ, json!({"id": list})).await;
    let acme = node.at("/accountList/accounts/nodes/0/id").clone();
    let delete =
        async |input: Value| app.graphql(&app.manager("aurora"), DELETE, json!({"id": list, "input": input})).await;
    assert_eq!(delete(json!({"expectedRevision": 1})).await.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(delete(Value::Null).await.payload()["deletedAccountListId"], list);
    assert_eq!(delete(Value::Null).await.refusals(), ["NOT_FOUND"]);
    let gone = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let gone = app.graphql(&app.manager("aurora"), gone, json!({"ids": [list, acme]})).await;
    assert_eq!(gone.at("/nodes"), &json!([null, null]));
    assert_eq!(add(&app, &list, vec![account("2", "Bolt")]).await.refusals(), ["NOT_FOUND"]);
    let again = customers(&app).await;
    assert!(accounts(&app, &again).await.is_empty());
}

async fn lists_are_found_by_kind_and_subject(app: TestApp) {
    offline(&app, "quiet").await;
    for (name, kind, partner) in
        [("b", "CUSTOMERS", Value::Null), ("C", "PROSPECTS", Value::Null), ("a", "CUSTOMERS", json!("quiet"))]
    {
        create(&app, json!({"name": name, "kind": kind, "partner": partner})).await.payload();
    }
    let find = async |arguments: &str| {
        let document = format!(
            "{{ accountLists{arguments} {{ totalCount nodes {{ name }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        app.graphql(&app.actor("aurora", entity::value::Role::Viewer), &document, json!({}))
            .await
            .at("/accountLists")
            .clone()
    };
    let names = |found: &Value| -> Vec<String> {
        found["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&find("").await), ["a", "b", "C"]);
    assert_eq!(names(&find("(kind: CUSTOMERS)").await), ["a", "b"]);
    assert_eq!(names(&find("(subject: \"quiet\")").await), ["a"]);
    assert_eq!(names(&find("(subject: \"aurora\", kind: PROSPECTS)").await), ["C"]);
    assert!(names(&find("(subject: \"nobody\")").await).is_empty());
    let first = find("(first: 2)").await;
    assert_eq!((names(&first), &first["totalCount"]), (vec!["a".to_owned(), "b".to_owned()], &json!(3)));
    let rest = find(&format!("(first: 2, after: {})", first["pageInfo"]["endCursor"])).await;
    assert_eq!((names(&rest), &rest["pageInfo"]["hasNextPage"]), (vec!["C".to_owned()], &json!(false)));
}

async fn the_customers_of_an_offline_partner_are_kept_by_whoever_knows_them(app: TestApp) {
    offline(&app, "quiet").await;
    let made = create(&app, json!({"name": "Customers", "kind": "CUSTOMERS", "partner": "quiet"})).await;
    let list = &made.payload()["accountList"];
    assert_eq!((&list["organization"]["slug"], &list["subject"]["slug"]), (&json!("aurora"), &json!("quiet")));
    // The same name about another subject is another list.
    customers(&app).await;
    let again = create(&app, json!({"name": "Customers", "kind": "CUSTOMERS", "partner": "quiet"})).await;
    assert_eq!(again.refusals(), ["TAKEN"]);
    for (partner, code) in [("borealis", "INVALID_STATE"), ("aurora", "INVALID_VALUE"), ("nobody", "NOT_FOUND")] {
        let refused = create(&app, json!({"name": "Theirs", "kind": "CUSTOMERS", "partner": partner})).await;
        assert_eq!(refused.refusals(), [code], "{partner}");
    }
}

async fn a_retry_with_the_same_key_makes_no_second_list(app: TestApp) {
    let input = json!({"name": "Customers", "kind": "CUSTOMERS", "idempotencyKey": "k"});
    let first = create(&app, input.clone()).await;
    let again = create(&app, input).await;
    assert_eq!(first.payload(), again.payload());
    let other = create(&app, json!({"name": "Others", "kind": "CUSTOMERS", "idempotencyKey": "k"})).await;
    assert_eq!(other.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
}
