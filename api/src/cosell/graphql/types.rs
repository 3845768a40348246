//! The GraphQL type of opportunities. What the share does not name is null or empty.

use super::{
    enums::{
        DeliveryModel, ExpectedFrequency, HelpKind, Industry, Involvement, LossReason, OpportunityOrigin,
        OpportunityStage, OpportunityType, ReviewStatus,
    },
    invitation::Invitation,
    loader::{
        ConflictsOf, ContactsOf, InvitationsOf, ListingsOf, MovesOf, PendingChangeOf, SnapshotCountOf, SnapshotsOf,
    },
    record::{OpportunityConflict, OpportunityListing, OpportunityPendingChange, Snapshot},
    share::{Customer, money, organization, own},
    side::{OpportunityDivergence, OpportunityMove, OpportunityParticipant, OpportunitySide},
};
use crate::{
    activity::{
        graphql::{nested::activities, types::Activity},
        model::Subject,
    },
    contact::graphql::types::Contact,
    cosell::{
        model::{self, OpportunityField},
        policy::{
            InviteToOpportunity, LeaveOpportunity, ReviewOpportunity, ShareOpportunity, SubmitOpportunity,
            UpdateOpportunity, WriteSide,
        },
        store,
    },
    organization::graphql::types::Organization,
    page::Page,
    program::graphql::types::Program,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        scalar::{CountryCode, Date, Money, Url},
    },
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::{flags::from_mask, id::TypedId};
use uuid::Uuid;

/// A deal with one customer that its owner works on, alone or with others. Those who take part see it, each what the owner
/// shared with it; a confidential one only the people whom each side has named.
pub struct Opportunity(pub model::Opportunity);

/// A deal with one customer that its owner works on, alone or with others. Those who take part see it, each what the owner
/// shared with it; a confidential one only the people whom each side has named.
#[Object]
impl Opportunity {
    /// The opportunity's id, the same for all who take part.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The title, 1 to 255 characters. Whoever is invited reads it.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The owner's stage; what the others say is in `sides`.
    async fn stage(&self) -> OpportunityStage {
        self.0.stage.into()
    }

    /// Where the review by the host of a program is.
    async fn review_status(&self) -> ReviewStatus {
        self.0.review_status.into()
    }

    /// What the host said last, at most 100 characters. The owner and the host read it.
    async fn review_reason(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        self.between_owner_and_host(ctx, self.0.review_reason.as_deref()).transpose()
    }

    /// What the host said last, at most 2,000 characters. The owner and the host read it.
    async fn review_comment(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        self.between_owner_and_host(ctx, self.0.review_comment.as_deref()).transpose()
    }

    /// The program that it was submitted to; null where it was not, and for a participant who may not know its host.
    async fn program(&self, ctx: &Context<'_>) -> Option<Result<Program>> {
        let (program, host) = (self.0.program_id?, self.0.host_organization_id?);
        let program = async {
            let known = self.sides(ctx).await?.knows(own(ctx)?, host);
            Ok(if known { load(ctx, program).await?.map(Program) } else { None })
        };
        program.await.transpose()
    }

    /// When it was submitted last.
    async fn submitted_at(&self) -> Option<DateTime<Utc>> {
        self.0.submitted_at
    }

    /// When the host decided last.
    async fn reviewed_at(&self) -> Option<DateTime<Utc>> {
        self.0.reviewed_at
    }

    /// The customer. Needs the field `COMPANY`.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        let row = &self.0;
        let customer = Customer {
            name: row.customer_name.clone(),
            website_url: row.customer_website.clone().map(Url),
            country_code: row.customer_country.clone().map(CountryCode),
            industry: row.customer_industry.map(Industry::from),
            duns: row.customer_duns.clone(),
        };
        self.shared(ctx, OpportunityField::Company, Some(customer)).await
    }

    /// The job of the person whom the owner talks to there, at most 80 characters. Needs the field `CONTACT_TITLE`.
    async fn contact_title(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        self.shared(ctx, OpportunityField::ContactTitle, self.0.contact_title.as_deref()).await
    }

    /// The people at the customer, in the order of entry; at most 20 that are not erased. Needs the field `CONTACTS`. Who
    /// they are is read by the side that entered them and, while a person agrees to both, by the others.
    async fn contacts(&self, ctx: &Context<'_>) -> Option<Result<Vec<Contact>>> {
        let contacts = async {
            let rows = load(ctx, ContactsOf(self.0.id)).await?.unwrap_or_default();
            self.known_contacts(ctx, rows).await
        };
        contacts.await.transpose()
    }

    /// What the customer wants solved, at most 2,000 characters. Needs the field `BUSINESS_PROBLEM`.
    async fn business_problem(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        self.shared(ctx, OpportunityField::BusinessProblem, self.0.business_problem.as_deref()).await
    }

    /// How it is solved, at most 2,000 characters. Needs the field `USE_CASE`.
    async fn use_case(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        self.shared(ctx, OpportunityField::UseCase, self.0.use_case.as_deref()).await
    }

    /// How the solution comes to the customer. Needs the field `DELIVERY_MODELS`.
    async fn delivery_models(&self, ctx: &Context<'_>) -> Option<Result<Vec<DeliveryModel>>> {
        let models = from_mask::<model::DeliveryModel>(self.0.delivery_models);
        let models = models.into_iter().map(DeliveryModel::from).collect();
        self.shared(ctx, OpportunityField::DeliveryModels, Some(models)).await
    }

    /// What it is worth. Needs the field `EXPECTED_AMOUNT`.
    async fn expected_amount(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let amount = money(self.0.expected_amount_minor, self.0.expected_currency.as_deref());
        self.shared(ctx, OpportunityField::ExpectedAmount, amount).await
    }

    /// How often the expected amount is paid. Needs the field `EXPECTED_AMOUNT`.
    async fn expected_frequency(&self, ctx: &Context<'_>) -> Option<Result<ExpectedFrequency>> {
        let frequency = self.0.expected_frequency.map(ExpectedFrequency::from);
        self.shared(ctx, OpportunityField::ExpectedAmount, frequency).await
    }

    /// How many months the contract runs, 1 to 144. Needs the field `EXPECTED_AMOUNT`.
    async fn contract_months(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        self.shared(ctx, OpportunityField::ExpectedAmount, self.0.contract_months).await
    }

    /// How likely it is, percent, 0 to 100. Needs the field `EXPECTED_AMOUNT`.
    async fn probability(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        self.shared(ctx, OpportunityField::ExpectedAmount, self.0.probability).await
    }

    /// What kind of business it is.
    #[graphql(name = "type")]
    async fn kind(&self) -> OpportunityType {
        self.0.kind.into()
    }

    /// Who found it.
    async fn origin(&self) -> OpportunityOrigin {
        self.0.origin.into()
    }

    /// What the owner wants of the others.
    async fn involvement(&self) -> Involvement {
        self.0.involvement.into()
    }

    /// Whether only the named people of each side see it.
    async fn confidential(&self) -> bool {
        self.0.confidential
    }

    /// When the owner expects to close; what the others say is in `sides`. Needs the field `TARGET_CLOSE_DATE`.
    async fn target_close_date(&self, ctx: &Context<'_>) -> Option<Result<Date>> {
        self.shared(ctx, OpportunityField::TargetCloseDate, self.0.target_close_date.map(Date)).await
    }

    /// What the owner asks the others to help with. Needs the field `HELP_REQUESTED`.
    async fn help_requested(&self, ctx: &Context<'_>) -> Option<Result<Vec<HelpKind>>> {
        let help = from_mask::<model::HelpKind>(self.0.help_requested).into_iter().map(HelpKind::from).collect();
        self.shared(ctx, OpportunityField::HelpRequested, Some(help)).await
    }

    /// Who else wants the deal; at most 10 names. Needs the field `COMPETITORS`.
    async fn competitors(&self, ctx: &Context<'_>) -> Option<Result<&[String]>> {
        self.shared(ctx, OpportunityField::Competitors, Some(self.0.competitors.0.as_slice())).await
    }

    /// Why the owner lost it; null where it is not lost.
    async fn loss_reason(&self) -> Option<LossReason> {
        self.0.loss_reason.map(LossReason::from)
    }

    /// The id in the owner's CRM. Only the owner reads it.
    async fn external_id(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        match self.is_owner(ctx).await {
            Ok(owner) => self.0.external_id.as_deref().filter(|_| owner).map(Ok),
            Err(error) => Some(Err(error)),
        }
    }

    /// The listings that are sold, in the order in which the owner gave them; at most 10. Needs the field `LISTINGS`.
    async fn related_listings(&self, ctx: &Context<'_>) -> Option<Result<Vec<OpportunityListing>>> {
        let listings = async {
            if !model::has(self.seen(ctx).await?, OpportunityField::Listings) {
                return Ok(None);
            }
            let rows = load(ctx, ListingsOf(self.0.id)).await?.unwrap_or_default();
            Ok(Some(rows.into_iter().map(OpportunityListing).collect()))
        };
        listings.await.transpose()
    }

    /// Whose deal it is; null where the viewer may not see its page.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.owner_organization_id).await
    }

    /// Who takes part, the owner among them, in the order of joining; at most 10. Where the owner hides the participants,
    /// each of them sees the owner and itself.
    async fn participants(&self, ctx: &Context<'_>) -> Option<Result<Vec<OpportunityParticipant>>> {
        let participants = async {
            let (sides, own) = (self.sides(ctx).await?, own(ctx)?);
            let is_owner = sides.is_owner(own);
            let shown = |row: &model::Participant| OpportunityParticipant {
                inside: is_owner || row.organization_id == own,
                row: row.clone(),
            };
            Ok(sides.known_to(own).map(shown).collect())
        };
        Some(participants.await)
    }

    /// Whether the participants do not see each other, only the owner.
    async fn hides_participants(&self) -> bool {
        self.0.hides_participants
    }

    /// What each side says, of those that `participants` has.
    #[graphql(name = "sides")]
    async fn shown_sides(&self, ctx: &Context<'_>) -> Option<Result<Vec<OpportunitySide>>> {
        let sides = async {
            let (sides, own) = (self.sides(ctx).await?, own(ctx)?);
            let fields = sides.fields_of(own);
            Ok(sides.known_to(own).map(|row| OpportunitySide::of(row, own, fields)).collect())
        };
        Some(sides.await)
    }

    /// Where sides say otherwise than the owner, as far as the viewer sees what they say; empty where they agree.
    async fn divergence(&self, ctx: &Context<'_>) -> Option<Result<Vec<OpportunityDivergence>>> {
        Some(async { Ok(OpportunityDivergence::seen_by(&self.sides(ctx).await?, own(ctx)?)) }.await)
    }

    /// The moves of the sides that `participants` has or had, newest first; at most the last 100 of all.
    async fn moves(&self, ctx: &Context<'_>) -> Option<Result<Vec<OpportunityMove>>> {
        let moves = async {
            let (sides, own) = (self.sides(ctx).await?, own(ctx)?);
            let rows = load(ctx, MovesOf(self.0.id)).await?.unwrap_or_default();
            let known = rows.into_iter().filter(|row| sides.knows(own, row.organization_id));
            Ok(known.map(OpportunityMove).collect())
        };
        Some(moves.await)
    }

    /// The invitations into it that the viewer may see, newest first, at most 50: the owner sees all, others those that
    /// they sent or received.
    async fn invitations(&self, ctx: &Context<'_>) -> Option<Result<Vec<Invitation>>> {
        let rows = load(ctx, InvitationsOf(self.0.id)).await;
        Some(rows.map(|rows| rows.unwrap_or_default().into_iter().map(Invitation).collect()))
    }

    /// What was shared when, newest first: the owner sees all of it, others what was shared with them.
    async fn snapshots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<Snapshot>>> {
        const ORDER: &str = "opportunity.snapshots.ID.DESC";
        let id = self.0.id;
        let snapshots = async {
            let page = Page::<Uuid>::parse(ORDER, first, after.as_deref())?;
            let position = |row: &model::Snapshot| row.id.0;
            let slice = match page.after {
                None => load(ctx, SnapshotsOf(id, page.first)).await?.unwrap_or_else(|| page.slice(vec![], position)),
                after => page.slice(store::list_snapshots_of(ctx.op()?, &[id], after, page.fetch()).await?, position),
            };
            list(slice, ORDER, Total::loaded(SnapshotCountOf(id)), Snapshot)
        };
        Some(snapshots.await)
    }

    /// Edits that wait for the review to end; null where none do. Only the owner reads them.
    async fn pending_change(&self, ctx: &Context<'_>) -> Option<Result<OpportunityPendingChange>> {
        load(ctx, PendingChangeOf(self.0.id)).await.map(|row| row.map(OpportunityPendingChange)).transpose()
    }

    /// Whether the same customer is open already with the owner, or with the host that it was submitted to, through
    /// another partner. That organization sees with which; anybody else learns only that it is so and by which rule.
    /// Needs the field `COMPANY`.
    async fn conflicts(&self, ctx: &Context<'_>) -> Option<Result<Vec<OpportunityConflict>>> {
        let conflicts = async {
            if !model::has(self.seen(ctx).await?, OpportunityField::Company) {
                return Ok(None);
            }
            let own = own(ctx)?;
            let rows = load(ctx, ConflictsOf(self.0.id)).await?.unwrap_or_default();
            Ok(Some(OpportunityConflict::told_to(own, rows)))
        };
        conflicts.await.transpose()
    }

    /// What was done about it, newest first.
    async fn activities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<Activity>>> {
        Some(activities(ctx, Subject::Opportunity(self.0.id), first, after).await)
    }

    /// Since when it is archived; null where it is not.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// When it was entered.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed, by whichever side.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change of whichever side; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Whether the viewer may change the content, now or kept until a review ends.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        let editable = model::editable(self.0.review_status) != model::Editable::Nothing;
        self.may::<UpdateOpportunity>(ctx, self.0.archived_at.is_none() && editable).await
    }

    /// Whether the viewer may write its own side.
    async fn viewer_can_update_side(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        self.may::<WriteSide>(ctx, self.0.archived_at.is_none()).await
    }

    /// Whether the viewer may invite others.
    async fn viewer_can_invite(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        self.may::<InviteToOpportunity>(ctx, self.0.archived_at.is_none() && model::is_open(self.0.stage)).await
    }

    /// Whether the viewer may change what participants see.
    async fn viewer_can_share(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        self.may::<ShareOpportunity>(ctx, self.0.archived_at.is_none()).await
    }

    /// Whether the viewer may submit it now, as far as the state of the review goes.
    async fn viewer_can_submit(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        let open = model::follow(self.0.review_status, model::ReviewStep::Submit).is_ok();
        self.may::<SubmitOpportunity>(ctx, open).await
    }

    /// Whether the viewer may decide on it now, as the host of the program.
    async fn viewer_can_review(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        let open = model::follow(self.0.review_status, model::ReviewStep::Approve).is_ok();
        self.may::<ReviewOpportunity>(ctx, open).await
    }

    /// Whether the viewer may leave now: the host of a program not before it has decided.
    async fn viewer_can_leave(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        let reviews = own(ctx).map(|own| self.0.host_organization_id == Some(own));
        match reviews {
            Ok(reviews) => {
                let bound = reviews && model::is_under_review(self.0.review_status);
                self.may::<LeaveOpportunity>(ctx, !bound).await
            }
            Err(error) => Some(Err(error)),
        }
    }
}
