//! Batched reads of overlaps, and of what a viewer sees of a partner. Each begins with what is open at this moment.

use crate::{
    op::Fault,
    overlap::{
        model::{MappingRun, Overlap, OverlapDispute, Revealed},
        scope::{self, OpenPair, View},
        seen::SeenOverlap,
        store,
    },
    schema::loader::{Batch, Found},
};
use async_graphql::dataloader::Loader;
use entity::id::{AccountListId, MappingPairId, MappingRunId, OrganizationId, OverlapDisputeId, OverlapId};
use std::{collections::HashMap, sync::Arc};

/// What the viewer sees of a partner now.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ViewOf(pub OrganizationId);

#[async_trait::async_trait]
impl Loader<ViewOf> for Batch {
    type Value = Arc<View>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ViewOf]) -> Found<ViewOf, Arc<View>> {
        let own = self.op.actor.organization().ok_or(Fault::Unauthenticated)?;
        let partners: Vec<OrganizationId> = keys.iter().map(|key| key.0).collect();
        let views = scope::views(self.op.db().read(), self.op.now(), own, &partners).await?;
        Ok(views.into_iter().map(|view| (ViewOf(view.partner), Arc::new(view))).collect())
    }
}

#[async_trait::async_trait]
impl Loader<OverlapId> for Batch {
    type Value = SeenOverlap;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[OverlapId]) -> Found<OverlapId, SeenOverlap> {
        let Some(own) = self.op.actor.organization() else { return Ok(HashMap::new()) };
        let connection = self.op.db().read();
        let mut rows = store::list_overlaps_by_ids(connection, ids).await.map_err(Arc::new)?;
        rows.retain(|row| row.left_id == own || row.right_id == own);
        let open = open_pairs(self, own, rows.iter().map(|row| row.pair_id).collect()).await?;
        let accounts = rows.iter().flat_map(|row| [row.left_account_id, row.right_account_id]);
        let accounts = store::list_accounts(connection, accounts).await.map_err(Arc::new)?;
        let seen = |row: Overlap| Some((row.id, SeenOverlap::of(row.clone(), open.get(&row.pair_id)?, &accounts)?));
        Ok(rows.into_iter().filter_map(seen).collect())
    }
}

async fn open_pairs(
    batch: &Batch,
    viewer: OrganizationId,
    mut ids: Vec<MappingPairId>,
) -> Found<MappingPairId, Arc<OpenPair>> {
    ids.sort_unstable();
    ids.dedup();
    let connection = batch.op.db().read();
    let pairs = store::list_pairs_by_ids(connection, ids).await.map_err(Arc::new)?;
    let open = scope::open(connection, batch.op.now(), viewer, pairs).await.map_err(Arc::new)?;
    Ok(open.into_iter().map(|(id, open)| (id, Arc::new(open))).collect())
}

/// A run of a pair that is open to the viewer.
#[derive(Clone, Debug)]
pub struct SeenRun {
    /// The run.
    pub row: MappingRun,
    /// The pair.
    pub open: Arc<OpenPair>,
}

#[async_trait::async_trait]
impl Loader<MappingRunId> for Batch {
    type Value = SeenRun;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[MappingRunId]) -> Found<MappingRunId, SeenRun> {
        let Some(own) = self.op.actor.organization() else { return Ok(HashMap::new()) };
        let rows = store::list_runs_by_ids(&self.op, ids).await.map_err(Arc::new)?;
        let open = open_pairs(self, own, rows.iter().map(|row| row.pair_id).collect()).await?;
        let seen = |row: MappingRun| Some((row.id, SeenRun { open: Arc::clone(open.get(&row.pair_id)?), row }));
        Ok(rows.into_iter().filter_map(seen).collect())
    }
}

/// A dispute that the viewer sees, with its accounts as far as it does.
#[derive(Clone, Debug)]
pub struct SeenDispute {
    /// The dispute.
    pub row: OverlapDispute,
    /// The viewer's organization.
    pub viewer: OrganizationId,
    /// The viewer's own account; none where it has gone.
    pub own: Option<(Arc<OpenPair>, Arc<Revealed>)>,
    /// The partner's account; none where it has gone, or the viewer may not see it now.
    pub partner: Option<(Arc<OpenPair>, Arc<Revealed>)>,
}

#[async_trait::async_trait]
impl Loader<OverlapDisputeId> for Batch {
    type Value = SeenDispute;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[OverlapDisputeId]) -> Found<OverlapDisputeId, SeenDispute> {
        let rows = store::list_disputes_by_ids(&self.op, ids).await.map_err(Arc::new)?;
        let seen = seen_disputes(self, rows).await?;
        Ok(seen.into_iter().map(|seen| (seen.row.id, seen)).collect())
    }
}

/// Those of `rows` that the viewer sees: what its organization raised, and what is about overlaps that it is shown now.
pub(super) async fn seen_disputes(batch: &Batch, rows: Vec<OverlapDispute>) -> Result<Vec<SeenDispute>, Arc<Fault>> {
    let Some(viewer) = batch.op.actor.organization() else { return Ok(Vec::new()) };
    let connection = batch.op.db().read();
    let rows: Vec<_> = rows.into_iter().filter(|row| row.left_id == viewer || row.right_id == viewer).collect();
    let mut lists: Vec<_> = rows.iter().map(|row| (row.left_list_id, row.right_list_id)).collect();
    lists.sort_unstable();
    lists.dedup();
    let pairs = store::list_pairs_of_lists(connection, &lists).await.map_err(Arc::new)?;
    let open = scope::open(connection, batch.op.now(), viewer, pairs).await.map_err(Arc::new)?;
    let open: HashMap<(AccountListId, AccountListId), Arc<OpenPair>> =
        open.into_values().map(|open| ((open.pair.left_list_id, open.pair.right_list_id), Arc::new(open))).collect();
    let accounts = rows.iter().flat_map(|row| [row.left_account_id, row.right_account_id]);
    let accounts = store::list_accounts(connection, accounts).await.map_err(Arc::new)?;
    let seen = |row: OverlapDispute| {
        let open = open.get(&(row.left_list_id, row.right_list_id));
        let shows = open.is_some_and(|open| open.shows_rows());
        if row.raised_by != viewer && !shows {
            return None;
        }
        let is_left = open.is_none_or(|open| open.own_is_left);
        let (own, partner) = match is_left {
            true => (row.left_account_id, row.right_account_id),
            false => (row.right_account_id, row.left_account_id),
        };
        let own = open.zip(accounts.get(&own));
        let partner = open.filter(|_| shows).zip(accounts.get(&partner));
        Some(SeenDispute {
            own: own.map(|(open, row)| (Arc::clone(open), Arc::new(Revealed::whole(row.clone())))),
            partner: partner
                .map(|(open, row)| (Arc::clone(open), Arc::new(Revealed::of(row.clone(), open.partner.fields)))),
            row,
            viewer,
        })
    };
    Ok(rows.into_iter().filter_map(seen).collect())
}
