//! Programs are published, organizations join them, rise, fall, leave and come back.

use super::{
    data::{BenefitData, HistoryData, MetricData, ProgramData, RequirementData, StepData, StepKind, TierData},
    stage::{LoadFault, Show, Stage, Told},
};
use crate::{
    op::{Fault, Op},
    program::{
        model::{
            BenefitDraft, BenefitKind, MetricDraft, ProgramDraft, RequirementDraft, TierDraft, judgment::metric_key,
        },
        service::{membership, metric, program, request, tier},
    },
};
use entity::id::{ProgramId, TierId};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use std::collections::HashMap;

/// Makes a program with its tiers, and publishes it unless it is a draft.
pub(super) async fn found(stage: &mut Stage, data: &ProgramData) -> Told<()> {
    let fault = |failure| LoadFault::new(format!("founding {}", data.slug), failure);
    let op = stage.as_manager(&data.host)?;
    let draft = ProgramDraft {
        slug: data.slug.clone(),
        name: data.name.clone(),
        description: Some(data.description.clone()),
        types: data.types.iter().copied().collect(),
        moderates_profiles: false,
        grace_days: data.grace_days,
        reapply_days: data.reapply_days,
        starts_on: None,
        ends_on: None,
    };
    let made = program::create(&op, draft, None).await.map_err(fault)?;
    let mut tiers = HashMap::new();
    for data in &data.tier {
        tiers.insert(data.name.clone(), add_tier(&op, made.id, data).await?);
    }
    if data.published.is_some() {
        program::publish(&op, made.id, None).await.map_err(fault)?;
    }
    stage.shows.insert(data.slug.clone(), Show { host: data.host.clone(), tiers });
    Ok(())
}

async fn add_tier(op: &Op, program: ProgramId, data: &TierData) -> Told<TierId> {
    let fault = |failure| LoadFault::new(format!("the tier {}", data.name), failure);
    let draft =
        TierDraft { name: data.name.clone(), rank: data.rank, description: data.description.clone(), badge_url: None };
    let made = tier::create(op, program, draft).await.map_err(fault)?;
    if !data.benefits.is_empty() {
        let benefits: Told<Vec<BenefitDraft>> = data.benefits.iter().map(benefit).collect();
        tier::set_benefits(op, made.id, benefits?, None).await.map_err(fault)?;
    }
    if !data.requirements.is_empty() {
        let requirements: Told<Vec<RequirementDraft>> = data.requirements.iter().map(requirement).collect();
        tier::set_requirements(op, made.id, op.today(), requirements?, None).await.map_err(fault)?;
    }
    Ok(made.id)
}

fn benefit(data: &BenefitData) -> Told<BenefitDraft> {
    let amount = match (data.kind, data.amount, &data.currency) {
        // Both currencies of the files have two digits after the point.
        (BenefitKind::Credits, Some(amount), Some(currency)) => Some((scaled(amount, 100)?, currency.clone())),
        _ => None,
    };
    Ok(BenefitDraft {
        kind: data.kind,
        name: data.name.clone(),
        description: data.description.clone(),
        basis_points: data.percent.map(|percent| percent * 100),
        amount,
    })
}

fn requirement(data: &RequirementData) -> Told<RequirementDraft> {
    Ok(RequirementDraft {
        metric: data.metric,
        name: data.name.clone(),
        operator: data.operator,
        threshold: scaled(data.threshold, 10_000)?,
        upper_threshold: None,
        currency: data.currency.clone(),
        window_months: data.window,
    })
}

/// A number as a whole number of its parts.
fn scaled(number: Decimal, parts: i64) -> Told<i64> {
    let whole = number.checked_mul(parts.into()).and_then(|scaled| scaled.to_i64());
    whole.ok_or_else(|| LoadFault::new(format!("the number {number}"), Fault::internal("it is too large")))
}

/// One step of an organization's history in a program.
pub(super) async fn step(stage: &mut Stage, organization: &str, history: &HistoryData, step: &StepData) -> Told<()> {
    let slug = history.program.as_str();
    let fault = |failure| LoadFault::new(format!("{organization} in {slug} on {}", step.on), failure);
    let host = stage.as_manager(&stage.show(slug)?.host)?;
    let own = stage.as_manager(organization)?;
    let why = step.why.as_deref().unwrap_or_default();
    let tier = step.tier.as_deref().map(|name| stage.tier(slug, name)).transpose()?;
    match step.did {
        StepKind::Applied | StepKind::Joined => {
            let request = request::Request {
                program: slug.to_owned(),
                organization: None,
                types: history.types.iter().copied().collect(),
                message: step.why.clone(),
            };
            let applied = request::apply(&own, request, None).await.map_err(fault)?;
            stage.memberships.insert((slug.to_owned(), organization.to_owned()), applied.id);
            if step.did == StepKind::Joined {
                membership::approve(&host, applied.id, tier, None, None).await.map_err(fault)?;
            }
        }
        StepKind::Tier => {
            let id = stage.membership(slug, organization)?;
            let tier = tier.ok_or_else(|| fault(Fault::internal("a step without its tier").into()))?;
            membership::assign_tier(&host, id, tier, None, false, None).await.map_err(fault)?;
        }
        StepKind::Suspended => {
            membership::suspend(&host, stage.membership(slug, organization)?, why, None).await.map_err(fault)?;
        }
        StepKind::Left => {
            membership::terminate(&own, stage.membership(slug, organization)?, why, None).await.map_err(fault)?;
        }
    }
    Ok(())
}

/// Records a measured value.
pub(super) async fn measure(stage: &Stage, organization: &str, program: &str, data: &MetricData) -> Told<()> {
    let host = stage.as_manager(&stage.show(program)?.host)?;
    let draft = MetricDraft {
        metric: data.metric,
        key: metric_key(data.metric, data.name.as_deref(), data.currency.as_deref()),
        as_of: stage.day(data.on),
        value: scaled(data.value, 10_000)?,
    };
    let recorded = metric::record(&host, stage.membership(program, organization)?, draft).await;
    recorded.map_err(|failure| LoadFault::new(format!("measuring {organization}"), failure))?;
    Ok(())
}
