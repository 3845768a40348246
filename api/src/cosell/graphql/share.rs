//! What the viewer's organization sees of an opportunity, and small types that opportunities and invitations have in common.

use super::{enums::Industry, loader::ParticipantsOf, types::Opportunity};
use crate::{
    cosell::model::{self, OpportunityField, Sides},
    op::Action,
    organization::graphql::types::Organization,
    schema::{
        error::ContextExt,
        loader::load,
        scalar::{CountryCode, Money, Url},
    },
};
use async_graphql::{Context, Result, SimpleObject};
use entity::id::{OpportunityId, OrganizationId};
use uuid::Uuid;

/// The customer of an opportunity.
#[derive(SimpleObject, Clone, Debug)]
pub struct Customer {
    /// The name, 1 to 120 characters.
    pub name: String,
    /// The website.
    pub website_url: Option<Url>,
    /// The country.
    pub country_code: Option<CountryCode>,
    /// What it does.
    pub industry: Option<Industry>,
    /// The DUNS number, nine digits.
    pub duns: Option<String>,
}

/// An amount as it is stored; none where there is none, or in a currency that ISO 4217 has dropped since.
pub(super) fn money(minor: Option<i64>, currency: Option<&str>) -> Option<Money> {
    Some(Money::from_minor(minor?, iso_currency::Currency::from_code(currency?)?))
}

/// An organization; null where the viewer may not see its page.
pub(super) async fn organization(ctx: &Context<'_>, id: OrganizationId) -> Option<Result<Organization>> {
    load(ctx, id).await.map(|row| row.map(Organization)).transpose()
}

impl Opportunity {
    /// Those who take part; whom the viewer may know is asked of it.
    pub(super) async fn sides(&self, ctx: &Context<'_>) -> Result<Sides> {
        let participants = load(ctx, ParticipantsOf(self.0.id)).await?.unwrap_or_default();
        Ok(Sides { opportunity: self.0.clone(), participants })
    }

    /// What the viewer's organization sees.
    pub(super) async fn seen(&self, ctx: &Context<'_>) -> Result<i32> {
        let own = ctx.op()?.actor.organization();
        let sides = self.sides(ctx).await?;
        Ok(own.map_or(0, |own| sides.fields_of(own)))
    }

    /// The value where the viewer sees the field.
    pub(super) async fn shared<T>(
        &self,
        ctx: &Context<'_>,
        field: OpportunityField,
        value: Option<T>,
    ) -> Option<Result<T>> {
        let value = value?;
        match self.seen(ctx).await {
            Ok(fields) => model::has(fields, field).then_some(Ok(value)),
            Err(error) => Some(Err(error)),
        }
    }

    /// Whether the viewer may do this, where the opportunity's state is `open` for it.
    pub(super) async fn may<A>(&self, ctx: &Context<'_>, open: bool) -> Option<Result<bool>>
    where
        A: Action<Resource = OpportunityId, Facts = Sides>,
    {
        let may = async { Ok(open && ctx.op()?.may::<A>(self.0.id, &self.sides(ctx).await?)) };
        Some(may.await)
    }

    /// Whether the viewer's organization owns it.
    pub(super) async fn is_owner(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.actor.organization() == Some(self.0.owner_organization_id))
    }

    /// A text that only the owner and the host read.
    pub(super) fn between_owner_and_host<'a>(
        &self,
        ctx: &Context<'_>,
        text: Option<&'a str>,
    ) -> Result<Option<&'a str>> {
        let own = ctx.op()?.actor.organization();
        let may = own == Some(self.0.owner_organization_id) || (own.is_some() && own == self.0.host_organization_id);
        Ok(text.filter(|_| may))
    }
}

/// The viewer's organization; whoever has none sees no opportunity.
pub(super) fn own(ctx: &Context<'_>) -> Result<OrganizationId> {
    Ok(ctx.op()?.actor.organization().unwrap_or(OrganizationId(Uuid::nil())))
}
