//! Connections that stay open: what they may take, who holds how many of them, and when all of them are to end. It knows
//! neither of the two protocols that they speak.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;
use uuid::Uuid;

use crate::op::Actor;

/// What connections that stay open may take. Numbers have their reasons in [`LiveSettings::default`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSettings {
    /// WebSockets and event streams open at once in this process.
    pub connections: usize,
    /// Of these, those of one person or key.
    pub per_actor: usize,
    /// Of these, those of one organization; also those of all visitors together.
    pub per_organization: usize,
    /// Operations running at once on one WebSocket.
    pub operations: usize,
    /// How long a WebSocket may take to send `connection_init`.
    pub init_timeout: Duration,
    /// How long a WebSocket may be open without an operation.
    pub idle_timeout: Duration,
    /// How often the server pings a WebSocket, give or take a fifth.
    pub ping_interval: Duration,
    /// How often a comment is sent on an event stream on which nothing else happens.
    pub comment_interval: Duration,
    /// Messages that wait to be sent on one connection.
    pub outbox_messages: usize,
    /// Bytes of messages that wait to be sent on one connection. One message fits in any case.
    pub outbox_bytes: usize,
    /// How long a full outbox may stand still before its reader counts as stuck.
    pub patience: Duration,
    /// Bytes that the system may hold for one connection, over what it adds for its own bookkeeping.
    pub send_buffer: usize,
    /// How long the system waits for a peer that confirms nothing, and an answer, or an event stream, for a reader that
    /// takes nothing.
    pub peer_timeout: Duration,
    /// Over what time connections are closed when the server stops; cut to half of the server's grace.
    pub closing_spread: Duration,
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self {
            // Below the connections that are accepted at all, so that requests get through beside them.
            connections: 8_000,
            // A person has a few devices with a few pages each; reconnecting ones may count twice for a minute.
            per_actor: 50,
            per_organization: 2_000,
            operations: 100,
            // A phone on a bad line manages; whoever opens sockets and says nothing is cut soon.
            init_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(1_800),
            // Balancers cut what is silent for 60 s.
            ping_interval: Duration::from_secs(25),
            comment_interval: Duration::from_secs(12),
            outbox_messages: 64,
            outbox_bytes: 64 << 10,
            patience: Duration::from_secs(10),
            send_buffer: 64 << 10,
            peer_timeout: Duration::from_secs(30),
            closing_spread: Duration::from_secs(5),
        }
    }
}

/// Somebody has as many connections as they may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The process.
    Server,
    /// The person or key.
    Actor,
    /// The organization, or the visitors.
    Organization,
}

impl Full {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Server => "Too many connections to this server",
            Self::Actor => "Too many connections of this actor",
            Self::Organization => "Too many connections of this organization",
        }
    }
}

/// Counts connections. A count that is back at none is forgotten.
#[derive(Default)]
pub(super) struct Seats(Mutex<Taken>);

#[derive(Default)]
struct Taken {
    all: usize,
    by: HashMap<Uuid, usize>,
}

/// Visitors have no id; this one is nobody's.
const VISITORS: Uuid = Uuid::nil();

impl Seats {
    /// A seat in the process, before it is known for whom.
    pub(super) fn enter(self: &Arc<Self>, limits: &LiveSettings) -> Result<Entry, Full> {
        let mut taken = self.lock();
        if taken.all >= limits.connections {
            return Err(Full::Server);
        }
        taken.all += 1;
        Ok(Entry(Arc::clone(self)))
    }

    /// A seat of `actor`. The connection must hold an [`Entry`] too.
    pub(super) fn sit(self: &Arc<Self>, actor: &Actor, limits: &LiveSettings) -> Result<Seat, Full> {
        self.take(actor, limits.per_actor, limits.per_organization)
    }

    /// A seat of `actor` where only its own are limited, to so many.
    pub(super) fn sit_among(self: &Arc<Self>, actor: &Actor, per_actor: usize) -> Result<Seat, Full> {
        self.take(actor, per_actor, usize::MAX)
    }

    fn take(self: &Arc<Self>, actor: &Actor, per_actor: usize, per_organization: usize) -> Result<Seat, Full> {
        let (own, organization) = match actor {
            Actor::Person(person) => (Some(person.person.0), person.organization.0),
            Actor::Key(key) => (Some(key.key.0), key.organization.0),
            Actor::Visitor | Actor::Operator | Actor::System => (None, VISITORS),
        };
        let mut taken = self.lock();
        let count = |id: Uuid| taken.by.get(&id).copied().unwrap_or(0);
        if own.is_some_and(|own| count(own) >= per_actor) {
            return Err(Full::Actor);
        }
        if count(organization) >= per_organization {
            return Err(Full::Organization);
        }
        for id in own.into_iter().chain([organization]) {
            *taken.by.entry(id).or_default() += 1;
        }
        Ok(Seat { seats: Arc::clone(self), own, organization })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection counts for the process as long as this lives.
pub(super) struct Entry(Arc<Seats>);

impl Drop for Entry {
    fn drop(&mut self) {
        self.0.lock().all -= 1;
    }
}

/// A connection counts for its actor as long as this lives.
pub(super) struct Seat {
    seats: Arc<Seats>,
    own: Option<Uuid>,
    organization: Uuid,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        for id in self.own.into_iter().chain([self.organization]) {
            if let Some(count) = taken.by.get_mut(&id) {
                *count -= 1;
                if *count == 0 {
                    taken.by.remove(&id);
                }
            }
        }
    }
}

/// Tells connections that the server stops, each after a part of the spread that is its own: clients that come back do
/// not all come at once.
#[derive(Clone)]
pub(super) struct Closing(watch::Receiver<Option<Duration>>);

/// Begins the closing; see [`Closing`].
pub(super) struct Closer(watch::Sender<Option<Duration>>);

/// The two ends of it.
pub(super) fn closing() -> (Closer, Closing) {
    let (sender, receiver) = watch::channel(None);
    (Closer(sender), Closing(receiver))
}

impl Closer {
    /// All connections end within `spread`.
    pub(super) fn close(&self, spread: Duration) {
        self.0.send_replace(Some(spread));
    }
}

impl Closing {
    /// Whether it has begun.
    pub(super) fn has_begun(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Ready when this connection is to end.
    pub(super) async fn due(mut self) {
        let begun = self.0.wait_for(Option::is_some).await.map(|spread| *spread);
        match begun {
            Ok(Some(spread)) => tokio::time::sleep(spread.mul_f64(rand::random())).await,
            // The server is gone without a word, and so is everything that could still be asked.
            _ => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use entity::{
        id::{OrganizationId, PersonId},
        value::{OrganizationStatus, Role},
    };

    use super::*;
    use crate::op::PersonActor;

    fn person(person: u128, organization: u128) -> Actor {
        Actor::Person(PersonActor {
            person: PersonId(Uuid::from_u128(person)),
            organization: OrganizationId(Uuid::from_u128(organization)),
            role: Role::Member,
            status: OrganizationStatus::Active,
            operator: false,
            expires_at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn seats_are_counted_and_given_back() {
        let limits = LiveSettings { connections: 3, per_actor: 2, per_organization: 3, ..LiveSettings::default() };
        let seats = Arc::new(Seats::default());
        let entries: Vec<_> = (0..3).map(|_| seats.enter(&limits).ok().unwrap()).collect();
        assert_eq!(seats.enter(&limits).err(), Some(Full::Server));
        let first = seats.sit(&person(1, 9), &limits).ok().unwrap();
        let second = seats.sit(&person(1, 9), &limits).ok().unwrap();
        assert_eq!(seats.sit(&person(1, 9), &limits).err(), Some(Full::Actor));
        let third = seats.sit(&person(2, 9), &limits).ok().unwrap();
        assert_eq!(seats.sit(&person(3, 9), &limits).err(), Some(Full::Organization));
        assert!(seats.sit(&person(3, 8), &limits).is_ok());
        assert!(seats.sit(&Actor::Visitor, &limits).is_ok());
        drop((first, second, third, entries));
        let taken = seats.lock();
        assert_eq!((taken.all, taken.by.len()), (0, 0));
    }

    #[tokio::test]
    async fn connections_end_within_the_spread() {
        let (closer, closing) = closing();
        assert!(!closing.has_begun());
        let began = tokio::time::Instant::now();
        let due: Vec<_> = (0..100).map(|_| closing.clone().due()).collect();
        closer.close(Duration::from_millis(50));
        assert!(closing.has_begun());
        futures::future::join_all(due).await;
        // The last of a hundred is due near the end; how much later it is noticed is the machine's affair.
        assert!(began.elapsed() > Duration::from_millis(25), "{:?}", began.elapsed());
    }
}
