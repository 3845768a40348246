//! What waits to be sent on one socket: bounded in messages and bytes, filled by whoever has something to say, emptied by
//! whatever writes to the socket. Filling never waits: who fills asks for room first, or leaves it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::task::AtomicWaker;
use tokio::{sync::Notify, time::Instant};

use super::{close::Close, frame};

/// The end that is filled.
#[derive(Clone)]
pub(super) struct Outbox(Arc<Shared>);

/// The end that is emptied. When it is dropped, the connection is gone.
pub(super) struct Drain(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    /// Who writes to the socket.
    writer: AtomicWaker,
    /// Told when room has come back, when there is none left, and when the connection is gone.
    changed: Notify,
    most_messages: usize,
    most_bytes: usize,
}

struct Queue {
    parts: VecDeque<Part>,
    messages: usize,
    bytes: usize,
    /// A message was handed out in part: what is left of it must follow, whatever else is left out.
    within: bool,
    /// Nothing follows a close frame.
    closed: bool,
    finished: bool,
    gone: bool,
    /// When it last got smaller, or became full.
    moved: Instant,
}

struct Part {
    bytes: Bytes,
    ends: bool,
}

/// An outbox for up to `messages` messages or `bytes` bytes, whichever come first; a message that begins below both fits.
pub(super) fn outbox(messages: usize, bytes: usize) -> (Outbox, Drain) {
    let queue = Queue {
        parts: VecDeque::new(),
        messages: 0,
        bytes: 0,
        within: false,
        closed: false,
        finished: false,
        gone: false,
        moved: Instant::now(),
    };
    let shared = Arc::new(Shared {
        queue: Mutex::new(queue),
        writer: AtomicWaker::new(),
        changed: Notify::new(),
        most_messages: messages,
        most_bytes: bytes,
    });
    (Outbox(Arc::clone(&shared)), Drain(shared))
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_room(&self, queue: &Queue) -> bool {
        queue.messages < self.most_messages && queue.bytes < self.most_bytes
    }

    fn push<const N: usize>(&self, parts: [Bytes; N]) {
        let mut queue = self.lock();
        if queue.closed || queue.gone {
            return;
        }
        let had_room = self.has_room(&queue);
        queue.append(parts);
        if had_room && !self.has_room(&queue) {
            queue.moved = Instant::now();
            self.changed.notify_one();
        }
        drop(queue);
        self.writer.wake();
    }
}

impl Queue {
    fn append<const N: usize>(&mut self, parts: [Bytes; N]) {
        self.messages += 1;
        for (index, bytes) in parts.into_iter().enumerate() {
            self.bytes += bytes.len();
            self.parts.push_back(Part { bytes, ends: index + 1 == N });
        }
    }

    fn take(&mut self) -> Option<Bytes> {
        let part = self.parts.pop_front()?;
        self.bytes -= part.bytes.len();
        self.messages -= usize::from(part.ends);
        self.within = !part.ends;
        self.moved = Instant::now();
        if self.parts.is_empty() {
            // Most sockets are idle most of the time.
            self.parts = VecDeque::new();
        }
        Some(part.bytes)
    }

    /// Leaves out what nothing of was handed out yet.
    fn clear(&mut self) {
        let begun = if self.within { self.parts.iter().position(|part| part.ends).map_or(0, |end| end + 1) } else { 0 };
        self.parts.truncate(begun);
        self.messages = usize::from(begun > 0);
        self.bytes = self.parts.iter().map(|part| part.bytes.len()).sum();
    }
}

impl Outbox {
    /// A message.
    pub(super) fn text(&self, text: Bytes) {
        self.0.push([frame::text(text.len(), &[]), text]);
    }

    /// A message whose middle may be shared with other sockets.
    pub(super) fn around(&self, begin: &str, middle: Bytes, end: &'static [u8]) {
        let head = frame::text(begin.len() + middle.len() + end.len(), begin.as_bytes());
        self.0.push([head, middle, Bytes::from_static(end)]);
    }

    /// A frame that is no message.
    pub(super) fn control(&self, frame: Bytes) {
        self.0.push([frame]);
    }

    /// The last frame.
    pub(super) fn close(&self, close: &Close) {
        self.end(frame::close(Some(close.code), &close.reason), close.at_once);
    }

    /// The answer to the client's close frame.
    pub(super) fn answer_close(&self, code: Option<u16>) {
        self.end(frame::close(code, ""), true);
    }

    fn end(&self, frame: Bytes, at_once: bool) {
        let mut queue = self.0.lock();
        if at_once {
            queue.clear();
        }
        if !queue.closed {
            queue.append([frame]);
            queue.closed = true;
        }
        drop(queue);
        self.0.writer.wake();
    }

    /// There is nothing more: what waits is written, then the connection ends.
    pub(super) fn finish(&self) {
        self.0.lock().finished = true;
        self.0.writer.wake();
    }

    /// Whether another message may be put in.
    pub(super) fn has_room(&self) -> bool {
        self.0.has_room(&self.0.lock())
    }

    /// Since when it is full without anything being taken out; `None` while it has room.
    pub(super) fn stuck_since(&self) -> Option<Instant> {
        let queue = self.0.lock();
        (!self.0.has_room(&queue)).then_some(queue.moved)
    }

    /// Whether nothing takes out what is put in any more.
    pub(super) fn is_gone(&self) -> bool {
        self.0.lock().gone
    }

    /// Ready when it may have room again, may be full, or may be gone. For one who waits.
    pub(super) async fn changed(&self) {
        self.0.changed.notified().await;
    }
}

impl Drain {
    /// The next bytes to write; `None` at the end.
    pub(super) fn poll(&self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.0.writer.register(context.waker());
        let mut queue = self.0.lock();
        let had_room = self.0.has_room(&queue);
        match queue.take() {
            Some(bytes) => {
                if !had_room && self.0.has_room(&queue) {
                    self.0.changed.notify_one();
                }
                Poll::Ready(Some(bytes))
            }
            None if queue.finished => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

impl Drop for Drain {
    fn drop(&mut self) {
        let mut queue = self.0.lock();
        queue.gone = true;
        queue.within = false;
        queue.clear();
        drop(queue);
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn drained(drain: &Drain) -> Vec<u8> {
        let mut context = Context::from_waker(Waker::noop());
        let mut bytes = Vec::new();
        while let Poll::Ready(Some(part)) = drain.poll(&mut context) {
            bytes.extend_from_slice(&part);
        }
        bytes
    }

    #[test]
    fn one_message_always_fits_and_then_it_is_full() {
        let (outbox, drain) = outbox(64, 10);
        assert!(outbox.has_room() && outbox.stuck_since().is_none());
        outbox.text(Bytes::from(vec![b'x'; 1000]));
        assert!(!outbox.has_room() && outbox.stuck_since().is_some());
        assert_eq!(drained(&drain).len(), 1004);
        assert!(outbox.has_room() && outbox.stuck_since().is_none());
    }

    #[test]
    fn messages_are_counted_as_well_as_bytes() {
        let (outbox, drain) = outbox(2, 1000);
        outbox.text(Bytes::from_static(b"a"));
        outbox.around("{", Bytes::from_static(b"b"), b"}");
        assert!(!outbox.has_room());
        assert_eq!(drained(&drain), b"\x81\x01a\x81\x03{b}");
    }

    #[test]
    fn closing_at_once_leaves_out_what_waits_but_not_the_rest_of_a_frame() {
        let (outbox, drain) = outbox(9, 1000);
        outbox.around("{", Bytes::from_static(b"b"), b"}");
        outbox.text(Bytes::from_static(b"later"));
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(Some(begun)) = drain.poll(&mut context) else { unreachable!() };
        outbox.close(&Close { at_once: true, ..Close::UNAUTHORIZED });
        outbox.text(Bytes::from_static(b"after"));
        let rest = [begun.to_vec(), drained(&drain)].concat();
        assert_eq!(rest, b"\x81\x03{b}\x88\x0e\x11\x31Unauthorized");
        outbox.finish();
        assert_eq!(drain.poll(&mut context), Poll::Ready(None));
    }

    #[test]
    fn closing_otherwise_lets_what_waits_go_first() {
        let (outbox, drain) = outbox(9, 1000);
        outbox.text(Bytes::from_static(b"a"));
        outbox.close(&Close::UNAUTHORIZED);
        assert_eq!(drained(&drain), b"\x81\x01a\x88\x0e\x11\x31Unauthorized");
    }

    #[tokio::test]
    async fn whoever_fills_learns_when_the_connection_is_gone() {
        let (outbox, drain) = outbox(1, 1000);
        outbox.text(Bytes::from_static(b"a"));
        outbox.changed().await;
        drop(drain);
        outbox.changed().await;
        assert!(outbox.is_gone() && outbox.has_room());
        outbox.text(Bytes::from_static(b"b"));
        assert!(outbox.has_room());
    }
}
