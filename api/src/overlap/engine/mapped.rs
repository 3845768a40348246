//! A pair of lists in memory: a full run over them, and the matching of what changed. No I/O.

use super::side::{Change, Loading, Side};
use crate::overlap::model::{DisputeVerdict, Found, Verdicts};
use entity::id::AccountId;
use matching::{Match, Statistics, affected, match_all, match_some};

/// Two lists that were matched, as far as the run that readers see.
pub(super) struct Mapped {
    pub(super) left: Side,
    pub(super) right: Side,
    /// Of the last full run: as long as they are the same, matching some gives what matching all would give.
    statistics: Statistics,
    /// The run that shows it.
    pub(super) run: i64,
    /// Accounts that came or went since the last full run.
    pub(super) drift: usize,
}

/// The matches of some accounts.
pub(super) struct Again {
    /// The accounts of the left list whose matches these are; of the right list, those below.
    pub(super) left: Vec<AccountId>,
    pub(super) right: Vec<AccountId>,
    /// All matches with at least one of them.
    pub(super) found: Vec<Found>,
}

impl Mapped {
    /// Matches two lists as a whole.
    pub(super) fn full(left: (Loading, i64), right: (Loading, i64), run: i64) -> (Self, Vec<Found>) {
        let statistics = Statistics::of(left.0.list(), right.0.list());
        let (left, right) = rayon::join(|| left.0.ready(left.1, &statistics), || right.0.ready(right.1, &statistics));
        let matches = match_all(&left.index, &right.index, &statistics);
        let mapped = Self { left, right, statistics, run, drift: 0 };
        let mut found = mapped.named(&matches);
        // Ids are in the order in which accounts came: so rows come into their index one behind the other.
        found.sort_unstable_by_key(|found| (found.left, found.right));
        (mapped, found)
    }

    /// Takes changes in and matches what they touch.
    pub(super) fn change(&mut self, left: &Change, right: &Change) -> Again {
        let places = |side: &Side, change: &Change| -> Vec<u32> {
            change.gone.iter().filter_map(|id| side.place(*id)).collect()
        };
        let (gone_left, gone_right) = (places(&self.left, left), places(&self.right, right));
        // Asked with the accounts as they were, before they are taken out.
        let (mut ours, mut theirs) = affected(&self.left.index, &self.right.index, &gone_left, &gone_right);
        ours.extend(self.left.apply(left, &self.statistics));
        theirs.extend(self.right.apply(right, &self.statistics));
        let again = match_some(&self.left.index, &self.right.index, &self.statistics, &ours, &theirs);
        self.drift += left.len() + right.len();
        let found = self.named(&again.matches);
        let ids = |side: &Side, places: &[u32], gone: &[AccountId]| {
            let mut ids: Vec<AccountId> =
                places.iter().map(|place| side.id(*place)).chain(gone.iter().copied()).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        Again {
            left: ids(&self.left, &again.left, &left.gone),
            right: ids(&self.right, &again.right, &right.gone),
            found,
        }
    }

    /// Bytes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.left.bytes() + self.right.bytes()
    }

    fn named(&self, matches: &[Match]) -> Vec<Found> {
        let named = |found: &Match| Found::of(found, self.left.id(found.left), self.right.id(found.right));
        matches.iter().map(named).collect()
    }
}

/// Overlaps, accounts of the left and of the right list that are seen of what was found.
pub(super) fn counted(found: &[Found], verdicts: &Verdicts) -> (usize, usize, usize) {
    let is_seen = |found: &&Found| verdicts.get(&(found.left, found.right)) != Some(&DisputeVerdict::NotSame);
    let mut pairs: Vec<(AccountId, AccountId)> =
        found.iter().filter(is_seen).map(|found| (found.left, found.right)).collect();
    pairs.extend(verdicts.iter().filter(|(_, verdict)| **verdict == DisputeVerdict::Same).map(|(key, _)| *key));
    pairs.sort_unstable();
    pairs.dedup();
    let count = |mut ids: Vec<AccountId>| {
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    };
    let left = count(pairs.iter().map(|pair| pair.0).collect());
    let right = count(pairs.iter().map(|pair| pair.1).collect());
    (pairs.len(), left, right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use matching::{Account, Keys};
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    type Rows = BTreeMap<u128, (String, String)>;

    fn keys(name: &str, website: &str) -> Keys {
        Keys::of(&Account { name, website, ..Account::default() })
    }

    fn loading(rows: &Rows) -> Loading {
        let mut loading = Loading::with_capacity(rows.len());
        for (id, (name, website)) in rows {
            loading.push(Uuid::from_u128(*id).into(), &keys(name, website));
        }
        loading
    }

    /// What is there after `change`, and the same as a change.
    fn changed(rows: &mut Rows, change: Vec<(u128, Option<(String, String)>)>) -> Change {
        let (before, mut after) = (rows.clone(), rows.clone());
        for (id, row) in change {
            match row {
                Some(row) => after.insert(id, row),
                None => after.remove(&id),
            };
        }
        let differs = |id: &u128| before.get(id) != after.get(id);
        let gone = before.keys().filter(|id| differs(id)).map(|id| Uuid::from_u128(*id).into()).collect();
        let come = after.iter().filter(|(id, _)| differs(id));
        let come = come.map(|(id, (name, website))| (Uuid::from_u128(*id).into(), keys(name, website))).collect();
        *rows = after;
        Change { gone, come }
    }

    fn row() -> impl Strategy<Value = (String, String)> {
        let name = "(Acme|Bravo|Zorb|Quim) (Foods|Soft|Group)( Inc| GmbH)?|[A-C]{2,3}|Zorblax|Zorbblax";
        (name, prop_oneof![Just(String::new()), "(acme|bravo|zorb)\\.(com|de)"])
    }

    fn rows() -> impl Strategy<Value = Rows> {
        proptest::collection::btree_map(0_u128..14, row(), 0..12)
    }

    fn change() -> impl Strategy<Value = Vec<(u128, Option<(String, String)>)>> {
        proptest::collection::vec((0_u128..16, proptest::option::of(row())), 0..5)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

        #[test]
        fn change_after_change_gives_what_a_full_run_gives(
            mut left in rows(), mut right in rows(), changes in proptest::collection::vec((change(), change()), 1..5),
        ) {
            let (mut mapped, found) = Mapped::full((loading(&left), 1), (loading(&right), 1), 1);
            let mut kept: BTreeMap<_, Found> = found.iter().map(|found| ((found.left, found.right), *found)).collect();
            for (ours, theirs) in changes {
                let (ours, theirs) = (changed(&mut left, ours), changed(&mut right, theirs));
                let again = mapped.change(&ours, &theirs);
                kept.retain(|(one, other), _| !again.left.contains(one) && !again.right.contains(other));
                for found in &again.found {
                    kept.insert((found.left, found.right), *found);
                }
                prop_assert_eq!(mapped.left.len(), left.len());
                let full_left = loading(&left).ready(1, &mapped.statistics);
                let full_right = loading(&right).ready(1, &mapped.statistics);
                let full = match_all(&full_left.index, &full_right.index, &mapped.statistics);
                let full: BTreeMap<_, _> = full
                    .iter()
                    .map(|found| Found::of(found, full_left.id(found.left), full_right.id(found.right)))
                    .map(|found| ((found.left, found.right), found))
                    .collect();
                prop_assert_eq!(kept.keys().collect::<Vec<_>>(), full.keys().collect::<Vec<_>>());
                for (key, found) in &kept {
                    // The odds of rivals are added in the order of their places.
                    prop_assert!((found.score - full[key].score).abs() < 2e-4, "{:?} and {:?}", found, full[key]);
                }
            }
        }
    }
}
