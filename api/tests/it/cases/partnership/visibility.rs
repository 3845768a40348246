//! Who sees what of a partnership, and of whom.

use super::{ASSIGN, END, invite, partners, to};
use crate::support::{TestApp, on_both, organization_id};
use entity::{id::TypedId, value::Role};
use partnergraph::{
    op::{Actor, ErrorCode, Failure},
    partnership::{
        model::{PartnerType, RecordedFact},
        service,
    },
};
use serde_json::{Value, json};

on_both!(
    others_see_nothing_until_all_sides_list_it,
    recorded_facts_are_public_until_a_party_takes_them_off,
    partners_and_inviters_see_each_other,
    only_the_operator_records,
);

const READ: &str = "query ($id: ID!) {
  partnership(id: $id) {
    id origin types source state description startedOn viewerCanUpdate
    parties { organization { slug } manager { name } } strategic { aim }
    channel { roles { role } terms { rate } } ending { reason }
  }
  node(id: $id) { id }
  partnerships { totalCount nodes { id } }
}";
const UPDATE_ORGANIZATION: &str = "mutation ($id: ID!, $input: OrganizationUpdateInput!) {
  organizationUpdate(id: $id, input: $input) { organization { slug } userErrors { code } }
}";

async fn hide(app: &TestApp, slug: &str) {
    let input = json!({"id": organization_id(slug).global(), "input": {"listed": false}});
    app.graphql(&app.manager(slug), UPDATE_ORGANIZATION, input).await.payload();
}

fn fact(parties: &[&str]) -> RecordedFact {
    RecordedFact {
        parties: parties.iter().map(|slug| organization_id(slug)).collect(),
        types: vec![PartnerType::Technology],
        description: "Pictures can be searched for and posted.".to_owned(),
        source: "002".to_owned(),
        state: "named example".to_owned(),
        started_on: None,
    }
}

async fn record(app: &TestApp, actor: Actor, fact: RecordedFact) -> Result<Value, Failure> {
    let op = app.app.op(actor, "test", Vec::new());
    service::record_fact(&op, fact).await.map(|row| json!(row.id.global()))
}

async fn nothing_of(app: &TestApp, actor: &Actor, id: &Value) {
    let answer = app.graphql(actor, READ, json!({"id": id})).await;
    let nothing = json!({"partnership": null, "node": null, "partnerships": {"totalCount": 0, "nodes": []}});
    assert_eq!(answer.data(), &nothing);
}

async fn others_see_nothing_until_all_sides_list_it(app: TestApp) {
    let mut input = to("borealis");
    input["types"] = json!(["STRATEGIC", "CHANNEL"]);
    input["strategic"] = json!({"aim": "Secret"});
    input["channel"] = json!({
        "roles": [{"role": "VAR", "organization": "borealis"}],
        "terms": [{"payee": "borealis", "basis": "RECURRING", "rate": "20", "currencyCode": "EUR",
                   "effectiveFrom": "2026-01-01"}],
    });
    let id = partners(&app, input).await;
    let (visitor, stranger) = (app.visitor(), app.manager("comet"));
    for actor in [&visitor, &stranger] {
        nothing_of(&app, actor, &id).await;
    }
    let list = json!({"id": id, "input": {"listed": true}});
    app.graphql(&app.manager("aurora"), ASSIGN, list.clone()).await.payload();
    nothing_of(&app, &visitor, &id).await;
    app.graphql(&app.manager("borealis"), ASSIGN, list).await.payload();
    for actor in [&visitor, &stranger] {
        let seen = app.graphql(actor, READ, json!({"id": id})).await;
        let partnership = seen.at("/partnership");
        assert_eq!(partnership["types"], json!(["CHANNEL", "STRATEGIC"]));
        assert_eq!(partnership["channel"], json!({"roles": [{"role": "VAR"}], "terms": null}));
        assert_eq!(partnership["strategic"], Value::Null);
        assert_eq!(partnership["viewerCanUpdate"], false);
        assert_eq!(seen.at("/partnerships/totalCount"), 1);
    }
    // How it ends stays between them.
    app.graphql(&app.manager("aurora"), END, json!({"id": id, "input": {"reason": "BREACH"}})).await.payload();
    let seen = app.graphql(&visitor, READ, json!({"id": id})).await;
    assert_eq!(seen.at("/partnership/ending"), &Value::Null);
    let inside = app.graphql(&app.actor("borealis", Role::Viewer), READ, json!({"id": id})).await;
    assert_eq!(inside.at("/partnership/ending/reason"), "BREACH");
    assert_eq!(inside.at("/partnership/strategic/aim"), "Secret");
    assert_eq!(inside.at("/partnership/channel/terms/0/rate"), "20.00");
    let operator = app.graphql(&app.actor("operator", Role::Viewer), READ, json!({"id": id})).await;
    assert_eq!(operator.at("/partnership/strategic/aim"), "Secret");
    // A party without a public page takes it off.
    hide(&app, "aurora").await;
    nothing_of(&app, &visitor, &id).await;
}

async fn recorded_facts_are_public_until_a_party_takes_them_off(app: TestApp) {
    let id = record(&app, Actor::Operator, fact(&["aurora", "borealis"])).await.unwrap();
    let seen = app.graphql(&app.visitor(), READ, json!({"id": id})).await;
    let partnership = seen.at("/partnership");
    assert_eq!(partnership["origin"], "RECORDED");
    assert_eq!(partnership["source"], "002");
    assert_eq!(partnership["state"], "named example");
    assert_eq!(partnership["description"], "Pictures can be searched for and posted.");
    assert_eq!(partnership["startedOn"], Value::Null);
    assert_eq!(partnership["parties"].as_array().unwrap().len(), 2);
    // A fact about them is not an agreement of theirs.
    let op = app.app.op(Actor::Operator, "test", Vec::new());
    let (aurora, borealis) = (organization_id("aurora"), organization_id("borealis"));
    assert!(!service::are_partners(&op, aurora, borealis).await.unwrap());
    let end = json!({"id": id, "input": {"reason": "MUTUAL"}});
    assert_eq!(app.graphql(&app.manager("aurora"), END, end.clone()).await.refusals(), ["NOT_ALLOWED"]);
    let agreed = partners(&app, to("borealis")).await;
    assert!(service::are_partners(&op, aurora, borealis).await.unwrap());
    assert!(service::are_partners(&op, borealis, aurora).await.unwrap());
    assert!(!service::are_partners(&op, aurora, organization_id("comet")).await.unwrap());
    let over = json!({"id": agreed, "input": {"reason": "MUTUAL"}});
    app.graphql(&app.manager("aurora"), END, over).await.payload();
    assert!(!service::are_partners(&op, aurora, borealis).await.unwrap());

    app.graphql(&app.manager("borealis"), ASSIGN, json!({"id": id, "input": {"listed": false}})).await.payload();
    nothing_of(&app, &app.visitor(), &id).await;
    let mine = app.graphql(&app.manager("borealis"), READ, json!({"id": id})).await;
    assert_eq!(mine.at("/partnership/origin"), "RECORDED");
    // The operator ends what it recorded.
    assert_eq!(app.graphql(&app.operator(), END, end).await.payload()["partnership"]["ending"]["endedBy"], Value::Null);
}

async fn partners_and_inviters_see_each_other(app: TestApp) {
    const PAGES: &str =
        "{ aurora: organization(slug: \"aurora\") { name } borealis: organization(slug: \"borealis\") { name } }";
    const RECEIVED: &str = "{ partnershipInvitations(direction: RECEIVED) { nodes { fromOrganization { slug } } } }";
    let sent = invite(&app, &app.manager("aurora"), to("borealis")).await;
    let id = &sent.payload()["invitation"]["id"];
    hide(&app, "aurora").await;
    hide(&app, "borealis").await;
    let inviter = app.graphql(&app.actor("borealis", Role::Viewer), RECEIVED, json!({})).await;
    assert_eq!(inviter.at("/partnershipInvitations/nodes/0/fromOrganization/slug"), "aurora");
    let invited = app.graphql(&app.manager("aurora"), PAGES, json!({})).await;
    assert_eq!(invited.at("/borealis/name"), "Borealis Ltd");
    super::accept(&app, &app.manager("borealis"), id).await.payload();
    for slug in ["aurora", "borealis"] {
        let seen = app.graphql(&app.actor(slug, Role::Viewer), PAGES, json!({})).await;
        assert_eq!(
            (seen.at("/aurora/name"), seen.at("/borealis/name")),
            (&json!("Aurora Ltd"), &json!("Borealis Ltd"))
        );
    }
    for other in [app.visitor(), app.manager("comet")] {
        let unseen = app.graphql(&other, PAGES, json!({})).await;
        assert_eq!(unseen.data(), &json!({"aurora": null, "borealis": null}));
    }
}

async fn only_the_operator_records(app: TestApp) {
    let code = |outcome: Result<Value, Failure>| match outcome {
        Err(Failure::Refused(refusals)) => refusals[0].code,
        other => panic!("not refused: {other:?}"),
    };
    let by_party = record(&app, app.manager("aurora"), fact(&["aurora", "borealis"])).await;
    assert_eq!(code(by_party), ErrorCode::NotAllowed);
    for (bad, expected) in [
        (fact(&["aurora"]), ErrorCode::InvalidValue),
        (fact(&["aurora", "aurora"]), ErrorCode::InvalidValue),
        (RecordedFact { types: Vec::new(), ..fact(&["aurora", "borealis"]) }, ErrorCode::Required),
        (RecordedFact { source: " ".to_owned(), ..fact(&["aurora", "borealis"]) }, ErrorCode::Required),
        (RecordedFact { description: "x".repeat(2001), ..fact(&["aurora", "borealis"]) }, ErrorCode::TooLong),
    ] {
        assert_eq!(code(record(&app, Actor::Operator, bad).await), expected);
    }
    record(&app, app.operator(), fact(&["aurora", "borealis"])).await.unwrap();
    let again = record(&app, Actor::Operator, fact(&["borealis", "aurora"])).await;
    assert_eq!(code(again), ErrorCode::AlreadyExists);
    assert!(matches!(record(&app, app.visitor(), fact(&["aurora", "comet"])).await, Err(Failure::Fault(_))));
}
