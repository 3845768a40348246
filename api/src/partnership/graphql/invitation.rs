//! The GraphQL type of invitations.

use super::{
    facts::{ChannelFacts, StrategicFacts, TechnologyFacts},
    loader::PartiesOf,
    types::Partnership,
};
use crate::{
    op::Fault,
    organization::graphql::types::Organization,
    partnership::{
        model::{self, Facts},
        policy::{AnswerInvitation, CancelInvitation},
    },
    schema::{
        error::ContextExt,
        loader::{load, load_many},
        scalar::{Date, PartnerType},
    },
};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// What became of an invitation.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::InvitationStatus")]
pub enum InvitationStatus {
    /// Waits for an answer.
    Pending,
    /// The invited organization said yes.
    Accepted,
    /// The invited organization said no.
    Declined,
    /// The inviting organization took it back.
    Canceled,
    /// Nobody answered in time.
    Expired,
}

/// Why an invitation into a partnership was declined.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::PartnershipDeclineReason")]
pub enum PartnershipDeclineReason {
    /// The two do not fit.
    NotAFit,
    /// No people or time for it.
    NoCapacity,
    /// Later, perhaps.
    BadTiming,
    /// The facts or terms are not what was agreed.
    WrongTerms,
    /// The inviter is not known.
    UnknownInviter,
    /// Something else; the comment says what.
    Other,
}

/// An invitation of one organization by another into a partnership. Only the two (and the operator) see it.
pub struct PartnershipInvitation(pub model::Invitation);

impl PartnershipInvitation {
    fn facts(&self) -> Result<Facts> {
        Ok(serde_json::from_value(self.0.facts.clone()).map_err(Fault::internal)?)
    }

    fn fact<T>(&self, wanted: model::PartnerType, make: impl FnOnce(Facts) -> T) -> Option<Result<T>> {
        self.0.types.iter().any(|kind| kind == wanted).then(|| self.facts().map(make))
    }
}

/// An invitation of one organization by another into a partnership. Only the two (and the operator) see it.
#[Object]
impl PartnershipInvitation {
    /// The invitation's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The organization that invites; null where the viewer may not see its page.
    async fn from_organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.from_organization_id).await.map(|row| row.map(Organization)).transpose()
    }

    /// The organization that is invited; null where the viewer may not see its page.
    async fn to_organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.to_organization_id).await.map(|row| row.map(Organization)).transpose()
    }

    /// What became of it, by the clock of this moment.
    async fn status(&self, ctx: &Context<'_>) -> Result<InvitationStatus> {
        Ok(model::invitation_status(&self.0, ctx.op()?.now()).into())
    }

    /// What the inviter wrote, 1 to 256 characters.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// What the partnership would be about, never empty.
    async fn types(&self) -> Vec<PartnerType> {
        self.0.types.iter().map(PartnerType::from).collect()
    }

    /// What the parties would do together.
    async fn description(&self) -> Option<Result<String>> {
        self.facts().map(|facts| facts.description).transpose()
    }

    /// What their products would exchange; null without the type `TECHNOLOGY`. Empty for a partnership that exists: its
    /// facts are shown to those who have joined.
    async fn technology(&self) -> Option<Result<TechnologyFacts>> {
        self.fact(model::PartnerType::Technology, |facts| TechnologyFacts(facts.exchanges))
    }

    /// How they would sell together; null without the type `CHANNEL`. Empty for a partnership that exists.
    async fn channel(&self) -> Option<Result<ChannelFacts>> {
        self.fact(model::PartnerType::Channel, |facts| ChannelFacts { roles: facts.roles, terms: Some(facts.terms) })
    }

    /// What they would want to reach together; null without the type `STRATEGIC`.
    async fn strategic(&self) -> Option<Result<StrategicFacts>> {
        self.fact(model::PartnerType::Strategic, |facts| StrategicFacts {
            aim: facts.aim,
            term_starts_on: facts.term_starts_on.map(Date),
            term_ends_on: facts.term_ends_on.map(Date),
        })
    }

    /// Who is in the partnership that it leads into, as far as the viewer may see their pages; empty for a new one.
    async fn parties(&self, ctx: &Context<'_>) -> Option<Result<Vec<Organization>>> {
        let parties = async {
            let Some(id) = self.0.partnership_id.filter(|_| self.0.joins) else { return Ok(Vec::new()) };
            let parties = load(ctx, PartiesOf(id)).await?.unwrap_or_default();
            let ids = parties.iter().map(|party| party.organization_id).collect();
            Ok(load_many(ctx, ids).await?.into_iter().map(Organization).collect())
        };
        Some(parties.await)
    }

    /// The partnership that it leads into or led to; null where there is none (yet), and where the viewer may not see it.
    async fn partnership(&self, ctx: &Context<'_>) -> Option<Result<Partnership>> {
        load(ctx, self.0.partnership_id?).await.map(|row| row.map(Partnership)).transpose()
    }

    /// Until when it can be answered.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When it was sent.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was accepted, declined or taken back.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// Why it was declined.
    async fn decline_reason(&self) -> Option<PartnershipDeclineReason> {
        self.0.decline_reason.map(PartnershipDeclineReason::from)
    }

    /// What the one who declined added, at most 500 characters.
    async fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// Whether the viewer may accept or decline it now.
    async fn viewer_can_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        let op = ctx.op()?;
        let open = model::answer(&self.0, model::InvitationStatus::Accepted, op.now()).is_ok();
        Ok(open && op.may::<AnswerInvitation>(self.0.id, &self.0))
    }

    /// Whether the viewer may take it back now.
    async fn viewer_can_cancel(&self, ctx: &Context<'_>) -> Result<bool> {
        let op = ctx.op()?;
        let open = model::answer(&self.0, model::InvitationStatus::Canceled, op.now()).is_ok();
        Ok(open && op.may::<CancelInvitation>(self.0.id, &self.0))
    }
}
