//! Configuration from environment variables, one file a section, read and checked once at the start.
//!
//! Each variable is asked for in one place, with its unit, default and meaning; `partnergraph config` prints what was
//! asked, so that the list can neither miss one nor tell another default. This room knows no domain.

mod database;
mod feed;
mod listen;
mod live;
mod log;
mod mapping;
mod outbound;
mod redis;
mod request;
mod source;
mod token;

pub use source::{Problem, Shown, Source, Variable};

use crate::{
    cache::CacheConfig,
    db::DbConfig,
    event::feed::FeedSettings,
    http::server::ServerSettings,
    op::{MappingSettings, TokenSettings},
    outbound::OutboundSettings,
    schema::request::PipelineSettings,
    telemetry::LogSettings,
};
use std::net::SocketAddr;

/// The whole configuration of a server.
#[derive(Clone)]
pub struct Config {
    /// Where and how it listens.
    pub server: ServerSettings,
    /// What one request may ask for.
    pub request: PipelineSettings,
    /// Where the data is.
    pub database: DbConfig,
    /// Whether missing migrations are applied at the start.
    pub migrate_on_start: bool,
    /// Redis, or the twin in the process.
    pub cache: CacheConfig,
    /// How feeds are kept and watched.
    pub feed: FeedSettings,
    /// How tokens are signed and checked.
    pub token: TokenSettings,
    /// What may be sent to other people's machines.
    pub outbound: OutboundSettings,
    /// How account mapping is done.
    pub mapping: MappingSettings,
    /// What is logged.
    pub log: LogSettings,
}

impl Config {
    /// Reads all sections. All problems are collected, so that one start names them all.
    ///
    /// # Errors
    /// The problems, at least one.
    pub fn read(source: &mut Source<'_>) -> Result<Self, Vec<Problem>> {
        let server = listen::read(source);
        let database = database::read(source);
        let migrate_on_start = database::read_migrate_on_start(source);
        let cache = redis::read(source);
        let feed = feed::read(source);
        let token = token::read(source);
        let outbound = outbound::read(source);
        let mapping = mapping::read(source);
        let request = request::read(source);
        let log = log::read(source);
        source.finish(Self { server, request, database, migrate_on_start, cache, feed, token, outbound, mapping, log })
    }
}

/// Only where the data is: for commands that serve nobody.
///
/// # Errors
/// The problems, at least one.
pub fn read_database(source: &mut Source<'_>) -> Result<DbConfig, Vec<Problem>> {
    let database = database::read(source);
    source.finish(database)
}

/// Only how tokens are signed: for the command that issues one.
///
/// # Errors
/// The problems, at least one.
pub fn read_token(source: &mut Source<'_>) -> Result<TokenSettings, Vec<Problem>> {
    let token = token::read(source);
    source.finish(token)
}

/// Issuer and audience of tokens, without a secret: for a server that makes its own.
pub fn token_names(source: &mut Source<'_>) -> TokenSettings {
    token::names(source)
}

/// Only what is logged: for commands that serve nobody.
///
/// # Errors
/// The problems, at least one.
pub fn read_log(source: &mut Source<'_>) -> Result<LogSettings, Vec<Problem>> {
    let log = log::read(source);
    source.finish(log)
}

/// Only where the server listens: for the command that asks a running one.
///
/// # Errors
/// The problems, at least one.
pub fn read_listen(source: &mut Source<'_>) -> Result<SocketAddr, Vec<Problem>> {
    let address = listen::read_address(source);
    source.finish(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn the_defaults_that_are_printed_are_those_of_the_rooms() {
        let lookup = |name: &str| (name == "JWT_SECRET").then(|| SECRET.to_owned());
        let config = Config::read(&mut Source::new(&lookup)).unwrap_or_else(|problems| panic!("{problems:?}"));
        assert_eq!(config.server, ServerSettings::default());
        let (read, usual) = (config.request, PipelineSettings::default());
        assert_eq!(read.limits, usual.limits);
        assert_eq!(
            (read.deadline, read.document_cache_bytes, read.introspection),
            (usual.deadline, usual.document_cache_bytes, usual.introspection)
        );
        let usual = CacheConfig::default();
        assert_eq!(config.cache.response_timeout, usual.response_timeout);
        assert_eq!((config.cache.memory_bytes, config.cache.key_prefix), (usual.memory_bytes, usual.key_prefix));
        assert_eq!(config.feed, FeedSettings::default());
        assert_eq!(config.outbound, OutboundSettings::default());
        assert_eq!(config.mapping, MappingSettings::default());
        assert!(!config.migrate_on_start);
    }

    #[test]
    fn one_start_names_all_problems() {
        let lookup = |name: &str| {
            let wrong = match name {
                "LISTEN" => "8080",
                "WORKERS" => "0",
                "BODY_DEADLINE" => "soon",
                "KEEP_ALIVE" => "0",
                "ALLOWED_ORIGINS" => "https://portal.example/page",
                "DATABASE_URL" => "mysql://x",
                "REDIS_URL" => "http://x",
                "CACHE_PREFIX" => "a:b",
                "JWT_SECRET" => "short",
                "LIMIT_COST" => "-1",
                "LOG_LEVEL" => "loud",
                "INTROSPECTION" => "perhaps",
                "FEED_RETENTION_DAYS" => "29",
                "FEED_TAIL_CHECK" => "0",
                "WEBHOOK_ALLOW_HTTP" => "maybe",
                "WEBHOOK_KEY" => "short",
                "MAPPING_COUNT_THRESHOLD" => "0",
                _ => return None,
            };
            Some(wrong.to_owned())
        };
        let problems = Config::read(&mut Source::new(&lookup)).err().unwrap();
        let mut names: Vec<&str> = problems.iter().map(|problem| problem.name).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "ALLOWED_ORIGINS",
                "BODY_DEADLINE",
                "CACHE_PREFIX",
                "DATABASE_URL",
                "FEED_RETENTION_DAYS",
                "FEED_TAIL_CHECK",
                "INTROSPECTION",
                "JWT_SECRET",
                "KEEP_ALIVE",
                "LIMIT_COST",
                "LISTEN",
                "LOG_LEVEL",
                "MAPPING_COUNT_THRESHOLD",
                "REDIS_URL",
                "WEBHOOK_ALLOW_HTTP",
                "WEBHOOK_KEY",
                "WORKERS"
            ]
        );
        let text = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(!text.contains("mysql") && !text.contains("short"), "no secret is repeated: {text}");
    }

    #[test]
    fn every_variable_says_what_it_is_and_is_asked_for_once() {
        let lookup = |_: &str| None;
        let mut source = Source::new(&lookup);
        let _ = Config::read(&mut source);
        let mut names: Vec<&str> = source.shown().iter().map(|shown| shown.variable.name).collect();
        for shown in source.shown() {
            assert!(!shown.variable.unit.is_empty(), "{}", shown.variable.name);
            assert!(shown.variable.about.ends_with('.'), "{}", shown.variable.name);
        }
        let asked = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), asked, "asked for twice");
        assert!(asked > 25, "{asked}");
    }
}
