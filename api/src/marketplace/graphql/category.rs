//! Categories in the schema.

use crate::{
    marketplace::{
        graphql::loader::{ChildrenOf, ListingCount},
        model,
    },
    schema::loader::load,
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// A category of the marketplace. Categories are a tree and public.
pub struct Category(pub model::Category);

/// A category of the marketplace. Categories are a tree and public.
#[Object]
impl Category {
    /// The category's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// Unique in the installation: the slugs of its name and of those above it at the time it was made, joined by
    /// hyphens; 1 to 80 characters. It never changes.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The display name, 1 to 80 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The category that it is under; null at the top.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<Category>> {
        let parent = self.0.parent_id?;
        load(ctx, parent).await.map(|found| found.map(Category)).transpose()
    }

    /// The categories directly under it, by name; at most 200.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        let rows = load(ctx, ChildrenOf(self.0.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Category).collect())
    }

    /// How many public listings are in it or below it.
    async fn listing_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let total = load(ctx, ListingCount(self.0.id)).await?.unwrap_or_default();
        Ok(i32::try_from(total).unwrap_or(i32::MAX))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }
}
