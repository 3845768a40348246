//! What partners of a tier or of a type see of an organization's account lists where no rule of their own says otherwise.

use super::sharing_rule::{SharedFields, SharingLevel};
use crate::{
    id::{AccountListId, OrganizationId, SharingDefaultId, TierId},
    value::PartnerTypes,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sharing_defaults")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SharingDefaultId,
    /// Whose lists it is about.
    pub organization_id: OrganizationId,
    /// The list; none for all of them.
    pub list_id: Option<AccountListId>,
    /// The tier of a program of the organization, where it is about the members of one.
    pub tier_id: Option<TierId>,
    /// The type of partner, one bit, where it is about partners of one; this or the tier is set, never both.
    pub partner_type: Option<PartnerTypes>,
    /// What it is about, in one text, so that there is one default for it: list, tier and type.
    #[sea_orm(unique)]
    pub scope_key: String,
    pub level: SharingLevel,
    pub fields: SharedFields,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
