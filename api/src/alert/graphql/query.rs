//! The feed as pages.

use super::{
    connection::{Alerts, FeedFields, expired},
    enums::AlertFilter,
    types::Alert,
};
use crate::{
    event::feed::{self, Position, Resume},
    op::Fault,
    page::Page,
    schema::error::ContextExt,
};
use async_graphql::{
    Context, Object, Result,
    connection::{Connection, Edge},
};
use std::sync::Arc;

/// Root fields of this room.
#[derive(Default)]
pub struct AlertQuery;

#[Object]
impl AlertQuery {
    /// The feed of the viewer's organization, oldest first: what `coSellAlerts` tells live, as pages with the same cursors.
    /// Codes: UNAUTHENTICATED; CURSOR_EXPIRED where the feed cannot go on from `after`, with `reason`, `head` and `oldest`
    /// in the extensions.
    async fn alerts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts; the oldest that are kept where it is left out.")]
        after: Option<String>,
        #[graphql(desc = "Which; all by default.")] filter: Option<AlertFilter>,
    ) -> Option<Result<Alerts>> {
        Some(alerts(ctx, first, after.as_deref(), filter.unwrap_or_default()).await)
    }
}

async fn alerts(ctx: &Context<'_>, first: Option<i32>, after: Option<&str>, filter: AlertFilter) -> Result<Alerts> {
    let op = ctx.op()?;
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let page = Page::<()>::parse("alerts", first, None)?;
    let after = after.map(|cursor| feed::read_cursor(op, own, cursor)).transpose()?;
    let filter = filter.read()?;
    let head = feed::head(op, own).await?;
    let behind = match feed::resume(&head, Some(after.unwrap_or_else(|| head.oldest()))) {
        Resume::From(behind) => behind,
        Resume::Reset { reason, head, from } => {
            let oldest = Position { epoch: head.epoch, seq: from };
            return Err(expired(op, own, reason, head, oldest));
        }
    };
    let rows = feed::list(op, own, behind, &filter, page.fetch()).await?;
    let slice = page.slice(rows, |_| ());
    let fields = FeedFields::new(own, head, filter);
    let mut connection = Connection::with_additional_fields(after.is_some(), slice.has_next, fields);
    for ((), row) in slice.rows {
        let cursor = feed::write_cursor(op, own, Position { epoch: head.epoch, seq: row.seq });
        connection.edges.push(Edge::new(cursor, Alert::of(Arc::new(row))));
    }
    Ok(connection)
}
