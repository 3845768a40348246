//! Automatic persisted queries, Apollo's protocol: a client sends the hash of a document, and the document itself only
//! when the server does not know it. It knows no cache: the store is somebody else's.

use async_graphql::Value;
use async_trait::async_trait;
use sha2::{Digest, Sha256};

use super::{
    code::Code,
    refusal::{Refusal, problem},
};

/// Where documents are kept. Losing one costs a client one more round trip, so a store may forget at any time, and its
/// faults are misses that it logs itself.
#[async_trait]
pub trait PersistedQueryStore: Send + Sync {
    /// The document of this hash (64 lower-case hexadecimal digits), or `None`.
    async fn get(&self, hash: &str) -> Option<String>;

    /// Keeps a document under its hash. Called only with documents that were parsed, judged and validated, each of at
    /// most [`Limits::document_bytes`](super::limits::Limits::document_bytes).
    async fn put(&self, hash: &str, document: &str);
}

/// A store inside the process.
pub struct MemoryPersistedQueries {
    documents: moka::sync::Cache<String, String>,
}

impl MemoryPersistedQueries {
    /// A store of at most `bytes` of documents; the least used ones go first.
    pub fn new(bytes: u64) -> Self {
        let documents = moka::sync::Cache::builder()
            .max_capacity(bytes)
            .weigher(|hash: &String, document: &String| u32::try_from(hash.len() + document.len()).unwrap_or(u32::MAX))
            .build();
        Self { documents }
    }
}

#[async_trait]
impl PersistedQueryStore for MemoryPersistedQueries {
    async fn get(&self, hash: &str) -> Option<String> {
        self.documents.get(hash)
    }

    async fn put(&self, hash: &str, document: &str) {
        self.documents.insert(hash.to_owned(), document.to_owned());
    }
}

/// The `persistedQuery` extension of a request, version 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersistedQuery {
    /// 64 lower-case hexadecimal digits.
    pub hash: String,
}

/// Reads the extension; `None` where it is null.
pub(super) fn from_extension(value: Value) -> Result<Option<PersistedQuery>, Refusal> {
    let map = match value {
        Value::Null => return Ok(None),
        Value::Object(map) => map,
        _ => return Err(Refusal::malformed("Extension \"persistedQuery\" must be an object")),
    };
    if map.get("version") != Some(&Value::from(1)) {
        return Err(not_supported());
    }
    match map.get("sha256Hash") {
        Some(Value::String(hash)) if is_hash(hash) => Ok(Some(PersistedQuery { hash: hash.to_ascii_lowercase() })),
        _ => Err(Refusal::malformed("Extension \"persistedQuery\" needs \"sha256Hash\" of 64 hexadecimal digits")),
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The answer of a server that keeps no documents, or not in the version asked for.
pub(super) fn not_supported() -> Refusal {
    Refusal::request(problem(Code::PersistedQueryNotSupported, "PersistedQueryNotSupported"))
}

/// The answer on which a client sends the document.
fn not_found() -> Refusal {
    Refusal::request(problem(Code::PersistedQueryNotFound, "PersistedQueryNotFound"))
}

/// The document of a request, and whether to keep it once it has proved valid.
pub(super) struct Resolved {
    pub(super) text: String,
    pub(super) hash: [u8; 32],
    pub(super) keep: bool,
}

/// Finds the document of a request that carries a text, a hash or both.
pub(super) async fn resolve(
    query: Option<String>,
    persisted: Option<&PersistedQuery>,
    store: Option<&dyn PersistedQueryStore>,
) -> Result<Resolved, Refusal> {
    let (persisted, store) = match (query, persisted, store) {
        (Some(text), None, _) => {
            let hash = digest(&text);
            return Ok(Resolved { text, hash, keep: false });
        }
        (Some(text), Some(persisted), Some(_)) => {
            let hash = digest(&text);
            if hexadecimal(&hash) != persisted.hash {
                return Err(Refusal::malformed("The document does not have the hash that was sent with it"));
            }
            return Ok(Resolved { text, hash, keep: true });
        }
        (None, Some(persisted), Some(store)) => (persisted, store),
        (_, Some(_), None) => return Err(not_supported()),
        (None, None, _) => return Err(Refusal::malformed("Parameter \"query\" is required")),
    };
    let text = store.get(&persisted.hash).await.ok_or_else(not_found)?;
    let hash = digest(&text);
    // What comes back is checked like what came in: a store is shared, and a wrong document is worse than none.
    if hexadecimal(&hash) != persisted.hash {
        tracing::warn!(hash = %persisted.hash, "the store of persisted queries gave another document");
        return Err(not_found());
    }
    Ok(Resolved { text, hash, keep: false })
}

/// SHA-256 of a text.
pub(super) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::super::refusal::{Stage, code_of};
    use super::*;

    const TEXT: &str = "{__typename}";
    const HASH: &str = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";

    fn extension(version: i32, hash: &str) -> Value {
        serde_json::from_value(serde_json::json!({"version": version, "sha256Hash": hash})).unwrap()
    }

    #[test]
    fn the_digest_is_the_one_that_clients_compute() {
        assert_eq!(hexadecimal(&digest(TEXT)), HASH);
    }

    #[test]
    fn only_version_1_is_spoken() {
        assert_eq!(from_extension(extension(1, HASH)).unwrap().unwrap().hash, HASH);
        let refusal = from_extension(extension(2, HASH)).unwrap_err();
        assert_eq!(code_of(&refusal.errors[0]), Some(Code::PersistedQueryNotSupported));
        for value in [extension(1, "abc"), extension(1, &"x".repeat(64)), Value::from(1)] {
            assert_eq!(from_extension(value).unwrap_err().stage, Stage::Malformed);
        }
        assert_eq!(from_extension(Value::Null).unwrap(), None);
    }

    #[tokio::test]
    async fn a_hash_finds_what_was_kept_under_it_and_nothing_else() {
        let store = MemoryPersistedQueries::new(10_000);
        let asked = PersistedQuery { hash: HASH.into() };
        let code = async |query: Option<&str>, asked: &PersistedQuery, store: Option<&dyn PersistedQueryStore>| {
            resolve(query.map(Into::into), Some(asked), store)
                .await
                .map(|found| found.keep)
                .map_err(|refusal| code_of(&refusal.errors[0]).unwrap())
        };
        assert_eq!(code(None, &asked, Some(&store)).await, Err(Code::PersistedQueryNotFound));
        assert_eq!(code(None, &asked, None).await, Err(Code::PersistedQueryNotSupported));
        assert_eq!(code(Some("{ other }"), &asked, Some(&store)).await, Err(Code::BadUserInput));
        assert_eq!(code(Some(TEXT), &asked, Some(&store)).await, Ok(true));
        store.put(HASH, TEXT).await;
        assert_eq!(code(None, &asked, Some(&store)).await, Ok(false));
        store.put(HASH, "{ forged }").await;
        assert_eq!(code(None, &asked, Some(&store)).await, Err(Code::PersistedQueryNotFound));
    }
}
