//! A fact of a channel partnership: which party plays which role, and with which services.

use crate::id::{OrganizationId, PartnershipId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The role of a party in the channel of another.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChannelRole {
    /// Sells on.
    Reseller,
    /// Sells on with services of its own on top.
    Var,
    /// Runs it for its clients.
    Msp,
    /// Builds it into its clients' systems.
    ServiceIntegrator,
    /// Uses and recommends it with its clients.
    Agency,
    /// Advises.
    Consultant,
    /// Sells to resellers.
    Distributor,
    /// Names customers.
    Referral,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership_roles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub partnership_id: PartnershipId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: ChannelRole,
    /// A list of texts.
    #[sea_orm(column_type = "JsonBinary")]
    pub services: Json,
}

impl ActiveModelBehavior for ActiveModel {}
