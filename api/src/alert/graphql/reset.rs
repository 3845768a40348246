//! The word that a feed cannot go on from where its reader was.

use super::enums::FeedResetReason;
use crate::{
    alert::model::reset_id,
    event::feed::{self, Position, ResetReason},
    organization::graphql::actor::Actor,
    schema::error::ContextExt,
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::{OrganizationId, TypedId};

/// The feed could not go on from the cursor that it was asked to, and goes on with the oldest alert that is kept. Whoever
/// keeps a copy of what the alerts are about reads it anew. It is told in the live feed only, and is none of its alerts.
pub struct FeedReset {
    organization: OrganizationId,
    reason: ResetReason,
    head: Position,
    at: DateTime<Utc>,
}

impl FeedReset {
    /// A reset of the feed of `organization` that is told at `at`.
    #[must_use]
    pub fn new(organization: OrganizationId, reason: ResetReason, head: Position, at: DateTime<Utc>) -> Self {
        Self { organization, reason, head, at }
    }
}

/// The feed could not go on from the cursor that it was asked to, and goes on with the oldest alert that is kept. Whoever
/// keeps a copy of what the alerts are about reads it anew. It is told in the live feed only, and is none of its alerts.
#[Object]
impl FeedReset {
    /// An id by which the same reset is known again; nothing can be fetched by it.
    pub async fn id(&self) -> ID {
        ID(reset_id(self.organization, self.reason, self.head).global())
    }

    /// When it was told.
    pub async fn occurred_at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Always null: nobody does it.
    pub async fn actor(&self) -> Option<Result<Actor>> {
        None
    }

    /// Why.
    async fn reason(&self) -> FeedResetReason {
        self.reason.into()
    }

    /// The cursor behind the newest alert: for who reads everything anew and goes on from there.
    async fn head(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(feed::write_cursor(ctx.op()?, self.organization, self.head))
    }
}
