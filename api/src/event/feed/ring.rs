//! The newest alerts of one feed, in memory, so that many readers of the same place cost no query. It knows no database
//! and no time of its own.

use super::Alert;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// How many alerts are kept. A reconnecting client was away for a moment, not for a day.
pub(super) const RING_MAX: usize = 256;

/// How long an alert is kept.
const RING_AGE: Duration = Duration::from_mins(5);

/// How many alerts wait for one before them whose hint is late or lost.
const EARLY_MAX: usize = 64;

struct Kept {
    since: Instant,
    alert: Arc<Alert>,
}

/// Alerts in ascending order without a gap.
#[derive(Default)]
pub(super) struct Ring {
    kept: VecDeque<Kept>,
    /// By number: alerts that came before their turn.
    early: BTreeMap<i64, Arc<Alert>>,
}

impl Ring {
    /// The alert behind this number.
    pub(super) fn behind(&self, seq: i64) -> Option<Arc<Alert>> {
        self.at(seq).and_then(|at| self.kept.get(at)).map(|kept| Arc::clone(&kept.alert))
    }

    /// At most `limit` alerts behind this number; `None` where the first of them is not here.
    pub(super) fn all_behind(&self, seq: i64, limit: usize) -> Option<Vec<Arc<Alert>>> {
        let at = self.at(seq).filter(|at| *at < self.kept.len())?;
        Some(self.kept.range(at..).take(limit).map(|kept| Arc::clone(&kept.alert)).collect())
    }

    fn at(&self, seq: i64) -> Option<usize> {
        let first = self.kept.front()?.alert.seq;
        usize::try_from(seq.checked_add(1)?.checked_sub(first)?).ok()
    }

    /// Takes an alert that a hint brought; `false` where it was here already.
    pub(super) fn hear(&mut self, alert: Arc<Alert>, now: Instant) -> bool {
        let taken = match self.bounds() {
            None => {
                self.push(alert, now);
                true
            }
            Some((_, last)) if alert.seq == last + 1 => {
                self.push(alert, now);
                true
            }
            Some((_, last)) if alert.seq > last => {
                let new = self.early.insert(alert.seq, alert).is_none();
                if self.early.len() > EARLY_MAX {
                    // The last one will be read from the table, should nothing fill the hole before.
                    self.early.pop_last();
                }
                new
            }
            Some(_) => false,
        };
        self.settle(now);
        taken
    }

    /// Takes alerts that were read from the table: ascending, without a gap.
    pub(super) fn absorb(&mut self, page: &[Arc<Alert>], now: Instant) {
        let (Some(low), Some(high)) = (page.first(), page.last()) else { return };
        match self.bounds() {
            // Too far below to be of use to the next reader.
            Some((first, _)) if high.seq + 1 < first => return,
            Some((_, last)) if low.seq > last + 1 => self.kept.clear(),
            _ => {}
        }
        if let Some((first, _)) = self.bounds() {
            for alert in page.iter().rev().filter(|alert| alert.seq < first) {
                self.kept.push_front(Kept { since: now, alert: Arc::clone(alert) });
            }
        }
        let last = self.bounds().map_or(i64::MIN, |(_, last)| last);
        for alert in page.iter().filter(|alert| alert.seq > last) {
            self.push(Arc::clone(alert), now);
        }
        self.settle(now);
    }

    /// Lets go of what is too old. To be called now and then, even when nothing comes.
    pub(super) fn settle(&mut self, now: Instant) {
        while let Some((_, last)) = self.bounds() {
            let Some(entry) = self.early.first_entry().filter(|entry| *entry.key() <= last + 1) else { break };
            let alert = entry.remove();
            if alert.seq == last + 1 {
                self.push(alert, now);
            }
        }
        let over = |kept: &Kept| now.saturating_duration_since(kept.since) > RING_AGE;
        while self.kept.len() > RING_MAX || self.kept.front().is_some_and(over) {
            self.kept.pop_front();
        }
        if self.kept.is_empty() {
            self.kept.shrink_to_fit();
        }
    }

    /// Forgets everything: the numbers have another meaning now.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn push(&mut self, alert: Arc<Alert>, now: Instant) {
        self.kept.push_back(Kept { since: now, alert });
    }

    fn bounds(&self) -> Option<(i64, i64)> {
        Some((self.kept.front()?.alert.seq, self.kept.back()?.alert.seq))
    }
}

#[cfg(test)]
mod unit {
    use super::{super::tests::alert, *};

    fn numbers(ring: &Ring) -> Vec<i64> {
        ring.kept.iter().map(|kept| kept.alert.seq).collect()
    }

    fn page(numbers: std::ops::RangeInclusive<i64>) -> Vec<Arc<Alert>> {
        numbers.map(|seq| Arc::new(alert(seq))).collect()
    }

    #[test]
    fn what_is_heard_in_order_is_kept_and_what_is_heard_twice_is_not() {
        let (mut ring, now) = (Ring::default(), Instant::now());
        for seq in 5..=7 {
            assert!(ring.hear(Arc::new(alert(seq)), now));
        }
        assert!(!ring.hear(Arc::new(alert(7)), now) && !ring.hear(Arc::new(alert(4)), now));
        assert_eq!(numbers(&ring), [5, 6, 7]);
        assert_eq!(ring.behind(5).unwrap().seq, 6);
        assert!(ring.behind(3).is_none() && ring.behind(7).is_none() && ring.behind(i64::MAX).is_none());
        assert_eq!(ring.all_behind(4, 2).unwrap().len(), 2);
        assert!(ring.all_behind(7, 2).is_none() && ring.all_behind(3, 2).is_none());
    }

    #[test]
    fn what_comes_before_its_turn_waits_for_it() {
        let (mut ring, now) = (Ring::default(), Instant::now());
        for seq in [1, 4, 3, 4] {
            ring.hear(Arc::new(alert(seq)), now);
        }
        assert_eq!(numbers(&ring), [1]);
        ring.absorb(&page(2..=2), now);
        assert_eq!(numbers(&ring), [1, 2, 3, 4]);
        assert!(ring.early.is_empty());
    }

    #[test]
    fn what_waits_is_bounded() {
        let (mut ring, now) = (Ring::default(), Instant::now());
        ring.hear(Arc::new(alert(1)), now);
        for seq in 3..1000 {
            ring.hear(Arc::new(alert(seq)), now);
        }
        assert_eq!(ring.early.len(), EARLY_MAX);
        ring.hear(Arc::new(alert(2)), now);
        assert_eq!(numbers(&ring), (1..=66).collect::<Vec<_>>());
    }

    #[test]
    fn pages_lengthen_the_ring_at_both_ends_and_never_leave_a_gap() {
        let (mut ring, now) = (Ring::default(), Instant::now());
        ring.absorb(&page(10..=12), now);
        ring.absorb(&page(8..=14), now);
        assert_eq!(numbers(&ring), (8..=14).collect::<Vec<_>>());
        ring.absorb(&page(1..=6), now);
        assert_eq!(numbers(&ring)[0], 8, "a page that does not reach it is not kept");
        ring.absorb(&page(7..=7), now);
        assert_eq!(numbers(&ring)[0], 7);
        ring.absorb(&page(20..=21), now);
        assert_eq!(numbers(&ring), [20, 21]);
    }

    #[test]
    fn the_ring_is_bounded_in_number_and_age() {
        let (mut ring, now) = (Ring::default(), Instant::now());
        ring.absorb(&page(1..=1000), now);
        assert_eq!(numbers(&ring), (745..=1000).collect::<Vec<_>>());
        let later = now + RING_AGE;
        ring.hear(Arc::new(alert(1001)), later);
        assert_eq!(numbers(&ring).len(), RING_MAX);
        ring.settle(later + Duration::from_millis(1));
        assert_eq!(numbers(&ring), [1001]);
        ring.clear();
        assert!(numbers(&ring).is_empty());
    }
}
