//! The end of a socket that the server closes: the close frame, and a moment for the client to answer it.

use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::time::timeout;

use super::{
    close::Close,
    frame::{Reader, Received},
    outbox::Outbox,
};

/// How long a client may take to answer a close frame.
const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// Closes a socket before anything was said on it.
pub(super) async fn refuse<I>(mut incoming: I, outbox: &Outbox, close: &Close)
where
    I: Stream<Item = Result<Bytes, ()>> + Unpin,
{
    say(&mut incoming, Reader::new(0), outbox, close).await;
}

/// Sends the last frame, and waits a little for the client's.
pub(super) async fn say<I>(incoming: &mut I, mut reader: Reader, outbox: &Outbox, close: &Close)
where
    I: Stream<Item = Result<Bytes, ()>> + Unpin,
{
    outbox.close(close);
    let _ = timeout(CLOSE_WAIT, wait_for_close(incoming, &mut reader, outbox)).await;
}

/// Reads on until the client has answered with a close frame: a socket that is closed with unread bytes is reset, and the
/// client might never see the code.
async fn wait_for_close<I>(incoming: &mut I, reader: &mut Reader, outbox: &Outbox)
where
    I: Stream<Item = Result<Bytes, ()>> + Unpin,
{
    let mut readable = true;
    while !outbox.is_gone() {
        while readable {
            match reader.next() {
                Ok(Some(Received::Close(_))) => return,
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => readable = false,
            }
        }
        match incoming.next().await {
            // After what could not be read, bytes are only taken away.
            Some(Ok(bytes)) if readable && !reader.is_within_message() => reader.feed(&bytes),
            Some(Ok(_)) => readable = false,
            Some(Err(())) | None => return,
        }
    }
}
