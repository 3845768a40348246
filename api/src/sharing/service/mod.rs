//! The use cases of sharing, one function a mutation, and what settles which pairs of lists are open.

mod default;
mod due;
mod exploratory;
mod preview;
mod rule;
mod settle;
mod watch;

pub use default::{DefaultInput, remove_default, set_default};
pub use due::{conclude_due, next_conclusion};
pub use exploratory::{Proposal, accept, cancel, decline, end, propose};
pub use preview::{Preview, preview};
pub use rule::{RuleInput, remove_rule, set_rule};
pub use settle::{settle, sweep};

use super::{
    model::Shown,
    scope::{self, Between},
    store,
};
use crate::op::{ErrorCode, Fault, Op, Refusal};
use entity::account_list;
use serde_json::{Value, json};

/// What the actor's organization and the visible one that `partner` is the slug or the id of show each other now; none for
/// an organization that the actor does not see.
///
/// # Errors
/// [`Fault::Unauthenticated`] for whoever acts for no organization; database faults.
pub async fn between(op: &Op, partner: &str) -> Result<Option<(store::Organization, Between)>, Fault> {
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let Some(partner) = store::find_partner(op.db().read(), op, partner).await? else { return Ok(None) };
    let between = scope::between(op.db().read(), op.now(), own, partner.id).await?;
    Ok(Some((partner, between)))
}

/// What a record of consent says of a rule or a default.
fn recorded(shown: Shown) -> Value {
    json!({"level": shown.level, "fields": shown.fields.list()})
}

/// Refuses to share what an organization has of another one: that is for its own eyes.
fn must_be_own(list: &account_list::Model) -> Result<(), Refusal> {
    if list.organization_id == list.subject_id {
        return Ok(());
    }
    let message = "These are the accounts of an offline partner. They are yours to compare with, and not to share.";
    Err(Refusal::of("input.accountList", ErrorCode::InvalidState, message))
}
