//! Overlaps with both accounts, as one side sees them: what the schema shows and what a file holds.

use super::{
    model::{About, Account, Overlap, Revealed},
    scope::{self, OpenPair, View},
    store::{self, OverlapFilter, OverlapPosition, OverlapSort},
};
use crate::{
    db::Direction,
    op::{Fault, Op},
    page::{Page, Slice},
};
use chrono::{DateTime, Utc};
use entity::id::{AccountId, OrganizationId, OverlapId};
use sea_orm::ConnectionTrait;
use std::{collections::HashMap, sync::Arc};

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
