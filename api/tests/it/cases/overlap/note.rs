//! Notes: each side's own, through what happens to the overlap.

use super::{House, compare, house::companies, overlaps};
use crate::support::{Answer, TestApp, on_both};
use entity::{
    audit_entry, overlap_note,
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use partnergraph::op::Actor;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

const ADD: &str = "mutation ($input: OverlapNoteAddInput!) { overlapNoteAdd(input: $input) {
    overlapNote { id text author revision viewerCanChange } overlap { id notes { totalCount } }
    userErrors { field code } } }";
const UPDATE: &str =
    "mutation ($id: ID!, $input: OverlapNoteUpdateInput!) { overlapNoteUpdate(id: $id, input: $input) {
    overlapNote { text revision } userErrors { field code currentRevision } } }";
const REMOVE: &str = "mutation ($id: ID!, $input: OverlapNoteRemoveInput) { overlapNoteRemove(id: $id, input: $input) {
    removedOverlapNoteId userErrors { field code currentRevision } } }";
const NOTES: &str = "query ($partner: String!, $first: Int, $after: String) { overlaps(partner: $partner, first: 100) {
    nodes { id own { name } notes(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { id text } } } } }";
const NODE: &str = "query ($id: ID!) { node(id: $id) { id } }";

async fn add(app: &TestApp, actor: &Actor, overlap: &Value, text: &str) -> Answer {
    app.graphql(actor, ADD, json!({"input": {"overlap": overlap, "text": text}})).await
}

async fn first_overlap(app: &TestApp) -> Value {
    let found = overlaps(app, &app.manager("aurora"), json!({"partner": "borealis"})).await;
    found.at("/overlaps/nodes")[0]["id"].clone()
}

async fn each_side_has_its_own(app: TestApp) {
    let house = House::new(&app);
    house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..3), companies(0..3)).await;
    compare(&app).await;
    let overlap = first_overlap(&app).await;
    let (member, manager) = (app.actor("aurora", Role::Member), app.manager("aurora"));
    let done = add(&app, &member, &overlap, " Zqours: call\n them. ").await;
    let note = done.payload()["overlapNote"].clone();
    assert_eq!((&note["text"], &note["revision"]), (&json!("Zqours: call\n them."), &json!(1)));
    assert_eq!((&note["viewerCanChange"], note["author"].is_string()), (&json!(true), true));
    assert_eq!(done.payload()["overlap"], json!({"id": overlap, "notes": {"totalCount": 1}}));
    add(&app, &app.manager("borealis"), &overlap, "Theirs.").await.payload();
    let theirs = app.graphql(&app.manager("borealis"), NOTES, json!({"partner": "aurora"})).await;
    assert!(theirs.body().to_string().contains("Theirs.") && !theirs.body().to_string().contains("Zqours"));
    for actor in [app.manager("borealis"), app.manager("comet"), app.operator(), app.visitor()] {
        assert_eq!(app.graphql(&actor, NODE, json!({"id": note["id"]})).await.at("/node"), &Value::Null);
    }
    let other = json!({"id": note["id"], "input": {"text": "Mine."}});
    assert_eq!(app.graphql(&app.manager("borealis"), UPDATE, other.clone()).await.refusals(), ["NOT_FOUND"]);
    // Who wrote it changes it, and the managers do.
    add(&app, &manager, &overlap, "The manager's.").await.payload();
    let mine = app.graphql(&manager, NOTES, json!({"partner": "borealis"})).await;
    let nodes = mine.at("/overlaps/nodes").as_array().unwrap().iter().find(|node| node["id"] == overlap).unwrap();
    assert_eq!(nodes["notes"]["nodes"][0]["text"], "The manager's.", "newest first");
    let managers = json!({"id": nodes["notes"]["nodes"][0]["id"], "input": {"text": "No."}});
    assert_eq!(app.graphql(&member, UPDATE, managers).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(app.graphql(&manager, UPDATE, other).await.payload()["overlapNote"]["revision"], 2);
    let stale = json!({"id": note["id"], "input": {"expectedRevision": 1}});
    assert_eq!(app.graphql(&member, REMOVE, stale).await.refusals(), ["REVISION_MISMATCH"]);
    let gone = app.graphql(&member, REMOVE, json!({"id": note["id"]})).await;
    assert_eq!(gone.payload()["removedOverlapNoteId"], note["id"]);
    assert_eq!(app.graphql(&member, REMOVE, json!({"id": note["id"]})).await.refusals(), ["NOT_FOUND"]);
    let trail = audit_entry::Entity::find().all(app.app.world.db.read()).await.unwrap();
    let of_notes: Vec<_> = trail.iter().filter(|entry| entry.action.starts_with("overlap_note.")).collect();
    assert_eq!(of_notes.len(), 5);
    assert!(
        of_notes.iter().all(|entry| entry.private && !format!("{:?}{:?}", entry.before, entry.after).contains("Zq"))
    );
}

async fn they_stay_with_the_accounts(app: TestApp) {
    let house = House::new(&app);
    let (our, _, pair) =
        house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..2), companies(0..2)).await;
    compare(&app).await;
    let aurora = app.manager("aurora");
    let overlap = first_overlap(&app).await;
    let note = add(&app, &aurora, &overlap, "Call them.").await.payload()["overlapNote"]["id"].clone();
    house.close(pair).await;
    assert_eq!(add(&app, &aurora, &overlap, "Again.").await.refusals(), ["NOT_FOUND"]);
    assert_eq!(app.graphql(&aurora, NODE, json!({"id": note})).await.at("/node/id"), &note, "one's own words stay");
    // The lists are compared anew: other overlaps of the same accounts.
    let their = overlaps_list(&app).await;
    house.pair((our, "aurora"), (their, "borealis")).await;
    compare(&app).await;
    let found = app.graphql(&aurora, NOTES, json!({"partner": "borealis"})).await;
    let nodes = found.at("/overlaps/nodes").as_array().unwrap();
    assert_eq!(nodes.iter().filter(|node| node["notes"]["totalCount"] == 1).count(), 1, "{nodes:?}");
    assert!(nodes.iter().all(|node| node["id"] != overlap));
}

/// The list of borealis.
async fn overlaps_list(app: &TestApp) -> entity::id::AccountListId {
    let lists = entity::account_list::Entity::find().all(app.app.world.db.read()).await.unwrap();
    lists.into_iter().find(|list| list.organization_id == crate::support::organization_id("borealis")).unwrap().id
}

async fn they_are_bounded_and_paged(app: TestApp) {
    let house = House::new(&app);
    house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..3), companies(0..3)).await;
    compare(&app).await;
    let aurora = app.manager("aurora");
    let overlap = first_overlap(&app).await;
    assert_eq!(add(&app, &aurora, &overlap, "  ").await.refusals(), ["REQUIRED"]);
    assert_eq!(add(&app, &aurora, &overlap, &"x".repeat(2_001)).await.refusals(), ["TOO_LONG"]);
    assert_eq!(add(&app, &app.actor("aurora", Role::Viewer), &overlap, "No.").await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(add(&app, &app.manager("comet"), &overlap, "No.").await.refusals(), ["NOT_FOUND"]);
    let key = json!({"input": {"overlap": overlap, "text": "One.", "idempotencyKey": "once"}});
    let first = app.graphql(&aurora, ADD, key.clone()).await.payload()["overlapNote"]["id"].clone();
    assert_eq!(app.graphql(&aurora, ADD, key).await.payload()["overlapNote"]["id"], first);
    let other = json!({"input": {"overlap": overlap, "text": "Two.", "idempotencyKey": "once"}});
    assert_eq!(app.graphql(&aurora, ADD, other).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    for text in ["Two.", "Three."] {
        add(&app, &aurora, &overlap, text).await.payload();
    }
    let page = app.graphql(&aurora, NOTES, json!({"partner": "borealis", "first": 2})).await;
    let notes = page.at("/overlaps/nodes").as_array().unwrap().iter().find(|node| node["id"] == overlap).unwrap();
    let notes = notes["notes"].clone();
    let texts = |notes: &Value| -> Vec<String> {
        let nodes = notes["nodes"].as_array().unwrap();
        nodes.iter().map(|note| note["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((texts(&notes), &notes["totalCount"]), (vec!["Three.".to_owned(), "Two.".to_owned()], &json!(3)));
    let one =
        "query ($id: ID!, $after: String) { overlap(id: $id) { notes(first: 2, after: $after) { nodes { text } } } }";
    let rest = app.graphql(&aurora, one, json!({"id": overlap, "after": notes["pageInfo"]["endCursor"]})).await;
    assert_eq!(texts(rest.at("/overlap/notes")), ["One."]);
}

async fn an_overlap_has_only_so_many(app: TestApp) {
    let house = House::new(&app);
    house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..3), companies(0..3)).await;
    compare(&app).await;
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let overlap = first_overlap(&app).await;
    let first = add(&app, &aurora, &overlap, "The first.").await.payload()["overlapNote"]["id"].clone();
    let connection = app.app.world.db.read();
    let op = app.app.op(Actor::System, "test", Vec::new());
    let like = overlap_note::Entity::find().one(connection).await.unwrap().unwrap();
    let more: Vec<_> = (0..198)
        .map(|_| overlap_note::Model { id: op.new_id(), ..like.clone() })
        .map(overlap_note::ActiveModel::from)
        .collect();
    overlap_note::Entity::insert_many(more).exec_without_returning(connection).await.unwrap();
    add(&app, &aurora, &overlap, "The last.").await.payload();
    assert_eq!(add(&app, &aurora, &overlap, "One more.").await.refusals(), ["TOO_MANY"]);
    // The other side has as many of its own, and another overlap has its own.
    add(&app, &borealis, &overlap, "Theirs.").await.payload();
    let others = overlaps(&app, &aurora, json!({"partner": "borealis"})).await;
    let others = others.at("/overlaps/nodes").as_array().unwrap();
    let other = others.iter().find(|node| node["id"] != overlap).unwrap();
    add(&app, &aurora, &other["id"], "Of another one.").await.payload();
    app.graphql(&aurora, REMOVE, json!({"id": first})).await.payload();
    add(&app, &aurora, &overlap, "In its place.").await.payload();
}

on_both!(each_side_has_its_own, they_stay_with_the_accounts, they_are_bounded_and_paged, an_overlap_has_only_so_many,);
