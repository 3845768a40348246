//! Name, seat, aliases, coverage and public page.

use super::patched;
use crate::{
    organization::{
        graphql::types::Organization,
        model::{CoverageKind, CoveragePatch, OrganizationPatch},
        service,
    },
    schema::{
        error::{ContextExt, UserError, settle},
        node,
        scalar::CountryCode,
    },
};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};

/// Root fields about what an organization is.
#[derive(Default)]
pub struct UpdateMutation;

/// A change of an organization. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct OrganizationUpdateInput {
    /// The display name, 1 to 200 characters; it cannot be emptied.
    pub name: Option<String>,
    /// The country of its seat.
    pub country_code: MaybeUndefined<CountryCode>,
    /// Whether it has a public page.
    pub listed: Option<bool>,
    /// All its other names, at most 20, each 1 to 200 characters.
    pub other_names: MaybeUndefined<Vec<String>>,
    /// All its domains, at most 20; an address on the web is taken for its domain, and a leading `www.` is left off.
    pub domains: MaybeUndefined<Vec<String>>,
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

/// What an organization covers. Each set that is given replaces the whole set; null empties it.
#[derive(InputObject)]
pub struct CoverageSetInput {
    /// Countries that it serves, at most 250.
    pub countries: MaybeUndefined<Vec<CountryCode>>,
    /// Regions that it serves, at most 50, each 1 to 80 characters, for example `EMEA`.
    pub regions: MaybeUndefined<Vec<String>>,
    /// Market segments, at most 50, each 1 to 80 characters.
    pub segments: MaybeUndefined<Vec<String>>,
    /// Types of customer, at most 50, each 1 to 80 characters.
    pub customer_types: MaybeUndefined<Vec<String>>,
    /// Services that it offers, at most 50, each 1 to 80 characters.
    pub services: MaybeUndefined<Vec<String>>,
    /// Change only if the organization's revision is this.
    pub expected_revision: Option<i32>,
}

/// What came of `coverageSet`.
#[derive(SimpleObject)]
pub struct CoverageSetPayload {
    /// The organization as it is now; null where nothing was done.
    pub organization: Option<Organization>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl UpdateMutation {
    /// Changes name, seat, other names, domains and public page. Requires: manager of the organization, or administrator
    /// of the operator. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, REQUIRED, TOO_LONG, TOO_MANY, INVALID_FORMAT.
    async fn organization_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] id: ID,
        #[graphql(desc = "What to change.")] input: OrganizationUpdateInput,
    ) -> Option<Result<OrganizationUpdatePayload>> {
        Some(update(ctx, &id, input).await)
    }

    /// Says what an organization covers, by which the directory is filtered. Words that differ only in case or accents
    /// count as one. Requires: manager of the organization, or administrator of the operator. Codes: NOT_FOUND,
    /// NOT_ALLOWED, REVISION_MISMATCH, REQUIRED, TOO_LONG, TOO_MANY.
    async fn coverage_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] id: ID,
        #[graphql(desc = "The sets.")] input: CoverageSetInput,
    ) -> Option<Result<CoverageSetPayload>> {
        Some(set_coverage(ctx, &id, input).await)
    }
}

async fn update(ctx: &Context<'_>, id: &ID, input: OrganizationUpdateInput) -> Result<OrganizationUpdatePayload> {
    let patch = OrganizationPatch {
        name: input.name,
        country_code: patched(input.country_code, |country| country.0),
        listed: input.listed,
        other_names: patched(input.other_names, |names| names).map(Option::unwrap_or_default),
        domains: patched(input.domains, |domains| domains).map(Option::unwrap_or_default),
    };
    let outcome = service::update(ctx.op()?, node::parse(id)?, patch, input.expected_revision).await;
    let (organization, user_errors) = settle(outcome)?;
    Ok(OrganizationUpdatePayload { organization: organization.map(Organization), user_errors })
}

async fn set_coverage(ctx: &Context<'_>, id: &ID, input: CoverageSetInput) -> Result<CoverageSetPayload> {
    let countries = |codes: Vec<CountryCode>| codes.into_iter().map(|country| country.0).collect();
    let sets = [
        (CoverageKind::Country, patched(input.countries, countries)),
        (CoverageKind::Region, patched(input.regions, |words| words)),
        (CoverageKind::Segment, patched(input.segments, |words| words)),
        (CoverageKind::CustomerType, patched(input.customer_types, |words| words)),
        (CoverageKind::Service, patched(input.services, |words| words)),
    ];
    let patch: CoveragePatch =
        sets.into_iter().filter_map(|(kind, set)| Some((kind, set?.unwrap_or_default()))).collect();
    let outcome = service::set_coverage(ctx.op()?, node::parse(id)?, patch, input.expected_revision).await;
    let (organization, user_errors) = settle(outcome)?;
    Ok(CoverageSetPayload { organization: organization.map(Organization), user_errors })
}
