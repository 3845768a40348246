//! When rules are applied, and to what: each overlap once, by one replica, whatever comes between.

use super::{House, companies, compare, leads, made, names, qualify, set, told, update, warm};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::{
    account_list::AccountListKind,
    id::OrganizationId,
    qualification_progress as progress, qualification_turn as turn, qualified_lead,
    sharing_rule::{AccountField, SharingLevel},
};
use partnergraph::{
    op::Actor,
    qualification::service::{Applied, Bounds, apply},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

async fn a_rule_finds_what_is_there_and_what_comes(app: TestApp) {
    let house = House::new(&app);
    let fields = [AccountField::Name, AccountField::Domain];
    let (our, _, _) = set(&app, &fields, companies(0..4), companies(0..9)).await;
    assert_eq!(qualify(&app).await, 0);
    let rule = made(&app, warm()).await;
    assert_eq!((qualify(&app).await, qualify(&app).await), (4, 0));
    let found = leads(&app, "aurora", json!({})).await;
    let first = &found[0];
    assert_eq!((&first["status"], &first["ruleName"], &first["rule"]["id"]), (&json!("NEW"), &json!("Warm"), &rule));
    assert_eq!((&first["partner"]["slug"], &first["ownKind"]), (&json!("borealis"), &json!("CUSTOMERS")));
    assert_eq!(first["account"]["name"], first["accountName"]);
    assert_eq!(first["overlap"]["partner"]["name"], first["accountName"]);
    let evidence = &first["evidence"];
    assert_eq!((&evidence["partnerKind"], &evidence["confidence"]), (&json!("PROSPECTS"), &json!("CERTAIN")));
    assert_eq!(evidence["foundAt"], "2026-11-02T09:00:00+00:00");
    assert!(evidence["reasons"].as_array().unwrap().contains(&json!("DOMAIN")), "{evidence:#}");
    // One alert for a rule and a run, however many there are; with the only one where it is one.
    let alerts = told(&app, "aurora").await;
    assert_eq!(alerts.len(), 1);
    assert_eq!((&alerts[0]["change"], &alerts[0]["count"]), (&json!("CREATED"), &json!(4)));
    assert_eq!((&alerts[0]["rule"]["name"], &alerts[0]["partner"]["slug"]), (&json!("Warm"), &json!("borealis")));
    assert_eq!((&alerts[0]["qualifiedLead"], &alerts[0]["actor"]), (&Value::Null, &Value::Null));
    house.replace(our, companies(0..5)).await;
    compare(&app).await;
    assert_eq!(qualify(&app).await, 1);
    let alerts = told(&app, "aurora").await;
    assert_eq!(alerts[1]["count"], 1);
    assert_eq!(alerts[1]["qualifiedLead"]["id"], leads(&app, "aurora", json!({})).await[0]["id"]);
    // The other side has no rule, and learns of none.
    assert_eq!(leads(&app, "borealis", json!({})).await, Vec::<Value>::new());
    assert_eq!(told(&app, "borealis").await, Vec::<Value>::new());
    assert_eq!(leads(&app, "operator", json!({})).await, Vec::<Value>::new());
}

async fn an_account_that_goes_and_comes_again_is_found_once(app: TestApp) {
    let house = House::new(&app);
    let (our, _, _) = set(&app, &[AccountField::Name], companies(0..4), companies(0..9)).await;
    made(&app, warm()).await;
    qualify(&app).await;
    for numbers in [0..2, 0..4] {
        house.replace(our, companies(numbers)).await;
        compare(&app).await;
        // One that comes again is another account to its list, where no external id says that it is the same.
        qualify(&app).await;
    }
    let found = leads(&app, "aurora", json!({})).await;
    let mut accounts: Vec<_> = found.iter().filter_map(|lead| lead["account"]["name"].as_str()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    assert_eq!(accounts.len(), 4);
}

async fn only_what_the_rule_names_fits(app: TestApp) {
    let mut ours = companies(0..6);
    for (at, row) in ours.values_mut().enumerate() {
        row.country = if at % 2 == 0 { "NO" } else { "DE" };
    }
    set(&app, &[AccountField::Name], ours, companies(0..6)).await;
    let count = async |input: Value| {
        let mut rule = warm();
        for (name, value) in input.as_object().unwrap() {
            rule[name] = value.clone();
        }
        made(&app, rule).await;
        qualify(&app).await
    };
    assert_eq!(count(json!({"name": "a", "ownKinds": ["PROSPECTS"]})).await, 0);
    assert_eq!(count(json!({"name": "b", "partnerKinds": ["CUSTOMERS"]})).await, 0);
    assert_eq!(count(json!({"name": "c", "partners": ["comet"]})).await, 0);
    assert_eq!(count(json!({"name": "d", "countries": ["NO"]})).await, 3);
    assert_eq!(count(json!({"name": "e", "enabled": false})).await, 0);
    let all = json!({"name": "f", "partners": ["borealis"], "countries": ["NO", "DE"], "minConfidence": "POSSIBLE"});
    assert_eq!(count(all).await, 6);
}

async fn a_rule_that_is_changed_is_applied_to_everything_again(app: TestApp) {
    let mut ours = companies(0..6);
    for (at, row) in ours.values_mut().enumerate() {
        row.country = if at % 2 == 0 { "NO" } else { "DE" };
    }
    set(&app, &[AccountField::Name], ours, companies(0..6)).await;
    let mut rule = warm();
    rule["countries"] = json!(["NO"]);
    rule["enabled"] = json!(false);
    let id = made(&app, rule).await;
    let aurora = app.manager("aurora");
    assert_eq!(qualify(&app).await, 0);
    update(&app, &aurora, &id, json!({"enabled": true})).await.payload();
    assert_eq!(qualify(&app).await, 3);
    update(&app, &aurora, &id, json!({"countries": null})).await.payload();
    assert_eq!(qualify(&app).await, 3, "those that were qualified before are not again");
    update(&app, &aurora, &id, json!({"name": "Warmer"})).await.payload();
    assert_eq!(qualify(&app).await, 0);
    assert_eq!(names(&app, "aurora").await.len(), 6);
    // What it said then stays with what it qualified.
    assert!(leads(&app, "aurora", json!({})).await.iter().all(|lead| lead["ruleName"] == "Warm"));
}

async fn a_dispute_qualifies_what_it_shows(app: TestApp) {
    let ours = companies([0, 1, 20]);
    set(&app, &[AccountField::Name], ours, companies([0, 1, 30])).await;
    made(&app, warm()).await;
    assert_eq!(qualify(&app).await, 2);
    let seen = "query { overlaps(partner: \"borealis\") { nodes { own { id } partner { id } } }
        accountLists { nodes { accounts { nodes { id name } } } } }";
    let aurora = app.manager("aurora");
    let found = app.graphql(&aurora, seen, json!({})).await;
    let matched: Vec<&Value> =
        found.at("/overlaps/nodes").as_array().unwrap().iter().map(|node| &node["own"]["id"]).collect();
    let accounts = found.at("/accountLists/nodes/0/accounts/nodes").as_array().unwrap();
    let alone = accounts.iter().find(|account| !matched.contains(&&account["id"])).unwrap();
    let raise = "mutation ($own: ID!, $partner: ID!) {
        overlapDisputeRaise(input: {own: $own, partner: $partner, verdict: SAME}) {
          overlapDispute { id } userErrors { code message } } }";
    let partner = found.at("/overlaps/nodes/0/partner/id");
    app.graphql(&aurora, raise, json!({"own": alone["id"], "partner": partner})).await.payload();
    assert_eq!((qualify(&app).await, qualify(&app).await), (1, 0));
}

async fn many_are_found_in_batches_and_told_once(app: TestApp) {
    set(&app, &[AccountField::Name], companies(0..1_200), companies(0..1_200)).await;
    made(&app, warm()).await;
    assert_eq!(qualify(&app).await, 1_200);
    let alerts = told(&app, "aurora").await;
    assert_eq!((alerts.len(), &alerts[0]["count"]), (1, &json!(1_200)));
}

async fn whoever_died_is_followed_by_another(app: TestApp) {
    set(&app, &[AccountField::Name], companies(0..600), companies(0..600)).await;
    made(&app, warm()).await;
    let own: OrganizationId = crate::support::organization_id("aurora");
    let connection = app.app.world.db.read();
    // Somebody has the turn: nobody else applies anything.
    let held = |until| {
        turn::Entity::update_many()
            .col_expr(turn::Column::LeaseHolder, Expr::value(uuid::Uuid::from_u128(1)))
            .col_expr(turn::Column::LeaseUntil, Expr::value(until))
            .filter(turn::Column::OrganizationId.eq(own))
    };
    let op = app.app.op(Actor::System, "test", Vec::new());
    held(op.now() + TimeDelta::seconds(60)).exec(connection).await.unwrap();
    assert_eq!(qualify(&app).await, 0);
    assert!(!apply(&op, own, Bounds::default()).await.unwrap().had_turn);
    // It died.
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(qualify(&app).await, 600);
    // One that died within goes on behind its last batch; the leads that are there are not made again.
    let half = qualified_lead::Entity::find().all(connection).await.unwrap();
    let (last, rest) = half.split_at(500);
    assert_eq!(last.len(), 500);
    qualified_lead::Entity::delete_many()
        .filter(qualified_lead::Column::Id.is_in(rest.iter().map(|lead| lead.id)))
        .exec(connection)
        .await
        .unwrap();
    progress::Entity::update_many()
        .col_expr(progress::Column::Run, Expr::value(0_i64))
        .col_expr(progress::Column::TargetRun, Expr::value(Some(1_i64)))
        .col_expr(progress::Column::TargetRevision, Expr::value(Some(0_i64)))
        .exec(connection)
        .await
        .unwrap();
    assert_eq!(qualify(&app).await, 100);
    assert_eq!(qualified_lead::Entity::find().count(connection).await.unwrap(), 600);
}

async fn a_turn_ends_and_the_next_one_goes_on(app: TestApp) {
    set(&app, &[AccountField::Name], companies(0..23), companies(0..23)).await;
    made(&app, warm()).await;
    let op = app.app.op(Actor::System, "test", Vec::new());
    let own: OrganizationId = crate::support::organization_id("aurora");
    let turn = async || apply(&op, own, Bounds { batch: 5, batches: 2, ..Bounds::default() }).await.unwrap();
    let whole = Applied { created: 10, batches: 2, had_turn: true };
    assert_eq!((turn().await, turn().await), (whole, whole));
    assert_eq!(told(&app, "aurora").await, Vec::<Value>::new(), "it is told of when the rule was applied to all");
    assert_eq!(turn().await, Applied { created: 3, batches: 1, had_turn: true });
    assert_eq!(names(&app, "aurora").await.len(), 23);
    let alerts = told(&app, "aurora").await;
    assert_eq!((alerts.len(), &alerts[0]["count"]), (1, &json!(23)));
    assert_eq!(turn().await, Applied { created: 0, batches: 0, had_turn: true });
}

async fn what_a_turn_leaves_is_due_at_once(app: TestApp) {
    set(&app, &[AccountField::Name], companies(0..8), companies(0..8)).await;
    made(&app, warm()).await;
    let op = app.app.op(Actor::System, "test", Vec::new());
    let own: OrganizationId = crate::support::organization_id("aurora");
    assert_eq!(apply(&op, own, Bounds { batch: 5, batches: 1, ..Bounds::default() }).await.unwrap().created, 5);
    assert_eq!(qualify(&app).await, 3);
}

async fn it_finds_its_work_by_itself_until_it_is_stopped(app: TestApp) {
    set(&app, &[AccountField::Name], companies(0..8), companies(0..8)).await;
    let running = app.app.qualifier.start(Arc::clone(&app.app.world));
    made(&app, warm()).await;
    let all = async {
        while told(&app, "aurora").await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.unwrap();
    assert_eq!(names(&app, "aurora").await.len(), 8);
    tokio::time::timeout(Duration::from_secs(30), running.stop()).await.unwrap();
    // It let go of its turn: whoever comes next has it.
    let mut second = warm();
    second["name"] = json!("Second");
    made(&app, second).await;
    assert_eq!(qualify(&app).await, 8);
    assert_eq!(told(&app, "aurora").await.len(), 2);
}

async fn two_replicas_find_everything_once(app: TestApp) {
    set(&app, &[AccountField::Name], companies(0..700), companies(0..700)).await;
    made(&app, warm()).await;
    let (one, other) = tokio::join!(qualify(&app), qualify(&app));
    assert_eq!(one + other, 700);
    assert_eq!(told(&app, "aurora").await.len(), 1);
}

async fn several_partners_qualify_each_for_itself(app: TestApp) {
    let house = House::new(&app);
    let (our, _, _) = set(&app, &[AccountField::Name], companies(0..4), companies(0..4)).await;
    crate::cases::partnership::begin(&app, "aurora", "comet").await;
    let third = house.list("comet", "Theirs", AccountListKind::Prospects, companies(2..6)).await;
    house.rule(third, "comet", "aurora", SharingLevel::Overlapping, &[]).await;
    house.rule(our, "aurora", "comet", SharingLevel::Overlapping, &[]).await;
    house.pair((our, "aurora"), (third, "comet")).await;
    compare(&app).await;
    made(&app, warm()).await;
    assert_eq!(qualify(&app).await, 6);
    let of = async |partner: &str| leads(&app, "aurora", json!({"partner": partner})).await.len();
    assert_eq!((of("borealis").await, of("comet").await, of("nobody").await), (4, 2, 0));
    assert_eq!(told(&app, "aurora").await.len(), 2);
}

on_both!(
    a_rule_finds_what_is_there_and_what_comes,
    an_account_that_goes_and_comes_again_is_found_once,
    only_what_the_rule_names_fits,
    a_rule_that_is_changed_is_applied_to_everything_again,
    a_dispute_qualifies_what_it_shows,
    many_are_found_in_batches_and_told_once,
    whoever_died_is_followed_by_another,
    a_turn_ends_and_the_next_one_goes_on,
    what_a_turn_leaves_is_due_at_once,
    it_finds_its_work_by_itself_until_it_is_stopped,
    two_replicas_find_everything_once,
    several_partners_qualify_each_for_itself,
);
