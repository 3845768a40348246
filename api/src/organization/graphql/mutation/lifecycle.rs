//! How organizations come, go on and end.

use crate::{
    op::Outcome,
    organization::{
        graphql::types::Organization,
        model::{self, NewOrganization},
        service,
    },
    schema::{
        error::{ContextExt, UserError, settle},
        node,
        scalar::CountryCode,
    },
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

/// Root fields about the lifecycle.
#[derive(Default)]
pub struct LifecycleMutation;

/// The state in which an organization is entered.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationInitialStatus {
    /// Waits for `organizationActivate`; its people can sign in and read.
    Applicant,
    /// Takes part at once.
    Active,
}

/// An organization to be entered, with its first owner.
#[derive(InputObject)]
pub struct OrganizationCreateInput {
    /// The display name, 1 to 200 characters.
    pub name: String,
    /// Unique in the installation, never changed: 1 to 80 lower-case letters, digits and single hyphens. By default made
    /// from the name.
    pub slug: Option<String>,
    /// The country of its seat.
    pub country_code: Option<CountryCode>,
    /// Whether it has a public page.
    #[graphql(default = true)]
    pub listed: bool,
    /// Its key in another system, unique in the installation, at most 200 characters.
    pub external_id: Option<String>,
    /// The state in which it begins.
    #[graphql(default_with = "OrganizationInitialStatus::Active")]
    pub status: OrganizationInitialStatus,
    /// The address of the first owner.
    pub owner_email: String,
    /// The name of the first owner, 1 to 120 characters; a person whom the installation knows keeps the present name.
    pub owner_name: String,
    /// Makes a retry within 24 hours give the same organization; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// Why something is decided so.
#[derive(InputObject)]
pub struct OrganizationDecisionInput {
    /// The reason, 1 to 500 characters; the organization's people and the operator read it.
    pub reason: String,
}

/// What came of `organizationCreate`.
#[derive(SimpleObject)]
pub struct OrganizationCreatePayload {
    /// The organization; null where nothing was done.
    pub organization: Option<Organization>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `organizationActivate`.
#[derive(SimpleObject)]
pub struct OrganizationActivatePayload {
    /// The organization as it is now; null where nothing was done.
    pub organization: Option<Organization>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `organizationSuspend`.
#[derive(SimpleObject)]
pub struct OrganizationSuspendPayload {
    /// The organization as it is now; null where nothing was done.
    pub organization: Option<Organization>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `organizationTerminate`.
#[derive(SimpleObject)]
pub struct OrganizationTerminatePayload {
    /// The organization as it is now; null where nothing was done.
    pub organization: Option<Organization>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl LifecycleMutation {
    /// Enters an organization with its first owner. Requires: manager of the operator. Codes: NOT_ALLOWED, REQUIRED,
    /// TOO_LONG, INVALID_FORMAT, TAKEN, OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.
    async fn organization_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization and its first owner.")] input: OrganizationCreateInput,
    ) -> Option<Result<OrganizationCreatePayload>> {
        Some(create(ctx, input).await)
    }

    /// Lets an applicant in, or a suspended organization take part again. Requires: administrator of the operator. Codes:
    /// NOT_FOUND, NOT_ALLOWED, INVALID_STATE.
    async fn organization_activate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] id: ID,
    ) -> Option<Result<OrganizationActivatePayload>> {
        let done = async { decided(service::activate(ctx.op()?, node::parse(&id)?).await) };
        let payload = |(organization, user_errors)| OrganizationActivatePayload { organization, user_errors };
        Some(done.await.map(payload))
    }

    /// Suspends an organization: its people read but change nothing, and its public page is gone. Requires: administrator
    /// of the operator. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE, REQUIRED, TOO_LONG.
    async fn organization_suspend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] id: ID,
        #[graphql(desc = "Why.")] input: OrganizationDecisionInput,
    ) -> Option<Result<OrganizationSuspendPayload>> {
        let done = async { decided(service::suspend(ctx.op()?, node::parse(&id)?, &input.reason).await) };
        let payload = |(organization, user_errors)| OrganizationSuspendPayload { organization, user_errors };
        Some(done.await.map(payload))
    }

    /// Ends an organization for good: its people and keys are refused from now on, what it did stays on record. Requires:
    /// administrator of the operator. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE, REQUIRED, TOO_LONG.
    async fn organization_terminate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] id: ID,
        #[graphql(desc = "Why.")] input: OrganizationDecisionInput,
    ) -> Option<Result<OrganizationTerminatePayload>> {
        let done = async { decided(service::terminate(ctx.op()?, node::parse(&id)?, &input.reason).await) };
        let payload = |(organization, user_errors)| OrganizationTerminatePayload { organization, user_errors };
        Some(done.await.map(payload))
    }
}

fn decided(outcome: Outcome<model::Organization>) -> Result<(Option<Organization>, Vec<UserError>)> {
    let (organization, user_errors) = settle(outcome)?;
    Ok((organization.map(Organization), user_errors))
}

async fn create(ctx: &Context<'_>, input: OrganizationCreateInput) -> Result<OrganizationCreatePayload> {
    let new = NewOrganization {
        name: input.name,
        slug: input.slug,
        country_code: input.country_code.map(|country| country.0),
        listed: input.listed,
        external_id: input.external_id,
        active: input.status == OrganizationInitialStatus::Active,
        owner_email: input.owner_email,
        owner_name: input.owner_name,
    };
    let (organization, user_errors) = decided(service::create(ctx.op()?, new, input.idempotency_key.as_deref()).await)?;
    Ok(OrganizationCreatePayload { organization, user_errors })
}
