//! How a membership stands against what tiers require.

use super::{
    loader::{MetricsOf, RequirementsOf, SetsOf, TiersOf},
    tier::{Requirement, Tier},
};
use crate::{
    op::Fault,
    program::model::{
        self,
        judgment::{from_stored, judge, version_on},
    },
    schema::loader::{load, load_many},
};
use async_graphql::{Context, Result, SimpleObject};
use chrono::NaiveDate;
use entity::id::TierId;
use rust_decimal::Decimal;

/// How a membership stands against what one tier requires.
#[derive(SimpleObject)]
pub struct TierExplanation {
    /// The tier.
    pub tier: Tier,
    /// The version of the requirements that it was judged by; null where the tier requires nothing on that day.
    pub requirement_version: Option<i32>,
    /// Whether all requirements are met; true where there are none.
    pub met: bool,
    /// Each requirement with what was measured.
    pub results: Vec<RequirementResult>,
}

/// How a membership stands against one requirement.
#[derive(SimpleObject)]
pub struct RequirementResult {
    /// The requirement.
    pub requirement: Requirement,
    /// What was measured: the sum over the window of what adds up, else the latest value in it; null where there is none.
    pub value: Option<Decimal>,
    /// What it is compared with.
    pub threshold: Decimal,
    /// How far the value is from what is required, 0 where it is met; null where there is no value.
    pub gap: Option<Decimal>,
    /// Whether it is met.
    pub met: bool,
}

/// Judges a membership on `day` by one tier of its program, or by all, the highest first.
pub(super) async fn explain(
    ctx: &Context<'_>,
    membership: &model::Membership,
    wanted: Option<TierId>,
    day: NaiveDate,
) -> Result<Vec<TierExplanation>> {
    let mut tiers = load(ctx, TiersOf(membership.program_id)).await?.unwrap_or_default();
    if let Some(wanted) = wanted {
        tiers.retain(|tier| tier.id == wanted);
        if tiers.is_empty() {
            return Err(Fault::bad_input("The tier is not one of the membership's program.").into());
        }
    }
    let ids: Vec<_> = tiers.iter().map(|tier| tier.id).collect();
    let (sets, requirements, values) = futures::try_join!(
        load_many(ctx, ids.iter().copied().map(SetsOf).collect()),
        load_many(ctx, ids.iter().copied().map(RequirementsOf).collect()),
        load(ctx, MetricsOf(membership.id)),
    )?;
    let sets: Vec<_> = sets.into_iter().flatten().collect();
    let requirements: Vec<_> = requirements.into_iter().flatten().collect();
    let values = values.unwrap_or_default();
    Ok(tiers.into_iter().map(|tier| explained(tier, &sets, &requirements, &values, day)).collect())
}

fn explained(
    tier: model::Tier,
    sets: &[model::RequirementSet],
    requirements: &[model::Requirement],
    values: &[model::MetricValue],
    day: NaiveDate,
) -> TierExplanation {
    let own: Vec<_> = sets.iter().filter(|set| set.tier_id == tier.id).cloned().collect();
    let version = version_on(&own, day).map(|set| set.version);
    let results: Vec<_> = requirements
        .iter()
        .filter(|requirement| requirement.tier_id == tier.id && Some(requirement.version) == version)
        .map(|requirement| result(requirement, values, day))
        .collect();
    let met = results.iter().all(|result| result.met);
    TierExplanation { tier: Tier(tier), requirement_version: version, met, results }
}

fn result(requirement: &model::Requirement, values: &[model::MetricValue], day: NaiveDate) -> RequirementResult {
    let verdict = judge(requirement, values, day);
    let amount = |stored| from_stored(stored, requirement.currency.as_deref());
    RequirementResult {
        value: verdict.value.map(amount),
        threshold: amount(requirement.threshold),
        gap: verdict.gap.map(amount),
        met: verdict.met,
        requirement: requirement.clone().into(),
    }
}
