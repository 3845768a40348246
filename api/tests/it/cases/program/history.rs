//! Tiers over time: promotion at once, demotion after a grace period, and what everybody knows of it when.

use super::{member, on_membership, program};
use crate::support::{Answer, TestApp, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

on_both!(
    a_promotion_counts_at_once,
    a_demotion_waits_for_its_grace_period,
    a_planned_change_is_dropped_or_replaced,
    assigning_has_refusals,
);

async fn assign(app: &TestApp, id: &str, input: Value) -> Answer {
    let assign = on_membership("membershipAssignTier", "MembershipAssignTierInput!");
    app.graphql(&app.manager("aurora"), &assign, json!({"id": id, "input": input})).await
}

async fn a_promotion_counts_at_once(app: TestApp) {
    let [_, gold, silver, _] = program(&app, "up").await;
    let id = member(&app, "up", Some(&silver)).await;
    app.clock.advance(TimeDelta::days(3));
    let up = assign(&app, &id, json!({"tier": gold})).await;
    let history = json!([
        {"tier": {"name": "Silver"}, "startsOn": "2026-11-02", "endsOn": "2026-11-05"},
        {"tier": {"name": "Gold"}, "startsOn": "2026-11-05", "endsOn": null},
    ]);
    assert_eq!(up.payload()["membership"]["history"], history);
    assert_eq!(up.payload()["membership"]["tier"]["name"], "Gold");
}

async fn a_demotion_waits_for_its_grace_period(app: TestApp) {
    let [_, gold, silver, _] = program(&app, "down").await;
    let id = member(&app, "down", Some(&gold)).await;
    let down = assign(&app, &id, json!({"tier": silver})).await;
    let down = &down.payload()["membership"];
    assert_eq!(
        (&down["tier"]["name"], &down["nextTier"]["name"], &down["nextTierOn"]),
        (&json!("Gold"), &json!("Silver"), &json!("2026-12-02"))
    );
    const READ: &str = "query ($id: ID!) { node(id: $id) { ... on Membership {
      tier { name } nextTier { name } nextTierOn history { tier { name } startsOn endsOn } } } }";
    let public = app.graphql(&app.visitor(), READ, json!({"id": id})).await;
    let unknown = json!({"tier": {"name": "Gold"}, "nextTier": null, "nextTierOn": null,
      "history": [{"tier": {"name": "Gold"}, "startsOn": "2026-11-02", "endsOn": null}]});
    assert_eq!(public.at("/node"), &unknown, "a demotion that is only planned is not public");
    app.clock.advance(TimeDelta::days(30));
    let public = app.graphql(&app.visitor(), READ, json!({"id": id})).await;
    let come = json!({"tier": {"name": "Silver"}, "nextTier": null, "nextTierOn": null, "history": [
        {"tier": {"name": "Gold"}, "startsOn": "2026-11-02", "endsOn": "2026-12-02"},
        {"tier": {"name": "Silver"}, "startsOn": "2026-12-02", "endsOn": null}]});
    assert_eq!(public.at("/node"), &come, "no job had to run");
    app.clock.advance(TimeDelta::days(5));
    let up = assign(&app, &id, json!({"tier": gold})).await;
    let starts: Vec<_> =
        up.payload()["membership"]["history"].as_array().unwrap().iter().map(|p| p["startsOn"].clone()).collect();
    assert_eq!(starts, ["2026-11-02", "2026-12-02", "2026-12-07"], "what the clock did became a fact");
}

async fn a_planned_change_is_dropped_or_replaced(app: TestApp) {
    let [_, gold, silver, bronze] = program(&app, "plans").await;
    let id = member(&app, "plans", Some(&gold)).await;
    assign(&app, &id, json!({"tier": silver})).await.payload();
    let dropped = assign(&app, &id, json!({"tier": gold})).await;
    assert_eq!(dropped.payload()["membership"]["nextTier"], json!(null));
    assign(&app, &id, json!({"tier": silver})).await.payload();
    let replaced = assign(&app, &id, json!({"tier": bronze, "effectiveOn": "2026-12-20"})).await;
    let replaced = &replaced.payload()["membership"];
    assert_eq!((&replaced["nextTier"]["name"], &replaced["nextTierOn"]), (&json!("Bronze"), &json!("2026-12-20")));
    let waived = assign(&app, &id, json!({"tier": bronze, "waiveGrace": true})).await;
    let waived = &waived.payload()["membership"];
    assert_eq!((&waived["tier"]["name"], &waived["nextTier"]), (&json!("Bronze"), &json!(null)));
}

async fn assigning_has_refusals(app: TestApp) {
    let [_, gold, silver, _] = program(&app, "strict").await;
    let [_, foreign, ..] = program(&app, "other").await;
    let id = member(&app, "strict", Some(&gold)).await;
    for (input, code) in [
        (json!({"tier": gold}), "INVALID_VALUE"),
        (json!({"tier": foreign}), "NOT_FOUND"),
        (json!({"tier": silver, "effectiveOn": "2026-11-01"}), "OUT_OF_RANGE"),
        (json!({"tier": silver, "effectiveOn": "2027-11-04"}), "OUT_OF_RANGE"),
        (json!({"tier": silver, "effectiveOn": "2026-11-20"}), "INVALID_VALUE"),
        (json!({"tier": silver, "expectedRevision": 1}), "REVISION_MISMATCH"),
    ] {
        assert_eq!(assign(&app, &id, input.clone()).await.refusals(), [code], "{input}");
    }
    let wrong = assign(&app, &id, json!({"tier": id})).await;
    assert_eq!(wrong.error_code(), "BAD_USER_INPUT");
    let assign = on_membership("membershipAssignTier", "MembershipAssignTierInput!");
    let own = app.graphql(&app.manager("borealis"), &assign, json!({"id": id, "input": {"tier": silver}})).await;
    assert_eq!(own.refusals(), ["NOT_ALLOWED"]);
}
