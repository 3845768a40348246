//! What commands that work on the data begin with: the settings, the database, and an operation of the operator.

use super::failure::Failed;
use crate::{
    cache::{Cache, CacheConfig},
    config::{self, Problem, Source},
    db::{Db, DbConfig, SqliteFile},
    event::feed::Feeds,
    op::{Actor, Op, RandomIds, SystemClock, World},
    organization::{self, model::Organization},
    outbound::Outbound,
    telemetry,
};
use std::sync::Arc;

/// SeaORM's words for a migration that this program does not know; it has no variant of its own for it.
pub(super) const UNKNOWN_MIGRATION: &str = "its file is missing";

/// Reads settings from the environment.
///
/// # Errors
/// All problems of what `read` asks for.
pub(super) fn from_environment<T>(read: impl FnOnce(&mut Source<'_>) -> Result<T, Vec<Problem>>) -> Result<T, Failed> {
    let lookup = |name: &str| std::env::var(name).ok();
    read(&mut Source::new(&lookup)).map_err(|problems| Failed::settings(&problems))
}

/// The database that is named, made if need be: for commands that make its tables.
///
/// # Errors
/// What the system or the driver said.
pub(super) async fn open(config: &DbConfig) -> Result<Db, Failed> {
    if let Some(file) = SqliteFile::of_url(&config.url) {
        file.make_folder().map_err(|cause| {
            Failed::new(format!("Cannot make the folder of {}: {cause}.", file.path().display()))
                .advise("Set DATABASE_URL to a place that may be written to.")
        })?;
    }
    Db::open(config).await.map_err(|cause| open_failed(&cause))
}

/// The driver's words about a database that cannot be opened or migrated, with what to do.
pub(super) fn open_failed(cause: &sea_orm::DbErr) -> Failed {
    if cause.to_string().contains(UNKNOWN_MIGRATION) {
        return migration_failed(cause);
    }
    Failed::new(format!("The database cannot be used: {cause}."))
        .advise("Check DATABASE_URL, and that the database server runs and lets this user in.")
}

/// The database that is named, which must exist.
///
/// # Errors
/// There is none, or what the driver said.
pub(super) async fn open_existing(config: &DbConfig) -> Result<Db, Failed> {
    check_exists(config)?;
    open(config).await
}

/// Refuses the name of an SQLite file that is not there: opening it would make an empty one.
///
/// # Errors
/// There is none.
pub(super) fn check_exists(config: &DbConfig) -> Result<(), Failed> {
    match SqliteFile::of_url(&config.url) {
        Some(file) if !file.path().exists() => {
            Err(Failed::new(format!("There is no database at {}.", file.path().display())).advise(
                "Set DATABASE_URL to where it is, or make one with `partnergraph migrate`. \
                 That of `partnergraph demo` is sqlite:partnergraph-data/demo.db.",
            ))
        }
        _ => Ok(()),
    }
}

/// The database that is named, whose tables must be those of this program.
///
/// # Errors
/// What is missing, and which command makes it.
pub(super) async fn open_ready(config: &DbConfig) -> Result<Db, Failed> {
    let db = open_existing(config).await?;
    check_migrated(&db).await?;
    Ok(db)
}

/// Refuses a database whose tables are older or newer than this program.
///
/// # Errors
/// What is missing, and which command makes it.
pub(super) async fn check_migrated(db: &Db) -> Result<(), Failed> {
    let migrations = db.migrations().await.map_err(|cause| migration_failed(&cause))?;
    let missing = migrations.iter().filter(|migration| !migration.applied).count();
    if missing == 0 {
        return Ok(());
    }
    Err(Failed::new(format!("{missing} of the database's {} migrations are missing.", migrations.len()))
        .advise("Run `partnergraph migrate`, or start `serve` with MIGRATE_ON_START=true."))
}

/// The driver's words about migrations, with what to do.
pub(super) fn migration_failed(cause: &sea_orm::DbErr) -> Failed {
    let text = cause.to_string();
    if text.contains(UNKNOWN_MIGRATION) {
        return Failed::new("The database was migrated by a newer partnergraph than this one.")
            .advise("Run that version, or restore a backup from before it.");
    }
    Failed::new(format!("The database's tables cannot be read: {text}."))
        .advise("Check that DATABASE_URL names a database that this user may read and write.")
}

/// What a command opens at most: it does one thing after the other, and each connection to an SQLite file has pages of its
/// own in memory. One writes, one reads meanwhile, and one is still being given back.
const CONNECTIONS: u32 = 3;

/// A world over the database of the environment.
///
/// # Errors
/// Wrong settings, or a database that is not ready.
pub(super) async fn world() -> Result<Arc<World>, Failed> {
    let mut config = from_environment(config::read_database)?;
    config.max_connections = config.max_connections.min(CONNECTIONS);
    telemetry::start(from_environment(config::read_log)?);
    let db = open_ready(&config).await?;
    // Nothing is read through it: the versions that a change raises are in the database, where every server sees them.
    let cache = Cache::open(&CacheConfig::default()).map_err(|cause| Failed::new(format!("{cause}.")))?;
    let feeds = Feeds::in_process(&db);
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(RandomIds::default()));
    Ok(Arc::new(World { db, cache, clock, ids, feeds, outbound: Outbound::closed(), mapping: Arc::default() }))
}

/// Closes the database, so that an SQLite file is whole by itself when the command has ended.
pub(super) async fn close(db: &Db) {
    if let Err(cause) = db.clone().close().await {
        tracing::warn!(%cause, "the database did not close");
    }
}

/// An operation of the operator, named after the command.
pub(super) fn operator(world: &Arc<World>, command: &str) -> Op {
    Op::new(Arc::clone(world), Actor::Operator, command, Vec::new())
}

/// The organization with this slug.
///
/// # Errors
/// There is none.
pub(super) async fn organization(op: &Op, slug: &str) -> Result<Organization, Failed> {
    let found = organization::service::find_by_slug(op, slug).await?;
    found.ok_or_else(|| Failed::new(format!("There is no organization `{slug}`.")))
}
