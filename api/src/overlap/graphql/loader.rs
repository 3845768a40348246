//! Batched reads of overlaps, and of what a viewer sees of a partner. Each begins with what is open at this moment.

use crate::{
    op::Fault,
    overlap::{
        model::{About, MappingRun, OverlapDispute, OverlapNote, Revealed, StoredPlay},
        scope::{self, OpenPair, View},
        seen::{SeenOverlap, seen_by_ids},
        store,
    },
    schema::loader::{Batch, Found},
};
use async_graphql::dataloader::Loader;
use entity::id::{
    AccountListId, MappingPairId, MappingRunId, OrganizationId, OverlapDisputeId, OverlapId, OverlapNoteId,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

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
        let seen = seen_by_ids(self.op.db().read(), self.op.now(), own, ids).await?;
        Ok(seen.into_iter().map(|seen| (seen.row.id, seen)).collect())
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

/// What an organization, which is the viewer's, has written down of its benefit matrix.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlaysOf(pub OrganizationId);

#[async_trait::async_trait]
impl Loader<PlaysOf> for Batch {
    type Value = Arc<Vec<StoredPlay>>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[PlaysOf]) -> Found<PlaysOf, Arc<Vec<StoredPlay>>> {
        let mut found = HashMap::new();
        // A viewer acts for one organization, so there is one key.
        for key in keys.iter().filter(|key| self.op.actor.organization() == Some(key.0)) {
            found.insert(*key, Arc::new(store::list_plays(&self.op, key.0).await?));
        }
        Ok(found)
    }
}

#[async_trait::async_trait]
impl Loader<OverlapNoteId> for Batch {
    type Value = OverlapNote;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[OverlapNoteId]) -> Found<OverlapNoteId, OverlapNote> {
        let rows = store::list_notes_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The first notes about two accounts, one more than `first`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FirstNotesOf {
    /// The accounts.
    pub about: About,
    /// Rows of the page.
    pub first: u32,
}

#[async_trait::async_trait]
impl Loader<FirstNotesOf> for Batch {
    type Value = Vec<OverlapNote>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FirstNotesOf]) -> Found<FirstNotesOf, Vec<OverlapNote>> {
        let mut found: HashMap<FirstNotesOf, Vec<OverlapNote>> = HashMap::new();
        // One statement for each size of page; a document mostly has one.
        let sizes: BTreeSet<u32> = keys.iter().map(|key| key.first).collect();
        for first in sizes {
            let about: Vec<_> = keys.iter().filter(|key| key.first == first).map(|key| key.about).collect();
            for row in store::list_notes_of(&self.op, &about, u64::from(first) + 1).await? {
                let about = About { own: row.own_account_id, partner: row.partner_account_id };
                found.entry(FirstNotesOf { about, first }).or_default().push(row);
            }
        }
        Ok(found)
    }
}

/// How many notes there are about two accounts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NotesCountOf(pub About);

#[async_trait::async_trait]
impl Loader<NotesCountOf> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[NotesCountOf]) -> Found<NotesCountOf, u64> {
        let about: Vec<_> = keys.iter().map(|key| key.0).collect();
        let counted: HashMap<_, _> = store::count_notes_of(&self.op, &about).await?.into_iter().collect();
        let of = |key: &NotesCountOf| Some((*key, u64::try_from(*counted.get(&key.0.key())?).unwrap_or_default()));
        Ok(keys.iter().filter_map(of).collect())
    }
}
