//! What each side reads: counts, overlaps, greenfield, by the level that holds at the moment of the read.

use super::{
    House, compare, contract,
    house::{companies, row},
    matrix, names, overlaps,
};
use crate::support::{TestApp, on_both};
use entity::{
    account_list::AccountListKind,
    id::TypedId,
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use serde_json::{Value, json};

const GREENFIELD: &str = "query ($partner: String!, $list: ID!, $first: Int, $after: String) {
    greenfield(partner: $partner, list: $list, first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { id name domain country: countryCode list { id } } } }";

async fn both_sides_count_the_same(app: TestApp) {
    let house = House::new(&app);
    let mut theirs = companies(5..25);
    // One of their companies is listed twice.
    let twin = theirs["crm-7"].clone();
    theirs.insert("crm-7b".to_owned(), twin);
    let (our, their, _) = house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..20), theirs).await;
    let before = matrix(&app, &app.manager("aurora"), "borealis").await;
    assert_eq!((&before["computedAt"], &before["cells"][0]["pairCount"]), (&Value::Null, &Value::Null));

    assert_eq!(compare(&app).await, 1);
    assert_eq!(compare(&app).await, 0);
    let ours = app.graphql(&app.manager("aurora"), &contract("OverlapMatrix"), json!({"partner": "borealis"})).await;
    let cell = ours.at("/overlapMatrix/cells/0");
    assert_eq!((&cell["ownCount"], &cell["partnerCount"], &cell["pairCount"]), (&json!(15), &json!(16), &json!(16)));
    assert_eq!(cell["own"], json!({"id": our.global(), "name": "Our customers", "kind": "CUSTOMERS"}));
    assert_eq!(cell["partners"], json!({"id": their.global(), "name": "Their prospects", "kind": "PROSPECTS"}));
    assert_eq!(ours.at("/overlapMatrix/computedAt"), &json!("2026-11-02T09:00:00+00:00"));
    // The other side, by id.
    let theirs = matrix(&app, &app.manager("borealis"), &crate::support::organization_id("aurora").global()).await;
    let cell = &theirs["cells"][0];
    assert_eq!((&cell["ownCount"], &cell["partnerCount"], &cell["pairCount"]), (&json!(16), &json!(15), &json!(16)));
    // Whoever has nothing to do with it.
    assert_eq!(matrix(&app, &app.manager("comet"), "aurora").await["cells"], json!([]));
    assert_eq!(matrix(&app, &app.manager("aurora"), "nobody").await, Value::Null);
}

async fn overlaps_come_as_the_contract_asks(app: TestApp) {
    let house = House::new(&app);
    let fields = [AccountField::Name, AccountField::Domain];
    let (_, _, pair) = house.two(SharingLevel::Overlapping, &fields, companies(0..30), companies(0..30)).await;
    compare(&app).await;
    let document = contract("Overlaps");
    let aurora = app.actor("aurora", Role::Viewer);
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let variables = json!({"partner": "borealis", "first": 12, "after": after});
        let page = app.graphql(&aurora, &document, variables).await;
        assert_eq!(page.at("/overlaps/totalCount"), &json!(30));
        for edge in page.at("/overlaps/edges").as_array().unwrap() {
            let node = &edge["node"];
            assert_eq!(node["confidence"], "CERTAIN");
            assert_eq!(node["own"]["name"], node["partner"]["name"]);
            assert_eq!(node["own"]["domain"], node["partner"]["domain"]);
            assert_eq!(node["own"]["list"]["kind"], "CUSTOMERS");
            assert_eq!(node["partner"]["list"]["kind"], "PROSPECTS");
            let reasons = node["reasons"].as_array().unwrap();
            let domain = reasons.iter().find(|reason| reason["kind"] == "DOMAIN").unwrap();
            assert_eq!(
                (&domain["ownValue"], &domain["partnerValue"]),
                (&node["own"]["domain"], &node["own"]["domain"])
            );
            seen.push(node["id"].clone());
        }
        after = page.at("/overlaps/pageInfo/endCursor").clone();
        if page.at("/overlaps/pageInfo/hasNextPage") == &json!(false) {
            break;
        }
    }
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 30);
    // The same object as a node, for both sides and for nobody else.
    let node = "query ($id: ID!) { node(id: $id) { id ... on Overlap { own { name } } } overlap(id: $id) { score } }";
    for (slug, visible) in [("aurora", true), ("borealis", true), ("comet", false), ("operator", false)] {
        let answer = app.graphql(&app.manager(slug), node, json!({"id": seen[0]})).await;
        assert_eq!(answer.at("/node").is_object(), visible, "{slug}");
        assert_eq!(answer.at("/overlap").is_object(), visible, "{slug}");
    }
    // What is no longer agreed is not there any more, at once.
    house.close(pair).await;
    assert_eq!(app.graphql(&aurora, node, json!({"id": seen[0]})).await.at("/node"), &Value::Null);
    assert_eq!(names(&app, &aurora, "borealis").await, []);
}

async fn a_filter_narrows_and_says_how_many(app: TestApp) {
    let house = House::new(&app);
    let mut ours = companies(0..12);
    for (at, row) in ours.values_mut().enumerate() {
        row.owner = if at % 3 == 0 { "Team North" } else { "Team South" }.to_owned();
        row.country = if at % 2 == 0 { "NO" } else { "DE" };
    }
    let fields = [AccountField::Name];
    house.two(SharingLevel::Overlapping, &fields, ours, companies(0..12)).await;
    let second = house.list("borealis", "Open", AccountListKind::OpenOpportunities, companies(0..4)).await;
    house.rule(second, "borealis", "aurora", SharingLevel::Overlapping, &fields).await;
    let first = matrix(&app, &app.manager("aurora"), "borealis").await["cells"][0]["own"]["id"].clone();
    let first = TypedId::parse_global(first.as_str().unwrap()).unwrap();
    house.pair((first, "aurora"), (second, "borealis")).await;
    compare(&app).await;
    let count = async |filter: Value| {
        let answer = overlaps(&app, &app.manager("aurora"), json!({"partner": "borealis", "filter": filter})).await;
        let nodes = answer.at("/overlaps/nodes").as_array().unwrap().len();
        assert_eq!(answer.at("/overlaps/totalCount"), &json!(nodes));
        nodes
    };
    assert_eq!(count(json!({})).await, 16);
    assert_eq!(count(json!({"partnerKinds": ["OPEN_OPPORTUNITIES"]})).await, 4);
    assert_eq!(count(json!({"ownKinds": ["PROSPECTS"]})).await, 0);
    assert_eq!(count(json!({"ownKinds": []})).await, 0);
    assert_eq!(count(json!({"owner": "Team North", "partnerKinds": ["PROSPECTS"]})).await, 4);
    assert_eq!(count(json!({"countries": ["NO"], "partnerKinds": ["PROSPECTS"]})).await, 6);
    assert_eq!(count(json!({"countries": ["FR"]})).await, 0);
    assert_eq!(count(json!({"minConfidence": "POSSIBLE"})).await, 16);
    assert_eq!(count(json!({"newSince": "2026-11-02T09:00:00Z"})).await, 16);
    assert_eq!(count(json!({"newSince": "2026-11-02T09:00:01Z"})).await, 0);
    // Their filters are about their own accounts, which have no owner.
    let filter = json!({"partner": "aurora", "filter": {"owner": "Team North"}});
    let theirs = overlaps(&app, &app.manager("borealis"), filter).await;
    assert_eq!(theirs.at("/overlaps/totalCount"), &json!(0));
}

async fn the_surest_come_first_where_that_is_asked(app: TestApp) {
    let house = House::new(&app);
    let mut ours = companies(0..4);
    ours.insert("x".to_owned(), row("Zorblax Quimbly Foods", ""));
    let mut theirs = companies(0..4);
    theirs.insert("x".to_owned(), row("Zorblax Quimbley Foods", ""));
    house.two(SharingLevel::Overlapping, &[AccountField::Name], ours, theirs).await;
    compare(&app).await;
    let scores = async |direction: &str| {
        let order = json!({"field": "SCORE", "direction": direction});
        let (mut after, mut scores) = (Value::Null, Vec::new());
        loop {
            let variables = json!({"partner": "borealis", "first": 2, "after": after, "orderBy": order});
            let page = overlaps(&app, &app.manager("aurora"), variables).await;
            let nodes = page.at("/overlaps/nodes").as_array().unwrap();
            scores.extend(nodes.iter().map(|node| node["score"].as_f64().unwrap()));
            after = page.at("/overlaps/pageInfo/endCursor").clone();
            if page.at("/overlaps/pageInfo/hasNextPage") == &json!(false) {
                return scores;
            }
        }
    };
    let (down, mut up) = (scores("DESC").await, scores("ASC").await);
    assert_eq!(down.len(), 5);
    assert!(down.is_sorted_by(|one, other| one >= other), "{down:?}");
    up.reverse();
    assert_eq!(down, up);
    // A cursor of one order is none of another.
    let page = overlaps(&app, &app.manager("aurora"), json!({"partner": "borealis", "first": 1})).await;
    let cursor = page.at("/overlaps/pageInfo/endCursor").clone();
    let order = json!({"field": "SCORE", "direction": "ASC"});
    let wrong = json!({"partner": "borealis", "after": cursor, "orderBy": order});
    assert_eq!(overlaps(&app, &app.manager("aurora"), wrong).await.error_code(), "BAD_USER_INPUT");
}

async fn only_counts_are_shown_and_no_small_ones(app: TestApp) {
    let house = House::new(&app);
    let (our, their, _) = house.two(SharingLevel::CountsOnly, &[], companies(0..6), companies(0..9)).await;
    compare(&app).await;
    let cell = matrix(&app, &app.manager("aurora"), "borealis").await["cells"][0].clone();
    assert_eq!((&cell["pairCount"], &cell["fewerThan"]), (&json!(6), &Value::Null));
    assert_eq!((&cell["partners"]["name"], &cell["showsOverlaps"]), (&Value::Null, &json!(false)));
    assert_eq!(names(&app, &app.manager("aurora"), "borealis").await, []);
    house.replace(our, companies(0..4)).await;
    compare(&app).await;
    let cell = matrix(&app, &app.manager("aurora"), "borealis").await["cells"][0].clone();
    assert_eq!((&cell["pairCount"], &cell["ownCount"], &cell["fewerThan"]), (&Value::Null, &Value::Null, &json!(5)));
    // Borealis shows more from now on; aurora still does not.
    house.rule(their, "borealis", "aurora", SharingLevel::Overlapping, &[]).await;
    assert_eq!(names(&app, &app.manager("aurora"), "borealis").await.len(), 4);
    assert_eq!(names(&app, &app.manager("borealis"), "aurora").await, []);
    let cell = matrix(&app, &app.manager("aurora"), "borealis").await["cells"][0].clone();
    assert_eq!((&cell["pairCount"], &cell["fewerThan"]), (&json!(4), &Value::Null));
    assert_eq!(matrix(&app, &app.manager("borealis"), "aurora").await["cells"][0]["fewerThan"], json!(5));
}

async fn greenfield_is_what_only_they_have(app: TestApp) {
    let house = House::new(&app);
    let fields = [AccountField::Name, AccountField::Domain];
    let (_, their, _) = house.two(SharingLevel::All, &fields, companies(0..4), companies(2..9)).await;
    compare(&app).await;
    let aurora = app.manager("aurora");
    let (mut after, mut found) = (Value::Null, Vec::new());
    loop {
        let variables = json!({"partner": "borealis", "list": their.global(), "first": 2, "after": after});
        let page = app.graphql(&aurora, GREENFIELD, variables).await;
        assert_eq!(page.at("/greenfield/totalCount"), &json!(5));
        found.extend(page.at("/greenfield/nodes").as_array().unwrap().clone());
        after = page.at("/greenfield/pageInfo/endCursor").clone();
        if page.at("/greenfield/pageInfo/hasNextPage") == &json!(false) {
            break;
        }
    }
    let mut named: Vec<_> = found.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect();
    assert!(named.is_sorted());
    named.sort();
    let mut expected: Vec<_> = companies(4..9).into_values().map(|row| row.name).collect();
    expected.sort();
    assert_eq!(named, expected);
    assert!(found.iter().all(|node| node["domain"].is_string() && node["country"].is_null()));
    // Where not all is shown there is none, and neither is there of one's own list or of one that nobody knows.
    let asked = async |actor, partner: &str, list: String| {
        app.graphql(&actor, GREENFIELD, json!({"partner": partner, "list": list})).await.at("/greenfield").clone()
    };
    house.rule(their, "borealis", "aurora", SharingLevel::Overlapping, &fields).await;
    assert_eq!(asked(aurora.clone(), "borealis", their.global()).await, Value::Null);
    assert_eq!(asked(app.manager("borealis"), "aurora", their.global()).await, Value::Null);
    assert_eq!(asked(app.manager("comet"), "borealis", their.global()).await, Value::Null);
}

async fn a_page_costs_the_same_however_many_it_has(app: TestApp) {
    let house = House::new(&app);
    let fields = [AccountField::Name, AccountField::Domain];
    house.two(SharingLevel::Overlapping, &fields, companies(0..60), companies(0..60)).await;
    compare(&app).await;
    let aurora = app.manager("aurora");
    let (_, few) = app.statements(overlaps(&app, &aurora, json!({"partner": "borealis", "first": 2}))).await;
    let (_, many) = app.statements(overlaps(&app, &aurora, json!({"partner": "borealis", "first": 50}))).await;
    assert_eq!(few, many);
    let document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Overlap { own { name } partner { name } } } }";
    let page = overlaps(&app, &aurora, json!({"partner": "borealis", "first": 50})).await;
    let ids: Vec<Value> =
        page.at("/overlaps/nodes").as_array().unwrap().iter().map(|node| node["id"].clone()).collect();
    let (_, few) = app.statements(app.graphql(&aurora, document, json!({"ids": &ids[..2]}))).await;
    let (_, many) = app.statements(app.graphql(&aurora, document, json!({"ids": ids}))).await;
    assert_eq!(few, many);
}

async fn nobody_reads_without_an_organization(app: TestApp) {
    let visitor = overlaps(&app, &app.visitor(), json!({"partner": "borealis"})).await;
    assert_eq!(visitor.error_code(), "UNAUTHENTICATED");
}

on_both!(
    both_sides_count_the_same,
    overlaps_come_as_the_contract_asks,
    a_filter_narrows_and_says_how_many,
    the_surest_come_first_where_that_is_asked,
    only_counts_are_shown_and_no_small_ones,
    greenfield_is_what_only_they_have,
    a_page_costs_the_same_however_many_it_has,
    nobody_reads_without_an_organization,
);
