//! Members.

use crate::{
    organization::{
        graphql::{
            member::{Member, MemberRole},
            types::Organization,
        },
        service,
    },
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// Root fields about members.
#[derive(Default)]
pub struct MemberMutation;

/// Somebody who becomes a member.
#[derive(InputObject)]
pub struct MemberAddInput {
    /// The person's address.
    pub email: String,
    /// The person's name, 1 to 120 characters; a person whom the installation knows keeps the present name.
    pub name: String,
    /// What the member may do.
    pub role: MemberRole,
}

/// Another role.
#[derive(InputObject)]
pub struct MemberUpdateRoleInput {
    /// What the member may do from now on.
    pub role: MemberRole,
}

/// What came of `memberAdd`.
#[derive(SimpleObject)]
pub struct MemberAddPayload {
    /// The member; null where nothing was done.
    pub member: Option<Member>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `memberUpdateRole`.
#[derive(SimpleObject)]
pub struct MemberUpdateRolePayload {
    /// The member as it is now; null where nothing was done.
    pub member: Option<Member>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `memberRemove`.
#[derive(SimpleObject)]
pub struct MemberRemovePayload {
    /// The organization that the member was in; null where nothing was done.
    pub organization: Option<Organization>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl MemberMutation {
    /// Makes a person a member; a person whom the installation does not know is entered. Requires: administrator of the
    /// organization or of the operator, and owner to make an owner. Codes: NOT_FOUND, NOT_ALLOWED, ALREADY_EXISTS,
    /// INVALID_STATE, INVALID_FORMAT, REQUIRED, TOO_LONG.
    async fn member_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] id: ID,
        #[graphql(desc = "Who, and as what.")] input: MemberAddInput,
    ) -> Option<Result<MemberAddPayload>> {
        let done = async {
            let outcome =
                service::add_member(ctx.op()?, node::parse(&id)?, &input.email, &input.name, input.role.into()).await;
            let (member, user_errors) = settle(outcome)?;
            Ok(MemberAddPayload { member: member.map(Member), user_errors })
        };
        Some(done.await)
    }

    /// Gives a member another role. Requires: administrator of the organization or of the operator, and owner where an
    /// owner is made or was one. Codes: NOT_FOUND, NOT_ALLOWED, LAST_OWNER.
    async fn member_update_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The member.")] id: ID,
        #[graphql(desc = "The role.")] input: MemberUpdateRoleInput,
    ) -> Option<Result<MemberUpdateRolePayload>> {
        let done = async {
            let outcome = service::update_role(ctx.op()?, node::parse(&id)?, input.role.into()).await;
            let (member, user_errors) = settle(outcome)?;
            Ok(MemberUpdateRolePayload { member: member.map(Member), user_errors })
        };
        Some(done.await)
    }

    /// Removes a member, whose tokens for the organization are refused from now on. Requires: administrator of the
    /// organization or of the operator, owner where the member is one; everybody may leave. Codes: NOT_FOUND, NOT_ALLOWED,
    /// LAST_OWNER.
    async fn member_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The member.")] id: ID,
    ) -> Option<Result<MemberRemovePayload>> {
        let done = async {
            let (organization, user_errors) = settle(service::remove_member(ctx.op()?, node::parse(&id)?).await)?;
            Ok(MemberRemovePayload { organization: organization.map(Organization), user_errors })
        };
        Some(done.await)
    }
}
