//! Batched reads of alerts.

use crate::{
    event::feed::{self, Alert},
    op::Fault,
    schema::loader::Batch,
};
use async_graphql::dataloader::Loader;
use entity::id::AlertId;
use std::{collections::HashMap, sync::Arc};

#[async_trait::async_trait]
impl Loader<AlertId> for Batch {
    type Value = Arc<Alert>;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[AlertId]) -> Result<HashMap<AlertId, Arc<Alert>>, Arc<Fault>> {
        let rows = feed::find(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, Arc::new(row))).collect())
    }
}
