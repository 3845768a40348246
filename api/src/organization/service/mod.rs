//! The use cases of organizations, one function a mutation.
//!
//! Each locks the organization's row first, so that all that is decided about one organization is decided in order.

mod coverage;
mod create;
mod desk;
mod key;
mod lifecycle;
mod member;
mod moderation;
mod neighbor;
mod profile;
mod record;
mod update;

pub use coverage::set_coverage;
pub use create::{Owner, bootstrap, create};
pub use desk::{find_account, find_by_id, find_by_slug, list_keys};
pub use key::{IssuedKey, create_key, revoke_key};
pub use lifecycle::{activate, suspend, terminate};
pub use member::{add_member, remove_member, update_role};
pub use moderation::{approve_change, reject_change, set_moderated_in, withdraw_change};
pub use neighbor::{find_by_slug_in, find_invited_in, find_person_in};
pub use profile::{ProfileOutcome, proposal, update_profile};
pub use record::record;
pub use update::{reword_listings_in, update};

use super::{
    model::{Organization, email},
    store,
};
use crate::db::Tx;
use crate::op::{ErrorCode, Op, Outcome, Refusal};
use entity::id::OrganizationId;

/// The organization that a use case is about, visible and locked until the transaction ends.
///
/// # Errors
/// `UNAUTHENTICATED` for a visitor, whether there is one or not; `NOT_FOUND` at `path`.
async fn locked(tx: &Tx, op: &Op, id: OrganizationId, path: &str) -> Outcome<Organization> {
    op.signed_in()?;
    Ok(store::find_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found(path))?)
}

/// The address at `path` in its stored form.
fn checked_email(path: &str, text: &str) -> Result<String, Refusal> {
    email(text).ok_or_else(|| Refusal::of(path, ErrorCode::InvalidFormat, "Expected an e-mail address."))
}
