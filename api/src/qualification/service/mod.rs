//! The use cases of qualification, one function a mutation, and the turn in which rules are applied.

mod apply;
mod convert;
mod lead;
mod rule;

pub use apply::{Applied, Bounds, apply};
pub use convert::{Conversion, Sending, convert, send};
pub use lead::{accept, dismiss};
pub use rule::{RuleInput, create, delete, update};

use super::{model::QualifiedLead, store};
use crate::{
    db::Tx,
    op::{Op, Outcome, Refusal},
};
use entity::id::QualifiedLeadId;

/// The visible qualified lead that a use case is about, locked until the transaction ends.
async fn locked(tx: &Tx, op: &Op, id: QualifiedLeadId) -> Outcome<QualifiedLead> {
    Ok(store::find_lead_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?)
}
