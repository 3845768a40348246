//! The GraphQL type of invitations into opportunities.

use super::{
    enums::{DeclineReason, HelpKind, Industry, OpportunityField, ParticipantRole},
    share::{Customer, money, organization},
    side::{fields, opportunity},
    types::Opportunity,
};
use crate::{
    cosell::{
        model::{self, InvitationStatus as Status, Offer},
        policy::{AnswerInvitation, CancelInvitation},
    },
    op::Fault,
    organization::graphql::types::Organization,
    partnership::graphql::invitation::InvitationStatus,
    schema::{
        error::ContextExt,
        loader::load,
        scalar::{CountryCode, Date, Money, Url},
    },
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// An invitation of one organization into an opportunity. Its two sides see it, and the opportunity's owner. What it tells
/// of the opportunity is what was shown when it was sent; the invited side reads that while the invitation is open, and
/// after acceptance while it takes part.
pub struct Invitation(pub model::Invitation);

impl Invitation {
    /// What was shown, where the viewer may read it.
    async fn offer(&self, ctx: &Context<'_>) -> Result<Option<Offer>> {
        if !self.is_readable(ctx).await? {
            return Ok(None);
        }
        Ok(Some(serde_json::from_value(self.0.offer.clone()).map_err(Fault::internal)?))
    }

    async fn is_readable(&self, ctx: &Context<'_>) -> Result<bool> {
        let op = ctx.op()?;
        if op.actor.organization() != Some(self.0.to_organization_id) {
            return Ok(true);
        }
        match model::invitation_status(&self.0, op.now()) {
            Status::Pending => Ok(true),
            Status::Accepted => Ok(load(ctx, self.0.opportunity_id).await?.is_some()),
            Status::Declined | Status::Canceled | Status::Expired => Ok(false),
        }
    }

    async fn offered<T>(&self, ctx: &Context<'_>, value: impl FnOnce(Offer) -> Option<T>) -> Option<Result<T>> {
        self.offer(ctx).await.map(|offer| offer.and_then(value)).transpose()
    }
}

/// An invitation of one organization into an opportunity. Its two sides see it, and the opportunity's owner. What it tells
/// of the opportunity is what was shown when it was sent; the invited side reads that while the invitation is open, and
/// after acceptance while it takes part.
#[Object]
impl Invitation {
    /// The invitation's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// What became of it, by the clock of this moment.
    async fn status(&self, ctx: &Context<'_>) -> Result<InvitationStatus> {
        Ok(model::invitation_status(&self.0, ctx.op()?.now()).into())
    }

    /// Who invites; null where the viewer may not see its page.
    async fn sender(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.from_organization_id).await
    }

    /// Who is invited; null where the viewer may not see its page.
    async fn receiver(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.to_organization_id).await
    }

    /// What the inviter wrote, 1 to 255 characters.
    async fn message(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        let readable = self.is_readable(ctx).await;
        readable.map(|readable| readable.then_some(self.0.message.as_str())).transpose()
    }

    /// What the invited organization would do.
    async fn role(&self) -> ParticipantRole {
        self.0.role.into()
    }

    /// The opportunity's title.
    async fn opportunity_title(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        self.offered(ctx, |offer| Some(offer.title)).await
    }

    /// What is shown before acceptance.
    async fn shown_fields(&self) -> Vec<OpportunityField> {
        fields(self.0.shown)
    }

    /// What is seen after acceptance.
    async fn granted_fields(&self) -> Vec<OpportunityField> {
        fields(self.0.granted)
    }

    /// Whether the invited organization may invite others then.
    async fn may_invite(&self) -> bool {
        self.0.may_invite
    }

    /// The customer. Where `COMPANY` is shown.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        self.offered(ctx, |offer| {
            offer.customer.map(|customer| Customer {
                name: customer.name,
                website_url: customer.website_url.map(Url),
                country_code: customer.country_code.map(CountryCode),
                industry: customer.industry.map(Industry::from),
                duns: customer.duns,
            })
        })
        .await
    }

    /// The job of the person whom the owner talks to at the customer. Where `CONTACT_TITLE` is shown.
    async fn contact_title(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        self.offered(ctx, |offer| offer.contact_title).await
    }

    /// What the customer wants solved. Where `BUSINESS_PROBLEM` is shown.
    async fn business_problem(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        self.offered(ctx, |offer| offer.business_problem).await
    }

    /// How it is solved. Where `USE_CASE` is shown.
    async fn use_case(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        self.offered(ctx, |offer| offer.use_case).await
    }

    /// What it is worth. Where `EXPECTED_AMOUNT` is shown.
    async fn expected_amount(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let amount = |offer: Offer| offer.expected_amount.and_then(|it| money(Some(it.minor), Some(&it.currency_code)));
        self.offered(ctx, amount).await
    }

    /// When the owner expects to close. Where `TARGET_CLOSE_DATE` is shown.
    async fn target_close_date(&self, ctx: &Context<'_>) -> Option<Result<Date>> {
        self.offered(ctx, |offer| offer.target_close_date.map(Date)).await
    }

    /// What the owner asks the others to help with. Where `HELP_REQUESTED` is shown.
    async fn help_requested(&self, ctx: &Context<'_>) -> Option<Result<Vec<HelpKind>>> {
        self.offered(ctx, |offer| offer.help_requested.map(|kinds| kinds.into_iter().map(HelpKind::from).collect()))
            .await
    }

    /// The opportunity; null for whom does not (yet) take part.
    async fn opportunity(&self, ctx: &Context<'_>) -> Option<Result<Opportunity>> {
        opportunity(ctx, self.0.opportunity_id).await
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
    async fn decline_reason(&self) -> Option<DeclineReason> {
        self.0.decline_reason.map(DeclineReason::from)
    }

    /// What the one who declined added, at most 500 characters.
    async fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// Whether the viewer may accept or decline it now.
    async fn viewer_can_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        let op = ctx.op()?;
        let open = model::answer(&self.0, Status::Accepted, op.now()).is_ok();
        Ok(open && op.may::<AnswerInvitation>(self.0.id, &self.0))
    }

    /// Whether the viewer may take it back now.
    async fn viewer_can_cancel(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        let may = async {
            let op = ctx.op()?;
            if model::answer(&self.0, Status::Canceled, op.now()).is_err() {
                return Ok(false);
            }
            // Whoever does not see the opportunity is not its owner.
            let owner = load(ctx, self.0.opportunity_id).await?.map(|row| row.owner_organization_id);
            let facts = (self.0.clone(), owner.unwrap_or(self.0.from_organization_id));
            Ok(op.may::<CancelInvitation>(self.0.id, &facts))
        };
        Some(may.await)
    }
}
