//! Asking: what a request says, and when there is none.

use super::{House, about, act, ask, asked, companies, partners, read, told, words};
use crate::{
    cases::{overlap::compare, partnership},
    support::{TestApp, on_both, organization_id, person_id},
};
use chrono::TimeDelta;
use entity::{
    alert::{self, AlertKind},
    id::TypedId,
    introduction, member,
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use partnergraph::op::{Actor, Scope};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

on_both!(
    it_says_what_was_asked,
    it_goes_to_the_partner_manager,
    it_is_sent_once,
    one_of_each_side_is_open,
    what_is_not_seen_cannot_be_asked_about,
    texts_and_days_are_bounded,
    sellers_ask,
    so_many_wait_at_a_time,
    two_at_once_are_one,
);

async fn it_says_what_was_asked(app: TestApp) {
    let partners = partners(&app, 3).await;
    let sent = ask(&app, &app.manager("borealis"), about(&partners.overlaps[0])).await;
    let request = sent.payload()["introduction"].clone();
    assert_eq!(request["message"], "Would you\n open the door?");
    assert_eq!(request["status"], "REQUESTED");
    assert_eq!(request["direction"], "SENT");
    assert_eq!((&request["contactTitle"], &request["desiredOn"]), (&json!("Head of IT"), &json!("2026-11-20")));
    assert_eq!(request["expiresAt"], "2026-11-16T09:00:00+00:00");
    assert_eq!((&request["asker"]["slug"], &request["receiver"]["slug"]), (&json!("borealis"), &json!("aurora")));
    assert_eq!(request["accountName"], request["ownAccount"]["name"]);
    assert_eq!(request["overlap"]["id"], partners.overlaps[0]);
    let evidence = &request["evidence"];
    assert_eq!((&evidence["ownKind"], &evidence["partnerKind"]), (&json!("PROSPECTS"), &json!("CUSTOMERS")));
    assert!(evidence["score"].as_f64().unwrap() > 0.5);
    // The domain matched too, and is not shown.
    assert!(evidence["reasons"].as_array().unwrap().contains(&json!("NAME")));
    assert!(!evidence["reasons"].as_array().unwrap().contains(&json!("DOMAIN")), "{evidence}");
    assert_eq!((&request["viewerCanAnswer"], &request["viewerCanCancel"]), (&json!(false), &json!(true)));
    let theirs = read(&app, "aurora", &request["id"]).await;
    assert_eq!(theirs["direction"], "RECEIVED");
    assert_eq!(
        (&theirs["evidence"]["ownKind"], &theirs["evidence"]["partnerKind"]),
        (&json!("CUSTOMERS"), &json!("PROSPECTS"))
    );
    assert_eq!((&theirs["viewerCanAnswer"], &theirs["viewerCanCancel"]), (&json!(true), &json!(false)));
    let once = words(&[("SENT", "REQUESTED")]);
    assert_eq!((told(&app, "aurora").await, told(&app, "borealis").await), (once.clone(), once));
    assert_eq!(told(&app, "comet").await, words(&[]));
}

async fn it_goes_to_the_partner_manager(app: TestApp) {
    let house = House::new(&app);
    let partnership = partnership::begin(&app, "aurora", "borealis").await;
    house.shared(SharingLevel::Overlapping, &[AccountField::Name], companies(0..2), companies(0..2)).await;
    compare(&app).await;
    let of_manager = member::Entity::find()
        .filter(member::Column::OrganizationId.eq(organization_id("aurora")))
        .filter(member::Column::PersonId.eq(person_id("aurora", Role::Manager)));
    let manager = of_manager.one(app.app.world.db.read()).await.unwrap().unwrap().id.global();
    let assign = "mutation ($id: ID!, $input: PartnershipAssignInput!) { partnershipAssign(id: $id, input: $input) {
        partnership { parties { manager { name } } } userErrors { field code } } }";
    let input = json!({"id": partnership, "input": {"managerMember": manager}});
    app.graphql(&app.manager("aurora"), assign, input).await.payload();
    let found = super::overlaps(&app, &app.manager("borealis"), json!({"partner": "aurora"})).await;
    let id = asked(&app, &found.at("/overlaps/nodes")[0]["id"]).await;
    for slug in ["aurora", "borealis"] {
        assert_eq!(read(&app, slug, &id).await["addressees"], json!([{"name": "Manager of aurora"}]), "{slug}");
    }
    let told = alert::Entity::find().filter(alert::Column::Kind.eq(AlertKind::Introduction));
    let told = told.all(app.app.world.db.read()).await.unwrap();
    let person = person_id("aurora", Role::Manager).global();
    // The asker's feed does not name people of the other side.
    let named = |row: &&alert::Model| row.details.to_string().contains(&person);
    assert_eq!(told.iter().filter(named).count(), 1);
}

async fn it_is_sent_once(app: TestApp) {
    let partners = partners(&app, 2).await;
    let mut input = about(&partners.overlaps[0]);
    input["idempotencyKey"] = json!("once");
    let borealis = app.manager("borealis");
    let first = ask(&app, &borealis, input.clone()).await.payload()["introduction"]["id"].clone();
    assert_eq!(ask(&app, &borealis, input.clone()).await.payload()["introduction"]["id"], first);
    input["message"] = json!("Another one");
    assert_eq!(ask(&app, &borealis, input).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(introduction::Entity::find().count(app.app.world.db.read()).await.unwrap(), 1);
}

async fn one_of_each_side_is_open(app: TestApp) {
    let partners = partners(&app, 2).await;
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = asked(&app, &partners.overlaps[0]).await;
    assert_eq!(ask(&app, &borealis, about(&partners.overlaps[0])).await.refusals(), ["ALREADY_EXISTS"]);
    ask(&app, &borealis, about(&partners.overlaps[1])).await.payload();
    // The other side may ask about the same company.
    ask(&app, &aurora, about(&partners.overlaps[0])).await.payload();
    let open = "query ($id: ID!) { overlap(id: $id) { openIntroductions { direction status } } }";
    let found = app.graphql(&aurora, open, json!({"id": partners.overlaps[0]})).await;
    assert_eq!(
        found.at("/overlap/openIntroductions"),
        &json!([{"direction": "RECEIVED", "status": "REQUESTED"}, {"direction": "SENT", "status": "REQUESTED"}])
    );
    act(&app, "borealis", super::CANCEL, &id, json!({})).await.payload();
    let id = asked(&app, &partners.overlaps[0]).await;
    // What was accepted is open until something came of it.
    act(&app, "aurora", super::ACCEPT, &id, json!({})).await.payload();
    assert_eq!(ask(&app, &borealis, about(&partners.overlaps[0])).await.refusals(), ["ALREADY_EXISTS"]);
    act(&app, "aurora", super::OUTCOME, &id, json!({"outcome": "NO_RESPONSE"})).await.payload();
    asked(&app, &partners.overlaps[0]).await;
}

async fn what_is_not_seen_cannot_be_asked_about(app: TestApp) {
    let partners = partners(&app, 2).await;
    let overlap = &partners.overlaps[0];
    assert_eq!(ask(&app, &app.manager("comet"), about(overlap)).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(ask(&app, &app.operator(), about(overlap)).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(ask(&app, &app.visitor(), about(overlap)).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(ask(&app, &app.manager("borealis"), about(&json!("ovl_1"))).await.error_code(), "BAD_USER_INPUT");
    // Where aurora only has its accounts counted, borealis sees none to ask about; aurora still does.
    let house = House::new(&app);
    house.rule(partners.ours, "aurora", "borealis", SharingLevel::CountsOnly, &[]).await;
    assert_eq!(ask(&app, &app.manager("borealis"), about(overlap)).await.refusals(), ["NOT_FOUND"]);
    ask(&app, &app.manager("aurora"), about(overlap)).await.payload();
    house.close(partners.pair).await;
    assert_eq!(ask(&app, &app.manager("aurora"), about(&partners.overlaps[1])).await.refusals(), ["NOT_FOUND"]);
}

async fn texts_and_days_are_bounded(app: TestApp) {
    let partners = partners(&app, 1).await;
    let with = |field: &str, value: Value| {
        let mut input = about(&partners.overlaps[0]);
        input[field] = value;
        input
    };
    let borealis = app.manager("borealis");
    for (field, value, code) in [
        ("message", json!("  "), "REQUIRED"),
        ("message", json!("x".repeat(1_001)), "TOO_LONG"),
        ("contactTitle", json!("x".repeat(121)), "TOO_LONG"),
        ("desiredOn", json!("2026-10-31"), "OUT_OF_RANGE"),
        ("desiredOn", json!("2027-12-01"), "OUT_OF_RANGE"),
        ("idempotencyKey", json!(""), "OUT_OF_RANGE"),
    ] {
        assert_eq!(ask(&app, &borealis, with(field, value)).await.refusals(), [code], "{field}");
    }
    ask(&app, &borealis, with("message", json!("x".repeat(1_000)))).await.payload();
}

async fn sellers_ask(app: TestApp) {
    let partners = partners(&app, 2).await;
    let viewer = app.actor("borealis", Role::Viewer);
    assert_eq!(ask(&app, &viewer, about(&partners.overlaps[0])).await.refusals(), ["NOT_ALLOWED"]);
    let reads = app.key("borealis", &[Scope::PartnershipsWrite]);
    assert_eq!(ask(&app, &reads, about(&partners.overlaps[0])).await.error_code(), "FORBIDDEN");
    ask(&app, &app.actor("borealis", Role::Member), about(&partners.overlaps[0])).await.payload();
    ask(&app, &app.key("borealis", &[Scope::OpportunitiesWrite]), about(&partners.overlaps[1])).await.payload();
}

async fn so_many_wait_at_a_time(app: TestApp) {
    let partners = partners(&app, 4).await;
    let borealis = app.manager("borealis");
    let id = asked(&app, &partners.overlaps[0]).await;
    // As if it had asked for as many but one, of other companies.
    let connection = app.app.world.db.read();
    let op = app.app.op(Actor::System, "test", Vec::new());
    let like = introduction::Entity::find().one(connection).await.unwrap().unwrap();
    let more: Vec<_> = (0..498)
        .map(|_| introduction::Model { id: op.new_id(), open_key: None, ..like.clone() })
        .map(introduction::ActiveModel::from)
        .collect();
    for some in more.chunks(100) {
        introduction::Entity::insert_many(some.to_vec()).exec_without_returning(connection).await.unwrap();
    }
    ask(&app, &borealis, about(&partners.overlaps[1])).await.payload();
    assert_eq!(ask(&app, &borealis, about(&partners.overlaps[2])).await.refusals(), ["TOO_MANY"]);
    // Each asker has its own; and what was answered waits no more.
    ask(&app, &app.manager("aurora"), about(&partners.overlaps[2])).await.payload();
    act(&app, "aurora", super::ACCEPT, &id, json!({})).await.payload();
    ask(&app, &borealis, about(&partners.overlaps[2])).await.payload();
    assert_eq!(ask(&app, &borealis, about(&partners.overlaps[3])).await.refusals(), ["TOO_MANY"]);
    // Nor does what has run out, also before that is on record.
    app.clock.advance(TimeDelta::days(14));
    ask(&app, &borealis, about(&partners.overlaps[3])).await.payload();
}

async fn two_at_once_are_one(app: TestApp) {
    let partners = partners(&app, 1).await;
    let borealis = app.manager("borealis");
    let (one, two) = tokio::join!(
        ask(&app, &borealis, about(&partners.overlaps[0])),
        ask(&app, &borealis, about(&partners.overlaps[0])),
    );
    let refused = [&one, &two].iter().filter(|sent| sent.at("/introductionRequest/introduction").is_null()).count();
    assert_eq!(refused, 1, "{one:?} {two:?}");
    assert_eq!(introduction::Entity::find().count(app.app.world.db.read()).await.unwrap(), 1);
}
