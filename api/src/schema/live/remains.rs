//! What groups leave behind that nobody reads from any more. A network that breaks takes all readers of a group at once,
//! and they are back in a moment: what was made for them is still there then, and the next group goes on where it ends.
//! Numbers and times only; whether what is kept may still be seen is for whoever takes it to say.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    hash::Hash,
    time::Duration,
};

use tokio::time::Instant;

/// How long it is kept.
pub(super) const KEPT_FOR: Duration = Duration::from_mins(5);

/// What was left, by what it was made for.
pub(super) struct Remains<K, T> {
    left: HashMap<K, (Instant, T)>,
    /// The order in which it was left, with what has been taken since.
    order: VecDeque<(Instant, K)>,
}

impl<K, T> Default for Remains<K, T> {
    fn default() -> Self {
        Self { left: HashMap::new(), order: VecDeque::new() }
    }
}

impl<K: Clone + Eq + Hash, T> Remains<K, T> {
    /// Keeps what was left now, instead of what was left before.
    pub(super) fn put(&mut self, key: &K, left: T, now: Instant) {
        self.settle(now);
        self.left.insert(key.clone(), (now, left));
        self.order.push_back((now, key.clone()));
    }

    /// Takes what is kept, if it `fits`. What does not is of no use to anybody where `fits` says so with `None`.
    pub(super) fn take(&mut self, key: &K, now: Instant, fits: impl FnOnce(&T) -> Option<bool>) -> Option<T> {
        self.settle(now);
        let Entry::Occupied(entry) = self.left.entry(key.clone()) else { return None };
        match fits(&entry.get().1) {
            Some(true) => Some(entry.remove().1),
            Some(false) => None,
            None => {
                entry.remove();
                None
            }
        }
    }

    /// Lets go of what is too old.
    pub(super) fn settle(&mut self, now: Instant) {
        while self.order.front().is_some_and(|(since, _)| now.saturating_duration_since(*since) > KEPT_FOR) {
            self.forget_oldest();
        }
    }

    /// Lets go of what was left first; `false` where nothing is kept.
    pub(super) fn forget_oldest(&mut self) -> bool {
        let Some((since, key)) = self.order.pop_front() else { return false };
        if let Entry::Occupied(entry) = self.left.entry(key)
            && entry.get().0 == since
        {
            entry.remove();
        }
        if self.order.is_empty() {
            *self = Self::default();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(now: Instant, seconds: u64) -> Instant {
        now + Duration::from_secs(seconds)
    }

    #[test]
    fn what_was_left_last_is_kept_for_a_while_and_taken_once() {
        let (mut remains, now) = (Remains::default(), Instant::now());
        remains.put(&'a', 1, now);
        remains.put(&'b', 2, now);
        remains.put(&'a', 3, later(now, 1));
        assert_eq!(remains.take(&'c', now, |_| Some(true)), None);
        assert_eq!(remains.take(&'a', now, |_| Some(false)), None);
        // Exactly as long as that, and the earlier one under the same key takes nothing with it.
        let end = now + KEPT_FOR;
        assert_eq!(remains.take(&'b', end, |_| Some(true)), Some(2));
        assert_eq!(remains.take(&'b', end, |_| Some(true)), None);
        assert_eq!(remains.take(&'a', later(end, 1), |left| Some(*left == 3)), Some(3));
        remains.put(&'a', 4, later(end, 1));
        remains.settle(later(end, 600));
        assert_eq!(remains.take(&'a', later(end, 600), |_| Some(true)), None);
        assert!(remains.left.is_empty() && remains.order.is_empty());
    }

    #[test]
    fn what_is_of_no_use_goes_and_so_does_the_oldest_when_it_has_to() {
        let (mut remains, now) = (Remains::default(), Instant::now());
        remains.put(&'a', 1, now);
        assert_eq!(remains.take(&'a', now, |_| None), None);
        assert_eq!(remains.take(&'a', now, |_| Some(true)), None);
        remains.put(&'b', 2, later(now, 1));
        remains.put(&'c', 3, later(now, 2));
        // The first one was taken already.
        assert!(remains.forget_oldest() && remains.forget_oldest());
        assert_eq!(remains.take(&'b', now, |_| Some(true)), None);
        assert_eq!(remains.take(&'c', now, |_| Some(true)), Some(3));
        assert!(remains.forget_oldest());
        assert!(!remains.forget_oldest());
    }
}
