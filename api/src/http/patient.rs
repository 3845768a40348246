//! A connection that is not waited for for ever: where its peer takes nothing at all for so long, writing fails, and what
//! was being answered ends. The HTTP library has no such deadline, and not every system has the one of [`super::tcp`]. It
//! knows nothing of what is written.

use std::{
    io::{self, ErrorKind},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// See the module. Whatever little the peer takes, it has as long again for the rest.
pub(super) struct Patient<T> {
    stream: T,
    patience: Duration,
    /// There while nothing is taken; ready when that has been so for too long.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<T> Patient<T> {
    pub(super) fn new(stream: T, patience: Duration) -> Self {
        Self { stream, patience, stuck: None }
    }

    pub(super) fn get_ref(&self) -> &T {
        &self.stream
    }

    /// The connection, without a deadline.
    pub(super) fn into_inner(self) -> T {
        self.stream
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Patient<T> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, into)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Patient<T> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Poll::Ready(written) = Pin::new(&mut this.stream).poll_write(context, bytes) {
            this.stuck = None;
            return Poll::Ready(written);
        }
        let patience = this.patience;
        ready!(this.stuck.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn a_peer_that_takes_nothing_is_given_up() {
        let (near, mut far) = duplex(4);
        let mut near = Patient::new(near, Duration::from_millis(10));
        assert_eq!(near.write_all(b"12345678").await.unwrap_err().kind(), ErrorKind::TimedOut);
        // What it has taken in the end is what fitted.
        drop(near);
        let mut read = Vec::new();
        far.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, b"1234");
    }

    #[tokio::test]
    async fn a_peer_that_takes_something_is_waited_for_anew() {
        let (near, mut far) = duplex(4);
        let mut near = Patient::new(near, Duration::from_secs(3_600));
        near.write_all(b"1234").await.unwrap();
        assert!(futures::poll!(Box::pin(near.write_all(b"5678"))).is_pending());
        assert!(near.stuck.is_some());
        assert_eq!(far.read(&mut [0; 2]).await.unwrap(), 2);
        assert_eq!(near.write(b"5678").await.unwrap(), 2);
        assert!(near.stuck.is_none());
    }
}
