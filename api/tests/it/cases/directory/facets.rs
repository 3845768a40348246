//! What the filters of a directory may offer.

use super::fixture::settle;
use crate::support::{Answer, TestApp, on_both};
use serde_json::{Value, json};

on_both!(
    facets_count_partners_by_value,
    a_facet_applies_every_filter_but_its_own,
    facets_are_of_the_day_and_of_the_viewer,
    facets_refuse_what_the_list_refuses,
);

const FACETS: &str = "query ($filter: PartnerFilter) {
  program(slug: \"aurora-partners\") {
    partnerFacets(filter: $filter) {
      types { value count }
      tiers { tier { name } count }
      countries { value count }
      categories { category { slug } count }
      segments { value count } customerTypes { value count } services { value count } regions { value count }
    }
  }
}";

/// A facet as `value:count` words.
fn words(answer: &Answer, facet: &str) -> Vec<String> {
    let values = answer.at(&format!("/program/partnerFacets/{facet}")).as_array().unwrap();
    let word = |entry: &Value| {
        let value = [&entry["value"], &entry["tier"]["name"], &entry["category"]["slug"]];
        format!("{}:{}", value.into_iter().find_map(Value::as_str).unwrap(), entry["count"])
    };
    values.iter().map(word).collect()
}

async fn ask(app: &TestApp, filter: Value) -> Answer {
    app.graphql(&app.visitor(), FACETS, json!({"filter": filter})).await
}

async fn facets_count_partners_by_value(app: TestApp) {
    settle(&app).await;
    let all = ask(&app, Value::Null).await;
    assert_eq!(words(&all, "types"), ["TECHNOLOGY:3", "CHANNEL:3", "STRATEGIC:1"]);
    assert_eq!(words(&all, "tiers"), ["Silver:3", "Gold:2", "Platinum:1"]);
    assert_eq!(words(&all, "countries"), ["HU:2", "NO:2", "AE:1", "AT:1", "CN:1", "DE:1", "SE:1"]);
    // Gamma has a listing in both branches of `data` and counts there once; drafts and limited listings do not count.
    assert_eq!(words(&all, "categories"), ["data:2", "data-logs:2", "cloud:1", "data-metrics:1"]);
    assert_eq!(words(&all, "segments"), ["Bank:2", "Retail:1"]);
    assert_eq!(words(&all, "customerTypes"), ["SMB:1"]);
    assert_eq!(words(&all, "services"), ["Audit:1"]);
    assert_eq!(words(&all, "regions"), ["NORDICS:1"]);
}

async fn a_facet_applies_every_filter_but_its_own(app: TestApp) {
    settle(&app).await;
    let types = ask(&app, json!({"types": ["STRATEGIC"]})).await;
    assert_eq!(words(&types, "types"), ["TECHNOLOGY:3", "CHANNEL:3", "STRATEGIC:1"]);
    assert_eq!(words(&types, "countries"), ["AE:1"]);
    assert!(words(&types, "tiers").is_empty());
    let tiers = ask(&app, json!({"tiers": ["Gold"], "minTierRank": 2})).await;
    assert_eq!(words(&tiers, "tiers"), ["Silver:3", "Gold:2", "Platinum:1"]);
    assert_eq!(words(&tiers, "types"), ["TECHNOLOGY:2"]);
    let countries = ask(&app, json!({"countries": ["HU"], "types": ["CHANNEL"]})).await;
    assert_eq!(words(&countries, "countries"), ["AT:1", "DE:1", "HU:1"]);
    assert_eq!(words(&countries, "tiers"), ["Platinum:1"]);
    let categories = ask(&app, json!({"categories": ["data-metrics"]})).await;
    assert_eq!(words(&categories, "categories"), ["data:2", "data-logs:2", "cloud:1", "data-metrics:1"]);
    assert_eq!(words(&categories, "segments"), ["Bank:1", "Retail:1"]);
    let segments = ask(&app, json!({"segments": ["Retail"], "query": "al"})).await;
    assert_eq!(words(&segments, "segments"), ["Bank:1"]);
    assert!(words(&segments, "types").is_empty());
}

async fn facets_are_of_the_day_and_of_the_viewer(app: TestApp) {
    settle(&app).await;
    let past = ask(&app, json!({"asOf": "2019-12-31"})).await;
    assert_eq!(words(&past, "tiers"), ["Gold:1", "Platinum:1", "Silver:1"]);
    assert_eq!(words(&past, "countries"), ["HU:1"], "who has no page has no country");
    let host = app.graphql(&app.manager("aurora"), FACETS, json!({})).await;
    assert_eq!(words(&host, "tiers"), ["Gold:3", "Silver:3", "Platinum:1"]);
    assert_eq!(words(&host, "countries")[0], "NO:3");
}

async fn facets_refuse_what_the_list_refuses(app: TestApp) {
    settle(&app).await;
    for filter in [json!({"query": "x".repeat(201)}), json!({"asOf": "1800-01-01"}), json!({"tiers": vec!["x"; 101]})] {
        assert_eq!(ask(&app, filter).await.error_code(), "BAD_USER_INPUT");
    }
}
