//! The feed live.

use super::{
    enums::AlertFilter,
    types::{Alert, FeedReset},
};
use crate::{
    event::feed::{self, Followed, Position},
    op::{Fault, Op},
    schema::{
        error::ContextExt,
        request::source::{Course, Step, items},
    },
};
use async_graphql::{Context, Result, SimpleObject, Subscription};
use entity::id::OrganizationId;
use futures::{StreamExt, stream::BoxStream};

/// Root fields of this room.
#[derive(Default)]
pub struct AlertSubscription;

/// One alert of the live feed.
#[derive(SimpleObject)]
pub struct CoSellAlert {
    /// The cursor of the alert: give it as `after`, and the feed goes on exactly behind it.
    pub cursor: String,
    /// The alert.
    pub alert: Alert,
}

#[Subscription]
impl AlertSubscription {
    /// The feed of the viewer's organization, live: every alert once, in the order of the commits. With `after` it begins
    /// exactly behind that cursor, however long ago that was, and joins what happens now without a gap or a repeat; without
    /// it, it begins now. Where the feed cannot go on from the cursor, it says so with a `FeedReset` and goes on with the
    /// oldest alert that is kept. It never ends by itself. Codes: UNAUTHENTICATED, BAD_USER_INPUT.
    async fn co_sell_alerts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor behind which it begins; now where it is left out.")] after: Option<String>,
        #[graphql(desc = "Which; all by default. A `FeedReset` is told whatever the filter says.")] filter: Option<
            AlertFilter,
        >,
    ) -> Result<BoxStream<'static, Result<CoSellAlert>>> {
        let op = ctx.op()?.clone();
        let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
        // A browser that comes back with `Last-Event-ID` says nothing else.
        let after = match ctx.data_opt::<Course>() {
            Some(course) => course.begin_behind(after),
            None => after,
        };
        let after = after.map(|cursor| feed::read_cursor(&op, own, &cursor)).transpose()?;
        let filter = filter.unwrap_or_default().read()?;
        let followed = feed::follow(&op, own, after, filter);
        let told = followed.map(move |item| item.map(|(at, item)| told(&op, own, at, item)).map_err(Into::into));
        Ok(items(ctx, told).boxed())
    }
}

fn told(op: &Op, own: OrganizationId, at: Position, item: Followed) -> Step<CoSellAlert> {
    let cursor = feed::write_cursor(op, own, at);
    let personal = matches!(&item, Followed::Alert(alert) if alert.restricted);
    let alert = match item {
        Followed::Alert(alert) => Alert::of(alert),
        Followed::Reset { reason, head } => Alert::FeedReset(FeedReset::new(own, reason, head, op.now())),
    };
    Step { resume: Some(cursor.clone()), value: CoSellAlert { cursor, alert }, personal }
}
