//! Each side writes its own: where it stands, when it closes, what it does next, who its people are.

use super::{find, invite::canceled, not_archived, own_side, record_update, sides_of};
use crate::{
    cosell::{
        event::OpportunityEvent,
        model::{
            LossReason, Move, Mover, NEXT_STEPS_MAX, Opportunity, OpportunityField, OpportunityStage, Part,
            Participant, ParticipantRole, RESPONSIBILITY_MAX, SidePatch, Sides, TEAM_MAX, TeamDraft, check_move,
            close_date, editable, has, is_open, set_close_date,
        },
        policy::WriteSide,
        store::{self, MoveWrite},
    },
    db::Tx,
    event,
    op::{ErrorCode, Op, Outcome, Permit, Refusal, check, check_revision},
    organization,
};
use entity::id::{OpportunityId, OrganizationId, PersonId};

fn mover(side: &Participant) -> Mover {
    match side.role {
        ParticipantRole::Owner => Mover::Owner,
        ParticipantRole::ProgramHost => Mover::Host,
        _ => Mover::Participant,
    }
}

/// Moves the actor's side: the owner's is the opportunity's own stage, anybody else's is that side's account. Where a deal
/// stands is no edit of what a host judges, so it moves while a review runs too.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`, `REQUIRED`, `INVALID_VALUE`.
pub async fn advance(
    op: &Op,
    id: OpportunityId,
    to: OpportunityStage,
    loss_reason: Option<LossReason>,
    expected_revision: Option<i32>,
) -> Outcome<Opportunity> {
    op.own_organization()?;
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<WriteSide>(id, &sides)?;
    check_revision(expected_revision, sides.opportunity.revision)?;
    let (after, facts) = advance_in(&tx, op, &permit, sides, to, loss_reason).await?;
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(after.opportunity)
}

/// Moves the actor's side inside of a transaction whose owner has locked the opportunity and records the facts.
///
/// # Errors
/// As [`advance`], but for the revision.
pub(in crate::cosell) async fn advance_in(
    tx: &Tx,
    op: &Op,
    permit: &Permit<WriteSide>,
    sides: Sides,
    to: OpportunityStage,
    loss_reason: Option<LossReason>,
) -> Outcome<(Sides, Vec<event::Fact>)> {
    let own = op.own_organization()?;
    let side = own_side(&sides, own)?;
    check_move(Move { from: Some(side.stage), to, loss_reason }, mover(side), &sides.opportunity)?;
    let step = MoveWrite { from: Some(side.stage), to, loss_reason };
    let step = store::move_in(tx, op, permit, side, step).await?;
    let before = &sides.opportunity;
    let opportunity = if sides.is_owner(own) {
        let after = Opportunity { stage: to, loss_reason, ..before.clone() };
        store::update_in(tx, op, permit, before, after).await?
    } else {
        store::touch_in(tx, op, permit, before).await?
    };
    // Nobody joins a deal that is over.
    let over = sides.is_owner(own) && !is_open(to);
    let closed = if over { store::cancel_open_of_in(tx, op, permit, None).await? } else { Vec::new() };
    let after = sides_of(tx, opportunity).await?;
    let facts = OpportunityEvent::Moved(&after, &step).facts().into_iter().chain(canceled(&after, &closed)).collect();
    Ok((after, facts))
}

/// Writes when the actor's side expects to close, what it does next, and who its people are.
///
/// # Errors
/// `NOT_FOUND` for the opportunity and for members of other organizations, `NOT_ALLOWED`, `REVISION_MISMATCH`,
/// `INVALID_STATE` for one that is archived and for the owner's day while a review does not let it change,
/// `OUT_OF_RANGE`, `TOO_LONG`, `TOO_MANY`, `INVALID_VALUE`, `REQUIRED` for a confidential one that would have nobody.
pub async fn update_side(
    op: &Op,
    id: OpportunityId,
    patch: SidePatch,
    expected_revision: Option<i32>,
) -> Outcome<Opportunity> {
    let own = op.own_organization()?;
    let next_steps = match patch.next_steps {
        None => None,
        Some(text) => Some(check::optional_line("input.nextSteps", text.as_deref(), NEXT_STEPS_MAX)?),
    };
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<WriteSide>(id, &sides)?;
    check_revision(expected_revision, sides.opportunity.revision)?;
    not_archived(&sides.opportunity)?;
    let side = own_side(&sides, own)?;
    let mut written = Vec::new();
    let day = patch.target_close_date.filter(|day| *day != side.target_close_date);
    if let Some(day) = day {
        if sides.is_owner(own) && !editable(sides.opportunity.review_status).allows(Part::TargetCloseDate) {
            let message = "While the review runs, change the day with opportunityUpdate, which keeps the edit.";
            return Err(Refusal::invalid_state(message).into());
        }
        close_date(day, side.stage, op.today())?;
        written.push(OpportunityField::TargetCloseDate);
    }
    let next_steps = next_steps.filter(|text| *text != side.next_steps);
    if next_steps.is_some() {
        written.push(OpportunityField::NextSteps);
    }
    store::write_side_in(&tx, op, &permit, side, day, next_steps).await?;
    if let Some(team) = patch.team {
        name_people(&tx, op, &permit, &sides, own, team).await?;
        written.push(OpportunityField::Team);
    }
    if written.is_empty() {
        return Ok(sides.opportunity);
    }
    let before = &sides.opportunity;
    let opportunity = match day {
        Some(day) if sides.is_owner(own) => {
            let mut after = before.clone();
            set_close_date(&mut after, day);
            store::update_in(&tx, op, &permit, before, after).await?
        }
        _ => store::touch_in(&tx, op, &permit, before).await?,
    };
    let after = sides_of(&tx, opportunity).await?;
    if sides.is_owner(own) {
        record_update(&tx, op, &permit, &after, |side| written.iter().any(|field| has(side.fields, *field))).await?;
    }
    let event = OpportunityEvent::SideChanged { after: &after, organization: own, written: &written };
    event::record(&tx, op, event.facts()).await?;
    tx.commit().await?;
    Ok(after.opportunity)
}

async fn name_people(
    tx: &Tx,
    op: &Op,
    permit: &Permit<WriteSide>,
    sides: &Sides,
    own: OrganizationId,
    team: Vec<TeamDraft>,
) -> Outcome<()> {
    const PATH: &str = "input.team";
    check::at_most(PATH, team.len(), TEAM_MAX)?;
    if team.is_empty() && sides.opportunity.confidential {
        let message = "A confidential opportunity is seen by named people only: name one.";
        return Err(Refusal::of(PATH, ErrorCode::Required, message).into());
    }
    let mut people: Vec<(PersonId, Option<String>)> = Vec::new();
    for draft in team {
        let found = organization::service::find_person_in(tx, own, draft.member).await?;
        let person = found.ok_or_else(|| Refusal::not_found(PATH))?;
        if people.iter().any(|(named, _)| *named == person) {
            return Err(Refusal::of(PATH, ErrorCode::InvalidValue, "A person is named once.").into());
        }
        let responsibility = check::optional_line(PATH, draft.responsibility.as_deref(), RESPONSIBILITY_MAX)?;
        people.push((person, responsibility));
    }
    Ok(store::replace_team_in(tx, op, permit, own, people).await?)
}
