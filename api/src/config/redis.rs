//! Redis, or the twin in the process.

use super::source::{Source, Variable};
use crate::cache::CacheConfig;

const REDIS_URL: Variable = Variable {
    name: "REDIS_URL",
    unit: "URL",
    default: "",
    about: "Redis: `redis://host:6379/` or `rediss://...`; empty keeps the cache in the process.",
    secret: true,
};
const RESPONSE_TIMEOUT: Variable = Variable {
    name: "REDIS_RESPONSE_TIMEOUT",
    unit: "milliseconds",
    default: "50",
    about: "How long a request waits for Redis before it goes on without.",
    secret: false,
};
const MEMORY: Variable = Variable {
    name: "CACHE_MEMORY",
    unit: "MiB",
    default: "64",
    about: "Memory of the cache in the process, used without Redis.",
    secret: false,
};
const PREFIX: Variable = Variable {
    name: "CACHE_PREFIX",
    unit: "text",
    default: "pg",
    about: "The first part of every key in Redis, so that installations can share one.",
    secret: false,
};

pub(super) fn read(source: &mut Source<'_>) -> CacheConfig {
    let address = source.text(REDIS_URL);
    let redis_url = match url::Url::parse(&address) {
        Ok(url) if matches!(url.scheme(), "redis" | "rediss") => Some(url),
        _ if address.is_empty() => None,
        _ => {
            source.problem(REDIS_URL.name, "must begin with `redis://` or `rediss://`.");
            None
        }
    };
    let response_timeout = source.positive_milliseconds(RESPONSE_TIMEOUT);
    let memory_bytes = source.parsed::<u64>(MEMORY, 64).saturating_mul(1024 * 1024);
    let key_prefix = source.text(PREFIX);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if key_prefix.len() > 64 || !key_prefix.bytes().all(plain) {
        source.problem(PREFIX.name, "must be 1 to 64 letters, digits, `_`, `-` or `.`.");
    }
    CacheConfig { redis_url, response_timeout, memory_bytes, key_prefix }
}
