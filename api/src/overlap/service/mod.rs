//! The use cases of overlaps, one function a mutation: stopping a run, disputes, plays and notes.
//!
//! Whatever changes what is seen of a pair locks the pair's result first, so that all that happens to it happens in order.

mod dispute;
mod hold;
mod note;
mod play;
mod run;

pub use dispute::{Raising, answer, raise, withdraw};
pub use note::{add_note, remove_note, update_note};
pub use play::{Cell, reset_play, set_play};
pub use run::cancel_run;

use super::store;
use crate::op::{Fault, Op};

/// Removes at most `limit` of what nobody can see any more, and says how many that were.
///
/// # Errors
/// Database faults.
pub async fn sweep(op: &Op, limit: u64) -> Result<usize, Fault> {
    store::sweep(op, limit).await
}
