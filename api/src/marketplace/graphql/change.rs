//! Reviewed changes in the schema.

use crate::{
    marketplace::{
        graphql::{enums::ListingChangeStatus, listing::Listing},
        model,
    },
    schema::loader::load,
};
use async_graphql::{Context, ID, Json, Object, Result};
use chrono::{DateTime, Utc};
use entity::{flags::from_mask, id::TypedId};
use serde_json::{Value, json};

/// An edit of a published listing that waits for the operator, or waited. Its vendor and the operator see it.
pub struct ListingChange(pub model::ListingChange);

/// An edit of a published listing that waits for the operator, or waited. Its vendor and the operator see it.
#[Object]
impl ListingChange {
    /// The change's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// What it would change; null where the viewer may not see that any more.
    async fn listing(&self, ctx: &Context<'_>) -> Option<Result<Listing>> {
        load(ctx, self.0.listing_id).await.map(|found| found.map(Listing)).transpose()
    }

    /// What became of it.
    async fn status(&self) -> ListingChangeStatus {
        self.0.status.into()
    }

    /// The names of the listing's fields that it would change, in alphabetical order.
    async fn fields(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.0.proposal.as_object().into_iter().flat_map(|fields| fields.keys().map(String::as_str)).collect();
        names.sort_unstable();
        names
    }

    /// What it would change, as an object of those fields with their new values.
    async fn proposal(&self) -> Json<Value> {
        Json(shown(self.0.proposal.clone()))
    }

    /// When it was proposed.
    async fn submitted_at(&self) -> DateTime<Utc> {
        self.0.submitted_at
    }

    /// When it was decided on; null while it is open.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Why it was rejected.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
}

/// The stored proposal in the words of the schema: pricing models by name, listings by their ids.
fn shown(mut proposal: Value) -> Value {
    if let Some(models) = proposal.get_mut("pricingModels")
        && let Some(mask) = models.as_i64().and_then(|mask| i32::try_from(mask).ok())
    {
        *models = json!(from_mask::<model::PricingModel>(mask));
    }
    let ends = proposal.get_mut("integrations").and_then(Value::as_array_mut);
    for end in ends.into_iter().flatten() {
        if let Ok(model::IntegrationEnd::Listing(id)) = serde_json::from_value(end.clone()) {
            *end = json!({ "listing": id.global() });
        }
    }
    proposal
}
