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
    frame::{self, Head, Reader},
    outbox::{AT_ONCE, Outbox},
};
use crate::http::tcp;

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
pub(super) struct Gone;

/// A text message in parts, the middle of which may be shared with other sockets.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) begin: Bytes,
    pub(super) payload: Bytes,
    pub(super) end: &'static [u8],
}

impl Message {
    /// One whose text is of one piece.
    pub(super) fn of(text: Bytes) -> Self {
        Self { begin: Bytes::new(), payload: text, end: b"" }
    }

    fn len(&self) -> usize {
        self.begin.len() + self.payload.len() + self.end.len()
    }
}

/// A connection, and what waits to be written on it.
pub(super) struct Wire {
    stream: TcpStream,
    outbox: Outbox,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, outbox: Outbox) -> Self {
        Self { stream, outbox }
    }

    /// A message of one piece, behind everything that waits.
    pub(super) fn text(&mut self, text: Bytes) {
        self.put(Message::of(text));
    }

    /// A message, behind everything that waits.
    pub(super) fn put(&mut self, message: Message) {
        let head = frame::text(message.len(), &message.begin);
        self.outbox.put([head, message.payload, Bytes::from_static(message.end)]);
    }

    /// A message, which is written at once where nothing waits before it; what the system does not take waits.
    pub(super) fn say(&mut self, message: Message) -> Result<(), Gone> {
        if !self.outbox.is_empty() {
            self.put(message);
            return Ok(());
        }
        let head = Head::of_text(message.len());
        let parts = [head.bytes(), &message.begin[..], &message.payload[..], message.end];
        let written = match self.stream.try_write_vectored(&parts.map(IoSlice::new)) {
            Ok(written) => written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(_) => return Err(Gone),
        };
        if written < head.bytes().len() + message.len() {
            self.put(message);
            self.outbox.written(written);
        }
        Ok(())
    }

    /// Writes what waits, as far as the system takes it now.
    pub(super) fn flush(&mut self) -> Result<(), Gone> {
        while !self.outbox.is_empty() && self.write()? {}
        Ok(())
    }

    /// Writes a part of what waits; `false` where the system takes nothing.
    fn write(&mut self) -> Result<bool, Gone> {
        let mut slices = [IoSlice::new(&[]); AT_ONCE];
        let count = self.outbox.next(&mut slices);
        match self.stream.try_write_vectored(&slices[..count]) {
            Ok(bytes) => {
                self.outbox.written(bytes);
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(_) => Err(Gone),
        }
    }

    /// A frame that is no message.
    pub(super) fn control(&mut self, frame: Bytes) {
        self.outbox.put([frame]);
    }

    /// The last frame. The system is asked to hold it too: whoever does not read now finds it at the end of what waits.
    pub(super) fn close(&mut self, close: &Close) {
        self.outbox.close(frame::close(Some(close.code), &close.reason), close.at_once);
        tcp::hold_more(&self.stream, self.outbox.bytes());
    }

    /// The answer to the client's close frame.
    pub(super) fn answer_close(&mut self, code: Option<u16>) {
        self.outbox.close(frame::close(code, ""), true);
    }

    /// Whether another message may be said.
    pub(super) fn has_room(&self) -> bool {
        self.outbox.has_room()
    }

    /// Whether another message may be said behind this one, which is not put in yet.
    pub(super) fn has_room_behind(&self, message: &Message) -> bool {
        self.outbox.has_room_behind(message.len())
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.outbox.is_empty()
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

    /// As [`Wire::moved`].
    pub(super) fn poll_moved(&mut self, context: &mut Context<'_>, reader: Option<&mut Reader>) -> Poll<Moved> {
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
            // Where nothing is taken after all, the system's word is waited for.
            self.write()?;
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
