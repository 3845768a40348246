//! Wiring: from a configuration to the parts of a running server. The only place where all rooms meet.

use crate::{
    cache::{Cache, OpenError},
    config::Config,
    db::Db,
    op::{Actor, Authenticator, Clock, Ids, Op, RandomIds, SystemClock, World},
    organization::accounts::Accounts,
    schema::{self, PartnergraphSchema},
};
use sea_orm::DbErr;
use std::sync::Arc;

/// Everything that a server, a command or a test needs.
#[derive(Clone)]
pub struct App {
    /// What lives as long as the process.
    pub world: Arc<World>,
    /// The schema.
    pub schema: PartnergraphSchema,
    /// From credentials to actors.
    pub authenticator: Arc<Authenticator>,
}

/// Why an app could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The database cannot be opened or migrated.
    #[error("the database cannot be used: {0}")]
    Database(#[from] DbErr),
    /// The cache's settings are wrong.
    #[error("the cache cannot be used: {0}")]
    Cache(#[from] OpenError),
}

impl App {
    /// Opens the database and the cache and puts the parts together.
    ///
    /// # Errors
    /// [`BuildError`] names the part.
    pub async fn build(config: &Config) -> Result<Self, BuildError> {
        Self::build_with(config, Arc::new(SystemClock), Arc::new(RandomIds::default())).await
    }

    /// As [`App::build`], with another clock and other ids.
    ///
    /// # Errors
    /// [`BuildError`] names the part.
    pub async fn build_with(config: &Config, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Self, BuildError> {
        let db = Db::open(&config.database).await?;
        if config.migrate_on_start {
            db.migrate().await?;
        }
        let cache = Cache::open(&config.cache)?;
        Ok(Self::assemble(config, World { db, cache, clock, ids }))
    }

    /// The parts over a world that exists.
    #[must_use]
    pub fn assemble(config: &Config, world: World) -> Self {
        let world = Arc::new(world);
        let accounts = Arc::new(Accounts::new(Arc::clone(&world)));
        let authenticator = Arc::new(Authenticator::new(config.token.clone(), accounts, Arc::clone(&world.clock)));
        Self { world, schema: schema::build(), authenticator }
    }

    /// An operation of `actor`.
    #[must_use]
    pub fn op(&self, actor: Actor, request_id: &str, languages: Vec<String>) -> Op {
        Op::new(Arc::clone(&self.world), actor, request_id, languages)
    }
}
