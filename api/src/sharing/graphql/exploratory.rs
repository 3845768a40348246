//! The type of exploratory mappings.

use super::enums::ExploratoryMappingStatus;
use crate::{
    organization::graphql::types::Organization,
    schema::{error::ContextExt, loader::load},
    sharing::{
        model::{self, ExploratoryStatus},
        policy::{AnswerMapping, CancelMapping, EndMapping},
    },
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::{OrganizationId, TypedId};

/// Two organizations that compare how many accounts they have in common, before they are partners and for a time. Both have
/// to agree; no account is shown by it. The members of the two see it.
pub struct ExploratoryMapping(pub model::ExploratoryMapping);

async fn organization(ctx: &Context<'_>, id: OrganizationId) -> Option<Result<Organization>> {
    load(ctx, id).await.map(|row| row.map(Organization)).transpose()
}

/// Two organizations that compare how many accounts they have in common, before they are partners and for a time. Both have
/// to agree; no account is shown by it. The members of the two see it.
#[Object]
impl ExploratoryMapping {
    /// The mapping's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The organization that proposed it; null where the viewer may not see its page.
    async fn inviter(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.inviter_id).await
    }

    /// The organization that it was proposed to; null where the viewer may not see its page.
    async fn invitee(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.invitee_id).await
    }

    /// What the inviter wrote, 1 to 256 characters.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// What became of it, by the clock of this moment.
    async fn status(&self, ctx: &Context<'_>) -> Result<ExploratoryMappingStatus> {
        Ok(model::mapping_status(&self.0, ctx.op()?.now()).into())
    }

    /// How many days it runs once it is accepted, 1 to 90.
    async fn days(&self) -> i32 {
        self.0.days
    }

    /// Until when it can be answered.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When it ends or has ended; null while it was not accepted.
    async fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.0.ends_at
    }

    /// When it was proposed.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was accepted, declined or taken back.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// The side that ended it before its time; null where none did, and where the viewer may not see its page.
    async fn ended_by(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.ended_by?).await
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Whether the viewer may accept or decline it now.
    async fn viewer_can_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        let op = ctx.op()?;
        let open = model::step(&self.0, ExploratoryStatus::Accepted, op.now()).is_ok();
        Ok(open && op.may::<AnswerMapping>(self.0.id, &self.0))
    }

    /// Whether the viewer may take the proposal back now.
    async fn viewer_can_cancel(&self, ctx: &Context<'_>) -> Result<bool> {
        let op = ctx.op()?;
        let open = model::step(&self.0, ExploratoryStatus::Canceled, op.now()).is_ok();
        Ok(open && op.may::<CancelMapping>(self.0.id, &self.0))
    }

    /// Whether the viewer may end it now.
    async fn viewer_can_end(&self, ctx: &Context<'_>) -> Result<bool> {
        let op = ctx.op()?;
        let runs = model::step(&self.0, ExploratoryStatus::Ended, op.now()).is_ok();
        Ok(runs && op.may::<EndMapping>(self.0.id, &self.0))
    }
}
