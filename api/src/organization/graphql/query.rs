//! What can be asked about organizations.

use super::types::Organization;
use crate::{organization::store, schema::error::ContextExt};
use async_graphql::{Context, Object, Result};

/// Root fields of this room.
#[derive(Default)]
pub struct OrganizationQuery;

#[Object]
impl OrganizationQuery {
    /// The organization with this slug; null where it is unknown or the viewer may not see it.
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization's slug.")] slug: String,
    ) -> Option<Result<Organization>> {
        async { Ok(store::find_by_slug(ctx.op()?, &slug).await?.map(Organization)) }.await.transpose()
    }
}
