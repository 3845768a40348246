//! What the places in the toy's log are.

use async_trait::async_trait;
use entity::id::OrganizationId;
use partnergraph::{
    op::Fault,
    schema::live::{Line, Place},
};
use tokio::sync::watch;

pub(crate) struct LogLine(pub(crate) watch::Sender<i64>);

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
        Ok(text(*self.0.borrow()))
    }
}
