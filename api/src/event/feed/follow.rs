//! A feed as a stream: what was missed, then what happens, as one sequence.

use super::{
    Alert, AlertFilter, Listener, LiveEvent,
    resume::{Position, ResetReason},
};
use crate::op::{Fault, Op};
use entity::id::OrganizationId;
use futures::{Stream, stream};
use std::sync::Arc;

/// What a follower gets.
#[derive(Clone, Debug, PartialEq)]
pub enum Followed {
    /// An alert.
    Alert(Arc<Alert>),
    /// The feed cannot go on from where the follower was. It goes on with the oldest alert that is kept.
    Reset {
        /// Why.
        reason: ResetReason,
        /// The place behind the newest alert, for who reads everything anew.
        head: Position,
    },
}

/// Follows the feed of an organization from behind `after`, or from now on, each item with the place to go on behind. It
/// never ends by itself and waits while the database is away. Whether the actor may read the feed is decided by the
/// caller, at the beginning and whenever [`Hub::access`](super::Hub::access) tells.
///
/// An item is an error only where the database fails for seconds before the first one; it is then the last.
pub fn follow(
    op: &Op,
    organization: OrganizationId,
    after: Option<Position>,
    filter: AlertFilter,
) -> impl Stream<Item = Result<(Position, Followed), Fault>> + Send + 'static + use<> {
    let listener = op.hub().listen(organization).only(filter);
    let following = Following { listener, after, begun: false };
    stream::unfold(Some(following), |following| async move {
        let mut following = following?;
        match following.next().await {
            Ok(item) => Some((Ok(item), Some(following))),
            Err(fault) => Some((Err(fault), None)),
        }
    })
}

struct Following {
    listener: Listener,
    after: Option<Position>,
    begun: bool,
}

impl Following {
    async fn next(&mut self) -> Result<(Position, Followed), Fault> {
        loop {
            let event =
                if self.begun { Some(self.listener.next().await?) } else { self.listener.begin(self.after).await? };
            self.begun = true;
            let followed = match event {
                None => continue,
                Some(LiveEvent::Alert(alert)) => Followed::Alert(alert),
                Some(LiveEvent::Reset { reason, head }) => Followed::Reset { reason, head: head.position() },
            };
            return Ok((self.listener.position(), followed));
        }
    }
}
