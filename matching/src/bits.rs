//! A set of hashes that may say of some that they are in it although they are not, in a few bits each.

/// Hashes by their leading bits.
pub(crate) struct Bits {
    bits: Vec<u64>,
    /// Bits of a hash that do not count.
    shift: u32,
}

impl Bits {
    /// An empty set with room for so many hashes: one of `share` that are not in it is taken to be in it.
    pub(crate) fn with_capacity(hashes: usize, share: usize) -> Self {
        let bits = (hashes * share).next_power_of_two().max(64);
        Self { bits: vec![0; bits / 64], shift: u64::BITS - bits.trailing_zeros() }
    }

    /// Adds a hash; true if it may have been there.
    pub(crate) fn insert(&mut self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        let Some(bits) = self.bits.get_mut(word) else { return true };
        let was_there = *bits & bit != 0;
        *bits |= bit;
        was_there
    }

    /// False only for a hash that was not added.
    pub(crate) fn may_have(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.bits.get(word).is_none_or(|bits| bits & bit != 0)
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
    fn what_was_added_is_there_and_little_else() {
        for count in [0, 1, 5, 1000, 70_000] {
            let mut bits = Bits::with_capacity(count as usize, 8);
            let again = (0..count).filter(|at| bits.insert(join(1, *at))).count();
            assert!((0..count).all(|at| bits.may_have(join(1, at)) && bits.insert(join(1, at))), "{count}");
            let others = (0..count).filter(|at| bits.may_have(join(2, *at))).count();
            assert!(again.max(others) <= count as usize / 6, "{count}: {again} and {others}");
        }
    }

    #[test]
    fn hashes_at_the_ends_have_their_places() {
        let mut bits = Bits::with_capacity(3, 8);
        assert!(!bits.insert(0) && !bits.may_have(u64::MAX));
        assert!(!bits.insert(u64::MAX) && bits.may_have(u64::MAX) && bits.may_have(0));
    }
}
