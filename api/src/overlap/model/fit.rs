//! How well a partner fits: how many of one's own accounts it has as well. It is worked out of the cells of the matrix as
//! the viewer sees them, so that it tells nothing that the matrix does not, and neither does its order. Pure.

use super::Counts;
use crate::sharing::model::Relation;
use chrono::{DateTime, Utc};
use entity::id::{AccountListId, OrganizationId};
use std::collections::BTreeMap;

/// A million, for shares that are compared.
const MILLION: i64 = 1_000_000;

/// One of the viewer's lists with one of the partner's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FitCell {
    /// The viewer's own list.
    pub own: AccountListId,
    /// How many accounts it has.
    pub accounts: i32,
    /// The counts as the viewer sees them; none before the first comparison.
    pub counts: Option<Counts>,
    /// When they were worked out.
    pub computed_at: Option<DateTime<Utc>>,
}

/// How well a partner fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The partner.
    pub partner: OrganizationId,
    /// How the two stand to each other.
    pub relation: Relation,
    /// Accounts of the viewer's lists that the partner has as well, as far as that is told; none where nothing is.
    pub shared: Option<i32>,
    /// Where nothing is told because it is too few: the threshold.
    pub fewer_than: Option<i32>,
    /// Whether more may be shared than `shared` says: some counts are withheld or not worked out yet, or several of the
    /// partner's lists have some of the same list of the viewer's, of which only the largest count is taken.
    pub is_partial: bool,
    /// Accounts of the viewer's lists that are compared with the partner's.
    pub accounts: i32,
    /// When the oldest of the counts was worked out; none while one is missing.
    pub computed_at: Option<DateTime<Utc>>,
}

/// What is told of one of the viewer's lists.
#[derive(Clone, Copy, Default)]
struct OwnList {
    accounts: i32,
    /// The largest of the counts.
    largest: Option<i32>,
    /// All of them: no more accounts than these are shared.
    sum: i32,
}

impl OwnList {
    fn may_share_more(&self) -> bool {
        self.largest.unwrap_or_default() < self.sum.min(self.accounts)
    }
}

impl Fit {
    /// What the cells of one partner come to; none without a cell.
    ///
    /// Of one's own list that is compared with several of the partner's, the largest count is taken: an account may be in
    /// more than one of them, and how many are is told nowhere. So the number is never too high, and where it may be too low
    /// it says so. It is not the union, since that would tell what the cells hide: where one list has 30 of the accounts and
    /// another 20, a union of 31 says that one account alone of the second is not in the first, which is fewer than a
    /// threshold lets through. A union where overlaps are shown and the largest where they are only counted would rank partners by how much
    /// they show.
    #[must_use]
    pub fn of(partner: OrganizationId, relation: Relation, cells: &[FitCell]) -> Option<Self> {
        let mut own: BTreeMap<AccountListId, OwnList> = BTreeMap::new();
        for cell in cells {
            let list = own.entry(cell.own).or_default();
            list.accounts = cell.accounts;
            if let Some(told) = cell.counts.and_then(|counts| counts.own) {
                list.largest = list.largest.max(Some(told));
                list.sum = list.sum.saturating_add(told);
            }
        }
        let shared = own.values().filter_map(|list| list.largest).reduce(i32::saturating_add);
        let withheld = cells.iter().filter_map(|cell| cell.counts?.fewer_than).max();
        let computed = cells.iter().map(|cell| cell.computed_at).collect::<Option<Vec<_>>>();
        (!cells.is_empty()).then(|| Self {
            partner,
            relation,
            shared,
            fewer_than: withheld.filter(|_| shared.is_none()),
            is_partial: own.values().any(OwnList::may_share_more)
                || cells.iter().any(|cell| cell.counts.and_then(|counts| counts.own).is_none()),
            accounts: own.values().map(|list| list.accounts).fold(0, i32::saturating_add),
            computed_at: computed.and_then(|moments| moments.into_iter().min()),
        })
    }

    /// The share of the compared accounts that is shared, in millionths; none where `shared` is.
    #[must_use]
    pub fn millionths(&self) -> Option<i64> {
        let shared = i64::from(self.shared?);
        // A list may have become shorter since it was compared.
        Some((shared * MILLION).checked_div(i64::from(self.accounts)).unwrap_or_default().clamp(0, MILLION))
    }

    /// The same from 0 to 1.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        Some(self.millionths()? as f64 / MILLION as f64)
    }
}

/// What a list of partners is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FitSort {
    /// How many accounts are shared.
    Shared,
    /// Which share of the list that is.
    Share,
}

/// The position of a partner: what it is sorted by, first and second, and its id.
pub type FitPosition = (i64, i64, OrganizationId);

/// Where a partner stands; what is not told is last in both directions.
#[must_use]
pub fn fit_position(fit: &Fit, sort: FitSort, descending: bool) -> FitPosition {
    let last = if descending { -1 } else { i64::MAX };
    let shared = fit.shared.map_or(last, i64::from);
    let share = fit.millionths().unwrap_or(last);
    match sort {
        FitSort::Shared => (shared, share, fit.partner),
        FitSort::Share => (share, shared, fit.partner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn cell(list: u128, accounts: i32, own: Option<i32>, fewer_than: Option<i32>) -> FitCell {
        FitCell {
            own: Uuid::from_u128(list).into(),
            accounts,
            counts: Some(Counts { own, partner: own, pairs: own, fewer_than }),
            computed_at: Some(DateTime::UNIX_EPOCH),
        }
    }

    fn fit(cells: &[FitCell]) -> Fit {
        Fit::of(Uuid::from_u128(9).into(), Relation::Partners, cells).unwrap()
    }

    #[test]
    fn an_account_that_they_have_twice_counts_once() {
        let both = fit(&[cell(1, 100, Some(30), None), cell(1, 100, Some(20), None), cell(2, 50, Some(5), None)]);
        assert_eq!((both.shared, both.accounts, both.is_partial), (Some(35), 150, true));
        // One list has all that the lists can have together: there is no more.
        assert!(!fit(&[cell(1, 30, Some(30), None), cell(1, 30, Some(20), None)]).is_partial);
        assert!(!fit(&[cell(1, 100, Some(30), None), cell(1, 100, Some(0), None)]).is_partial);
        assert_eq!(both.millionths(), Some(233_333));
        assert_eq!(Fit::of(Uuid::nil().into(), Relation::Partners, &[]), None);
    }

    #[test]
    fn what_is_withheld_is_told_and_counts_nowhere() {
        let hidden = fit(&[cell(1, 100, None, Some(5))]);
        assert_eq!((hidden.shared, hidden.fewer_than, hidden.share()), (None, Some(5), None));
        let partly = fit(&[cell(1, 100, Some(10), None), cell(2, 100, None, Some(5))]);
        assert_eq!((partly.shared, partly.fewer_than, partly.is_partial), (Some(10), None, true));
        assert_eq!(partly.share(), Some(0.05));
    }

    #[test]
    fn a_list_that_became_shorter_is_shared_as_a_whole_at_most() {
        assert_eq!(fit(&[cell(1, 3, Some(4), None)]).share(), Some(1.0));
        assert_eq!(fit(&[cell(1, 0, Some(0), None)]).share(), Some(0.0));
    }

    #[test]
    fn what_is_not_told_is_last_in_both_directions() {
        let (hidden, none) = (fit(&[cell(1, 9, None, Some(5))]), fit(&[cell(1, 9, Some(0), None)]));
        for sort in [FitSort::Shared, FitSort::Share] {
            assert!(fit_position(&hidden, sort, true) < fit_position(&none, sort, true));
            assert!(fit_position(&hidden, sort, false) > fit_position(&none, sort, false));
        }
    }
}
