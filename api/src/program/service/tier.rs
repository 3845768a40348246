//! Tiers, what they give and what they require.

use crate::db::Tx;
use crate::{
    event,
    op::{ErrorCode, Op, Outcome, Permit, Refusal, check, check_revision, taken},
    program::{
        event::ProgramEvent,
        model::{
            BENEFIT_DESCRIPTION_MAX, BENEFITS_MAX, Benefit, BenefitDraft, BenefitKind, Metric, NAME_MAX, Operator,
            Program, RANK_MAX, REQUIREMENTS_MAX, RequirementDraft, TIER_DESCRIPTION_MAX, TIERS_MAX, Tier, TierDraft,
            TierPatch, VERSIONS_MAX, WINDOW_MAX,
        },
        policy::RunProgram,
        store,
    },
};
use chrono::NaiveDate;
use entity::id::{ProgramId, TierId};
use serde_json::{Value, json};

/// Adds a tier to a program.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `TAKEN`, `TOO_MANY`, `REQUIRED`, `TOO_LONG`, `OUT_OF_RANGE`.
pub async fn create(op: &Op, program: ProgramId, draft: TierDraft) -> Outcome<Tier> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let program = store::find_program_in(&tx, op, program).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<RunProgram>(program.id, &program)?;
    let draft = checked(draft)?;
    let there = usize::try_from(store::count_tiers_in(&tx, program.id).await?).unwrap_or(usize::MAX);
    check::at_most("id", there.saturating_add(1), TIERS_MAX)?;
    let tier = store::insert_tier_in(&tx, op, &permit, op.new_id(), draft)
        .await
        .map_err(|error| taken(error, "input.name"))?;
    event::record(&tx, op, vec![ProgramEvent::TierCreated(&program, &tier).fact()]).await?;
    tx.commit().await?;
    Ok(tier)
}

/// The draft with its texts tidied and everything within its bounds.
pub(super) fn checked(draft: TierDraft) -> Result<TierDraft, Refusal> {
    Ok(TierDraft {
        name: check::line("input.name", &draft.name, NAME_MAX)?,
        rank: check::within("input.rank", draft.rank, &(1..=RANK_MAX))?,
        description: check::optional_paragraph(
            "input.description",
            draft.description.as_deref(),
            TIER_DESCRIPTION_MAX,
        )?,
        badge_url: draft.badge_url,
    })
}

/// A tier and its program, both held by the transaction, and the leave to change them.
struct Held {
    program: Program,
    tier: Tier,
    permit: Permit<RunProgram>,
}

async fn hold(tx: &Tx, op: &Op, id: TierId, expected_revision: Option<i32>) -> Outcome<Held> {
    op.signed_in()?;
    let unknown = || Refusal::not_found("id");
    let found = store::find_tier_in(tx, op, id).await?.ok_or_else(unknown)?;
    let program = store::find_program_in(tx, op, found.program_id).await?.ok_or_else(unknown)?;
    let permit = op.authorize::<RunProgram>(program.id, &program)?;
    // Read again: now that the program is locked, nobody else changes its tiers.
    let tier = store::find_tier_in(tx, op, id).await?.ok_or_else(unknown)?;
    check_revision(expected_revision, tier.revision)?;
    Ok(Held { program, tier, permit })
}

/// Changes a tier.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `TAKEN`, `REQUIRED`, `TOO_LONG`, `OUT_OF_RANGE`.
pub async fn update(op: &Op, id: TierId, patch: TierPatch, expected_revision: Option<i32>) -> Outcome<Tier> {
    let tx = op.db().begin().await?;
    let Held { program, tier, permit } = hold(&tx, op, id, expected_revision).await?;
    let draft = checked(TierDraft {
        name: patch.name.unwrap_or_else(|| tier.name.clone()),
        rank: patch.rank.unwrap_or(tier.rank),
        description: patch.description.unwrap_or_else(|| tier.description.clone()),
        badge_url: patch.badge_url.unwrap_or_else(|| tier.badge_url.clone()),
    })?;
    let changed = Tier {
        name: draft.name,
        rank: draft.rank,
        description: draft.description,
        badge_url: draft.badge_url,
        ..tier.clone()
    };
    let after = store::save_tier_in(&tx, op, &permit, changed).await.map_err(|error| taken(error, "input.name"))?;
    event::record(&tx, op, vec![ProgramEvent::TierUpdated(&program, &tier, &after).fact()]).await?;
    tx.commit().await?;
    Ok(after)
}

/// Removes a tier that no membership holds or ever held, and gives the program.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`.
pub async fn remove(op: &Op, id: TierId, expected_revision: Option<i32>) -> Outcome<Program> {
    let tx = op.db().begin().await?;
    let Held { program, tier, permit } = hold(&tx, op, id, expected_revision).await?;
    if store::tier_is_used_in(&tx, id).await? {
        let message = "Memberships hold or held this tier, and their history must stay readable.";
        return Err(Refusal::of("id", ErrorCode::InvalidState, message).into());
    }
    store::delete_tier_in(&tx, &permit, id).await?;
    event::record(&tx, op, vec![ProgramEvent::TierRemoved(&program, &tier).fact()]).await?;
    tx.commit().await?;
    Ok(program)
}

/// Writes anew what a tier gives.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `TOO_MANY`, `REQUIRED`, `TOO_LONG`, `OUT_OF_RANGE`, `INVALID_VALUE`.
pub async fn set_benefits(
    op: &Op,
    id: TierId,
    benefits: Vec<BenefitDraft>,
    expected_revision: Option<i32>,
) -> Outcome<Tier> {
    let tx = op.db().begin().await?;
    let Held { program, tier, permit } = hold(&tx, op, id, expected_revision).await?;
    check::at_most("input.benefits", benefits.len(), BENEFITS_MAX)?;
    let checked: Result<Vec<_>, Refusal> = benefits.into_iter().enumerate().map(checked_benefit).collect();
    let before = store::list_benefits_in(&tx, id).await?;
    store::replace_benefits_in(&tx, op, &permit, &tier, checked?).await?;
    let after = store::list_benefits_in(&tx, id).await?;
    let tier = store::save_tier_in(&tx, op, &permit, tier).await?;
    let fact = ProgramEvent::BenefitsSet(&program, &tier, shown_benefits(&before), shown_benefits(&after)).fact();
    event::record(&tx, op, vec![fact]).await?;
    tx.commit().await?;
    Ok(tier)
}

fn checked_benefit((index, draft): (usize, BenefitDraft)) -> Result<BenefitDraft, Refusal> {
    let path = |field: &str| format!("input.benefits.{index}.{field}");
    let misplaced = |field: &str, kind: &str| {
        Refusal::of(&path(field), ErrorCode::InvalidValue, format!("Only a benefit of kind {kind} has this."))
    };
    if let Some(points) = draft.basis_points {
        if draft.kind != BenefitKind::Discount {
            return Err(misplaced("basisPoints", "DISCOUNT"));
        }
        check::within(&path("basisPoints"), points, &(1..=10_000))?;
    }
    if let Some((minor, _)) = &draft.amount {
        if draft.kind != BenefitKind::Credits {
            return Err(misplaced("amount", "CREDITS"));
        }
        check::within(&path("amount"), *minor, &(1..=i64::MAX))?;
    }
    let description =
        check::optional_paragraph(&path("description"), draft.description.as_deref(), BENEFIT_DESCRIPTION_MAX)?;
    Ok(BenefitDraft { name: check::line(&path("name"), &draft.name, NAME_MAX)?, description, ..draft })
}

fn shown_benefits(benefits: &[Benefit]) -> Value {
    let shown = benefits.iter().map(|benefit| {
        json!({
            "kind": benefit.kind,
            "name": benefit.name,
            "basisPoints": benefit.basis_points,
            "amountMinor": benefit.amount_minor,
            "currencyCode": benefit.currency,
        })
    });
    shown.collect()
}

/// Writes a new version of what a tier requires, from a day on that has not passed. Earlier versions stay readable; one
/// whose day is later or the same is replaced, since the highest version whose day has come counts.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `TOO_MANY`, `REQUIRED`, `TOO_LONG`, `OUT_OF_RANGE`, `INVALID_VALUE`.
pub async fn set_requirements(
    op: &Op,
    id: TierId,
    effective_from: NaiveDate,
    requirements: Vec<RequirementDraft>,
    expected_revision: Option<i32>,
) -> Outcome<Tier> {
    let tx = op.db().begin().await?;
    let Held { program, tier, permit } = hold(&tx, op, id, expected_revision).await?;
    if effective_from < op.today() {
        let message = "What was required on a day that has passed cannot be changed.";
        return Err(Refusal::of("input.effectiveFrom", ErrorCode::OutOfRange, message).into());
    }
    check::at_most("input.requirements", requirements.len(), REQUIREMENTS_MAX)?;
    let checked: Result<Vec<_>, Refusal> = requirements.into_iter().enumerate().map(checked_requirement).collect();
    let checked = checked?;
    let version = store::newest_version_in(&tx, id).await? + 1;
    if version > VERSIONS_MAX {
        let message = format!("At most {VERSIONS_MAX} versions are kept.");
        return Err(Refusal::of("id", ErrorCode::TooMany, message).into());
    }
    let shown = shown_requirements(version, effective_from, &checked);
    store::insert_requirement_set_in(&tx, op, &permit, &tier, version, effective_from, checked).await?;
    let tier = store::save_tier_in(&tx, op, &permit, tier).await?;
    event::record(&tx, op, vec![ProgramEvent::RequirementsSet(&program, &tier, shown).fact()]).await?;
    tx.commit().await?;
    Ok(tier)
}

fn checked_requirement((index, draft): (usize, RequirementDraft)) -> Result<RequirementDraft, Refusal> {
    let path = |field: &str| format!("input.requirements.{index}.{field}");
    let only = |field: &str, given: bool, wanted: bool, what: &str| match (given, wanted) {
        (false, true) => Err(Refusal::of(&path(field), ErrorCode::Required, format!("{what} needs this."))),
        (true, false) => Err(Refusal::of(&path(field), ErrorCode::InvalidValue, format!("Only {what} has this."))),
        _ => Ok(()),
    };
    only("name", draft.name.is_some(), draft.metric == Metric::Custom, "a custom metric")?;
    only("currencyCode", draft.currency.is_some(), draft.metric == Metric::Revenue, "revenue")?;
    let between = draft.operator == Operator::Between;
    only("upperThreshold", draft.upper_threshold.is_some(), between, "the operator BETWEEN")?;
    if draft.upper_threshold.is_some_and(|upper| upper < draft.threshold) {
        let message = "The upper threshold is below the threshold.";
        return Err(Refusal::of(&path("upperThreshold"), ErrorCode::InvalidValue, message));
    }
    if let Some(months) = draft.window_months {
        check::within(&path("windowMonths"), months, &(1..=WINDOW_MAX))?;
    }
    let name = draft.name.as_deref().map(|name| check::line(&path("name"), name, NAME_MAX)).transpose()?;
    Ok(RequirementDraft { name, ..draft })
}

fn shown_requirements(version: i32, effective_from: NaiveDate, requirements: &[RequirementDraft]) -> Value {
    let shown: Vec<_> = requirements
        .iter()
        .map(|requirement| {
            json!({
                "metric": requirement.metric,
                "name": requirement.name,
                "operator": requirement.operator,
                "thresholdTenThousandths": requirement.threshold,
                "upperThresholdTenThousandths": requirement.upper_threshold,
                "currencyCode": requirement.currency,
                "windowMonths": requirement.window_months,
            })
        })
        .collect();
    json!({ "version": version, "effectiveFrom": effective_from, "requirements": shown })
}
