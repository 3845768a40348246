//! The account-mapping screen of two partners: the documents that clients send, unchanged, from two empty lists to what
//! both see, and back.

use super::{compare, contract};
use crate::{
    cases::partnership::begin,
    support::{TestApp, on_both},
};
use serde_json::{Value, json};

/// A list of `slug` with these accounts; its id.
async fn list(app: &TestApp, slug: &str, name: &str, kind: &str, accounts: Value) -> Value {
    let actor = app.manager(slug);
    let input = json!({"input": {"name": name, "kind": kind}});
    let created = app.graphql(&actor, &contract("CreateList"), input).await;
    let id = created.payload()["accountList"]["id"].clone();
    let added = json!({"id": id, "input": {"accounts": accounts}});
    let added = app.graphql(&actor, &contract("AddAccounts"), added).await;
    assert_eq!(added.payload()["rejected"], json!([]));
    id
}

async fn share(app: &TestApp, slug: &str, list: &Value, partner: &str, level: &str) {
    let fields = json!(["NAME", "DOMAIN"]);
    let input = json!({"accountList": list, "partner": partner, "level": level, "fields": fields});
    let set = app.graphql(&app.manager(slug), &contract("SetSharing"), json!({"input": input})).await;
    assert_eq!(set.payload()["sharingRule"]["level"], level);
    assert_eq!(set.payload()["sharingRule"]["partner"]["slug"], partner);
}

async fn the_screen_works_from_the_first_list_to_the_last_rule(app: TestApp) {
    begin(&app, "aurora", "borealis").await;
    let account = |id: &str, name: &str, website: &str| json!({"externalId": id, "name": name, "website": website, "countryCode": "DE", "owner": "Team North"});
    let ours = list(
        &app,
        "aurora",
        "Customers",
        "CUSTOMERS",
        json!([
            account("1", "Quimbly Harbor GmbH", "https://quimbly.de"),
            account("2", "Zorblax Foods", "https://zorblax.com"),
            account("3", "Only Ours", "https://onlyours.com"),
        ]),
    )
    .await;
    let theirs = list(
        &app,
        "borealis",
        "Pipeline",
        "OPEN_OPPORTUNITIES",
        json!([
            account("a", "Quimbly Harbor", "www.quimbly.de/about"),
            account("b", "Zorblax Foods Ltd", "zorblax.com"),
            account("c", "Only Theirs", "https://onlytheirs.com"),
        ]),
    )
    .await;
    // Before both agreed nothing is compared or seen.
    share(&app, "aurora", &ours, "borealis", "ALL").await;
    assert_eq!(compare(&app).await, 0);
    let matrix = async |slug: &str, partner: &str| {
        let answer = app.graphql(&app.manager(slug), &contract("OverlapMatrix"), json!({"partner": partner})).await;
        answer.at("/overlapMatrix").clone()
    };
    assert_eq!(matrix("borealis", "aurora").await["cells"], json!([]));
    let preview = json!({"input": {"accountList": theirs, "partner": "aurora", "level": "ALL", "fields": ["DOMAIN"]}});
    let preview = app.graphql(&app.manager("borealis"), &contract("PreviewSharing"), preview).await;
    assert_eq!(preview.at("/sharingRulePreview/accountsVisible"), &json!(3));

    share(&app, "borealis", &theirs, "aurora", "OVERLAPPING").await;
    assert_eq!(compare(&app).await, 1);
    let cell = matrix("aurora", "borealis").await["cells"][0].clone();
    assert_eq!(
        cell,
        json!({
            "own": {"id": ours, "name": "Customers", "kind": "CUSTOMERS"},
            "partners": {"id": theirs, "name": "Pipeline", "kind": "OPEN_OPPORTUNITIES"},
            "ownCount": 2, "partnerCount": 2, "pairCount": 2,
        })
    );
    let filter = json!({
        "ownKinds": ["CUSTOMERS"], "partnerKinds": ["OPEN_OPPORTUNITIES"], "minConfidence": "LIKELY",
        "owner": "Team North", "countries": ["DE"], "newSince": "2026-11-01T00:00:00Z",
    });
    let variables = json!({"partner": "borealis", "first": 1, "after": null, "filter": filter});
    let page = app.graphql(&app.manager("aurora"), &contract("Overlaps"), variables).await;
    assert_eq!(page.at("/overlaps/totalCount"), &json!(2));
    assert_eq!(page.at("/overlaps/pageInfo/hasNextPage"), &json!(true));
    let node = page.at("/overlaps/edges/0/node");
    assert_eq!(node["own"]["domain"], node["partner"]["domain"]);
    assert_eq!(node["own"]["list"]["kind"], "CUSTOMERS");

    // Another account is found, and a rule that is taken back takes everything with it, at once.
    let more = json!({"id": theirs, "input": {"accounts": [account("d", "Only Ours", "onlyours.com")]}});
    app.graphql(&app.manager("borealis"), &contract("AddAccounts"), more).await.payload();
    assert_eq!(compare(&app).await, 1);
    assert_eq!(matrix("aurora", "borealis").await["cells"][0]["pairCount"], json!(3));
    share(&app, "borealis", &theirs, "aurora", "HIDDEN").await;
    for (slug, partner) in [("aurora", "borealis"), ("borealis", "aurora")] {
        assert_eq!(matrix(slug, partner).await["cells"], json!([]), "{slug}");
        let variables = json!({"partner": partner, "first": 10});
        let page = app.graphql(&app.manager(slug), &contract("Overlaps"), variables).await;
        assert_eq!(page.at("/overlaps/totalCount"), &json!(0), "{slug}");
    }
}

on_both!(the_screen_works_from_the_first_list_to_the_last_rule);
