//! From what clients send to what the service takes.

use super::{
    enums::{DeliveryModel, HelpKind, OpportunityField},
    input::{
        OpportunityCreateInput, OpportunityInviteInput, OpportunityListingInput, OpportunityShareUpdateInput,
        OpportunitySideUpdateInput, OpportunityTeamMemberInput, OpportunityUpdateInput,
    },
};
use crate::{
    cosell::{
        model::{self, Amount, ContentPatch, Invite, ListingRef, SidePatch, TeamDraft},
        service::{Create, Share},
    },
    op::Fault,
    schema::{node, scalar::MoneyInput},
};
use async_graphql::MaybeUndefined;
use entity::flags::to_mask;

/// Absent is not null: an outer `None` leaves the value, an inner one empties it.
fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// A digit too many is a fault of the request, as for every decimal.
fn amount(input: &MoneyInput) -> Result<Amount, Fault> {
    let minor = input
        .to_minor("input.expectedAmount")
        .map_err(|refusal| Fault::bad_input(format!("`input.expectedAmount.amount`: {}", refusal.message)))?;
    Ok(Amount { minor, currency: input.currency_code.0.code().to_owned() })
}

fn listings(listings: Vec<OpportunityListingInput>) -> Vec<ListingRef> {
    let listing =
        |input: OpportunityListingInput| ListingRef { listing: input.listing, integrates_with: input.integrates_with };
    listings.into_iter().map(listing).collect()
}

fn models(models: Vec<DeliveryModel>) -> i32 {
    to_mask(models.into_iter().map(model::DeliveryModel::from))
}

fn help(help: Vec<HelpKind>) -> i32 {
    to_mask(help.into_iter().map(model::HelpKind::from))
}

fn field_set(fields: Vec<OpportunityField>) -> i32 {
    to_mask(fields.into_iter().map(model::OpportunityField::from))
}

impl OpportunityCreateInput {
    /// The opportunity, and the idempotency key.
    pub(super) fn split(self) -> Result<(Create, Option<String>), Fault> {
        let content = ContentPatch {
            title: Some(self.title),
            customer_name: Some(self.customer.name),
            customer_website: self.customer.website_url.map(|url| Some(url.0)),
            customer_country: self.customer.country_code.map(|country| Some(country.0)),
            customer_industry: self.customer.industry.map(|industry| Some(industry.into())),
            customer_duns: self.customer.duns.map(Some),
            contact_title: self.contact_title.map(Some),
            business_problem: self.business_problem.map(Some),
            use_case: self.use_case.map(Some),
            delivery_models: self.delivery_models.map(models),
            expected_amount: self.expected_amount.as_ref().map(amount).transpose()?.map(Some),
            expected_frequency: self.expected_frequency.map(|frequency| Some(frequency.into())),
            contract_months: self.contract_months.map(Some),
            probability: self.probability.map(Some),
            kind: self.kind.map(Into::into),
            origin: self.origin.map(Into::into),
            involvement: self.involvement.map(Into::into),
            confidential: self.confidential.then_some(true),
            target_close_date: self.target_close_date.map(|day| Some(day.0)),
            help_requested: self.help_requested.map(help),
            competitors: self.competitors,
            external_id: self.external_id.map(Some),
            hides_participants: self.hides_participants.then_some(true),
            listings: self.related_listings.map(listings),
        };
        let create =
            Create { content, stage: self.stage.map(Into::into), loss_reason: self.loss_reason.map(Into::into) };
        Ok((create, self.idempotency_key))
    }
}

impl OpportunityUpdateInput {
    /// The change, and the expected revision.
    pub(super) fn split(self) -> Result<(ContentPatch, Option<i32>), Fault> {
        let expected_amount = match given(self.expected_amount) {
            None => None,
            Some(input) => Some(input.as_ref().map(amount).transpose()?),
        };
        let mut patch = ContentPatch {
            title: self.title,
            contact_title: given(self.contact_title),
            business_problem: given(self.business_problem),
            use_case: given(self.use_case),
            delivery_models: self.delivery_models.map(models),
            expected_amount,
            expected_frequency: given(self.expected_frequency).map(|frequency| frequency.map(Into::into)),
            contract_months: given(self.contract_months),
            probability: given(self.probability),
            kind: self.kind.map(Into::into),
            origin: self.origin.map(Into::into),
            involvement: self.involvement.map(Into::into),
            confidential: self.confidential,
            target_close_date: given(self.target_close_date.map_value(|day| day.0)),
            help_requested: self.help_requested.map(help),
            competitors: self.competitors,
            external_id: given(self.external_id),
            hides_participants: self.hides_participants,
            listings: self.related_listings.map(listings),
            ..ContentPatch::default()
        };
        if let Some(customer) = self.customer {
            patch.customer_name = customer.name;
            patch.customer_website = given(customer.website_url).map(|url| url.map(|url| url.0));
            patch.customer_country = given(customer.country_code).map(|country| country.map(|country| country.0));
            patch.customer_industry = given(customer.industry).map(|industry| industry.map(Into::into));
            patch.customer_duns = given(customer.duns);
        }
        Ok((patch, self.expected_revision))
    }
}

impl OpportunitySideUpdateInput {
    /// The change, and the expected revision.
    pub(super) fn split(self) -> Result<(SidePatch, Option<i32>), Fault> {
        let person = |input: OpportunityTeamMemberInput| {
            Ok(TeamDraft { member: node::parse(&input.member)?, responsibility: input.responsibility })
        };
        let team = self.team.map(|team| team.into_iter().map(person).collect::<Result<_, Fault>>()).transpose()?;
        let patch = SidePatch {
            target_close_date: given(self.target_close_date.map_value(|day| day.0)),
            next_steps: given(self.next_steps),
            team,
        };
        Ok((patch, self.expected_revision))
    }
}

impl OpportunityShareUpdateInput {
    /// The share, and the expected revision.
    pub(super) fn split(self) -> (Share, Option<i32>) {
        let share = Share {
            organization: self.organization,
            fields: self.granted_fields.map(field_set),
            may_invite: self.may_invite,
        };
        (share, self.expected_revision)
    }
}

impl OpportunityInviteInput {
    /// The invitation, and the idempotency key.
    pub(super) fn split(self) -> (Invite, Option<String>) {
        let invite = Invite {
            organization: self.organization,
            message: self.message,
            role: self.role.into(),
            expires_at: self.expires_at,
            shown: self.shown_fields.map(field_set),
            granted: self.granted_fields.map(field_set),
            may_invite: self.may_invite,
        };
        (invite, self.idempotency_key)
    }
}
