//! The body of the answer to an upgraded request: what the socket has to say, as bytes for the HTTP library to write. It
//! asks for more only when it has written what it was given, so that little waits outside of the outbox.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};

use super::outbox::Drain;

/// A body that lasts as long as the socket.
pub(super) struct Carrier(pub(super) Drain);

impl MessageBody for Carrier {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.0.poll(context).map(|bytes| bytes.map(Ok))
    }
}
