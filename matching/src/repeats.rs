//! Which of many hashes come more than once, found without sorting them all: most come once, and only the rest has to be
//! looked at closely.

/// Hashes that may come more than once.
pub(crate) struct Repeats {
    /// One bit a hash, as its leading bits fall: set where two fell on one.
    again: Vec<u64>,
    /// Bits of a hash that do not count.
    shift: u32,
}

/// Bits a hash; of hashes that come once, one of so many is taken for one that comes again.
const BITS: usize = 16;

impl Repeats {
    /// Looks at `count` hashes, or about as many.
    pub(crate) fn of(hashes: impl Iterator<Item = u64>, count: usize) -> Self {
        let bits = (count * BITS).next_power_of_two().max(64);
        let mut repeats = Self { again: vec![0; bits / 64], shift: u64::BITS - bits.trailing_zeros() };
        let mut seen = vec![0_u64; bits / 64];
        for hash in hashes {
            let (word, bit) = repeats.place(hash);
            if let (Some(seen), Some(again)) = (seen.get_mut(word), repeats.again.get_mut(word)) {
                *again |= *seen & bit;
                *seen |= bit;
            }
        }
        repeats
    }

    /// False only for a hash that came once at most.
    pub(crate) fn may_have(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.again.get(word).is_some_and(|again| again & bit != 0)
    }

    fn place(&self, hash: u64) -> (usize, u64) {
        let at = hash >> self.shift;
        ((at / 64) as usize, 1 << (at % 64))
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
