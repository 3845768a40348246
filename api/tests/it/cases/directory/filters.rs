//! Who is in a directory, and what each filter leaves.

use super::{PARTNERS, ask, fixture::settle, found, slugs};
use crate::support::{TestApp, on_both};
use serde_json::{Value, json};

const ALL: [&str; 7] = ["alpha", "zeta", "beta", "gamma", "theta", "delta", "epsilon"];

on_both!(
    members_in_force_of_listed_organizations_are_partners,
    each_filter_leaves_what_it_says,
    filters_add_up,
    words_are_found_in_all_scripts,
    an_empty_list_asks_for_nothing,
    what_is_out_of_bounds_is_refused,
);

async fn members_in_force_of_listed_organizations_are_partners(app: TestApp) {
    settle(&app).await;
    assert_eq!(found(&app, json!({})).await, ALL);
    let stranger = ask(&app, &app.manager("comet"), json!({"first": 100})).await;
    assert_eq!(slugs(&stranger), ALL);
    // The host knows whom it has, and the operator sees everything.
    for actor in [app.actor("aurora", entity::value::Role::Viewer), app.operator()] {
        let all = ask(&app, &actor, json!({"first": 100})).await;
        assert_eq!(slugs(&all), ["alpha", "zeta", "beta", "gamma", "hidden", "outlaw", "theta", "delta", "epsilon"]);
    }
}

async fn each_filter_leaves_what_it_says(app: TestApp) {
    settle(&app).await;
    let cases: [(Value, &[&str]); 26] = [
        (json!({"types": ["STRATEGIC"]}), &["delta"]),
        (json!({"types": ["TECHNOLOGY"]}), &["alpha", "gamma", "epsilon"]),
        (json!({"types": ["CHANNEL", "STRATEGIC"]}), &["beta", "gamma", "theta", "delta"]),
        (json!({"tiers": ["gold"]}), &["alpha", "epsilon"]),
        (json!({"tiers": ["PLATINUM", "Silver"]}), &["zeta", "beta", "gamma", "theta"]),
        (json!({"tiers": ["Bronze"]}), &[]),
        (json!({"tiers": ["Bronze", "Gold"]}), &["alpha", "epsilon"]),
        (json!({"tiers": ["?!"]}), &[]),
        (json!({"minTierRank": 2}), &["alpha", "gamma", "epsilon"]),
        (json!({"minTierRank": 1}), &["alpha", "zeta", "beta", "gamma", "theta", "epsilon"]),
        (json!({"minTierRank": -5}), &["alpha", "zeta", "beta", "gamma", "theta", "epsilon"]),
        (json!({"minTierRank": 4}), &[]),
        (json!({"countries": ["NO"]}), &["alpha", "epsilon"]),
        (json!({"countries": ["HU"]}), &["zeta", "gamma"]),
        (json!({"countries": ["AT", "SE"]}), &["alpha", "beta"]),
        (json!({"countries": ["JP"]}), &[]),
        (json!({"categories": ["data"]}), &["alpha", "gamma"]),
        (json!({"categories": ["data-metrics"]}), &["gamma"]),
        (json!({"categories": ["data-logs", "cloud"]}), &["alpha", "gamma"]),
        (json!({"categories": ["unknown"]}), &[]),
        (json!({"categories": ["not a slug \u{0}"]}), &[]),
        (json!({"segments": ["Bank"]}), &["alpha", "gamma"]),
        (json!({"segments": ["Bank", "Retail"], "regions": ["NORDICS"]}), &["alpha"]),
        (json!({"services": ["Audit"]}), &["beta"]),
        (json!({"customerTypes": ["SMB"]}), &["beta"]),
        (json!({"services": ["Nothing"]}), &[]),
    ];
    for (filter, expected) in cases {
        assert_eq!(found(&app, filter.clone()).await, expected, "{filter}");
    }
}

async fn filters_add_up(app: TestApp) {
    settle(&app).await;
    let filter = json!({
        "query": "ga kf", "types": ["TECHNOLOGY"], "tiers": ["platinum"], "minTierRank": 3, "countries": ["HU"],
        "categories": ["data"], "segments": ["Retail"], "asOf": "2026-11-02",
    });
    assert_eq!(found(&app, filter.clone()).await, ["gamma"]);
    let mut other = filter;
    other["countries"] = json!(["DE"]);
    assert!(found(&app, other).await.is_empty());
}

async fn words_are_found_in_all_scripts(app: TestApp) {
    settle(&app).await;
    let cases: [(&str, &[&str]); 15] = [
        ("ALPHA", &["alpha"]),
        ("ålpha sys", &["alpha"]),
        ("systems alpha", &["alpha"]),
        ("alp", &["alpha"]),
        ("lpha", &[]),
        ("gamma", &["gamma"]),
        ("GAMMÁ KFT", &["gamma"]),
        ("arvizturo", &["zeta"]),
        ("tükörfúró", &["zeta"]),
        ("شركة", &["delta"]),
        ("الأمل", &["delta"]),
        ("云计算", &["epsilon"]),
        ("杭州", &["epsilon"]),
        ("州杭", &[]),
        ("?!", &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(found(&app, json!({"query": query})).await, expected, "{query}");
    }
    assert_eq!(found(&app, json!({"query": " \t\u{0} "})).await, ALL, "a blank query asks for nothing");
}

async fn an_empty_list_asks_for_nothing(app: TestApp) {
    settle(&app).await;
    let empty = json!({"query": "", "types": [], "tiers": [], "countries": [], "categories": [], "segments": [],
        "customerTypes": [], "services": [], "regions": []});
    assert_eq!(found(&app, empty).await, ALL);
    let null = json!({"query": null, "types": null, "tiers": null, "minTierRank": null, "countries": null,
        "categories": null, "asOf": null});
    assert_eq!(found(&app, null).await, ALL);
}

async fn what_is_out_of_bounds_is_refused(app: TestApp) {
    settle(&app).await;
    let many = vec!["x"; 101];
    let refused = [
        json!({"filter": {"query": "é".repeat(201)}}),
        json!({"filter": {"tiers": many}}),
        json!({"filter": {"categories": many}}),
        json!({"filter": {"segments": many}}),
        json!({"filter": {"types": vec!["CHANNEL"; 101]}}),
        json!({"filter": {"countries": vec!["NO"; 101]}}),
        json!({"filter": {"asOf": "1899-12-31"}}),
        json!({"filter": {"asOf": "9999-01-01"}}),
        json!({"first": -1}),
        json!({"first": 101}),
        json!({"after": "nonsense"}),
        json!({"after": ""}),
    ];
    for variables in refused {
        let answer = ask(&app, &app.visitor(), variables.clone()).await;
        assert_eq!(answer.error_code(), "BAD_USER_INPUT", "{variables}");
        assert!(answer.body()["data"]["program"]["partners"].is_null(), "{variables}");
    }
    assert_eq!(found(&app, json!({"query": "é".repeat(200), "tiers": vec!["gold"; 100]})).await, [] as [&str; 0]);
    // What does not even have the form is refused before anything runs.
    for variables in [
        json!({"orderBy": {"field": "SIZE", "direction": "ASC"}}),
        json!({"orderBy": {"field": "NAME", "direction": "UP"}}),
        json!({"orderBy": {"field": "NAME"}}),
        json!({"filter": {"types": ["FRIEND"]}}),
        json!({"filter": {"countries": ["XX"]}}),
        json!({"filter": {"countries": ["no"]}}),
        json!({"filter": {"asOf": "2026-13-01"}}),
        json!({"filter": {"minTierRank": "2"}}),
        json!({"filter": {"color": "red"}}),
    ] {
        let answer = app.graphql(&app.visitor(), PARTNERS, variables.clone()).await;
        assert!(answer.body()["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{variables}");
        assert!(answer.body()["data"]["program"]["partners"].is_null(), "{variables}");
    }
}
