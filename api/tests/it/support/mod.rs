//! The language of the tests: an app on a fresh database, actors, and requests that read as "who does what".

mod answer;
mod clock;
mod database;
mod people;

pub(crate) use answer::Answer;
pub(crate) use clock::{CountedIds, TestClock};
pub(crate) use people::{ORGANIZATIONS, organization_id, person_id};

use async_graphql::{Request, Variables};
use database::Database;
use entity::value::{OrganizationStatus, Role};
use futures::{StreamExt, stream::BoxStream};
use partnergraph::{
    app::App,
    cache::{Cache, CacheConfig},
    config::Config,
    db::{Db, DbConfig},
    event::feed::{FeedSettings, Feeds},
    http::server::ServerSettings,
    op::{Actor, KeyActor, Mapping, MappingSettings, Op, PersonActor, Scope, TokenSettings, World},
    outbound::{Outbound, OutboundSettings},
    schema::{
        loader::{Loaders, loaders},
        request::PipelineSettings,
    },
    telemetry::{LogFormat, LogSettings},
};
use serde_json::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Runs each case on SQLite with the in-process cache, and on PostgreSQL with Redis where `./test` or the environment
/// names them.
macro_rules! on_both {
    ($($case:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                super::$case($crate::support::TestApp::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $case() {
                if let Some(app) = $crate::support::TestApp::postgres().await {
                    super::$case(app).await;
                }
            })*
        }
    };
}
pub(crate) use on_both;

/// An app of its own for one case.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) config: Config,
    ids: Arc<CountedIds>,
    statements: Arc<AtomicUsize>,
    /// While statements are counted, loaders wait longer for the keys of a level: a busy machine must not split a batch.
    patient: AtomicBool,
    // Dropped last: it removes what the case made.
    database: Database,
}

impl TestApp {
    pub(crate) async fn sqlite() -> Self {
        Self::over(Database::sqlite().await, None, Arc::default()).await
    }

    /// `None` where no PostgreSQL was named; the test then says that it was left out.
    pub(crate) async fn postgres() -> Option<Self> {
        let Some(database) = Database::postgres().await else {
            println!("left out: TEST_POSTGRES_URL is not set; `./test` sets it");
            return None;
        };
        Some(Self::over(database, std::env::var("TEST_REDIS_URL").ok(), Arc::default()).await)
    }

    /// An app over a copy of this one's database as it is now.
    pub(crate) async fn copy(&self) -> Self {
        let redis = self.config.cache.redis_url.as_ref().map(ToString::to_string);
        // The same ids go on: those of the rows that were copied must not come again.
        Self::over(self.database.copy(&self.app.world.db).await, redis, Arc::clone(&self.ids)).await
    }

    async fn over(database: Database, redis: Option<String>, ids: Arc<CountedIds>) -> Self {
        let config = Config {
            server: ServerSettings::default(),
            request: PipelineSettings::default(),
            log: LogSettings { format: LogFormat::Text, level: tracing::Level::WARN },
            database: database.config(),
            migrate_on_start: false,
            feed: FeedSettings::default(),
            cache: CacheConfig {
                redis_url: redis.map(|url| url.parse().unwrap()),
                key_prefix: database.name().to_owned(),
                ..CacheConfig::default()
            },
            token: TokenSettings {
                secret: b"a secret that only these tests know".to_vec(),
                issuer: "partnergraph".to_owned(),
                audience: "partnergraph".to_owned(),
            },
            // Receivers of tests are on the loopback address.
            mapping: MappingSettings::default(),
            outbound: OutboundSettings { allow_private: true, allow_plain: true, ..OutboundSettings::default() },
        };
        let mut db = Db::open(&config.database).await.unwrap();
        let statements = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&statements);
        db.observe(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let cache = Cache::open(&config.cache).unwrap();
        if config.cache.redis_url.is_some() {
            cache.connected().await;
        }
        let clock = Arc::new(TestClock::default());
        let feeds = Feeds::open(&db, &config.feed, &config.token.secret, &config.cache).unwrap();
        let outbound = Outbound::new(config.outbound.clone(), &config.token.secret);
        let mapping = Arc::new(Mapping::new(&config.mapping));
        let (its_clock, its_ids) = (Arc::clone(&clock) as _, Arc::clone(&ids) as _);
        let world = World { db, cache, clock: its_clock, ids: its_ids, feeds, outbound, mapping };
        Self {
            app: App::assemble(&config, world),
            clock,
            config,
            ids,
            statements,
            patient: AtomicBool::new(false),
            database,
        }
    }

    /// Nobody in particular.
    pub(crate) fn visitor(&self) -> Actor {
        Actor::Visitor
    }

    /// The person with `role` in the organization with this slug. Every organization of [`ORGANIZATIONS`] has one of each.
    pub(crate) fn actor(&self, slug: &str, role: Role) -> Actor {
        assert!(ORGANIZATIONS.contains(&slug), "no such organization: {slug}");
        Actor::Person(PersonActor {
            person: person_id(slug, role),
            organization: organization_id(slug),
            role,
            status: OrganizationStatus::Active,
            operator: slug == "operator",
            expires_at: chrono::DateTime::<chrono::Utc>::MAX_UTC,
        })
    }

    /// A manager of the organization with this slug.
    pub(crate) fn manager(&self, slug: &str) -> Actor {
        self.actor(slug, Role::Manager)
    }

    /// An administrator of the organization that runs the installation.
    pub(crate) fn operator(&self) -> Actor {
        self.actor("operator", Role::Admin)
    }

    /// A service with a key of the organization with this slug.
    pub(crate) fn key(&self, slug: &str, scopes: &[Scope]) -> Actor {
        Actor::Key(KeyActor {
            key: uuid::Uuid::from_u128(7).into(),
            organization: organization_id(slug),
            scopes: scopes.to_vec(),
            status: OrganizationStatus::Active,
            operator: slug == "operator",
            expires_at: None,
        })
    }

    /// Runs a document.
    pub(crate) async fn graphql(&self, actor: &Actor, document: &str, variables: Value) -> Answer {
        self.graphql_in(actor, document, variables, &[]).await
    }

    /// Runs a document for a reader with these languages, best first.
    pub(crate) async fn graphql_in(
        &self,
        actor: &Actor,
        document: &str,
        variables: Value,
        languages: &[&str],
    ) -> Answer {
        let languages = languages.iter().map(|tag| (*tag).to_owned()).collect();
        let op = self.app.op(actor.clone(), "test", languages);
        let request =
            Request::new(document).variables(Variables::from_json(variables)).data(self.loaders(&op)).data(op);
        let response = self.app.schema.execute(request).await;
        Answer::new(serde_json::to_value(&response).unwrap())
    }

    /// Runs a subscription.
    pub(crate) fn subscribe(&self, actor: &Actor, document: &str, variables: Value) -> BoxStream<'static, Answer> {
        let op = self.app.op(actor.clone(), "test", Vec::new());
        let request =
            Request::new(document).variables(Variables::from_json(variables)).data(self.loaders(&op)).data(op);
        let responses = self.app.schema.execute_stream(request);
        responses.map(|response| Answer::new(serde_json::to_value(&response).unwrap())).boxed()
    }

    /// How many SQL statements `work` takes.
    pub(crate) async fn statements<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let before = self.statements.load(Ordering::Relaxed);
        self.patient.store(true, Ordering::Relaxed);
        let value = work.await;
        self.patient.store(false, Ordering::Relaxed);
        (value, self.statements.load(Ordering::Relaxed) - before)
    }

    fn loaders(&self, op: &Op) -> Loaders {
        let loaders = loaders(op.clone());
        if self.patient.load(Ordering::Relaxed) { loaders.delay(Duration::from_millis(150)) } else { loaders }
    }
}

/// A configuration of a database that nothing needs to survive.
pub(crate) fn db_config(url: String) -> DbConfig {
    DbConfig {
        url,
        max_connections: 5,
        acquire_timeout: Duration::from_secs(30),
        statement_timeout: Duration::from_secs(30),
        durable: false,
    }
}
