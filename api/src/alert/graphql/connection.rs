//! Pages of the feed: a connection whose cursors are those of the live feed.

use super::types::Alert;
use crate::{
    event::feed::{self, Head, Position, ResetReason},
    op::Op,
    schema::error::{ContextExt, code},
};
use async_graphql::{
    Context, Error, ErrorExtensions, Object, Result,
    connection::{Connection, EmptyFields},
};
use entity::id::OrganizationId;

/// What a page of alerts has besides its edges.
pub struct FeedFields {
    organization: OrganizationId,
    head: Head,
    filter: feed::AlertFilter,
}

impl FeedFields {
    /// The fields of a page of this feed, read when the feed was at `head`.
    #[must_use]
    pub fn new(organization: OrganizationId, head: Head, filter: feed::AlertFilter) -> Self {
        Self { organization, head, filter }
    }
}

#[Object]
impl FeedFields {
    /// The cursor behind the newest alert, whatever the page and the filter; there is one even where there is no alert yet.
    /// Read it before you subscribe with `coSellAlerts(after:)`, and you miss nothing from that moment on.
    async fn head_cursor(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(feed::write_cursor(ctx.op()?, self.organization, self.head.position()))
    }

    /// How many alerts of the feed the viewer has not marked as read, whatever the page and the filter; null for an API
    /// key, which reads for nobody.
    async fn unread_count(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        async { Ok(feed::unread_count(ctx.op()?).await?.map(clamped)) }.await.transpose()
    }

    /// How many alerts are kept that the filter wants, whatever the page; exact, and counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(clamped(feed::count(ctx.op()?, self.organization, &self.filter).await?))
    }
}

/// Counts are 32 bits in GraphQL.
pub(super) fn clamped(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A page of alerts, oldest first.
pub type Alerts = Connection<String, Alert, FeedFields, EmptyFields>;

/// The error of a cursor that the feed cannot go on from. It says the same as a reset in the stream does.
pub(super) fn expired(
    op: &Op,
    organization: OrganizationId,
    reason: ResetReason,
    head: Position,
    oldest: Position,
) -> Error {
    let reason = match reason {
        ResetReason::Trimmed => "TRIMMED",
        ResetReason::OtherEpoch => "OTHER_EPOCH",
        ResetReason::BeyondHead => "BEYOND_HEAD",
    };
    let cursor = |position| feed::write_cursor(op, organization, position);
    let message = "The feed cannot go on from this cursor. What is kept begins behind `oldest`.";
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code::CURSOR_EXPIRED);
        extensions.set("reason", reason);
        extensions.set("head", cursor(head));
        extensions.set("oldest", cursor(oldest));
    })
}
