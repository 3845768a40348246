//! An API key: shown once, kept as a hash.

use crate::id::{ApiKeyId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiKeyId,
    pub organization_id: OrganizationId,
    pub name: String,
    /// The visible part, unique in the installation.
    #[sea_orm(unique)]
    pub prefix: String,
    /// SHA-256 of the secret part, hexadecimal. The secret is random (256 bits), so a slow hash would add nothing.
    pub secret_hash: String,
    /// Words of `op::Scope`, joined by blanks.
    pub scopes: String,
    pub created_by: Option<PersonId>,
    pub created_at: DateTimeUtc,
    pub expires_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
    /// Kept to the minute, so that a busy key does not write with every request.
    pub last_used_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
