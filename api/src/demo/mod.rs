//! The data set that `partnergraph demo` shows: invented companies on `.example` domains, which have accounts, and a few
//! partnerships of real companies as facts without accounts.
//!
//! It is told as a story: the clock is set to each day on which something happened, and whoever did it does it through
//! the same services that everybody uses. So the data keeps every rule, and its history and audit trail are real ones.
//! What is told lies in `assets/demo`; this room knows how it is told, and nothing of tables or of transport.

mod accounts;
mod clock;
mod data;
mod deals;
mod folder;
mod mapping;
mod marketplace;
mod organizations;
mod partnerships;
mod programs;
mod stage;
mod story;

pub use accounts::{Account, accounts, waiting_invitation};
pub use folder::Folder;
pub use stage::LoadFault;

use crate::db::Db;
use chrono::{DateTime, Utc};

/// The slug of the program that the example query asks for.
pub const PROGRAM: &str = "aurora-partner-network";

/// Tells the whole story into an empty, migrated database. `now` is when it ends; nothing happens later than that.
///
/// # Errors
/// What could not be done, and why. The database is then half full and of no use.
pub async fn load(db: Db, now: DateTime<Utc>) -> Result<(), LoadFault> {
    let data = data::Data::bundled().map_err(|cause| LoadFault::unreadable(&cause))?;
    story::tell(db, &data, now).await
}
