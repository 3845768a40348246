//! Keys of the cache: a type per kind of cached value, and the text under which a value is stored.
//!
//! Knows nothing of backends, and nothing of what the values mean.

use super::value::CacheValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

/// The longest time for which an entry is kept, whatever its key asks for.
pub const MAX_TIME_TO_LIVE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The state of the data that a value was made from, as the writing transactions count it.
///
/// It is part of the key: a write moves every reader to new keys, so nothing is ever voided and a stale entry can no
/// longer be asked for. Two rules keep that true. The version is read *before* the rows, so that a fill that races a
/// commit can only store rows that are newer than their key says, never older; and both are read from the same
/// database server, since a replica that lags behind would hand out old rows for a new version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataVersion(pub i64);

impl DataVersion {
    /// For values that follow from their key alone and hence never change, such as a text stored under its own hash.
    pub const NEVER_CHANGES: Self = Self(0);
}

/// For whom a cached value is the same. Permission is decided after the cache, so a value must be equal for everyone
/// in its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Equal for everybody, visitors included.
    Public,
    /// Equal for all readers of one thing, such as an organization: what kind of thing, and which.
    Of {
        /// A short word for the kind, in lower case, such as `org`.
        kind: &'static str,
        /// Which one.
        id: Uuid,
    },
}

impl Scope {
    /// The scope of one thing; `kind` as in [`Scope::Of`].
    pub fn of(kind: &'static str, id: impl Into<Uuid>) -> Self {
        Self::Of { kind, id: id.into() }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Of { kind, id } => write!(f, "{kind}_{}", id.simple()),
        }
    }
}

/// One kind of cached value: what it is called, what it depends on and how long it is kept.
///
/// The compiler refuses a key whose [`NAME`](Self::NAME) is not made of `a-z`, `0-9` and `-`.
pub trait CacheKey: Sync {
    /// What is stored under the key.
    type Value: CacheValue;
    /// The kind's name, in stored keys and in metrics: 1 to 48 of `a-z`, `0-9` and `-`, unique in the program.
    const NAME: &'static str;
    /// To be raised whenever the shape or the meaning of [`Value`](Self::Value) changes, so that two releases that run
    /// side by side do not read each other's values.
    const SCHEMA: u32;

    /// For whom the value is the same.
    fn scope(&self) -> Scope;

    /// The version of the data that the value is made from.
    fn data_version(&self) -> DataVersion;

    /// How long an entry may be served, at least 1 ms (less is not stored) and at most [`MAX_TIME_TO_LIVE`]. It only
    /// bounds what depends on the clock, and frees memory; changes of data are the business of the data version.
    fn time_to_live(&self) -> Duration;

    /// Writes everything else that tells two values of this kind apart: filter, order, page, language.
    fn encode(&self, into: &mut KeyWriter);
}

/// Takes the parts of a key into a hash. Every part is written with its kind and its length, so two different
/// sequences of parts never run into the same bytes.
pub struct KeyWriter(Sha256);

impl KeyWriter {
    fn part(&mut self, kind: u8, bytes: &[u8]) -> &mut Self {
        // usize has at most 64 bits on every platform that Rust knows.
        self.0.update([kind]);
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// A text, told apart byte by byte (normalize it first where two spellings mean the same).
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.part(b't', text.as_bytes())
    }

    /// Bytes as they are, such as a hash.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.part(b'r', bytes)
    }

    /// A whole number; unsigned and smaller types widen into it.
    pub fn integer(&mut self, number: impl Into<i64>) -> &mut Self {
        self.part(b'i', &number.into().to_be_bytes())
    }

    /// A truth value.
    pub fn boolean(&mut self, truth: bool) -> &mut Self {
        self.part(b'b', &[u8::from(truth)])
    }

    /// An id.
    pub fn id(&mut self, id: impl Into<Uuid>) -> &mut Self {
        self.part(b'u', id.into().as_bytes())
    }

    /// Another data version that the value depends on besides the one in [`CacheKey::data_version`].
    pub fn version(&mut self, version: DataVersion) -> &mut Self {
        self.part(b'v', &version.0.to_be_bytes())
    }

    /// A value that may be absent; absent differs from every present value.
    pub fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) -> &mut Self {
        self.part(b'o', &[u8::from(value.is_some())]);
        if let Some(value) = value {
            write(self, value);
        }
        self
    }

    /// A list, with its length; the order counts (sort it first where it means nothing).
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
        mut write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        let items = items.into_iter();
        self.part(b'l', &(items.len() as u64).to_be_bytes());
        for item in items {
            write(self, item);
        }
        self
    }
}

/// The text under which the value of `key` is stored: `prefix:NAME:SCHEMA:scope:data version:hash`. Its length is
/// bounded by the prefix and the name. It has no braces, so Redis Cluster spreads keys over all slots.
pub(super) fn key_text<K: CacheKey>(prefix: &str, key: &K) -> String {
    const { assert!(is_name(K::NAME), "a cache key's NAME is 1 to 48 of a-z, 0-9 and -") };
    let mut writer = KeyWriter(Sha256::new());
    key.encode(&mut writer);
    let hash = URL_SAFE_NO_PAD.encode(writer.0.finalize());
    let (name, schema) = (K::NAME, K::SCHEMA);
    let (scope, DataVersion(version)) = (key.scope(), key.data_version());
    format!("{prefix}:{name}:{schema}:{scope}:{version}:{hash}")
}

/// How long an entry of `key` is kept, or `None` when it is not to be stored at all.
pub(super) fn stored_for<K: CacheKey>(key: &K) -> Option<Duration> {
    let time = key.time_to_live().min(MAX_TIME_TO_LIVE);
    (time >= Duration::from_millis(1)).then_some(time)
}

const fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9' | b'-') {
            return false;
        }
        at += 1;
    }
    !bytes.is_empty() && bytes.len() <= 48
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    type Parts = fn(&mut KeyWriter);

    struct Probe {
        scope: Scope,
        version: i64,
        parts: Parts,
    }

    impl CacheKey for Probe {
        type Value = String;
        const NAME: &'static str = "probe";
        const SCHEMA: u32 = 3;

        fn scope(&self) -> Scope {
            self.scope
        }
        fn data_version(&self) -> DataVersion {
            DataVersion(self.version)
        }
        fn time_to_live(&self) -> Duration {
            Duration::from_secs(1)
        }
        fn encode(&self, into: &mut KeyWriter) {
            (self.parts)(into);
        }
    }

    fn text(scope: Scope, version: i64, parts: Parts) -> String {
        key_text("pg", &Probe { scope, version, parts })
    }

    #[test]
    fn the_text_names_kind_schema_scope_and_version() {
        let org = Scope::of("org", Uuid::from_u128(7));
        let key = text(org, -4, |w| {
            w.text(&"long ".repeat(10_000));
        });
        let (head, hash) = key.rsplit_once(':').unwrap_or_default();
        assert_eq!(head, "pg:probe:3:org_00000000000000000000000000000007:-4");
        assert_eq!(hash.len(), 43);
        assert!(!key.contains(['{', '}']));
        assert!(text(Scope::Public, 1, |_| ()).starts_with("pg:probe:3:public:1:"));
    }

    #[test]
    fn different_parts_never_share_a_key() {
        let parts: [Parts; 16] = [
            |_| (),
            |w| _ = w.text(""),
            |w| _ = w.text("ab"),
            |w| _ = w.text("a").text("b"),
            |w| _ = w.text("").text("ab"),
            |w| _ = w.integer(1),
            |w| _ = w.version(DataVersion(1)),
            |w| _ = w.boolean(true),
            |w| _ = w.boolean(false),
            |w| _ = w.id(Uuid::nil()),
            |w| _ = w.optional(None::<&str>, |w, t| _ = w.text(t)),
            |w| _ = w.optional(Some(""), |w, t| _ = w.text(t)),
            |w| _ = w.list(["a", "b"], |w, t| _ = w.text(t)),
            |w| _ = w.list(["a"], |w, t| _ = w.text(t)).text("b"),
            |w| _ = w.list(["b", "a"], |w, t| _ = w.text(t)),
            |w| _ = w.list([""; 0], |w, t| _ = w.text(t)),
        ];
        let texts: HashSet<String> = parts.iter().map(|p| text(Scope::Public, 1, *p)).collect();
        assert_eq!(texts.len(), parts.len());
        assert_eq!(text(Scope::Public, 1, parts[3]), text(Scope::Public, 1, parts[3]));
        assert_ne!(text(Scope::Public, 1, parts[3]), text(Scope::Public, 2, parts[3]));
    }

    #[test]
    fn names_are_plain_words() {
        assert!(is_name("directory-page2"));
        for bad in ["", "a:b", "A", "ä", "a b", "{a}", &"a".repeat(49)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
