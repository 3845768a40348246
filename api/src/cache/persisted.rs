//! Texts of persisted queries under their own hashes. The protocol around them is not known here.

use super::key::{CacheKey, DataVersion, KeyWriter, Scope};
use super::value::Raw;
use super::{Cache, MAX_VALUE_BYTES};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str;
use std::time::Duration;

/// How long a text is kept after it was last stored. Reading does not lengthen it: a client whose text has expired
/// sends it once more, which costs less than a write at every read.
const TIME_TO_LIVE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// SHA-256 of a document's UTF-8 text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentHash([u8; 32]);

impl DocumentHash {
    /// The hash of `text`.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Reads 64 hexadecimal digits, in lower or upper case; `None` for anything else.
    pub fn parse(digits: &str) -> Option<Self> {
        let digits: &[u8; 64] = digits.as_bytes().try_into().ok()?;
        let value = |digit: u8| char::from(digit).to_digit(16).and_then(|v| u8::try_from(v).ok());
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Some(Self(hash))
    }
}

impl fmt::Display for DocumentHash {
    /// 64 hexadecimal digits in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for DocumentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentHash({self})")
    }
}

impl CacheKey for DocumentHash {
    type Value = Raw;
    const NAME: &'static str = "persisted-query";
    const SCHEMA: u32 = 1;

    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn data_version(&self) -> DataVersion {
        DataVersion::NEVER_CHANGES
    }

    fn time_to_live(&self) -> Duration {
        TIME_TO_LIVE
    }

    fn encode(&self, into: &mut KeyWriter) {
        into.bytes(&self.0);
    }
}

/// A store of document texts for 7 days, which forgets whenever the cache does.
#[derive(Clone, Debug)]
pub struct PersistedQueries(Cache);

impl PersistedQueries {
    /// Texts are kept in `cache`, shared by all who use the same one.
    pub fn new(cache: Cache) -> Self {
        Self(cache)
    }

    /// The text with this hash, when it is known. It is checked again, so a damaged or forged entry is unknown.
    pub async fn get(&self, hash: DocumentHash) -> Option<String> {
        let Raw(bytes) = self.0.get(&hash).await?;
        let text = str::from_utf8(&bytes).ok()?;
        (DocumentHash::of(text) == hash).then(|| text.to_owned())
    }

    /// Keeps `text`. The caller has bounded its length and tells the client when hash and text do not belong
    /// together; here such a text, or one over [`MAX_VALUE_BYTES`], is just not kept.
    pub async fn put(&self, hash: DocumentHash, text: &str) {
        if text.len() <= MAX_VALUE_BYTES && DocumentHash::of(text) == hash {
            let value = Raw(Bytes::copy_from_slice(text.as_bytes()));
            self.0.put(&hash, &value).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::CacheConfig;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_hash_is_64_hexadecimal_digits() {
        assert_eq!(DocumentHash::parse(EMPTY), Some(DocumentHash::of("")));
        assert_eq!(DocumentHash::parse(&EMPTY.to_uppercase()), Some(DocumentHash::of("")));
        assert_eq!(DocumentHash::of("").to_string(), EMPTY);
        let foreign = EMPTY.replace("e3", "g3");
        let wide = format!("{}ä", &EMPTY[..62]);
        for bad in ["", &EMPTY[1..], &format!("{EMPTY}0"), &foreign, &wide] {
            assert_eq!(DocumentHash::parse(bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn a_text_comes_back_under_its_own_hash_only() {
        let cache = Cache::open(&CacheConfig::default()).unwrap();
        let queries = PersistedQueries::new(cache.clone());
        let text = "query { viewer { id } }";
        let hash = DocumentHash::of(text);
        assert_eq!(queries.get(hash).await, None);
        queries.put(hash, text).await;
        assert_eq!(queries.get(hash).await.as_deref(), Some(text));

        let other = DocumentHash::of("query { other }");
        queries.put(other, text).await;
        assert_eq!(cache.get(&other).await, None);
        // An entry that somebody else wrote into the shared store.
        cache.put(&other, &Raw(Bytes::from_static(b"query { forged }"))).await;
        assert_eq!(queries.get(other).await, None);
    }
}
