//! Reviews in the schema.

use crate::{
    marketplace::{
        graphql::{enums::ModerationStatus, listing::Listing},
        model,
    },
    organization::graphql::types::Organization,
    schema::{error::ContextExt, loader::load},
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{id::TypedId, value::Role};

/// What the published reviews of a listing add up to.
#[derive(SimpleObject, Clone, Copy, Debug, PartialEq)]
pub struct Rating {
    /// The average of the ratings, 1 to 5; null without one.
    pub average: Option<f64>,
    /// How many published reviews there are.
    pub count: i32,
}

impl Rating {
    /// The rating of a listing.
    #[must_use]
    pub fn of(listing: &model::Listing) -> Self {
        let average = (listing.rating_count > 0).then(|| listing.rating_sum as f64 / f64::from(listing.rating_count));
        Self { average, count: listing.rating_count }
    }
}

/// What an organization says about a listing. Everybody sees published ones; its author and the operator see it always.
pub struct Review(pub model::Review);

/// What an organization says about a listing. Everybody sees published ones; its author and the operator see it always.
#[Object]
impl Review {
    /// The review's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// What it is about; null where the viewer may not see that any more.
    async fn listing(&self, ctx: &Context<'_>) -> Option<Result<Listing>> {
        load(ctx, self.0.listing_id).await.map(|found| found.map(Listing)).transpose()
    }

    /// Who says it; null where the viewer may not see that organization.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.organization_id).await.map(|found| found.map(Organization)).transpose()
    }

    /// 1, the worst, to 5, the best.
    async fn rating(&self) -> i32 {
        self.0.rating
    }

    /// A headline, at most 120 characters.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// The text, at most 4,000 characters.
    async fn text(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// What became of it. Only published ones count.
    async fn status(&self) -> ModerationStatus {
        self.0.status.into()
    }

    /// Why it was rejected; null for all but its author and the operator.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let op = ctx.op()?;
        let concerned = op.actor.holds(self.0.organization_id, Role::Viewer) || op.actor.operates(Role::Viewer);
        Ok(self.0.reason.as_deref().filter(|_| concerned))
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed or decided on.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }
}
