//! How values become bytes and are read back.

use super::fault::Fault;
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest encoded value that is stored, in bytes. A longer one is handed to its reader and not kept.
pub const MAX_VALUE_BYTES: usize = 512 * 1024;

/// What can be cached. Everything that serde can write and read back is stored as JSON; [`Raw`] as it is.
pub trait CacheValue: Sized + Send + Sync {
    /// The stored form, or `None` when the value cannot be written.
    fn to_bytes(&self) -> Option<Bytes>;

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; `None` when the bytes are anything else, which is a miss.
    fn from_bytes(bytes: Bytes) -> Option<Self>;
}

impl<T: Serialize + DeserializeOwned + Send + Sync> CacheValue for T {
    fn to_bytes(&self) -> Option<Bytes> {
        serde_json::to_vec(self).ok().map(Bytes::from)
    }

    fn from_bytes(bytes: Bytes) -> Option<Self> {
        // The error is dropped on purpose: its text may quote the value.
        serde_json::from_slice(&bytes).ok()
    }
}

/// Bytes that are stored as they are, such as a finished response body: reading them back copies nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw(pub Bytes);

impl CacheValue for Raw {
    fn to_bytes(&self) -> Option<Bytes> {
        Some(self.0.clone())
    }

    fn from_bytes(bytes: Bytes) -> Option<Self> {
        Some(Self(bytes))
    }
}

pub(super) fn encode<V: CacheValue>(value: &V) -> Result<Bytes, Fault> {
    value.to_bytes().ok_or(Fault::Unwritable)
}

pub(super) fn decode<V: CacheValue>(bytes: Bytes) -> Result<V, Fault> {
    V::from_bytes(bytes).ok_or(Fault::Unreadable)
}
