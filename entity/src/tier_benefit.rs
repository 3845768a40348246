//! Something that the members of a tier get.

use crate::id::{BenefitId, TierId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a benefit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BenefitKind {
    /// Less to pay, in percent.
    Discount,
    /// Money to use with the host.
    Credits,
    /// Entry to something: a sandbox, a portal, a person.
    Access,
    /// Customers that the host passes on.
    Leads,
    /// A badge to show.
    Badge,
    /// Something else.
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tier_benefits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BenefitId,
    pub tier_id: TierId,
    /// The place in the tier's list, from 0.
    pub position: i32,
    pub kind: BenefitKind,
    /// 1 to 100 characters.
    pub name: String,
    /// At most 1,000 characters.
    pub description: Option<String>,
    /// Basis points, 1 to 10,000; only for a discount.
    pub basis_points: Option<i32>,
    /// Minor units of `currency`; only for credits.
    pub amount_minor: Option<i64>,
    /// ISO 4217.
    pub currency: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
