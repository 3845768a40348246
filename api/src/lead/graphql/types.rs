//! The GraphQL types of leads.

use super::{
    enums::{LeadDeclineReason, LeadQualification, LeadReadiness, LeadSkipReason, LeadStatus, LeadStepState},
    loader::{ContactOfLead, InteractionsOf, StepsOf},
};
use crate::{
    contact::graphql::types::Contact,
    cosell::{
        graphql::{enums::Industry, types::Opportunity},
        policy::CreateOpportunity,
    },
    lead::{
        model::{self, Part, Seen},
        policy::{SendLead, WorkLead},
    },
    organization::graphql::types::Organization,
    schema::{
        error::ContextExt,
        loader::load,
        scalar::{CountryCode, Date, Url},
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::{OrganizationId, TypedId};

/// A possible customer that one organization names to a partner.
pub struct Lead(pub Seen);

impl Lead {
    fn row(&self) -> &model::Lead {
        &self.0.lead
    }

    fn part(&self, ctx: &Context<'_>) -> Result<Part> {
        Ok(model::part(&self.0, ctx.op()?.now()))
    }

    /// What is for all who may read something of the lead.
    fn offered<T>(&self, ctx: &Context<'_>, value: T) -> Result<Option<T>> {
        Ok((self.part(ctx)? != Part::Nothing).then_some(value))
    }
}

/// A possible customer that one organization names to a partner. Only the sender and the receivers that were asked see it,
/// each its part: the sender all of it; a receiver that was asked the company, the use cases and the contact's title; one
/// that accepted the rest; one that declined, was too late or had it taken back only that it was there.
#[Object]
impl Lead {
    /// The lead's id.
    pub async fn id(&self) -> ID {
        ID(self.row().id.global())
    }

    /// Where it is by the clock of this moment, seen from the viewer's organization.
    async fn status(&self, ctx: &Context<'_>) -> Result<LeadStatus> {
        Ok(model::status_of(&self.0, ctx.op()?.now()).into())
    }

    /// The organization that wrote it down; null where the viewer may not see its page.
    async fn sender(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.row().organization_id).await
    }

    /// Whom it is with, or was with last; for a receiver, itself. Null before it is sent, and where the viewer may not see
    /// its page.
    async fn receiver(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        let receiver = match &self.0.step {
            Some(step) => Some(step.organization_id),
            None => self.row().receiver_id,
        };
        organization(ctx, receiver?).await
    }

    /// The company that it is about; null for a receiver whose part is over.
    async fn company(&self, ctx: &Context<'_>) -> Option<Result<LeadCompany>> {
        let row = self.row();
        let company = LeadCompany {
            name: row.company_name.clone(),
            website_url: row.website.clone().map(Url),
            country_code: row.country_code.clone().map(CountryCode),
            industry: row.industry.map(Industry::from),
        };
        self.offered(ctx, company).transpose()
    }

    /// Whom to speak to there; before acceptance only the title. Null where nobody is named, and for a receiver whose part
    /// is over.
    async fn contact(&self, ctx: &Context<'_>) -> Option<Result<Contact>> {
        let contact = async {
            let part = self.part(ctx)?;
            if part == Part::Nothing {
                return Ok(None);
            }
            let Some(row) = load(ctx, ContactOfLead(self.row().id)).await? else { return Ok(None) };
            Ok(Some(match (&self.0.step, part) {
                (None, _) => Contact::own(row),
                (Some(_), Part::All) => Contact::handed_on(row),
                (Some(_), _) => Contact::titled(row),
            }))
        };
        contact.await.transpose()
    }

    /// What went on between the sender and the company, 1 to 10; before acceptance only the use cases. Null for a receiver
    /// whose part is over.
    async fn interactions(&self, ctx: &Context<'_>) -> Option<Result<Vec<LeadInteraction>>> {
        let interactions = async {
            let part = self.part(ctx)?;
            if part == Part::Nothing {
                return Ok(None);
            }
            let rows = load(ctx, InteractionsOf(self.row().id)).await?.unwrap_or_default();
            let full = part == Part::All;
            Ok(Some(rows.into_iter().map(|row| LeadInteraction { row, full }).collect()))
        };
        interactions.await.transpose()
    }

    /// How ready the company is to buy; null for a receiver whose part is over.
    async fn readiness(&self, ctx: &Context<'_>) -> Option<Result<LeadReadiness>> {
        self.offered(ctx, self.row().readiness.into()).transpose()
    }

    /// What was found out about the company; null for a receiver whose part is over.
    async fn qualification(&self, ctx: &Context<'_>) -> Option<Result<LeadQualification>> {
        self.offered(ctx, self.row().qualification.into()).transpose()
    }

    /// The receivers in the order in which they are asked, with what became of each; for a receiver, itself alone. At most
    /// 10.
    async fn route(&self, ctx: &Context<'_>) -> Option<Result<Vec<LeadStep>>> {
        let steps = load(ctx, StepsOf(self.row().id)).await;
        Some(steps.map(|steps| steps.unwrap_or_default().into_iter().map(LeadStep).collect()))
    }

    /// The opportunity that it became; null before, and where the viewer may not see it: it is the receiver's to share.
    async fn opportunity(&self, ctx: &Context<'_>) -> Option<Result<Opportunity>> {
        load(ctx, self.row().opportunity_id?).await.map(|row| row.map(Opportunity)).transpose()
    }

    /// Days that each receiver has for its answer, 1 to 90; 0 for a receiver whose part is over.
    async fn answer_days(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(self.offered(ctx, self.row().answer_days)?.unwrap_or_default())
    }

    /// By when the viewer's organization answers, or had to; for the sender, by when the present receiver answers. Null
    /// while nobody is asked.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        match &self.0.step {
            Some(step) => step.expires_at,
            None => self.row().expires_at,
        }
    }

    /// When it was written down; for a receiver, when it was asked.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.step.as_ref().map_or(self.row().created_at, |step| step.sent_at)
    }

    /// When it was last changed; for a receiver whose part is over, when that was.
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<DateTime<Utc>> {
        Ok(match (&self.0.step, self.part(ctx)?) {
            (Some(step), Part::Nothing) => step.answered_at.or(step.expires_at).unwrap_or(step.sent_at),
            _ => self.row().updated_at,
        })
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen. 0 for a receiver
    /// whose part is over: it changes nothing, and does not see that others do.
    async fn revision(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(self.offered(ctx, self.row().revision)?.unwrap_or_default())
    }

    /// Whether the viewer may change what it says now: the sender all of it, a receiver that accepted `readiness` and
    /// `qualification`.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        let (op, seen) = (ctx.op()?, &self.0);
        let open = model::change(&seen.lead, op.now()).is_ok();
        let works = model::status_of(seen, op.now()) == model::LeadStatus::Accepted;
        let id = seen.lead.id;
        Ok(open && (op.may::<SendLead>(id, seen) || works && op.may::<WorkLead>(id, seen)))
    }

    /// Whether the viewer may send it now.
    async fn viewer_can_send(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(model::send(self.row()).is_ok() && ctx.op()?.may::<SendLead>(self.row().id, &self.0))
    }

    /// Whether the viewer may accept it now.
    async fn viewer_can_accept(&self, ctx: &Context<'_>) -> Result<bool> {
        let op = ctx.op()?;
        Ok(model::accept(&self.0, op.now()).is_ok() && op.may::<WorkLead>(self.row().id, &self.0))
    }

    /// Whether the viewer may make it an opportunity now.
    async fn viewer_can_convert(&self, ctx: &Context<'_>) -> Result<bool> {
        let (op, seen) = (ctx.op()?, &self.0);
        let own = seen.viewer();
        let may = op.may::<WorkLead>(seen.lead.id, seen) && op.may::<CreateOpportunity>(own, &own);
        Ok(may && model::convert(seen, op.now()).is_ok())
    }

    /// Whether the viewer may take it back now.
    async fn viewer_can_cancel(&self, ctx: &Context<'_>) -> Result<bool> {
        let op = ctx.op()?;
        Ok(model::cancel(self.row(), op.now()).is_ok() && op.may::<SendLead>(self.row().id, &self.0))
    }
}

/// The company that a lead is about.
#[derive(SimpleObject, Clone, Debug)]
pub struct LeadCompany {
    /// The name, 1 to 120 characters.
    pub name: String,
    /// The website.
    pub website_url: Option<Url>,
    /// The country.
    pub country_code: Option<CountryCode>,
    /// What it does.
    pub industry: Option<Industry>,
}

/// Something that went on between the sender of a lead and the company.
pub struct LeadInteraction {
    row: model::Interaction,
    full: bool,
}

impl LeadInteraction {
    fn detail<T>(&self, value: T) -> Option<T> {
        self.full.then_some(value)
    }
}

/// Something that went on between the sender of a lead and the company. Before acceptance a receiver reads the use case
/// alone.
#[Object]
impl LeadInteraction {
    /// Where it came from, for example a campaign or an event, at most 255 characters.
    async fn source(&self) -> Option<&str> {
        self.detail(self.row.source.as_str())
    }

    /// The day.
    async fn occurred_on(&self) -> Option<Date> {
        self.detail(self.row.occurred_on).map(Date)
    }

    /// What the company would use, at most 255 characters.
    async fn use_case(&self) -> Option<&str> {
        self.row.use_case.as_deref()
    }

    /// What the company did, at most 255 characters.
    async fn customer_action(&self) -> Option<&str> {
        self.detail(self.row.customer_action.as_deref()).flatten()
    }

    /// What the company wants solved, at most 2,000 characters.
    async fn business_problem(&self) -> Option<&str> {
        self.detail(self.row.business_problem.as_deref()).flatten()
    }
}

/// A receiver of a lead, and what became of it. The sender and the receiver itself read it.
pub struct LeadStep(model::Step);

/// A receiver of a lead, and what became of it. The sender and the receiver itself read it.
#[Object]
impl LeadStep {
    /// The receiver; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.organization_id).await
    }

    /// How far it came, by the clock of this moment.
    async fn state(&self, ctx: &Context<'_>) -> Result<LeadStepState> {
        Ok(model::step_state(&self.0, ctx.op()?.now()).into())
    }

    /// When it was asked; null for one that was not.
    async fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at.map(|_| self.0.sent_at)
    }

    /// By when it answers, or had to; null for one that was not asked.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// When it answered, when it was passed over, or when the lead was taken back.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// Why it declined.
    async fn decline_reason(&self) -> Option<LeadDeclineReason> {
        self.0.decline_reason.map(LeadDeclineReason::from)
    }

    /// What the one who declined added, at most 500 characters.
    async fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// Why it was never asked.
    async fn skip_reason(&self) -> Option<LeadSkipReason> {
        self.0.skip_reason.map(LeadSkipReason::from)
    }
}

async fn organization(ctx: &Context<'_>, id: OrganizationId) -> Option<Result<Organization>> {
    load(ctx, id).await.map(|row| row.map(Organization)).transpose()
}
