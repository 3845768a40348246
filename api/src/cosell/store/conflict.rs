//! The SQL of the conflict hint.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of conflicts")]

use super::{list_by_ids, list_participants, shared_with, visible, visible_condition};
use crate::{
    cosell::model::{Conflict, Opportunity, OpportunityField, OpportunityStage, Sides, conflict},
    db,
    op::{Fault, Op},
};
use entity::{
    id::{OpportunityId, OrganizationId},
    opportunity,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeMap, BTreeSet};

/// Other opportunities that are looked at for one DUNS number, domain or name at most, the newest: a customer that is open a
/// hundred times needs no more hints, and hides nobody else's.
const CANDIDATES_MAX: u64 = 100;

/// With whom an opportunity is open: its owner, and the host that it was submitted to.
fn desks(row: &Opportunity) -> impl Iterator<Item = OrganizationId> {
    std::iter::once(row.owner_organization_id).chain(row.host_organization_id)
}

/// With which other opportunities these visible ones conflict, surest rule first. What the actor may be told of each is
/// decided by the reader: `desk` of an entry knows all of it, anybody else the rule. It takes part in both and is told of
/// those whom it may know there. A confidential one is a conflict only for whom it names.
///
/// # Errors
/// Database faults.
pub async fn list_conflicts(op: &Op, ids: &[OpportunityId]) -> Result<Vec<(OpportunityId, Conflict)>, Fault> {
    let rows = list_by_ids(op, ids).await?;
    let open: Vec<_> = rows.iter().filter(|row| is_open(row)).collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let candidates = candidates(op, &open).await?;
    let all: Vec<_> = candidates.iter().chain(open.iter().copied()).map(|row| row.id).collect();
    let participants = list_participants(op.db().read(), &all).await?;
    let sides_of = |row: &Opportunity| Sides {
        opportunity: row.clone(),
        participants: participants.iter().filter(|side| side.opportunity_id == row.id).cloned().collect(),
    };
    let candidates: Vec<_> = candidates.iter().map(sides_of).collect();
    let mut found = Vec::new();
    for one in open.into_iter().map(sides_of) {
        let id = one.opportunity.id;
        for other in candidates.iter().filter(|other| other.opportunity.id != id) {
            let Some(rule) = conflict(&one.opportunity, &other.opportunity) else { continue };
            let other_desks: BTreeSet<_> = desks(&other.opportunity).collect();
            // A host that was taken out, or went, has no part in it any more.
            let at = |desk: &OrganizationId| {
                other_desks.contains(desk) && one.side(*desk).is_some() && other.side(*desk).is_some()
            };
            for desk in desks(&one.opportunity).filter(at) {
                let partners: Vec<_> = other
                    .known_to(desk)
                    .map(|side| side.organization_id)
                    .filter(|partner| *partner != desk && one.side(*partner).is_none())
                    .collect();
                if !partners.is_empty() {
                    found.push((id, Conflict { rule, with: other.opportunity.id, desk, partners }));
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_open(row: &Opportunity) -> bool {
    crate::cosell::model::is_open(row.stage) && row.archived_at.is_none()
}

/// The opportunities that are open.
fn open() -> Condition {
    Condition::all()
        .add(opportunity::Column::ArchivedAt.is_null())
        .add(opportunity::Column::Stage.is_not_in([OpportunityStage::Launched, OpportunityStage::ClosedLost]))
}

/// At most `limit` visible opportunities that are open, for a customer with this registrable domain, the newest first. Who
/// may not read the customer may not search by it.
///
/// # Errors
/// Database faults.
pub async fn list_open_of_customer(op: &Op, domain: &str, limit: u64) -> Result<Vec<Opportunity>, Fault> {
    let Some(own) = op.actor.organization() else { return Ok(Vec::new()) };
    Ok(visible(op)
        .filter(opportunity::Column::CustomerDomain.eq(domain))
        .filter(opportunity::Column::Id.in_subquery(shared_with(own, Some(OpportunityField::Company))))
        .filter(open())
        .order_by_desc(opportunity::Column::Id)
        .limit(limit)
        .all(op.db().read())
        .await?)
}

/// Open opportunities of the same desks with a key of a customer in common, each once.
async fn candidates(op: &Op, rows: &[&Opportunity]) -> Result<Vec<Opportunity>, Fault> {
    let at: BTreeSet<_> = rows.iter().flat_map(|row| desks(row)).collect();
    let same_desk = Condition::any()
        .add(opportunity::Column::OwnerOrganizationId.is_in(at.iter().copied()))
        .add(opportunity::Column::HostOrganizationId.is_in(at.iter().copied()));
    let not_secret =
        Condition::any().add(opportunity::Column::Confidential.eq(false)).add(visible_condition(&op.actor));
    let others = opportunity::Entity::find().filter(same_desk).filter(not_secret).filter(open());
    let mut found: BTreeMap<OpportunityId, Opportunity> = BTreeMap::new();
    for (column, key) in KEYS {
        let keys: BTreeSet<_> = rows.iter().filter_map(|row| key(row)).filter(|key| !key.is_empty()).collect();
        if keys.is_empty() {
            continue;
        }
        let same = others.clone().filter(column.is_in(keys));
        let newest = db::first_of_each(same, column, opportunity::Column::Id, Order::Desc, CANDIDATES_MAX);
        found.extend(newest.all(op.db().read()).await?.into_iter().map(|row| (row.id, row)));
    }
    Ok(found.into_values().collect())
}

/// Reads what a customer is known by, where an opportunity says it.
type Key = fn(&Opportunity) -> Option<&str>;

/// What a customer is known by.
const KEYS: [(opportunity::Column, Key); 3] = [
    (opportunity::Column::CustomerDuns, |row| row.customer_duns.as_deref()),
    (opportunity::Column::CustomerDomain, |row| row.customer_domain.as_deref()),
    (opportunity::Column::CustomerNameKey, |row| Some(row.customer_name_key.as_str())),
];
