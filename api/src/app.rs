//! Wiring: from a configuration to the parts of a running server. The only place where all rooms meet.

use crate::{
    account::csv::AccountIntake,
    cache::{Cache, CacheCollector, OpenError, PersistedQueries, Status},
    config::Config,
    cosell::csv::{OpportunityIntake, OpportunityOutlet},
    db::Db,
    deadline::{Deadlines, Running},
    event::{
        feed::{FeedCollector, Feeds},
        hint::HintStatus,
    },
    http::{
        auth::OpAdmission,
        health::Health,
        metrics::Metrics,
        page,
        server::{self, ListenError, Listening, Parts},
    },
    op::{Actor, Authenticator, Clock, Ids, Mapping, Op, RandomIds, SystemClock, World},
    organization::accounts::Accounts,
    outbound::Outbound,
    overlap::{
        engine::{Engine, EngineRunning, EngineSettings},
        export::OverlapOutlet,
    },
    qualification::engine::{Qualifier, QualifierRunning},
    schema::{
        self, PartnergraphSchema,
        live::{self, FeedLine},
        request::{Pipeline, PipelineSettings, types::SdlFault},
    },
    transfer::Transfers,
    webhook::courier::{Courier, CourierRunning},
};
use futures::FutureExt;
use prometheus_client::registry::Registry;
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
    /// What happens because time passes.
    pub deadlines: Arc<Deadlines>,
    /// Sends alerts to webhook endpoints.
    pub courier: Courier,
    /// Compares account lists.
    pub engine: Arc<Engine>,
    /// Applies rules over overlaps.
    pub qualifier: Qualifier,
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

/// Why an app cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The schema's own text cannot be read, which a test would have found.
    #[error(transparent)]
    Schema(#[from] SdlFault),
}

/// What goes on beside the requests.
pub struct Beside {
    deadlines: Running,
    courier: CourierRunning,
    engine: EngineRunning,
    qualifier: QualifierRunning,
}

impl Beside {
    /// Stops it, and waits until it has let go of the database.
    pub async fn stop(self) {
        let Self { deadlines, courier, engine, qualifier } = self;
        futures::future::join4(deadlines.stop(), courier.stop(), engine.stop(), qualifier.stop()).await;
    }
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
        let feeds = Feeds::open(&db, &config.feed, &config.token.secret, &config.cache)?;
        let outbound = Outbound::new(config.outbound.clone(), &config.token.secret);
        let mapping = Arc::new(Mapping::new(&config.mapping));
        Ok(Self::assemble(config, World { db, cache, clock, ids, feeds, outbound, mapping }))
    }

    /// The parts over a database that is open.
    ///
    /// # Errors
    /// Settings of the cache that can never work.
    pub fn over(config: &Config, db: Db) -> Result<Self, OpenError> {
        let cache = Cache::open(&config.cache)?;
        let feeds = Feeds::open(&db, &config.feed, &config.token.secret, &config.cache)?;
        let outbound = Outbound::new(config.outbound.clone(), &config.token.secret);
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(RandomIds::default()));
        let mapping = Arc::new(Mapping::new(&config.mapping));
        let world = World { db, cache, clock, ids, feeds, outbound, mapping };
        Ok(Self::assemble(config, world))
    }

    /// The parts over a world that exists.
    #[must_use]
    pub fn assemble(config: &Config, world: World) -> Self {
        let world = Arc::new(world);
        let accounts = Arc::new(Accounts::new(Arc::clone(&world)));
        let authenticator = Arc::new(Authenticator::new(config.token.clone(), accounts, Arc::clone(&world.clock)));
        let memory_bytes = config.mapping.memory_bytes;
        Self {
            world,
            schema: schema::build(),
            authenticator,
            deadlines: Arc::default(),
            courier: Courier::default(),
            engine: Arc::new(Engine::new(EngineSettings { memory_bytes, ..EngineSettings::default() })),
            qualifier: Qualifier::default(),
        }
    }

    /// An operation of `actor`.
    #[must_use]
    pub fn op(&self, actor: Actor, request_id: &str, languages: Vec<String>) -> Op {
        Op::new(Arc::clone(&self.world), actor, request_id, languages)
    }

    /// Starts what goes on beside the requests. Without it every answer is right all the same, but nothing is told.
    #[must_use]
    pub fn start(&self) -> Beside {
        Beside {
            deadlines: Arc::clone(&self.deadlines).start(Arc::clone(&self.world)),
            courier: self.courier.start(Arc::clone(&self.world)),
            engine: Arc::clone(&self.engine).start(Arc::clone(&self.world)),
            qualifier: self.qualifier.start(Arc::clone(&self.world)),
        }
    }

    /// Takes the port and puts the server together. It answers once it is run.
    ///
    /// # Errors
    /// [`ServeError::Listen`] says what to do about a port that is taken.
    pub fn listen(&self, config: &Config) -> Result<Listening, ServeError> {
        let cache = &self.world.cache;
        let persisted = PersistedQueries::new(cache.clone());
        let settings = PipelineSettings { impersonal: live::impersonal(), ..config.request.clone() };
        let pipeline = Pipeline::new(self.schema.clone(), settings, Some(persisted))?;
        let mut registry = Registry::with_prefix("partnergraph");
        registry.register_collector(Box::new(CacheCollector(cache.clone())));
        registry.register_collector(Box::new(FeedCollector(Arc::clone(&self.world))));
        self.deadlines.register(&mut registry);
        self.courier.register(&mut registry);
        self.engine.register(&mut registry);
        self.qualifier.register(&mut registry);
        let parts = Parts {
            pipeline: Arc::new(pipeline),
            admission: Arc::new(OpAdmission::new(Arc::clone(&self.world), Arc::clone(&self.authenticator))),
            line: Some(Arc::new(FeedLine::new(Arc::clone(&self.world)))),
            health: Arc::new(self.health()),
            metrics: Metrics::new(registry),
            transfers: self.transfers(),
            further: page::configure,
        };
        Ok(server::listen(&config.server, parts)?)
    }

    /// The files that come in and go out beside GraphQL.
    fn transfers(&self) -> Transfers {
        let world = || Arc::clone(&self.world);
        Transfers {
            intakes: vec![("/v1/opportunities/import", Arc::new(OpportunityIntake::new(world())))],
            streams: vec![("/upload/account-lists/{id}", Arc::new(AccountIntake::new(world())))],
            outlets: vec![
                ("/v1/opportunities/export", Arc::new(OpportunityOutlet::new(world()))),
                ("/v1/overlaps/export", Arc::new(OverlapOutlet::new(world()))),
            ],
        }
    }

    /// Without the database and its tables nothing can be served; without Redis everything can, only slower.
    fn health(&self) -> Health {
        let (db, cache, world) = (self.world.db.clone(), self.world.cache.clone(), Arc::clone(&self.world));
        Health::default()
            .essential("database", move || {
                let db = db.clone();
                async move {
                    match db.is_migrated().await {
                        Ok(true) => Ok(()),
                        Ok(false) => Err("migrations are missing".to_owned()),
                        Err(cause) => Err(cause.to_string()),
                    }
                }
                .boxed()
            })
            .optional("cache", move || {
                let up = cache.status() != Status::RedisDown;
                std::future::ready(if up { Ok(()) } else { Err("Redis does not answer".to_owned()) }).boxed()
            })
            .optional("hints", move || {
                let up = world.feeds.hint_status() != HintStatus::Down;
                std::future::ready(if up { Ok(()) } else { Err("alerts come by the tail check".to_owned()) }).boxed()
            })
    }
}
