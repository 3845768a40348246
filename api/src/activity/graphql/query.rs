//! What can be asked about activities by their id; the lists are below opportunities and partnerships.

use super::types::Activity;
use crate::schema::{loader::load, node};
use async_graphql::{Context, ID, Object, Result};
use entity::id::ActivityId;

/// Root fields of this room.
#[derive(Default)]
pub struct ActivityQuery;

#[Object]
impl ActivityQuery {
    /// The activity with this id; null where it is unknown or the viewer may not read it.
    async fn activity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The activity's id.")] id: ID,
    ) -> Option<Result<Activity>> {
        let found = async { load(ctx, node::parse::<ActivityId>(&id)?).await };
        found.await.map(|row| row.map(Activity)).transpose()
    }
}
