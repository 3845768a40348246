//! The GraphQL types of tiers, what they give and what they require.

use super::{
    loader::{BenefitsOf, RequirementsOf, SetsOf},
    types::Program,
};
use crate::{
    program::model::{
        self,
        judgment::{from_stored, version_on},
    },
    schema::{
        error::ContextExt,
        loader::load,
        scalar::{CurrencyCode, Date, Money, Url},
    },
};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::TypedId;
use iso_currency::Currency;
use rust_decimal::Decimal;

/// A tier of a program. Read by whoever reads the program.
pub struct Tier(pub model::Tier);

/// A tier of a program. Read by whoever reads the program.
#[Object]
impl Tier {
    /// The tier's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// Unique in the program whatever its case and accents, 1 to 100 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// 1 is the lowest, 1,000 the highest; tiers without an order between them share a rank.
    async fn rank(&self) -> i32 {
        self.0.rank
    }

    /// What it stands for, at most 2,000 characters.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// A picture to show beside a member's name.
    async fn badge_url(&self) -> Option<Url> {
        self.0.badge_url.clone().map(Url)
    }

    /// The program that it belongs to.
    async fn program(&self, ctx: &Context<'_>) -> Option<Result<Program>> {
        load(ctx, self.0.program_id).await.map(|found| found.map(Program)).transpose()
    }

    /// What its members get, in the host's order; at most 50.
    async fn benefits(&self, ctx: &Context<'_>) -> Result<Vec<Benefit>> {
        Ok(load(ctx, BenefitsOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Benefit::from).collect())
    }

    /// What it requires on a day; null where nothing is required then.
    async fn requirements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; today where nothing is said.")] on: Option<Date>,
    ) -> Result<Option<RequirementSet>> {
        let day = on.map_or(ctx.op()?.today(), |date| date.0);
        let sets = load(ctx, SetsOf(self.0.id)).await?.unwrap_or_default();
        match version_on(&sets, day) {
            Some(set) => requirements_of(ctx, set).await.map(Some),
            None => Ok(None),
        }
    }

    /// All versions of what it requires, the newest first; at most 500.
    async fn requirement_versions(&self, ctx: &Context<'_>) -> Result<Vec<RequirementSet>> {
        let sets = load(ctx, SetsOf(self.0.id)).await?.unwrap_or_default();
        let mut versions = Vec::with_capacity(sets.len());
        for set in &sets {
            versions.push(requirements_of(ctx, set).await?);
        }
        Ok(versions)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it, what it gives or what it requires was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change, of what it gives and requires too; give it as `expectedRevision` to change only
    /// what you have seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }
}

async fn requirements_of(ctx: &Context<'_>, set: &model::RequirementSet) -> Result<RequirementSet> {
    let all = load(ctx, RequirementsOf(set.tier_id)).await?.unwrap_or_default();
    let own = all.into_iter().filter(|requirement| requirement.version == set.version);
    Ok(RequirementSet {
        version: set.version,
        effective_from: Date(set.effective_from),
        requirements: own.map(Requirement::from).collect(),
    })
}

/// What a benefit is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::BenefitKind")]
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

/// Something that the members of a tier get.
#[derive(SimpleObject)]
pub struct Benefit {
    /// The benefit's id; a new one whenever the tier's benefits are written anew.
    pub id: ID,
    /// What it is.
    pub kind: BenefitKind,
    /// What it is called, 1 to 100 characters.
    pub name: String,
    /// What it means, at most 1,000 characters.
    pub description: Option<String>,
    /// Of a discount: how much, in basis points (hundredths of a percent), 1 to 10,000.
    pub basis_points: Option<i32>,
    /// Of credits: how much.
    pub amount: Option<Money>,
}

impl From<model::Benefit> for Benefit {
    fn from(row: model::Benefit) -> Self {
        let currency = row.currency.as_deref().and_then(Currency::from_code);
        Self {
            id: ID(row.id.global()),
            kind: row.kind.into(),
            name: row.name,
            description: row.description,
            basis_points: row.basis_points,
            amount: row.amount_minor.zip(currency).map(|(minor, currency)| Money::from_minor(minor, currency)),
        }
    }
}

/// One version of what a tier requires. The version in force on a day is the highest whose day has come.
#[derive(SimpleObject)]
pub struct RequirementSet {
    /// From 1, without gaps.
    pub version: i32,
    /// The first day on which it counts.
    pub effective_from: Date,
    /// All of them must be met; empty where nothing is required. At most 30.
    pub requirements: Vec<Requirement>,
}

/// What is measured.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::Metric")]
pub enum RequirementMetric {
    /// Money earned together, in the requirement's currency; adds up over the window. Other currencies do not count.
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
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::Operator")]
pub enum RequirementOperator {
    /// At least the threshold.
    Gte,
    /// At most the threshold.
    Lte,
    /// From the threshold to the upper threshold, both included.
    Between,
}

/// A measurable requirement.
#[derive(SimpleObject, Clone)]
pub struct Requirement {
    /// The requirement's id.
    pub id: ID,
    /// What is measured.
    pub metric: RequirementMetric,
    /// What a custom metric is called.
    pub name: Option<String>,
    /// How the value is compared.
    pub operator: RequirementOperator,
    /// With what.
    pub threshold: Decimal,
    /// The upper end of `BETWEEN`.
    pub upper_threshold: Option<Decimal>,
    /// The currency of revenue.
    pub currency_code: Option<CurrencyCode>,
    /// Months back from the day of judgment that count, 1 to 120; null for all time.
    pub window_months: Option<i32>,
}

impl From<model::Requirement> for Requirement {
    fn from(row: model::Requirement) -> Self {
        let amount = |stored| from_stored(stored, row.currency.as_deref());
        Self {
            id: ID(row.id.global()),
            metric: row.metric.into(),
            operator: row.operator.into(),
            threshold: amount(row.threshold),
            upper_threshold: row.upper_threshold.map(amount),
            currency_code: row.currency.as_deref().and_then(Currency::from_code).map(CurrencyCode),
            window_months: row.window_months,
            name: row.name,
        }
    }
}
