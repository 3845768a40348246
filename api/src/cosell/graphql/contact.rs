//! Contacts as the sides of an opportunity see them.

use super::types::Opportunity;
use crate::{
    contact::{graphql::types::Contact, model},
    cosell::model::{OpportunityField, has},
    schema::{error::ContextExt, loader::load},
};
use async_graphql::{Context, Result};

impl Opportunity {
    /// Of these contacts of it, those that the viewer's organization knows, each as far as it reads them; `None` where
    /// contacts are not shared with it.
    pub(super) async fn known_contacts(
        &self,
        ctx: &Context<'_>,
        rows: Vec<model::Contact>,
    ) -> Result<Option<Vec<Contact>>> {
        let Some(own) = ctx.op()?.actor.organization() else { return Ok(None) };
        let sides = self.sides(ctx).await?;
        let Some(side) = sides.side(own).filter(|side| has(side.fields, OpportunityField::Contacts)) else {
            return Ok(None);
        };
        let known = rows.into_iter().filter(|row| model::is_known_to(row, &self.0, side));
        Ok(Some(known.map(|row| Contact::of_opportunity(row, own)).collect()))
    }
}

/// A contact of an opportunity as the viewer sees it there; `None` where the viewer does not know of it.
///
/// # Errors
/// Database faults.
pub async fn contact(ctx: &Context<'_>, row: model::Contact) -> Result<Option<Contact>> {
    let Some(id) = row.opportunity_id else { return Ok(None) };
    let Some(deal) = load(ctx, id).await? else { return Ok(None) };
    Ok(Opportunity(deal).known_contacts(ctx, vec![row]).await?.and_then(|known| known.into_iter().next()))
}
