//! What came of it: in the word of either side, the last one counts.

use super::{OUTCOME, accepted, act, asked, partners, told};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use serde_json::json;

on_both!(either_side_says_what_came_of_it, only_what_was_accepted_comes_to_something, words_and_days_are_bounded);

async fn either_side_says_what_came_of_it(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = accepted(&app, &partners.overlaps[0]).await;
    app.clock.advance(TimeDelta::days(3));
    let said =
        json!({"outcome": "INTRODUCED", "note": " By mail. ", "happenedOn": "2026-11-04", "expectedRevision": 2});
    let done = act(&app, "aurora", OUTCOME, &id, said).await;
    assert_eq!(
        done.payload()["introduction"],
        json!({"status": "ACCEPTED", "outcome": "INTRODUCED", "outcomeNote": "By mail.", "outcomeOn": "2026-11-04",
               "outcomeBy": {"slug": "aurora"}, "outcomeAt": "2026-11-05T09:00:00+00:00", "revision": 3})
    );
    let stale = json!({"outcome": "MEETING_BOOKED", "expectedRevision": 2});
    assert_eq!(act(&app, "borealis", OUTCOME, &id, stale).await.refusals(), ["REVISION_MISMATCH"]);
    let done = act(&app, "borealis", OUTCOME, &id, json!({"outcome": "MEETING_BOOKED"})).await;
    let after = &done.payload()["introduction"];
    assert_eq!((&after["outcome"], &after["outcomeOn"]), (&json!("MEETING_BOOKED"), &json!("2026-11-05")));
    assert_eq!((&after["outcomeNote"], &after["outcomeBy"]["slug"]), (&json!(null), &json!("borealis")));
    for slug in ["aurora", "borealis"] {
        let outcomes = told(&app, slug).await.into_iter().filter(|(change, _)| change == "OUTCOME_RECORDED").count();
        assert_eq!(outcomes, 2, "{slug}");
    }
}

async fn only_what_was_accepted_comes_to_something(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    let said = json!({"outcome": "INTRODUCED"});
    assert_eq!(act(&app, "aurora", OUTCOME, &id, said.clone()).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(act(&app, "comet", OUTCOME, &id, said.clone()).await.refusals(), ["NOT_FOUND"]);
    let viewer = app.actor("aurora", entity::value::Role::Viewer);
    let refused = app.graphql(&viewer, OUTCOME, json!({"id": id, "input": said})).await;
    assert_eq!(refused.refusals(), ["NOT_ALLOWED"]);
}

async fn words_and_days_are_bounded(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = accepted(&app, &partners.overlaps[0]).await;
    for (input, code) in [
        (json!({"outcome": "OTHER"}), "REQUIRED"),
        (json!({"outcome": "INTRODUCED", "note": "x".repeat(501)}), "TOO_LONG"),
        (json!({"outcome": "INTRODUCED", "happenedOn": "2026-11-04"}), "OUT_OF_RANGE"),
        (json!({"outcome": "INTRODUCED", "happenedOn": "2026-10-31"}), "OUT_OF_RANGE"),
    ] {
        assert_eq!(act(&app, "aurora", OUTCOME, &id, input.clone()).await.refusals(), [code], "{input}");
    }
    let said = json!({"outcome": "OTHER", "note": "They moved."});
    act(&app, "aurora", OUTCOME, &id, said).await.payload();
}
