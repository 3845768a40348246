//! One change: who, when, what, before and after.

use crate::id::{AuditEntryId, OpportunityId, OrganizationId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEntryId,
    pub occurred_at: DateTimeUtc,
    /// `person`, `key`, `operator` or `system`; `undisclosed` where the organization may not know who it was.
    pub actor_kind: String,
    /// The person or key.
    pub actor_id: Option<Uuid>,
    /// The organization that the actor acted for.
    pub actor_organization_id: Option<OrganizationId>,
    /// The organization whose trail the entry belongs to.
    pub organization_id: OrganizationId,
    /// The id of what was changed, as clients know it.
    pub subject: String,
    /// The fact, for example `organization.renamed`.
    pub action: String,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub before: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub after: Option<Json>,
    /// Whether it is about something that the operator has no part in.
    pub private: bool,
    /// The opportunity that it tells of: of a confidential one only those read it who may see that.
    pub opportunity_id: Option<OpportunityId>,
}

impl ActiveModelBehavior for ActiveModel {}
