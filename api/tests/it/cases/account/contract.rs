//! The documents that clients already send, unchanged, as far as this room answers them; over HTTP as they come.

use super::account;
use crate::{
    cases::cosell::csv::{Desk, token, told},
    support::{TestApp, on_both},
};
use entity::value::Role;
use partnergraph::http::server::BodySettings;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;

on_both!(the_screen_makes_a_list_and_fills_it, ten_thousand_accounts_are_sent_at_once);

fn operation(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts/account-mapping.graphql");
    let text = std::fs::read_to_string(path).unwrap();
    let from = text.find(&format!("mutation {name}(")).unwrap();
    let to = from + text[from..].find("\n}\n").unwrap() + 2;
    text[from..to].to_owned()
}

async fn send(desk: &Desk, token: &str, name: &str, variables: Value) -> Value {
    let body = json!({"query": operation(name), "variables": variables});
    let (status, body) = told(desk.request(Method::POST, "/graphql", token).json(&body).send().await.unwrap()).await;
    assert_eq!((status, &body["errors"]), (200, &Value::Null), "{body:#}");
    body["data"].clone()
}

async fn the_screen_makes_a_list_and_fills_it(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let input = json!({"input": {"name": "Customers", "kind": "CUSTOMERS"}});
    let made = send(&desk, &token, "CreateList", input).await;
    let list = &made["accountListCreate"]["accountList"];
    let expected = json!({"id": list["id"], "name": "Customers", "kind": "CUSTOMERS", "accountCount": 0});
    assert_eq!(made["accountListCreate"], json!({"accountList": expected, "userErrors": []}));
    let accounts = json!([
        {"externalId": "1", "name": "Acme", "website": "acme.example", "countryCode": "DE", "emailDomain": "acme.example",
         "duns": "150483782", "owner": "Team North", "stage": "Won", "amount": {"amount": "12.50", "currencyCode": "EUR"}},
        {"externalId": "2", "name": ""},
    ]);
    let added = send(&desk, &token, "AddAccounts", json!({"id": list["id"], "input": {"accounts": accounts}})).await;
    let message = added["accountListAdd"]["rejected"][0]["message"].clone();
    let expected = json!({
        "accountList": {"id": list["id"], "accountCount": 1},
        "rejected": [{"row": 1, "message": message, "code": "REQUIRED"}],
        "userErrors": [],
    });
    assert_eq!(added["accountListAdd"], expected);
    assert!(message.is_string());
}

async fn ten_thousand_accounts_are_sent_at_once(app: TestApp) {
    let desk = Desk::open_with(&app, BodySettings::default()).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = super::customers(&app).await;
    let row = |number: u32| {
        let mut row = account(&format!("crm-{number}"), &format!("Company number {number} of ten thousand"));
        row["website"] = json!(format!("https://www.company-{number}.example/about/us"));
        row["countryCode"] = json!("DE");
        row["owner"] = json!("Team North of the mountains");
        row["amount"] = json!({"amount": "1200.50", "currencyCode": "EUR"});
        row["custom"] = json!([{"name": "Segment", "value": "x".repeat(300)}]);
        row
    };
    let accounts: Vec<_> = (0..10_000).map(row).collect();
    let added = send(&desk, &token, "AddAccounts", json!({"id": list, "input": {"accounts": accounts}})).await;
    let added = &added["accountListAdd"];
    assert_eq!((&added["accountList"]["accountCount"], &added["rejected"]), (&json!(10_000), &json!([])));
}
