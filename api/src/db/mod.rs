//! The pool, transactions, and the few places where the two databases differ.
//!
//! This room knows SeaORM and no domain.

mod among;
mod idempotency;
mod keyset;
mod nested;
mod sqlite_file;
mod statistics;
mod transaction;

pub use among::one_of;
pub use idempotency::{Claim, claim, forget_old_claims};
pub use keyset::{Direction, after, order_by};
pub use nested::first_of_each;
pub use sqlite_file::{FileFault, SqliteFile, with_suffix};
pub use statistics::Growth;
pub use transaction::Tx;

use crate::op::Fault;
use migration::Migrator;
use sea_orm::{
    ConnectOptions, Database, DatabaseBackend, DatabaseConnection, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use sea_orm_migration::{MigrationStatus, MigratorTrait, SchemaManager};
use std::time::Duration;

/// How long SQLite is left to others between the parts of a long work. Who waits for its lock asks again every 100 ms at
/// the latest.
const BREATH: Duration = Duration::from_millis(120);

/// Where the database is and how it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbConfig {
    /// `postgres://...` or `sqlite:PATH` (`sqlite::memory:` for none that stays).
    pub url: String,
    /// Connections at most.
    pub max_connections: u32,
    /// How long a request may wait for a connection.
    pub acquire_timeout: Duration,
    /// PostgreSQL ends a statement after this time.
    pub statement_timeout: Duration,
    /// SQLite: whether a commit waits for the disk. Off only where nothing is worth keeping (tests).
    pub durable: bool,
}

/// A change of the database's tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its name, which begins with its number.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

async fn migrations_of(connection: &DatabaseConnection) -> Result<Vec<Migration>, DbErr> {
    let found = Migrator::get_migration_with_status_read_only(connection).await?;
    let known = |migration: &sea_orm_migration::Migration| Migration {
        name: migration.name().to_owned(),
        applied: migration.status() == MigrationStatus::Applied,
    };
    Ok(found.iter().map(known).collect())
}

/// The database.
#[derive(Clone)]
pub struct Db {
    connection: DatabaseConnection,
}

impl Db {
    /// Opens the pool. SQLite files are made where there are none.
    ///
    /// # Errors
    /// The driver's error where the database cannot be reached.
    pub async fn open(config: &DbConfig) -> Result<Self, DbErr> {
        let sqlite = config.url.starts_with("sqlite:");
        let memory = sqlite && config.url.contains(":memory:");
        let mut url = config.url.clone();
        if sqlite && !memory && !url.contains("mode=") {
            url.push_str(if url.contains('?') { "&mode=rwc" } else { "?mode=rwc" });
        }
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(if memory { 1 } else { config.max_connections })
            .acquire_timeout(config.acquire_timeout)
            .sqlx_logging(false)
            .test_before_acquire_if_idle_for(Duration::from_secs(30));
        if memory {
            // The database is the connection: it must never be closed.
            options.min_connections(1).idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
        }
        if sqlite {
            let synchronous = if config.durable { "FULL" } else { "OFF" };
            options.map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .pragma("journal_mode", "WAL")
                    .pragma("synchronous", synchronous)
                    .pragma("foreign_keys", "ON")
                    .busy_timeout(Duration::from_secs(10))
            });
        } else {
            options.statement_timeout(config.statement_timeout).set_application_name("partnergraph");
        }
        Ok(Self { connection: Database::connect(options).await? })
    }

    /// The pool, for reads.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// A second handle on the same pool that reports each statement: for tests that count them.
    pub fn observe(&mut self, report: impl Fn(&str) + Send + Sync + 'static) {
        self.connection.set_metric_callback(move |info| report(&info.statement.sql));
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> DatabaseBackend {
        self.connection.get_database_backend()
    }

    /// Leaves SQLite's one write lock to others for a moment, between the parts of a long work. PostgreSQL has many.
    pub async fn breathe(&self) {
        if self.backend() == DatabaseBackend::Sqlite {
            tokio::time::sleep(BREATH).await;
        }
    }

    /// Whether transactions write beside each other. SQLite has one write lock, for which a second one only waits.
    #[must_use]
    pub fn has_many_writers(&self) -> bool {
        self.backend() == DatabaseBackend::Postgres
    }

    /// A transaction that writes. It is rolled back when it is dropped without a commit.
    ///
    /// SQLite takes its write lock at once: a transaction that read first and then wanted to write would fail when
    /// another one had written in between.
    ///
    /// # Errors
    /// [`Fault::Timeout`] where no connection was free in time.
    pub async fn begin(&self) -> Result<Tx, Fault> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Tx::new(self.connection.begin_with_options(options).await?))
    }

    /// Applies the migrations that are missing.
    ///
    /// # Errors
    /// The driver's error; what was applied before stays.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        Migrator::up(&self.connection, None).await
    }

    /// Whether all migrations are applied. Reads only: what asks whether the server is ready must not change anything.
    ///
    /// # Errors
    /// The driver's error, and one where the database has a migration that this program does not know.
    pub async fn is_migrated(&self) -> Result<bool, DbErr> {
        Ok(Migrator::get_pending_migrations_read_only(&self.connection).await?.is_empty())
    }

    /// The migrations that this program knows, in their order.
    ///
    /// # Errors
    /// As [`Db::is_migrated`].
    pub async fn migrations(&self) -> Result<Vec<Migration>, DbErr> {
        migrations_of(&self.connection).await
    }

    /// Whether there is a table with this name.
    ///
    /// # Errors
    /// The driver's error.
    pub async fn has_table(&self, name: &str) -> Result<bool, DbErr> {
        SchemaManager::new(&self.connection).has_table(name).await
    }

    /// Closes the pool.
    ///
    /// # Errors
    /// The driver's error.
    pub async fn close(self) -> Result<(), DbErr> {
        self.connection.close().await
    }
}
