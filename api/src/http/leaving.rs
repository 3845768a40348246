//! A connection that may leave whoever serves it: it is put down in a place that its first owner has kept, who goes on
//! with it when the serving has ended. It knows nothing of what is spoken on it.

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Where a connection is put down, with what is to become of it.
pub(super) type Exit<X> = Rc<Cell<Option<X>>>;

/// See the module.
pub(super) struct Leaving<T, X> {
    connection: T,
    exit: Exit<X>,
}

impl<T, X> Leaving<T, X> {
    pub(super) fn new(connection: T, exit: Exit<X>) -> Self {
        Self { connection, exit }
    }

    pub(super) fn get_ref(&self) -> &T {
        &self.connection
    }

    /// The connection, and where it is put down.
    pub(super) fn into_parts(self) -> (T, Exit<X>) {
        (self.connection, self.exit)
    }
}

impl<T: AsyncRead + Unpin, X> AsyncRead for Leaving<T, X> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_read(context, into)
    }
}

impl<T: AsyncWrite + Unpin, X> AsyncWrite for Leaving<T, X> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().connection).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_shutdown(context)
    }
}
