//! What a socket says: the operations that run on it, and the connection that their answers are written on. Whoever has
//! news for it has it speak at once, on the thread that it lives on (`rounds`), without waking the socket's task; that
//! task is told where something is to be waited for, or taken into account. Nobody holds it across a wait. It knows what
//! may be said to whom and when, and nothing of what a client may say.

use std::{
    cell::RefCell,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use tokio::time::Instant;

use super::{
    close::Close,
    frame::Reader,
    operation::{Operation, Told},
    socket::End,
    wire::{Gone, Message, Moved, Wire},
};
use crate::http::session::{Doubt, Pass, Standing};

/// Messages that one socket is told before it is others' turn.
const AT_ONCE: usize = 16;

/// See the module.
pub(super) struct Front {
    pub(super) wire: Wire,
    operations: Vec<Operation>,
    /// The place of the operation that is asked first.
    turn: usize,
    /// Whom it speaks to; nothing is said before that is known.
    pass: Option<Pass>,
    /// Since when there has been no session, or no operation.
    pub(super) quiet_since: Instant,
    /// What its task is to take into account.
    news: Option<News>,
    task: Option<Waker>,
}

/// What a socket's task is told of.
#[derive(Debug)]
enum News {
    /// An operation has ended, or there is no room any more.
    Look,
    End(End),
}

/// What happens to a front that its task waits for.
pub(super) enum Event {
    Moved(Moved),
    /// Something is to be taken into account.
    Look,
    End(End),
}

impl Front {
    pub(super) fn new(wire: Wire) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self {
            wire,
            operations: Vec::new(),
            turn: 0,
            pass: None,
            quiet_since: Instant::now(),
            news: None,
            task: None,
        }))
    }

    /// The connection of a front that nobody else holds any more; nothing runs on.
    pub(super) fn end(front: Rc<RefCell<Self>>) -> Option<Wire> {
        Rc::into_inner(front).map(|front| front.into_inner().wire)
    }

    /// Says to whom it speaks, from now on.
    pub(super) fn let_in(&mut self, pass: Pass) {
        if self.pass.replace(pass).is_none() {
            self.quiet_since = Instant::now();
        }
    }

    pub(super) fn runs(&self, id: &str) -> bool {
        self.operations.iter().any(|operation| operation.id() == id)
    }

    pub(super) fn count(&self) -> usize {
        self.operations.len()
    }

    /// Whether nothing runs that comes to an end of its own.
    pub(super) fn is_done(&self) -> bool {
        self.operations.iter().all(Operation::is_long)
    }

    /// Adds an operation. It begins when the front is next asked to speak.
    pub(super) fn begin(&mut self, operation: Operation) {
        // Most sockets have one, and there are many sockets.
        self.operations.reserve_exact(1);
        self.operations.push(operation);
    }

    /// Ends an operation; `false` where it is over already.
    pub(super) fn complete(&mut self, id: &str) -> bool {
        let found = self.operations.iter().position(|operation| operation.id() == id);
        if let Some(at) = found {
            self.remove(at);
        }
        found.is_some()
    }

    fn remove(&mut self, at: usize) {
        drop(self.operations.remove(at));
        if self.operations.is_empty() {
            self.operations = Vec::new();
        }
        self.quiet_since = Instant::now();
    }

    /// Says what there is to say, as far as there is room; `true` where there may be more at once. `waker` has it asked
    /// again when there is.
    pub(super) fn speak(&mut self, waker: &Waker) -> bool {
        // Whoever has no room is waited for by the task.
        if !self.wire.has_room() {
            return false;
        }
        match self.say(&mut Context::from_waker(waker)) {
            Ok(more) => {
                if !self.wire.has_room() {
                    self.tell(News::Look);
                } else if !self.wire.is_empty() {
                    self.wake();
                }
                more
            }
            Err(end) => {
                self.tell(News::End(end));
                false
            }
        }
    }

    fn say(&mut self, context: &mut Context<'_>) -> Result<bool, End> {
        // The newest is held back until it is clear whether more follows, which is then written with it.
        let mut held: Option<Message> = None;
        let mut more = false;
        for said in 0.. {
            let room = held.as_ref().map_or_else(|| self.wire.has_room(), |held| self.wire.has_room_behind(held));
            if !room {
                break;
            }
            if said == AT_ONCE {
                more = true;
                break;
            }
            match self.pass.as_ref().map(Pass::standing) {
                Some(Standing::Good) => {}
                Some(Standing::Expired) => return Err(Close::from(Doubt::EXPIRED).into()),
                // The task asks again who it is, and has it speak then.
                Some(Standing::Doubtful) | None => break,
            }
            let Poll::Ready((at, told)) = self.poll_told(context) else { break };
            let message = match told {
                Told::Next(message) => message,
                Told::Last(message) => {
                    self.remove(at);
                    self.tell(News::Look);
                    message
                }
            };
            if let Some(before) = held.replace(message) {
                self.wire.put(before);
            }
        }
        if let Some(held) = held {
            self.wire.say(held)?;
        }
        self.wire.flush()?;
        Ok(more)
    }

    /// Tells the task; that it has to end counts for more than anything else.
    fn tell(&mut self, news: News) {
        if !matches!(self.news, Some(News::End(_))) {
            self.news = Some(news);
        }
        self.wake();
    }

    fn wake(&mut self) {
        if let Some(task) = &self.task {
            task.wake_by_ref();
        }
    }

    /// Something in it panicked.
    pub(super) fn broke(&mut self) {
        self.tell(News::End(Close::INTERNAL.into()));
    }

    /// What happens next, for its task: as [`Wire::poll_moved`], and what was found while it spoke.
    pub(super) fn poll_event(&mut self, context: &mut Context<'_>, reader: Option<&mut Reader>) -> Poll<Event> {
        if self.task.as_ref().is_none_or(|task| !task.will_wake(context.waker())) {
            self.task = Some(context.waker().clone());
        }
        match self.news.take() {
            Some(News::Look) => Poll::Ready(Event::Look),
            Some(News::End(end)) => Poll::Ready(Event::End(end)),
            None => self.wire.poll_moved(context, reader).map(Event::Moved),
        }
    }

    fn poll_told(&mut self, context: &mut Context<'_>) -> Poll<(usize, Told)> {
        let count = self.operations.len();
        for step in 0..count {
            let at = (self.turn + step) % count;
            if let Poll::Ready(told) = self.operations[at].poll_told(context) {
                self.turn = at + 1;
                return Poll::Ready((at, told));
            }
        }
        Poll::Pending
    }
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Lost
    }
}
