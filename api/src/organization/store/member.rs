//! Members and people.

use super::inside;
use crate::{
    db,
    op::{Action, Failure, Fault, Op, Permit, taken},
    organization::{
        model::{Member, Organization, OrganizationStatus, Person, Role},
        policy::ManageMember,
    },
};
use entity::{
    id::{MemberId, OrganizationId, PersonId},
    member, organization, person,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, sea_query::OnConflict,
};
use uuid::Uuid;

/// The members that the actor may see: those of the own organization, and all for the operator.
fn visible(op: &Op) -> Select<member::Entity> {
    member::Entity::find().filter(inside(&op.actor, member::Column::OrganizationId))
}

/// The members with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_members_by_ids(op: &Op, ids: &[MemberId]) -> Result<Vec<Member>, Fault> {
    Ok(visible(op).filter(member::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The first `fetch` members of each of these organizations, longest there first; behind the member `after` where it is
/// given.
///
/// # Errors
/// Database faults.
pub async fn list_members_of(
    op: &Op,
    organizations: &[OrganizationId],
    after: Option<Uuid>,
    fetch: u64,
) -> Result<Vec<Member>, Fault> {
    let mut rows = visible(op).filter(member::Column::OrganizationId.is_in(organizations.iter().copied()));
    if let Some(after) = after {
        rows = rows.filter(member::Column::Id.gt(MemberId::from(after)));
    }
    let rows = db::first_of_each(rows, member::Column::OrganizationId, member::Column::Id, Order::Asc, fetch);
    Ok(rows.all(op.db().read()).await?)
}

/// How many members there are, by organization.
///
/// # Errors
/// Database faults.
pub async fn count_members_of(op: &Op, organizations: &[OrganizationId]) -> Result<Vec<(OrganizationId, u64)>, Fault> {
    let counted: Vec<(OrganizationId, i64)> = visible(op)
        .filter(member::Column::OrganizationId.is_in(organizations.iter().copied()))
        .select_only()
        .column(member::Column::OrganizationId)
        .column_as(member::Column::Id.count(), "total")
        .group_by(member::Column::OrganizationId)
        .into_tuple()
        .all(op.db().read())
        .await?;
    Ok(counted.into_iter().map(|(id, total)| (id, u64::try_from(total).unwrap_or_default())).collect())
}

/// The people with these ids whom the actor may see: the actor, those who belong to the actor's organization, and all
/// for the operator. In no order.
///
/// # Errors
/// Database faults.
pub async fn list_people_by_ids(op: &Op, ids: &[PersonId]) -> Result<Vec<Person>, Fault> {
    let colleagues = visible(op).select_only().column(member::Column::PersonId).into_query();
    let mut known = Condition::any().add(person::Column::Id.in_subquery(colleagues));
    if let Some(own) = op.actor.person() {
        known = known.add(person::Column::Id.eq(own));
    }
    // People who once acted and are members of nothing any more are the operator's to see as well.
    if op.actor.operates(Role::Viewer) {
        known = Condition::all();
    }
    let found = person::Entity::find().filter(person::Column::Id.is_in(ids.iter().copied())).filter(known);
    Ok(found.all(op.db().read()).await?)
}

/// The person who acts.
///
/// # Errors
/// Database faults.
pub async fn find_own_person(op: &Op) -> Result<Option<Person>, Fault> {
    let Some(own) = op.actor.person() else { return Ok(None) };
    Ok(person::Entity::find_by_id(own).one(op.db().read()).await?)
}

/// All places of the person who acts, with their organizations, by name, at most 100; an organization that is gone for
/// good is no place. Not limited by what the present organization sees: a person may know where he or she belongs.
///
/// # Errors
/// Database faults.
pub async fn list_places(op: &Op) -> Result<Vec<(Member, Organization)>, Fault> {
    let Some(person) = op.actor.person() else { return Ok(Vec::new()) };
    let of_person = member::Entity::find().filter(member::Column::PersonId.eq(person));
    let members = of_person.clone().all(op.db().read()).await?;
    let theirs = of_person.select_only().column(member::Column::OrganizationId).into_query();
    let organizations = organization::Entity::find()
        .filter(organization::Column::Id.in_subquery(theirs))
        .filter(organization::Column::Status.ne(OrganizationStatus::Terminated))
        .order_by_asc(organization::Column::SortName)
        .order_by_asc(organization::Column::Id)
        .limit(100)
        .all(op.db().read())
        .await?;
    let place = |organization: Organization| {
        let member = members.iter().find(|member| member.organization_id == organization.id)?;
        Some((member.clone(), organization))
    };
    Ok(organizations.into_iter().filter_map(place).collect())
}

/// The place of the person with this address in the organization with this slug: for the command line, which issues
/// tokens.
///
/// # Errors
/// Database faults.
pub async fn find_account(op: &Op, slug: &str, email: &str) -> Result<Option<Member>, Fault> {
    let people = person::Entity::find().filter(person::Column::Email.eq(email));
    let organizations = organization::Entity::find().filter(organization::Column::Slug.eq(slug));
    let place = visible(op)
        .filter(member::Column::PersonId.in_subquery(people.select_only().column(person::Column::Id).into_query()))
        .filter(
            member::Column::OrganizationId
                .in_subquery(organizations.select_only().column(organization::Column::Id).into_query()),
        );
    Ok(place.one(op.db().read()).await?)
}

/// The visible member with this id.
///
/// # Errors
/// Database faults.
pub async fn find_member_in(tx: &DatabaseTransaction, op: &Op, id: MemberId) -> Result<Option<Member>, Fault> {
    Ok(visible(op).filter(member::Column::Id.eq(id)).one(tx).await?)
}

/// A person's place in an organization, visible or not.
///
/// # Errors
/// Database faults.
pub async fn find_member_of_in(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    person: PersonId,
) -> Result<Option<Member>, Fault> {
    Ok(member::Entity::find()
        .filter(member::Column::OrganizationId.eq(organization))
        .filter(member::Column::PersonId.eq(person))
        .one(tx)
        .await?)
}

/// The person behind a member of this organization.
///
/// # Errors
/// Database faults.
pub async fn find_person_of_in(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    id: MemberId,
) -> Result<Option<PersonId>, Fault> {
    let found = member::Entity::find_by_id(id).filter(member::Column::OrganizationId.eq(organization)).one(tx).await?;
    Ok(found.map(|row| row.person_id))
}

/// How many owners an organization has. Its row must be locked: two owners may leave at once.
///
/// # Errors
/// Database faults.
pub async fn count_owners_in(tx: &DatabaseTransaction, organization: OrganizationId) -> Result<u64, Fault> {
    Ok(member::Entity::find()
        .filter(member::Column::OrganizationId.eq(organization))
        .filter(member::Column::Role.eq(Role::Owner))
        .count(tx)
        .await?)
}

/// The person with this address, entered with `name` where there is none. A name that is there already stays: whose
/// address it is says how that person is called.
///
/// # Errors
/// Database faults.
pub async fn person_in<A: Action<Resource = OrganizationId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<A>,
    email: &str,
    name: &str,
) -> Result<Person, Fault> {
    let row = person::ActiveModel {
        id: Set(op.new_id()),
        name: Set(name.to_owned()),
        email: Set(email.to_owned()),
        created_at: Set(op.now()),
    };
    person::Entity::insert(row)
        .on_conflict(OnConflict::column(person::Column::Email).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let found = person::Entity::find().filter(person::Column::Email.eq(email)).one(tx).await?;
    found.ok_or_else(|| Fault::internal("a person is neither new nor there"))
}

/// Enters a person's place.
///
/// # Errors
/// `TAKEN` where the person has one; database faults.
pub async fn insert_member_in<A: Action<Resource = OrganizationId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    person: PersonId,
    role: Role,
) -> Result<Member, Failure> {
    let row = member::ActiveModel {
        id: Set(op.new_id()),
        organization_id: Set(permit.resource()),
        person_id: Set(person),
        role: Set(role),
        created_at: Set(op.now()),
    };
    row.insert(tx).await.map_err(|error| taken(error, "input.email"))
}

/// Gives a member another role.
///
/// # Errors
/// Database faults.
pub async fn set_role_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ManageMember>,
    before: Member,
    role: Role,
) -> Result<Member, Fault> {
    debug_assert_eq!(permit.resource(), before.organization_id, "the permit is for another organization");
    let mut row = before.into_active_model();
    row.role = Set(role);
    Ok(row.update(tx).await?)
}

/// Removes a member.
///
/// # Errors
/// Database faults.
pub async fn remove_member_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ManageMember>,
    member: &Member,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), member.organization_id, "the permit is for another organization");
    member::Entity::delete_by_id(member.id).exec(tx).await?;
    Ok(())
}
