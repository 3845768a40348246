//! What an alert tells the viewer: nothing of what is confidential, unless the viewer may see it now.

use crate::{
    alert::model::{named, said},
    cosell::graphql::{
        enums::{OpportunityStage, ReviewStatus},
        types::Opportunity,
    },
    event::feed::Alert as Stored,
    organization::graphql::{actor::Actor, types::Organization},
    partnership::graphql::invitation::InvitationStatus,
    schema::{loader::load, request::source},
};
use async_graphql::{Context, Result};
use entity::{
    alert::AlertKind,
    id::{InvitationId, OrganizationId},
};

/// Whether the viewer may be told what the alert says: of what was confidential, who may see the object now.
async fn is_told(ctx: &Context<'_>, alert: &Stored) -> Result<bool> {
    if !alert.restricted {
        return Ok(true);
    }
    source::mark_personal(ctx);
    // Whoever is invited sees the invitation before the opportunity.
    if alert.kind == AlertKind::Invitation && load(ctx, InvitationId::from(alert.subject_id)).await?.is_some() {
        return Ok(true);
    }
    Ok(opportunity(ctx, alert).await?.is_some())
}

/// The opportunity that the alert concerns, where the viewer may see it now.
pub(super) async fn opportunity(ctx: &Context<'_>, alert: &Stored) -> Result<Option<Opportunity>> {
    let Some(id) = alert.opportunity_id else { return Ok(None) };
    let found = load(ctx, id).await?.map(Opportunity);
    // Who sees a confidential one is a matter of each person; and who sees none may be a person who is not named.
    if found.as_ref().is_none_or(|opportunity| opportunity.0.confidential) {
        source::mark_personal(ctx);
    }
    Ok(found)
}

pub(super) async fn actor(ctx: &Context<'_>, alert: &Stored) -> Result<Option<Actor>> {
    if !is_told(ctx, alert).await? {
        return Ok(None);
    }
    Ok(Actor::from_words(&alert.actor_kind, alert.actor_id, alert.actor_organization_id))
}

/// The organization that the alert names under `name`, where the viewer may see its page.
pub(super) async fn organization(ctx: &Context<'_>, alert: &Stored, name: &str) -> Result<Option<Organization>> {
    match named::<OrganizationId>(alert, name) {
        Some(id) if is_told(ctx, alert).await? => Ok(load(ctx, id).await?.map(Organization)),
        _ => Ok(None),
    }
}

/// What the alert says under `name`.
pub(super) async fn value<T: serde::de::DeserializeOwned>(
    ctx: &Context<'_>,
    alert: &Stored,
    name: &str,
) -> Result<Option<T>> {
    Ok(if is_told(ctx, alert).await? { said(alert, name) } else { None })
}

pub(super) async fn stage(ctx: &Context<'_>, alert: &Stored) -> Result<Option<OpportunityStage>> {
    Ok(if is_told(ctx, alert).await? { alert.stage.map(OpportunityStage::from) } else { None })
}

pub(super) async fn moved(ctx: &Context<'_>, alert: &Stored, name: &str) -> Result<Option<OpportunityStage>> {
    if alert.change != entity::alert::AlertChange::StageChanged {
        return Ok(None);
    }
    Ok(value::<entity::value::OpportunityStage>(ctx, alert, name).await?.map(OpportunityStage::from))
}

pub(super) async fn reviewed(ctx: &Context<'_>, alert: &Stored, name: &str) -> Result<Option<ReviewStatus>> {
    if alert.change != entity::alert::AlertChange::ReviewChanged {
        return Ok(None);
    }
    Ok(value::<entity::opportunity::ReviewStatus>(ctx, alert, name).await?.map(ReviewStatus::from))
}

pub(super) async fn status_after(ctx: &Context<'_>, alert: &Stored) -> Result<Option<InvitationStatus>> {
    let status = value::<entity::partnership_invitation::InvitationStatus>(ctx, alert, "status").await?;
    Ok(status.map(InvitationStatus::from))
}
