//! The bundled programs, their tiers and what a tier asks and gives.

use chrono::NaiveDate;
use entity::{
    requirement::{Metric, Operator},
    tier_benefit::BenefitKind,
    value::PartnerType,
};
use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct ProgramData {
    pub(in crate::demo) slug: String,
    pub(in crate::demo) host: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) description: String,
    pub(in crate::demo) types: Vec<PartnerType>,
    pub(in crate::demo) grace_days: i32,
    pub(in crate::demo) reapply_days: i32,
    /// None for a draft.
    pub(in crate::demo) published: Option<NaiveDate>,
    #[serde(default)]
    pub(in crate::demo) tier: Vec<TierData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct TierData {
    pub(in crate::demo) name: String,
    pub(in crate::demo) rank: i32,
    pub(in crate::demo) description: Option<String>,
    #[serde(default)]
    pub(in crate::demo) benefits: Vec<BenefitData>,
    #[serde(default)]
    pub(in crate::demo) requirements: Vec<RequirementData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct BenefitData {
    pub(in crate::demo) kind: BenefitKind,
    pub(in crate::demo) name: String,
    pub(in crate::demo) description: Option<String>,
    pub(in crate::demo) percent: Option<i32>,
    pub(in crate::demo) amount: Option<Decimal>,
    pub(in crate::demo) currency: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct RequirementData {
    pub(in crate::demo) metric: Metric,
    pub(in crate::demo) name: Option<String>,
    pub(in crate::demo) operator: Operator,
    pub(in crate::demo) threshold: Decimal,
    pub(in crate::demo) currency: Option<String>,
    pub(in crate::demo) window: Option<i32>,
}
