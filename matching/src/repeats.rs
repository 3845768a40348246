//! Which of many hashes come more than once, found without sorting them all: most come once, and only the rest has to be
//! looked at closely.

use crate::bits::Bits;

/// Hashes that may come more than once.
pub(crate) struct Repeats(Bits);

/// Of hashes that come once, one of so many is taken for one that comes again.
const SHARE: usize = 16;

impl Repeats {
    /// Looks at `count` hashes, or about as many.
    pub(crate) fn of(hashes: impl Iterator<Item = u64>, count: usize) -> Self {
        let mut seen = Bits::with_capacity(count, SHARE);
        let mut again = Bits::with_capacity(count, SHARE);
        for hash in hashes {
            if seen.insert(hash) {
                again.insert(hash);
            }
        }
        Self(again)
    }

    /// False only for a hash that came once at most.
    pub(crate) fn may_have(&self, hash: u64) -> bool {
        self.0.may_have(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::join;

    #[test]
    fn what_comes_again_is_found_and_little_else() {
        for count in [0, 1, 5, 1000, 70_000] {
            let hashes: Vec<u64> = (0..count).map(|at| join(1, at)).collect();
            let twice = hashes.iter().step_by(10).copied();
            let repeats = Repeats::of(hashes.iter().copied().chain(twice.clone()), hashes.len());
            assert!(twice.clone().all(|hash| repeats.may_have(hash)), "{count}");
            let taken = hashes.iter().filter(|hash| repeats.may_have(**hash)).count();
            assert!(taken <= twice.count() + hashes.len() / 8, "{count}: {taken}");
        }
    }

    #[test]
    fn the_same_thrice_is_a_repeat_and_what_never_came_is_none() {
        let repeats = Repeats::of([7, 7, 7].into_iter(), 3);
        assert!(repeats.may_have(7));
        assert!(!repeats.may_have(u64::MAX));
    }
}
