//! The GraphQL types of what is on record about an opportunity: snapshots, kept edits, listings, conflicts.

use super::{
    enums::{OpportunityField, SnapshotTrigger},
    share::organization,
    side::{fields, opportunity},
    types::Opportunity,
};
use crate::{
    cosell::model::{self, Conflict, ContentPatch},
    marketplace::graphql::listing::Listing,
    op::Fault,
    organization::graphql::types::Organization,
    schema::loader::{load, load_many},
};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::{OrganizationId, TypedId};
use serde_json::Value;

/// A part of an opportunity's content that can be changed by itself.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::Part", name = "OpportunityPart")]
pub enum Part {
    /// The title.
    Title,
    /// The customer's name.
    CustomerName,
    /// The customer's website.
    CustomerWebsite,
    /// The customer's country.
    CustomerCountry,
    /// What the customer does.
    CustomerIndustry,
    /// The customer's DUNS number.
    CustomerDuns,
    /// The job of the person whom the owner talks to.
    ContactTitle,
    /// What the customer wants solved.
    BusinessProblem,
    /// How it is solved.
    UseCase,
    /// How the solution comes to the customer.
    DeliveryModels,
    /// What it is worth.
    ExpectedAmount,
    /// How often that is paid.
    ExpectedFrequency,
    /// How long the contract runs.
    ContractMonths,
    /// How likely it is.
    Probability,
    /// What kind of business it is.
    Type,
    /// Who found it.
    Origin,
    /// What the owner wants of the others.
    Involvement,
    /// Whether only named people see it.
    Confidential,
    /// When the owner expects to close.
    TargetCloseDate,
    /// What the owner asks for.
    HelpRequested,
    /// Who else wants the deal.
    Competitors,
    /// The id in the owner's CRM.
    ExternalId,
    /// Whether the participants do not see each other.
    HidesParticipants,
    /// What is sold.
    Listings,
}

/// By what two customers are taken for one, surest first.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ConflictRule")]
pub enum ConflictRule {
    /// The same DUNS number.
    Duns,
    /// Websites of the same registrable domain.
    Domain,
    /// Names that differ in spelling and legal form only.
    Name,
}

/// What was shared of an opportunity with one organization at one moment: the proof in a dispute. Never changed. The owner
/// sees it, and the organization while it takes part.
pub struct Snapshot(pub model::Snapshot);

/// What was shared of an opportunity with one organization at one moment: the proof in a dispute. Never changed. The owner
/// sees it, and the organization while it takes part.
#[Object]
impl Snapshot {
    /// The snapshot's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The opportunity; null where the viewer may not see it.
    async fn opportunity(&self, ctx: &Context<'_>) -> Option<Result<Opportunity>> {
        opportunity(ctx, self.0.opportunity_id).await
    }

    /// The organization that it was shared with; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.organization_id).await
    }

    /// From 1 without a gap for that organization. A new one is written only where something changed.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// The opportunity's revision then.
    async fn opportunity_revision(&self) -> i32 {
        self.0.opportunity_revision
    }

    /// What it was taken for.
    async fn trigger(&self) -> SnapshotTrigger {
        self.0.trigger.into()
    }

    /// The template: which fields were shared.
    async fn fields(&self) -> Vec<OpportunityField> {
        fields(self.0.fields)
    }

    /// The values of those fields then.
    async fn payload(&self) -> &Value {
        &self.0.payload
    }

    /// Who put it on record; null where the viewer may not see its page.
    async fn taken_by(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.taken_by).await
    }

    /// When.
    async fn taken_at(&self) -> DateTime<Utc> {
        self.0.taken_at
    }
}

/// Edits of an opportunity that wait for its review to end. They are applied when it is approved. Only the owner reads them.
pub struct OpportunityPendingChange(pub model::PendingChange);

/// Edits of an opportunity that wait for its review to end. They are applied when it is approved. Only the owner reads them.
#[Object]
impl OpportunityPendingChange {
    /// What is to change.
    async fn parts(&self) -> Option<Result<Vec<Part>>> {
        let patch = serde_json::from_value::<ContentPatch>(self.0.patch.clone()).map_err(Fault::internal);
        Some(patch.map(|patch| patch.parts().into_iter().map(Part::from).collect()).map_err(Into::into))
    }

    /// The values as they were asked for, those that are to be emptied as null.
    async fn values(&self) -> &Value {
        &self.0.patch
    }

    /// When the first of them was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the last of them was made.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// A listing that is sold: alone, or together with the one that it integrates with.
pub struct OpportunityListing(pub model::RelatedListing);

/// A listing that is sold: alone, or together with the one that it integrates with.
#[Object]
impl OpportunityListing {
    /// The listing; null where the viewer may not see it.
    async fn listing(&self, ctx: &Context<'_>) -> Option<Result<Listing>> {
        load(ctx, self.0.listing_id).await.map(|row| row.map(Listing)).transpose()
    }

    /// The other end of the integration; null where none is sold, and where the viewer may not see it.
    async fn integrates_with(&self, ctx: &Context<'_>) -> Option<Result<Listing>> {
        load(ctx, self.0.integrates_with_id?).await.map(|row| row.map(Listing)).transpose()
    }
}

/// The same customer is open already through another partner.
pub struct OpportunityConflict {
    rule: model::ConflictRule,
    /// For whom it is open with: with which, and through whom.
    told: Option<Conflict>,
}

impl OpportunityConflict {
    /// What the viewer may be told: all of it where both are open with its own organization, else the rule, once.
    pub(super) fn told_to(own: OrganizationId, conflicts: Vec<Conflict>) -> Vec<Self> {
        let mut told: Vec<Self> = Vec::new();
        for conflict in conflicts {
            let rule = conflict.rule;
            if conflict.desk == own {
                told.push(Self { rule, told: Some(conflict) });
            } else if !told.iter().any(|other| other.rule == rule && other.told.is_none()) {
                told.push(Self { rule, told: None });
            }
        }
        told
    }
}

/// The same customer is open already through another partner.
#[Object]
impl OpportunityConflict {
    /// By what the two customers are taken for one.
    async fn rule(&self) -> ConflictRule {
        self.rule.into()
    }

    /// The other opportunity. Null for whom it is not open with, and for whom may not see it.
    async fn opportunity(&self, ctx: &Context<'_>) -> Option<Result<Opportunity>> {
        opportunity(ctx, self.told.as_ref()?.with).await
    }

    /// The partners through whom it is open. Null for whom it is not open with.
    async fn partners(&self, ctx: &Context<'_>) -> Option<Result<Vec<Organization>>> {
        let partners = self.told.as_ref()?.partners.clone();
        Some(load_many(ctx, partners).await.map(|rows| rows.into_iter().map(Organization).collect()))
    }
}
