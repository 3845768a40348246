//! The feeds: what is written, read, followed and let go. What the schema shows of them is in other cases.

mod follow;
mod proxy;
mod reading;
mod replicas;
mod retention;
mod writers;

use crate::support::{TestApp, organization_id};
use entity::{
    alert::{AlertChange, AlertKind},
    id::{OpportunityId, OrganizationId},
    value::OpportunityStage,
};
use futures::{Stream, StreamExt};
use partnergraph::{
    cache::CacheConfig,
    db::Db,
    event::{
        self, AlertDraft, Discretion, Fact,
        feed::{self, Alert, AlertFilter, FeedSettings, Feeds, Followed, Position},
    },
    op::{Actor, Fault, Op, RandomIds, SystemClock, World},
};
use serde_json::json;
use std::{pin::Pin, sync::Arc, time::Duration};
use url::Url;
use uuid::Uuid;

/// Far longer than anything here takes: a test that would hang fails instead.
const FOREVER: Duration = Duration::from_secs(120);

/// So long that no tail check comes but the first of each task and those that a test asks for.
const NEVER: Duration = Duration::from_hours(1);

type Items = Pin<Box<dyn Stream<Item = Result<(Position, Followed), Fault>> + Send>>;

fn aurora() -> OrganizationId {
    organization_id("aurora")
}

fn borealis() -> OrganizationId {
    organization_id("borealis")
}

fn op(app: &TestApp) -> Op {
    app.app.op(Actor::Operator, "test", Vec::new())
}

/// Something of the kind happened, perhaps to an opportunity in a stage.
fn fact(
    organization: OrganizationId,
    kind: AlertKind,
    opportunity: Option<OpportunityId>,
    stage: Option<OpportunityStage>,
) -> Fact {
    let alert = AlertDraft {
        kind,
        change: AlertChange::Updated,
        subject: Uuid::from_u128(7),
        opportunity,
        stage,
        restricted: false,
        details: json!({"before": null, "after": "LAUNCHED"}),
    };
    Fact {
        action: "test.happened",
        organization,
        subject: "none".to_owned(),
        before: None,
        after: None,
        stale: Vec::new(),
        alert: Some(alert),
        discretion: Discretion::NONE,
    }
}

/// Commits an alert for each of the organizations, in one transaction.
async fn commit(op: &Op, organizations: &[OrganizationId]) {
    let facts = organizations.iter().map(|organization| fact(*organization, AlertKind::Lead, None, None)).collect();
    commit_facts(op, facts).await;
}

async fn commit_facts(op: &Op, facts: Vec<Fact>) {
    let tx = op.db().begin().await.unwrap();
    event::record(&tx, op, facts).await.unwrap();
    tx.commit().await.unwrap();
}

/// All that is kept of a feed.
async fn kept(op: &Op, organization: OrganizationId) -> Vec<Alert> {
    feed::list(op, organization, 0, &AlertFilter::default(), 100_000).await.unwrap()
}

fn numbers(alerts: &[Alert]) -> Vec<i64> {
    alerts.iter().map(|alert| alert.seq).collect()
}

fn follow_all(op: &Op, organization: OrganizationId, after: Option<Position>) -> Items {
    Box::pin(feed::follow(op, organization, after, AlertFilter::default()))
}

/// The place at the beginning of a feed.
async fn beginning(op: &Op) -> Option<Position> {
    Some(Position { epoch: feed::head(op, aurora()).await.unwrap().epoch, seq: 0 })
}

async fn next(items: &mut Items) -> (Position, Followed) {
    let item = tokio::time::timeout(FOREVER, items.next()).await.expect("nothing came");
    item.expect("the stream ended").unwrap_or_else(|fault| panic!("{}", fault.chain()))
}

/// The next `count` alerts with their places, which must not be interrupted by a reset.
async fn take(items: &mut Items, count: usize) -> Vec<(Position, Arc<Alert>)> {
    let mut taken = Vec::new();
    while taken.len() < count {
        match next(items).await {
            (position, Followed::Alert(alert)) => taken.push((position, alert)),
            (_, reset) => panic!("{reset:?} after {} alerts", taken.len()),
        }
    }
    taken
}

/// A further replica over the database of `app`.
async fn replica(app: &TestApp, tail_check: Duration, redis_url: Option<Url>) -> Op {
    let db = Db::open(&app.config.database).await.unwrap();
    let config = CacheConfig { redis_url, ..app.config.cache.clone() };
    let settings = FeedSettings { tail_check, ..FeedSettings::default() };
    let feeds = Feeds::open(&db, &settings, &app.config.token.secret, &config).unwrap();
    let cache = app.app.world.cache.clone();
    let outbound = partnergraph::outbound::Outbound::new(Default::default(), b"a secret");
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(RandomIds::default()));
    let world = World { db, cache, clock, ids, feeds, outbound, mapping: Arc::default() };
    Op::new(Arc::new(world), Actor::Operator, "replica", Vec::new())
}

/// Waits, without a clock, until something is so.
async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let waiting = async {
        while !so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(FOREVER, waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
}
