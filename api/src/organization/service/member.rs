//! Members and their roles.

use super::{checked_email, locked};
use crate::db::Tx;
use crate::{
    event,
    op::{ErrorCode, Op, Outcome, Refusal, check},
    organization::{
        event::OrganizationEvent,
        model::{Member, Organization, OrganizationStatus, PERSON_NAME_MAX, Role},
        policy::{ManageMember, MemberFacts},
        store,
    },
};
use entity::id::{MemberId, OrganizationId};

/// Makes the person with this address a member; a person whom the installation does not know is entered with `name`.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `ALREADY_EXISTS`, `INVALID_STATE`, `INVALID_FORMAT`, `REQUIRED`, `TOO_LONG`.
pub async fn add_member(op: &Op, id: OrganizationId, email: &str, name: &str, role: Role) -> Outcome<Member> {
    let email = checked_email("input.email", email)?;
    let name = check::line("input.name", name, PERSON_NAME_MAX)?;
    let tx = op.db().begin().await?;
    let organization = locked(&tx, op, id, "id").await?;
    let facts = MemberFacts { organization: id, present: None, wanted: Some(role), own: false };
    let permit = op.authorize::<ManageMember>(id, &facts)?;
    if organization.status == OrganizationStatus::Terminated {
        return Err(Refusal::invalid_state("The organization is gone for good.").into());
    }
    let person = store::person_in(&tx, op, &permit, &email, &name).await?;
    if store::find_member_of_in(&tx, id, person.id).await?.is_some() {
        let message = "This person is a member already.";
        return Err(Refusal::of("input.email", ErrorCode::AlreadyExists, message).into());
    }
    let member = store::insert_member_in(&tx, op, &permit, person.id, role).await?;
    event::record(&tx, op, vec![OrganizationEvent::MemberAdded { member: &member }.fact()]).await?;
    tx.commit().await?;
    Ok(member)
}

/// Gives a member another role. The role that the member has already changes nothing and is no error.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `LAST_OWNER`.
pub async fn update_role(op: &Op, id: MemberId, role: Role) -> Outcome<Member> {
    let tx = op.db().begin().await?;
    let (_, before) = place(&tx, op, id).await?;
    let facts = MemberFacts {
        organization: before.organization_id,
        present: Some(before.role),
        wanted: Some(role),
        own: op.actor.person() == Some(before.person_id),
    };
    let permit = op.authorize::<ManageMember>(before.organization_id, &facts)?;
    if before.role == role {
        return Ok(before);
    }
    keep_an_owner(&tx, &before).await?;
    let former = before.role;
    let after = store::set_role_in(&tx, &permit, before, role).await?;
    event::record(&tx, op, vec![OrganizationEvent::MemberRoleChanged { before: former, after: &after }.fact()]).await?;
    tx.commit().await?;
    Ok(after)
}

/// Removes a member, who is out at once. Everybody may remove themselves. Gives the organization.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `LAST_OWNER`.
pub async fn remove_member(op: &Op, id: MemberId) -> Outcome<Organization> {
    let tx = op.db().begin().await?;
    let (organization, member) = place(&tx, op, id).await?;
    let facts = MemberFacts {
        organization: member.organization_id,
        present: Some(member.role),
        wanted: None,
        own: op.actor.person() == Some(member.person_id),
    };
    let permit = op.authorize::<ManageMember>(member.organization_id, &facts)?;
    keep_an_owner(&tx, &member).await?;
    store::remove_member_in(&tx, &permit, &member).await?;
    event::record(&tx, op, vec![OrganizationEvent::MemberRemoved { member: &member }.fact()]).await?;
    tx.commit().await?;
    Ok(organization)
}

/// The member with the organization, whose row is locked: the member is read again behind the lock, since another
/// request may have changed or removed it before.
async fn place(tx: &Tx, op: &Op, id: MemberId) -> Outcome<(Organization, Member)> {
    op.signed_in()?;
    let seen = store::find_member_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let organization = locked(tx, op, seen.organization_id, "id").await?;
    let member = store::find_member_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    Ok((organization, member))
}

/// Refuses where `member` is the last owner, who is about to be none.
async fn keep_an_owner(tx: &Tx, member: &Member) -> Outcome<()> {
    if member.role == Role::Owner && store::count_owners_in(tx, member.organization_id).await? <= 1 {
        let message = "This is the last owner. Make somebody else an owner first.";
        return Err(Refusal::of("id", ErrorCode::LastOwner, message).into());
    }
    Ok(())
}
