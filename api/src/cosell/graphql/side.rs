//! The GraphQL types of those who take part, and of what each side says.

use super::{
    enums::{LossReason, OpportunityField, OpportunityStage, ParticipantRole},
    loader::{NextStepsOf, TeamOf},
    share::organization,
};
use crate::{
    cosell::model::{self, Sides},
    organization::graphql::{actor::Actor, types::Organization},
    partnership::graphql::loader::ContactOf,
    schema::{loader::load, scalar::Date},
};
use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{
    flags::from_mask,
    id::{OpportunityId, OrganizationId},
};

/// An organization that takes part in an opportunity.
pub struct OpportunityParticipant {
    pub(super) row: model::Participant,
    /// Whether the viewer is the owner or this participant.
    pub(super) inside: bool,
}

/// An organization that takes part in an opportunity.
#[Object]
impl OpportunityParticipant {
    /// The organization; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.row.organization_id).await
    }

    /// What it does.
    async fn role(&self) -> ParticipantRole {
        self.row.role.into()
    }

    /// What it sees. The owner and the participant itself read it.
    async fn granted_fields(&self) -> Option<Vec<OpportunityField>> {
        self.inside.then(|| fields(self.row.fields))
    }

    /// Whether it may invite others. The owner and the participant itself read it.
    async fn may_invite(&self) -> Option<bool> {
        self.inside.then_some(self.row.may_invite)
    }

    /// Who invited it; null for the owner and for the host of a program, and for whom may not see that.
    async fn invited_by(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.row.invited_by.filter(|_| self.inside)?).await
    }

    /// When it joined.
    async fn joined_at(&self) -> DateTime<Utc> {
        self.row.joined_at
    }
}

/// A set of fields in the order of the schema.
pub(super) fn fields(mask: i32) -> Vec<OpportunityField> {
    from_mask::<model::OpportunityField>(mask).into_iter().map(OpportunityField::from).collect()
}

/// What one side of an opportunity says. One's own side is always seen; of the others only what the share names.
pub struct OpportunitySide {
    row: model::Participant,
    /// What the viewer sees.
    seen: i32,
    own: bool,
}

impl OpportunitySide {
    pub(super) fn of(row: &model::Participant, viewer: OrganizationId, seen: i32) -> Self {
        Self { own: row.organization_id == viewer, row: row.clone(), seen }
    }

    fn sees(&self, field: model::OpportunityField) -> bool {
        self.own || model::has(self.seen, field)
    }
}

/// What one side of an opportunity says. One's own side is always seen; of the others only what the share names.
#[Object]
impl OpportunitySide {
    /// Whose side it is; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.row.organization_id).await
    }

    /// What it does.
    async fn role(&self) -> ParticipantRole {
        self.row.role.into()
    }

    /// Where the deal stands by its account.
    async fn stage(&self) -> OpportunityStage {
        self.row.stage.into()
    }

    /// When it expects to close. Needs the field `TARGET_CLOSE_DATE`.
    async fn target_close_date(&self) -> Option<Date> {
        self.row.target_close_date.filter(|_| self.sees(model::OpportunityField::TargetCloseDate)).map(Date)
    }

    /// What it does next, at most 255 characters. Needs the field `NEXT_STEPS`.
    async fn next_steps(&self) -> Option<&str> {
        self.row.next_steps.as_deref().filter(|_| self.sees(model::OpportunityField::NextSteps))
    }

    /// What it wrote to do next, newest first; the last 50. Needs the field `NEXT_STEPS`.
    async fn next_steps_history(&self, ctx: &Context<'_>) -> Option<Result<Vec<OpportunityNextSteps>>> {
        if !self.sees(model::OpportunityField::NextSteps) {
            return None;
        }
        let rows = load(ctx, NextStepsOf(self.row.opportunity_id)).await;
        Some(rows.map(|rows| {
            let own =
                rows.unwrap_or_default().into_iter().filter(|row| row.organization_id == self.row.organization_id);
            own.map(|row| OpportunityNextSteps { text: row.text, written_at: row.written_at }).collect()
        }))
    }

    /// Its people, in the order of being named; at most 10. Needs the field `TEAM`.
    async fn team(&self, ctx: &Context<'_>) -> Option<Result<Vec<OpportunityTeamMember>>> {
        if !self.sees(model::OpportunityField::Team) {
            return None;
        }
        Some(self.people(ctx).await)
    }

    /// Why it lost it; null where it has not.
    async fn loss_reason(&self) -> Option<LossReason> {
        self.row.loss_reason.map(LossReason::from)
    }
}

impl OpportunitySide {
    async fn people(&self, ctx: &Context<'_>) -> Result<Vec<OpportunityTeamMember>> {
        let rows = load(ctx, TeamOf(self.row.opportunity_id)).await?.unwrap_or_default();
        let rows = rows.into_iter().filter(|row| row.organization_id == self.row.organization_id);
        // One after the other, but read with one statement: the loader collects the keys of a level.
        let people = rows.map(|row| async move {
            let contact = load(ctx, ContactOf(row.organization_id, row.person_id)).await?;
            Ok(contact.map(|contact| OpportunityTeamMember {
                name: contact.name,
                email: contact.email,
                responsibility: row.responsibility,
            }))
        });
        let found: Result<Vec<_>> = futures::future::join_all(people).await.into_iter().collect();
        Ok(found?.into_iter().flatten().collect())
    }
}

/// What a side once wrote to do next.
#[derive(SimpleObject, Clone, Debug)]
pub struct OpportunityNextSteps {
    /// What it wrote, 1 to 255 characters.
    pub text: String,
    /// When.
    pub written_at: DateTime<Utc>,
}

/// A person whom a side has named, while a member there.
#[derive(SimpleObject, Clone, Debug)]
pub struct OpportunityTeamMember {
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// What the person does in it, at most 80 characters.
    pub responsibility: Option<String>,
}

/// About what sides disagree.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::DivergenceAspect")]
pub enum DivergenceAspect {
    /// Where the deal stands.
    Stage,
    /// Whether it is still open, won or lost: the worst way to disagree.
    Outcome,
    /// When it closes.
    TargetCloseDate,
    /// Why it was lost.
    LossReason,
}

/// A disagreement of sides with the owner.
#[derive(SimpleObject)]
pub struct OpportunityDivergence {
    /// About what.
    pub aspect: DivergenceAspect,
    /// Those who say otherwise than the owner, in the order of joining.
    pub sides: Vec<OpportunitySide>,
}

impl OpportunityDivergence {
    /// Where sides say otherwise than the owner, as far as `viewer` sees what they say.
    pub(super) fn seen_by(sides: &Sides, viewer: OrganizationId) -> Vec<Self> {
        let fields = sides.fields_of(viewer);
        let Some(owner) = sides.side(sides.opportunity.owner_organization_id) else { return Vec::new() };
        let sees_days = model::has(fields, model::OpportunityField::TargetCloseDate);
        let shown = |found: &model::Divergence| found.aspect != model::DivergenceAspect::TargetCloseDate || sees_days;
        let side = |id: &OrganizationId| sides.side(*id).map(|row| OpportunitySide::of(row, viewer, fields));
        let entry = |found: model::Divergence| Self {
            aspect: found.aspect.into(),
            sides: found.sides.iter().filter_map(side).collect(),
        };
        model::divergence(owner, sides.known_to(viewer)).into_iter().filter(shown).map(entry).collect()
    }
}

/// A move of one side to another stage. Moves are never changed and never removed.
pub struct OpportunityMove(pub model::StageMove);

/// A move of one side to another stage. Moves are never changed and never removed.
#[Object]
impl OpportunityMove {
    /// The side that moved; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.organization_id).await
    }

    /// Where it stood; null where it began.
    async fn from_stage(&self) -> Option<OpportunityStage> {
        self.0.from_stage.map(OpportunityStage::from)
    }

    /// Where it went.
    async fn to_stage(&self) -> OpportunityStage {
        self.0.to_stage.into()
    }

    /// Why it was lost.
    async fn loss_reason(&self) -> Option<LossReason> {
        self.0.loss_reason.map(LossReason::from)
    }

    /// Who moved it; null for the system. Whose person or key it was is seen by that organization.
    async fn actor(&self) -> Option<Actor> {
        Actor::from_words(&self.0.actor_kind, self.0.actor_id, Some(self.0.organization_id))
    }

    /// When.
    async fn moved_at(&self) -> DateTime<Utc> {
        self.0.moved_at
    }
}

/// The opportunity that a row belongs to; null where the viewer may not see it.
pub(super) async fn opportunity(ctx: &Context<'_>, id: OpportunityId) -> Option<Result<super::types::Opportunity>> {
    load(ctx, id).await.map(|row| row.map(super::types::Opportunity)).transpose()
}
