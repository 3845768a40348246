//! The use cases of introductions, one function a mutation.
//!
//! Each but the first locks the request's row first, so that all that happens to one request happens in order.

mod answer;
mod convert;
mod due;
mod outcome;
mod request;

pub use answer::{accept, cancel, decline};
pub use convert::{LeadOf, convert_to_lead, convert_to_opportunity};
pub use due::{expire_due, next_expiry};
pub use outcome::{Concluding, record_outcome};
pub use request::{Request, request};

use super::{model::Introduction, store};
use crate::{
    db::Tx,
    op::{Fault, Op, Outcome, Refusal},
};
use chrono::{DateTime, Utc};
use entity::id::IntroductionId;

/// At most `limit` requests that wait for the answer of the actor's organization behind a position, soonest expiry first.
///
/// # Errors
/// Database faults.
pub async fn list_waiting(
    op: &Op,
    after: Option<(DateTime<Utc>, IntroductionId)>,
    limit: u64,
) -> Result<Vec<Introduction>, Fault> {
    store::list_waiting(op, after, limit).await
}

/// How many requests wait for the answer of the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn count_waiting(op: &Op) -> Result<u64, Fault> {
    store::count_waiting(op).await
}

/// The visible request that a use case is about, locked until the transaction ends.
async fn locked(tx: &Tx, op: &Op, id: IntroductionId) -> Outcome<Introduction> {
    Ok(store::find_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?)
}
