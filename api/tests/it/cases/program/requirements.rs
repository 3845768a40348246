//! What tiers give and require, measured values, and how a membership stands against them.

use super::{member, on_membership, program};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

const REQUIRE: &str = "mutation ($id: ID!, $input: TierRequirementsSetInput!) {
  tierRequirementsSet(id: $id, input: $input) { tier {
    requirements { version } requirementVersions { version effectiveFrom requirements { metric threshold } } } userErrors { field code } }
}";
const GIVE: &str = "mutation ($id: ID!, $input: TierBenefitsSetInput!) {
  tierBenefitsSet(id: $id, input: $input) { tier { benefits { kind name basisPoints amount { amount currencyCode } } } userErrors { code } }
}";
const EXPLAIN: &str =
    "query ($id: ID!, $tier: ID, $on: Date) { node(id: $id) { ... on Membership { explain(tier: $tier, on: $on) {
  tier { name } requirementVersion met results { requirement { metric name } value threshold gap met } } } } }";

on_both!(benefits_are_written_anew, versions_stay_readable, requirements_have_refusals, a_membership_is_explained);

async fn benefits_are_written_anew(app: TestApp) {
    let host = app.manager("aurora");
    let [_, gold, ..] = program(&app, "gives").await;
    let give = |benefits: Value| app.graphql(&host, GIVE, json!({"id": gold, "input": {"benefits": benefits}}));
    let credits = json!({"kind": "CREDITS", "name": "Sandbox", "amount": {"amount": "500.5", "currencyCode": "EUR"}});
    give(json!([{"kind": "DISCOUNT", "name": "Less", "basisPoints": 1550}, credits])).await.payload();
    let set = give(json!([credits, {"kind": "BADGE", "name": "Badge"}])).await;
    let shown = json!([
        {"kind": "CREDITS", "name": "Sandbox", "basisPoints": null, "amount": {"amount": "500.50", "currencyCode": "EUR"}},
        {"kind": "BADGE", "name": "Badge", "basisPoints": null, "amount": null},
    ]);
    assert_eq!(set.payload()["tier"]["benefits"], shown);
    for (benefit, code) in [
        (json!({"kind": "BADGE", "name": ""}), "REQUIRED"),
        (json!({"kind": "BADGE", "name": "B", "basisPoints": 5}), "INVALID_VALUE"),
        (json!({"kind": "DISCOUNT", "name": "D", "basisPoints": 10_001}), "OUT_OF_RANGE"),
        (
            json!({"kind": "CREDITS", "name": "C", "amount": {"amount": "1.234", "currencyCode": "EUR"}}),
            "INVALID_FORMAT",
        ),
    ] {
        assert_eq!(give(json!([benefit])).await.refusals(), [code]);
    }
    assert_eq!(give(json!(vec![credits; 51])).await.refusals(), ["TOO_MANY"]);
}

async fn versions_stay_readable(app: TestApp) {
    let host = app.manager("aurora");
    let [_, gold, ..] = program(&app, "versions").await;
    let require = |from: &str, threshold: &str| {
        let requirement = json!({"metric": "CLOSED_DEALS", "operator": "GTE", "threshold": threshold});
        let input = json!({"effectiveFrom": from, "requirements": [requirement]});
        app.graphql(&host, REQUIRE, json!({"id": gold, "input": input}))
    };
    require("2026-11-02", "3").await.payload();
    let second = require("2026-12-01", "5").await;
    let versions = json!([
        {"version": 2, "effectiveFrom": "2026-12-01", "requirements": [{"metric": "CLOSED_DEALS", "threshold": "5"}]},
        {"version": 1, "effectiveFrom": "2026-11-02", "requirements": [{"metric": "CLOSED_DEALS", "threshold": "3"}]},
    ]);
    assert_eq!(second.payload()["tier"], json!({"requirements": {"version": 1}, "requirementVersions": versions}));
    const READ: &str =
        "query ($id: ID!, $on: Date) { node(id: $id) { ... on Tier { requirements(on: $on) { version } } } }";
    app.clock.advance(TimeDelta::days(29));
    let today = app.graphql(&app.visitor(), READ, json!({"id": gold})).await;
    assert_eq!(today.at("/node/requirements/version"), 2);
    let before = app.graphql(&app.visitor(), READ, json!({"id": gold, "on": "2026-11-01"})).await;
    assert_eq!(before.at("/node/requirements"), &json!(null));
}

async fn requirements_have_refusals(app: TestApp) {
    let host = app.manager("aurora");
    let [_, gold, ..] = program(&app, "rules").await;
    let require = |from: &str, requirement: Value| {
        let input = json!({"effectiveFrom": from, "requirements": [requirement]});
        app.graphql(&host, REQUIRE, json!({"id": gold, "input": input}))
    };
    for (requirement, code) in [
        (json!({"metric": "REVENUE", "operator": "GTE", "threshold": "1"}), "REQUIRED"),
        (
            json!({"metric": "REVENUE", "operator": "GTE", "threshold": "0.001", "currencyCode": "EUR"}),
            "INVALID_FORMAT",
        ),
        (json!({"metric": "CUSTOM", "operator": "GTE", "threshold": "1"}), "REQUIRED"),
        (json!({"metric": "CLOSED_DEALS", "operator": "GTE", "threshold": "1", "name": "X"}), "INVALID_VALUE"),
        (json!({"metric": "CLOSED_DEALS", "operator": "BETWEEN", "threshold": "1"}), "REQUIRED"),
        (
            json!({"metric": "CLOSED_DEALS", "operator": "BETWEEN", "threshold": "2", "upperThreshold": "1"}),
            "INVALID_VALUE",
        ),
        (json!({"metric": "CLOSED_DEALS", "operator": "GTE", "threshold": "-1"}), "OUT_OF_RANGE"),
        (json!({"metric": "CLOSED_DEALS", "operator": "GTE", "threshold": "1", "windowMonths": 0}), "OUT_OF_RANGE"),
    ] {
        assert_eq!(require("2026-11-02", requirement.clone()).await.refusals(), [code], "{requirement}");
    }
    let fine = json!({"metric": "CLOSED_DEALS", "operator": "GTE", "threshold": "1"});
    assert_eq!(require("2026-11-01", fine).await.refusals(), ["OUT_OF_RANGE"], "the past is not rewritten");
}

async fn a_membership_is_explained(app: TestApp) {
    let host = app.manager("aurora");
    let [_, gold, silver, _] = program(&app, "judged").await;
    let id = member(&app, "judged", Some(&silver)).await;
    let requirements = json!([
        {"metric": "REVENUE", "operator": "GTE", "threshold": "1000.00", "currencyCode": "EUR", "windowMonths": 12},
        {"metric": "CUSTOM", "name": "NPS", "operator": "BETWEEN", "threshold": "30", "upperThreshold": "100"},
    ]);
    let input = json!({"effectiveFrom": "2026-11-02", "requirements": requirements});
    app.graphql(&host, REQUIRE, json!({"id": gold, "input": input})).await.payload();

    let record = on_membership("membershipMetricRecord", "MembershipMetricRecordInput!");
    let measure = |input: Value| app.graphql(&host, &record, json!({"id": id, "input": input}));
    measure(json!({"metric": "REVENUE", "currencyCode": "EUR", "value": "300.25", "asOf": "2026-10-01"}))
        .await
        .payload();
    measure(json!({"metric": "REVENUE", "currencyCode": "EUR", "value": "400", "asOf": "2026-11-01"})).await.payload();
    measure(json!({"metric": "REVENUE", "currencyCode": "EUR", "value": "500", "asOf": "2026-11-01"})).await.payload();
    measure(json!({"metric": "REVENUE", "currencyCode": "USD", "value": "9000"})).await.payload();
    measure(json!({"metric": "REVENUE", "currencyCode": "EUR", "value": "9000", "asOf": "2025-11-02"})).await.payload();

    let explained = app.graphql(&app.manager("borealis"), EXPLAIN, json!({"id": id, "tier": gold})).await;
    let expected = json!([{"tier": {"name": "Gold"}, "requirementVersion": 1, "met": false, "results": [
        {"requirement": {"metric": "REVENUE", "name": null}, "value": "800.25", "threshold": "1000.00", "gap": "199.75", "met": false},
        {"requirement": {"metric": "CUSTOM", "name": "NPS"}, "value": null, "threshold": "30", "gap": null, "met": false},
    ]}]);
    assert_eq!(explained.at("/node/explain"), &expected);
    measure(json!({"metric": "CUSTOM", "name": "nps", "value": "45"})).await.payload();
    measure(json!({"metric": "REVENUE", "currencyCode": "EUR", "value": "199.75"})).await.payload();
    let all = app.graphql(&host, EXPLAIN, json!({"id": id})).await;
    let met: Vec<_> = all
        .at("/node/explain")
        .as_array()
        .unwrap()
        .iter()
        .map(|tier| (tier["tier"]["name"].clone(), tier["met"].clone()))
        .collect();
    assert_eq!(met, [(json!("Gold"), json!(true)), (json!("Silver"), json!(true)), (json!("Bronze"), json!(true))]);

    let public = app.graphql(&app.visitor(), EXPLAIN, json!({"id": id})).await;
    assert_eq!(public.at("/node/explain"), &json!(null), "what partners are judged by is theirs and the host's");
    for (input, code) in [
        (json!({"metric": "REVENUE", "value": "1"}), "REQUIRED"),
        (json!({"metric": "CLOSED_DEALS", "value": "1", "name": "X"}), "INVALID_VALUE"),
        (json!({"metric": "CLOSED_DEALS", "value": "1", "asOf": "2026-11-03"}), "OUT_OF_RANGE"),
        (json!({"metric": "CLOSED_DEALS", "value": "0.00001"}), "INVALID_FORMAT"),
    ] {
        assert_eq!(measure(input).await.refusals(), [code]);
    }
    let own = json!({"id": id, "input": {"metric": "CLOSED_DEALS", "value": "1"}});
    assert_eq!(app.graphql(&app.manager("borealis"), &record, own).await.refusals(), ["NOT_ALLOWED"]);
}
