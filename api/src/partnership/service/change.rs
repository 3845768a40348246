//! What becomes of a partnership: its facts, its people, its end. And the ones that the operator records.

use super::sides_of;
use crate::db::Tx;
use crate::{
    event,
    op::{ErrorCode, Op, Outcome, Refusal, check, check_revision},
    organization,
    partnership::{
        event::PartnershipEvent,
        model::{
            COMMENT_MAX, DESCRIPTION_MAX, End, Facts, FactsPatch, PARTIES_MAX, PartnerType, Partnership, RecordedFact,
            SOURCE_MAX, STATE_MAX, Setting, SidePatch, Sides, check_end, must_be_active, recorded_key,
        },
        policy::{ChangePartnership, ChangeSide, RecordPartnership},
        store,
    },
};
use entity::id::{MemberId, OrganizationId, PartnershipId, PersonId};

/// Changes the facts.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` where it has ended, and those of [`Facts::patched`].
pub async fn update(
    op: &Op,
    id: PartnershipId,
    patch: FactsPatch,
    expected_revision: Option<i32>,
) -> Outcome<Partnership> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<ChangePartnership>(id, &sides)?;
    check_revision(expected_revision, sides.partnership.revision)?;
    must_be_active(&sides.partnership, op.today())?;

    let before = store::read_facts_in(&tx, &sides.partnership).await?;
    // A party that left may still stand in facts that stay, but in no new ones.
    let present: Vec<OrganizationId> = sides.parties.iter().map(|party| party.organization_id).collect();
    let parties = store::list_slugs_in(&tx, &present).await?;
    let setting = Setting { parties: &parties, today: op.today(), founding: false };
    let after = before.patched(patch, setting)?;
    if sides.parties.len() > 2 && !after.types.iter().any(|kind| kind == PartnerType::Strategic) {
        let message = "A partnership of more than two parties stays STRATEGIC.";
        return Err(Refusal::of("input.types", ErrorCode::InvalidState, message).into());
    }
    store::replace_facts_in(&tx, &permit, &before, &after).await?;
    let partnership = store::update_in(&tx, op, &permit, &sides.partnership, &after).await?;
    let event = PartnershipEvent::Updated { sides: &sides, before: &before, after: &after };
    event::record(&tx, op, event.facts()).await?;
    tx.commit().await?;
    Ok(partnership)
}

/// Says of the actor's own side who manages and sponsors the partnership, and whether it is to be public.
///
/// # Errors
/// `NOT_FOUND` for the partnership and for members of other organizations, `NOT_ALLOWED`, `INVALID_STATE` where it has
/// ended.
pub async fn assign(op: &Op, id: PartnershipId, patch: SidePatch) -> Outcome<Partnership> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    let before = find(&tx, op, id).await?;
    let permit = op.authorize::<ChangeSide>(id, &before)?;
    must_be_active(&before.partnership, op.today())?;
    let side = before.side(own).ok_or_else(|| Refusal::not_found("id"))?;
    let change = store::SideWrite {
        manager: find_person(&tx, own, patch.manager, "input.managerMember").await?,
        sponsor: find_person(&tx, own, patch.sponsor, "input.sponsorMember").await?,
        listed: patch.listed,
    };
    let partnership = store::update_side_in(&tx, op, &permit, &before.partnership, side, change).await?;
    let after = sides_of(&tx, partnership).await?;
    let event = PartnershipEvent::SideChanged { before: &before, after: &after, organization: own };
    event::record(&tx, op, event.facts()).await?;
    tx.commit().await?;
    Ok(after.partnership)
}

async fn find_person(
    tx: &Tx,
    own: OrganizationId,
    member: Option<Option<MemberId>>,
    path: &str,
) -> Outcome<Option<Option<PersonId>>> {
    match member {
        None => Ok(None),
        Some(None) => Ok(Some(None)),
        Some(Some(member)) => {
            let person = organization::service::find_person_in(tx, own, member).await?;
            let person = person.ok_or_else(|| Refusal::not_found(path))?;
            Ok(Some(Some(person)))
        }
    }
}

/// Takes the actor's organization out of a partnership that at least two others go on with.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` where it has ended or only two are in it.
pub async fn leave(op: &Op, id: PartnershipId, expected_revision: Option<i32>) -> Outcome<Partnership> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    let before = find(&tx, op, id).await?;
    let permit = op.authorize::<ChangeSide>(id, &before)?;
    check_revision(expected_revision, before.partnership.revision)?;
    must_be_active(&before.partnership, op.today())?;
    let side = before.side(own).ok_or_else(|| Refusal::not_found("id"))?;
    if before.parties.len() <= 2 {
        let message = "A partnership needs two parties. End it instead.";
        return Err(Refusal::invalid_state(message).into());
    }
    let after = store::leave_in(&tx, op, &permit, &before.partnership, side).await?;
    event::record(&tx, op, PartnershipEvent::Left(&before, own).facts()).await?;
    tx.commit().await?;
    Ok(after)
}

/// Ends a partnership for all of its parties, today or on a later day.
///
/// # Errors
/// `NOT_FOUND` for the partnership and the acquirer, `NOT_ALLOWED`, `REVISION_MISMATCH`, `TOO_LONG`, and those of
/// [`check_end`].
pub async fn end(op: &Op, id: PartnershipId, mut end: End, expected_revision: Option<i32>) -> Outcome<Partnership> {
    op.signed_in()?;
    end.comment = check::optional_paragraph("input.comment", end.comment.as_deref(), COMMENT_MAX)?;
    let tx = op.db().begin().await?;
    let before = find(&tx, op, id).await?;
    let permit = op.authorize::<ChangePartnership>(id, &before)?;
    check_revision(expected_revision, before.partnership.revision)?;
    let ends_on = check_end(&before.partnership, &end, op.today())?;
    let acquired_by = match &end.acquired_by {
        None => None,
        Some(slug) => {
            let found = organization::service::find_by_slug_in(&tx, op, slug).await?;
            Some(found.ok_or_else(|| Refusal::not_found("input.acquiredBy"))?.id)
        }
    };
    let write = store::EndWrite {
        ends_on,
        reason: end.reason,
        comment: end.comment,
        // The operator ends what it recorded without being a party of it.
        ended_by: op.actor.organization().filter(|own| before.side(*own).is_some()),
        acquired_by,
    };
    let partnership = store::end_in(&tx, op, &permit, &before.partnership, write).await?;
    let after = Sides { partnership, parties: before.parties.clone() };
    event::record(&tx, op, PartnershipEvent::Ended { before: &before, after: &after }.facts()).await?;
    tx.commit().await?;
    Ok(after.partnership)
}

/// Records a partnership that a public source names, without the doing of its parties. It is public where all of them
/// have a public page, until one of them takes it off.
///
/// # Errors
/// `NOT_ALLOWED` for anybody but the operator, `ALREADY_EXISTS` where one of the same organizations is recorded,
/// `INVALID_VALUE` without two different parties, `REQUIRED`, `TOO_LONG`, `TOO_MANY`.
pub async fn record_fact(op: &Op, fact: RecordedFact) -> Outcome<Partnership> {
    let id: PartnershipId = op.new_id();
    let permit = op.authorize::<RecordPartnership>(id, &())?;
    check::at_most("parties", fact.parties.len(), PARTIES_MAX)?;
    let mut different = fact.parties.clone();
    different.sort();
    different.dedup();
    if different.len() < 2 || different.len() < fact.parties.len() {
        let message = "A partnership has two different parties at least.";
        return Err(Refusal::of("parties", ErrorCode::InvalidValue, message).into());
    }
    let source = check::line("source", &fact.source, SOURCE_MAX)?;
    let state = check::line("state", &fact.state, STATE_MAX)?;
    let description = check::paragraph("description", &fact.description, DESCRIPTION_MAX)?;
    let patch = FactsPatch { types: Some(fact.types), description: Some(Some(description)), ..FactsPatch::default() };
    let facts = Facts::default().patched(patch, Setting { parties: &[], today: op.today(), founding: true })?;

    let tx = op.db().begin().await?;
    let guard = recorded_key(&fact.parties);
    store::free_guard_in(&tx, &guard, op.today()).await?;
    let draft = store::Draft {
        id,
        parties: fact.parties,
        facts: facts.clone(),
        guard,
        started_on: fact.started_on,
        recorded: Some((source, state)),
    };
    let partnership = store::insert_recorded_in(&tx, op, &permit, draft).await?;
    let sides = sides_of(&tx, partnership).await?;
    event::record(&tx, op, PartnershipEvent::Recorded(&sides, &facts).facts()).await?;
    tx.commit().await?;
    Ok(sides.partnership)
}

/// The visible partnership with its present parties, its row locked until the transaction ends.
async fn find(tx: &Tx, op: &Op, id: PartnershipId) -> Outcome<Sides> {
    let partnership = store::find_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    Ok(sides_of(tx, partnership).await?)
}
