//! The GraphQL types of introductions.

use super::{
    enums::{IntroductionDeclineReason, IntroductionDirection, IntroductionOutcome, IntroductionStatus},
    loader::AddresseesOf,
};
use crate::{
    account::graphql::account::Account,
    cosell::{graphql::types::Opportunity, policy::CreateOpportunity},
    introduction::{
        model::{self, Evidence, Side},
        policy::{AnswerIntroduction, ConcludeIntroduction, PursueIntroduction},
    },
    lead::graphql::types::Lead,
    op::Fault,
    organization::graphql::types::Organization,
    overlap::graphql::{
        enums::{AccountListKind, MatchConfidence, OverlapReasonKind},
        types::Overlap,
    },
    partnership::graphql::loader::ContactOf,
    schema::{
        error::ContextExt,
        loader::{load, load_many},
        scalar::Date,
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::{OrganizationId, TypedId};

/// The request of one organization that a partner introduces it to a company that both know. Its two sides see it, whatever
/// becomes of the rules by which the overlap was shown; nobody else does.
pub struct Introduction(pub model::Introduction);

impl Introduction {
    /// The side that the viewer is on.
    fn side(&self, ctx: &Context<'_>) -> Result<Side> {
        let own = ctx.op()?.actor.organization().ok_or(Fault::Unauthenticated)?;
        let side = model::side(&self.0, own);
        Ok(side.ok_or_else(|| Fault::internal("an introduction was shown to somebody who has no part in it"))?)
    }

    fn pursues(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<PursueIntroduction>(self.0.id, &self.0))
    }

    fn answers(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<AnswerIntroduction>(self.0.id, &self.0))
    }
}

/// The request of one organization that a partner introduces it to a company that both know. Its two sides see it, whatever
/// becomes of the rules by which the overlap was shown; nobody else does.
#[Object]
impl Introduction {
    /// The request's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// Where it is, by the clock of this moment.
    async fn status(&self, ctx: &Context<'_>) -> Result<IntroductionStatus> {
        Ok(model::status(&self.0, ctx.op()?.now()).into())
    }

    /// Whether the viewer's organization sent it or was sent it.
    async fn direction(&self, ctx: &Context<'_>) -> Result<IntroductionDirection> {
        Ok(self.side(ctx)?.into())
    }

    /// Who wants to be introduced; null where the viewer may not see its page.
    async fn asker(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.asker_id).await
    }

    /// Who is asked to introduce; null where the viewer may not see its page.
    async fn receiver(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.receiver_id).await
    }

    /// The people of the receiver whom it is for: its partner managers towards the asker, as they are now. Where there is
    /// none, it is for all of its members.
    async fn addressees(&self, ctx: &Context<'_>) -> Option<Result<Vec<IntroductionAddressee>>> {
        let addressees = async {
            let (asker, receiver) = (self.0.asker_id, self.0.receiver_id);
            let people = load(ctx, AddresseesOf { asker, receiver }).await?.unwrap_or_default();
            let keys = people.into_iter().map(|person| ContactOf(receiver, person)).collect();
            let rows = load_many(ctx, keys).await?;
            Ok(rows.into_iter().map(|row| IntroductionAddressee { name: row.name }).collect())
        };
        Some(addressees.await)
    }

    /// The name of the receiver's account as the asker saw it when it asked.
    async fn account_name(&self) -> &str {
        &self.0.account_name
    }

    /// The viewer's own account as it is now; null where it is no longer in its list.
    async fn own_account(&self, ctx: &Context<'_>) -> Option<Result<Account>> {
        let own = async {
            let id = match self.side(ctx)? {
                Side::Asker => self.0.asker_account_id,
                Side::Receiver => self.0.receiver_account_id,
            };
            Ok(load(ctx, id).await?.map(Account))
        };
        own.await.transpose()
    }

    /// The overlap as it is now; null where it is no more, and where the viewer may not see it now.
    async fn overlap(&self, ctx: &Context<'_>) -> Option<Result<Overlap>> {
        load(ctx, self.0.overlap_id).await.map(|seen| seen.map(Overlap)).transpose()
    }

    /// What the viewer's organization saw of the overlap when it was asked; null for a receiver that was shown no overlaps.
    async fn evidence(&self, ctx: &Context<'_>) -> Option<Result<IntroductionEvidence>> {
        let kept = match self.side(ctx) {
            Ok(Side::Asker) => self.0.asker_evidence.clone(),
            Ok(Side::Receiver) => self.0.receiver_evidence.clone()?,
            Err(error) => return Some(Err(error)),
        };
        let read = serde_json::from_value::<Evidence>(kept).map_err(|error| Fault::internal(error).into());
        Some(read.map(IntroductionEvidence::from))
    }

    /// What the asker wrote, 1 to 1,000 characters.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// The title of whom the asker wants to speak to, at most 120 characters.
    async fn contact_title(&self) -> Option<&str> {
        self.0.contact_title.as_deref()
    }

    /// By when the asker would like it.
    async fn desired_on(&self) -> Option<Date> {
        self.0.desired_on.map(Date)
    }

    /// By when the receiver answers, or had to.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When the receiver answered; null before.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// Why the receiver declined.
    async fn decline_reason(&self) -> Option<IntroductionDeclineReason> {
        self.0.decline_reason.map(IntroductionDeclineReason::from)
    }

    /// What the receiver added to its answer, at most 500 characters.
    async fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// What came of it, as either side said last; null before.
    async fn outcome(&self) -> Option<IntroductionOutcome> {
        self.0.outcome.map(IntroductionOutcome::from)
    }

    /// The same in words, at most 500 characters.
    async fn outcome_note(&self) -> Option<&str> {
        self.0.outcome_note.as_deref()
    }

    /// The day on which it came to that.
    async fn outcome_on(&self) -> Option<Date> {
        self.0.outcome_on.map(Date)
    }

    /// Which side said so; null before, and where the viewer may not see its page.
    async fn outcome_by(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.outcome_by?).await
    }

    /// When it said so.
    async fn outcome_at(&self) -> Option<DateTime<Utc>> {
        self.0.outcome_at
    }

    /// The opportunity that the asker made of it; null before, and where the viewer may not see it: it is the asker's to
    /// share.
    async fn opportunity(&self, ctx: &Context<'_>) -> Option<Result<Opportunity>> {
        load(ctx, self.0.opportunity_id?).await.map(|row| row.map(Opportunity)).transpose()
    }

    /// The lead that the receiver made of it for the asker; null before.
    async fn lead(&self, ctx: &Context<'_>) -> Option<Result<Lead>> {
        load(ctx, self.0.lead_id?).await.map(|seen| seen.map(Lead)).transpose()
    }

    /// When it was sent.
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

    /// Whether the viewer may accept or decline it now.
    async fn viewer_can_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(model::accept(&self.0, ctx.op()?.now()).is_ok() && self.answers(ctx)?)
    }

    /// Whether the viewer may take it back now.
    async fn viewer_can_cancel(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(model::cancel(&self.0, ctx.op()?.now()).is_ok() && self.pursues(ctx)?)
    }

    /// Whether the viewer may say what came of it now.
    async fn viewer_can_record_outcome(&self, ctx: &Context<'_>) -> Result<bool> {
        let may = ctx.op()?.may::<ConcludeIntroduction>(self.0.id, &self.0);
        Ok(may && model::record_outcome(&self.0).is_ok())
    }

    /// Whether the viewer may make an opportunity of it now.
    async fn viewer_can_convert_to_opportunity(&self, ctx: &Context<'_>) -> Result<bool> {
        let own = self.0.asker_id;
        let may = self.pursues(ctx)? && ctx.op()?.may::<CreateOpportunity>(own, &own);
        Ok(may && model::convert_to_opportunity(&self.0).is_ok())
    }

    /// Whether the viewer may make a lead of it now.
    async fn viewer_can_convert_to_lead(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(model::convert_to_lead(&self.0).is_ok() && self.answers(ctx)?)
    }
}

/// Somebody whom a request is for.
#[derive(SimpleObject, Clone, Debug)]
pub struct IntroductionAddressee {
    /// The person's name.
    pub name: String,
}

/// What one side saw of an overlap when it was asked to be introduced: kept for whoever asks later what a deal goes back to.
/// It holds no value of the other side's account.
#[derive(SimpleObject, Clone, Debug)]
pub struct IntroductionEvidence {
    /// What the company was to the viewer's organization.
    pub own_kind: AccountListKind,
    /// What it was to the other side.
    pub partner_kind: AccountListKind,
    /// How sure it was that both knew the same company, from 0.5 to 1.
    pub score: f64,
    /// The same in a word.
    pub confidence: MatchConfidence,
    /// Why, the strongest first, as far as the viewer's organization was shown it.
    pub reasons: Vec<OverlapReasonKind>,
    /// When the two accounts were first found to match.
    pub found_at: DateTime<Utc>,
}

impl From<Evidence> for IntroductionEvidence {
    fn from(evidence: Evidence) -> Self {
        Self {
            own_kind: evidence.own_kind.into(),
            partner_kind: evidence.partner_kind.into(),
            score: evidence.score,
            confidence: evidence.confidence.into(),
            reasons: evidence.reasons.into_iter().map(OverlapReasonKind::from).collect(),
            found_at: evidence.found_at,
        }
    }
}

async fn organization(ctx: &Context<'_>, id: OrganizationId) -> Option<Result<Organization>> {
    load(ctx, id).await.map(|row| row.map(Organization)).transpose()
}
