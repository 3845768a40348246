//! The SQL of what the clock brings about: invitations that nobody answered, and announced ends that have come.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of what is due")]

use super::write::touch;
use crate::{
    op::{Fault, Op, Permit},
    partnership::{
        model::{InvitationStatus, Partnership},
        policy::ConcludePartnership,
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    id::{OrganizationId, PartnershipId, PartnershipInvitationId},
    organization, partnership, partnership_invitation as invitation,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, sea_query::SelectStatement,
};

/// The invitations that nobody answered in time, soonest expiry first, and that nobody put on record as expired.
fn expired(now: DateTime<Utc>) -> Select<invitation::Entity> {
    invitation::Entity::find()
        .filter(invitation::Column::Status.eq(InvitationStatus::Pending))
        .filter(invitation::Column::ExpiresAt.lte(now))
        .order_by_asc(invitation::Column::ExpiresAt)
        .order_by_asc(invitation::Column::Id)
}

async fn ids_of(query: Select<invitation::Entity>, op: &Op) -> Result<Vec<PartnershipInvitationId>, Fault> {
    Ok(query.select_only().column(invitation::Column::Id).into_tuple().all(op.db().read()).await?)
}

/// At most `limit` invitations whose expiry is due, the longest due first.
///
/// # Errors
/// Database faults.
pub async fn list_due_invitations(op: &Op, limit: u64) -> Result<Vec<PartnershipInvitationId>, Fault> {
    ids_of(expired(op.now()).limit(limit), op).await
}

/// What an invitation that has expired would stand in the way of.
#[derive(Clone, Copy, Debug)]
pub enum Overdue<'a> {
    /// Another one between an organization and that with this slug, whoever sends it.
    Between(OrganizationId, &'a str),
    /// Another one of the organization with this slug into a partnership.
    Into(PartnershipId, &'a str),
}

/// The invitations whose expiry is due and that would stand in the way.
///
/// # Errors
/// Database faults.
pub async fn list_overdue(op: &Op, of: Overdue<'_>) -> Result<Vec<PartnershipInvitationId>, Fault> {
    use invitation::Column as C;
    let condition = match of {
        Overdue::Between(own, slug) => Condition::any()
            .add(Condition::all().add(C::FromOrganizationId.eq(own)).add(C::ToOrganizationId.in_subquery(named(slug))))
            .add(Condition::all().add(C::ToOrganizationId.eq(own)).add(C::FromOrganizationId.in_subquery(named(slug)))),
        Overdue::Into(partnership, slug) => {
            Condition::all().add(C::PartnershipId.eq(partnership)).add(C::ToOrganizationId.in_subquery(named(slug)))
        }
    };
    ids_of(expired(op.now()).filter(condition), op).await
}

fn named(slug: &str) -> SelectStatement {
    organization::Entity::find()
        .select_only()
        .column(organization::Column::Id)
        .filter(organization::Column::Slug.eq(slug))
        .into_query()
}

/// When the next open invitation expires, which may be past; none where none is open.
///
/// # Errors
/// Database faults.
pub async fn next_invitation_expiry(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    Ok(invitation::Entity::find()
        .select_only()
        .column(invitation::Column::ExpiresAt)
        .filter(invitation::Column::Status.eq(InvitationStatus::Pending))
        .order_by_asc(invitation::Column::ExpiresAt)
        .order_by_asc(invitation::Column::Id)
        .limit(1)
        .into_tuple()
        .one(op.db().read())
        .await?)
}

/// The partnerships whose end was announced and not put on record yet, soonest first.
fn announced() -> Select<partnership::Entity> {
    partnership::Entity::find()
        .select_only()
        .filter(partnership::Column::ConcludedAt.is_null())
        .filter(partnership::Column::EndsOn.is_not_null())
        .order_by_asc(partnership::Column::EndsOn)
        .order_by_asc(partnership::Column::Id)
}

/// At most `limit` partnerships whose last day is over and whose end is not on record yet, the longest due first.
///
/// # Errors
/// Database faults.
pub async fn list_due_ends(op: &Op, limit: u64) -> Result<Vec<PartnershipId>, Fault> {
    let due = announced().column(partnership::Column::Id).filter(partnership::Column::EndsOn.lte(op.today()));
    Ok(due.limit(limit).into_tuple().all(op.db().read()).await?)
}

/// The first day of the next end that was announced, which may be past; none where none was.
///
/// # Errors
/// Database faults.
pub async fn next_end(op: &Op) -> Result<Option<NaiveDate>, Fault> {
    Ok(announced().column(partnership::Column::EndsOn).limit(1).into_tuple().one(op.db().read()).await?)
}

/// Puts on record that the last day of a partnership is over; another one of its parties may begin from then on.
///
/// # Errors
/// Database faults.
pub async fn conclude_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ConcludePartnership>,
    before: &Partnership,
) -> Result<Partnership, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another partnership");
    let mut row = before.clone().into_active_model();
    row.concluded_at = Set(Some(op.now()));
    row.guard = Set(None);
    touch(op, &mut row, before);
    Ok(row.update(tx).await?)
}
