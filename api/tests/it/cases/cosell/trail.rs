//! What the audit trail tells of deals, leads, contacts and activities, and whom.

use super::{accept, deal, invite, opened, share, to, update};
use crate::{
    cases::{activity::log, partnership},
    support::{TestApp, on_both},
};
use entity::value::Role;
use partnergraph::op::Actor;
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_both!(
    the_operator_reads_nothing_of_deals_and_leads,
    a_confidential_deal_is_in_the_trail_for_named_people,
    the_trail_of_the_operators_own_deals_is_its_administrators,
);

const TRAIL: &str = "query ($slug: String!, $first: Int, $after: String) { organization(slug: $slug) {
  auditEntries(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id action subject before after }
  }
} }";

/// All entries of a trail that somebody reads, over pages of three; they must be as many as the total says.
async fn trail(app: &TestApp, actor: &Actor, slug: &str) -> Vec<Value> {
    let (mut entries, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = app.graphql(actor, TRAIL, json!({"slug": slug, "first": 3, "after": after})).await;
        let list = page.at("/organization/auditEntries").clone();
        entries.extend(list["nodes"].as_array().unwrap().iter().cloned());
        after = list["pageInfo"]["endCursor"].clone();
        if list["pageInfo"]["hasNextPage"] == false {
            assert_eq!(list["totalCount"], entries.len());
            return entries;
        }
    }
}

/// The rooms of the actions: `lead` of `lead.sent`.
fn rooms(entries: &[Value]) -> BTreeSet<&str> {
    entries.iter().map(|entry| entry["action"].as_str().unwrap().split('.').next().unwrap()).collect()
}

async fn finds(app: &TestApp, actor: &Actor, entry: &Value) -> bool {
    const NODE: &str = "query ($id: ID!) { node(id: $id) { ... on AuditEntry { action } } }";
    !app.graphql(actor, NODE, json!({"id": entry["id"]})).await.at("/node").is_null()
}

/// The entries about one subject that somebody reads, asked for by its id.
async fn count_of(app: &TestApp, actor: &Actor, subject: &Value) -> Value {
    const OF: &str = "query ($subject: ID!) { organization(slug: \"aurora\") {
      auditEntries(subject: $subject) { totalCount } } }";
    app.graphql(actor, OF, json!({"subject": subject})).await.at("/organization/auditEntries/totalCount").clone()
}

async fn the_operator_reads_nothing_of_deals_and_leads(app: TestApp) {
    let manager = app.manager("aurora");
    partnership::begin(&app, "aurora", "borealis").await;
    let id = opened(&app, deal()).await;
    share(&app, &id, "borealis", to("borealis")).await;
    log(&app, &manager, &id, json!({"kind": "CALL", "text": "Spoke."})).await.payload();
    const LEAD: &str = "mutation { leadCreate(input: {company: {name: \"Acme\"}, receiver: \"borealis\",
      contact: {name: \"Ada Byte\", email: \"ada@acme.example\"},
      interactions: [{source: \"Fair\", occurredOn: \"2026-11-01\"}]}) { lead { id } userErrors { code } } }";
    app.graphql(&manager, LEAD, json!({})).await.payload();
    let admin = app.actor("aurora", Role::Admin);
    const ERASE: &str = "mutation { contactErase(input: {email: \"ada@acme.example\"}) { contacts { id }
      userErrors { code } } }";
    app.graphql(&admin, ERASE, json!({})).await.payload();

    let whole = trail(&app, &admin, "aurora").await;
    let private = ["activity", "contact", "invitation", "lead", "opportunity"];
    let overseen = ["partnership", "partnership_invitation"];
    assert_eq!(rooms(&whole), private.into_iter().chain(overseen).collect());
    for slug in ["aurora", "borealis"] {
        for operator in [app.manager("operator"), app.operator()] {
            let read = trail(&app, &operator, slug).await;
            assert_eq!(rooms(&read), BTreeSet::from(overseen), "{slug}");
        }
    }
    assert_eq!(count_of(&app, &app.operator(), &id).await, 0);
    assert_ne!(count_of(&app, &admin, &id).await, 0);
    for entry in &whole {
        let room = entry["action"].as_str().unwrap().split('.').next().unwrap();
        assert!(finds(&app, &admin, entry).await, "{room}");
        assert_eq!(finds(&app, &app.operator(), entry).await, overseen.contains(&room), "{room}");
    }
}

async fn a_confidential_deal_is_in_the_trail_for_named_people(app: TestApp) {
    let (named, other) = (app.actor("aurora", Role::Admin), app.actor("aurora", Role::Owner));
    let open = opened(&app, deal()).await;
    let mut secret = deal();
    secret["confidential"] = json!(true);
    let created = super::create(&app, &named, secret).await;
    let id = created.payload()["opportunity"]["id"].clone();
    let sent = invite(&app, &named, &id, to("borealis")).await;
    let invitation = sent.payload()["invitation"]["id"].clone();
    accept(&app, &app.actor("borealis", Role::Owner), &invitation).await.payload();

    let whole = trail(&app, &named, "aurora").await;
    assert_eq!(rooms(&whole), BTreeSet::from(["invitation", "opportunity"]));
    let seen = trail(&app, &other, "aurora").await;
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen[0]["subject"], open);
    let hidden = whole.iter().find(|entry| entry["subject"] == id).unwrap();
    assert!(finds(&app, &named, hidden).await && !finds(&app, &other, hidden).await);
    assert_eq!((count_of(&app, &other, &id).await, count_of(&app, &named, &open).await), (json!(0), json!(1)));
    // Of the other side, whoever is not named reads that it was invited, as in the list of its invitations.
    let theirs = trail(&app, &app.actor("borealis", Role::Admin), "borealis").await;
    assert_eq!(rooms(&theirs), BTreeSet::from(["invitation"]));
    let theirs = trail(&app, &app.actor("borealis", Role::Owner), "borealis").await;
    assert_eq!(rooms(&theirs), BTreeSet::from(["invitation", "opportunity"]));

    // It is the deal as it is now that counts, for what was written before too.
    update(&app, &named, &id, json!({"confidential": false})).await.payload();
    assert_eq!(trail(&app, &other, "aurora").await.len(), whole.len() + 1);
    update(&app, &app.manager("aurora"), &open, json!({"confidential": true})).await.payload();
    assert_eq!(count_of(&app, &other, &open).await, 0);
}

async fn the_trail_of_the_operators_own_deals_is_its_administrators(app: TestApp) {
    super::create(&app, &app.manager("operator"), deal()).await.payload();
    assert_eq!(trail(&app, &app.actor("operator", Role::Admin), "operator").await.len(), 1);
    assert!(trail(&app, &app.manager("operator"), "operator").await.is_empty());
}
