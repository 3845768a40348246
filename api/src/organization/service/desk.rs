//! What the command line looks up before it acts, as the operator.

use crate::{
    op::{Fault, Op},
    organization::{
        model::{ApiKey, Member, Organization},
        store,
    },
};
use entity::id::OrganizationId;
use uuid::Uuid;

/// Keys that are read at once.
const PAGE: u64 = 100;

/// The visible organization with this slug.
///
/// # Errors
/// Database faults.
pub async fn find_by_slug(op: &Op, slug: &str) -> Result<Option<Organization>, Fault> {
    store::find_by_slug(op, slug).await
}

/// The visible organization with this id.
///
/// # Errors
/// Database faults.
pub async fn find_by_id(op: &Op, id: OrganizationId) -> Result<Option<Organization>, Fault> {
    Ok(store::list_by_ids(op, &[id]).await?.pop())
}

/// The visible place of the person with this address, in its stored form, in the organization with this slug.
///
/// # Errors
/// Database faults.
pub async fn find_account(op: &Op, slug: &str, email: &str) -> Result<Option<Member>, Fault> {
    store::find_account(op, slug, email).await
}

/// All visible keys of an organization, oldest first.
///
/// # Errors
/// Database faults.
pub async fn list_keys(op: &Op, organization: OrganizationId) -> Result<Vec<ApiKey>, Fault> {
    let mut keys: Vec<ApiKey> = Vec::new();
    loop {
        let after = keys.last().map(|key| Uuid::from(key.id));
        let page = store::list_keys_of(op, &[organization], after, PAGE).await?;
        if page.is_empty() {
            return Ok(keys);
        }
        keys.extend(page);
    }
}
