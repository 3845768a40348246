//! What the engine keeps in memory between runs, and how much of it: pairs that were matched, the least lately used of
//! which go when there is no room. What is gone is read from the database again. No I/O.

use super::mapped::Mapped;
use entity::id::MappingPairId;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Pairs in memory, within a budget of bytes.
pub(super) struct Memory {
    budget: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    pairs: HashMap<MappingPairId, (Mapped, u64)>,
    turn: u64,
}

impl Kept {
    fn bytes(&self) -> usize {
        self.pairs.values().map(|(mapped, _)| mapped.bytes()).sum()
    }

    /// Lets the least lately used go until there is room for `bytes` more.
    fn make_room(&mut self, budget: usize, bytes: usize) {
        while !self.pairs.is_empty() && self.bytes() + bytes > budget {
            let oldest = self.pairs.iter().min_by_key(|(_, (_, turn))| *turn).map(|(pair, _)| *pair);
            if let Some(oldest) = oldest {
                self.pairs.remove(&oldest);
            }
        }
    }
}

impl Memory {
    pub(super) fn new(budget: usize) -> Self {
        Self { budget, kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a pair out, where it is there and shows this run: whoever works on it puts it back when its work is shown.
    pub(super) fn take(&self, pair: MappingPairId, run: i64) -> Option<Mapped> {
        let (mapped, _) = self.kept().pairs.remove(&pair)?;
        (mapped.run == run).then_some(mapped)
    }

    /// Puts a pair in. One that is larger than the budget is not kept.
    pub(super) fn put(&self, pair: MappingPairId, mapped: Mapped) {
        let bytes = mapped.bytes();
        let mut kept = self.kept();
        kept.make_room(self.budget, bytes);
        if bytes <= self.budget {
            kept.turn += 1;
            let turn = kept.turn;
            kept.pairs.insert(pair, (mapped, turn));
        }
    }

    /// Makes room for what is about to be read.
    pub(super) fn make_room(&self, bytes: usize) {
        self.kept().make_room(self.budget, bytes);
    }

    /// Lets everything go.
    pub(super) fn clear(&self) {
        self.kept().pairs.clear();
    }

    /// Bytes that are kept now, about.
    pub(super) fn bytes(&self) -> usize {
        self.kept().bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::side::Loading, *};
    use matching::{Account, Keys};
    use uuid::Uuid;

    fn mapped(accounts: u128, run: i64) -> Mapped {
        let mut left = Loading::default();
        for id in 0..accounts {
            left.push(Uuid::from_u128(id).into(), &Keys::of(&Account { name: "Acme", ..Account::default() }));
        }
        Mapped::full((left, 1), (Loading::default(), 1), run).0
    }

    #[test]
    fn the_least_lately_used_goes_and_what_is_stale_is_not_given() {
        let pair = |number: u128| MappingPairId::from(Uuid::from_u128(number));
        let memory = Memory::new(mapped(25, 1).bytes());
        memory.put(pair(1), mapped(10, 1));
        memory.put(pair(2), mapped(10, 1));
        let first = memory.take(pair(1), 1).unwrap();
        memory.put(pair(1), first);
        memory.put(pair(3), mapped(10, 1));
        assert!(memory.take(pair(2), 1).is_none());
        assert!(memory.take(pair(1), 2).is_none());
        assert!(memory.take(pair(3), 1).is_some());
        memory.put(pair(4), mapped(26, 1));
        assert_eq!(memory.bytes(), 0);
    }
}
