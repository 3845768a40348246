//! Accounts entered and removed by calls.

use super::{READ, REMOVE, account, accounts, add, customers, pairs, read};
use crate::support::{TestApp, on_both};
use serde_json::{Value, json};

on_both!(
    accounts_are_entered_changed_and_left,
    what_an_account_says_is_read_back,
    rows_that_cannot_be_taken_are_told_and_stop_no_other,
    an_account_keeps_its_id_through_all_versions,
    accounts_are_removed_by_their_external_ids,
    accounts_are_paged_and_found,
    ten_thousand_fit_and_one_more_does_not,
    the_number_of_statements_does_not_grow_with_the_accounts,
);

async fn accounts_are_entered_changed_and_left(app: TestApp) {
    let list = customers(&app).await;
    let first = add(&app, &list, vec![account("1", "Acme"), account("2", "Bolt")]).await;
    let payload = first.payload();
    assert_eq!(payload["accountList"], json!({"id": list, "accountCount": 2, "version": 1}));
    assert_eq!([&payload["created"], &payload["updated"], &payload["unchanged"]], [2, 0, 0]);
    let second = add(&app, &list, vec![account("2", "Bolt"), account("1", "Acme Inc"), account("3", "Cord")]).await;
    let payload = second.payload();
    assert_eq!(payload["accountList"], json!({"id": list, "accountCount": 3, "version": 2}));
    assert_eq!([&payload["created"], &payload["updated"], &payload["unchanged"]], [1, 1, 1]);
    // What is there already is no version.
    let third = add(&app, &list, vec![account("2", " Bolt ")]).await;
    assert_eq!(third.payload()["accountList"]["version"], 2);
    assert_eq!(accounts(&app, &list).await, pairs(&[("1", "Acme Inc"), ("2", "Bolt"), ("3", "Cord")]));
}

async fn what_an_account_says_is_read_back(app: TestApp) {
    let list = customers(&app).await;
    let input = json!({
        "externalId": "crm-1", "name": "Acme GmbH", "website": "https://shop.acme.co.uk/x", "countryCode": "DE",
        "emailDomain": "Sales@Acme.example", "duns": "15-048-3782", "owner": "Team North", "stage": "Won",
        "amount": {"amount": "12.50", "currencyCode": "EUR"},
        "custom": [{"name": "Segment", "value": "Large"}, {"name": "Blank", "value": " "}],
    });
    add(&app, &list, vec![input]).await.payload();
    let read = read(&app, &list).await;
    let found = &read["accounts"]["nodes"][0];
    let expected = json!({
        "id": found["id"], "externalId": "crm-1", "name": "Acme GmbH", "website": "https://shop.acme.co.uk/x",
        "domain": "acme.co.uk", "countryCode": "DE", "emailDomain": "acme.example", "duns": "150483782",
        "owner": "Team North", "stage": "Won", "amount": {"amount": "12.50", "currencyCode": "EUR"},
        "custom": [{"name": "Segment", "value": "Large"}],
    });
    assert_eq!(found, &expected);
    let node = "query ($id: ID!) { node(id: $id) { id ... on Account { name list { name kind } } } }";
    let node = app.graphql(&app.manager("aurora"), node, json!({"id": found["id"]})).await;
    let list = json!({"name": "Customers", "kind": "CUSTOMERS"});
    assert_eq!(node.at("/node"), &json!({"id": found["id"], "name": "Acme GmbH", "list": list}));
}

async fn rows_that_cannot_be_taken_are_told_and_stop_no_other(app: TestApp) {
    let list = customers(&app).await;
    let with = |id: &str, field: &str, value: Value| {
        let mut account = account(id, "Acme");
        account[field] = value;
        account
    };
    let rows = vec![
        account("1", "Good"),
        account("2", " "),
        account("1", "Again"),
        account(&"x".repeat(201), "Long"),
        with("5", "duns", json!("12")),
        with("6", "website", json!("x".repeat(501))),
        with("7", "emailDomain", json!("nobody")),
        with("9", "custom", json!([{"name": " ", "value": "x"}])),
        account("10", "Nul\u{0} gone"),
    ];
    let added = add(&app, &list, rows).await;
    let payload = added.payload();
    let told: Vec<_> = payload["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["row"].as_i64().unwrap(), row["field"].as_str().unwrap(), row["code"].as_str().unwrap()))
        .collect();
    let expected = [
        (1, "name", "REQUIRED"),
        (2, "externalId", "ALREADY_EXISTS"),
        (3, "externalId", "TOO_LONG"),
        (4, "duns", "INVALID_FORMAT"),
        (5, "website", "TOO_LONG"),
        (6, "emailDomain", "INVALID_FORMAT"),
        (7, "custom", "REQUIRED"),
    ];
    assert_eq!(told, expected);
    assert_eq!((&payload["created"], &payload["accountList"]["accountCount"]), (&json!(2), &json!(2)));
    assert_eq!(accounts(&app, &list).await, pairs(&[("1", "Good"), ("10", "Nul gone")]));
    // A digit too many is a fault of the request, as everywhere.
    let digits = with("8", "amount", json!({"amount": "1.234", "currencyCode": "EUR"}));
    assert_eq!(add(&app, &list, vec![account("11", "Acme"), digits]).await.error_code(), "BAD_USER_INPUT");
    // Nothing but rejected rows is no change.
    let none = add(&app, &list, vec![account("3", "")]).await;
    assert_eq!(none.payload()["accountList"]["version"], 1);
}

async fn an_account_keeps_its_id_through_all_versions(app: TestApp) {
    let list = customers(&app).await;
    let id = async || read(&app, &list).await["accounts"]["nodes"][0]["id"].clone();
    add(&app, &list, vec![account("1", "Acme")]).await.payload();
    let first = id().await;
    add(&app, &list, vec![account("1", "Acme Inc")]).await.payload();
    assert_eq!(id().await, first);
    let remove = json!({"id": list, "input": {"externalIds": ["1"]}});
    app.graphql(&app.manager("aurora"), REMOVE, remove).await.payload();
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    let gone = app.graphql(&app.manager("aurora"), node, json!({"id": first})).await;
    assert_eq!(gone.at("/node"), &Value::Null);
    add(&app, &list, vec![account("1", "Acme is back")]).await.payload();
    assert_eq!(id().await, first);
}

async fn accounts_are_removed_by_their_external_ids(app: TestApp) {
    let list = customers(&app).await;
    add(&app, &list, vec![account("1", "Acme"), account("2", "Bolt"), account("3", "Cord")]).await.payload();
    let remove = async |ids: Value| {
        app.graphql(&app.manager("aurora"), REMOVE, json!({"id": list, "input": {"externalIds": ids}})).await
    };
    let removed = remove(json!(["3", " 1 ", "nobody", "3", ""])).await;
    let expected = json!({"accountList": {"accountCount": 1, "version": 2}, "removed": 2, "userErrors": []});
    assert_eq!(removed.payload(), &expected);
    assert_eq!(accounts(&app, &list).await, pairs(&[("2", "Bolt")]));
    let none = remove(json!(["1"])).await;
    assert_eq!((&none.payload()["removed"], &none.payload()["accountList"]["version"]), (&json!(0), &json!(2)));
    assert_eq!(remove(json!(vec!["x"; 10_001])).await.refusals(), ["TOO_MANY"]);
}

async fn accounts_are_paged_and_found(app: TestApp) {
    let list = customers(&app).await;
    let rows = [
        ("1", "Éclair", "eclair.example", "FR", "Team South"),
        ("2", "eagle", "eagle.example", "US", "Team North"),
        ("3", "Edam", "edam.example", "NL", "Team North"),
        ("4", "Zoo", "zoo.example", "NL", "Team South"),
    ];
    let row = |(id, name, site, country, owner)| json!({"externalId": id, "name": name, "website": site, "countryCode": country, "owner": owner});
    add(&app, &list, rows.into_iter().map(row).collect()).await.payload();
    let find = async |arguments: &str| {
        let document = format!(
            "query ($id: ID!) {{ accountList(id: $id) {{ accounts{arguments} {{ totalCount nodes {{ name }} \
             pageInfo {{ hasNextPage endCursor }} }} }} }}"
        );
        let found = app.graphql(&app.manager("aurora"), &document, json!({"id": list})).await;
        found.at("/accountList/accounts").clone()
    };
    let names = |found: &Value| -> Vec<String> {
        found["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
    };
    for (filter, expected) in [
        ("", &["eagle", "Éclair", "Edam", "Zoo"][..]),
        ("(filter: {name: \"E\"})", &["eagle", "Éclair", "Edam"]),
        ("(filter: {name: \"ec\"})", &["Éclair"]),
        ("(filter: {name: \" \"})", &["eagle", "Éclair", "Edam", "Zoo"]),
        ("(filter: {domain: \"EDAM.example\"})", &["Edam"]),
        ("(filter: {externalIds: [\"4\", \"2\", \"9\"]})", &["eagle", "Zoo"]),
        ("(filter: {externalIds: []})", &[]),
        ("(filter: {countries: [\"NL\"], owner: \"Team North\"})", &["Edam"]),
    ] {
        let found = find(filter).await;
        assert_eq!(names(&found), expected, "{filter}");
        assert_eq!(found["totalCount"], expected.len(), "{filter}");
    }
    let first = find("(first: 3)").await;
    assert_eq!((names(&first).len(), &first["pageInfo"]["hasNextPage"]), (3, &json!(true)));
    let rest = find(&format!("(first: 3, after: {})", first["pageInfo"]["endCursor"])).await;
    assert_eq!((names(&rest), &rest["pageInfo"]["hasNextPage"]), (vec!["Zoo".to_owned()], &json!(false)));
    let many = format!(
        "query ($id: ID!) {{ accountList(id: $id) {{ accounts(filter: {{externalIds: {:?}}}) {{ totalCount }} }} }}",
        vec!["x"; 101]
    );
    let many = app.graphql(&app.manager("aurora"), &many, json!({"id": list})).await;
    assert_eq!(many.error_code(), "BAD_USER_INPUT");
}

async fn ten_thousand_fit_and_one_more_does_not(app: TestApp) {
    let list = customers(&app).await;
    let rows =
        |count: usize| (0..count).map(|number| account(&number.to_string(), &format!("Company {number}"))).collect();
    assert_eq!(add(&app, &list, rows(10_001)).await.refusals(), ["TOO_MANY"]);
    let added = add(&app, &list, rows(10_000)).await;
    assert_eq!(added.payload()["accountList"], json!({"id": list, "accountCount": 10_000, "version": 1}));
    let again = add(&app, &list, rows(10_000)).await;
    assert_eq!(
        (&again.payload()["unchanged"], &again.payload()["accountList"]["version"]),
        (&json!(10_000), &json!(1))
    );
}

async fn the_number_of_statements_does_not_grow_with_the_accounts(app: TestApp) {
    let list = customers(&app).await;
    add(&app, &list, vec![account("1", "Acme")]).await.payload();
    let read = async || app.statements(app.graphql(&app.manager("aurora"), READ, json!({"id": list}))).await.1;
    let few = read().await;
    add(&app, &list, (2..60).map(|number| account(&number.to_string(), "Acme")).collect()).await.payload();
    assert_eq!(read().await, few);
    let add_some = async |from: u32, to: u32| {
        let rows = (from..to).map(|number| account(&number.to_string(), "Bolt")).collect();
        app.statements(add(&app, &list, rows)).await.1
    };
    let few = add_some(100, 102).await;
    assert_eq!(add_some(200, 900).await, few);
}
