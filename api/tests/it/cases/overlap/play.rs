//! Plays and the benefit matrix: what an organization does about overlaps, in its own eyes alone.

use super::{House, compare, house::companies};
use crate::support::{Answer, TestApp, on_both};
use entity::{
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use partnergraph::op::Actor;
use serde_json::{Value, json};

const SET: &str = "mutation ($input: BenefitPlaySetInput!) { benefitPlaySet(input: $input) {
    benefitPlay { kind text defaultKind isOverridden revision } userErrors { field code currentRevision } } }";
const RESET: &str = "mutation ($input: BenefitPlayResetInput!) { benefitPlayReset(input: $input) {
    benefitPlay { kind text isOverridden revision } userErrors { field code currentRevision } } }";
const MATRIX: &str = "{ benefitMatrix { ownKind partnerKind kind text defaultKind isOverridden revision updatedAt } }";
const SHOWN: &str = "{ overlapMatrix(partner: \"borealis\") { cells { play { ownKind partnerKind kind text } } }
    overlaps(partner: \"borealis\") { nodes { play { ownKind partnerKind kind text } } } }";

async fn set(app: &TestApp, actor: &Actor, kind: &str, more: Value) -> Answer {
    let mut input = json!({"ownKind": "CUSTOMERS", "partnerKind": "PROSPECTS", "kind": kind});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.graphql(actor, SET, json!({"input": input})).await
}

async fn what_is_said_counts_until_it_is_taken_back(app: TestApp) {
    let aurora = app.manager("aurora");
    let cells = app.graphql(&aurora, MATRIX, json!({})).await.at("/benefitMatrix").as_array().unwrap().clone();
    assert_eq!(cells.len(), 16);
    assert!(cells.iter().all(|cell| cell["isOverridden"] == false && cell["revision"] == 0));
    assert_eq!(cells[0]["kind"], "INTEGRATE");
    let done = set(&app, &aurora, "CO_SELL", json!({"text": " Ask the  desk. ", "expectedRevision": 0})).await;
    assert_eq!(
        done.payload()["benefitPlay"],
        json!({"kind": "CO_SELL", "text": "Ask the desk.", "defaultKind": "INTRODUCE", "isOverridden": true,
               "revision": 1})
    );
    assert_eq!(set(&app, &aurora, "NONE", json!({"expectedRevision": 0})).await.refusals(), ["REVISION_MISMATCH"]);
    // Saying the same again changes nothing.
    let same = set(&app, &aurora, "CO_SELL", json!({"text": "Ask the desk."})).await;
    assert_eq!(same.payload()["benefitPlay"]["revision"], 1);
    assert_eq!(
        set(&app, &aurora, "NONE", json!({"expectedRevision": 1})).await.payload()["benefitPlay"]["revision"],
        2
    );
    let cell = json!({"ownKind": "CUSTOMERS", "partnerKind": "PROSPECTS"});
    let with = |revision: i32| {
        let mut input = cell.clone();
        input["expectedRevision"] = json!(revision);
        json!({"input": input})
    };
    assert_eq!(app.graphql(&aurora, RESET, with(1)).await.refusals(), ["REVISION_MISMATCH"]);
    let reset = app.graphql(&aurora, RESET, with(2)).await;
    let default = json!({"kind": "INTRODUCE", "text": null, "isOverridden": false, "revision": 0});
    assert_eq!(reset.payload()["benefitPlay"], default);
    // Once is enough, and twice is no refusal.
    assert_eq!(app.graphql(&aurora, RESET, with(0)).await.payload()["benefitPlay"], default);
}

async fn it_stands_beside_overlaps_in_ones_own_eyes(app: TestApp) {
    let house = House::new(&app);
    house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..2), companies(0..2)).await;
    compare(&app).await;
    let aurora = app.manager("aurora");
    let play = json!({"ownKind": "CUSTOMERS", "partnerKind": "PROSPECTS", "kind": "INTRODUCE", "text": null});
    let shown = app.graphql(&aurora, SHOWN, json!({})).await;
    assert_eq!(shown.at("/overlapMatrix/cells/0/play"), &play);
    assert_eq!(shown.at("/overlaps/nodes/1/play"), &play);
    set(&app, &aurora, "ACCELERATE", json!({"text": "Zqours"})).await.payload();
    let shown = app.graphql(&aurora, SHOWN, json!({})).await;
    assert_eq!(shown.at("/overlapMatrix/cells/0/play/kind"), "ACCELERATE");
    assert_eq!(shown.at("/overlaps/nodes/0/play/text"), "Zqours");
    let theirs = app.graphql(&app.manager("borealis"), &SHOWN.replace("borealis", "aurora"), json!({})).await;
    assert_eq!(theirs.at("/overlaps/nodes/0/play/kind"), "INTRODUCE");
    assert!(!theirs.body().to_string().contains("Zqours"));
    let all = app.graphql(&app.manager("borealis"), MATRIX, json!({})).await;
    assert!(!all.body().to_string().contains("Zqours"));
}

async fn managers_say_so(app: TestApp) {
    assert_eq!(set(&app, &app.actor("aurora", Role::Member), "NONE", json!({})).await.refusals(), ["NOT_ALLOWED"]);
    let long = json!({"text": "x".repeat(281)});
    assert_eq!(set(&app, &app.manager("aurora"), "NONE", long).await.refusals(), ["TOO_LONG"]);
    assert_eq!(set(&app, &app.visitor(), "NONE", json!({})).await.error_code(), "UNAUTHENTICATED");
    let viewer = app.actor("aurora", Role::Viewer);
    assert_eq!(app.graphql(&viewer, MATRIX, json!({})).await.at("/benefitMatrix").as_array().unwrap().len(), 16);
    assert_eq!(app.graphql(&app.visitor(), MATRIX, json!({})).await.error_code(), "UNAUTHENTICATED");
}

on_both!(what_is_said_counts_until_it_is_taken_back, it_stands_beside_overlaps_in_ones_own_eyes, managers_say_so);
