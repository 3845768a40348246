//! The places of feeds: cursors, which are texts to everybody else. And what the readers of a feed may see, which is a
//! number to everybody else.

use std::sync::Arc;

use async_trait::async_trait;
use entity::id::OrganizationId;
use futures::{StreamExt, stream, stream::BoxStream};
use tokio::time::Instant;

use super::{Line, Place, Sight};
use crate::{
    event::feed,
    op::{Actor, Fault, Op, World},
};

/// What a cursor of a feed means, and which one names its present end.
pub struct FeedLine(Op);

impl FeedLine {
    /// The line of the feeds of `world`. It reads how far a feed goes and nothing of what is in it.
    #[must_use]
    pub fn new(world: Arc<World>) -> Self {
        Self(Op::new(world, Actor::Operator, "live", Vec::new()))
    }
}

#[async_trait]
impl Line for FeedLine {
    fn place(&self, organization: OrganizationId, resume: &str) -> Option<Place> {
        let position = feed::read_cursor(&self.0, organization, resume).ok()?;
        Some(Place { epoch: position.epoch, number: position.seq })
    }

    async fn now(&self, organization: OrganizationId) -> Result<String, Fault> {
        let head = feed::head(&self.0, organization).await?;
        Ok(feed::write_cursor(&self.0, organization, head.position()))
    }

    async fn sight(&self, organization: OrganizationId, since: Instant) -> Result<Sight, Fault> {
        self.0.hub().sight(organization, since).await.map(sight)
    }

    fn known(&self, organization: OrganizationId) -> Option<Sight> {
        self.0.hub().sight_known(organization).map(sight)
    }

    fn sights(&self, organization: OrganizationId) -> BoxStream<'static, Sight> {
        let mut watched = self.0.hub().watch_sight(organization);
        // What was known before this moment is told first.
        watched.mark_changed();
        let told = stream::unfold(watched, |mut watched| async {
            watched.changed().await.ok()?;
            let known = *watched.borrow_and_update();
            Some((known, watched))
        });
        told.filter_map(|known| std::future::ready(known.map(sight))).chain(stream::pending()).boxed()
    }
}

fn sight(seen: feed::SightVersion) -> Sight {
    Sight { version: seen.version, at: seen.at }
}
