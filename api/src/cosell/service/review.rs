//! The owner submits an opportunity to a program, and the program's host reviews it.

use super::{
    find, record_share,
    settle::{Settled, settle},
    sides_of,
};
use crate::{
    cosell::{
        event::OpportunityEvent,
        model::{
            FIELDS_ALL, Opportunity, PARTICIPANTS_MAX, ParticipantRole, REVIEW_COMMENT_MAX, REVIEW_REASON_MAX,
            ReviewStatus, ReviewStep, Sides, SnapshotTrigger, follow, is_ready_to_submit,
        },
        policy::{ReviewOpportunity, SubmitOpportunity},
        store::{self, Joining, ReviewWrite},
    },
    db::Tx,
    event,
    op::{ErrorCode, Op, Outcome, Permit, Refusal, check, check_revision},
    program::model::Program,
};
use entity::id::{OpportunityId, OrganizationId, ProgramId};

/// Submits an opportunity to a program, or submits it again after the host asked for something. The host takes part from
/// then on and sees all of it, which goes on record.
///
/// # Errors
/// `NOT_FOUND` for the opportunity and the program, `NOT_ALLOWED` also for whom is no member of the program,
/// `REVISION_MISMATCH`, `INVALID_STATE`, `INVALID_VALUE` for another program than before, `REQUIRED` and `OUT_OF_RANGE`
/// for what a host needs, `TOO_MANY` where ten take part already.
pub async fn submit(
    op: &Op,
    id: OpportunityId,
    program: Option<&str>,
    expected_revision: Option<i32>,
) -> Outcome<Opportunity> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<SubmitOpportunity>(id, &sides)?;
    check_revision(expected_revision, sides.opportunity.revision)?;
    let before = &sides.opportunity;
    let from = before.review_status;
    let status = follow(from, ReviewStep::Submit)?;
    let listings = store::list_listings(&*tx, &[id]).await?.len();
    is_ready_to_submit(before, listings, op.today())?;
    let chosen = choose_program(&tx, op, &sides, own, program).await?;
    if let Some(program) = &chosen {
        take_in_host(&tx, op, &permit, &sides, program.organization_id).await?;
    }
    let write = ReviewWrite {
        status,
        program: chosen.map(|program| (program.id, program.organization_id)),
        submitted_at: Some(op.now()),
        reviewed_at: None,
        reason: None,
        comment: None,
    };
    let opportunity = store::review_in(&tx, op, &permit, before, write).await?;
    let after = sides_of(&tx, opportunity).await?;
    if let Some(host) = after.opportunity.host_organization_id {
        record_share(&tx, op, &permit, &after, host, SnapshotTrigger::Submitted).await?;
    }
    event::record(&tx, op, OpportunityEvent::Reviewed { after: &after, from }.facts()).await?;
    tx.commit().await?;
    Ok(after.opportunity)
}

/// The program of a first submission; none for a further one, which goes to the same and needs the same.
async fn choose_program(
    tx: &Tx,
    op: &Op,
    sides: &Sides,
    own: OrganizationId,
    slug: Option<&str>,
) -> Outcome<Option<Program>> {
    const PATH: &str = "input.program";
    let submitted = sides.opportunity.program_id;
    let Some(slug) = slug else {
        let required = || Refusal::of(PATH, ErrorCode::Required, "Say to which program.");
        let program = submitted.ok_or_else(required)?;
        if !store::is_program_open_in(tx, program).await? {
            return Err(Refusal::invalid_state("The program takes no submissions any more.").into());
        }
        is_member(tx, op, program, own, PATH).await?;
        return Ok(None);
    };
    let program = store::find_program_in(tx, slug).await?.ok_or_else(|| Refusal::not_found(PATH))?;
    if program.organization_id == own {
        let message = "The host of a program needs no review of its own.";
        return Err(Refusal::of(PATH, ErrorCode::InvalidValue, message).into());
    }
    is_member(tx, op, program.id, own, PATH).await?;
    match submitted {
        Some(earlier) if earlier != program.id => {
            let message = "It is submitted again to the program that it was submitted to.";
            Err(Refusal::of(PATH, ErrorCode::InvalidValue, message).into())
        }
        Some(_) => Ok(None),
        None => Ok(Some(program)),
    }
}

/// Whoever left the program, or was put out of it, submits no more to it, nor again.
async fn is_member(tx: &Tx, op: &Op, program: ProgramId, own: OrganizationId, path: &str) -> Outcome<()> {
    if store::is_member_of_program_in(tx, program, own, op.today()).await? {
        return Ok(());
    }
    Err(Refusal::of(path, ErrorCode::NotAllowed, "Only members of the program submit to it.").into())
}

async fn take_in_host(
    tx: &Tx,
    op: &Op,
    permit: &Permit<SubmitOpportunity>,
    sides: &Sides,
    host: OrganizationId,
) -> Outcome<()> {
    // A partner that runs the program as well keeps its place and sees all of it now.
    if let Some(side) = sides.side(host) {
        store::share_in(tx, permit, side, FIELDS_ALL, side.may_invite).await?;
        return Ok(());
    }
    if sides.participants.len() >= PARTICIPANTS_MAX {
        let message = format!("At most {PARTICIPANTS_MAX} organizations take part.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    let joining = Joining {
        opportunity: sides.opportunity.id,
        organization: host,
        role: ParticipantRole::ProgramHost,
        fields: FIELDS_ALL,
        may_invite: false,
        stage: sides.opportunity.stage,
        target_close_date: sides.opportunity.target_close_date,
        loss_reason: None,
        invited_by: None,
    };
    Ok(store::join_in(tx, op, permit, joining).await?)
}

/// What a host does in a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The step: anything but submitting.
    pub step: ReviewStep,
    /// Why; needed to reject and to ask for something.
    pub reason: Option<String>,
    /// In words.
    pub comment: Option<String>,
}

/// Starts, approves, rejects or sends back: the host of the program.
///
/// Edits that the owner made meanwhile are applied when it is approved and given up when it is rejected; when something is
/// to be put right, those of them that may be edited then are applied and the others go on waiting. What cannot be applied
/// any more is given up, and the owner is told.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`, `REQUIRED`, `TOO_LONG`.
pub async fn decide(
    op: &Op,
    id: OpportunityId,
    decision: Decision,
    expected_revision: Option<i32>,
) -> Outcome<Opportunity> {
    op.own_organization()?;
    let reason = match decision.step {
        ReviewStep::Reject | ReviewStep::RequestAction => {
            Some(check::line("input.reason", decision.reason.as_deref().unwrap_or_default(), REVIEW_REASON_MAX)?)
        }
        _ => check::optional_line("input.reason", decision.reason.as_deref(), REVIEW_REASON_MAX)?,
    };
    let comment = check::optional_paragraph("input.comment", decision.comment.as_deref(), REVIEW_COMMENT_MAX)?;
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<ReviewOpportunity>(id, &sides)?;
    check_revision(expected_revision, sides.opportunity.revision)?;
    let from = sides.opportunity.review_status;
    let status = follow(from, decision.step)?;
    let reviewed_at = (status != ReviewStatus::InReview).then(|| op.now());
    let write = ReviewWrite { status, program: None, submitted_at: None, reviewed_at, reason, comment };
    let opportunity = store::review_in(&tx, op, &permit, &sides.opportunity, write).await?;
    let decided = Sides { opportunity, ..sides };
    let Settled { after, applied, given_up } = settle(&tx, op, &permit, decided).await?;
    let mut facts = OpportunityEvent::Reviewed { after: &after, from }.facts();
    if !applied.is_empty() {
        facts.extend(OpportunityEvent::Updated { after: &after, parts: &applied }.facts());
    }
    if !given_up.is_empty() {
        facts.extend(OpportunityEvent::EditGivenUp(&after, &given_up).facts());
    }
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(after.opportunity)
}
