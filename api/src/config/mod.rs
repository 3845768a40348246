//! Configuration from environment variables, one file a section, read and checked once at the start.
//!
//! Each variable is asked for in one place, with its unit, default and meaning; `partnergraph config` prints what was
//! asked, so that the list can neither miss one nor tell another default. This room knows no domain.

mod database;
mod redis;
mod source;
mod token;

pub use source::{Problem, Shown, Source, Variable};

use crate::{cache::CacheConfig, db::DbConfig, op::TokenSettings};

/// The whole configuration of a server.
#[derive(Clone)]
pub struct Config {
    /// Where the data is.
    pub database: DbConfig,
    /// Whether missing migrations are applied at the start.
    pub migrate_on_start: bool,
    /// Redis, or the twin in the process.
    pub cache: CacheConfig,
    /// How tokens are signed and checked.
    pub token: TokenSettings,
}

impl Config {
    /// Reads all sections. All problems are collected, so that one start names them all.
    ///
    /// # Errors
    /// The problems, at least one.
    pub fn read(source: &mut Source<'_>) -> Result<Self, Vec<Problem>> {
        let database = database::read(source);
        let migrate_on_start = database::read_migrate_on_start(source);
        let cache = redis::read(source);
        let token = token::read(source);
        source.finish(Self { database, migrate_on_start, cache, token })
    }
}
