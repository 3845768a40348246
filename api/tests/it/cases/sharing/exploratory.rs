//! Exploratory mappings: both agree to counts, for a time.

use super::{
    PROPOSE, SHARING, come_by, explore, levels, list, open, partners, propose, sees, set, shows, suspend, take,
};
use crate::support::{TestApp, on_both, organization_id};
use chrono::TimeDelta;
use entity::{
    exploratory_mapping,
    exploratory_mapping::ExploratoryStatus,
    id::{ExploratoryMappingId, OrganizationId, TypedId},
    value::Role,
};
use partnergraph::op::{Actor, Scope};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

on_both!(
    both_agree_to_counts_and_no_more,
    it_ends_by_the_clock_and_then_by_the_record,
    a_proposal_expires_by_the_clock,
    either_side_ends_it_at_once,
    who_is_too_late_hears_so,
    proposals_have_refusals,
    answers_have_refusals,
    a_retry_gives_the_first_proposal,
    the_two_see_each_other_and_nobody_else_sees_it,
    a_list_is_narrowed_by_state_and_partner,
    an_organization_has_only_so_many_open_proposals,
);

async fn both_agree_to_counts_and_no_more(app: TestApp) {
    let ours = list(&app, "aurora", &["Acme", "Bolt"]).await;
    let theirs = list(&app, "comet", &["Acme"]).await;
    set(&app, &app.manager("aurora"), shows(&ours, "comet", "ALL")).await.payload();
    set(&app, &app.manager("comet"), shows(&theirs, "aurora", "OVERLAPPING")).await.payload();
    let id = propose(&app, "aurora", "comet").await;
    assert_eq!(levels(&app, "comet", "aurora").await, [""; 0], "one side has agreed");
    assert_eq!(open(&app).await, 0);
    let accepted = take(&app, &app.manager("comet"), "Accept", &id).await;
    let mapping = &accepted.payload()["exploratoryMapping"];
    assert_eq!((&mapping["status"], &mapping["revision"]), (&json!("ACCEPTED"), &json!(2)));
    assert_eq!(mapping["endsAt"], "2026-12-02T09:00:00+00:00", "30 days");
    let counts = [("COUNTS_ONLY".to_owned(), Vec::new())];
    assert_eq!(sees(&app, "comet", "aurora").await, counts, "whatever the rule says");
    assert_eq!(sees(&app, "aurora", "comet").await, counts);
    let found = app.graphql(&app.manager("comet"), SHARING, json!({"partner": "aurora"})).await;
    assert_eq!(found.at("/sharing/relation"), "EXPLORING");
    assert_eq!(found.at("/sharing/theirs/0/name"), &Value::Null, "no name of a list");
    assert_eq!(open(&app).await, 1, "in the same transaction");
    // A list without a rule stays hidden: who agrees to explore has not yet said what.
    list(&app, "aurora", &["Echo"]).await;
    assert_eq!(levels(&app, "comet", "aurora").await.len(), 1);
    // As partners they see what the rules say.
    crate::cases::partnership::begin(&app, "aurora", "comet").await;
    assert_eq!(levels(&app, "comet", "aurora").await, ["ALL"]);
}

async fn it_ends_by_the_clock_and_then_by_the_record(app: TestApp) {
    let ours = list(&app, "aurora", &["Acme"]).await;
    let theirs = list(&app, "comet", &["Acme"]).await;
    set(&app, &app.manager("aurora"), shows(&ours, "comet", "ALL")).await.payload();
    set(&app, &app.manager("comet"), shows(&theirs, "aurora", "ALL")).await.payload();
    let input = json!({"input": {"partner": "comet", "message": "Briefly", "days": 3}});
    let sent = app.graphql(&app.manager("aurora"), PROPOSE, input).await;
    let id = &sent.payload()["exploratoryMapping"]["id"];
    app.clock.advance(TimeDelta::hours(5));
    take(&app, &app.manager("comet"), "Accept", id).await.payload();
    app.clock.advance(TimeDelta::days(3) - TimeDelta::microseconds(1));
    assert_eq!(levels(&app, "comet", "aurora").await, ["COUNTS_ONLY"]);
    assert_eq!(come_by(&app).await, 0, "it runs to its last moment");
    app.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(levels(&app, "comet", "aurora").await, [""; 0], "nobody has to come by for that");
    assert_eq!(levels(&app, "aurora", "comet").await, [""; 0]);
    assert_eq!(status(&app, id).await, "ENDED");
    assert_eq!(open(&app).await, 1);
    assert_eq!(come_by(&app).await, 1, "the end, which closes the pair");
    assert_eq!((open(&app).await, come_by(&app).await), (0, 0));
    let row = stored(&app, id).await;
    assert_eq!((row.status, row.ended_by, row.open_key), (ExploratoryStatus::Ended, None, None));
    explore(&app, "comet", "aurora").await;
    assert_eq!(levels(&app, "comet", "aurora").await, ["COUNTS_ONLY"], "they may do it again");
}

async fn a_proposal_expires_by_the_clock(app: TestApp) {
    let id = propose(&app, "aurora", "comet").await;
    app.clock.advance(TimeDelta::days(14) - TimeDelta::microseconds(1));
    assert_eq!((status(&app, &id).await.as_str(), come_by(&app).await), ("PENDING", 0));
    app.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(status(&app, &id).await, "EXPIRED");
    assert_eq!(take(&app, &app.manager("comet"), "Accept", &id).await.refusals(), ["EXPIRED"]);
    assert_eq!(take(&app, &app.manager("aurora"), "Cancel", &id).await.refusals(), ["EXPIRED"]);
    let four = tokio::join!(come_by(&app), come_by(&app), come_by(&app), come_by(&app));
    assert_eq!(four.0 + four.1 + four.2 + four.3, 1, "one acts");
    assert_eq!(stored(&app, &id).await.status, ExploratoryStatus::Expired);
    // Whoever proposes it anew comes upon one that nobody has put on record.
    let second = propose(&app, "comet", "aurora").await;
    app.clock.advance(TimeDelta::days(14));
    propose(&app, "aurora", "comet").await;
    assert_eq!(stored(&app, &second).await.status, ExploratoryStatus::Expired);
}

async fn either_side_ends_it_at_once(app: TestApp) {
    let ours = list(&app, "aurora", &["Acme"]).await;
    let theirs = list(&app, "comet", &["Acme"]).await;
    set(&app, &app.manager("aurora"), shows(&ours, "comet", "ALL")).await.payload();
    set(&app, &app.manager("comet"), shows(&theirs, "aurora", "ALL")).await.payload();
    for side in ["aurora", "comet"] {
        let id = explore(&app, "aurora", "comet").await;
        assert_eq!(open(&app).await, 1);
        assert_eq!(take(&app, &app.actor(side, Role::Member), "End", &id).await.refusals(), ["NOT_ALLOWED"]);
        let ended = take(&app, &app.manager(side), "End", &id).await;
        let mapping = &ended.payload()["exploratoryMapping"];
        assert_eq!((&mapping["status"], &mapping["endedBy"]["slug"]), (&json!("ENDED"), &json!(side)));
        assert_eq!(mapping["endsAt"], "2026-11-02T09:00:00+00:00");
        assert_eq!((levels(&app, "comet", "aurora").await, open(&app).await), (Vec::new(), 0));
        assert_eq!(take(&app, &app.manager(side), "End", &id).await.refusals(), ["INVALID_STATE"]);
    }
}

async fn who_is_too_late_hears_so(app: TestApp) {
    let (aurora, comet) = (app.manager("aurora"), app.manager("comet"));
    for (first, actor) in [("Decline", &comet), ("Cancel", &aurora)] {
        let id = propose(&app, "aurora", "comet").await;
        assert_eq!(take(&app, &aurora, "End", &id).await.refusals(), ["INVALID_STATE"], "it has not begun");
        take(&app, actor, first, &id).await.payload();
        for (step, actor) in [("Accept", &comet), ("Decline", &comet), ("Cancel", &aurora), ("End", &aurora)] {
            assert_eq!(take(&app, actor, step, &id).await.refusals(), ["INVALID_STATE"], "{first}, then {step}");
        }
    }
    let id = explore(&app, "aurora", "comet").await;
    for (step, actor) in [("Accept", &comet), ("Decline", &comet), ("Cancel", &aurora)] {
        assert_eq!(take(&app, actor, step, &id).await.refusals(), ["INVALID_STATE"], "it runs, then {step}");
    }
}

async fn proposals_have_refusals(app: TestApp) {
    partners(&app).await;
    let aurora = app.manager("aurora");
    let long = "x".repeat(257);
    let ask = async |actor: &Actor, partner: &str, message: &str, days: Value| {
        let input = json!({"input": {"partner": partner, "message": message, "days": days}});
        app.graphql(actor, PROPOSE, input).await
    };
    for (partner, message, days, code) in [
        ("nobody", "Shall we?", json!(30), "NOT_FOUND"),
        ("aurora", "Shall we?", json!(30), "INVALID_VALUE"),
        ("borealis", "Shall we?", json!(30), "INVALID_STATE"),
        ("comet", " ", json!(30), "REQUIRED"),
        ("comet", long.as_str(), json!(30), "TOO_LONG"),
        ("comet", "Shall we?", json!(0), "OUT_OF_RANGE"),
        ("comet", "Shall we?", json!(91), "OUT_OF_RANGE"),
    ] {
        assert_eq!(ask(&aurora, partner, message, days.clone()).await.refusals(), [code], "{partner} {days}");
    }
    let member = app.actor("aurora", Role::Member);
    assert_eq!(ask(&member, "comet", "Shall we?", json!(null)).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(ask(&app.visitor(), "comet", "Shall we?", json!(null)).await.error_code(), "UNAUTHENTICATED");
    let key = app.key("aurora", &[Scope::OpportunitiesWrite]);
    assert_eq!(ask(&key, "comet", "Shall we?", json!(null)).await.error_code(), "FORBIDDEN");
    let key = app.key("aurora", &[Scope::PartnershipsWrite]);
    ask(&key, "comet", "Shall we?", json!(1)).await.payload();
    assert_eq!(ask(&aurora, "comet", "Shall we?", json!(90)).await.refusals(), ["ALREADY_EXISTS"]);
    let comet = app.manager("comet");
    assert_eq!(ask(&comet, "aurora", "Shall we?", json!(90)).await.refusals(), ["ALREADY_EXISTS"], "from either side");
    suspend(&app, "borealis").await;
    assert_eq!(ask(&comet, "borealis", "Shall we?", json!(9)).await.refusals(), ["NOT_FOUND"], "it has no page");
    assert_eq!(ask(&aurora, "borealis", "Shall we?", json!(9)).await.refusals(), ["INVALID_STATE"]);
}

async fn answers_have_refusals(app: TestApp) {
    let id = propose(&app, "aurora", "comet").await;
    let (aurora, comet, borealis) = (app.manager("aurora"), app.manager("comet"), app.manager("borealis"));
    for step in ["Accept", "Decline"] {
        assert_eq!(take(&app, &aurora, step, &id).await.refusals(), ["NOT_ALLOWED"], "{step}");
        assert_eq!(take(&app, &app.actor("comet", Role::Member), step, &id).await.refusals(), ["NOT_ALLOWED"]);
    }
    assert_eq!(take(&app, &comet, "Cancel", &id).await.refusals(), ["NOT_ALLOWED"]);
    for step in ["Accept", "Decline", "Cancel", "End"] {
        assert_eq!(take(&app, &borealis, step, &id).await.refusals(), ["NOT_FOUND"], "{step}");
        assert_eq!(take(&app, &app.operator(), step, &id).await.refusals(), ["NOT_FOUND"], "{step}");
        assert_eq!(take(&app, &app.visitor(), step, &id).await.error_code(), "UNAUTHENTICATED", "{step}");
        assert_eq!(take(&app, &aurora, step, &json!("org_1")).await.error_code(), "BAD_USER_INPUT", "{step}");
    }
    assert_eq!(status(&app, &id).await, "PENDING");
}

async fn a_retry_gives_the_first_proposal(app: TestApp) {
    let ask = async |message: &str| {
        let input = json!({"input": {"partner": "comet", "message": message, "idempotencyKey": "k1"}});
        app.graphql(&app.manager("aurora"), PROPOSE, input).await
    };
    let (one, other) = tokio::join!(ask("Shall we?"), ask("Shall we?"));
    assert_eq!(one.payload()["exploratoryMapping"]["id"], other.payload()["exploratoryMapping"]["id"]);
    assert_eq!(ask("Otherwise").await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
}

async fn the_two_see_each_other_and_nobody_else_sees_it(app: TestApp) {
    const HIDE: &str = "mutation ($id: ID!) { organizationUpdate(id: $id, input: {listed: false}) {
      organization { listed } userErrors { code } } }";
    const ORGANIZATION: &str = "{ organization(slug: \"aurora\") { slug } }";
    let id = propose(&app, "aurora", "comet").await;
    let hidden = json!({"id": organization_id("aurora").global()});
    app.graphql(&app.manager("aurora"), HIDE, hidden).await.payload();
    let comet = app.manager("comet");
    assert_eq!(app.graphql(&comet, ORGANIZATION, json!({})).await.at("/organization/slug"), "aurora");
    let node = "query ($id: ID!) { node(id: $id) { ... on ExploratoryMapping {
      viewerCanAnswer viewerCanCancel viewerCanEnd inviter { slug } invitee { slug } } } }";
    let seen = async |actor: Actor| app.graphql(&actor, node, json!({"id": id})).await.at("/node").clone();
    let expected = |answer, cancel, end| {
        json!({"viewerCanAnswer": answer, "viewerCanCancel": cancel, "viewerCanEnd": end,
               "inviter": {"slug": "aurora"}, "invitee": {"slug": "comet"}})
    };
    assert_eq!(seen(comet.clone()).await, expected(true, false, false));
    assert_eq!(seen(app.manager("aurora")).await, expected(false, true, false));
    assert_eq!(seen(app.actor("comet", Role::Viewer)).await, expected(false, false, false));
    for stranger in [app.manager("borealis"), app.operator(), app.visitor()] {
        assert!(seen(stranger.clone()).await.is_null(), "{stranger:?}");
        assert_eq!(
            app.graphql(&app.manager("borealis"), ORGANIZATION, json!({})).await.at("/organization"),
            &json!(null)
        );
    }
    take(&app, &comet, "Accept", &id).await.payload();
    assert_eq!(seen(comet.clone()).await, expected(false, false, true));
    take(&app, &comet, "End", &id).await.payload();
    assert!(app.graphql(&comet, ORGANIZATION, json!({})).await.at("/organization").is_null(), "and no longer");
}

async fn a_list_is_narrowed_by_state_and_partner(app: TestApp) {
    const LIST: &str = "query ($partner: String, $status: ExploratoryMappingStatus) {
      exploratoryMappings(partner: $partner, status: $status, first: 1) { totalCount nodes { status } } }";
    let declined = propose(&app, "comet", "aurora").await;
    take(&app, &app.manager("aurora"), "Decline", &declined).await.payload();
    explore(&app, "aurora", "comet").await;
    propose(&app, "borealis", "aurora").await;
    let count = async |variables: Value| {
        let found = app.graphql(&app.actor("aurora", Role::Viewer), LIST, variables).await;
        found.at("/exploratoryMappings/totalCount").as_i64().unwrap()
    };
    assert_eq!(count(json!({})).await, 3);
    assert_eq!(count(json!({"partner": "comet"})).await, 2);
    assert_eq!(count(json!({"partner": "nobody"})).await, 0);
    let states = async || {
        let mut counts = Vec::new();
        for status in ["PENDING", "ACCEPTED", "DECLINED", "CANCELED", "EXPIRED", "ENDED"] {
            counts.push(count(json!({"status": status})).await);
        }
        counts
    };
    assert_eq!(states().await, [1, 1, 1, 0, 0, 0]);
    // By the clock, whether or not somebody has put it on record.
    app.clock.advance(TimeDelta::days(14));
    assert_eq!(states().await, [0, 1, 1, 0, 1, 0]);
    app.clock.advance(TimeDelta::days(16));
    assert_eq!(states().await, [0, 0, 1, 0, 1, 1]);
    come_by(&app).await;
    assert_eq!(states().await, [0, 0, 1, 0, 1, 1]);
    assert_eq!(app.graphql(&app.visitor(), LIST, json!({})).await.error_code(), "UNAUTHENTICATED");
}

async fn an_organization_has_only_so_many_open_proposals(app: TestApp) {
    let world = &app.app.world;
    let now = world.clock.now();
    let rows = (0..100).map(|number: u128| exploratory_mapping::ActiveModel {
        id: Set(world.ids.next(now).into()),
        inviter_id: Set(organization_id("aurora")),
        invitee_id: Set(organization_id("operator")),
        message: Set("Shall we?".to_owned()),
        status: Set(ExploratoryStatus::Pending),
        open_key: Set(Some(OrganizationId(uuid::Uuid::from_u128(number)).global())),
        expires_at: Set(now + TimeDelta::days(1)),
        days: Set(30),
        ends_at: Set(None),
        created_at: Set(now),
        answered_at: Set(None),
        ended_by: Set(None),
        ended_at: Set(None),
        updated_at: Set(now),
        revision: Set(1),
    });
    exploratory_mapping::Entity::insert_many(rows).exec_without_returning(world.db.read()).await.unwrap();
    let input = json!({"input": {"partner": "comet", "message": "Shall we?"}});
    assert_eq!(app.graphql(&app.manager("aurora"), PROPOSE, input.clone()).await.refusals(), ["TOO_MANY"]);
    app.clock.advance(TimeDelta::days(1));
    app.graphql(&app.manager("aurora"), PROPOSE, input).await.payload();
}

async fn status(app: &TestApp, id: &Value) -> String {
    let node = "query ($id: ID!) { node(id: $id) { ... on ExploratoryMapping { status } } }";
    let found = app.graphql(&app.manager("aurora"), node, json!({"id": id})).await;
    found.at("/node/status").as_str().unwrap().to_owned()
}

async fn stored(app: &TestApp, id: &Value) -> exploratory_mapping::Model {
    let id = ExploratoryMappingId::parse_global(id.as_str().unwrap()).unwrap();
    let found = exploratory_mapping::Entity::find_by_id(id);
    found.one(app.app.world.db.read()).await.unwrap().unwrap()
}
