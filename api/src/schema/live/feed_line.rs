//! The places of feeds: cursors, which are texts to everybody else.

use std::sync::Arc;

use async_trait::async_trait;
use entity::id::OrganizationId;

use super::{Line, Place};
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
}
