//! One run over a pair of lists: what is read, matched, laid out unseen, and shown at once.

use super::{
    Engine,
    mapped::{Again, Mapped, counted},
    show,
    side::{Change, Loading, keys_of},
    watch::{LOADED, Watch},
};
use crate::{
    db::Growth,
    op::{Fault, Op, Permit},
    overlap::{
        model::{Begin, DisputeVerdict, Found, Layout, MappingResult, MappingRunKind, Standing, Verdicts, lay_out},
        policy::CompareLists,
        store::{self, AccountKeys, KeysPage, Version},
    },
    sharing::model::MappingPair,
};
use chrono::{DateTime, Utc};
use entity::id::{AccountId, MappingRunId};
use matching::Keys;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use uuid::Uuid;

/// Accounts that are read at once.
const ACCOUNTS_AT_ONCE: u64 = 20_000;
/// Overlaps that are read or written at once.
const OVERLAPS_AT_ONCE: usize = 4_000;
/// How often a run begins anew because what it was made of changed meanwhile, before it is left to the next look.
const BEGINNINGS: usize = 5;

/// How a run came to its end, apart from faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It is seen.
    Shown,
    /// Another replica works on it, or it was ended by somebody.
    Lost,
    /// It was stopped, or the lists are no longer compared.
    Stopped,
    /// What it was made of changed again and again.
    Postponed,
}

/// A run that is held.
pub(super) struct Run<'a> {
    pub(super) op: &'a Op,
    pub(super) engine: &'a Engine,
    pub(super) permit: &'a Permit<CompareLists>,
    pub(super) pair: &'a MappingPair,
    pub(super) id: MappingRunId,
    pub(super) holder: Uuid,
    pub(super) watch: &'a Watch,
}

/// What a run writes, and what of it is told.
pub(super) struct Laid {
    pub(super) layout: Layout<DateTime<Utc>>,
    /// Overlaps, accounts of the left and accounts of the right list that are seen with it; none where only the difference
    /// is known.
    pub(super) counts: Option<(usize, usize, usize)>,
}

impl Run<'_> {
    /// Runs to the end, from the result as it was when the run was claimed.
    pub(super) async fn go(&self, claimed: MappingResult) -> Result<Ended, Fault> {
        let mut claimed = Some(claimed);
        for _ in 0..BEGINNINGS {
            let before = match claimed.take() {
                Some(claimed) => Some(claimed),
                None => self.begin().await?,
            };
            let Some(before) = before else { return Ok(Ended::Lost) };
            let Some((left, right)) = store::list_versions(self.op.db().read(), self.pair).await? else {
                return Ok(Ended::Stopped);
            };
            let next = before.run + 1;
            let kept = self.engine.memory.take(self.pair.id, before.run);
            let changes = match &kept {
                Some(kept) => self.changes(kept, &before, left, right).await?,
                None => None,
            };
            let (mut mapped, laid) = match (kept, changes) {
                (Some(kept), Some(changes)) => self.rematch(kept, changes, &before, left, right).await?,
                _ => self.match_all(&before, left, right).await?,
            };
            if !self.write(&laid, &before, next).await? {
                return Ok(Ended::Lost);
            }
            self.watch.percent(95);
            match show::show(self, &before, (left.version, right.version), &laid).await? {
                show::Showing::Shown => {
                    mapped.run = next;
                    self.engine.memory.put(self.pair.id, mapped);
                    if Growth::default().add(laid.layout.begin.len()) {
                        store::look_at_overlaps(self.op.db()).await;
                    }
                    return Ok(Ended::Shown);
                }
                show::Showing::Lost => return Ok(Ended::Lost),
                show::Showing::Closed => return Ok(Ended::Stopped),
                // Somebody raised a dispute meanwhile. What is in memory does not fit what is kept any more.
                show::Showing::Stale => {}
            }
        }
        Ok(Ended::Postponed)
    }

    /// The result that the run follows, with nothing laid out beyond it, once another one was claimed with came to nothing;
    /// none where the run is no longer held.
    async fn begin(&self) -> Result<Option<MappingResult>, Fault> {
        let tx = self.op.db().begin().await?;
        // In this order everywhere, so that no two wait for each other.
        let before = store::lock_result_in(&tx, self.permit).await?;
        if !store::has_lease_in(&tx, self.op, self.permit, self.id, self.holder).await? {
            return Ok(None);
        }
        store::clear_ahead_in(&tx, self.permit, self.pair.id, before.run).await?;
        tx.commit().await?;
        Ok(Some(before))
    }

    async fn verdicts(&self) -> Result<Verdicts, Fault> {
        let (left, right) = (self.pair.left_list_id, self.pair.right_list_id);
        let holding = store::list_holding(self.op.db().read(), left, right).await?;
        let verdict =
            |row: crate::overlap::model::OverlapDispute| ((row.left_account_id, row.right_account_id), row.verdict);
        Ok(holding.into_iter().map(verdict).collect())
    }

    /// What changed since what is in memory; none where a full run is to be made instead.
    async fn changes(
        &self,
        kept: &Mapped,
        before: &MappingResult,
        left: Version,
        right: Version,
    ) -> Result<Option<(Change, Change)>, Fault> {
        let fits = (kept.left.version, kept.right.version) == (before.left_version, before.right_version);
        let told = kept.left.version >= left.collected && kept.right.version >= right.collected;
        let most = self.engine.settings.changes_at_most(kept.left.len() + kept.right.len(), kept.drift);
        let Some(most) = most.filter(|_| fits && told) else { return Ok(None) };
        let read =
            |list: Version, from: i64| store::list_changes(self.op.db().read(), list.list, from, list.version, most);
        let Some(ours) = read(left, kept.left.version).await? else { return Ok(None) };
        let Some(theirs) = read(right, kept.right.version).await? else { return Ok(None) };
        self.watch.rows(ours.come.len(), theirs.come.len());
        let ours = self.change(left, ours).await?;
        let theirs = self.change(right, theirs).await?;
        Ok(Some((ours, theirs)))
    }

    /// What of a change matters to matching: accounts whose keys are the same stay where they are.
    async fn change(&self, list: Version, rows: store::AccountChanges) -> Result<Change, Fault> {
        let before: std::collections::HashMap<AccountId, Vec<u8>> =
            rows.gone.into_iter().map(|row| (row.id, row.keys)).collect();
        let (same, come): (Vec<_>, Vec<_>) =
            rows.come.into_iter().partition(|row| before.get(&row.id) == Some(&row.keys));
        let same: std::collections::HashSet<AccountId> = same.into_iter().map(|row| row.id).collect();
        let gone = before.into_keys().filter(|id| !same.contains(id)).collect();
        Ok(Change { gone, come: self.keys(list, come).await? })
    }

    /// Keys as they are matched; those that were written by an earlier version of the engine are worked out anew.
    async fn keys(&self, list: Version, rows: Vec<AccountKeys>) -> Result<Vec<(AccountId, Keys)>, Fault> {
        let mut keys = Vec::with_capacity(rows.len());
        let mut outdated = Vec::new();
        for row in rows {
            match Keys::from_bytes(&row.keys) {
                Some(read) => keys.push((row.id, read)),
                None => outdated.push(row.id),
            }
        }
        if !outdated.is_empty() {
            let rows = store::list_rows(self.op.db().read(), list.list, list.version, &outdated).await?;
            keys.extend(rows.iter().map(|row| (row.id, keys_of(row))));
        }
        Ok(keys)
    }

    /// Matches what changed, and what that touches.
    async fn rematch(
        &self,
        mut kept: Mapped,
        (ours, theirs): (Change, Change),
        before: &MappingResult,
        left: Version,
        right: Version,
    ) -> Result<(Mapped, Laid), Fault> {
        self.watch.kind(MappingRunKind::Changes);
        let verdicts = self.verdicts().await?;
        let (kept, again): (Mapped, Again) = blocking(move || {
            let again = kept.change(&ours, &theirs);
            kept.left.version = left.version;
            kept.right.version = right.version;
            (kept, again)
        })
        .await?;
        self.watch.percent(60);
        let standing =
            store::list_standing_of(self.op.db().read(), self.pair.id, before.run, &again.left, &again.right).await?;
        let touched = |(one, other): &(AccountId, AccountId)| {
            again.left.binary_search(one).is_ok() || again.right.binary_search(other).is_ok()
        };
        let said = here(&kept, &verdicts).filter(|(key, _)| touched(key)).collect();
        let now = self.op.now();
        let layout = lay_out(&again.found, &said, standing, || (self.op.new_id(), now));
        Ok((kept, Laid { layout, counts: None }))
    }

    /// Matches both lists as a whole.
    async fn match_all(&self, before: &MappingResult, left: Version, right: Version) -> Result<(Mapped, Laid), Fault> {
        self.watch.kind(MappingRunKind::Full);
        self.engine.memory.make_room((left.accounts + right.accounts) * super::side::ACCOUNT_BYTES);
        // All at once: while one waits for the database, another is taken in.
        let (verdicts, ours, theirs) = tokio::try_join!(
            self.verdicts(),
            self.load(left, |rows| self.watch.left_loaded(rows, left.accounts + right.accounts)),
            self.load(right, |rows| self.watch.right_loaded(rows, left.accounts + right.accounts)),
        )?;
        self.watch.percent(LOADED);
        let run = before.run;
        let (mapped, found): (Mapped, Vec<Found>) =
            blocking(move || Mapped::full((ours, left.version), (theirs, right.version), run)).await?;
        self.watch.percent(70);
        let standing = if run > 0 { self.standing(run).await? } else { Vec::new() };
        let said: Verdicts = here(&mapped, &verdicts).collect();
        let (op, now) = (self.op.clone(), self.op.now());
        let laid = blocking(move || {
            let lay_out = || lay_out(&found, &said, standing, || (op.new_id(), now));
            let (layout, counts) = rayon::join(lay_out, || counted(&found, &said));
            Laid { layout, counts: Some(counts) }
        })
        .await?;
        self.watch.percent(75);
        Ok((mapped, laid))
    }

    /// Reads a version of a list, page after page, so that nothing of the database is held in between. While one page is
    /// taken in, the database reads the next one.
    async fn load(&self, list: Version, note: impl Fn(usize)) -> Result<Loading, Fault> {
        let mut loading = Loading::with_capacity(list.accounts);
        let mut outdated = Vec::new();
        let mut page = Some(self.page(list, None).await?);
        while let Some(mut taken) = page {
            let after = taken.next.take();
            let take = blocking(move || {
                let outdated = loading.take(&taken);
                (loading, outdated)
            });
            let following = async {
                match &after {
                    Some(after) => Ok(Some(self.page(list, Some(after)).await?)),
                    None => Ok(None),
                }
            };
            let (took, following) = tokio::try_join!(take, following)?;
            outdated.extend(took.1);
            loading = took.0;
            note(loading.len());
            page = following;
        }
        if !outdated.is_empty() {
            let rows = store::list_rows(self.op.db().read(), list.list, list.version, &outdated).await?;
            for row in &rows {
                loading.push(row.id, &keys_of(row));
            }
            note(loading.len());
        }
        Ok(loading)
    }

    async fn page(&self, list: Version, after: Option<&str>) -> Result<KeysPage, Fault> {
        store::list_keys(self.op.db().read(), list.list, list.version, after, ACCOUNTS_AT_ONCE).await
    }

    /// All that is kept with a run.
    async fn standing(&self, run: i64) -> Result<Vec<Standing<DateTime<Utc>>>, Fault> {
        let mut standing = Vec::new();
        loop {
            let after = standing.last().map(|row: &Standing<_>| (row.left, row.id));
            let rows = store::list_standing(self.op.db().read(), self.pair.id, run, after, ACCOUNTS_AT_ONCE).await?;
            let is_last = (rows.len() as u64) < ACCOUNTS_AT_ONCE;
            standing.extend(rows);
            if is_last {
                return Ok(standing);
            }
        }
    }

    /// Lays everything out in batches that nobody sees; `false` where the run is no longer held. A batch is a transaction
    /// in which the lease is asked for, so that of two replicas one at most writes.
    async fn write(&self, laid: &Laid, before: &MappingResult, next: i64) -> Result<bool, Fault> {
        let begin = &laid.layout.begin;
        let (some, others) = match self.op.db().has_many_writers() {
            true => begin.split_at(begin.len() / 2),
            false => begin.split_at(begin.len()),
        };
        let written = AtomicUsize::new(0);
        let note = |rows: usize| {
            let share = 20 * (written.fetch_add(rows, Relaxed) + rows) / begin.len().max(1);
            self.watch.percent(75 + i32::try_from(share).unwrap_or(20));
        };
        let (some, others) = tokio::try_join!(self.insert(some, next, &note), self.insert(others, next, &note))?;
        if !(some && others) {
            return Ok(false);
        }
        for rows in laid.layout.end.chunks(OVERLAPS_AT_ONCE) {
            let tx = self.op.db().begin().await?;
            if !store::has_lease_in(&tx, self.op, self.permit, self.id, self.holder).await? {
                return Ok(false);
            }
            let ids: Vec<_> = rows.iter().map(|end| end.row.id).collect();
            // Only what the run before has ends: a row of the same id begins with this one.
            store::end_rows_in(&tx, self.permit, self.pair.id, before.run, next, &ids).await?;
            tx.commit().await?;
        }
        Ok(true)
    }

    /// As [`Run::write`], rows that begin. The lease comes last in each transaction: whoever asks for it holds its row, and
    /// another half of the same run would wait for that.
    async fn insert(&self, rows: &[Begin<DateTime<Utc>>], next: i64, note: &impl Fn(usize)) -> Result<bool, Fault> {
        for rows in rows.chunks(OVERLAPS_AT_ONCE) {
            let tx = self.op.db().begin().await?;
            store::insert_rows_in(&tx, self.permit, self.pair, next, rows).await?;
            if !store::has_lease_in(&tx, self.op, self.permit, self.id, self.holder).await? {
                return Ok(false);
            }
            tx.commit().await?;
            note(rows.len());
        }
        Ok(true)
    }
}

/// The verdicts about accounts that are in the lists.
fn here<'a>(
    mapped: &'a Mapped,
    verdicts: &'a Verdicts,
) -> impl Iterator<Item = ((AccountId, AccountId), DisputeVerdict)> + 'a {
    let there = |(left, right): &(AccountId, AccountId)| {
        mapped.left.place(*left).is_some() && mapped.right.place(*right).is_some()
    };
    verdicts.iter().filter(move |(key, _)| there(key)).map(|(key, verdict)| (*key, *verdict))
}

/// Computes where it holds up no request.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(Fault::internal)
}
