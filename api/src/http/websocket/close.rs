//! Why a socket is closed: the codes of RFC 6455 and of graphql-transport-ws. Which of them a client may come back after
//! is the client's to know: graphql-ws does after 1012, 1013, 4403 and 4408, and gives up after the other ones.

use std::borrow::Cow;

use super::frame::Unreadable;
use crate::http::session::Doubt;

/// A code and its reason. The reason is for people and never repeats a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: Cow<'static, str>,
    /// Whether messages that still wait are left out: they are for somebody who may no longer read them, or who does not.
    pub(super) at_once: bool,
}

impl Close {
    const fn of(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Cow::Borrowed(reason), at_once: false }
    }

    const fn at_once(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Cow::Borrowed(reason), at_once: true }
    }

    pub(super) const IDLE: Self = Self::of(1000, "Nothing was asked for a long time");
    pub(super) const TOO_SLOW_TO_SEND: Self = Self::of(1008, "A message did not arrive in time");
    pub(super) const RESTART: Self = Self::of(1012, "Service restart");
    pub(super) const TOO_SLOW: Self = Self::at_once(1013, "The reader is too slow");
    pub(super) const UNAVAILABLE: Self = Self::at_once(1013, "Try again later");
    pub(super) const UNAUTHORIZED: Self = Self::of(4401, "Unauthorized");
    pub(super) const SUBPROTOCOL: Self = Self::of(4406, "Subprotocol not acceptable");
    pub(super) const INIT_TIMEOUT: Self = Self::of(4408, "Connection initialisation timeout");
    pub(super) const TOO_MANY_INITS: Self = Self::of(4429, "Too many initialisation requests");
    pub(super) const INTERNAL: Self = Self::at_once(4500, "Internal server error");

    pub(super) const fn invalid(reason: &'static str) -> Self {
        Self::of(4400, reason)
    }

    pub(super) const fn forbidden(reason: &'static str) -> Self {
        Self::at_once(4403, reason)
    }

    pub(super) const fn full(reason: &'static str) -> Self {
        Self::of(1013, reason)
    }

    /// The reason as far as it is the server's own words, for logs.
    pub(super) fn label(&self) -> &'static str {
        match self.reason {
            Cow::Borrowed(reason) => reason,
            Cow::Owned(_) => "Subscriber already exists",
        }
    }

    pub(super) fn duplicate(id: &str) -> Self {
        Self { code: 4409, reason: format!("Subscriber for {id} already exists").into(), at_once: false }
    }
}

impl From<Doubt> for Close {
    fn from(doubt: Doubt) -> Self {
        match doubt {
            Doubt::Refused(reason) => Self::forbidden(reason),
            // A client should come back: the database does too.
            Doubt::Unknown => Self::UNAVAILABLE,
        }
    }
}

impl From<Unreadable> for Close {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Protocol => Self::of(1002, "Not a WebSocket frame"),
            Unreadable::Binary => Self::of(1003, "Messages are texts"),
            Unreadable::NotUtf8 => Self::of(1007, "A text must be UTF-8"),
            Unreadable::TooLarge => Self::of(1009, "The message is too large"),
        }
    }
}
