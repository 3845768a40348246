//! The record of one change of what a partner may see: who agreed to what, and when. It never changes.

use crate::id::{AccountListId, OrganizationId, SharingConsentId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsentKind {
    /// A rule.
    Rule,
    /// A default.
    Default,
    /// An exploratory mapping.
    Exploratory,
    /// Whether the two are partners at all.
    Relation,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sharing_consents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SharingConsentId,
    /// Whose data it is about, or who has part in it.
    pub organization_id: OrganizationId,
    /// Who sees it; none for a default, which is about whoever it fits.
    pub partner_id: Option<OrganizationId>,
    /// The list; none where it is not about one.
    pub list_id: Option<AccountListId>,
    pub kind: ConsentKind,
    /// What was agreed before; none where nothing was.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub before: Option<Json>,
    /// What is agreed now; none where nothing is.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub after: Option<Json>,
    /// `person`, `key`, `operator` or `system`; `undisclosed` where the organization may not know who it was.
    pub actor_kind: String,
    /// The person or key.
    pub actor_id: Option<Uuid>,
    /// The organization that the actor acted for.
    pub actor_organization_id: Option<OrganizationId>,
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
