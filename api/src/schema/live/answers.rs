//! What a reader gets, wherever it comes from.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::Stream;

use super::{driven::Driven, member::Member};
use crate::schema::request::answer::Answer;

/// Answers of an operation, in order. What is not taken yet is not lost where nobody asks again.
pub struct Answers(Of);

/// Boxed, so that the many who wait for long hold little.
enum Of {
    Member(Box<Member>),
    /// Of one execution that nobody else reads from.
    Own(Box<Driven>),
}

impl Answers {
    pub(super) fn of_member(member: Member) -> Self {
        Self(Of::Member(Box::new(member)))
    }

    pub(super) fn own(driven: Driven) -> Self {
        Self(Of::Own(Box::new(driven)))
    }
}

impl Stream for Answers {
    type Item = Arc<Answer>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.get_mut().0 {
            Of::Member(member) => member.poll_next(context),
            Of::Own(driven) => driven.poll_next(context).map(|made| Some(Arc::new(made?.0))),
        }
    }
}
