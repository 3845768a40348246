//! Many sockets that follow a feed each, come back with their last cursor when they are cut off, and write down what they
//! get and when.

use super::{
    log::{Delivery, Faults, Log, Seen, compare},
    wire::{Frame, Wire},
};
use crate::{Result, api};
use serde_json::json;
use std::{
    net::{Shutdown, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    net::TcpStream,
    sync::{Notify, Semaphore},
    task::JoinHandle,
    time::{sleep, timeout},
};

/// How long a handshake may take, tries of the system's own included.
const HANDSHAKE: Duration = Duration::from_secs(30);
/// Handshakes at once while a fleet is opened; a storm has no such bound.
const OPENING: usize = 64;

/// A socket to be.
#[derive(Clone)]
pub(super) struct Ticket {
    /// The place of the organization in the cast.
    pub(super) organization: usize,
    /// The value of `authorization` in `connection_init`.
    pub(super) authorization: Arc<str>,
    /// Where it begins, where that can be said.
    pub(super) cursor: Option<Arc<str>>,
    /// How many alerts it must not get any more.
    pub(super) next: usize,
}

/// How all sockets of a fleet are.
#[derive(Clone, Copy)]
pub(super) struct Habit {
    pub(super) address: SocketAddr,
    /// Whether little fits between the server and one who does not read.
    pub(super) small_window: bool,
    /// Whether they come back when they are cut off.
    pub(super) returns: bool,
}

/// One socket.
struct Member {
    ticket: Ticket,
    stalled: AtomicBool,
    goes_on: Notify,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    cursor: Option<String>,
    next: usize,
    came: Vec<Delivery>,
    /// Codes with their moments.
    closes: Vec<(u16, i64)>,
    /// Microseconds from the first packet to the acknowledgement.
    handshakes: Vec<i64>,
    surprises: Vec<String>,
    /// Why the last try to open it failed.
    refusal: Option<String>,
    stream: Option<Arc<TcpStream>>,
}

/// What all sockets of a fleet share.
struct Shared {
    habit: Habit,
    stopped: AtomicBool,
    ready: AtomicUsize,
    delivered: AtomicUsize,
    opening: Semaphore,
    /// Whether handshakes take turns.
    gently: AtomicBool,
    /// Whether those who are cut off wait as graphql-ws does before they come back.
    patiently: AtomicBool,
}

/// The sockets.
pub(super) struct Fleet {
    shared: Arc<Shared>,
    members: Vec<Arc<Member>>,
    tasks: Vec<JoinHandle<()>>,
}

/// What a fleet has got.
pub(super) struct Got {
    pub(super) seen: Vec<Seen>,
    pub(super) faults: Faults,
}

impl Fleet {
    pub(super) fn new(habit: Habit) -> Self {
        let shared = Shared {
            habit,
            stopped: AtomicBool::new(false),
            ready: AtomicUsize::new(0),
            delivered: AtomicUsize::new(0),
            opening: Semaphore::new(OPENING),
            gently: AtomicBool::new(true),
            patiently: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared), members: Vec::new(), tasks: Vec::new() }
    }

    /// Opens sockets, and waits until all have subscribed. Says how long that took.
    pub(super) async fn open(&mut self, tickets: impl IntoIterator<Item = Ticket>) -> Result<Duration> {
        self.add(tickets);
        self.opened().await
    }

    /// Begins to open sockets.
    pub(super) fn add(&mut self, tickets: impl IntoIterator<Item = Ticket>) {
        self.shared.gently.store(true, Ordering::Relaxed);
        for ticket in tickets {
            let cursor = ticket.cursor.as_deref().map(str::to_owned);
            let state = State { cursor, next: ticket.next, ..State::default() };
            let (stalled, goes_on) = (AtomicBool::new(false), Notify::new());
            let member = Arc::new(Member { ticket, stalled, goes_on, state: Mutex::new(state) });
            self.tasks.push(tokio::spawn(sail(Arc::clone(&self.shared), Arc::clone(&member))));
            self.members.push(member);
        }
    }

    /// Waits until all have subscribed, and says how long that took.
    pub(super) async fn opened(&self) -> Result<Duration> {
        let begun = Instant::now();
        let took = if self.all_ready(Duration::from_secs(120)).await {
            begun.elapsed()
        } else {
            let refusal = self.members.iter().find_map(|member| member.lock().refusal.clone());
            return Err(format!("only {} of {} sockets opened: {refusal:?}", self.ready(), self.len()).into());
        };
        self.shared.gently.store(false, Ordering::Relaxed);
        // A `subscribe` has no answer: a moment for the last ones.
        sleep(Duration::from_secs(1)).await;
        Ok(took)
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    pub(super) fn ready(&self) -> usize {
        self.shared.ready.load(Ordering::Relaxed)
    }

    pub(super) fn delivered(&self) -> usize {
        self.shared.delivered.load(Ordering::Relaxed)
    }

    async fn all_ready(&self, patience: Duration) -> bool {
        self.until(patience, |fleet| fleet.ready() >= fleet.len()).await
    }

    /// Waits until as much was delivered in all; `false` where it takes too long.
    pub(super) async fn reach(&self, delivered: usize, patience: Duration) -> bool {
        self.until(patience, |fleet| fleet.delivered() >= delivered).await
    }

    /// Waits until it is so; `false` where it takes too long.
    pub(super) async fn until(&self, patience: Duration, so: impl Fn(&Self) -> bool) -> bool {
        let until = Instant::now() + patience;
        while Instant::now() < until {
            if so(self) {
                return true;
            }
            sleep(Duration::from_millis(10)).await;
        }
        false
    }

    /// Whether those who are cut off from now on wait as graphql-ws does before they come back, or come at once.
    pub(super) fn wait_to_return(&self, patiently: bool) {
        self.shared.patiently.store(patiently, Ordering::Relaxed);
    }

    /// Breaks the connections of these members.
    pub(super) fn reset(&self, places: impl IntoIterator<Item = usize>) {
        for place in places {
            let stream = self.members[place % self.members.len()].lock().stream.take();
            if let Some(stream) = stream {
                // The task that reads finds the end, and drops what resets the connection.
                _ = socket2::SockRef::from(&*stream).shutdown(Shutdown::Both);
            }
        }
    }

    /// Has the first ones stop reading, or read on.
    pub(super) fn stall(&self, first: usize, stalled: bool) {
        for member in self.members.iter().take(first) {
            member.stalled.store(stalled, Ordering::Relaxed);
            member.goes_on.notify_one();
        }
    }

    /// Close codes with their moments, of all since the last call.
    pub(super) fn closes(&self) -> Vec<(u16, i64)> {
        self.members.iter().flat_map(|member| std::mem::take(&mut member.lock().closes)).collect()
    }

    /// Microseconds that handshakes took since the last call.
    pub(super) fn handshakes(&self) -> Vec<i64> {
        self.members.iter().flat_map(|member| std::mem::take(&mut member.lock().handshakes)).collect()
    }

    /// Compares what came since the last call with what was published. With `whole` whatever has not come is lost.
    pub(super) fn settle(&self, log: &Log, whole: bool) -> Got {
        self.settle_some(log, whole, 0..self.members.len())
    }

    /// As [`Fleet::settle`], for some members.
    pub(super) fn settle_some(&self, log: &Log, whole: bool, which: std::ops::Range<usize>) -> Got {
        let mut got = Got { seen: Vec::new(), faults: Faults::default() };
        for member in &self.members[which] {
            let mut state = member.lock();
            let came = std::mem::take(&mut state.came);
            let organization = member.ticket.organization;
            let published = log.of(organization);
            got.faults += compare(published, organization, &mut state.next, &came, &mut got.seen);
            if whole {
                got.faults.missing += published.len().saturating_sub(state.next);
            }
            let surprises = std::mem::take(&mut state.surprises);
            got.faults += Faults { surprises, ..Faults::default() };
        }
        got
    }

    /// How many deliveries are still to come, for who has published these.
    pub(super) fn missing(&self, log: &Log) -> usize {
        self.missing_of(log, 0..self.members.len())
    }

    /// As [`Fleet::missing`], for some members.
    pub(super) fn missing_of(&self, log: &Log, which: std::ops::Range<usize>) -> usize {
        let missing = self.members[which].iter().map(|member| {
            let state = member.lock();
            log.of(member.ticket.organization).len().saturating_sub(state.next + state.came.len())
        });
        missing.sum()
    }

    /// Ends all sockets.
    pub(super) async fn close(self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        for task in &self.tasks {
            task.abort();
        }
        for task in self.tasks {
            _ = task.await;
        }
    }
}

impl Member {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The life of one socket, and of those that follow it.
async fn sail(shared: Arc<Shared>, member: Arc<Member>) {
    while !shared.stopped.load(Ordering::Relaxed) {
        let turn = match shared.gently.load(Ordering::Relaxed) {
            true => shared.opening.acquire().await.ok(),
            false => None,
        };
        let begun = now();
        let wire = timeout(HANDSHAKE, greet(&shared.habit, &member)).await;
        drop(turn);
        match wire {
            Ok(Ok(wire)) => {
                {
                    let mut state = member.lock();
                    state.handshakes.push(now() - begun);
                    state.stream = Some(wire.stream());
                }
                shared.ready.fetch_add(1, Ordering::Relaxed);
                follow(&shared, &member, wire).await;
                member.lock().stream = None;
                shared.ready.fetch_sub(1, Ordering::Relaxed);
                if shared.patiently.load(Ordering::Relaxed) {
                    sleep(Duration::from_millis(1_000 + rand::random_range(300..3_000))).await;
                }
            }
            Ok(Err(error)) => {
                // A server that is busy is no surprise, as long as it lets everybody in at last.
                member.lock().refusal = Some(error.to_string());
                sleep(Duration::from_millis(rand::random_range(20..200))).await;
            }
            Err(_) => {}
        }
        if !shared.habit.returns {
            return;
        }
    }
}

/// From nothing to a subscription.
async fn greet(habit: &Habit, member: &Member) -> Result<Wire> {
    let mut wire = Wire::connect(habit.address, habit.small_window).await?;
    let payload = json!({"authorization": &*member.ticket.authorization});
    wire.text(&json!({"type": "connection_init", "payload": payload}).to_string()).await?;
    let (mut acknowledged, mut refused) = (false, None);
    while !acknowledged {
        let open = wire.read(|frame| match frame {
            Frame::Text(text) => acknowledged |= contains(text, r#""connection_ack""#),
            Frame::Close(code) => refused = Some(code),
            _ => {}
        });
        if !open.await? || refused.is_some() {
            return Err(format!("closed with {refused:?} before the acknowledgement").into());
        }
    }
    let cursor = member.lock().cursor.clone();
    let payload = json!({"query": api::SUBSCRIBE, "variables": {"after": cursor}});
    wire.text(&json!({"id": "feed", "type": "subscribe", "payload": payload}).to_string()).await?;
    Ok(wire)
}

/// Reads until the connection ends.
async fn follow(shared: &Shared, member: &Member, mut wire: Wire) {
    let mut pings: Vec<Vec<u8>> = Vec::new();
    loop {
        while member.stalled.load(Ordering::Relaxed) {
            member.goes_on.notified().await;
        }
        let mut ended = false;
        let open = wire.read(|frame| match frame {
            Frame::Text(text) => {
                if note(&mut member.lock(), text) {
                    shared.delivered.fetch_add(1, Ordering::Relaxed);
                }
            }
            Frame::Ping(payload) => pings.push(payload.to_vec()),
            Frame::Pong => {}
            Frame::Close(code) => {
                member.lock().closes.push((code, now()));
                ended = true;
            }
            Frame::Strange => {
                member.lock().surprises.push("a frame of another kind".to_owned());
                ended = true;
            }
        });
        match open.await {
            Ok(true) if !ended => {}
            _ => return,
        }
        for payload in pings.drain(..) {
            if wire.pong(&payload).await.is_err() {
                return;
            }
        }
    }
}

/// Writes a message down; whether it was an alert.
fn note(state: &mut State, text: &[u8]) -> bool {
    let text = std::str::from_utf8(text).unwrap_or_default();
    let alert = after(text, "\"id\":\"alt_").and_then(|id| u64::from_str_radix(id.get(16..32)?, 16).ok());
    let cursor = after(text, "\"cursor\":\"").and_then(|rest| rest.split_once('"')).map(|(cursor, _)| cursor);
    match (alert, cursor) {
        (Some(id), Some(cursor)) if !text.contains("\"FeedReset\"") => {
            state.came.push(Delivery { id, at: now() });
            match &mut state.cursor {
                Some(own) => cursor.clone_into(own),
                None => state.cursor = Some(cursor.to_owned()),
            }
            true
        }
        _ if text.contains(r#""type":"ping""#) || text.contains(r#""type":"pong""#) => false,
        _ => {
            if state.surprises.len() < 3 {
                state.surprises.push(text.chars().take(300).collect());
            }
            false
        }
    }
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.find(mark).map(|place| &text[place + mark.len()..])
}

fn contains(text: &[u8], word: &str) -> bool {
    text.windows(word.len()).any(|part| part == word.as_bytes())
}

/// Microseconds since 1970.
pub(super) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
