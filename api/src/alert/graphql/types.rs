//! The types of alerts.

use super::{
    enums::AlertChange,
    told::{actor, moved, opportunity, organization, reviewed, stage, status_after, value},
};
pub use super::{
    introduction::IntroductionAlert,
    overlap::OverlapAlert,
    qualification::QualifiedLeadAlert,
    reset::FeedReset,
    sharing::{ExploratoryMappingAlert, SharingAlert},
};
use crate::{
    activity::graphql::types::Activity,
    alert::model::{named, partnership_invitation, said},
    cosell::graphql::{
        enums::{OpportunityStage, ReviewStatus},
        invitation::Invitation,
        types::Opportunity,
    },
    event::feed::Alert as Stored,
    lead::graphql::{enums::LeadStatus, types::Lead},
    organization::graphql::{actor::Actor, types::Organization},
    partnership::graphql::{
        invitation::{InvitationStatus, PartnershipInvitation},
        types::Partnership,
    },
    schema::{loader::load, scalar::Date},
};
use async_graphql::{Context, ID, Interface, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    alert::AlertKind,
    id::{ActivityId, InvitationId, LeadId, PartnershipId, TypedId},
};
use std::sync::Arc;

/// A fact in the feed of the viewer's organization. What it says was stored with the fact; the objects that it names are
/// shown as they are now, and are null where the viewer may no longer see them. Of what is confidential only those are
/// told who may see it now. Visible to the organization whose feed it is in, whatever the role.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "The alert's id."),
    field(name = "occurred_at", ty = "DateTime<Utc>", desc = "When it happened."),
    field(
        name = "actor",
        ty = "Option<Result<Actor>>",
        desc = "Who did it; null for the system, as when an invitation expires, and where the viewer may not know who."
    )
)]
pub enum Alert {
    /// About an opportunity.
    OpportunityAlert(OpportunityAlert),
    /// About an invitation into an opportunity.
    InvitationAlert(InvitationAlert),
    /// About something that was done.
    ActivityAlert(ActivityAlert),
    /// About a lead.
    LeadAlert(LeadAlert),
    /// About a partnership or an invitation into one.
    PartnershipAlert(PartnershipAlert),
    /// About what a partner shows of its account lists.
    SharingAlert(SharingAlert),
    /// About an exploratory mapping.
    ExploratoryMappingAlert(ExploratoryMappingAlert),
    /// About overlaps of account lists.
    OverlapAlert(OverlapAlert),
    /// About a request to be introduced.
    IntroductionAlert(IntroductionAlert),
    /// About what a rule over overlaps qualified.
    QualifiedLeadAlert(QualifiedLeadAlert),
    /// The feed could not go on.
    FeedReset(FeedReset),
}

impl Alert {
    /// The type of a stored alert.
    #[must_use]
    pub fn of(alert: Arc<Stored>) -> Self {
        match alert.kind {
            AlertKind::Opportunity => Self::OpportunityAlert(OpportunityAlert(alert)),
            AlertKind::Invitation => Self::InvitationAlert(InvitationAlert(alert)),
            AlertKind::Activity => Self::ActivityAlert(ActivityAlert(alert)),
            AlertKind::Lead => Self::LeadAlert(LeadAlert(alert)),
            AlertKind::Partnership => Self::PartnershipAlert(PartnershipAlert(alert)),
            AlertKind::SharingRule => Self::SharingAlert(SharingAlert(alert)),
            AlertKind::ExploratoryMapping => Self::ExploratoryMappingAlert(ExploratoryMappingAlert(alert)),
            AlertKind::Overlap => Self::OverlapAlert(OverlapAlert(alert)),
            AlertKind::Introduction => Self::IntroductionAlert(IntroductionAlert(alert)),
            AlertKind::QualifiedLead => Self::QualifiedLeadAlert(QualifiedLeadAlert(alert)),
        }
    }
}

/// Something happened to an opportunity.
pub struct OpportunityAlert(pub Arc<Stored>);

/// Something happened to an opportunity.
#[Object]
impl OpportunityAlert {
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

    /// The opportunity as it is now; null where the viewer may not see it.
    async fn opportunity(&self, ctx: &Context<'_>) -> Option<Result<Opportunity>> {
        opportunity(ctx, &self.0).await.transpose()
    }

    /// The side that it is about: whose stage, whose place among the participants; null where it is about no side.
    async fn side(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "side").await.transpose()
    }

    /// The owner's stage after the fact, whoever did something.
    async fn stage(&self, ctx: &Context<'_>) -> Option<Result<OpportunityStage>> {
        stage(ctx, &self.0).await.transpose()
    }

    /// With `STAGE_CHANGED`: the side's stage before; null where it had none.
    async fn stage_before(&self, ctx: &Context<'_>) -> Option<Result<OpportunityStage>> {
        moved(ctx, &self.0, "from").await.transpose()
    }

    /// With `STAGE_CHANGED`: the side's stage after.
    async fn stage_after(&self, ctx: &Context<'_>) -> Option<Result<OpportunityStage>> {
        moved(ctx, &self.0, "to").await.transpose()
    }

    /// With `REVIEW_CHANGED`: the state of the review before.
    async fn review_status_before(&self, ctx: &Context<'_>) -> Option<Result<ReviewStatus>> {
        reviewed(ctx, &self.0, "from").await.transpose()
    }

    /// With `REVIEW_CHANGED`: the state of the review after.
    async fn review_status_after(&self, ctx: &Context<'_>) -> Option<Result<ReviewStatus>> {
        reviewed(ctx, &self.0, "to").await.transpose()
    }

    /// With `UPDATED`: the names of what changed, as far as the viewer's organization sees it: `CUSTOMER_NAME`, for
    /// example.
    async fn fields(&self, ctx: &Context<'_>) -> Option<Result<Vec<String>>> {
        value(ctx, &self.0, "fields").await.transpose()
    }

    /// With `UPDATED`, for the owner: the names of what it edited while a review ran and what could not be applied when that
    /// ended, or was not since it was rejected: `TARGET_CLOSE_DATE`, for example.
    async fn given_up(&self, ctx: &Context<'_>) -> Option<Result<Vec<String>>> {
        value(ctx, &self.0, "givenUp").await.transpose()
    }
}

/// Something happened to an invitation into an opportunity.
pub struct InvitationAlert(pub Arc<Stored>);

/// Something happened to an invitation into an opportunity.
#[Object]
impl InvitationAlert {
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

    /// The invitation as it is now; null where the viewer may not see it.
    async fn invitation(&self, ctx: &Context<'_>) -> Option<Result<Invitation>> {
        // It is seen by whom the opportunity is, or, of a confidential one, by whom it may not be.
        if let Err(error) = opportunity(ctx, &self.0).await {
            return Some(Err(error));
        }
        load(ctx, InvitationId::from(self.0.subject_id)).await.map(|row| row.map(Invitation)).transpose()
    }

    /// The opportunity as it is now; null where the viewer may not see it.
    async fn opportunity(&self, ctx: &Context<'_>) -> Option<Result<Opportunity>> {
        opportunity(ctx, &self.0).await.transpose()
    }

    /// The organization that invites; null where the viewer may not see its page.
    async fn from_organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "from").await.transpose()
    }

    /// The organization that is invited; null where the viewer may not see its page.
    async fn to_organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "to").await.transpose()
    }

    /// The state of the invitation after the fact.
    async fn status_after(&self, ctx: &Context<'_>) -> Option<Result<InvitationStatus>> {
        status_after(ctx, &self.0).await.transpose()
    }
}

/// Something was done about an opportunity or in a partnership: a call, a demonstration, a note.
pub struct ActivityAlert(pub Arc<Stored>);

/// Something was done about an opportunity or in a partnership: a call, a demonstration, a note.
#[Object]
impl ActivityAlert {
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

    /// What was done, as it is known now; null where the viewer may not see it.
    async fn activity(&self, ctx: &Context<'_>) -> Option<Result<Activity>> {
        load(ctx, ActivityId::from(self.0.subject_id)).await.map(|row| row.map(Activity)).transpose()
    }

    /// The opportunity as it is now; null where the viewer may not see it.
    async fn opportunity(&self, ctx: &Context<'_>) -> Option<Result<Opportunity>> {
        opportunity(ctx, &self.0).await.transpose()
    }

    /// The partnership that it was done in; null where it was done about an opportunity, and where the viewer may not see
    /// it.
    async fn partnership(&self, ctx: &Context<'_>) -> Option<Result<Partnership>> {
        let id = named::<PartnershipId>(&self.0, "partnership")?;
        load(ctx, id).await.map(|row| row.map(Partnership)).transpose()
    }

    /// The organization that did it; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "organization").await.transpose()
    }
}

/// Something happened to a lead.
pub struct LeadAlert(pub Arc<Stored>);

/// Something happened to a lead.
#[Object]
impl LeadAlert {
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

    /// The lead as it is now, as the viewer sees it; null where it may not.
    async fn lead(&self, ctx: &Context<'_>) -> Option<Result<Lead>> {
        load(ctx, LeadId::from(self.0.subject_id)).await.map(|row| row.map(Lead)).transpose()
    }

    /// Where the lead was after the fact, as far as it concerns the viewer's organization.
    async fn status_after(&self, ctx: &Context<'_>) -> Option<Result<LeadStatus>> {
        let status = value::<entity::lead::LeadStatus>(ctx, &self.0, "status").await.transpose()?;
        Some(status.map(LeadStatus::from))
    }

    /// For its sender: the organization that did not take it; null where the viewer may not see its page.
    async fn declined_by(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "route/from").await.transpose()
    }

    /// For its sender, with `REROUTED`: the organization that it went to; null where the viewer may not see its page.
    async fn rerouted_to(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "route/to").await.transpose()
    }
}

/// Something happened to a partnership, or to an invitation into one.
pub struct PartnershipAlert(pub Arc<Stored>);

/// Something happened to a partnership, or to an invitation into one.
#[Object]
impl PartnershipAlert {
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

    /// The partnership that it is about, or that the invitation leads into; null where there is none yet, and where the
    /// viewer may not see it.
    async fn partnership(&self, ctx: &Context<'_>) -> Option<Result<Partnership>> {
        let id = match partnership_invitation(&self.0) {
            Some(_) => named::<PartnershipId>(&self.0, "partnership")?,
            None => self.0.subject_id.into(),
        };
        load(ctx, id).await.map(|row| row.map(Partnership)).transpose()
    }

    /// The invitation into a partnership that it is about; null where it is about a partnership.
    async fn invitation(&self, ctx: &Context<'_>) -> Option<Result<PartnershipInvitation>> {
        let id = partnership_invitation(&self.0)?;
        load(ctx, id).await.map(|row| row.map(PartnershipInvitation)).transpose()
    }

    /// The party that it is about: who joined, left, ended it or changed its side; null where it is about no party, and
    /// where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "organization").await.transpose()
    }

    /// The state of the invitation after the fact; null where it is about a partnership.
    async fn status_after(&self, ctx: &Context<'_>) -> Option<Result<InvitationStatus>> {
        status_after(ctx, &self.0).await.transpose()
    }

    /// With the end of a partnership: the first day on which it no longer holds, as it was announced or has come.
    async fn ends_on(&self) -> Option<Date> {
        said::<NaiveDate>(&self.0, "endsOn").map(Date)
    }
}
