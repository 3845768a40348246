//! Which accounts have a key that an account of the other list has too: most keys are of one list only, and what is left
//! out before sorting costs little.

use crate::{
    bits::Bits,
    block::{Entry, Role},
};

/// The keys of a list, near enough.
pub(crate) struct Seen {
    all: Bits,
    /// Without first letters.
    names: Bits,
}

/// Of keys that the other list has not, one of so many is kept.
const SHARE: usize = 8;

impl Seen {
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let mut seen =
            Self { all: Bits::with_capacity(entries.len(), SHARE), names: Bits::with_capacity(entries.len(), SHARE) };
        for entry in entries {
            seen.all.insert(entry.key);
            if entry.role != Role::Initials {
                seen.names.insert(entry.key);
            }
        }
        seen
    }
}

/// Keeps of `entries` those that may make a pair with any of the other list's: not if nobody there has the key, or if both
/// lists have it as first letters only.
pub(crate) fn keep_shared(entries: &mut Vec<Entry>, own: &Seen, other: &Seen) {
    let mut kept = 0;
    for at in 0..entries.len() {
        let Some(entry) = entries.get(at).copied() else { break };
        // First letters of one list count where only the same list has a name of them: see `block::pairs`.
        let is_kept = if entry.role == Role::Initials {
            own.names.may_have(entry.key) | other.names.may_have(entry.key)
        } else {
            other.all.may_have(entry.key)
        };
        // Nobody could foretell it, so it is no branch.
        if let Some(place) = entries.get_mut(kept) {
            *place = entry;
        }
        kept += usize::from(is_kept);
    }
    entries.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Account, Index, Keys, List, Statistics, block::Others, match_all};
    use proptest::prelude::*;

    #[test]
    fn what_makes_no_pair_is_left_out() {
        let entry =
            |key: u64, role| Entry { key: crate::hash::join(1, key), role, account: 0, others: Others::default() };
        let (name, initials) = (Role::Name, Role::Initials);
        let ours = [(1, name), (2, name), (3, initials), (4, initials), (5, name), (5, initials), (6, initials)];
        let theirs = [(2, name), (3, initials), (4, name), (5, initials)];
        let [mut ours, theirs]: [Vec<Entry>; 2] =
            [&ours[..], &theirs[..]].map(|all| all.iter().map(|(key, role)| entry(*key, *role)).collect());
        let own = Seen::of(&ours);
        keep_shared(&mut ours, &own, &Seen::of(&theirs));
        let expected = [(2, name), (4, initials), (5, name), (5, initials)];
        assert_eq!(ours, expected.map(|(key, role)| entry(key, role)));
    }

    fn list(rows: &[(String, String)]) -> List {
        let mut list = List::default();
        for (name, website) in rows {
            list.push(&Keys::of(&Account { name, website, ..Account::default() }));
        }
        list
    }

    fn rows() -> impl Strategy<Value = Vec<(String, String)>> {
        let name = "(Acme|Alpha|Bravo|Beta|Zorb) (Bravo|Beta|Foods|Werk)( Delta)?|A[BF]|ABD|Acme";
        let website = "|(acme|alpha|bravo|ab|abd)\\.(com|de)|github\\.com/(acme|ab)";
        proptest::collection::vec((name, website), 0..60)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn the_matches_are_those_of_all_keys(left in rows(), right in rows()) {
            let statistics = Statistics::of(&list(&left), &list(&right));
            let whole = [&left, &right].map(|rows| Index::new(list(rows), &statistics));
            let (ours, theirs) = Index::of_two(list(&left), list(&right), &statistics);
            let [left, right] = whole;
            prop_assert!(ours.entries.len() <= left.entries.len());
            prop_assert_eq!(match_all(&ours, &theirs, &statistics), match_all(&left, &right, &statistics));
        }
    }
}
