//! Runs: who makes them, what is seen of them, and what becomes of those that do not come to their end.

use super::{House, compare, house::companies, matrix, names};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::{
    account,
    id::{MappingPairId, MappingRunId, TypedId},
    mapping_run::{self, MappingRunState},
    overlap,
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use partnergraph::{op::Actor, overlap::store::list_keys};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde_json::{Value, json};

const RUNS: &str = "query ($partner: String!, $first: Int, $after: String) {
    mappingRuns(partner: $partner, first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes {
      id number kind state percent rows found lost problem requestedAt startedAt finishedAt viewerCanCancel
      own { kind } partners { name } } } }";
const CANCEL: &str = "mutation ($id: ID!) { mappingRunCancel(id: $id) {
    mappingRun { id state } userErrors { code } } }";

async fn runs(app: &TestApp, actor: &Actor, partner: &str) -> Vec<Value> {
    let answer = app.graphql(actor, RUNS, json!({"partner": partner})).await;
    answer.at("/mappingRuns/nodes").as_array().unwrap().clone()
}

/// A run that a replica works on, or worked on until it died.
async fn held(app: &TestApp, pair: MappingPairId, until: TimeDelta) -> MappingRunId {
    let op = app.app.op(Actor::System, "test", Vec::new());
    let connection = op.db().read();
    let row = entity::mapping_pair::Entity::find_by_id(pair).one(connection).await.unwrap().unwrap();
    let id: MappingRunId = op.new_id();
    let run = mapping_run::Model {
        id,
        pair_id: pair,
        left_id: row.left_id,
        right_id: row.right_id,
        number: 1,
        kind: mapping_run::MappingRunKind::Full,
        state: MappingRunState::Running,
        percent: 40,
        left_rows: 3,
        right_rows: 2,
        found: 0,
        lost: 0,
        problem: None,
        requested_at: op.now(),
        started_at: Some(op.now()),
        finished_at: None,
        lease_holder: Some(uuid::Uuid::from_u128(1)),
        lease_until: Some(op.now() + until),
        cancel_requested: false,
    };
    mapping_run::Entity::insert(mapping_run::ActiveModel::from(run)).exec_without_returning(connection).await.unwrap();
    id
}

async fn a_run_is_seen_by_both_sides_as_far_as_they_are_shown(app: TestApp) {
    let house = House::new(&app);
    let (our, _, _) =
        house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..8), companies(4..20)).await;
    compare(&app).await;
    house.replace(our, companies(0..6)).await;
    compare(&app).await;
    let ours = runs(&app, &app.actor("aurora", Role::Viewer), "borealis").await;
    assert_eq!(ours.len(), 2);
    let (last, first) = (&ours[0], &ours[1]);
    assert_eq!((&first["number"], &first["state"], &first["percent"]), (&json!(1), &json!("DONE"), &json!(100)));
    assert_eq!((&first["kind"], &first["found"], &first["lost"]), (&json!("FULL"), &json!(4), &json!(0)));
    assert_eq!((&last["number"], &last["found"], &last["lost"]), (&json!(2), &json!(0), &json!(2)));
    // The partner does not show how long its list is.
    assert_eq!((&first["rows"], &last["rows"]), (&json!(8), &json!(6)));
    house.rule(our, "aurora", "borealis", SharingLevel::CountsOnly, &[]).await;
    let theirs = runs(&app, &app.manager("borealis"), "aurora").await;
    assert_eq!((&theirs[1]["found"], &theirs[1]["rows"]), (&Value::Null, &json!(16)));
    assert_eq!(theirs[1]["partners"]["name"], Value::Null);
    assert_eq!(runs(&app, &app.manager("comet"), "aurora").await, Vec::<Value>::new());
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    for (slug, visible) in [("aurora", true), ("borealis", true), ("comet", false)] {
        let answer = app.graphql(&app.manager(slug), node, json!({"id": first["id"]})).await;
        assert_eq!(answer.at("/node").is_object(), visible, "{slug}");
    }
}

/// An overlap that a run lays out.
async fn lay_ahead(app: &TestApp, pair: MappingPairId, since_run: i64) {
    let op = app.app.op(Actor::System, "test", Vec::new());
    let connection = op.db().read();
    let row = entity::mapping_pair::Entity::find_by_id(pair).one(connection).await.unwrap().unwrap();
    let ahead = overlap::Model {
        id: op.new_id(),
        since_run,
        until_run: None,
        pair_id: pair,
        left_id: row.left_id,
        right_id: row.right_id,
        left_account_id: uuid::Uuid::from_u128(1).into(),
        right_account_id: uuid::Uuid::from_u128(2).into(),
        matched: Some(0.9),
        score: 0.9,
        confidence: overlap::MatchConfidence::Likely,
        reasons: 1,
        hidden: false,
        found_at: op.now(),
    };
    overlap::Entity::insert(overlap::ActiveModel::from(ahead)).exec_without_returning(connection).await.unwrap();
}

async fn what_a_dead_replica_laid_out_is_cleared_away(app: TestApp) {
    let house = House::new(&app);
    let (_, _, pair) =
        house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..8), companies(0..8)).await;
    let id = held(&app, pair, TimeDelta::seconds(30)).await;
    // While it is held nobody else works on the pair.
    assert_eq!(compare(&app).await, 0);
    let connection = app.app.world.db.read();
    lay_ahead(&app, pair, 1).await;
    assert_eq!(names(&app, &app.manager("aurora"), "borealis").await, []);
    // Its lease is over: another one begins anew.
    app.clock.advance(TimeDelta::seconds(31));
    assert_eq!(compare(&app).await, 1);
    assert_eq!(names(&app, &app.manager("aurora"), "borealis").await.len(), 8);
    assert_eq!(overlap::Entity::find().filter(overlap::Column::PairId.eq(pair)).count(connection).await.unwrap(), 8);
    let run = mapping_run::Entity::find_by_id(id).one(connection).await.unwrap().unwrap();
    assert_eq!((run.state, run.found, run.lease_holder), (MappingRunState::Done, 8, None));
}

async fn what_a_later_run_laid_out_is_cleared_away_and_no_more(app: TestApp) {
    let house = House::new(&app);
    let (our, _, pair) =
        house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..8), companies(0..9)).await;
    compare(&app).await;
    let connection = app.app.world.db.read();
    let ids = async || {
        let rows = overlap::Entity::find().filter(overlap::Column::UntilRun.is_null()).all(connection).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<std::collections::BTreeSet<_>>()
    };
    let before = ids().await;
    // It died when it had ended some rows and begun another.
    held(&app, pair, TimeDelta::seconds(30)).await;
    lay_ahead(&app, pair, 2).await;
    overlap::Entity::update_many()
        .col_expr(overlap::Column::UntilRun, Expr::value(2))
        .filter(overlap::Column::SinceRun.eq(1))
        .exec(connection)
        .await
        .unwrap();
    assert_eq!(names(&app, &app.manager("aurora"), "borealis").await.len(), 8);
    app.clock.advance(TimeDelta::seconds(31));
    house.replace(our, companies(0..9)).await;
    assert_eq!(compare(&app).await, 1);
    assert_eq!(names(&app, &app.manager("aurora"), "borealis").await.len(), 9);
    let after = ids().await;
    assert!(after.len() == 9 && after.is_superset(&before));
}

async fn keys_of_an_earlier_engine_are_worked_out_anew(app: TestApp) {
    let house = House::new(&app);
    house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..8), companies(4..12)).await;
    // No engine has the version 0.
    account::Entity::update_many()
        .col_expr(account::Column::Keys, Expr::value(vec![0_u8]))
        .exec(app.app.world.db.read())
        .await
        .unwrap();
    assert_eq!(compare(&app).await, 1);
    assert_eq!(names(&app, &app.manager("aurora"), "borealis").await.len(), 4);
}

async fn a_list_is_read_page_after_page(app: TestApp) {
    let house = House::new(&app);
    let (our, _, _) = house.two(SharingLevel::Hidden, &[], companies(0..7), companies(0..1)).await;
    house.replace(our, companies(1..9)).await;
    let connection = app.app.world.db.read();
    let present =
        account::Entity::find().filter(account::Column::ListId.eq(our)).filter(account::Column::Until.is_null());
    let rows = present.order_by_asc(account::Column::ExternalId).all(connection).await.unwrap();
    let expected: Vec<_> = rows.into_iter().map(|row| (row.id, row.keys)).collect();
    assert_eq!(expected.len(), 8);
    for limit in [1, 3, 8, 9] {
        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let page = list_keys(connection, our, 2, after.as_deref(), limit).await.unwrap();
            read.extend(page.accounts().map(|(id, keys)| (id, keys.to_vec())));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(read, expected, "{limit}");
    }
}

async fn a_run_is_stopped_by_either_side(app: TestApp) {
    let house = House::new(&app);
    let (our, _, pair) =
        house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..8), companies(0..8)).await;
    // One that a replica works on is asked to stop.
    let id = held(&app, pair, TimeDelta::seconds(30)).await.global();
    for (actor, code) in [
        (app.actor("aurora", Role::Member), "NOT_ALLOWED"),
        (app.manager("comet"), "NOT_FOUND"),
        (app.operator(), "NOT_FOUND"),
    ] {
        assert_eq!(app.graphql(&actor, CANCEL, json!({"id": id})).await.refusals(), [code]);
    }
    let asked = app.graphql(&app.manager("borealis"), CANCEL, json!({"id": id})).await;
    assert_eq!(asked.payload()["mappingRun"]["state"], "RUNNING");
    // The replica died without hearing of it: whoever comes next ends it.
    app.clock.advance(TimeDelta::seconds(31));
    assert_eq!(compare(&app).await, 0);
    assert_eq!(runs(&app, &app.manager("aurora"), "borealis").await[0]["state"], "CANCELED");
    let again = app.graphql(&app.manager("aurora"), CANCEL, json!({"id": id})).await;
    assert_eq!(again.refusals(), ["INVALID_STATE"]);
    // Nothing is compared by itself, until a list changes.
    house.replace(our, companies(0..7)).await;
    assert_eq!(compare(&app).await, 1);
    assert_eq!(names(&app, &app.manager("aurora"), "borealis").await.len(), 7);
}

async fn what_waits_is_stopped_at_once(app: TestApp) {
    let house = House::new(&app);
    let (_, _, pair) =
        house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..8), companies(0..8)).await;
    let id = held(&app, pair, TimeDelta::seconds(30)).await;
    mapping_run::Entity::update_many()
        .col_expr(mapping_run::Column::State, Expr::value(MappingRunState::Queued))
        .col_expr(mapping_run::Column::LeaseUntil, Expr::value(None::<chrono::DateTime<chrono::Utc>>))
        .exec(app.app.world.db.read())
        .await
        .unwrap();
    let stopped = app.graphql(&app.manager("aurora"), CANCEL, json!({"id": id.global()})).await;
    assert_eq!(stopped.payload()["mappingRun"]["state"], "CANCELED");
    assert_eq!(compare(&app).await, 0);
    assert_eq!(matrix(&app, &app.manager("aurora"), "borealis").await["computedAt"], Value::Null);
}

async fn a_pair_that_closes_leaves_nothing(app: TestApp) {
    let house = House::new(&app);
    let (_, _, pair) =
        house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..8), companies(0..8)).await;
    compare(&app).await;
    house.close(pair).await;
    assert_eq!(matrix(&app, &app.manager("aurora"), "borealis").await["cells"], json!([]));
    let op = app.app.op(Actor::System, "test", Vec::new());
    while partnergraph::overlap::service::sweep(&op, 3).await.unwrap() > 0 {}
    let connection = op.db().read();
    assert_eq!(overlap::Entity::find().count(connection).await.unwrap(), 0);
    assert_eq!(mapping_run::Entity::find().count(connection).await.unwrap(), 0);
    assert_eq!(entity::mapping_result::Entity::find().count(connection).await.unwrap(), 0);
}

async fn the_engine_finds_its_work_by_itself(app: TestApp) {
    let house = House::new(&app);
    let engine = std::sync::Arc::clone(&app.app.engine).start(std::sync::Arc::clone(&app.app.world));
    house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..8), companies(0..8)).await;
    app.app.world.mapping.notify();
    let seen = async {
        while names(&app, &app.manager("aurora"), "borealis").await.len() < 8 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), seen).await.unwrap();
    engine.stop().await;
}

on_both!(
    a_run_is_seen_by_both_sides_as_far_as_they_are_shown,
    what_a_dead_replica_laid_out_is_cleared_away,
    what_a_later_run_laid_out_is_cleared_away_and_no_more,
    keys_of_an_earlier_engine_are_worked_out_anew,
    a_list_is_read_page_after_page,
    a_run_is_stopped_by_either_side,
    what_waits_is_stopped_at_once,
    a_pair_that_closes_leaves_nothing,
    the_engine_finds_its_work_by_itself,
);
