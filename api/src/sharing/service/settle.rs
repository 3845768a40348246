//! Which pairs of lists are open, written down: in the transaction of each change that this room makes, and by a sweep for
//! what happens elsewhere (a partnership begins or ends, a tier changes, an organization is suspended, a list comes or
//! goes). Readers do not wait for it: they ask what is shown now, and take only pairs that are open by that.

use crate::{
    db::Tx,
    op::{Fault, Op, each_due},
    sharing::{
        model::{ConsentKind, Relation},
        scope::{Between, Exposure, open_pairs},
        store::{self, NewConsent, Pair},
    },
};
use chrono::{DateTime, Utc};
use entity::id::{MappingPairId, OrganizationId};
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

type Two = (OrganizationId, OrganizationId);

/// What is to be done about the pairs of two organizations.
struct Plan {
    two: Two,
    relation: Relation,
    open: Vec<Pair>,
    close: Vec<MappingPairId>,
    before: usize,
}

impl Plan {
    fn is_done(&self) -> bool {
        self.open.is_empty() && self.close.is_empty()
    }

    fn after(&self) -> usize {
        self.before + self.open.len() - self.close.len()
    }
}

/// How many organizations are compared at once: the rows of a few hundred stay small.
const AT_ONCE: usize = 100;

async fn plan(connection: &impl ConnectionTrait, now: DateTime<Utc>, twos: &BTreeSet<Two>) -> Result<Vec<Plan>, Fault> {
    let twos: Vec<_> = twos.iter().copied().collect();
    let mut plans = Vec::new();
    for chunk in twos.chunks(AT_ONCE) {
        // Each side has lists of an offline partner for itself, so both have a look.
        let both: Vec<_> = chunk.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]).collect();
        let seen = store::list_between(connection, now, &both).await?;
        let among = chunk.iter().flat_map(|(one, other)| [*one, *other]).collect();
        let there = store::list_pairs(connection, &among).await?;
        for (two, looks) in chunk.iter().zip(seen.chunks(2)) {
            let relation = looks.first().map_or(Relation::None, |look| look.relation);
            plans.push(plan_of(*two, relation, looks, there.get(two)));
        }
    }
    Ok(plans)
}

fn plan_of(two: Two, relation: Relation, looks: &[Between], there: Option<&BTreeMap<Pair, MappingPairId>>) -> Plan {
    let of = |exposure: &Exposure| (exposure.organization_id, exposure.list_id);
    let wanted: BTreeSet<Pair> =
        looks.iter().flat_map(open_pairs).map(|(own, their)| Pair::of(of(own), of(their))).collect();
    let there = there.into_iter().flatten();
    let close = there.clone().filter(|(pair, _)| !wanted.contains(*pair)).map(|(_, id)| *id).collect();
    let before = there.clone().count();
    let known: BTreeSet<_> = there.map(|(pair, _)| *pair).collect();
    Plan { two, relation, open: wanted.difference(&known).copied().collect(), close, before }
}

async fn carry_out(tx: &Tx, op: &Op, plan: &Plan) -> Result<(), Fault> {
    store::delete_pairs_in(tx, &plan.close).await?;
    op.mapping().notify_after(tx);
    store::insert_pairs_in(tx, op, &plan.open).await
}

/// Opens and closes the pairs of lists of two organizations, as what they show each other at this moment says. To be called
/// in the transaction of a change, after it.
///
/// # Errors
/// Database faults.
pub async fn settle(tx: &Tx, op: &Op, one: OrganizationId, other: OrganizationId) -> Result<(), Fault> {
    settle_each(tx, op, [(one, other)]).await
}

/// As [`settle`] for many.
pub(super) async fn settle_each(tx: &Tx, op: &Op, pairs: impl IntoIterator<Item = Two>) -> Result<(), Fault> {
    let sorted = |(one, other): Two| if one < other { (one, other) } else { (other, one) };
    let twos = pairs.into_iter().map(sorted).collect();
    for plan in plan(&**tx, op.now(), &twos).await? {
        carry_out(tx, op, &plan).await?;
    }
    Ok(())
}

/// Settles all organizations of which a pair should be open and is not, or is and should not be, at most `limit` of them,
/// and says how many those were.
///
/// # Errors
/// The first fault; the others had their turn.
pub async fn sweep(op: &Op, limit: u64) -> Result<usize, Fault> {
    let looked_at = op.now();
    let lists = store::unsettled_lists(op.db().read()).await?;
    let mut twos = store::list_neighbors(op.db().read(), looked_at).await?;
    twos.extend(store::list_pairs_of_all(op.db().read()).await?);
    let plans = plan(op.db().read(), looked_at, &twos).await?;
    let due: Vec<Two> = plans.iter().filter(|plan| !plan.is_done()).map(|plan| plan.two).collect();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let done = each_due(due.iter().copied().take(limit).collect(), |two| settle_again(op, two)).await?;
    if due.len() <= limit {
        store::mark_settled(op, &lists, looked_at).await?;
    }
    Ok(done)
}

/// Settles two organizations in a transaction of its own, and puts on record what the clock or another room has changed.
async fn settle_again(op: &Op, two: Two) -> Result<bool, Fault> {
    let tx = op.db().begin().await?;
    store::lock_organizations_in(&tx, [two.0, two.1]).await?;
    let plans = plan(&*tx, op.now(), &BTreeSet::from([two])).await?;
    let Some(plan) = plans.into_iter().find(|plan| !plan.is_done()) else { return Ok(false) };
    carry_out(&tx, op, &plan).await?;
    let record = |organization, partner| NewConsent {
        organization,
        partner: Some(partner),
        list: None,
        kind: ConsentKind::Relation,
        before: Some(json!({"openPairs": plan.before})),
        after: Some(json!({"relation": plan.relation.word(), "openPairs": plan.after()})),
    };
    store::insert_consents_in(&tx, op, vec![record(two.0, two.1), record(two.1, two.0)]).await?;
    tx.commit().await?;
    Ok(true)
}
