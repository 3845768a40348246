//! One loader a request: it collects the keys that the fields of one level ask for, and each domain reads them with one
//! statement. A loader acts as the request's actor, so batching never widens what can be seen; what is invisible is
//! missing from the answer, never an error.

use crate::op::{Fault, Op};
use async_graphql::{
    Context, Error,
    dataloader::{DataLoader, Loader},
};
use std::{collections::HashMap, hash::Hash, sync::Arc, time::Duration};

/// What loaders are implemented on: `impl Loader<Key> for Batch` in each domain's `graphql/loader.rs`.
pub struct Batch {
    /// The request.
    pub op: Op,
}

/// What a loader gives: the values of the keys that are known and visible.
pub type Found<K, V> = Result<HashMap<K, V>, Arc<Fault>>;

/// The loader of a request.
pub type Loaders = DataLoader<Batch>;

/// The loader for a request, new for each.
///
/// A batch waits for no time: it is a task of the thread that asks, so its turn comes when everything that could ask in
/// this turn has asked. The library would wait a millisecond for each level of a request, on a thread of its own.
#[must_use]
pub fn loaders(op: Op) -> Loaders {
    DataLoader::new(Batch { op }, tokio::spawn).delay(Duration::ZERO)
}

/// The values of each key, in their order.
pub fn grouped<K: Hash + Eq, V>(pairs: impl IntoIterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}

/// Loads one value; `None` where it is unknown or invisible.
///
/// # Errors
/// What the domain's read gave.
pub async fn load<K>(ctx: &Context<'_>, key: K) -> async_graphql::Result<Option<<Batch as Loader<K>>::Value>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Batch: Loader<K, Error = Arc<Fault>>,
{
    let loaders = ctx.data_opt::<Loaders>().ok_or_else(|| Error::from(Fault::internal("no loaders in the context")))?;
    loaders.load_one(key).await.map_err(|fault| Error::from(Fault::clone(&fault)))
}

/// Loads many values with the same key type, in the order of the keys; what is unknown or invisible is left out.
///
/// # Errors
/// What the domain's read gave.
pub async fn load_many<K>(ctx: &Context<'_>, keys: Vec<K>) -> async_graphql::Result<Vec<<Batch as Loader<K>>::Value>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Batch: Loader<K, Error = Arc<Fault>>,
{
    let loaders = ctx.data_opt::<Loaders>().ok_or_else(|| Error::from(Fault::internal("no loaders in the context")))?;
    let mut found = loaders.load_many(keys.clone()).await.map_err(|fault| Error::from(Fault::clone(&fault)))?;
    Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
}
