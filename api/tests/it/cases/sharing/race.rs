//! Two at once: what both say is settled one after the other.

use super::{come_by, explore, open, partners, propose, set, set_default, shows, take};
use crate::support::{TestApp, on_both};
use entity::{sharing_consent, sharing_rule};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

on_both!(
    two_managers_make_one_rule,
    two_managers_change_one_after_the_other,
    two_sides_that_agree_at_once_open_the_pair,
    a_revocation_and_an_agreement_at_once_leave_what_both_say,
    two_proposals_leave_one,
    an_acceptance_and_a_cancellation_leave_one,
);

async fn two_managers_make_one_rule(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    let aurora = app.manager("aurora");
    let input = || shows(&ours, "borealis", "ALL");
    let (one, other) = tokio::join!(set(&app, &aurora, input()), set(&app, &aurora, input()));
    assert_eq!(one.payload(), other.payload());
    let db = app.app.world.db.read();
    assert_eq!(sharing_rule::Entity::find().count(db).await.unwrap(), 1);
    assert_eq!(sharing_consent::Entity::find().count(db).await.unwrap(), 1, "one of them changed nothing");
}

async fn two_managers_change_one_after_the_other(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    let aurora = app.manager("aurora");
    let change = async |level: &str, revision: i32| {
        let mut input = shows(&ours, "borealis", level);
        input["expectedRevision"] = json!(revision);
        set(&app, &aurora, input).await
    };
    for revision in 0..3 {
        let levels = if revision % 2 == 0 { ["ALL", "COUNTS_ONLY"] } else { ["HIDDEN", "OVERLAPPING"] };
        let (one, other) = tokio::join!(change(levels[0], revision), change(levels[1], revision));
        let (done, refused) = if one.at("/sharingRuleSet/sharingRule").is_null() { (other, one) } else { (one, other) };
        assert_eq!(done.payload()["sharingRule"]["revision"], revision + 1);
        assert_eq!(refused.refusals(), ["REVISION_MISMATCH"]);
    }
    assert_eq!(sharing_consent::Entity::find().count(app.app.world.db.read()).await.unwrap(), 3);
}

async fn two_sides_that_agree_at_once_open_the_pair(app: TestApp) {
    let (ours, theirs, _) = partners(&app).await;
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    for round in 0..5 {
        for level in ["ALL", "HIDDEN"] {
            let (one, other) = tokio::join!(
                set(&app, &aurora, shows(&ours, "borealis", level)),
                set(&app, &borealis, shows(&theirs, "aurora", level)),
            );
            one.payload();
            other.payload();
            assert_eq!(open(&app).await, u64::from(level == "ALL"), "round {round}: {level}");
        }
    }
    assert_eq!(come_by(&app).await, 0, "nothing is left for the sweep");
}

async fn a_revocation_and_an_agreement_at_once_leave_what_both_say(app: TestApp) {
    let (ours, theirs, _) = partners(&app).await;
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    for _ in 0..5 {
        set_default(&app, &aurora, json!({"partnerType": "TECHNOLOGY", "level": "ALL"})).await.payload();
        set(&app, &borealis, shows(&theirs, "aurora", "HIDDEN")).await.payload();
        let (one, other) = tokio::join!(
            set_default(&app, &aurora, json!({"partnerType": "TECHNOLOGY", "level": "HIDDEN"})),
            set(&app, &borealis, shows(&theirs, "aurora", "ALL")),
        );
        one.payload();
        other.payload();
        assert_eq!(open(&app).await, 0, "{ours}");
    }
}

async fn two_proposals_leave_one(app: TestApp) {
    let ask = async |from: &str, to: &str| {
        let input = json!({"input": {"partner": to, "message": "Shall we?"}});
        app.graphql(&app.manager(from), super::PROPOSE, input).await
    };
    let (one, other) = tokio::join!(ask("aurora", "comet"), ask("comet", "aurora"));
    let first = !one.at("/exploratoryMappingPropose/exploratoryMapping").is_null();
    let (done, refused) = if first { (one, other) } else { (other, one) };
    done.payload();
    assert_eq!(refused.refusals(), ["ALREADY_EXISTS"]);
}

async fn an_acceptance_and_a_cancellation_leave_one(app: TestApp) {
    let id = propose(&app, "aurora", "comet").await;
    let (aurora, comet) = (app.manager("aurora"), app.manager("comet"));
    let (accepted, canceled) = tokio::join!(take(&app, &comet, "Accept", &id), take(&app, &aurora, "Cancel", &id));
    let runs = !accepted.at("/exploratoryMappingAccept/exploratoryMapping").is_null();
    assert_eq!(if runs { canceled } else { accepted }.refusals(), ["INVALID_STATE"]);
    if runs {
        take(&app, &aurora, "End", &id).await.payload();
    }
    explore(&app, "comet", "aurora").await;
}
