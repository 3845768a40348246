//! The use cases of webhooks: what people do with endpoints, and one turn of the courier.

mod again;
mod endpoint;
mod send;

pub use again::{Replay, ping, replay, which};
pub use endpoint::{IssuedSecret, create, remove, rotate_secret, update};
pub use send::{Sent, send};

use super::store;
use crate::{
    op::{Fault, Op},
    webhook::{model::Secret, store::Salted},
};

/// Forgets about `limit` entries of the log that are older than 30 days, and says how many.
///
/// # Errors
/// Database faults.
pub async fn forget_old_deliveries(op: &Op, limit: u64) -> Result<usize, Fault> {
    store::forget_old_deliveries(op, limit).await
}

/// A new salt, and the secret that belongs to it.
fn salted(op: &Op) -> Salted {
    let salt: String = op.new_secret().iter().map(|byte| format!("{byte:02x}")).collect();
    Salted { secret: Secret::of(op.outbound(), &salt), salt }
}
