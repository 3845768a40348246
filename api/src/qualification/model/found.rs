//! What a rule found in one look: overlaps as the organization sees them at that moment. Pure.

use chrono::{DateTime, Utc};
use entity::{
    account_list::AccountListKind,
    id::{AccountId, AccountListId, OverlapId},
    overlap::MatchConfidence,
};
use std::collections::HashMap;

/// An overlap that fits a rule, with what of it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The overlap.
    pub overlap: OverlapId,
    /// The organization's own account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// The list that it is in, and what that is.
    pub own_list: (AccountListId, AccountListKind),
    /// The partner's list.
    pub partner_list: (AccountListId, AccountListKind),
    /// How sure it is.
    pub confidence: MatchConfidence,
    /// The same as a number.
    pub score: f64,
    /// The reasons that are shown.
    pub reasons: i64,
    /// Whether the same domain was found in mail addresses.
    pub by_mail: bool,
    /// When the two were first found to match.
    pub found_at: DateTime<Utc>,
}

/// Each account once, with its surest overlap, in the order in which the accounts came.
#[must_use]
pub fn one_each(all: Vec<Found>) -> Vec<Found> {
    let mut places: HashMap<AccountId, usize> = HashMap::new();
    let mut kept: Vec<Found> = Vec::new();
    for found in all {
        match places.get(&found.account).and_then(|place| kept.get_mut(*place)) {
            Some(before) if before.score < found.score => *before = found,
            Some(_) => {}
            None => {
                places.insert(found.account, kept.len());
                kept.push(found);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_account_that_is_found_twice_counts_once_with_its_surest_overlap() {
        let found = |account: u128, score: f64| Found {
            overlap: Uuid::from_u128(account * 10).into(),
            account: Uuid::from_u128(account).into(),
            account_name: String::new(),
            own_list: (Uuid::nil().into(), AccountListKind::Prospects),
            partner_list: (Uuid::nil().into(), AccountListKind::Customers),
            confidence: MatchConfidence::Possible,
            score,
            reasons: 0,
            by_mail: false,
            found_at: DateTime::UNIX_EPOCH,
        };
        let kept = one_each(vec![found(1, 0.6), found(2, 0.9), found(1, 0.8), found(1, 0.7)]);
        let scores: Vec<_> = kept.iter().map(|found| found.score).collect();
        assert_eq!(scores, [0.8, 0.9]);
    }
}
