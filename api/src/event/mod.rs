//! What a change leaves behind, in the transaction of the change: an entry of the audit trail, and raised data versions.
//!
//! A use case never publishes. It records its facts as the last step before the commit; whatever reacts to a fact reads
//! it from the database. This room knows no domain: each domain turns its own events into [`Fact`]s.

mod store;
mod version;

pub use store::{AuditEntry, count_audit_of_each, find_audit, list_audit, list_audit_of_each, record, subject};
pub use version::{DataScope, Versions, read_versions, read_versions_each};

use entity::id::OrganizationId;
use serde_json::Value;

/// One change, ready to be written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What happened, for example `organization.renamed`.
    pub action: &'static str,
    /// The organization whose trail it belongs to.
    pub organization: OrganizationId,
    /// What was changed, as clients know its id.
    pub subject: String,
    /// The changed values before; none for something new.
    pub before: Option<Value>,
    /// The changed values after; none for something removed.
    pub after: Option<Value>,
    /// What was read earlier and is stale now.
    pub stale: Vec<DataScope>,
}
