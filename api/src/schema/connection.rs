//! Relay connections: the stock edges and page information, and a `totalCount` that is counted only when asked for.

use crate::{
    op::{Fault, Op},
    page::{Slice, write_cursor},
    schema::{
        error::ContextExt,
        loader::{Batch, load},
    },
};
use async_graphql::{
    Context, Object, OutputType, Result,
    connection::{Connection, Edge, EmptyFields},
    dataloader::Loader,
};
use futures::future::BoxFuture;
use serde::Serialize;
use std::{hash::Hash, sync::Arc};

/// How the total is found, should somebody ask.
type Counting = Arc<dyn for<'a> Fn(&'a Context<'a>) -> BoxFuture<'a, Result<u64>> + Send + Sync>;

/// The additional field of all connections.
pub struct Total(Counting);

impl Total {
    /// A total that is counted by `count` when the field is asked for.
    pub fn counted<F>(count: impl Fn(Op) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<u64, Fault>> + Send + 'static,
    {
        let count = Arc::new(count);
        Self(Arc::new(move |ctx| {
            let count = Arc::clone(&count);
            Box::pin(async move { Ok(count(ctx.op()?.clone()).await?) })
        }))
    }

    /// A total that is counted together with those of the same level: for connections below a list. What the loader
    /// does not find counts as none.
    pub fn loaded<K>(key: K) -> Self
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Batch: Loader<K, Value = u64, Error = Arc<Fault>>,
    {
        Self(Arc::new(move |ctx| {
            let key = key.clone();
            Box::pin(async move { Ok(load(ctx, key).await?.unwrap_or_default()) })
        }))
    }

    /// A total that is known already.
    #[must_use]
    pub fn known(total: u64) -> Self {
        Self::counted(move |_| async move { Ok(total) })
    }
}

#[Object]
impl Total {
    /// How many there are in all, whatever the page; exact, and counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let total = (self.0)(ctx).await?;
        Ok(i32::try_from(total).unwrap_or(i32::MAX))
    }
}

/// A connection of `N`, with edges, the `nodes` shortcut, page information and the total.
pub type List<N> = Connection<String, N, Total, EmptyFields>;

/// Makes a connection of a page. `order` is the name that the page was parsed with.
///
/// # Errors
/// Internal faults only.
pub fn list<T, N, K>(slice: Slice<T, K>, order: &str, total: Total, node: impl Fn(T) -> N) -> Result<List<N>>
where
    N: OutputType,
    K: Serialize,
{
    let mut connection = Connection::with_additional_fields(slice.has_previous, slice.has_next, total);
    for (position, row) in slice.rows {
        let cursor = write_cursor(order, &position)?;
        connection.edges.push(Edge::new(cursor, node(row)));
    }
    Ok(connection)
}
