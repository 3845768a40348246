//! The fields of subscriptions that are the same for all who have the same rights in the same organization, each of them
//! looked at before it was written here. Whatever a field under one of them reads must not depend on the person: no
//! `viewer...`, nothing that is read or unread by somebody, nothing that is shown to named members only. Items of which
//! that holds nowhere are marked as personal by their source ([`Step`](crate::schema::request::source::Step)).
//!
//! A field that is missing here costs an execution for each reader; one that is here by mistake shows one person what is
//! for another. A test sees to it that all of them are in the schema.

use crate::schema::request::share::Impersonal;

/// As `Type.field`, sorted.
pub const IMPERSONAL: &[&str] = &[];

/// The fields as the pipeline takes them.
#[must_use]
pub fn impersonal() -> Impersonal {
    Impersonal::new(IMPERSONAL)
}
