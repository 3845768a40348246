//! What is told of a run: to each side what the other one's rule shows it.

use super::{House, compare, house::companies};
use crate::support::{TestApp, on_both};
use entity::{
    account_list::AccountListKind,
    sharing_rule::{AccountField, SharingLevel},
};
use serde_json::{Value, json};

/// The alerts of an organization about overlaps, oldest first.
async fn told(app: &TestApp, slug: &str) -> Vec<Value> {
    let document = "query ($after: String) { alerts(first: 100, after: $after, filter: {kinds: [OVERLAP]}) { nodes {
        ... on OverlapAlert { change found lost partner { slug } overlap { own { name } partner { name } }
          ownKind partnerKind partnerKindBefore actor { __typename } } } } }";
    let answer = app.graphql(&app.manager(slug), document, json!({})).await;
    answer.at("/alerts/nodes").as_array().unwrap().clone()
}

fn changes(told: &[Value]) -> Vec<&str> {
    told.iter().map(|alert| alert["change"].as_str().unwrap()).collect()
}

async fn each_side_is_told_what_it_is_shown(app: TestApp) {
    let house = House::new(&app);
    let (our, _, _) =
        house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..3), companies(0..9)).await;
    house.rule(our, "aurora", "borealis", SharingLevel::CountsOnly, &[]).await;
    compare(&app).await;
    let ours = told(&app, "aurora").await;
    assert_eq!(changes(&ours).iter().filter(|change| **change == "FOUND").count(), 3);
    let summary = ours.iter().find(|alert| alert["change"] == "UPDATED").unwrap();
    assert_eq!((&summary["found"], &summary["lost"]), (&json!(3), &json!(0)));
    assert_eq!((&summary["partner"]["slug"], &summary["actor"]), (&json!("borealis"), &Value::Null));
    let single = ours.iter().find(|alert| alert["change"] == "FOUND").unwrap();
    assert_eq!((&single["ownKind"], &single["partnerKind"]), (&json!("CUSTOMERS"), &json!("PROSPECTS")));
    assert_eq!(single["overlap"]["own"]["name"], single["overlap"]["partner"]["name"]);
    // Three are too few for who is shown counts only; eight are not.
    assert_eq!(told(&app, "borealis").await, Vec::<Value>::new());
    house.replace(our, companies(0..9)).await;
    compare(&app).await;
    let theirs = told(&app, "borealis").await;
    assert_eq!(changes(&theirs), ["UPDATED"]);
    assert_eq!((&theirs[0]["found"], &theirs[0]["lost"]), (&json!(6), &Value::Null));
    assert_eq!(told(&app, "comet").await, Vec::<Value>::new());
    // What was told of one shows it as it is now.
    house.replace(our, companies(1..9)).await;
    compare(&app).await;
    let ours = told(&app, "aurora").await;
    let lost = ours.iter().find(|alert| alert["change"] == "LOST").unwrap();
    assert_eq!(lost["overlap"], Value::Null);
    house.rule(our, "aurora", "borealis", SharingLevel::Hidden, &[]).await;
    let ours = told(&app, "aurora").await;
    assert!(ours.iter().all(|alert| alert["overlap"].is_null()), "{ours:#?}");
}

async fn many_are_told_as_a_number(app: TestApp) {
    let house = House::new(&app);
    house.two(SharingLevel::All, &[AccountField::Name], companies(0..101), companies(0..101)).await;
    compare(&app).await;
    let told = told(&app, "aurora").await;
    assert_eq!(changes(&told), ["UPDATED"]);
    assert_eq!(told[0]["found"], json!(101));
}

async fn a_company_goes_from_one_list_to_another(app: TestApp) {
    let house = House::new(&app);
    let fields = [AccountField::Name];
    let (our, their, _) = house.two(SharingLevel::Overlapping, &fields, companies(0..3), companies(0..3)).await;
    let customers = house.list("borealis", "Customers", AccountListKind::Customers, companies([9])).await;
    house.rule(customers, "borealis", "aurora", SharingLevel::Overlapping, &fields).await;
    house.pair((our, "aurora"), (customers, "borealis")).await;
    compare(&app).await;
    // It leaves the prospects, and then is a customer.
    house.replace(their, companies(1..3)).await;
    compare(&app).await;
    house.replace(customers, companies([0, 9])).await;
    compare(&app).await;
    let all = told(&app, "aurora").await;
    let moved: Vec<_> = all.iter().filter(|alert| alert["change"] == "KIND_CHANGED").collect();
    assert_eq!(moved.len(), 1, "{all:#?}");
    assert_eq!((&moved[0]["partnerKindBefore"], &moved[0]["partnerKind"]), (&json!("PROSPECTS"), &json!("CUSTOMERS")));
    // Another one is a customer first, and leaves the prospects then.
    house.replace(customers, companies([0, 1, 9])).await;
    compare(&app).await;
    house.replace(their, companies(2..3)).await;
    compare(&app).await;
    let all = told(&app, "aurora").await;
    let moved = all.iter().filter(|alert| alert["change"] == "KIND_CHANGED").count();
    assert_eq!(moved, 2, "{all:#?}");
}

on_both!(each_side_is_told_what_it_is_shown, many_are_told_as_a_number, a_company_goes_from_one_list_to_another,);
