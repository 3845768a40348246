//! Disputes: they hold at once, through runs, and no longer than they hold.

use super::{
    House, compare,
    house::{companies, row},
    matrix, names, overlaps,
};
use crate::support::{TestApp, on_both};
use entity::{
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use partnergraph::op::Actor;
use serde_json::{Value, json};

const RAISE: &str = "mutation ($input: OverlapDisputeRaiseInput!) { overlapDisputeRaise(input: $input) {
    overlapDispute { id status verdict note revision own { name } partner { name } viewerCanAnswer viewerCanWithdraw }
    userErrors { field code } } }";
const ANSWER: &str = "mutation ($id: ID!, $input: OverlapDisputeAnswerInput!) {
    overlapDisputeAnswer(id: $id, input: $input) { overlapDispute { status answer } userErrors { code } } }";
const WITHDRAW: &str = "mutation ($id: ID!, $input: OverlapDisputeWithdrawInput) {
    overlapDisputeWithdraw(id: $id, input: $input) { overlapDispute { status } userErrors { code currentRevision } } }";
const LIST: &str = "query ($partner: String!, $statuses: [OverlapDisputeStatus!]) {
    overlapDisputes(partner: $partner, statuses: $statuses) { totalCount nodes {
      id status verdict own { name } partner { name } raisedBy { slug } viewerCanAnswer viewerCanWithdraw } } }";

async fn raise(app: &TestApp, actor: &Actor, own: &Value, partner: &Value, verdict: &str) -> crate::support::Answer {
    let input = json!({"own": own, "partner": partner, "verdict": verdict, "note": "We know them."});
    app.graphql(actor, RAISE, json!({"input": input})).await
}

/// An overlap that aurora sees of the company with this number.
async fn overlap(app: &TestApp, name: &str) -> Value {
    let answer = overlaps(app, &app.manager("aurora"), json!({"partner": "borealis", "first": 100})).await;
    let nodes = answer.at("/overlaps/nodes").as_array().unwrap().clone();
    nodes.into_iter().find(|node| node["own"]["name"] == name).unwrap_or(Value::Null)
}

async fn pairs(app: &TestApp) -> Value {
    let cell = matrix(app, &app.manager("borealis"), "aurora").await["cells"][0].clone();
    json!([cell["ownCount"], cell["partnerCount"], cell["pairCount"]])
}

async fn not_the_same_holds_until_it_is_rejected(app: TestApp) {
    let house = House::new(&app);
    let fields = [AccountField::Name, AccountField::Domain];
    let (our, _, _) = house.two(SharingLevel::Overlapping, &fields, companies(0..8), companies(0..8)).await;
    compare(&app).await;
    let name = companies([3])["crm-3"].name.clone();
    let found = overlap(&app, &name).await;
    let (own, partner) = (&found["own"]["id"], &found["partner"]["id"]);
    let aurora = app.manager("aurora");
    assert_eq!(
        raise(&app, &app.actor("aurora", Role::Member), own, partner, "NOT_SAME").await.refusals(),
        ["NOT_ALLOWED"]
    );
    // Nobody says anything about accounts that are not theirs.
    assert_eq!(raise(&app, &aurora, partner, own, "NOT_SAME").await.refusals(), ["NOT_FOUND"]);
    assert_eq!(raise(&app, &app.manager("comet"), own, partner, "NOT_SAME").await.refusals(), ["NOT_FOUND"]);
    assert_eq!(raise(&app, &aurora, own, partner, "SAME").await.refusals(), ["INVALID_STATE"]);
    let raised = raise(&app, &aurora, own, partner, "NOT_SAME").await;
    let dispute = raised.payload()["overlapDispute"].clone();
    assert_eq!((&dispute["status"], &dispute["own"]["name"]), (&json!("OPEN"), &json!(name)));
    assert_eq!((&dispute["viewerCanAnswer"], &dispute["viewerCanWithdraw"]), (&json!(false), &json!(true)));
    assert_eq!(raise(&app, &aurora, own, partner, "NOT_SAME").await.refusals(), ["NOT_FOUND"]);
    // At once, for both, and in the counts.
    assert_eq!(overlap(&app, &name).await, Value::Null);
    assert_eq!(names(&app, &app.manager("borealis"), "aurora").await.len(), 7);
    assert_eq!(pairs(&app).await, json!([7, 7, 7]));
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    assert_eq!(app.graphql(&aurora, node, json!({"id": found["id"]})).await.at("/node"), &Value::Null);
    // After the next run as well.
    house.replace(our, companies(0..9)).await;
    compare(&app).await;
    app.app.engine.forget();
    house.replace(our, companies(0..8)).await;
    compare(&app).await;
    assert_eq!(pairs(&app).await, json!([7, 7, 7]));
    // The other side sees it and answers.
    let borealis = app.manager("borealis");
    let listed = app.graphql(&borealis, LIST, json!({"partner": "aurora", "statuses": ["OPEN"]})).await;
    assert_eq!(listed.at("/overlapDisputes/totalCount"), &json!(1));
    assert_eq!(listed.at("/overlapDisputes/nodes/0/viewerCanAnswer"), &json!(true));
    assert_eq!(listed.at("/overlapDisputes/nodes/0/raisedBy/slug"), "aurora");
    let agree = json!({"id": dispute["id"], "input": {"agree": true}});
    assert_eq!(app.graphql(&aurora, ANSWER, agree.clone()).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(app.graphql(&app.manager("comet"), ANSWER, agree).await.refusals(), ["NOT_FOUND"]);
    let stale = json!({"id": dispute["id"], "input": {"agree": false, "expectedRevision": 7}});
    assert_eq!(app.graphql(&borealis, ANSWER, stale).await.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(pairs(&app).await, json!([7, 7, 7]));
    let reject = json!({"id": dispute["id"], "input": {"agree": false, "answer": "They are."}});
    let answered = app.graphql(&borealis, ANSWER, reject.clone()).await;
    assert_eq!(answered.payload()["overlapDispute"]["status"], "REJECTED");
    assert_eq!(app.graphql(&borealis, ANSWER, reject).await.refusals(), ["INVALID_STATE"]);
    // As it was: the same overlap.
    let back = overlap(&app, &name).await;
    assert_eq!((&back["id"], &back["score"], &back["reasons"]), (&found["id"], &found["score"], &found["reasons"]));
    assert_eq!(pairs(&app).await, json!([8, 8, 8]));
}

async fn the_same_holds_until_it_is_withdrawn(app: TestApp) {
    let house = House::new(&app);
    let mut ours = companies(0..4);
    ours.insert("x".to_owned(), row("Quimbly Harbor", "quimbly.com"));
    let mut theirs = companies(0..4);
    theirs.insert("x".to_owned(), row("Zorb Foods", "zorbfoods.com"));
    let (our, their, _) = house.two(SharingLevel::All, &[AccountField::Name], ours.clone(), theirs).await;
    compare(&app).await;
    assert_eq!(pairs(&app).await, json!([4, 4, 4]));
    let greenfield = "query ($list: ID!) { greenfield(partner: \"borealis\", list: $list) { nodes { id name } } }";
    let aurora = app.manager("aurora");
    let list = entity::id::TypedId::global(their);
    let open = app.graphql(&aurora, greenfield, json!({"list": list})).await;
    let partner = open.at("/greenfield/nodes/0/id").clone();
    let accounts = "query ($list: ID!) { greenfield(partner: \"aurora\", list: $list) { nodes { id } } }";
    let list = entity::id::TypedId::global(our);
    let own = app.graphql(&app.manager("borealis"), accounts, json!({"list": list})).await;
    let own = own.at("/greenfield/nodes/0/id").clone();
    assert_eq!(raise(&app, &aurora, &own, &partner, "NOT_SAME").await.refusals(), ["INVALID_STATE"]);
    let raised = raise(&app, &aurora, &own, &partner, "SAME").await;
    let id = raised.payload()["overlapDispute"]["id"].clone();
    let made = overlap(&app, "Quimbly Harbor").await;
    assert_eq!((&made["score"], &made["confidence"]), (&json!(1.0), &json!("CERTAIN")));
    assert_eq!(made["reasons"], json!([{"kind": "DISPUTE", "ownValue": null, "partnerValue": null}]));
    assert_eq!(pairs(&app).await, json!([5, 5, 5]));
    assert_eq!(raise(&app, &aurora, &own, &partner, "NOT_SAME").await.refusals(), ["ALREADY_EXISTS"]);
    // It stays through a run over everything, and is gone while the account is.
    app.app.engine.forget();
    house
        .replace(our, ours.iter().filter(|(id, _)| *id != "crm-0").map(|(id, row)| (id.clone(), row.clone())).collect())
        .await;
    compare(&app).await;
    assert_eq!(overlap(&app, "Quimbly Harbor").await["id"], made["id"]);
    assert_eq!(pairs(&app).await, json!([4, 4, 4]));
    let taken = app.graphql(&app.manager("borealis"), WITHDRAW, json!({"id": id})).await;
    assert_eq!(taken.refusals(), ["NOT_ALLOWED"]);
    let taken = app.graphql(&aurora, WITHDRAW, json!({"id": id})).await;
    assert_eq!(taken.payload()["overlapDispute"]["status"], "WITHDRAWN");
    assert_eq!(overlap(&app, "Quimbly Harbor").await, Value::Null);
    assert_eq!(pairs(&app).await, json!([3, 3, 3]));
    house.replace(our, ours).await;
    compare(&app).await;
    assert_eq!(pairs(&app).await, json!([4, 4, 4]));
}

async fn who_is_shown_counts_only_hears_of_no_dispute(app: TestApp) {
    let house = House::new(&app);
    let (our, _, _) =
        house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..8), companies(0..8)).await;
    // Borealis sees how many aurora's accounts are, and aurora sees which.
    house.rule(our, "aurora", "borealis", SharingLevel::CountsOnly, &[]).await;
    compare(&app).await;
    let name = companies([3])["crm-3"].name.clone();
    let found = overlap(&app, &name).await;
    let raised = raise(&app, &app.manager("aurora"), &found["own"]["id"], &found["partner"]["id"], "NOT_SAME").await;
    let id = raised.payload()["overlapDispute"]["id"].clone();
    let borealis = app.manager("borealis");
    let listed = app.graphql(&borealis, LIST, json!({"partner": "aurora"})).await;
    assert_eq!(listed.at("/overlapDisputes/totalCount"), &json!(0));
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    assert_eq!(app.graphql(&borealis, node, json!({"id": id})).await.at("/node"), &Value::Null);
    let agree = json!({"id": id, "input": {"agree": true}});
    assert_eq!(app.graphql(&borealis, ANSWER, agree).await.refusals(), ["NOT_FOUND"]);
    // And it says nothing of single accounts itself: it was shown none.
    let own = raise(&app, &borealis, &found["partner"]["id"], &found["own"]["id"], "NOT_SAME").await;
    assert_eq!(own.refusals(), ["NOT_FOUND"]);
    let mine = app.graphql(&app.manager("aurora"), LIST, json!({"partner": "borealis"})).await;
    assert_eq!(mine.at("/overlapDisputes/nodes/0/id"), &id);
}

on_both!(
    not_the_same_holds_until_it_is_rejected,
    the_same_holds_until_it_is_withdrawn,
    who_is_shown_counts_only_hears_of_no_dispute,
);
