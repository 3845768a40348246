//! The feed: the log of what each organization may know of, in the order in which it was committed, numbered without a
//! gap. The database is the log; hints only say that it has grown.

mod store;

pub(super) use store::{By, append};

/// An alert as it is kept.
pub type Alert = entity::alert::Model;
