//! Settings of the cache, and what is refused before it opens.

use std::fmt;
use std::time::Duration;
use url::Url;

/// Where cached values are kept, and the bounds.
#[derive(Clone)]
pub struct CacheConfig {
    /// Address of a Redis server (`redis://`, `rediss://`, `redis+unix://`); without one, values are kept in this
    /// process.
    pub redis_url: Option<Url>,
    /// Bytes that values in this process may take together, keys and bookkeeping included; unused with Redis. With 0
    /// nothing is kept.
    pub memory_bytes: u64,
    /// How long one command to Redis may take before the reader goes on without it, at least 1 ms.
    pub response_timeout: Duration,
    /// The first part of every stored key, so that installations can share one server: 1 to 64 of letters, digits,
    /// `_`, `-` and `.`.
    pub key_prefix: String,
}

impl Default for CacheConfig {
    /// In this process, 64 MiB.
    fn default() -> Self {
        Self {
            redis_url: None,
            memory_bytes: 64 * 1024 * 1024,
            response_timeout: Duration::from_millis(50),
            key_prefix: "pg".to_owned(),
        }
    }
}

impl fmt::Debug for CacheConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheConfig")
            .field("redis_url", &self.redis_url.as_ref().map(without_secrets))
            .field("memory_bytes", &self.memory_bytes)
            .field("response_timeout", &self.response_timeout)
            .field("key_prefix", &self.key_prefix)
            .finish()
    }
}

impl CacheConfig {
    pub(super) fn check(&self) -> Result<(), OpenError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        if !(1..=64).contains(&self.key_prefix.len()) || !self.key_prefix.bytes().all(plain) {
            return Err(OpenError::KeyPrefix);
        }
        if self.response_timeout < Duration::from_millis(1) {
            return Err(OpenError::ResponseTimeout);
        }
        Ok(())
    }
}

/// The address without user, password and query (a socket's address carries its password there).
pub(super) fn without_secrets(url: &Url) -> String {
    let (scheme, host, path) = (url.scheme(), url.host_str().unwrap_or(""), url.path());
    match url.port() {
        Some(port) => format!("{scheme}://{host}:{port}{path}"),
        None => format!("{scheme}://{host}{path}"),
    }
}

/// Why a cache cannot be opened: settings that can never work. A server that is away is no such reason.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The address is not one of a Redis server. The text has no part of it, since it may hold a password.
    #[error(
        "the Redis address is not usable: expected redis://host:port/database, rediss://... for TLS \
         or redis+unix:///path?db=0"
    )]
    RedisUrl,
    /// See [`CacheConfig::key_prefix`].
    #[error("the cache key prefix must be 1 to 64 letters, digits, '_', '-' or '.'")]
    KeyPrefix,
    /// See [`CacheConfig::response_timeout`].
    #[error("the cache response timeout must be at least 1 ms")]
    ResponseTimeout,
    /// With Redis, the cache must be opened inside a Tokio runtime, which then holds its connection.
    #[error("a cache with Redis must be opened inside an asynchronous runtime")]
    NoRuntime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_the_server_and_no_secret() {
        for (url, shown) in [
            ("redis://bob:s3cret@cache.example:6380/2", "redis://cache.example:6380/2"),
            ("rediss://:s3cret@cache.example", "rediss://cache.example"),
            ("redis+unix:///run/redis.sock?pass=s3cret&user=bob", "redis+unix:///run/redis.sock"),
        ] {
            let config = CacheConfig { redis_url: Some(url.parse().unwrap()), ..CacheConfig::default() };
            let debug = format!("{config:?}");
            assert!(debug.contains(shown), "{debug}");
            assert!(!debug.contains("s3cret") && !debug.contains("bob"), "{debug}");
        }
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let with_prefix = |prefix: &str| CacheConfig { key_prefix: prefix.to_owned(), ..CacheConfig::default() };
        assert_eq!(with_prefix("pg-2.test_A").check(), Ok(()));
        for bad in ["", "a:b", "a b", "{a}", "ä", &"a".repeat(65)] {
            assert_eq!(with_prefix(bad).check(), Err(OpenError::KeyPrefix), "{bad}");
        }
        let hasty = CacheConfig { response_timeout: Duration::from_micros(999), ..CacheConfig::default() };
        assert_eq!(hasty.check(), Err(OpenError::ResponseTimeout));
    }
}
