//! What a person has read.

use super::connection::{clamped, expired};
use crate::{
    event::feed::{self, Head, Position, Resume},
    op::{ErrorCode, Fault, Op, Refusal},
    schema::error::{ContextExt, UserError},
};
use async_graphql::{Context, Object, Result, SimpleObject};

/// Root fields of this room.
#[derive(Default)]
pub struct AlertMutation;

/// What came of `alertsMarkRead`.
#[derive(SimpleObject)]
pub struct AlertsMarkReadPayload {
    /// The cursor up to which the viewer has read now, which may be further on than the given one; null where nothing was
    /// done.
    pub read_cursor: Option<String>,
    /// How many alerts are unread now; null where nothing was done.
    pub unread_count: Option<i32>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl AlertMutation {
    /// Marks the feed of the viewer's organization as read up to a cursor, for the viewer only; a cursor before that
    /// changes nothing. Requires: a person. Codes: NOT_ALLOWED for an API key; at the top level UNAUTHENTICATED,
    /// BAD_USER_INPUT, and CURSOR_EXPIRED for a cursor of another epoch or beyond the newest alert.
    async fn alerts_mark_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor of the last alert that was read.")] cursor: String,
    ) -> Option<Result<AlertsMarkReadPayload>> {
        Some(async { mark_read(ctx.op()?, &cursor).await }.await)
    }
}

async fn mark_read(op: &Op, cursor: &str) -> Result<AlertsMarkReadPayload> {
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    if op.actor.person().is_none() {
        let refusal = Refusal::of("", ErrorCode::NotAllowed, "An API key reads for nobody.");
        let user_errors = vec![refusal.into()];
        return Ok(AlertsMarkReadPayload { read_cursor: None, unread_count: None, user_errors });
    }
    let position = feed::read_cursor(op, own, cursor)?;
    let head = feed::head(op, own).await?;
    // What is no longer kept may have been read all the same.
    let reached = Head { trimmed: 0, ..head };
    if let Resume::Reset { reason, head: newest, .. } = feed::resume(&reached, Some(position)) {
        return Err(expired(op, own, reason, newest, head.oldest()));
    }
    let read: Position = feed::mark_read(op, position).await?;
    Ok(AlertsMarkReadPayload {
        read_cursor: Some(feed::write_cursor(op, own, read)),
        unread_count: feed::unread_count(op).await?.map(clamped),
        user_errors: Vec::new(),
    })
}
