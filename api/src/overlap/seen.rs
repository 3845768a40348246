//! Overlaps with both accounts, as one side sees them: what the schema shows and what a file holds.

pub use super::store::OverlapFilter;

use super::{
    model::{About, Account, Overlap, Revealed, is_by_mail, shown_bits},
    scope::{self, OpenPair, View, partner_in},
    store::{self, OverlapPosition, OverlapSort, PairOf, ReadPair},
};
use crate::{
    db::Direction,
    op::{Fault, Op},
    page::{Page, Slice},
};
use chrono::{DateTime, Utc};
use entity::id::{AccountId, AccountListId, OrganizationId, OverlapId};
use sea_orm::ConnectionTrait;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// An overlap that the viewer sees, with both accounts as far as it does.
#[derive(Clone, Debug)]
pub struct SeenOverlap {
    /// The overlap.
    pub row: Overlap,
    /// The pair that it is of.
    pub open: Arc<OpenPair>,
    /// The viewer's own account.
    pub own: Arc<Revealed>,
    /// The partner's account.
    pub partner: Arc<Revealed>,
}

impl SeenOverlap {
    /// The overlap with its accounts; none where one of them has gone since it was found, or nothing of it is shown.
    #[must_use]
    pub fn of(row: Overlap, open: &Arc<OpenPair>, accounts: &HashMap<AccountId, Account>) -> Option<Self> {
        if !open.shows_rows() {
            return None;
        }
        let (own, partner) = match open.own_is_left {
            true => (row.left_account_id, row.right_account_id),
            false => (row.right_account_id, row.left_account_id),
        };
        let own = Revealed::whole(accounts.get(&own)?.clone());
        let partner = Revealed::of(accounts.get(&partner)?.clone(), open.partner.fields);
        Some(Self { row, open: Arc::clone(open), own: Arc::new(own), partner: Arc::new(partner) })
    }

    /// The two accounts, the viewer's own first.
    #[must_use]
    pub fn about(&self) -> About {
        About { own: self.own.id(), partner: self.partner.id() }
    }
}

/// Those of these overlaps that `viewer` sees at `now`, with their accounts as far as it does, in no order.
///
/// # Errors
/// Database faults.
pub async fn seen_by_ids(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    viewer: OrganizationId,
    ids: &[OverlapId],
) -> Result<Vec<SeenOverlap>, Fault> {
    let mut rows = store::list_overlaps_by_ids(connection, ids).await?;
    rows.retain(|row| row.left_id == viewer || row.right_id == viewer);
    let mut pairs: Vec<_> = rows.iter().map(|row| row.pair_id).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let pairs = store::list_pairs_by_ids(connection, pairs).await?;
    let open = scope::open(connection, now, viewer, pairs).await?;
    let open: HashMap<_, _> = open.into_iter().map(|(id, open)| (id, Arc::new(open))).collect();
    let accounts = rows.iter().flat_map(|row| [row.left_account_id, row.right_account_id]);
    let accounts = store::list_accounts(connection, accounts).await?;
    let seen = |row: Overlap| SeenOverlap::of(row.clone(), open.get(&row.pair_id)?, &accounts);
    Ok(rows.into_iter().filter_map(seen).collect())
}

impl SeenOverlap {
    /// The bits of the reasons that are shown.
    #[must_use]
    pub fn shown_reasons(&self) -> i64 {
        shown_bits(self.row.reasons, &self.own, &self.partner)
    }

    /// Whether a domain that the two have in common is that of their mail addresses.
    #[must_use]
    pub fn is_by_mail(&self) -> bool {
        is_by_mail(&self.own, &self.partner)
    }
}

/// Which overlaps of a pair are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundSince {
    /// Those that began with a later run than this.
    pub run: i64,
    /// Behind this one, by the account of the left list and its id.
    pub after: Option<(AccountId, OverlapId)>,
    /// At most this many.
    pub limit: u64,
}

/// Overlaps of a pair in the order of the accounts of its left list.
pub struct FoundPage {
    /// Those that are shown.
    pub rows: Vec<SeenOverlap>,
    /// The last that was read, shown or not.
    pub last: Option<(AccountId, OverlapId)>,
    /// Whether there may be more.
    pub has_more: bool,
}

/// What a pair shows of what began after a run, for those who go through it batch by batch. Kinds in `filter` count
/// nothing: the pair is given.
///
/// # Errors
/// Database faults.
pub async fn found_since(
    connection: &impl ConnectionTrait,
    open: &OpenPair,
    filter: &OverlapFilter,
    since: FoundSince,
) -> Result<FoundPage, Fault> {
    if !open.shows_rows() {
        return Ok(FoundPage { rows: Vec::new(), last: None, has_more: false });
    }
    let rows = store::list_since(connection, open.read(), filter, since.run, since.after, since.limit).await?;
    let has_more = rows.len() as u64 >= since.limit;
    let last = rows.last().map(|row| (row.left_account_id, row.id));
    let accounts = rows.iter().flat_map(|row| [row.left_account_id, row.right_account_id]);
    let accounts = store::list_accounts(connection, accounts).await?;
    let open = Arc::new(open.clone());
    let rows = rows.into_iter().filter_map(|row| SeenOverlap::of(row, &open, &accounts)).collect();
    Ok(FoundPage { rows, last, has_more })
}

/// Overlaps that are looked at for one look-up, at most; those that are not shown count too.
const LOOKED_AT: u64 = 1_000;

/// What is shown now of the overlaps of some accounts of the actor's organization, the surest first, `most` of them at
/// most, by partner.
///
/// # Errors
/// [`Fault::Unauthenticated`] where the actor acts for no organization; database faults.
pub async fn seen_overlaps_of(
    op: &Op,
    own: &[Account],
    most: usize,
) -> Result<Vec<(OrganizationId, SeenOverlap)>, Fault> {
    let viewer = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let connection = op.db().read();
    let lists: BTreeSet<AccountListId> = own.iter().map(|account| account.list_id).collect();
    let lists: Vec<_> = lists.into_iter().collect();
    let mut pairs = store::list_pairs_with(connection, &lists).await?;
    let read = |(pair, _): &PairOf| ReadPair {
        id: pair.id,
        left_id: pair.left_id,
        right_id: pair.right_id,
        own_is_left: lists.contains(&pair.left_list_id),
    };
    let reads: Vec<ReadPair> = pairs.iter().map(read).collect();
    let ids: Vec<AccountId> = own.iter().map(|account| account.id).collect();
    let rows = store::list_overlaps_of(connection, &reads, &ids, LOOKED_AT).await?;
    // Only of those with whom there is something in common is it asked what they show.
    pairs.retain(|(pair, _)| rows.iter().any(|row| row.pair_id == pair.id));
    let partners: HashMap<_, _> = pairs
        .iter()
        .filter_map(|(pair, subject)| Some((pair.id, partner_in(pair.left_id, pair.right_id, *subject, viewer)?)))
        .collect();
    let open = scope::open(connection, op.now(), viewer, pairs).await?;
    let open: HashMap<_, _> = open.into_iter().map(|(id, open)| (id, Arc::new(open))).collect();
    let shown = |row: &Overlap| open.get(&row.pair_id).is_some_and(|open| open.shows_rows());
    let rows: Vec<Overlap> = rows.into_iter().filter(shown).take(most).collect();
    let accounts = rows.iter().flat_map(|row| [row.left_account_id, row.right_account_id]);
    let accounts = store::list_accounts(connection, accounts).await?;
    let seen = |row: Overlap| {
        let partner = *partners.get(&row.pair_id)?;
        let open = open.get(&row.pair_id)?;
        Some((partner, SeenOverlap::of(row, open, &accounts)?))
    };
    Ok(rows.into_iter().filter_map(seen).collect())
}

/// How often a page is filled up whose accounts have gone.
const FILLED_UP: usize = 8;

/// A page of overlaps as one side sees them.
pub struct SeenPage {
    /// The overlaps.
    pub page: Slice<SeenOverlap, OverlapPosition>,
    /// The position up to which was read, also where the last overlaps are not shown.
    pub last: Option<OverlapPosition>,
}

/// A page of overlaps as one side sees them, with their accounts. Those whose accounts have gone since they were found are
/// left out, and others take their places.
///
/// # Errors
/// As [`store::list_overlaps`].
pub async fn seen_overlaps(
    op: &Op,
    view: &View,
    filter: &OverlapFilter,
    sort: OverlapSort,
    direction: Direction,
    page: &Page<OverlapPosition>,
) -> Result<SeenPage, Fault> {
    let connection = op.db().read();
    let open: HashMap<_, _> =
        view.rows(filter).into_iter().map(|open| (open.pair.id, Arc::new(open.clone()))).collect();
    let pairs: Vec<_> = open.values().map(|open| open.read()).collect();
    let mut rows = Vec::new();
    let (mut last, mut has_next) = (page.after, true);
    for _ in 0..FILLED_UP {
        let missing = page.first.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        let rest = Page { first: missing, after: last };
        let slice = store::list_overlaps(connection, &pairs, filter, sort, direction, &rest).await?;
        has_next = slice.has_next;
        last = slice.rows.last().map(|(position, _)| *position).or(last);
        let ids = slice.rows.iter().flat_map(|(_, row)| [row.left_account_id, row.right_account_id]);
        let accounts = store::list_accounts(connection, ids).await?;
        rows.extend(slice.rows.into_iter().filter_map(|(position, row)| {
            let open = open.get(&row.pair_id)?;
            Some((position, SeenOverlap::of(row, open, &accounts)?))
        }));
        if !has_next || rows.len() >= page.first as usize {
            break;
        }
    }
    Ok(SeenPage { page: Slice { rows, has_next, has_previous: page.after.is_some() }, last })
}
