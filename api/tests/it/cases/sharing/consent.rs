//! The record of consent: who agreed to what, and when.

use super::{
    REMOVE, REMOVE_DEFAULT, come_by, explore, partners, propose, set, set_default, sharing_partners, shows, take,
};
use crate::{
    cases::partnership::end,
    support::{TestApp, on_both},
};
use chrono::TimeDelta;
use entity::value::Role;
use partnergraph::op::Actor;
use serde_json::{Value, json};

on_both!(
    each_change_of_a_rule_is_on_record,
    each_change_of_a_default_is_on_record,
    each_sides_word_is_on_its_own_record,
    what_comes_about_by_itself_is_on_record,
    only_its_own_organization_reads_a_record,
);

const CONSENTS: &str = "query ($partner: String) { sharingConsents(partner: $partner) { totalCount nodes {
  id kind before after at partner { slug } accountListId actor { kind organization { slug } person { name } }
} } }";

async fn consents(app: &TestApp, slug: &str, partner: Option<&str>) -> Vec<Value> {
    let found = app.graphql(&app.actor(slug, Role::Viewer), CONSENTS, json!({"partner": partner})).await;
    let nodes = found.at("/sharingConsents/nodes").as_array().unwrap().clone();
    assert_eq!(found.at("/sharingConsents/totalCount"), nodes.len());
    nodes
}

async fn each_change_of_a_rule_is_on_record(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    let made = set(&app, &app.manager("aurora"), shows(&ours, "borealis", "ALL")).await;
    app.clock.advance(TimeDelta::hours(1));
    set(&app, &app.actor("aurora", Role::Owner), shows(&ours, "borealis", "COUNTS_ONLY")).await.payload();
    app.clock.advance(TimeDelta::hours(1));
    let id = &made.payload()["sharingRule"]["id"];
    app.graphql(&app.manager("aurora"), REMOVE, json!({"id": id})).await.payload();
    let fields = json!(["NAME", "DOMAIN", "COUNTRY"]);
    let (all, counts) = (json!({"level": "ALL", "fields": fields}), json!({"level": "COUNTS_ONLY", "fields": fields}));
    let record = |id: &Value, before: Value, after: Value, at: &str, name: &str| {
        json!({
            "id": id, "kind": "RULE", "before": before, "after": after, "at": at,
            "partner": {"slug": "borealis"}, "accountListId": ours,
            "actor": {"kind": "PERSON", "organization": {"slug": "aurora"}, "person": {"name": name}},
        })
    };
    let found = consents(&app, "aurora", Some("borealis")).await;
    let expected = [
        record(&found[0]["id"], counts.clone(), json!(null), "2026-11-02T11:00:00+00:00", "Manager of aurora"),
        record(&found[1]["id"], all.clone(), counts, "2026-11-02T10:00:00+00:00", "Owner of aurora"),
        record(&found[2]["id"], json!(null), all, "2026-11-02T09:00:00+00:00", "Manager of aurora"),
    ];
    // A viewer may not see who the people are.
    let anonymous = |mut row: Value| {
        row["actor"]["person"] = json!(null);
        row
    };
    let seen: Vec<_> = found.into_iter().map(anonymous).collect();
    assert_eq!(seen, expected.map(anonymous));
    let full = app.graphql(&app.manager("aurora"), CONSENTS, json!({})).await;
    assert_eq!(full.at("/sharingConsents/nodes/1/actor/person/name"), "Owner of aurora");
    assert!(consents(&app, "aurora", Some("comet")).await.is_empty());
    assert!(consents(&app, "borealis", None).await.is_empty(), "it is aurora's word");
}

async fn each_change_of_a_default_is_on_record(app: TestApp) {
    let aurora = app.manager("aurora");
    let made = set_default(&app, &aurora, json!({"partnerType": "CHANNEL", "level": "ALL"})).await;
    let id = &made.payload()["sharingDefault"]["id"];
    app.graphql(&aurora, REMOVE_DEFAULT, json!({"id": id})).await.payload();
    let found = consents(&app, "aurora", None).await;
    assert_eq!(found.len(), 2);
    for (row, side) in [(&found[1], "after"), (&found[0], "before")] {
        assert_eq!((&row["kind"], &row["partner"]), (&json!("DEFAULT"), &json!(null)));
        let expected = json!({"tier": null, "partnerType": "CHANNEL", "level": "ALL",
                              "fields": ["NAME", "DOMAIN", "COUNTRY"]});
        assert_eq!(row[side], expected);
    }
}

async fn each_sides_word_is_on_its_own_record(app: TestApp) {
    let id = propose(&app, "aurora", "comet").await;
    let of = async |slug: &str| -> Vec<String> {
        let partner = if slug == "aurora" { "comet" } else { "aurora" };
        let found = consents(&app, slug, Some(partner)).await;
        assert!(found.iter().all(|row| row["kind"] == "EXPLORATORY" && row["after"]["exploratoryMapping"] == id));
        found.iter().map(|row| row["after"]["status"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((of("aurora").await, of("comet").await), (vec!["PENDING".to_owned()], Vec::new()));
    take(&app, &app.manager("comet"), "Accept", &id).await.payload();
    assert_eq!((of("aurora").await, of("comet").await), (vec!["PENDING".to_owned()], vec!["ACCEPTED".to_owned()]));
    app.clock.advance(TimeDelta::days(30));
    come_by(&app).await;
    assert_eq!(of("aurora").await, ["ENDED", "PENDING"]);
    assert_eq!(of("comet").await, ["ENDED", "ACCEPTED"]);
    let last = &consents(&app, "comet", None).await[0];
    assert_eq!(last["actor"], json!(null), "it was the clock");
    assert_eq!(last["before"]["status"], "ACCEPTED");
}

async fn what_comes_about_by_itself_is_on_record(app: TestApp) {
    let (_, _, partnership) = sharing_partners(&app).await;
    end(&app, "borealis", &partnership).await;
    come_by(&app).await;
    for (slug, partner) in [("aurora", "borealis"), ("borealis", "aurora")] {
        let row = &consents(&app, slug, Some(partner)).await[0];
        assert_eq!((&row["kind"], &row["actor"]), (&json!("RELATION"), &json!(null)), "{slug}");
        assert_eq!(row["before"], json!({"openPairs": 1}));
        assert_eq!(row["after"], json!({"relation": "NONE", "openPairs": 0}));
    }
}

async fn only_its_own_organization_reads_a_record(app: TestApp) {
    explore(&app, "aurora", "comet").await;
    let id = consents(&app, "aurora", None).await[0]["id"].clone();
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    let seen = async |actor: Actor| !app.graphql(&actor, node, json!({"id": id})).await.at("/node").is_null();
    assert!(seen(app.actor("aurora", Role::Viewer)).await);
    for stranger in [app.manager("comet"), app.manager("borealis"), app.operator(), app.visitor()] {
        assert!(!seen(stranger.clone()).await, "{stranger:?}");
    }
    assert_eq!(app.graphql(&app.visitor(), CONSENTS, json!({})).await.error_code(), "UNAUTHENTICATED");
}
