//! The SQL of the conflict hint.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of conflicts")]

use super::{list_by_ids, list_participants, visible_condition};
use crate::{
    cosell::model::{Conflict, Opportunity, OpportunityStage, conflict},
    op::{Fault, Op},
};
use entity::{
    id::{OpportunityId, OrganizationId},
    opportunity,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeSet;

/// Other opportunities that are looked at for one answer at most: a customer that is open a thousand times needs no more
/// hints.
const CANDIDATES_MAX: u64 = 1_000;

/// With whom an opportunity is open: its owner, and the host that it was submitted to.
fn desks(row: &Opportunity) -> impl Iterator<Item = OrganizationId> {
    std::iter::once(row.owner_organization_id).chain(row.host_organization_id)
}

/// With which other opportunities these visible ones conflict, surest rule first. What the actor may be told of each is
/// decided by the reader: `desk` of an entry knows all of it, anybody else the rule. A confidential one is a conflict only
/// for whom it names.
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
    let of = |id: OpportunityId| participants.iter().filter(move |side| side.opportunity_id == id);
    let mut found = Vec::new();
    for row in open {
        for other in candidates.iter().filter(|other| other.id != row.id) {
            let Some(rule) = conflict(row, other) else { continue };
            let other_desks: BTreeSet<_> = desks(other).collect();
            for desk in desks(row).filter(|desk| other_desks.contains(desk)) {
                let through: BTreeSet<_> = of(row.id).map(|side| side.organization_id).collect();
                let partners: Vec<_> = of(other.id)
                    .map(|side| side.organization_id)
                    .filter(|partner| *partner != desk && !through.contains(partner))
                    .collect();
                if !partners.is_empty() {
                    found.push((row.id, Conflict { rule, with: other.id, desk, partners }));
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

/// Open opportunities of the same desks with a key of a customer in common.
async fn candidates(op: &Op, rows: &[&Opportunity]) -> Result<Vec<Opportunity>, Fault> {
    let at: BTreeSet<_> = rows.iter().flat_map(|row| desks(row)).collect();
    let keys = |key: fn(&Opportunity) -> Option<&String>| -> BTreeSet<String> {
        rows.iter().filter_map(|row| key(row)).filter(|key| !key.is_empty()).cloned().collect()
    };
    let same_customer = Condition::any()
        .add(opportunity::Column::CustomerDuns.is_in(keys(|row| row.customer_duns.as_ref())))
        .add(opportunity::Column::CustomerDomain.is_in(keys(|row| row.customer_domain.as_ref())))
        .add(opportunity::Column::CustomerNameKey.is_in(keys(|row| Some(&row.customer_name_key))));
    let same_desk = Condition::any()
        .add(opportunity::Column::OwnerOrganizationId.is_in(at.iter().copied()))
        .add(opportunity::Column::HostOrganizationId.is_in(at.iter().copied()));
    let not_secret =
        Condition::any().add(opportunity::Column::Confidential.eq(false)).add(visible_condition(&op.actor));
    Ok(opportunity::Entity::find()
        .filter(same_customer)
        .filter(same_desk)
        .filter(not_secret)
        .filter(opportunity::Column::ArchivedAt.is_null())
        .filter(opportunity::Column::Stage.is_not_in([OpportunityStage::Launched, OpportunityStage::ClosedLost]))
        .order_by_asc(opportunity::Column::Id)
        .limit(CANDIDATES_MAX)
        .all(op.db().read())
        .await?)
}
