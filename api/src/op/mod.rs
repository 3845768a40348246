//! Who acts, when, with which ids: the context that every use case takes first.
//!
//! This room knows no HTTP, no GraphQL and no table. It is the only place that makes a [`Permit`], and the only place that
//! asks the machine for the time or for randomness.

mod actor;
pub mod check;
mod clock;
mod due;
mod fault;
pub mod form;
mod ids;
mod mapping;
mod permit;
mod token;

pub use actor::{Actor, KeyActor, PersonActor, Scope};
pub use clock::{Clock, SystemClock};
pub use due::each_due;
pub use fault::{Denied, ErrorCode, Failure, Fault, Outcome, Refusal, check_revision, taken};
pub use ids::{Ids, RandomIds};
pub use mapping::{Mapping, MappingSettings};
pub use permit::{Action, Permit};
pub use token::{Accounts, AuthFault, Authenticator, KeyRecord, MemberRecord, TokenSettings, hash_secret};

use crate::{
    cache::Cache,
    db::Db,
    event::feed::{Feeds, Hub},
    outbound::Outbound,
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::id::OrganizationId;
use std::sync::Arc;

/// What lives as long as the process and every operation may use.
pub struct World {
    /// The database.
    pub db: Db,
    /// Redis, or its twin in the process.
    pub cache: Cache,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Who listens to the feeds, and the way to the other replicas.
    pub feeds: Feeds,
    /// The way to other people's machines.
    pub outbound: Outbound,
    /// What account mapping has of the process.
    pub mapping: Arc<Mapping>,
}

/// One operation: a request, a command or an import.
#[derive(Clone)]
pub struct Op {
    /// Who acts.
    pub actor: Actor,
    /// Names the operation in logs and in answers to faults.
    pub request_id: Arc<str>,
    /// The reader's languages as BCP 47 tags, best first; empty where none were named.
    pub languages: Arc<[String]>,
    world: Arc<World>,
}

impl Op {
    /// An operation of `actor`.
    #[must_use]
    pub fn new(world: Arc<World>, actor: Actor, request_id: &str, languages: Vec<String>) -> Self {
        Self { actor, request_id: request_id.into(), languages: languages.into(), world }
    }

    /// The organization that the actor acts for.
    ///
    /// # Errors
    /// [`Fault::Unauthenticated`] for a visitor, `NOT_ALLOWED` for the command line, which acts for none.
    pub fn own_organization(&self) -> Result<OrganizationId, Failure> {
        match &self.actor {
            Actor::Visitor => Err(Fault::Unauthenticated.into()),
            actor => actor.organization().ok_or_else(|| {
                Refusal::of("", ErrorCode::NotAllowed, "This is done in the name of an organization.").into()
            }),
        }
    }

    /// The database. Inside a transaction use the transaction instead: a second connection may never come.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.world.db
    }

    /// The cache, for read paths of stores.
    #[must_use]
    pub fn cache(&self) -> &Cache {
        &self.world.cache
    }

    /// What this process has of the feeds.
    #[must_use]
    pub fn feeds(&self) -> &Feeds {
        &self.world.feeds
    }

    /// The feeds that somebody in this process listens to.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        self.world.feeds.hub()
    }

    /// The way to other people's machines.
    #[must_use]
    pub fn outbound(&self) -> &Outbound {
        &self.world.outbound
    }

    /// What account mapping has of the process.
    #[must_use]
    pub fn mapping(&self) -> &Arc<Mapping> {
        &self.world.mapping
    }

    /// Now, UTC, whole microseconds.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.world.clock.now()
    }

    /// Today, UTC.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }

    /// A new id of the kind asked for.
    #[must_use]
    pub fn new_id<I: From<uuid::Uuid>>(&self) -> I {
        I::from(self.world.ids.next(self.now()))
    }

    /// 32 random bytes, for secrets.
    #[must_use]
    pub fn new_secret(&self) -> [u8; 32] {
        self.world.ids.secret()
    }

    /// The same operation by the command line's operator, for what the system itself does on the way.
    #[must_use]
    pub fn as_operator(&self) -> Self {
        Self { actor: Actor::Operator, ..self.clone() }
    }

    /// The same operation by nobody, for what the clock has done and somebody only came upon.
    #[must_use]
    pub fn as_system(&self) -> Self {
        Self { actor: Actor::System, ..self.clone() }
    }
}
