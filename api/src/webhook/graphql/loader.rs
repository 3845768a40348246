//! Batched reads of endpoints and of their logs.

use crate::{
    op::Fault,
    schema::loader::Batch,
    webhook::{
        model::{Delivery, Endpoint},
        store,
    },
};
use async_graphql::dataloader::Loader;
use entity::id::{WebhookDeliveryId, WebhookEndpointId};
use std::{collections::HashMap, sync::Arc};

#[async_trait::async_trait]
impl Loader<WebhookEndpointId> for Batch {
    type Value = Endpoint;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[WebhookEndpointId]) -> Result<HashMap<WebhookEndpointId, Endpoint>, Arc<Fault>> {
        let rows = store::list_endpoints_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<WebhookDeliveryId> for Batch {
    type Value = Delivery;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[WebhookDeliveryId]) -> Result<HashMap<WebhookDeliveryId, Delivery>, Arc<Fault>> {
        let rows = store::list_deliveries_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The newest deliveries to an endpoint, one more than `first`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FirstDeliveriesOf {
    /// The endpoint.
    pub endpoint: WebhookEndpointId,
    /// How many are wanted.
    pub first: u32,
}

#[async_trait::async_trait]
impl Loader<FirstDeliveriesOf> for Batch {
    type Value = Vec<Delivery>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FirstDeliveriesOf]) -> Result<HashMap<FirstDeliveriesOf, Vec<Delivery>>, Arc<Fault>> {
        let mut of_size: HashMap<u32, Vec<WebhookEndpointId>> = HashMap::new();
        for key in keys {
            of_size.entry(key.first).or_default().push(key.endpoint);
        }
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        // A document that asks for the list twice with different sizes gets two statements.
        for (first, endpoints) in of_size {
            for row in store::list_deliveries_of(&self.op, &endpoints, None, u64::from(first) + 1).await? {
                found.entry(FirstDeliveriesOf { endpoint: row.endpoint_id, first }).or_default().push(row);
            }
        }
        Ok(found)
    }
}

/// How many deliveries the log of an endpoint has; missing where it has none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeliveryCountOf(pub WebhookEndpointId);

#[async_trait::async_trait]
impl Loader<DeliveryCountOf> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[DeliveryCountOf]) -> Result<HashMap<DeliveryCountOf, u64>, Arc<Fault>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::count_deliveries_of(&self.op, &ids).await?;
        Ok(rows.into_iter().map(|(id, count)| (DeliveryCountOf(id), count)).collect())
    }
}
