//! Who shares with whom: partners by name, the organizations that a change concerns, and the lists that it is about.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of who shares with whom")]

use super::exposure::{running, sorted};
use crate::{
    op::{Fault, Op},
    organization::scope::visible_condition,
    partnership::scope::{list_agreed, list_partners},
};
use chrono::{DateTime, Utc};
use entity::{
    account_list, exploratory_mapping as exploratory,
    id::{AccountListId, OrganizationId, TypedId},
    organization,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, ExprTrait, LockType, SelectStatement},
};
use std::collections::BTreeSet;

/// An organization.
pub type Organization = organization::Model;

type Two = (OrganizationId, OrganizationId);

/// The visible organization that `name` is the slug or the id of.
///
/// # Errors
/// Database faults.
pub async fn find_partner(
    connection: &impl ConnectionTrait,
    op: &Op,
    name: &str,
) -> Result<Option<Organization>, Fault> {
    let visible = organization::Entity::find().filter(visible_condition(&op.actor));
    let named = match OrganizationId::parse_global(name) {
        Some(id) => visible.filter(organization::Column::Id.eq(id)),
        None => visible.filter(organization::Column::Slug.eq(name)),
    };
    Ok(named.one(connection).await?)
}

/// Locks the rows of organizations until the transaction ends, so that what two sides agree to at once is settled one
/// after the other. In the order of the ids, so that no two transactions wait in a circle; others may refer to the rows.
///
/// # Errors
/// Database faults.
pub async fn lock_organizations_in(
    tx: &DatabaseTransaction,
    ids: impl IntoIterator<Item = OrganizationId>,
) -> Result<(), Fault> {
    let ids: BTreeSet<_> = ids.into_iter().collect();
    organization::Entity::find()
        .filter(organization::Column::Id.is_in(ids))
        .order_by_asc(organization::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    Ok(())
}

/// The lists of the actor's own organization.
fn own_lists(op: &Op) -> Select<account_list::Entity> {
    let lists = account_list::Entity::find().filter(account_list::Column::DeletedAt.is_null());
    match op.actor.organization() {
        None => lists.filter(Expr::val(false)),
        Some(own) => lists.filter(account_list::Column::OrganizationId.eq(own)),
    }
}

/// The list with this id, where it is one of the actor's own organization.
///
/// # Errors
/// Database faults.
pub async fn find_own_list(op: &Op, id: AccountListId) -> Result<Option<account_list::Model>, Fault> {
    Ok(own_lists(op).filter(account_list::Column::Id.eq(id)).one(op.db().read()).await?)
}

/// As [`find_own_list`], its row locked until the transaction ends, so that it is not deleted meanwhile.
///
/// # Errors
/// Database faults.
pub async fn find_list_in(
    tx: &DatabaseTransaction,
    op: &Op,
    id: AccountListId,
) -> Result<Option<account_list::Model>, Fault> {
    Ok(own_lists(op).filter(account_list::Column::Id.eq(id)).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// The organizations that may be shown something by `own` at `now`: its partners, and those that it explores with.
///
/// # Errors
/// Database faults.
pub async fn list_partners_of(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    own: OrganizationId,
) -> Result<BTreeSet<OrganizationId>, Fault> {
    let agreed = list_partners(connection, now.date_naive(), own).await?;
    let explored = exploratory::Entity::find()
        .filter(exploratory::Column::InviterId.eq(own).or(exploratory::Column::InviteeId.eq(own)))
        .filter(running(now))
        .all(connection)
        .await?;
    let explored = explored.into_iter().map(|row| if row.inviter_id == own { row.invitee_id } else { row.inviter_id });
    Ok(agreed.into_iter().chain(explored).collect())
}

/// The organizations that have lists of their own.
fn with_lists() -> SelectStatement {
    account_list::Entity::find()
        .select_only()
        .column(account_list::Column::OrganizationId)
        .filter(account_list::Column::DeletedAt.is_null())
        .into_query()
}

/// Every two organizations of which a pair of lists may be open at `now`: partners and those that explore, where both have
/// lists, and whoever has lists of an offline partner.
///
/// # Errors
/// Database faults.
pub async fn list_neighbors(connection: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<BTreeSet<Two>, Fault> {
    let agreed = list_agreed(connection, now.date_naive(), |id| id.in_subquery(with_lists())).await?;
    let explored = exploratory::Entity::find()
        .filter(running(now))
        .filter(exploratory::Column::InviterId.in_subquery(with_lists()))
        .filter(exploratory::Column::InviteeId.in_subquery(with_lists()))
        .all(connection)
        .await?;
    let own = Expr::col((account_list::Entity, account_list::Column::OrganizationId));
    let offline: Vec<Two> = account_list::Entity::find()
        .select_only()
        .column(account_list::Column::OrganizationId)
        .column(account_list::Column::SubjectId)
        .filter(own.ne(Expr::col((account_list::Entity, account_list::Column::SubjectId))))
        .filter(account_list::Column::DeletedAt.is_null())
        .distinct()
        .into_tuple()
        .all(connection)
        .await?;
    let agreed = agreed.into_iter().map(|agreed| (agreed.one, agreed.other));
    let explored = explored.into_iter().map(|row| sorted(row.inviter_id, row.invitee_id));
    Ok(agreed.chain(explored).chain(offline.into_iter().map(|(own, subject)| sorted(own, subject))).collect())
}

/// The lists that are new or were deleted, and that were not settled since.
///
/// # Errors
/// Database faults.
pub async fn unsettled_lists(connection: &impl ConnectionTrait) -> Result<Vec<AccountListId>, Fault> {
    Ok(account_list::Entity::find()
        .select_only()
        .column(account_list::Column::Id)
        .filter(account_list::Column::SettledAt.is_null())
        .into_tuple()
        .all(connection)
        .await?)
}

/// Notes that what these lists are part of was settled. A list that was deleted in between is settled again: it is not
/// among those that were there before.
///
/// # Errors
/// Database faults.
pub async fn mark_settled(op: &Op, lists: &[AccountListId], looked_at: DateTime<Utc>) -> Result<(), Fault> {
    for chunk in lists.chunks(500) {
        account_list::Entity::update_many()
            .col_expr(account_list::Column::SettledAt, Expr::value(looked_at))
            .filter(account_list::Column::Id.is_in(chunk.iter().copied()))
            .filter(account_list::Column::UpdatedAt.lte(looked_at))
            .exec(op.db().read())
            .await?;
    }
    Ok(())
}
