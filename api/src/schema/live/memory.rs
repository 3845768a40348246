//! How much the groups of a process may remember, each and together. Numbers only.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// How many items a group of several remembers: what an absence of minutes misses. Whoever comes back within it costs
/// no execution, and that is when there is no time for one: after a fault everybody comes back at once, each from where
/// it was.
pub(super) const REMEMBERED: usize = 4_096;
/// And of how many bytes together.
pub(super) const REMEMBERED_BYTES: usize = 4 << 20;

/// What a group of one remembers: nobody else is there to take it, and whoever falls behind can read alone.
pub(super) const REMEMBERED_ALONE: usize = 8;
const REMEMBERED_ALONE_BYTES: usize = 16 << 10;

/// What an item takes besides its bytes, about.
const ITEM_BYTES: usize = 512;

/// What all groups of a process together remember, in bytes; over it, a group that gets an item keeps that one only.
const BUDGET: usize = 128 << 20;

/// What the groups of a process remember together.
pub(super) struct Memory {
    used: AtomicUsize,
    budget: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self { used: AtomicUsize::new(0), budget: BUDGET }
    }
}

impl Memory {
    #[cfg(test)]
    pub(super) fn of(budget: usize) -> Arc<Self> {
        Arc::new(Self { used: AtomicUsize::new(0), budget })
    }

    /// What a group remembers that has just begun.
    pub(super) fn nothing(self: &Arc<Self>) -> Kept {
        Kept { memory: Arc::clone(self), bytes: 0 }
    }

    #[cfg(test)]
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Whether all together remember more than half of what they may: there is no more room for what nobody reads.
    pub(super) fn is_half_used(&self) -> bool {
        self.used.load(Ordering::Relaxed) > self.budget / 2
    }

    /// Whether all together remember more than they may.
    pub(super) fn is_over(&self) -> bool {
        self.used.load(Ordering::Relaxed) > self.budget
    }
}

/// What one group remembers. It is given back when the group goes.
pub(super) struct Kept {
    memory: Arc<Memory>,
    bytes: usize,
}

impl Kept {
    /// Of another group of the same process, which remembers nothing yet.
    pub(super) fn nothing(&self) -> Self {
        self.memory.nothing()
    }

    pub(super) fn add(&mut self, bytes: usize) {
        let bytes = bytes + ITEM_BYTES;
        self.bytes += bytes;
        self.memory.used.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Of an item that was added.
    pub(super) fn remove(&mut self, bytes: usize) {
        let bytes = bytes + ITEM_BYTES;
        self.bytes -= bytes;
        self.memory.used.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(super) fn clear(&mut self) {
        self.memory.used.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = 0;
    }

    /// Whether a group that remembers this, which are so many items, is to forget some. `shared` is one of several members.
    pub(super) fn is_too_much(&self, items: usize, shared: bool) -> bool {
        let (most, bytes) =
            if shared { (REMEMBERED, REMEMBERED_BYTES) } else { (REMEMBERED_ALONE, REMEMBERED_ALONE_BYTES) };
        items > most || self.bytes > bytes || self.memory.is_over()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.clear();
    }
}
