//! The facts that this room publishes, and what each makes stale.

use super::model::Organization;
use crate::event::{DataScope, Fact, subject};
use serde_json::json;

/// Something that happened to an organization.
pub enum OrganizationEvent<'a> {
    /// Name, seat or public page changed.
    Updated {
        /// As it was.
        before: &'a Organization,
        /// As it is.
        after: &'a Organization,
    },
}

impl OrganizationEvent<'_> {
    /// The fact to record. The match is exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn fact(&self) -> Fact {
        match self {
            Self::Updated { before, after } => Fact {
                action: "organization.updated",
                organization: after.id,
                subject: subject(after.id),
                before: Some(shown(before)),
                after: Some(shown(after)),
                stale: vec![DataScope::Catalog, DataScope::Organization(after.id)],
            },
        }
    }
}

fn shown(organization: &Organization) -> serde_json::Value {
    json!({
        "name": organization.name,
        "countryCode": organization.country_code,
        "listed": organization.listed,
        "status": organization.status,
        "statusReason": organization.status_reason,
    })
}
