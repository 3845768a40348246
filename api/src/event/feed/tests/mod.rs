//! What the unit tests of this room share: a database in memory with two organizations, and facts to record in it.

#![expect(clippy::disallowed_methods, reason = "a test sets up its rows itself")]

mod hub;
mod reset;

use super::{Alert, FeedSettings, Feeds, Hub, Listener, LiveEvent, Position};
use crate::{
    cache::{Cache, CacheConfig},
    db::{Db, DbConfig},
    event::{AlertDraft, DataScope, Discretion, Fact, record},
    op::{Actor, Op, RandomIds, SystemClock, World},
    outbound::{Outbound, OutboundSettings},
};
use chrono::DateTime;
use entity::{
    alert::{AlertChange, AlertKind},
    id::OrganizationId,
    organization,
    value::OrganizationStatus,
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// Far longer than anything here takes: a test that would hang fails instead.
const FOREVER: Duration = Duration::from_secs(60);

/// So long that only what a test asks for itself is checked, besides the first check of each task.
const NEVER: Duration = Duration::from_hours(1);

pub(super) fn own() -> OrganizationId {
    Uuid::from_u128(1).into()
}

fn other() -> OrganizationId {
    Uuid::from_u128(2).into()
}

/// An alert with this number.
pub(super) fn alert(seq: i64) -> Alert {
    Alert {
        organization_id: own(),
        seq,
        id: Uuid::from_u128(seq.unsigned_abs().into()).into(),
        kind: AlertKind::Partnership,
        change: AlertChange::Updated,
        occurred_at: DateTime::UNIX_EPOCH,
        actor_kind: "system".to_owned(),
        actor_id: None,
        actor_organization_id: None,
        subject_id: Uuid::from_u128(2),
        opportunity_id: None,
        stage: None,
        restricted: false,
        details: serde_json::json!({}),
    }
}

/// A process over a database in memory. Hubs of further processes are made with [`House::hub`].
struct House {
    world: Arc<World>,
}

impl House {
    async fn new() -> Self {
        let config = DbConfig {
            url: "sqlite::memory:".to_owned(),
            max_connections: 1,
            acquire_timeout: FOREVER,
            statement_timeout: FOREVER,
            durable: false,
        };
        let db = Db::open(&config).await.unwrap();
        db.migrate().await.unwrap();
        for id in [own(), other()] {
            let row = organization::ActiveModel {
                id: Set(id),
                slug: Set(id.0.simple().to_string()),
                sort_name: Set("a".to_owned()),
                name: Set("A".to_owned()),
                country_code: Set(None),
                status: Set(OrganizationStatus::Active),
                status_reason: Set(None),
                operator: Set(false),
                listed: Set(false),
                profile_moderated: Set(false),
                external_id: Set(None),
                created_at: Set(DateTime::UNIX_EPOCH),
                updated_at: Set(DateTime::UNIX_EPOCH),
                revision: Set(1),
                import_run_id: Set(None),
            };
            organization::Entity::insert(row).exec_without_returning(db.read()).await.unwrap();
        }
        let settings = FeedSettings { tail_check: NEVER, ..FeedSettings::default() };
        let cache = CacheConfig::default();
        let feeds = Feeds::open(&db, &settings, b"a secret", &cache).unwrap();
        let cache = Cache::open(&cache).unwrap();
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(RandomIds::default()));
        let outbound = Outbound::new(OutboundSettings::default(), b"a secret");
        Self { world: Arc::new(World { db, cache, clock, ids, feeds, outbound, mapping: Arc::default() }) }
    }

    fn op(&self) -> Op {
        Op::new(Arc::clone(&self.world), Actor::Operator, "test", Vec::new())
    }

    /// The hub of another process, which no hint reaches.
    fn hub(&self, tail_check: Duration) -> Hub {
        Hub::new(self.world.db.clone(), tail_check)
    }

    /// Commits `count` alerts, each in a transaction of its own.
    async fn commit(&self, organization: OrganizationId, count: usize) {
        for _ in 0..count {
            let (op, tx) = (self.op(), self.world.db.begin().await.unwrap());
            record(&tx, &op, vec![fact(organization)]).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    async fn sql(&self, sql: &str) {
        self.world.db.read().execute_unprepared(sql).await.unwrap();
    }

    async fn epoch(&self) -> i64 {
        super::head(&self.op(), own()).await.unwrap().epoch
    }

    async fn at(&self, seq: i64) -> Option<Position> {
        Some(Position { epoch: self.epoch().await, seq })
    }
}

fn fact(organization: OrganizationId) -> Fact {
    let draft = AlertDraft {
        kind: AlertKind::Partnership,
        change: AlertChange::Updated,
        subject: Uuid::from_u128(7),
        opportunity: None,
        stage: None,
        restricted: false,
        details: serde_json::json!({}),
    };
    Fact {
        action: "test.happened",
        organization,
        subject: "none".to_owned(),
        before: None,
        after: None,
        stale: vec![DataScope::Access(organization)],
        alert: Some(draft),
        discretion: Discretion::NONE,
    }
}

/// The next `count` alerts, which must not be interrupted by a reset.
async fn take(listener: &mut Listener, count: usize) -> Vec<i64> {
    let mut numbers = Vec::new();
    while numbers.len() < count {
        match next(listener).await {
            LiveEvent::Alert(alert) => numbers.push(alert.seq),
            LiveEvent::Reset { reason, head } => panic!("{reason:?} at {head:?} after {numbers:?}"),
        }
    }
    numbers
}

async fn next(listener: &mut Listener) -> LiveEvent {
    tokio::time::timeout(FOREVER, listener.next()).await.expect("nothing came").unwrap()
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
