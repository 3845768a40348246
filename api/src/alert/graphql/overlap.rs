//! Alerts about overlaps of account lists.

use super::{
    enums::AlertChange,
    told::{actor, organization, value},
};
use crate::{
    alert::model::named,
    event::feed::Alert as Stored,
    organization::graphql::{actor::Actor, types::Organization},
    overlap::graphql::{dispute::OverlapDispute, enums::AccountListKind, types::Overlap},
    schema::loader::load,
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::{OverlapDisputeId, OverlapId, TypedId};
use std::sync::Arc;

/// Overlaps with a partner's account lists were found or lost, or one of them was disputed. `UPDATED` tells how many a
/// comparison found and lost; where it changed no more than 100, `FOUND`, `LOST` and `KIND_CHANGED` tell of each that the
/// viewer's organization was shown. The other changes are of disputes.
pub struct OverlapAlert(pub Arc<Stored>);

/// Overlaps with a partner's account lists were found or lost, or one of them was disputed. `UPDATED` tells how many a
/// comparison found and lost; where it changed no more than 100, `FOUND`, `LOST` and `KIND_CHANGED` tell of each that the
/// viewer's organization was shown. The other changes are of disputes.
#[Object]
impl OverlapAlert {
    /// The alert's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// When it happened.
    pub async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// Who did it; null for the system, as when an invitation expires, and where the viewer may not know who.
    pub async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Actor>> {
        actor(ctx, &self.0).await.transpose()
    }

    /// What happened.
    async fn change(&self) -> AlertChange {
        self.0.change.into()
    }

    /// The partner; null where the viewer may not see its page.
    async fn partner(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "partner").await.transpose()
    }

    /// With `UPDATED`: how many overlaps were found; null where the partner showed only counts and it was fewer than the
    /// installation's threshold.
    async fn found(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        value(ctx, &self.0, "found").await.transpose()
    }

    /// With `UPDATED`: how many overlaps were lost; null as `found` is.
    async fn lost(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        value(ctx, &self.0, "lost").await.transpose()
    }

    /// The overlap as it is now; null where it is no more, and where the viewer may not see it.
    async fn overlap(&self, ctx: &Context<'_>) -> Option<Result<Overlap>> {
        let id = named::<OverlapId>(&self.0, "overlap")?;
        load(ctx, id).await.map(|seen| seen.map(Overlap)).transpose()
    }

    /// The dispute as it is now; null where the alert is about none, and where the viewer may not see it.
    async fn dispute(&self, ctx: &Context<'_>) -> Option<Result<OverlapDispute>> {
        let id = named::<OverlapDisputeId>(&self.0, "dispute")?;
        load(ctx, id).await.map(|seen| seen.map(OverlapDispute)).transpose()
    }

    /// With `FOUND`, `LOST` and `KIND_CHANGED`: what the viewer's own account was to it then.
    async fn own_kind(&self, ctx: &Context<'_>) -> Option<Result<AccountListKind>> {
        kind(ctx, &self.0, "ownKind").await.transpose()
    }

    /// With `FOUND`, `LOST` and `KIND_CHANGED`: what the partner's account is, or was, to the partner.
    async fn partner_kind(&self, ctx: &Context<'_>) -> Option<Result<AccountListKind>> {
        kind(ctx, &self.0, "kind").await.transpose()
    }

    /// With `KIND_CHANGED`: what the partner's account was to the partner before.
    async fn partner_kind_before(&self, ctx: &Context<'_>) -> Option<Result<AccountListKind>> {
        kind(ctx, &self.0, "kindBefore").await.transpose()
    }
}

async fn kind(ctx: &Context<'_>, alert: &Stored, name: &str) -> Result<Option<AccountListKind>> {
    let said = value::<entity::account_list::AccountListKind>(ctx, alert, name).await?;
    Ok(said.map(AccountListKind::from))
}
