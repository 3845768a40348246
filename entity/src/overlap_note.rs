//! What an organization wrote down for itself about two accounts that overlap. The other side never sees it.

use crate::id::{AccountId, OrganizationId, OverlapNoteId, PersonId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "overlap_notes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OverlapNoteId,
    /// Whose note it is.
    pub organization_id: OrganizationId,
    /// The organization's own account.
    pub own_account_id: AccountId,
    /// The partner's account: an overlap that is lost and found again has another id, and the same accounts.
    pub partner_account_id: AccountId,
    /// Both accounts, the own one first: what the notes of one overlap are found by.
    pub about: String,
    /// Who wrote it; none where a key did.
    pub author_id: Option<PersonId>,
    /// 1 to 2,000 characters.
    pub text: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
