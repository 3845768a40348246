//! Single flight: of several readers that miss the same key at once, one fills and the others wait for its value.
//!
//! One table a process. It is bounded, a follower waits for a bounded time, and a leader that is cancelled hands over:
//! in every other case a reader does its own work, so nothing here can make a request fail.

use bytes::Bytes;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Keys that may be in flight at once; further readers fill on their own.
const MAX_FLIGHTS: usize = 4096;

/// How long a follower waits for its leader before it does the work itself: half of what a request may take, for if many
/// did the same dear work at once, none of them would be done in time.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone)]
enum Progress {
    Pending,
    Landed(Bytes),
    /// The leader has no value to share, for example because its fill failed.
    Empty,
}

/// What a follower learns.
pub(super) enum Outcome {
    /// The leader's value.
    Landed(Bytes),
    /// The leader went away without a word: another reader may take over.
    Abandoned,
    /// There is no value to wait for.
    Empty,
}

#[derive(Default)]
pub(super) struct Flights {
    open: Mutex<HashMap<String, watch::Receiver<Progress>>>,
}

/// A reader's part in a flight.
pub(super) enum Seat {
    Leader(Leader),
    Follower(Follower),
    /// The table is full.
    Alone,
}

impl Flights {
    pub(super) fn join(self: &Arc<Self>, key: &str) -> Seat {
        let mut open = self.lock();
        let full = open.len() >= MAX_FLIGHTS;
        match open.entry(key.to_owned()) {
            Entry::Occupied(flight) => Seat::Follower(Follower(flight.get().clone())),
            Entry::Vacant(_) if full => Seat::Alone,
            Entry::Vacant(place) => {
                let (progress, receiver) = watch::channel(Progress::Pending);
                place.insert(receiver);
                Seat::Leader(Leader { flights: Arc::clone(self), key: key.to_owned(), progress })
            }
        }
    }

    /// How many keys are in flight.
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, watch::Receiver<Progress>>> {
        // The table is whole at every moment, so a panic elsewhere does not spoil it.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reader that does the work. Dropping it ends the flight, in a cancelled or panicking request too.
pub(super) struct Leader {
    flights: Arc<Flights>,
    key: String,
    progress: watch::Sender<Progress>,
}

impl Leader {
    /// Hands the value to everybody who waits, and to those who join before this leader is dropped.
    pub(super) fn land(&self, bytes: Bytes) {
        self.progress.send_replace(Progress::Landed(bytes));
    }

    /// Tells everybody who waits to go on alone.
    pub(super) fn give_up(&self) {
        self.progress.send_replace(Progress::Empty);
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        // Before the sender falls: who then finds the flight abandoned must find the place free.
        self.flights.lock().remove(&self.key);
    }
}

pub(super) struct Follower(watch::Receiver<Progress>);

impl Follower {
    /// Waits at most `patience`.
    pub(super) async fn outcome(mut self, patience: Duration) -> Outcome {
        let news = self.0.wait_for(|progress| !matches!(progress, Progress::Pending));
        match tokio::time::timeout(patience, news).await {
            Ok(Ok(progress)) => match &*progress {
                Progress::Landed(bytes) => Outcome::Landed(bytes.clone()),
                Progress::Empty | Progress::Pending => Outcome::Empty,
            },
            Ok(Err(_)) => Outcome::Abandoned,
            Err(_) => Outcome::Empty,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leader(flights: &Arc<Flights>, key: &str) -> Leader {
        match flights.join(key) {
            Seat::Leader(leader) => leader,
            Seat::Follower(_) | Seat::Alone => panic!("no leader of {key}"),
        }
    }

    fn follower(flights: &Arc<Flights>, key: &str) -> Follower {
        match flights.join(key) {
            Seat::Follower(follower) => follower,
            Seat::Leader(_) | Seat::Alone => panic!("no follower of {key}"),
        }
    }

    #[tokio::test]
    async fn followers_get_what_the_leader_lands_even_after_it_left() {
        let flights = Arc::new(Flights::default());
        let first = leader(&flights, "a");
        let early = follower(&flights, "a");
        first.land(Bytes::from_static(b"value"));
        let late = follower(&flights, "a");
        drop(first);
        for follower in [early, late] {
            assert!(matches!(follower.outcome(PATIENCE).await, Outcome::Landed(b) if b == "value"));
        }
        assert_eq!(flights.len(), 0);
    }

    #[tokio::test]
    async fn a_cancelled_leader_leaves_its_place_to_another() {
        let flights = Arc::new(Flights::default());
        let first = leader(&flights, "a");
        let waiting = follower(&flights, "a");
        drop(first);
        assert!(matches!(waiting.outcome(PATIENCE).await, Outcome::Abandoned));
        drop(leader(&flights, "a"));
    }

    #[tokio::test]
    async fn a_follower_waits_for_a_bounded_time() {
        let flights = Arc::new(Flights::default());
        let stuck = leader(&flights, "a");
        assert!(matches!(follower(&flights, "a").outcome(Duration::ZERO).await, Outcome::Empty));
        drop(stuck);
    }

    #[tokio::test]
    async fn a_leader_without_a_value_sends_its_followers_away() {
        let flights = Arc::new(Flights::default());
        let first = leader(&flights, "a");
        let waiting = follower(&flights, "a");
        first.give_up();
        assert!(matches!(waiting.outcome(PATIENCE).await, Outcome::Empty));
    }

    #[test]
    fn the_table_is_bounded() {
        let flights = Arc::new(Flights::default());
        let leaders: Vec<Leader> = (0..MAX_FLIGHTS).map(|number| leader(&flights, &number.to_string())).collect();
        assert!(matches!(flights.join("one more"), Seat::Alone));
        assert!(matches!(flights.join("0"), Seat::Follower(_)));
        drop(leaders);
        assert!(matches!(flights.join("one more"), Seat::Leader(_)));
    }
}
