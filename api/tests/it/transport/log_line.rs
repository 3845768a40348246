//! What the places in the toy's log are, and what may be seen of it.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use entity::id::OrganizationId;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use partnergraph::{
    op::Fault,
    schema::live::{Line, Place, Sight},
};
use tokio::time::Instant;

use super::toy::World;

/// A change of what may be seen is only told to who asks.
pub(crate) struct LogLine(pub(crate) World);

pub(crate) fn text(number: i64) -> String {
    format!("behind-{number}")
}

pub(crate) fn number(text: &str) -> Option<i64> {
    text.strip_prefix("behind-")?.parse().ok()
}

#[async_trait]
impl Line for LogLine {
    fn place(&self, _organization: OrganizationId, resume: &str) -> Option<Place> {
        number(resume).map(|number| Place { epoch: 1, number })
    }

    async fn now(&self, _organization: OrganizationId) -> Result<String, Fault> {
        Ok(text(*self.0.log.borrow()))
    }

    async fn sight(&self, _organization: OrganizationId, _since: Instant) -> Result<Sight, Fault> {
        self.0.looks.fetch_add(1, Ordering::SeqCst);
        let _ = self.0.is_told.subscribe().wait_for(|told| *told).await;
        let at = Instant::now();
        Ok(Sight { version: *self.0.sight.borrow(), at })
    }

    fn known(&self, _organization: OrganizationId) -> Option<Sight> {
        None
    }

    fn sights(&self, _organization: OrganizationId) -> BoxStream<'static, Sight> {
        stream::pending().boxed()
    }
}
