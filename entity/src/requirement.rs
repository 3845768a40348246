//! A measurable requirement of one version of a tier's requirements.

use crate::id::{RequirementId, TierId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is measured.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Metric {
    /// Money earned together; adds up over the window.
    Revenue,
    /// Registered deals that the host approved; adds up over the window.
    ApprovedDealRegistrations,
    /// Deals won; adds up over the window.
    ClosedDeals,
    /// Deals registered; adds up over the window.
    DealsRegistered,
    /// Certificates held; the latest value in the window.
    Certifications,
    /// What the requirement's name says; the latest value in the window.
    Custom,
}

/// How a value is compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Operator {
    /// At least the threshold.
    Gte,
    /// At most the threshold.
    Lte,
    /// From the threshold to the upper threshold, both included.
    Between,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "requirements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RequirementId,
    pub tier_id: TierId,
    /// The version of the set that it belongs to.
    pub version: i32,
    /// The place in the set, from 0.
    pub position: i32,
    pub metric: Metric,
    /// What a custom metric is called, 1 to 100 characters.
    pub name: Option<String>,
    pub operator: Operator,
    /// Ten-thousandths: no currency of ISO 4217 has more than four digits after the point.
    pub threshold: i64,
    /// Ten-thousandths; only for `BETWEEN`.
    pub upper_threshold: Option<i64>,
    /// ISO 4217; only for revenue.
    pub currency: Option<String>,
    /// Months back from the day of judgment, 1 to 120; none for all time.
    pub window_months: Option<i32>,
}

impl ActiveModelBehavior for ActiveModel {}
