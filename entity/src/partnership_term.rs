//! A fact of a channel partnership: what a party earns, from when, until when.

use crate::id::{OrganizationId, PartnershipId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a rate is a share of.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TermBasis {
    /// The contract's value in its first year, once.
    AnnualContract,
    /// What the customer pays, as often as it pays.
    Recurring,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership_terms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub partnership_id: PartnershipId,
    /// The party that earns.
    #[sea_orm(primary_key, auto_increment = false)]
    pub payee_organization_id: OrganizationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub basis: TermBasis,
    #[sea_orm(primary_key, auto_increment = false)]
    pub effective_from: Date,
    /// The first day on which it no longer holds.
    pub effective_to: Option<Date>,
    /// Hundredths of a percent, 1 to 10,000.
    pub rate_basis_points: i32,
    /// ISO 4217.
    pub currency: String,
}

impl ActiveModelBehavior for ActiveModel {}
