//! What account mapping has of a process: its settings, and the word that something is to be compared.

use crate::db::Tx;
use std::sync::Arc;
use tokio::sync::Notify;

/// How account mapping is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingSettings {
    /// Where a partner shows only counts, smaller ones are withheld; 1 withholds none but zero.
    pub count_threshold: i32,
    /// Bytes of memory for the lists that are compared, about.
    pub memory_bytes: usize,
}

impl Default for MappingSettings {
    /// 5; 600 MiB.
    fn default() -> Self {
        Self { count_threshold: 5, memory_bytes: 600 * 1024 * 1024 }
    }
}

/// What account mapping has of a process.
#[derive(Debug)]
pub struct Mapping {
    /// See [`MappingSettings::count_threshold`].
    pub count_threshold: i32,
    wake: Notify,
}

impl Default for Mapping {
    fn default() -> Self {
        Self::new(&MappingSettings::default())
    }
}

impl Mapping {
    /// With these settings.
    #[must_use]
    pub fn new(settings: &MappingSettings) -> Self {
        Self { count_threshold: settings.count_threshold, wake: Notify::new() }
    }

    /// Says that lists or agreements changed, after the commit that changed them. Who looks finds out by itself what that
    /// was, and would have a second later without the word.
    pub fn notify(&self) {
        self.wake.notify_one();
    }

    /// The same, as soon as the transaction is committed.
    pub fn notify_after(self: &Arc<Self>, tx: &Tx) {
        let mapping = Arc::clone(self);
        tx.afterwards(move || mapping.notify());
    }

    /// Waits for the word.
    pub async fn changed(&self) {
        self.wake.notified().await;
    }
}
