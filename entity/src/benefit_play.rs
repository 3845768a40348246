//! What an organization does about companies that it and a partner both know, where it says otherwise than the default.

use crate::{account_list::AccountListKind, id::OrganizationId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What one does about a company that two partners know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BenefitPlayKind {
    /// One opens the door for the other.
    Introduce,
    /// One helps a deal of the other along.
    Accelerate,
    /// They sell together.
    CoSell,
    /// They make their products work together.
    Integrate,
    /// Nothing.
    None,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "benefit_plays")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    /// What the company is to the organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub own_kind: AccountListKind,
    /// What it is to the partner.
    #[sea_orm(primary_key, auto_increment = false)]
    pub partner_kind: AccountListKind,
    pub play: BenefitPlayKind,
    /// How it is done, at most 280 characters.
    pub text: Option<String>,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
