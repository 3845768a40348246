//! What the feeds say of what is shared: what somebody is shown, and never what rule is behind it.

use super::{come_by, explore, list, partners, set, set_default, shows};
use crate::support::{TestApp, on_both, organization_id};
use chrono::TimeDelta;
use entity::{alert::AlertKind, id::TypedId};
use partnergraph::{
    event::feed::{self, Alert, AlertFilter},
    op::Actor,
};
use serde_json::{Value, json};

on_both!(
    a_partner_is_told_what_it_is_shown,
    a_rule_that_shows_nothing_is_not_told,
    a_default_is_told_to_those_that_it_fits,
    an_exploratory_mapping_is_told_to_both,
    alerts_read_as_they_were_told,
);

async fn told(app: &TestApp, slug: &str, kind: AlertKind) -> Vec<Alert> {
    let op = app.app.op(Actor::Operator, "test", Vec::new());
    let filter = AlertFilter { kinds: Some(vec![kind]), ..AlertFilter::default() };
    feed::list(&op, organization_id(slug), 0, &filter, 100).await.unwrap()
}

fn steps(alerts: &[Alert]) -> Vec<String> {
    let word = |value: Value| value.as_str().unwrap().to_owned();
    let levels =
        |alert: &Alert| (word(alert.details["levelBefore"].clone()), word(alert.details["levelAfter"].clone()));
    let step = |alert: &Alert| {
        let (before, after) = levels(alert);
        format!("{} {before} {after}", word(json!(alert.change)))
    };
    alerts.iter().map(step).collect()
}

async fn a_partner_is_told_what_it_is_shown(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    let aurora = app.manager("aurora");
    for level in ["COUNTS_ONLY", "ALL", "ALL", "HIDDEN"] {
        set(&app, &aurora, shows(&ours, "borealis", level)).await.payload();
    }
    let mut narrow = shows(&ours, "borealis", "OVERLAPPING");
    set(&app, &aurora, narrow.clone()).await.payload();
    narrow["fields"] = json!(["STAGE"]);
    set(&app, &aurora, narrow).await.payload();
    let alerts = told(&app, "borealis", AlertKind::SharingRule).await;
    let expected = [
        "SHARED HIDDEN COUNTS_ONLY",
        "UPDATED COUNTS_ONLY ALL",
        "REVOKED ALL HIDDEN",
        "SHARED HIDDEN OVERLAPPING",
        "UPDATED OVERLAPPING OVERLAPPING",
    ];
    assert_eq!(steps(&alerts), expected, "and what says the same as before is not told");
    assert_eq!(alerts[4].details["fieldsAfter"], json!(["NAME", "STAGE"]));
    assert_eq!(alerts[0].details["fieldsAfter"], json!([]), "who only counts is shown no field");
    for alert in &alerts {
        assert_eq!(alert.details["organization"], organization_id("aurora").global());
        assert_eq!(alert.details["listKind"], "CUSTOMERS");
        let text = alert.details.to_string();
        assert!(!text.contains("List of") && !text.contains("Acme") && !text.contains("shr_"), "{text}");
    }
    for slug in ["aurora", "comet"] {
        assert!(told(&app, slug, AlertKind::SharingRule).await.is_empty(), "{slug}");
    }
}

async fn a_rule_that_shows_nothing_is_not_told(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    let aurora = app.manager("aurora");
    set(&app, &aurora, shows(&ours, "borealis", "HIDDEN")).await.payload();
    let mut other = shows(&ours, "borealis", "HIDDEN");
    other["fields"] = json!(["STAGE"]);
    set(&app, &aurora, other).await.payload();
    set(&app, &aurora, shows(&ours, "comet", "ALL")).await.payload();
    for slug in ["borealis", "comet"] {
        assert!(told(&app, slug, AlertKind::SharingRule).await.is_empty(), "{slug}");
    }
    // What was said to a stranger is told when it is shown: here counts, since the two only explore.
    explore(&app, "comet", "aurora").await;
    assert_eq!(steps(&told(&app, "comet", AlertKind::SharingRule).await), ["SHARED HIDDEN COUNTS_ONLY"]);
    set(&app, &aurora, shows(&ours, "comet", "OVERLAPPING")).await.payload();
    let alerts = told(&app, "comet", AlertKind::SharingRule).await;
    assert_eq!(alerts.len(), 1, "what it is shown is the same");
    app.clock.advance(TimeDelta::days(30));
    come_by(&app).await;
    let alerts = told(&app, "comet", AlertKind::SharingRule).await;
    assert_eq!(alerts.len(), 1, "the end of the mapping says it");
}

async fn a_default_is_told_to_those_that_it_fits(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    crate::cases::partnership::begin(&app, "aurora", "comet").await;
    let second = list(&app, "aurora", &["Echo"]).await;
    let aurora = app.manager("aurora");
    set(&app, &aurora, shows(&ours, "comet", "ALL")).await.payload();
    set(&app, &aurora, shows(&second, "comet", "HIDDEN")).await.payload();
    set_default(&app, &aurora, json!({"partnerType": "TECHNOLOGY", "level": "COUNTS_ONLY"})).await.payload();
    let steps_of = async |slug| steps(&told(&app, slug, AlertKind::SharingRule).await);
    assert_eq!(steps_of("borealis").await, ["SHARED HIDDEN COUNTS_ONLY"; 2]);
    assert_eq!(steps_of("comet").await, ["SHARED HIDDEN ALL"], "its rules say otherwise");
}

async fn an_exploratory_mapping_is_told_to_both(app: TestApp) {
    let id = explore(&app, "aurora", "comet").await;
    app.clock.advance(TimeDelta::days(30));
    come_by(&app).await;
    for slug in ["aurora", "comet"] {
        let alerts = told(&app, slug, AlertKind::ExploratoryMapping).await;
        let changes: Vec<_> = alerts.iter().map(|alert| json!(alert.change)).collect();
        assert_eq!(changes, ["SENT", "ACCEPTED", "ENDED"], "{slug}");
        for alert in &alerts {
            assert_eq!(entity::id::ExploratoryMappingId::from(alert.subject_id).global(), id);
            assert!(!alert.details.to_string().contains("Shall we"), "nothing that people wrote");
        }
        assert_eq!(alerts[2].actor_kind, "system");
    }
    assert!(told(&app, "borealis", AlertKind::ExploratoryMapping).await.is_empty());
}

async fn alerts_read_as_they_were_told(app: TestApp) {
    const ALERTS: &str = "{ alerts(filter: {kinds: [SHARING_RULE, EXPLORATORY_MAPPING]}) { edges { node { __typename
      ... on SharingAlert { change organization { slug } accountListId listKind levelBefore levelAfter fieldsBefore
        fieldsAfter actor { organization { slug } } }
      ... on ExploratoryMappingAlert { change statusAfter endsAt inviter { slug } invitee { slug }
        exploratoryMapping { status } }
    } } } }";
    let ours = list(&app, "aurora", &["Acme"]).await;
    set(&app, &app.manager("aurora"), shows(&ours, "comet", "ALL")).await.payload();
    explore(&app, "aurora", "comet").await;
    let found = app.graphql(&app.manager("comet"), ALERTS, json!({})).await;
    let nodes: Vec<_> = found.at("/alerts/edges").as_array().unwrap().iter().map(|edge| &edge["node"]).collect();
    assert_eq!(nodes.len(), 3);
    let shown = nodes.iter().find(|node| node["__typename"] == "SharingAlert").unwrap();
    let expected = json!({
        "__typename": "SharingAlert", "change": "SHARED", "organization": {"slug": "aurora"}, "accountListId": ours,
        "listKind": "CUSTOMERS", "levelBefore": "HIDDEN", "levelAfter": "COUNTS_ONLY", "fieldsBefore": [],
        "fieldsAfter": [], "actor": {"organization": {"slug": "comet"}},
    });
    assert_eq!(**shown, expected);
    let moved: Vec<_> = nodes.iter().filter(|node| node["__typename"] == "ExploratoryMappingAlert").collect();
    let expected = json!({
        "__typename": "ExploratoryMappingAlert", "change": "ACCEPTED", "statusAfter": "ACCEPTED",
        "endsAt": "2026-12-02T09:00:00+00:00", "inviter": {"slug": "aurora"}, "invitee": {"slug": "comet"},
        "exploratoryMapping": {"status": "ACCEPTED"},
    });
    assert!(moved.iter().any(|node| ***node == expected), "{moved:#?}");
    assert!(moved.iter().any(|node| node["change"] == "SENT" && node["endsAt"].is_null()));
}
