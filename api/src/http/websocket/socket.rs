//! One socket, from its first byte to its last: what a client may say when, how long it may be silent, and when it has to
//! go. All of it is one task, which waits for everything at once and never for the client to read. What the client is told
//! it leaves to the `front`.

use std::{cell::RefCell, convert::Infallible, future::poll_fn, rc::Rc, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, sleep_until};

use super::{
    close::Close,
    frame::{self, Reader, Received},
    front::{self, Front},
    message::{self, Said},
    operation::Operation,
    rounds,
    wire::Moved,
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
#[derive(Debug)]
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

struct Socket {
    site: Arc<Site>,
    greeting: Greeting,
    front: Rc<RefCell<Front>>,
    rounds: rounds::Member,
    reader: Reader,
    /// Who speaks, once `connection_init` was accepted.
    session: Option<Session>,
    /// The server stops: what has an end of its own may come to it, and nothing new begins.
    ending: bool,
    begun: u64,
    /// Since when a message has been arriving.
    arriving_since: Option<Instant>,
    next_ping: Instant,
    misses: u8,
}

enum Event {
    Front(front::Event),
    Disturbed(Disturbed),
    Closing,
    Due,
}

/// Serves a socket on which `early` has arrived already to its end, and says how that came about, with what was not read
/// yet. Nothing runs on then, and nobody's seat is taken, once nobody else holds the front.
pub(super) async fn serve(
    site: Arc<Site>,
    greeting: Greeting,
    front: Rc<RefCell<Front>>,
    early: BytesMut,
) -> (End, Reader) {
    let mut reader = Reader::new(site.bodies.anonymous);
    reader.feed(&early);
    drop(early);
    let mut socket = Socket {
        next_ping: Instant::now() + site.live.ping_interval,
        site,
        greeting,
        rounds: rounds::join(&front),
        front,
        reader,
        session: None,
        ending: false,
        begun: 0,
        arriving_since: None,
        misses: 0,
    };
    let Err(end) = socket.run().await;
    (end, socket.reader)
}

impl Socket {
    async fn run(&mut self) -> Result<Infallible, End> {
        let closing = self.site.closing.clone().due();
        tokio::pin!(closing);
        // Set to what is due first, and only ever to something earlier before it has rung: what moves on leaves it alone.
        let timer = sleep_until(self.due());
        tokio::pin!(timer);
        loop {
            tokio::task::consume_budget().await;
            // What a client says is answered, so without room for answers it is not listened to.
            if self.listens()
                && let Some(received) = self.reader.next().map_err(Close::from)?
            {
                self.arriving_since = None;
                // Boxed, as it is rare: the socket would be as large as all that a message can lead to.
                Box::pin(self.receive(received)).await?;
                continue;
            }
            if self.ending && self.front.borrow().is_done() {
                return Err(Close::RESTART.into());
            }
            let due = self.due();
            if due < timer.deadline() || timer.is_elapsed() {
                timer.as_mut().reset(due);
            }
            let (front, reader, ending) = (&self.front, &mut self.reader, self.ending);
            let event = tokio::select! {
                biased;
                () = &mut closing, if !ending => Event::Closing,
                () = &mut timer => Event::Due,
                disturbed = disturbed(&mut self.session) => Event::Disturbed(disturbed),
                event = poll_fn(|context| {
                    let mut front = front.borrow_mut();
                    let listens = !ending && front.wire.has_room();
                    front.poll_event(context, listens.then_some(&mut *reader))
                }) => Event::Front(event),
            };
            match event {
                Event::Closing => self.ending = true,
                Event::Disturbed(Disturbed::Expired) => return Err(Close::from(Doubt::EXPIRED).into()),
                Event::Disturbed(Disturbed::Doubtful) => Box::pin(self.look_again()).await?,
                Event::Front(front::Event::Moved(Moved::Arrived)) => {
                    self.misses = 0;
                    self.arriving_since.get_or_insert_with(Instant::now);
                }
                // What could not be said for want of room can be now, and the client is heard again.
                Event::Front(front::Event::Moved(Moved::Room)) => self.rounds.ring(),
                Event::Front(front::Event::Moved(Moved::Lost)) => return Err(End::Lost),
                Event::Front(front::Event::Look) => {}
                Event::Front(front::Event::End(end)) => return Err(end),
                Event::Due => self.do_what_is_due()?,
            }
            if !self.reader.is_within_message() {
                self.arriving_since = None;
            }
        }
    }

    fn listens(&self) -> bool {
        !self.ending && self.front.borrow().wire.has_room()
    }

    /// When something is to be done even if nothing happens.
    fn due(&self) -> Instant {
        let (live, front) = (&self.site.live, self.front.borrow());
        let quiet = match &self.session {
            None => Some(front.quiet_since + live.init_timeout),
            Some(_) if front.count() == 0 => Some(front.quiet_since + live.idle_timeout),
            Some(_) => None,
        };
        let arriving = self.arriving_since.map(|since| since + self.site.bodies.deadline);
        let stuck = front.wire.stuck_since().map(|since| since + live.patience);
        let ending = self.ending.then(|| Instant::now() + ENDING_LOOK);
        [quiet, arriving, stuck, ending].into_iter().flatten().fold(self.next_ping, Instant::min)
    }

    fn do_what_is_due(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let (live, mut front) = (&self.site.live, self.front.borrow_mut());
        let past = |since: Instant, by: Duration| since + by <= now;
        if front.wire.stuck_since().is_some_and(|since| past(since, live.patience)) {
            self.site.metrics.live.stuck();
            return Err(Close::TOO_SLOW.into());
        }
        if self.arriving_since.is_some_and(|since| past(since, self.site.bodies.deadline)) {
            return Err(Close::TOO_SLOW_TO_SEND.into());
        }
        match &self.session {
            None if past(front.quiet_since, live.init_timeout) => return Err(Close::INIT_TIMEOUT.into()),
            Some(_) if front.count() == 0 && past(front.quiet_since, live.idle_timeout) => {
                return Err(Close::IDLE.into());
            }
            _ => {}
        }
        if self.next_ping <= now {
            if self.misses >= MISSES {
                return Err(End::Lost);
            }
            // Whoever is not listened to, since it has not taken yet what was said, cannot be heard; `patience` is for that.
            if front.wire.has_room() {
                self.misses += 1;
            }
            front.wire.control(frame::ping());
            // Not all sockets of a restarted server in one second.
            self.next_ping = now + live.ping_interval.mul_f64(0.8 + 0.4 * rand::random::<f64>());
        }
        Ok(())
    }

    async fn receive(&mut self, received: Received) -> Result<(), End> {
        let text = match received {
            Received::Ping(payload) => {
                self.front.borrow_mut().wire.control(frame::pong(&payload));
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
                self.answer(message::pong(payload.as_ref()));
                Ok(())
            }
            Said::Pong => Ok(()),
            Said::Subscribe { id, request } => {
                let Some(session) = &self.session else { return Err(Close::UNAUTHORIZED.into()) };
                if self.front.borrow().runs(&id) {
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
                if self.front.borrow().count() >= most {
                    self.refuse(&id, Refusal::request(limit_exceeded("operations", most as u64)));
                    return Ok(());
                }
                self.begun += 1;
                let request_id = format!("{}-{}", self.greeting.request_id, self.begun);
                let languages = self.greeting.languages.clone();
                let subscriber = auth::subscriber(&self.site.admission, session.actor(), request_id, languages, None);
                let operation = Operation::new(Arc::clone(&self.site), &id, input, subscriber);
                self.front.borrow_mut().begin(operation);
                self.rounds.ring();
                Ok(())
            }
            // One that is over already is nobody's fault: the two completes met on the way.
            Said::Complete { id } => {
                self.front.borrow_mut().complete(&id);
                Ok(())
            }
        }
    }

    fn refuse(&self, id: &str, refusal: Refusal) {
        self.answer(message::error(id, &refusal.errors));
    }

    fn answer(&self, text: Bytes) {
        self.front.borrow_mut().wire.text(text);
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
        let session = Session::open(admission, entered, authorization, seat);
        self.answer(message::ack());
        self.front.borrow_mut().let_in(session.pass());
        self.session = Some(session);
        Ok(())
    }

    async fn renew(&mut self, authorization: String) -> Result<(), End> {
        let Some(session) = &mut self.session else { return Ok(()) };
        session.renew(authorization, &self.greeting.request_id).await.map_err(Close::from)?;
        self.let_in();
        Ok(())
    }

    async fn look_again(&mut self) -> Result<(), End> {
        let Some(session) = &self.session else { return Ok(()) };
        session.look_again(&self.greeting.request_id).await.map_err(Close::from)?;
        self.let_in();
        Ok(())
    }

    /// What waits for who it is goes on.
    fn let_in(&self) {
        if let Some(session) = &self.session {
            self.front.borrow_mut().let_in(session.pass());
            self.rounds.ring();
        }
    }
}

/// Ready when who speaks cannot simply go on; never where nobody does.
async fn disturbed(session: &mut Option<Session>) -> Disturbed {
    match session {
        Some(session) => session.disturbed().await,
        None => std::future::pending().await,
    }
}
