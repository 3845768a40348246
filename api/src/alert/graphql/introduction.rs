//! Alerts about requests to be introduced.

use super::{
    enums::AlertChange,
    told::{actor, organization, value},
};
use crate::{
    event::feed::Alert as Stored,
    introduction::graphql::{
        enums::{IntroductionDeclineReason, IntroductionOutcome, IntroductionStatus},
        types::Introduction,
    },
    organization::graphql::{actor::Actor, types::Organization},
    schema::loader::load,
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::{
    id::{IntroductionId, TypedId},
    introduction as stored,
};
use std::sync::Arc;

/// Something happened to a request to be introduced.
pub struct IntroductionAlert(pub Arc<Stored>);

/// Something happened to a request to be introduced.
#[Object]
impl IntroductionAlert {
    /// The alert's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// When it happened.
    pub async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// Who did it; null for the system, as when a request expires, and where the viewer may not know who.
    pub async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Actor>> {
        actor(ctx, &self.0).await.transpose()
    }

    /// What happened.
    async fn change(&self) -> AlertChange {
        self.0.change.into()
    }

    /// The other side; null where the viewer may not see its page.
    async fn partner(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "partner").await.transpose()
    }

    /// The request as it is now; null where the viewer may not see it.
    async fn introduction(&self, ctx: &Context<'_>) -> Option<Result<Introduction>> {
        load(ctx, IntroductionId::from(self.0.subject_id)).await.map(|row| row.map(Introduction)).transpose()
    }

    /// Where the request was after the fact.
    async fn status_after(&self, ctx: &Context<'_>) -> Option<Result<IntroductionStatus>> {
        let status = value::<stored::IntroductionStatus>(ctx, &self.0, "status").await.transpose()?;
        Some(status.map(IntroductionStatus::from))
    }

    /// With `DECLINED`: why.
    async fn decline_reason(&self, ctx: &Context<'_>) -> Option<Result<IntroductionDeclineReason>> {
        let reason = value::<stored::IntroductionDeclineReason>(ctx, &self.0, "declineReason").await.transpose()?;
        Some(reason.map(IntroductionDeclineReason::from))
    }

    /// What had come of it after the fact; null where nothing had.
    async fn outcome_after(&self, ctx: &Context<'_>) -> Option<Result<IntroductionOutcome>> {
        let outcome = value::<stored::IntroductionOutcome>(ctx, &self.0, "outcome").await.transpose()?;
        Some(outcome.map(IntroductionOutcome::from))
    }
}
