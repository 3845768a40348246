//! Alerts about what rules over overlaps qualified.

use super::{
    enums::AlertChange,
    told::{actor, organization, value},
};
use crate::{
    alert::model::named,
    event::feed::Alert as Stored,
    organization::graphql::{actor::Actor, types::Organization},
    qualification::graphql::{rule::QualificationRule, types::QualifiedLead},
    schema::loader::load,
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::{QualificationRuleId, QualifiedLeadId, TypedId};
use std::sync::Arc;

/// A rule over overlaps found accounts worth a lead (`CREATED`, one alert for a rule and a comparison however many there
/// are, and another where the rule went on after it rested), or somebody decided on one of them. Where a rule is deleted
/// before its end, what it had found is told in the name of whoever deleted it. Told to the organization whose rule it is
/// and to nobody else.
pub struct QualifiedLeadAlert(pub Arc<Stored>);

/// A rule over overlaps found accounts worth a lead (`CREATED`, one alert for a rule and a comparison however many there
/// are, and another where the rule went on after it rested), or somebody decided on one of them. Where a rule is deleted
/// before its end, what it had found is told in the name of whoever deleted it. Told to the organization whose rule it is
/// and to nobody else.
#[Object]
impl QualifiedLeadAlert {
    /// The alert's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// When it happened.
    pub async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// Who did it; null for the system, as when a rule is applied, and where the viewer may not know who.
    pub async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Actor>> {
        actor(ctx, &self.0).await.transpose()
    }

    /// What happened.
    async fn change(&self) -> AlertChange {
        self.0.change.into()
    }

    /// The partner that has the accounts as well; null where the viewer may not see its page.
    async fn partner(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "partner").await.transpose()
    }

    /// The rule; null where it is no more.
    async fn rule(&self, ctx: &Context<'_>) -> Option<Result<QualificationRule>> {
        let id = named::<QualificationRuleId>(&self.0, "rule")?;
        load(ctx, id).await.map(|row| row.map(QualificationRule)).transpose()
    }

    /// With `CREATED`: how many accounts were found.
    async fn count(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        value(ctx, &self.0, "count").await.transpose()
    }

    /// The qualified lead as it is now; null where there are several.
    async fn qualified_lead(&self, ctx: &Context<'_>) -> Option<Result<QualifiedLead>> {
        let id = named::<QualifiedLeadId>(&self.0, "qualifiedLead")?;
        load(ctx, id).await.map(|row| row.map(QualifiedLead)).transpose()
    }
}
