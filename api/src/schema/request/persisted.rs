//! Automatic persisted queries, Apollo's protocol: a client sends the hash of a document, and the document itself only
//! when the server does not know it. Where documents are kept is the cache's matter.

use async_graphql::Value;

use super::{
    code::Code,
    refusal::{Refusal, problem},
};
use crate::cache::{DocumentHash, PersistedQueries};

/// The `persistedQuery` extension of a request, version 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersistedQuery {
    /// SHA-256 of the document.
    pub hash: DocumentHash,
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
    let hash = match map.get("sha256Hash") {
        Some(Value::String(digits)) => DocumentHash::parse(digits),
        _ => None,
    };
    hash.map(|hash| Some(PersistedQuery { hash }))
        .ok_or_else(|| Refusal::malformed("Extension \"persistedQuery\" needs \"sha256Hash\" of 64 hexadecimal digits"))
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
    pub(super) hash: DocumentHash,
    pub(super) keep: bool,
}

/// Finds the document of a request that carries a text, a hash or both.
pub(super) async fn resolve(
    query: Option<String>,
    persisted: Option<&PersistedQuery>,
    kept: Option<&PersistedQueries>,
) -> Result<Resolved, Refusal> {
    match (query, persisted, kept) {
        (Some(text), None, _) => {
            let hash = DocumentHash::of(&text);
            Ok(Resolved { text, hash, keep: false })
        }
        (Some(text), Some(persisted), Some(_)) => {
            let hash = DocumentHash::of(&text);
            if hash != persisted.hash {
                return Err(Refusal::malformed("The document does not have the hash that was sent with it"));
            }
            Ok(Resolved { text, hash, keep: true })
        }
        (None, Some(persisted), Some(kept)) => {
            let text = kept.get(persisted.hash).await.ok_or_else(not_found)?;
            Ok(Resolved { text, hash: persisted.hash, keep: false })
        }
        (_, Some(_), None) => Err(not_supported()),
        (None, None, _) => Err(Refusal::malformed("Parameter \"query\" is required")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::refusal::{Stage, code_of};
    use super::*;
    use crate::cache::{Cache, CacheConfig};

    const TEXT: &str = "{__typename}";
    const HASH: &str = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";

    fn extension(version: i32, hash: &str) -> Value {
        serde_json::from_value(serde_json::json!({"version": version, "sha256Hash": hash})).unwrap()
    }

    #[test]
    fn only_version_1_is_spoken() {
        let read = from_extension(extension(1, HASH)).unwrap().unwrap();
        assert_eq!(read.hash, DocumentHash::of(TEXT));
        let refusal = from_extension(extension(2, HASH)).unwrap_err();
        assert_eq!(code_of(&refusal.errors[0]), Some(Code::PersistedQueryNotSupported));
        for value in [extension(1, "abc"), extension(1, &"x".repeat(64)), Value::from(1)] {
            assert_eq!(from_extension(value).unwrap_err().stage, Stage::Malformed);
        }
        assert_eq!(from_extension(Value::Null).unwrap(), None);
    }

    #[tokio::test]
    async fn a_hash_finds_what_was_kept_under_it() {
        let kept = PersistedQueries::new(Cache::open(&CacheConfig::default()).unwrap());
        let asked = PersistedQuery { hash: DocumentHash::of(TEXT) };
        let code = async |query: Option<&str>, kept: Option<&PersistedQueries>| {
            resolve(query.map(Into::into), Some(&asked), kept)
                .await
                .map(|found| found.keep)
                .map_err(|refusal| code_of(&refusal.errors[0]).unwrap())
        };
        assert_eq!(code(None, Some(&kept)).await, Err(Code::PersistedQueryNotFound));
        assert_eq!(code(None, None).await, Err(Code::PersistedQueryNotSupported));
        assert_eq!(code(Some("{ other }"), Some(&kept)).await, Err(Code::BadUserInput));
        assert_eq!(code(Some(TEXT), Some(&kept)).await, Ok(true));
        kept.put(asked.hash, TEXT).await;
        assert_eq!(code(None, Some(&kept)).await, Ok(false));
    }
}
