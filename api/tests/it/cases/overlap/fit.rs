//! Which partners fit best: ranked by what is told, never by what is withheld.

use super::{House, compare, house::companies};
use crate::{
    cases::{partnership::begin, sharing::explore},
    support::{TestApp, on_both},
};
use chrono::TimeDelta;
use entity::{
    account_list::AccountListKind,
    id::AccountListId,
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use partnergraph::op::Actor;
use serde_json::{Value, json};

const FIT: &str = "query ($first: Int, $after: String, $ownKind: AccountListKind! = CUSTOMERS,
    $partnerKinds: [AccountListKind!], $orderBy: PartnerFitOrder) {
    partnerFit(first: $first, after: $after, ownKind: $ownKind, partnerKinds: $partnerKinds, orderBy: $orderBy) {
      totalCount pageInfo { hasNextPage endCursor } nodes {
        partner { slug } relation sharedAccounts fewerThan isPartial comparedAccounts share computedAt } } }";

async fn fit(app: &TestApp, actor: &Actor, variables: Value) -> Vec<Value> {
    let answer = app.graphql(actor, FIT, variables).await;
    answer.at("/partnerFit/nodes").as_array().unwrap().clone()
}

fn slugs(nodes: &[Value]) -> Vec<&str> {
    nodes.iter().map(|node| node["partner"]["slug"].as_str().unwrap()).collect()
}

/// Has aurora share a list with a partner that shares one of its own.
async fn joined(
    house: &House<'_>,
    our: AccountListId,
    slug: &str,
    level: SharingLevel,
    numbers: std::ops::Range<usize>,
) -> AccountListId {
    let their = house.list(slug, "Theirs", AccountListKind::Customers, companies(numbers)).await;
    house.rule(our, "aurora", slug, SharingLevel::Overlapping, &[AccountField::Name]).await;
    house.rule(their, slug, "aurora", level, &[]).await;
    house.pair((our, "aurora"), (their, slug)).await;
    their
}

async fn set(app: &TestApp, borealis: SharingLevel, comet: SharingLevel) -> (AccountListId, [AccountListId; 2]) {
    let house = House::new(app);
    begin(app, "aurora", "borealis").await;
    begin(app, "aurora", "comet").await;
    let our = house.list("aurora", "Our customers", AccountListKind::Customers, companies(0..20)).await;
    let one = joined(&house, our, "borealis", borealis, 5..25).await;
    let other = joined(&house, our, "comet", comet, 18..40).await;
    (our, [one, other])
}

async fn those_with_most_in_common_come_first(app: TestApp) {
    set(&app, SharingLevel::Overlapping, SharingLevel::Overlapping).await;
    let aurora = app.actor("aurora", Role::Viewer);
    let before = fit(&app, &aurora, json!({})).await;
    assert!(before.iter().all(|node| node["sharedAccounts"].is_null() && node["fewerThan"].is_null()), "{before:#?}");
    compare(&app).await;
    let found = fit(&app, &aurora, json!({})).await;
    assert_eq!(slugs(&found), ["borealis", "comet"]);
    let told = |node: &Value| (node["sharedAccounts"].clone(), node["share"].clone(), node["isPartial"].clone());
    assert_eq!(told(&found[0]), (json!(15), json!(0.75), json!(false)));
    assert_eq!(told(&found[1]), (json!(2), json!(0.1), json!(false)));
    assert_eq!((&found[0]["comparedAccounts"], &found[0]["relation"]), (&json!(20), &json!("PARTNERS")));
    assert_eq!(found[0]["computedAt"], "2026-11-02T09:00:00+00:00");
    let up = json!({"orderBy": {"field": "SHARE", "direction": "ASC"}});
    assert_eq!(slugs(&fit(&app, &aurora, up).await), ["comet", "borealis"]);
    // Page after page.
    let page = app.graphql(&aurora, FIT, json!({"first": 1})).await;
    assert_eq!(
        (page.at("/partnerFit/totalCount"), page.at("/partnerFit/pageInfo/hasNextPage")),
        (&json!(2), &json!(true))
    );
    let cursor = page.at("/partnerFit/pageInfo/endCursor").clone();
    assert_eq!(slugs(&fit(&app, &aurora, json!({"first": 1, "after": cursor})).await), ["comet"]);
    let wrong = json!({"after": cursor, "orderBy": {"field": "SHARE", "direction": "ASC"}});
    assert_eq!(app.graphql(&aurora, FIT, wrong).await.error_code(), "BAD_USER_INPUT");
    assert_eq!(app.graphql(&aurora, FIT, json!({"first": 101})).await.error_code(), "BAD_USER_INPUT");
    // By kinds; the other side; nobody.
    assert_eq!(fit(&app, &aurora, json!({"partnerKinds": ["PROSPECTS"]})).await, Vec::<Value>::new());
    assert_eq!(fit(&app, &aurora, json!({"ownKind": "PROSPECTS"})).await, Vec::<Value>::new());
    let theirs = fit(&app, &app.manager("comet"), json!({})).await;
    assert_eq!((slugs(&theirs), &theirs[0]["sharedAccounts"]), (vec!["aurora"], &json!(2)));
    assert_eq!(fit(&app, &app.operator(), json!({})).await, Vec::<Value>::new());
    assert_eq!(app.graphql(&app.visitor(), FIT, json!({})).await.error_code(), "UNAUTHENTICATED");
}

async fn what_is_withheld_has_no_say_in_the_order(app: TestApp) {
    let house = House::new(&app);
    let (_, [one, other]) = set(&app, SharingLevel::CountsOnly, SharingLevel::CountsOnly).await;
    let aurora = app.manager("aurora");
    let mut seen = Vec::new();
    for (few, none) in [(one, other), (other, one)] {
        house.replace(few, companies(16..30)).await;
        house.replace(none, companies(30..40)).await;
        compare(&app).await;
        for direction in ["ASC", "DESC"] {
            let order = json!({"orderBy": {"field": "SHARED_ACCOUNTS", "direction": direction}});
            let found = fit(&app, &aurora, order).await;
            for node in &found {
                assert_eq!((&node["sharedAccounts"], &node["share"]), (&Value::Null, &Value::Null));
                assert_eq!((&node["fewerThan"], &node["isPartial"]), (&json!(5), &json!(true)));
            }
            seen.push((direction, slugs(&found).join(" ")));
        }
    }
    assert_eq!(seen[..2], seen[2..], "who of them has four and who has none is not told by their order");
    // Five are told, and come before those that are not, whichever way.
    house.replace(other, companies(0..5)).await;
    compare(&app).await;
    for direction in ["ASC", "DESC"] {
        let order = json!({"orderBy": {"field": "SHARE", "direction": direction}});
        let found = fit(&app, &aurora, order).await;
        assert_eq!((slugs(&found)[0], &found[0]["sharedAccounts"]), ("comet", &json!(5)), "{direction}");
    }
}

async fn an_account_that_they_have_twice_counts_once(app: TestApp) {
    let house = House::new(&app);
    let (our, _) = set(&app, SharingLevel::Overlapping, SharingLevel::Overlapping).await;
    let second = house.list("comet", "More", AccountListKind::Prospects, companies(10..19)).await;
    house.rule(second, "comet", "aurora", SharingLevel::Overlapping, &[]).await;
    house.pair((our, "aurora"), (second, "comet")).await;
    compare(&app).await;
    let aurora = app.manager("aurora");
    let comet = |nodes: Vec<Value>| nodes.into_iter().find(|node| node["partner"]["slug"] == "comet").unwrap();
    let told = |node: Value| (node["sharedAccounts"].clone(), node["share"].clone(), node["isPartial"].clone());
    // Nine are in one of the lists and two in the other; that it is eleven together is told by neither.
    let all = comet(fit(&app, &aurora, json!({})).await);
    assert_eq!(told(all), (json!(9), json!(0.45), json!(true)), "at least as many as the largest cell says");
    let customers = json!({"partnerKinds": ["CUSTOMERS"]});
    assert_eq!(told(comet(fit(&app, &aurora, customers).await)), (json!(2), json!(0.1), json!(false)));
}

async fn an_offline_partner_is_told_of_to_whoever_keeps_its_list(app: TestApp) {
    let house = House::new(&app);
    let our = house.list("aurora", "Our customers", AccountListKind::Customers, companies(0..20)).await;
    house.offline(our, "aurora", "comet", companies(17..40)).await;
    compare(&app).await;
    let found = fit(&app, &app.manager("aurora"), json!({})).await;
    assert_eq!(slugs(&found), ["comet"]);
    // It is its own list: three are not too few to be told.
    assert_eq!((&found[0]["sharedAccounts"], &found[0]["fewerThan"]), (&json!(3), &Value::Null));
    assert_eq!((&found[0]["share"], &found[0]["isPartial"]), (&json!(0.15), &json!(false)));
    for slug in ["comet", "borealis", "operator"] {
        assert_eq!(fit(&app, &app.manager(slug), json!({})).await, Vec::<Value>::new(), "{slug}");
    }
}

async fn those_who_explore_are_told_counts_for_a_time(app: TestApp) {
    let house = House::new(&app);
    let our = house.list("aurora", "Our customers", AccountListKind::Customers, companies(0..20)).await;
    let their = house.list("comet", "Theirs", AccountListKind::Customers, companies(8..30)).await;
    house.rule(our, "aurora", "comet", SharingLevel::All, &[]).await;
    house.rule(their, "comet", "aurora", SharingLevel::All, &[]).await;
    let (aurora, comet) = (app.manager("aurora"), app.manager("comet"));
    assert_eq!(fit(&app, &aurora, json!({})).await, Vec::<Value>::new());
    explore(&app, "aurora", "comet").await;
    assert_eq!(compare(&app).await, 1);
    let found = fit(&app, &aurora, json!({})).await;
    assert_eq!(slugs(&found), ["comet"]);
    assert_eq!((&found[0]["relation"], &found[0]["sharedAccounts"]), (&json!("EXPLORING"), &json!(12)));
    assert_eq!((&found[0]["share"], &found[0]["isPartial"]), (&json!(0.6), &json!(false)));
    assert_eq!(fit(&app, &comet, json!({})).await[0]["sharedAccounts"], 12);
    // Whatever the rules say, too few are not told.
    house.replace(their, companies(18..40)).await;
    compare(&app).await;
    for viewer in [&aurora, &comet] {
        let found = fit(&app, viewer, json!({})).await;
        assert_eq!((&found[0]["sharedAccounts"], &found[0]["share"]), (&Value::Null, &Value::Null));
        assert_eq!((&found[0]["fewerThan"], &found[0]["isPartial"]), (&json!(5), &json!(true)));
    }
    app.clock.advance(TimeDelta::days(30));
    for viewer in [&aurora, &comet] {
        assert_eq!(fit(&app, viewer, json!({})).await, Vec::<Value>::new(), "its time has run out");
    }
}

async fn a_rule_that_is_taken_back_takes_the_partner_away(app: TestApp) {
    let house = House::new(&app);
    let (_, [one, _]) = set(&app, SharingLevel::Overlapping, SharingLevel::Overlapping).await;
    compare(&app).await;
    let aurora = app.manager("aurora");
    house.rule(one, "borealis", "aurora", SharingLevel::Hidden, &[]).await;
    assert_eq!(slugs(&fit(&app, &aurora, json!({})).await), ["comet"]);
    assert_eq!(fit(&app, &app.manager("borealis"), json!({})).await, Vec::<Value>::new());
}

async fn partners_and_overlaps_take_no_more_statements(app: TestApp) {
    let house = House::new(&app);
    house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..3), companies(0..3)).await;
    compare(&app).await;
    let aurora = app.manager("aurora");
    let (one, few) = app.statements(fit(&app, &aurora, json!({}))).await;
    begin(&app, "aurora", "comet").await;
    let our = house.list("aurora", "More", AccountListKind::Customers, companies(0..60)).await;
    joined(&house, our, "comet", SharingLevel::Overlapping, 0..60).await;
    compare(&app).await;
    let (two, many) = app.statements(fit(&app, &aurora, json!({}))).await;
    assert_eq!((one.len(), two.len()), (1, 2));
    assert_eq!(few, many);
}

on_both!(
    those_with_most_in_common_come_first,
    what_is_withheld_has_no_say_in_the_order,
    an_account_that_they_have_twice_counts_once,
    an_offline_partner_is_told_of_to_whoever_keeps_its_list,
    those_who_explore_are_told_counts_for_a_time,
    a_rule_that_is_taken_back_takes_the_partner_away,
    partners_and_overlaps_take_no_more_statements,
);
