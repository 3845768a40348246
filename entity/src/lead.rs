//! A lead: a possible customer that one organization names to a partner.

use crate::{
    id::{LeadId, OpportunityId, OrganizationId},
    value::Industry,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a lead is, as far as it was written down: one whose time has run out may still say `SENT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LeadStatus {
    /// Written down, and with nobody yet.
    New,
    /// Waits for the answer of a receiver.
    Sent,
    /// A receiver works on it.
    Accepted,
    /// It became an opportunity of the receiver.
    Converted,
    /// The last receiver said no, or gave it up.
    Declined,
    /// The last receiver did not answer in time.
    Expired,
    /// The sender took it back.
    Canceled,
}

/// How ready the customer is to buy.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LeadReadiness {
    /// Looks around.
    Low,
    /// Compares.
    Medium,
    /// Wants to buy.
    High,
}

/// What was found out about the customer.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LeadQualification {
    /// Nothing yet.
    None,
    /// The customer asked for it itself.
    Direct,
    /// Marketing found it worth a call.
    MarketingQualified,
    /// Sales spoke to the customer and found a need.
    SalesQualified,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "leads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LeadId,
    /// The sender.
    pub organization_id: OrganizationId,
    /// Whom it is with, or was with last.
    pub receiver_id: Option<OrganizationId>,
    pub status: LeadStatus,
    /// 1 to 120 characters.
    pub company_name: String,
    pub website: Option<String>,
    /// The registrable domain of the website, by which the company is found.
    pub company_domain: Option<String>,
    pub country_code: Option<String>,
    pub industry: Option<Industry>,
    pub readiness: LeadReadiness,
    pub qualification: LeadQualification,
    /// Days that each receiver has for its answer.
    pub answer_days: i32,
    /// By when the present receiver answers; set while it is `SENT` and only then.
    pub expires_at: Option<DateTimeUtc>,
    /// How many further receivers wait for their turn.
    pub waiting: i32,
    pub opportunity_id: Option<OpportunityId>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
