//! Ends the connection of a client whose body nobody read. The HTTP library goes on reading a chunked body that its
//! handler has dropped, without end and without a deadline, so that an answer of 413 would not be the end of it. It
//! closes the connection, though, while the body still has an owner: that owner is the answer.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    HttpMessage as _,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    web::Bytes,
};
use futures::Stream;

/// A request's body, shared by its handler and its answer.
#[derive(Clone)]
pub(super) struct Shared(Rc<RefCell<Payload>>);

/// Lets the handler of `request` read the body without owning it.
pub(super) fn share(request: &mut ServiceRequest) -> Shared {
    let shared = Shared(Rc::new(RefCell::new(request.take_payload())));
    request.set_payload(Payload::Stream { payload: Box::pin(shared.clone()) });
    shared
}

impl Stream for Shared {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// An answer that keeps the request's body until it is sent.
pub(super) struct Keeping {
    pub(super) body: BoxBody,
    pub(super) _request: Shared,
}

impl MessageBody for Keeping {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
