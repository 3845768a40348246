//! Rules that are not applied to their end: given up, or full. What they found is told.

use super::{House, companies, leads, made, qualify, rule::DELETE, set, told, update, warm};
use crate::support::{TestApp, on_both, organization_id};
use chrono::TimeDelta;
use entity::{
    id::{AccountListId, MappingPairId},
    qualification_progress as progress,
    sharing_rule::{AccountField, SharingLevel},
};
use partnergraph::{
    op::Actor,
    qualification::service::{Bounds, apply},
};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

/// A rule of aurora that was applied to the first `count` of twelve overlaps: its id, the partner's list and the pair.
async fn begun(app: &TestApp, count: u64) -> (Value, AccountListId, MappingPairId) {
    let (_, their, pair) = set(app, &[AccountField::Name], companies(0..12), companies(0..12)).await;
    let rule = begin(app, warm(), count).await;
    assert_eq!(told(app, "aurora").await, Vec::<Value>::new(), "not before its end");
    (rule, their, pair)
}

/// A rule over the same overlaps that was applied to the first `count` of them; its id.
async fn begin(app: &TestApp, input: Value, count: u64) -> Value {
    let rule = made(app, input).await;
    let op = app.app.op(Actor::System, "test", Vec::new());
    let bounds = Bounds { batch: count, batches: 1, ..Bounds::default() };
    assert_eq!(apply(&op, organization_id("aurora"), bounds).await.unwrap().created as u64, count);
    rule
}

/// How many leads each alert tells of.
async fn counts(app: &TestApp) -> Vec<Value> {
    told(app, "aurora").await.iter().map(|alert| alert["count"].clone()).collect()
}

async fn a_pair_that_closes_has_what_was_found_told(app: TestApp) {
    let (_, _, pair) = begun(&app, 5).await;
    House::new(&app).close(pair).await;
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(qualify(&app).await, 0);
    let alerts = told(&app, "aurora").await;
    assert_eq!((alerts.len(), &alerts[0]["change"], &alerts[0]["count"]), (1, &json!("CREATED"), &json!(5)));
    assert_eq!((&alerts[0]["rule"]["name"], &alerts[0]["partner"]["slug"]), (&json!("Warm"), &json!("borealis")));
    assert_eq!((&alerts[0]["qualifiedLead"], &alerts[0]["actor"]), (&Value::Null, &Value::Null));
    assert_eq!(leads(&app, "aurora", json!({})).await.len(), 5, "what was found stays");
    // Once; and nothing is kept of a pair that is gone.
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(qualify(&app).await, 0);
    assert_eq!(counts(&app).await, [json!(5)]);
    assert_eq!(progress::Entity::find().count(app.app.world.db.read()).await.unwrap(), 0);
}

async fn a_partner_that_takes_back_what_it_shows_has_what_was_found_told(app: TestApp) {
    let (_, their, _) = begun(&app, 1).await;
    let house = House::new(&app);
    house.rule(their, "borealis", "aurora", SharingLevel::CountsOnly, &[]).await;
    assert_eq!(qualify(&app).await, 0);
    let alerts = told(&app, "aurora").await;
    assert_eq!((alerts.len(), &alerts[0]["count"]), (1, &json!(1)));
    assert_eq!(alerts[0]["qualifiedLead"]["id"], leads(&app, "aurora", json!({})).await[0]["id"]);
    // Shown again: the others, and no word of the one that was told.
    house.rule(their, "borealis", "aurora", SharingLevel::Overlapping, &[]).await;
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(qualify(&app).await, 11);
    assert_eq!(counts(&app).await, [json!(1), json!(11)]);
}

async fn a_rule_that_is_turned_off_has_what_was_found_told(app: TestApp) {
    let (rule, _, _) = begun(&app, 5).await;
    let aurora = app.manager("aurora");
    update(&app, &aurora, &rule, json!({"enabled": false})).await.payload();
    assert_eq!(qualify(&app).await, 0);
    assert_eq!(counts(&app).await, [json!(5)]);
    update(&app, &aurora, &rule, json!({"enabled": true})).await.payload();
    assert_eq!(qualify(&app).await, 7);
    assert_eq!(counts(&app).await, [json!(5), json!(7)]);
}

async fn a_rule_that_is_deleted_has_what_was_found_told(app: TestApp) {
    set(&app, &[AccountField::Name], companies(0..12), companies(0..12)).await;
    for (before, (found, name)) in [(5, "Warm"), (1, "Hot")].into_iter().enumerate() {
        let mut input = warm();
        input["name"] = json!(name);
        let rule = begin(&app, input, found).await;
        let gone = app.graphql(&app.manager("aurora"), DELETE, json!({"id": rule})).await;
        assert_eq!(gone.payload()["deletedId"], rule);
        // At once, and by whoever deleted it; it says of no rule, which is no more.
        let alerts = told(&app, "aurora").await;
        assert_eq!(alerts.len(), before + 1);
        let alert = &alerts[before];
        assert_eq!(
            (&alert["change"], &alert["count"], &alert["rule"]),
            (&json!("CREATED"), &json!(found), &Value::Null)
        );
        assert_eq!(alert["partner"]["slug"], "borealis");
        let leads = leads(&app, "aurora", json!({"statuses": ["NEW"]})).await;
        let only = if found == 1 { leads[0]["id"].clone() } else { Value::Null };
        assert_eq!(alert["qualifiedLead"]["id"], only);
        assert_eq!(leads[0]["ruleName"], name, "what was found stays");
        // Once, whoever comes by.
        app.clock.advance(TimeDelta::seconds(61));
        assert_eq!(qualify(&app).await, 0);
        assert_eq!(told(&app, "aurora").await.len(), before + 1);
    }
    assert_eq!(leads(&app, "aurora", json!({})).await.len(), 6);
}

async fn a_rule_that_is_deleted_after_its_end_tells_nothing(app: TestApp) {
    set(&app, &[AccountField::Name], companies(0..3), companies(0..3)).await;
    let rule = made(&app, warm()).await;
    assert_eq!(qualify(&app).await, 3);
    app.graphql(&app.manager("aurora"), DELETE, json!({"id": rule})).await.payload();
    assert_eq!(counts(&app).await, [json!(3)]);
}

async fn a_rule_that_is_changed_tells_of_all_at_its_end(app: TestApp) {
    let (rule, _, _) = begun(&app, 5).await;
    update(&app, &app.manager("aurora"), &rule, json!({"minConfidence": "POSSIBLE"})).await.payload();
    assert_eq!(qualify(&app).await, 7);
    assert_eq!(counts(&app).await, [json!(12)]);
}

const DISMISS: &str = "mutation ($id: ID!) { qualifiedLeadDismiss(id: $id, input: {reason: NO_FIT}) {
    qualifiedLead { status } userErrors { code } } }";

async fn a_rule_that_is_full_rests_until_some_were_decided_on(app: TestApp) {
    set(&app, &[AccountField::Name], companies(0..23), companies(0..23)).await;
    made(&app, warm()).await;
    let aurora = app.manager("aurora");
    let op = app.app.op(Actor::System, "test", Vec::new());
    let turn = async || {
        let bounds = Bounds { batch: 5, waiting: 12, ..Bounds::default() };
        apply(&op, organization_id("aurora"), bounds).await.unwrap().created
    };
    let is_full = async || {
        let rules = app.graphql(&aurora, "query { qualificationRules { nodes { isFull } } }", json!({})).await;
        rules.at("/qualificationRules/nodes/0/isFull") == &json!(true)
    };
    assert!(!is_full().await);
    assert_eq!(turn().await, 10, "there is no room for five more");
    assert!(is_full().await);
    assert_eq!(counts(&app).await, [json!(10)], "of what was found it is told before the rest comes");
    assert_eq!(qualify(&app).await, 0, "nobody looks for it before its time, whatever room there is");
    for lead in &leads(&app, "aurora", json!({})).await[..3] {
        app.graphql(&aurora, DISMISS, json!({"id": lead["id"]})).await.payload();
    }
    assert_eq!(turn().await, 5);
    assert!(is_full().await);
    assert_eq!(turn().await, 0);
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(qualify(&app).await, 8);
    assert!(!is_full().await);
    let told = counts(&app).await;
    // Of each that was dismissed it is told too, without a number.
    let (numbers, others): (Vec<_>, Vec<_>) = told.into_iter().partition(|count| !count.is_null());
    assert_eq!((numbers, others.len()), (vec![json!(10), json!(5), json!(8)], 3));
    assert_eq!(leads(&app, "aurora", json!({})).await.len(), 23, "none was missed, and none found twice");
}

on_both!(
    a_rule_that_is_full_rests_until_some_were_decided_on,
    a_pair_that_closes_has_what_was_found_told,
    a_partner_that_takes_back_what_it_shows_has_what_was_found_told,
    a_rule_that_is_turned_off_has_what_was_found_told,
    a_rule_that_is_deleted_has_what_was_found_told,
    a_rule_that_is_deleted_after_its_end_tells_nothing,
    a_rule_that_is_changed_tells_of_all_at_its_end,
);
