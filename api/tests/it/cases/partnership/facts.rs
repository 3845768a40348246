//! The facts of each type, and what can still be changed about them.

use super::{UPDATE, partners, to};
use crate::support::{Answer, TestApp, on_both};
use chrono::TimeDelta;
use entity::value::Role;
use serde_json::{Value, json};

on_both!(
    absent_is_not_null,
    a_type_with_facts_is_not_dropped_silently,
    a_term_that_has_begun_only_ends,
    terms_of_one_kind_do_not_overlap,
    who_may_change_them,
);

async fn update(app: &TestApp, id: &Value, input: Value) -> Answer {
    app.graphql(&app.manager("borealis"), UPDATE, json!({"id": id, "input": input})).await
}

fn term(rate: &str, from: &str, to: Option<&str>) -> Value {
    json!({"payee": "borealis", "basis": "RECURRING", "rate": rate, "currencyCode": "EUR",
           "effectiveFrom": from, "effectiveTo": to})
}

async fn absent_is_not_null(app: TestApp) {
    let id = partners(&app, to("borealis")).await;
    let set = update(
        &app,
        &id,
        json!({
            "types": ["STRATEGIC", "TECHNOLOGY"], "description": "We grow.",
            "strategic": {"aim": "Cloud for both", "termStartsOn": "2027-01-01", "termEndsOn": "2030-01-01"},
        }),
    );
    let set = set.await;
    assert_eq!(set.payload()["partnership"]["types"], json!(["TECHNOLOGY", "STRATEGIC"]));
    assert_eq!(set.payload()["partnership"]["revision"], 2);
    let kept = update(&app, &id, json!({"strategic": {"termEndsOn": null}})).await;
    assert_eq!(
        kept.payload()["partnership"]["strategic"],
        json!({"aim": "Cloud for both", "termStartsOn": "2027-01-01", "termEndsOn": null})
    );
    assert_eq!(kept.payload()["partnership"]["description"], "We grow.");
    let emptied = update(&app, &id, json!({"description": null, "strategic": null})).await;
    assert_eq!(emptied.payload()["partnership"]["description"], Value::Null);
    assert_eq!(emptied.payload()["partnership"]["strategic"]["aim"], Value::Null);
    let stale = update(&app, &id, json!({"description": "Late", "expectedRevision": 2})).await;
    assert_eq!(stale.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(stale.at("/partnershipUpdate/userErrors/0/currentRevision"), 4);
    let backwards = json!({"strategic": {"termStartsOn": "2027-01-01", "termEndsOn": "2026-01-01"}});
    assert_eq!(update(&app, &id, backwards).await.refusals(), ["INVALID_VALUE"]);
    let long = json!({"strategic": {"aim": "x".repeat(2001)}});
    assert_eq!(update(&app, &id, long).await.refusals(), ["TOO_LONG"]);
}

async fn a_type_with_facts_is_not_dropped_silently(app: TestApp) {
    let id = partners(&app, to("borealis")).await;
    let exchange = json!({"what": "TRIGGER", "fromOrganization": "borealis", "toOrganization": "aurora"});
    update(&app, &id, json!({"technology": {"exchanges": [exchange]}})).await.payload();
    let dropped = update(&app, &id, json!({"types": ["CHANNEL"]})).await;
    assert_eq!(dropped.refusals(), ["INVALID_VALUE"]);
    assert_eq!(dropped.at("/partnershipUpdate/userErrors/0/field"), &json!(["input", "technology"]));
    let role = json!({"role": "RESELLER", "organization": "borealis", "services": ["Repair"]});
    let both = json!({"types": ["CHANNEL"], "technology": null, "channel": {"roles": [role]}});
    let emptied = update(&app, &id, both).await;
    assert_eq!(emptied.payload()["partnership"]["technology"], Value::Null);
    assert_eq!(emptied.payload()["partnership"]["channel"]["roles"], json!([{"role": "RESELLER"}]));
    // The exchange is gone and not only hidden.
    let back = update(&app, &id, json!({"types": ["CHANNEL", "TECHNOLOGY"]})).await;
    assert_eq!(back.payload()["partnership"]["technology"]["exchanges"], json!([]));
    let stranger = json!({"technology": {"exchanges": [
        {"what": "DATA", "fromOrganization": "aurora", "toOrganization": "comet"}
    ]}});
    assert_eq!(update(&app, &id, stranger).await.refusals(), ["INVALID_VALUE"]);
}

async fn a_term_that_has_begun_only_ends(app: TestApp) {
    let mut input = to("borealis");
    input["types"] = json!(["CHANNEL"]);
    input["channel"] = json!({"terms": [term("30", "2026-01-01", None)]});
    let id = partners(&app, input).await;
    let terms = |terms: Value| json!({"channel": {"terms": terms}});
    for (wanted, code) in [
        (terms(json!([term("25", "2026-01-01", None)])), "INVALID_STATE"),
        (terms(json!([])), "INVALID_STATE"),
        (json!({"channel": null}), "INVALID_STATE"),
        (terms(json!([term("30", "2026-01-01", Some("2026-11-01"))])), "INVALID_STATE"),
        (terms(json!([term("30", "2026-01-01", None), term("20", "2027-01-01", None)])), "INVALID_VALUE"),
        (
            terms(json!([term("30", "2026-01-01", Some("2026-12-01")), term("0.001", "2027-01-01", None)])),
            "INVALID_FORMAT",
        ),
        (terms(json!([term("30", "2026-01-01", Some("2026-12-01")), term("101", "2027-01-01", None)])), "OUT_OF_RANGE"),
    ] {
        assert_eq!(update(&app, &id, wanted.clone()).await.refusals(), [code], "{wanted}");
    }
    let next = terms(json!([term("20.5", "2027-01-01", None), term("30.00", "2026-01-01", Some("2027-01-01"))]));
    let changed = update(&app, &id, next.clone()).await;
    assert_eq!(
        changed.payload()["partnership"]["channel"]["terms"],
        json!([
            {"rate": "30.00", "effectiveFrom": "2026-01-01", "effectiveTo": "2027-01-01"},
            {"rate": "20.50", "effectiveFrom": "2027-01-01", "effectiveTo": null},
        ])
    );
    // Until it begins it may still go; on its first day it may not.
    app.clock.advance(TimeDelta::days(60));
    let without = terms(json!([term("30", "2026-01-01", Some("2027-01-01"))]));
    assert_eq!(update(&app, &id, without).await.refusals(), ["INVALID_STATE"]);
}

async fn terms_of_one_kind_do_not_overlap(app: TestApp) {
    let mut input = to("borealis");
    input["types"] = json!(["CHANNEL"]);
    let mut annual = term("10", "2026-12-01", None);
    annual["basis"] = json!("ANNUAL_CONTRACT");
    let mut other_payee = term("5", "2026-12-01", None);
    other_payee["payee"] = json!("aurora");
    let recurring = term("10", "2026-12-01", Some("2027-06-01"));
    input["channel"] = json!({"terms": [recurring, annual, other_payee]});
    let id = partners(&app, input.clone()).await;
    let list = input["channel"]["terms"].as_array().unwrap().clone();
    for (extra, fits) in [
        (term("8", "2027-05-31", None), false),
        (term("8", "2026-11-15", None), false),
        (term("8", "2026-11-15", Some("2026-12-01")), true),
        (term("8", "2027-06-01", None), true),
        (term("8", "2026-11-01", Some("2026-11-15")), false),
    ] {
        let terms: Vec<Value> = list.iter().cloned().chain([extra.clone()]).collect();
        let answer = update(&app, &id, json!({"channel": {"terms": terms}})).await;
        if fits {
            assert_eq!(answer.payload()["partnership"]["channel"]["terms"].as_array().unwrap().len(), 4, "{extra}");
        } else {
            assert_eq!(answer.refusals(), ["INVALID_VALUE"], "{extra}");
        }
    }
}

async fn who_may_change_them(app: TestApp) {
    let id = partners(&app, to("borealis")).await;
    let variables = json!({"id": id, "input": {"description": "Ours"}});
    for (actor, code) in [
        (app.actor("aurora", Role::Member), "NOT_ALLOWED"),
        (app.operator(), "NOT_ALLOWED"),
        (app.manager("comet"), "NOT_FOUND"),
    ] {
        assert_eq!(app.graphql(&actor, UPDATE, variables.clone()).await.refusals(), [code]);
    }
    assert_eq!(app.graphql(&app.visitor(), UPDATE, variables).await.error_code(), "UNAUTHENTICATED");
}
