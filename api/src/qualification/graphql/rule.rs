//! Rules over overlaps.

use crate::{
    organization::graphql::types::Organization,
    overlap::graphql::enums::{AccountListKind, MatchConfidence},
    qualification::{model, policy::ManageRule},
    schema::{
        error::ContextExt,
        loader::{load, load_many},
        scalar::CountryCode,
    },
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// A rule over overlaps: which of them are worth a lead, for example accounts among one's prospects that are customers of a
/// partner. Seen by the members of the organization whose rule it is and by nobody else.
pub struct QualificationRule(pub model::Rule);

/// A rule over overlaps: which of them are worth a lead, for example accounts among one's prospects that are customers of a
/// partner. Seen by the members of the organization whose rule it is and by nobody else.
#[Object]
impl QualificationRule {
    /// The rule's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The organization whose rule it is.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.organization_id).await.map(|row| row.map(Organization)).transpose()
    }

    /// The name, 1 to 100 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Overlaps of the organization's lists of one of these kinds fit.
    async fn own_kinds(&self) -> Vec<AccountListKind> {
        self.0.own_kinds.list().into_iter().map(Into::into).collect()
    }

    /// Overlaps with a partner's lists of one of these kinds fit.
    async fn partner_kinds(&self) -> Vec<AccountListKind> {
        self.0.partner_kinds.list().into_iter().map(Into::into).collect()
    }

    /// Overlaps with these partners fit, at most 50; those that the viewer may not see are left out. Null: with any.
    async fn partners(&self, ctx: &Context<'_>) -> Option<Result<Vec<Organization>>> {
        let partners = self.0.partners.as_ref()?.0.clone();
        let found = load_many(ctx, partners).await;
        Some(found.map(|rows| rows.into_iter().map(Organization).collect()))
    }

    /// Overlaps that are at least as sure as this fit.
    async fn min_confidence(&self) -> MatchConfidence {
        self.0.min_confidence.into()
    }

    /// Overlaps of accounts of the organization's own in one of these countries fit, at most 50. Null: in any. Judged when a
    /// comparison finds an overlap or finds something else of it: an account whose country alone is changed, where the
    /// partner's account has none, is judged again only when the rule is changed.
    async fn countries(&self) -> Option<Vec<CountryCode>> {
        let countries = self.0.countries.clone()?;
        Some(countries.0.into_iter().map(CountryCode).collect())
    }

    /// Whether it qualifies anything.
    async fn enabled(&self) -> bool {
        self.0.enabled
    }

    /// Whether it rests: at most 10,000 of the qualified leads of a rule are `NEW` at a time. It goes on where it stopped
    /// within a minute or two of there being 9,500 or fewer.
    async fn is_full(&self) -> bool {
        self.0.enabled && self.0.is_full
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Whether the viewer may change and delete it.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<ManageRule>(self.0.id, &self.0))
    }
}
