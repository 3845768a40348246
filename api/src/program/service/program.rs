//! Making, changing, publishing and retiring programs.

use crate::{
    db::{Claim, claim},
    event,
    op::{ErrorCode, Fault, Op, Outcome, Refusal, check, check_revision, taken},
    program::{
        event::ProgramEvent,
        model::{
            DAYS_MAX, PROGRAM_DESCRIPTION_MAX, PROGRAM_NAME_MAX, Program, ProgramDraft, ProgramPatch, ProgramStatus,
            program_word, status_may_follow,
        },
        policy::{CreateProgram, RunProgram},
        service::moderation,
        store,
    },
    text,
};
use chrono::NaiveDate;
use entity::id::ProgramId;

/// Creates a program as a draft of the actor's organization. An empty slug is made of the name.
///
/// # Errors
/// `NOT_ALLOWED`, `TAKEN`, `REQUIRED`, `TOO_LONG`, `OUT_OF_RANGE`, `INVALID_FORMAT`, `INVALID_VALUE`,
/// `IDEMPOTENCY_KEY_REUSED`.
pub async fn create(op: &Op, draft: ProgramDraft, idempotency_key: Option<&str>) -> Outcome<Program> {
    let host = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let permit = op.authorize::<CreateProgram>(host, &host)?;
    let draft = checked(draft)?;
    let tx = op.db().begin().await?;
    let id = match claim(&tx, op, host, "programCreate", idempotency_key, &draft).await? {
        Claim::Fresh(id) => ProgramId::from(id),
        Claim::Repeat(id) => {
            let made = store::find_program_in(&tx, op, id.into()).await?;
            return made.ok_or_else(|| Fault::internal("an idempotency key names no program").into());
        }
    };
    let program = store::insert_program_in(&tx, op, &permit, id, draft, ProgramStatus::Draft)
        .await
        .map_err(|error| taken(error, "input.slug"))?;
    event::record(&tx, op, vec![ProgramEvent::Created(&program).fact()]).await?;
    tx.commit().await?;
    Ok(program)
}

/// The draft with its texts tidied and everything within its bounds.
///
/// # Errors
/// The codes of [`create`] that are about values.
pub(super) fn checked(draft: ProgramDraft) -> Result<ProgramDraft, Refusal> {
    let name = check::line("input.name", &draft.name, PROGRAM_NAME_MAX)?;
    let slug = if draft.slug.is_empty() { text::slug(&name) } else { draft.slug };
    if !text::is_slug(&slug) {
        let message = "A slug has 1 to 80 lower-case letters, digits and single hyphens inside.";
        return Err(Refusal::of("input.slug", ErrorCode::InvalidFormat, message));
    }
    let description =
        check::optional_paragraph("input.description", draft.description.as_deref(), PROGRAM_DESCRIPTION_MAX)?;
    check::within("input.graceDays", draft.grace_days, &(0..=DAYS_MAX))?;
    check::within("input.reapplyDays", draft.reapply_days, &(0..=DAYS_MAX))?;
    ordered(draft.starts_on, draft.ends_on)?;
    Ok(ProgramDraft { slug, name, description, ..draft })
}

fn ordered(starts_on: Option<NaiveDate>, ends_on: Option<NaiveDate>) -> Result<(), Refusal> {
    match starts_on.zip(ends_on) {
        Some((starts, ends)) if ends <= starts => {
            Err(Refusal::of("input.endsOn", ErrorCode::InvalidValue, "The end must be after the start."))
        }
        _ => Ok(()),
    }
}

/// Changes a program.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `REQUIRED`, `TOO_LONG`, `OUT_OF_RANGE`, `INVALID_VALUE`.
pub async fn update(op: &Op, id: ProgramId, patch: ProgramPatch, expected_revision: Option<i32>) -> Outcome<Program> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = store::find_program_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<RunProgram>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    let changed = patched(&before, patch)?;
    let after = store::save_program_in(&tx, op, &permit, changed).await?;
    event::record(&tx, op, vec![ProgramEvent::Updated(&before, &after).fact()]).await?;
    if before.moderates_profiles != after.moderates_profiles {
        moderation::settle_members_in(&tx, op, id).await?;
    }
    tx.commit().await?;
    Ok(after)
}

fn patched(before: &Program, patch: ProgramPatch) -> Result<Program, Refusal> {
    let draft = checked(ProgramDraft {
        slug: before.slug.clone(),
        name: patch.name.unwrap_or_else(|| before.name.clone()),
        description: patch.description.unwrap_or_else(|| before.description.clone()),
        types: patch.types.unwrap_or(before.types),
        moderates_profiles: patch.moderates_profiles.unwrap_or(before.moderates_profiles),
        grace_days: patch.grace_days.unwrap_or(before.grace_days),
        reapply_days: patch.reapply_days.unwrap_or(before.reapply_days),
        starts_on: patch.starts_on.unwrap_or(before.starts_on),
        ends_on: patch.ends_on.unwrap_or(before.ends_on),
    })?;
    Ok(Program {
        name: draft.name,
        description: draft.description,
        types: draft.types,
        moderates_profiles: draft.moderates_profiles,
        grace_days: draft.grace_days,
        reapply_days: draft.reapply_days,
        starts_on: draft.starts_on,
        ends_on: draft.ends_on,
        ..before.clone()
    })
}

/// Publishes a draft, or a retired program again.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`.
pub async fn publish(op: &Op, id: ProgramId, expected_revision: Option<i32>) -> Outcome<Program> {
    change_status(op, id, ProgramStatus::Published, expected_revision).await
}

/// Retires a published program: its members stay and read it, and nobody joins any more.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`.
pub async fn retire(op: &Op, id: ProgramId, expected_revision: Option<i32>) -> Outcome<Program> {
    change_status(op, id, ProgramStatus::Retired, expected_revision).await
}

async fn change_status(
    op: &Op,
    id: ProgramId,
    status: ProgramStatus,
    expected_revision: Option<i32>,
) -> Outcome<Program> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = store::find_program_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<RunProgram>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    if !status_may_follow(before.status, status) {
        let message = format!("The program is {}.", program_word(before.status));
        return Err(Refusal::of("id", ErrorCode::InvalidState, message).into());
    }
    let after = store::save_program_in(&tx, op, &permit, Program { status, ..before.clone() }).await?;
    event::record(&tx, op, vec![ProgramEvent::StatusChanged(&before, &after).fact()]).await?;
    tx.commit().await?;
    Ok(after)
}
