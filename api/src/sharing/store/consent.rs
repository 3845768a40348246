//! The SQL of consent records: they are added and read, and never changed.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of consents")]

use crate::{
    db::{self, Direction},
    event,
    op::{Fault, Op},
    page::{Page, Slice},
    sharing::model::{ConsentKind, SharingConsent},
};
use entity::{
    id::{AccountListId, OrganizationId, SharingConsentId},
    sharing_consent as consent,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    QueryTrait, Select, sea_query::Expr,
};
use serde_json::Value;

/// The records that the actor may see: those of its own organization.
fn visible(op: &Op, partner: Option<OrganizationId>) -> Select<consent::Entity> {
    let records = consent::Entity::find()
        .apply_if(partner, |query, partner| query.filter(consent::Column::PartnerId.eq(partner)));
    match op.actor.organization() {
        None => records.filter(Expr::val(false)),
        Some(own) => records.filter(consent::Column::OrganizationId.eq(own)),
    }
}

/// A page of the records of the actor's own organization, newest first: those about a partner, or all.
///
/// # Errors
/// Database faults.
pub async fn list_consents(
    op: &Op,
    partner: Option<OrganizationId>,
    page: &Page<SharingConsentId>,
) -> Result<Slice<SharingConsent, SharingConsentId>, Fault> {
    let keys = [Expr::col((consent::Entity, consent::Column::Id))];
    let mut query = visible(op, partner);
    if let Some(id) = page.after {
        query = query.filter(db::after(&keys, vec![id.into()], Direction::Descending));
    }
    let rows = db::order_by(query, &keys, Direction::Descending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id))
}

/// How many records [`list_consents`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_consents(op: &Op, partner: Option<OrganizationId>) -> Result<u64, Fault> {
    Ok(visible(op, partner).count(op.db().read()).await?)
}

/// The visible records with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_consents_by_ids(op: &Op, ids: &[SharingConsentId]) -> Result<Vec<SharingConsent>, Fault> {
    Ok(visible(op, None).filter(consent::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// A record to be written.
#[derive(Clone, Debug)]
pub struct NewConsent {
    /// Whose record it is.
    pub organization: OrganizationId,
    /// Who sees it.
    pub partner: Option<OrganizationId>,
    /// The list.
    pub list: Option<AccountListId>,
    /// What changed.
    pub kind: ConsentKind,
    /// What was agreed before.
    pub before: Option<Value>,
    /// What is agreed now.
    pub after: Option<Value>,
}

/// Writes records of what the actor does. It asks for no permit: it follows from what one was asked for.
///
/// # Errors
/// Database faults.
pub async fn insert_consents_in(tx: &DatabaseTransaction, op: &Op, records: Vec<NewConsent>) -> Result<(), Fault> {
    let doer = event::doer(&op.actor);
    let rows = records.into_iter().map(|record| consent::ActiveModel {
        id: Set(op.new_id()),
        organization_id: Set(record.organization),
        partner_id: Set(record.partner),
        list_id: Set(record.list),
        kind: Set(record.kind),
        before: Set(record.before),
        after: Set(record.after),
        actor_kind: Set(doer.kind.to_owned()),
        actor_id: Set(doer.id),
        actor_organization_id: Set(doer.organization),
        at: Set(op.now()),
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        consent::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
