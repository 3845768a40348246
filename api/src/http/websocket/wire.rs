//! The connection of a socket: what arrives on it is read for a [`Reader`], what is said is written as soon as the system
//! takes it. Besides what waits, it holds no bytes. It knows frames and no protocol above them.

use std::{
    future::poll_fn,
    io::{ErrorKind, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    io::{AsyncRead, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    time::{Instant, timeout},
};

use super::{
    close::Close,
    frame::{self, Reader},
    outbox::{AT_ONCE, Outbox},
};

/// Bytes that are read at once; on the stack, so that a silent socket has no buffer.
const READ: usize = 4 << 10;
/// How long the last bytes may take to be written.
const LAST_BYTES: Duration = Duration::from_secs(1);

/// What has happened on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// The reader was given bytes.
    Arrived,
    /// There was no room for another message, and now there is.
    Room,
    /// The connection is gone.
    Lost,
}

/// The connection is gone.
struct Gone;

/// A connection, and what waits to be written on it.
pub(super) struct Wire {
    stream: TcpStream,
    outbox: Outbox,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, outbox: Outbox) -> Self {
        Self { stream, outbox }
    }

    /// A message.
    pub(super) fn text(&mut self, text: Bytes) {
        self.outbox.put([frame::text(text.len(), &[]), text]);
    }

    /// A message whose middle may be shared with other sockets.
    pub(super) fn around(&mut self, begin: &[u8], middle: Bytes, end: &'static [u8]) {
        let head = frame::text(begin.len() + middle.len() + end.len(), begin);
        self.outbox.put([head, middle, Bytes::from_static(end)]);
    }

    /// A frame that is no message.
    pub(super) fn control(&mut self, frame: Bytes) {
        self.outbox.put([frame]);
    }

    /// The last frame.
    pub(super) fn close(&mut self, close: &Close) {
        self.outbox.close(frame::close(Some(close.code), &close.reason), close.at_once);
    }

    /// The answer to the client's close frame.
    pub(super) fn answer_close(&mut self, code: Option<u16>) {
        self.outbox.close(frame::close(code, ""), true);
    }

    /// Whether another message may be said.
    pub(super) fn has_room(&self) -> bool {
        self.outbox.has_room()
    }

    /// Since when nothing was written though there is no room; `None` while there is.
    pub(super) fn stuck_since(&self) -> Option<Instant> {
        self.outbox.stuck_since()
    }

    /// Writes what waits, and reads where there is a reader, until something has happened. Dropping the future loses
    /// nothing.
    pub(super) async fn moved(&mut self, mut reader: Option<&mut Reader>) -> Moved {
        poll_fn(|context| self.poll_moved(context, reader.as_deref_mut())).await
    }

    fn poll_moved(&mut self, context: &mut Context<'_>, reader: Option<&mut Reader>) -> Poll<Moved> {
        let had_room = self.has_room();
        if let Poll::Ready(Err(Gone)) = self.poll_write(context) {
            return Poll::Ready(Moved::Lost);
        }
        if let Some(reader) = reader
            && let Poll::Ready(moved) = self.poll_read(context, reader)
        {
            return Poll::Ready(moved);
        }
        // Nobody waits for the rest of what is written.
        if !had_room && self.has_room() { Poll::Ready(Moved::Room) } else { Poll::Pending }
    }

    /// Ready when all that waited is written.
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        while !self.outbox.is_empty() {
            ready!(self.stream.poll_write_ready(context)).map_err(|_| Gone)?;
            let mut slices = [IoSlice::new(&[]); AT_ONCE];
            let count = self.outbox.next(&mut slices);
            match self.stream.try_write_vectored(&slices[..count]) {
                Ok(bytes) => self.outbox.written(bytes),
                // Asked again, the system's word is waited for.
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return Poll::Ready(Err(Gone)),
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_read(&mut self, context: &mut Context<'_>, reader: &mut Reader) -> Poll<Moved> {
        let mut space = [MaybeUninit::uninit(); READ];
        let mut bytes = ReadBuf::uninit(&mut space);
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut bytes));
        if read.is_err() || bytes.filled().is_empty() {
            return Poll::Ready(Moved::Lost);
        }
        reader.feed(bytes.filled());
        Poll::Ready(Moved::Arrived)
    }

    /// Writes what still waits, if that is soon done, and ends the connection.
    pub(super) async fn end(mut self) {
        let last = async {
            if poll_fn(|context| self.poll_write(context)).await.is_ok() {
                let _ = self.stream.shutdown().await;
            }
        };
        let _ = timeout(LAST_BYTES, last).await;
    }
}
