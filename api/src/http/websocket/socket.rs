//! One socket, from its first byte to its last: what a client may say when, how long it may be silent, and when it has to
//! go. All of it is one task, which waits for everything at once and never for the client to read; what is to be said is
//! written by the same task, so that an item is one wake-up away from the system.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::BytesMut;
use futures::{
    FutureExt, StreamExt,
    future::AbortHandle,
    stream::{BoxStream, SelectAll, abortable},
};
use tokio::time::{Instant, sleep_until};

use super::{
    close::Close,
    frame::{self, Reader, Received},
    goodbye,
    message::{self, Said},
    operation::{self, Told},
    wire::{Moved, Wire},
};
use crate::{
    http::{
        auth,
        server::Site,
        session::{Disturbed, Doubt, Session, enter},
    },
    schema::request::{
        input::Input,
        refusal::{Refusal, Stage, limit_exceeded},
    },
};

/// Messages of more bytes than this are read on a thread of their own.
const INLINE_PARSING: usize = 256 << 10;
/// How often a socket that is to end looks whether it can.
const ENDING_LOOK: Duration = Duration::from_millis(50);
/// Answers that are told before the connection is looked at again.
const TOLD_AT_ONCE: u32 = 16;
/// Pings without any sign of life in between, after which a client counts as dead.
const MISSES: u8 = 2;

/// What the handshake knew.
pub(super) struct Greeting {
    /// The value of the request's `Authorization` header, for a client that can send one.
    pub(super) authorization: Option<String>,
    pub(super) languages: Vec<String>,
    pub(super) request_id: String,
    /// The page that opened the socket may ask as a visitor only.
    pub(super) visitor_only: bool,
}

/// How a socket ended.
pub(super) enum End {
    /// The server closed it.
    Closed(Close),
    /// The client did, with this code.
    Left(Option<u16>),
    /// The connection broke, or the client was dead.
    Lost,
}

impl End {
    /// By whom, and with which code of the server's, for logs and metrics.
    pub(super) fn label(&self) -> (&'static str, u16) {
        match self {
            Self::Closed(close) => ("server", close.code),
            Self::Left(_) => ("client", 0),
            Self::Lost => ("nobody", 0),
        }
    }
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Closed(close)
    }
}

type Answers = BoxStream<'static, (Arc<str>, Told)>;

struct Socket<'w> {
    site: Arc<Site>,
    greeting: Greeting,
    wire: &'w mut Wire,
    reader: Reader,
    /// Who speaks, once `connection_init` was accepted.
    session: Option<Session>,
    answers: SelectAll<Answers>,
    running: HashMap<Arc<str>, Operation>,
    /// The server stops: what has an end of its own may come to it, and nothing new begins.
    ending: bool,
    begun: u64,
    /// Since when there has been no session, or no operation.
    quiet_since: Instant,
    /// Since when a message has been arriving.
    arriving_since: Option<Instant>,
    next_ping: Instant,
    misses: u8,
}

struct Operation {
    handle: AbortHandle,
    long: Arc<AtomicBool>,
}

enum Event {
    Moved(Moved),
    Told(Option<(Arc<str>, Told)>),
    Disturbed(Disturbed),
    Closing,
    Due,
}

/// Serves a socket on which `early` has arrived already to its end, and says how that came about.
pub(super) async fn serve(site: Arc<Site>, greeting: Greeting, wire: &mut Wire, early: BytesMut) -> End {
    let metrics = site.metrics.live.clone();
    let mut reader = Reader::new(site.bodies.anonymous);
    reader.feed(&early);
    drop(early);
    let now = Instant::now();
    let mut socket = Socket {
        next_ping: now + site.live.ping_interval,
        site,
        greeting,
        wire: &mut *wire,
        reader,
        session: None,
        answers: SelectAll::new(),
        running: HashMap::new(),
        ending: false,
        begun: 0,
        quiet_since: now,
        arriving_since: None,
        misses: 0,
    };
    let Err(end) = socket.run().await;
    let reader = std::mem::replace(&mut socket.reader, Reader::new(0));
    let (by, code) = end.label();
    metrics.closed(by, code);
    // Nothing runs on, and nobody's seat is taken, while the last frames are on their way.
    drop(socket);
    match &end {
        End::Closed(close) => goodbye::say(wire, reader, close).await,
        End::Left(code) => wire.answer_close(*code),
        End::Lost => {}
    }
    end
}

impl Socket<'_> {
    async fn run(&mut self) -> Result<Infallible, End> {
        let closing = self.site.closing.clone().due();
        tokio::pin!(closing);
        // Set to what is due first, and only ever to something earlier before it has rung: what moves on leaves it alone.
        let timer = sleep_until(self.due());
        tokio::pin!(timer);
        // Answers that were told since the connection was looked at for the client's sake.
        let mut told = 0;
        loop {
            tokio::task::consume_budget().await;
            // What a client says is answered, so without room for answers it is not listened to.
            let room = self.wire.has_room();
            let listens = room && !self.ending;
            if listens && let Some(received) = self.reader.next().map_err(Close::from)? {
                self.arriving_since = None;
                // Boxed, as it is rare: the socket would be as large as all that a message can lead to.
                Box::pin(self.receive(received)).await?;
                continue;
            }
            if self.ending && self.running.values().all(|operation| operation.long.load(Ordering::Relaxed)) {
                return Err(Close::RESTART.into());
            }
            let due = self.due();
            if due < timer.deadline() || timer.is_elapsed() {
                timer.as_mut().reset(due);
            }
            let heard = if told >= TOLD_AT_ONCE {
                told = 0;
                // Where there is always more to tell, the client is heard all the same, and what waits is written.
                self.wire.moved(listens.then_some(&mut self.reader)).now_or_never()
            } else {
                None
            };
            let event = match heard {
                Some(moved) => Event::Moved(moved),
                None => tokio::select! {
                    biased;
                    () = &mut closing, if !self.ending => Event::Closing,
                    () = &mut timer => Event::Due,
                    disturbed = disturbed(&mut self.session) => Event::Disturbed(disturbed),
                    // Before the wire, so that what is ready together is written together; there is room for so much only.
                    told = self.answers.next(), if room && !self.answers.is_empty() => Event::Told(told),
                    moved = self.wire.moved(listens.then_some(&mut self.reader)) => Event::Moved(moved),
                },
            };
            match event {
                Event::Closing => self.ending = true,
                Event::Disturbed(Disturbed::Expired) => return Err(Close::from(Doubt::EXPIRED).into()),
                Event::Disturbed(Disturbed::Doubtful) => Box::pin(self.look_again()).await?,
                Event::Moved(Moved::Arrived) => {
                    self.misses = 0;
                    self.arriving_since.get_or_insert_with(Instant::now);
                }
                // The next answer may fill it again, and nobody would listen: first the client.
                Event::Moved(Moved::Room) => told = TOLD_AT_ONCE,
                Event::Moved(Moved::Lost) => return Err(End::Lost),
                Event::Told(Some((id, answer))) => {
                    told += 1;
                    self.tell(&id, answer)?;
                }
                Event::Told(None) => {}
                Event::Due => self.do_what_is_due()?,
            }
            if !self.reader.is_within_message() {
                self.arriving_since = None;
            }
        }
    }

    /// When something is to be done even if nothing happens.
    fn due(&self) -> Instant {
        let live = &self.site.live;
        let quiet = match &self.session {
            None => Some(self.quiet_since + live.init_timeout),
            Some(_) if self.running.is_empty() => Some(self.quiet_since + live.idle_timeout),
            Some(_) => None,
        };
        let arriving = self.arriving_since.map(|since| since + self.site.bodies.deadline);
        let stuck = self.wire.stuck_since().map(|since| since + live.patience);
        let ending = self.ending.then(|| Instant::now() + ENDING_LOOK);
        [quiet, arriving, stuck, ending].into_iter().flatten().fold(self.next_ping, Instant::min)
    }

    fn do_what_is_due(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let live = &self.site.live;
        let past = |since: Instant, by: Duration| since + by <= now;
        if self.wire.stuck_since().is_some_and(|since| past(since, live.patience)) {
            self.site.metrics.live.stuck();
            return Err(Close::TOO_SLOW.into());
        }
        if self.arriving_since.is_some_and(|since| past(since, self.site.bodies.deadline)) {
            return Err(Close::TOO_SLOW_TO_SEND.into());
        }
        match &self.session {
            None if past(self.quiet_since, live.init_timeout) => return Err(Close::INIT_TIMEOUT.into()),
            Some(_) if self.running.is_empty() && past(self.quiet_since, live.idle_timeout) => {
                return Err(Close::IDLE.into());
            }
            _ => {}
        }
        if self.next_ping <= now {
            if self.misses >= MISSES {
                return Err(End::Lost);
            }
            // Whoever is not listened to, since it has not taken yet what was said, cannot be heard; `patience` is for that.
            if self.wire.has_room() {
                self.misses += 1;
            }
            self.wire.control(frame::ping());
            // Not all sockets of a restarted server in one second.
            self.next_ping = now + live.ping_interval.mul_f64(0.8 + 0.4 * rand::random::<f64>());
        }
        Ok(())
    }

    async fn receive(&mut self, received: Received) -> Result<(), End> {
        let text = match received {
            Received::Ping(payload) => {
                self.wire.control(frame::pong(&payload));
                return Ok(());
            }
            Received::Pong => return Ok(()),
            Received::Close(code) => return Err(End::Left(code)),
            Received::Text(text) => text,
        };
        let said = if text.len() > INLINE_PARSING {
            tokio::task::spawn_blocking(move || message::read(&text)).await.map_err(|_| Close::INTERNAL)?
        } else {
            message::read(&text)
        };
        match said? {
            Said::Init(authorization) => self.init(authorization).await,
            Said::Ping { authorization, payload } => {
                if let Some(authorization) = authorization {
                    self.renew(authorization).await?;
                }
                self.wire.text(message::pong(payload.as_ref()));
                Ok(())
            }
            Said::Pong => Ok(()),
            Said::Subscribe { id, request } => {
                let Some(session) = &self.session else { return Err(Close::UNAUTHORIZED.into()) };
                if self.running.contains_key(id.as_str()) {
                    return Err(Close::duplicate(&id).into());
                }
                let input = match Input::from_body(request) {
                    Ok(input) => input,
                    // No request at all, so no message of the protocol.
                    Err(refusal) if refusal.stage == Stage::Malformed => {
                        return Err(Close::invalid("The payload is not a GraphQL request").into());
                    }
                    Err(refusal) => {
                        self.refuse(&id, refusal);
                        return Ok(());
                    }
                };
                let most = self.site.live.operations;
                if self.running.len() >= most {
                    self.refuse(&id, Refusal::request(limit_exceeded("operations", most as u64)));
                    return Ok(());
                }
                self.begun += 1;
                let id: Arc<str> = id.into();
                let request_id = format!("{}-{}", self.greeting.request_id, self.begun);
                let languages = self.greeting.languages.clone();
                let subscriber = auth::subscriber(&self.site.admission, session.actor(), request_id, languages, None);
                let (site, long) = (Arc::clone(&self.site), Arc::default());
                let answers = operation::run(site, Arc::clone(&id), input, subscriber, Arc::clone(&long));
                let (answers, handle) = abortable(answers);
                self.running.insert(id, Operation { handle, long });
                self.answers.push(answers.boxed());
                Ok(())
            }
            // One that is over already is nobody's fault: the two completes met on the way.
            Said::Complete { id } => {
                if let Some(operation) = self.running.remove(id.as_str()) {
                    operation.handle.abort();
                    self.quiet_since = Instant::now();
                }
                Ok(())
            }
        }
    }

    fn refuse(&mut self, id: &str, refusal: Refusal) {
        self.wire.text(message::error(id, &refusal.errors));
    }

    async fn init(&mut self, authorization: Option<String>) -> Result<(), End> {
        if self.session.is_some() {
            return Err(Close::TOO_MANY_INITS.into());
        }
        let authorization = authorization.or_else(|| self.greeting.authorization.take());
        if self.greeting.visitor_only && authorization.is_some() {
            return Err(Close::forbidden("Pages of this origin may ask as visitors only").into());
        }
        let (admission, request_id) = (&self.site.admission, &self.greeting.request_id);
        let entered = enter(admission, authorization.as_deref(), request_id).await.map_err(Close::from)?;
        let seat = self.site.seats.sit(&entered.actor, &self.site.live).map_err(|full| Close::full(full.message()))?;
        if authorization.is_some() {
            self.reader.allow(self.site.bodies.with_credentials);
        }
        self.session = Some(Session::open(admission, entered, authorization, seat));
        self.quiet_since = Instant::now();
        self.wire.text(message::ack());
        Ok(())
    }

    async fn renew(&mut self, authorization: String) -> Result<(), End> {
        match &mut self.session {
            Some(session) => {
                session.renew(authorization, &self.greeting.request_id).await.map_err(|doubt| Close::from(doubt).into())
            }
            None => Ok(()),
        }
    }

    async fn look_again(&mut self) -> Result<(), End> {
        match &self.session {
            Some(session) => {
                session.look_again(&self.greeting.request_id).await.map_err(|doubt| Close::from(doubt).into())
            }
            None => Ok(()),
        }
    }

    fn tell(&mut self, id: &Arc<str>, told: Told) -> Result<(), End> {
        if self.session.as_ref().is_some_and(Session::has_expired) {
            return Err(Close::from(Doubt::EXPIRED).into());
        }
        if told.is_last() {
            self.running.remove(id);
            self.quiet_since = Instant::now();
        }
        match told {
            Told::Next(begin, payload) => self.wire.around(begin.as_bytes(), payload, message::NEXT_END),
            Told::Refused(text) | Told::Complete(text) => self.wire.text(text),
        }
        Ok(())
    }
}

/// Ready when who speaks cannot simply go on; never where nobody does.
async fn disturbed(session: &mut Option<Session>) -> Disturbed {
    match session {
        Some(session) => session.disturbed().await,
        None => std::future::pending().await,
    }
}
