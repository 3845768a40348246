//! What can be done with organizations.

use super::types::Organization;
use crate::{
    organization::{model::OrganizationPatch, service},
    schema::{
        error::{ContextExt, UserError, settle},
        node,
        scalar::CountryCode,
    },
};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};

/// Root fields of this room.
#[derive(Default)]
pub struct OrganizationMutation;

/// A change of an organization. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct OrganizationUpdateInput {
    /// The display name, 1 to 200 characters; it cannot be emptied.
    pub name: Option<String>,
    /// The country of its seat.
    pub country_code: MaybeUndefined<CountryCode>,
    /// Whether it has a public page.
    pub listed: Option<bool>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What came of `organizationUpdate`.
#[derive(SimpleObject)]
pub struct OrganizationUpdatePayload {
    /// The organization as it is now; null where nothing was done.
    pub organization: Option<Organization>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl OrganizationMutation {
    /// Changes name, seat and public page. Requires: manager of the organization. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, REQUIRED, TOO_LONG.
    async fn organization_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] id: ID,
        #[graphql(desc = "What to change.")] input: OrganizationUpdateInput,
    ) -> Option<Result<OrganizationUpdatePayload>> {
        Some(update(ctx, &id, input).await)
    }
}

async fn update(ctx: &Context<'_>, id: &ID, input: OrganizationUpdateInput) -> Result<OrganizationUpdatePayload> {
    let patch = OrganizationPatch {
        name: input.name,
        country_code: match input.country_code {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(country) => Some(Some(country.0)),
        },
        listed: input.listed,
    };
    let outcome = service::update(ctx.op()?, node::parse(id)?, patch, input.expected_revision).await;
    let (organization, user_errors) = settle(outcome)?;
    Ok(OrganizationUpdatePayload { organization: organization.map(Organization), user_errors })
}
