//! Disputes: one side says that two accounts are, or are not, the same; the other agrees or does not.

use super::hold::{Two, hold};
use crate::{
    db::Tx,
    event,
    op::{ErrorCode, Failure, Fault, Op, Outcome, Refusal, check, check_revision},
    overlap::{
        event::DisputeEvent,
        model::{self, DisputeStatus, DisputeVerdict, NOTE_MAX, Overlap, OverlapDispute, disputed_already},
        policy::{AnswerDispute, CompareLists, RaiseDispute, WithdrawDispute},
        scope::{self, OpenPair},
        store::{self, DisputeChange, NewDispute},
    },
    sharing::model::{MappingPair, SharingLevel},
};
use entity::id::{AccountId, OrganizationId, OverlapDisputeId};

/// A dispute to be raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raising {
    /// The account of the organization that raises it.
    pub own: AccountId,
    /// The partner's account.
    pub partner: AccountId,
    /// What is said of them.
    pub verdict: DisputeVerdict,
    /// Why.
    pub note: Option<String>,
}

/// Says of two accounts that they are, or are not, the same. It takes effect for both sides at once.
///
/// # Errors
/// `NOT_FOUND` for an account that the actor does not see, `NOT_ALLOWED`, `INVALID_STATE` where it is so already,
/// `ALREADY_EXISTS` where a dispute about the two holds, `TOO_LONG`.
pub async fn raise(op: &Op, raising: Raising) -> Outcome<OverlapDispute> {
    let own = op.own_organization()?;
    let permit = op.authorize::<RaiseDispute>(own, &own)?;
    let note = check::optional_paragraph("input.note", raising.note.as_deref(), NOTE_MAX)?;
    let open = open_between(op, own, raising.own, raising.partner).await?;
    let (left, right) = match open.own_is_left {
        true => (raising.own, raising.partner),
        false => (raising.partner, raising.own),
    };
    let sides = sides(op, &open.pair, own).await?;
    let engine = op.as_system();
    let compare = engine.authorize::<CompareLists>(open.pair.id, &())?;

    let tx = op.db().begin().await?;
    let result = store::lock_result_in(&tx, &compare).await?;
    let kept = store::find_kept(&*tx, open.pair.id, result.run, left, right).await?;
    let new = NewDispute { left, right, verdict: raising.verdict, note };
    // Nobody raises another one meanwhile: that takes the pair's result too.
    let holding = store::list_holding(&*tx, open.pair.left_list_id, open.pair.right_list_id).await?;
    if holding.iter().any(|dispute| (dispute.left_account_id, dispute.right_account_id) == (left, right)) {
        return Err(disputed_already().into());
    }
    let after = store::insert_dispute_in(&tx, op, &permit, &open.pair, new).await?;
    let is_seen = kept.as_ref().is_some_and(|kept| !kept.hidden);
    match raising.verdict {
        DisputeVerdict::Same if is_seen => {
            return Err(Refusal::invalid_state("The two are taken for the same already.").into());
        }
        DisputeVerdict::NotSame if !is_seen => {
            return Err(Refusal::invalid_state("The two are not taken for the same.").into());
        }
        _ => {}
    }
    let two = Two { pair: &open.pair, left, right };
    let kept = hold(&tx, op, &compare, &two, result, Some(raising.verdict)).await?;
    let overlap = kept.map(|kept| kept.id);
    event::record(&tx, op, DisputeEvent { before: None, after: &after, overlap, sides }.facts()).await?;
    tx.commit().await?;
    Ok(after)
}

/// The open pair of two accounts, where the actor's organization has the one and is shown the other now.
async fn open_between(op: &Op, viewer: OrganizationId, own: AccountId, partner: AccountId) -> Outcome<OpenPair> {
    let connection = op.db().read();
    let accounts = store::list_accounts(connection, [own, partner]).await?;
    let not_found = |path: &str| Failure::from(Refusal::not_found(path));
    let ours = accounts.get(&own).ok_or_else(|| not_found("input.own"))?;
    let theirs = accounts.get(&partner).ok_or_else(|| not_found("input.partner"))?;
    let lists = [(ours.list_id, theirs.list_id), (theirs.list_id, ours.list_id)];
    let pairs = store::list_pairs_of_lists(connection, &lists).await?;
    let open = scope::open(connection, op.now(), viewer, pairs).await?;
    let open = open.into_values().find(|open| open.own.list_id == ours.list_id);
    let open = open.ok_or_else(|| not_found("input.partner"))?;
    let is_shown = match open.partner.level {
        SharingLevel::All => true,
        SharingLevel::Overlapping => {
            // Any overlap of it with a list of the viewer's shows it.
            let partner_id = scope::partner_in(open.pair.left_id, open.pair.right_id, open.partner.subject_id, viewer);
            let partner_id = partner_id.ok_or_else(|| not_found("input.partner"))?;
            let view = scope::view(connection, op.now(), viewer, partner_id).await?;
            let pairs: Vec<_> = view
                .pairs
                .iter()
                .filter(|other| other.shows_rows() && other.partner.list_id == open.partner.list_id)
                .map(OpenPair::read)
                .collect();
            store::has_overlap(connection, &pairs, partner).await?
        }
        SharingLevel::CountsOnly | SharingLevel::Hidden => false,
    };
    if is_shown { Ok(open) } else { Err(not_found("input.partner")) }
}

/// Who is told of a dispute that `raiser` raised, each with the other one: itself, and the other side where that one is
/// shown overlaps of the pair now.
async fn sides(
    op: &Op,
    pair: &MappingPair,
    raiser: OrganizationId,
) -> Result<Vec<(OrganizationId, OrganizationId)>, Fault> {
    let connection = op.db().read();
    let pairs = store::list_pairs_by_ids(connection, [pair.id]).await?;
    let mut told = Vec::new();
    for side in [pair.left_id, pair.right_id] {
        if told.iter().any(|(told, _)| *told == side) {
            continue;
        }
        let Some((_, subject)) = pairs.first() else { continue };
        let Some(partner) = scope::partner_in(pair.left_id, pair.right_id, *subject, side) else { continue };
        let open = scope::open(connection, op.now(), side, pairs.clone()).await?;
        if side == raiser || open.get(&pair.id).is_some_and(OpenPair::shows_rows) {
            told.push((side, partner));
        }
    }
    Ok(told)
}

/// A dispute that the actor's organization sees: one that it raised, or one about a pair whose overlaps it is shown now.
async fn seen(op: &Op, own: OrganizationId, id: OverlapDisputeId) -> Outcome<(OverlapDispute, Option<MappingPair>)> {
    let not_found = || Refusal::not_found("id");
    let found = store::list_disputes_by_ids(op, &[id]).await?.pop().ok_or_else(not_found)?;
    let lists = [(found.left_list_id, found.right_list_id)];
    let pairs = store::list_pairs_of_lists(op.db().read(), &lists).await?;
    let pair = pairs.first().map(|(pair, _)| pair.clone());
    if found.raised_by != own {
        let open = scope::open(op.db().read(), op.now(), own, pairs).await?;
        if !open.values().any(OpenPair::shows_rows) {
            return Err(not_found().into());
        }
    }
    Ok((found, pair))
}

/// Agrees to a dispute, or rejects it, which takes it back at once.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`, `TOO_LONG`.
pub async fn answer(
    op: &Op,
    id: OverlapDisputeId,
    agree: bool,
    words: Option<String>,
    expected_revision: Option<i32>,
) -> Outcome<OverlapDispute> {
    op.signed_in()?;
    let own = op.own_organization()?;
    let (found, pair) = seen(op, own, id).await?;
    let permit = op.authorize::<AnswerDispute>(id, &found)?;
    let words = check::optional_paragraph("input.answer", words.as_deref(), NOTE_MAX)?;
    let told = told(op, &found, pair.as_ref()).await?;
    let tx = op.db().begin().await?;
    let before = held(&tx, op, &found, pair.as_ref(), agree).await?;
    check_revision(expected_revision, before.0.revision)?;
    model::answer(&before.0)?;
    let status = if agree { DisputeStatus::Agreed } else { DisputeStatus::Rejected };
    let change = DisputeChange::Answer(status, words);
    let after = store::update_dispute_in(&tx, op, &permit, &before.0, change).await?;
    finish(tx, op, &before.0, after, before.1, told).await
}

/// Takes a dispute back that the actor's organization raised.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`.
pub async fn withdraw(op: &Op, id: OverlapDisputeId, expected_revision: Option<i32>) -> Outcome<OverlapDispute> {
    op.signed_in()?;
    let own = op.own_organization()?;
    let (found, pair) = seen(op, own, id).await?;
    let permit = op.authorize::<WithdrawDispute>(id, &found)?;
    let told = told(op, &found, pair.as_ref()).await?;
    let tx = op.db().begin().await?;
    let before = held(&tx, op, &found, pair.as_ref(), false).await?;
    check_revision(expected_revision, before.0.revision)?;
    model::withdraw(&before.0)?;
    let after = store::update_dispute_in(&tx, op, &permit, &before.0, DisputeChange::Withdraw).await?;
    finish(tx, op, &before.0, after, before.1, told).await
}

async fn told(
    op: &Op,
    dispute: &OverlapDispute,
    pair: Option<&MappingPair>,
) -> Result<Vec<(OrganizationId, OrganizationId)>, Fault> {
    match pair {
        Some(pair) => sides(op, pair, dispute.raised_by).await,
        // The lists are no longer compared: only who raised it still sees it.
        None => {
            let other = if dispute.raised_by == dispute.left_id { dispute.right_id } else { dispute.left_id };
            Ok(vec![(dispute.raised_by, other)])
        }
    }
}

/// The dispute, locked, with what is kept of its accounts once it holds no longer; unless it goes on to hold.
async fn held(
    tx: &Tx,
    op: &Op,
    found: &OverlapDispute,
    pair: Option<&MappingPair>,
    holds: bool,
) -> Outcome<(OverlapDispute, Option<Overlap>)> {
    let gone = || Failure::from(Refusal::of("id", ErrorCode::NotFound, "There is no such dispute any more."));
    let Some(pair) = pair.filter(|_| !holds) else {
        return Ok((store::find_dispute_in(tx, found.id).await?.ok_or_else(gone)?, None));
    };
    let engine = op.as_system();
    let compare = engine.authorize::<CompareLists>(pair.id, &())?;
    // The pair's result before the dispute, as by whoever raises one.
    let result = store::lock_result_in(tx, &compare).await?;
    let before = store::find_dispute_in(tx, found.id).await?.ok_or_else(gone)?;
    if !model::holds(before.status) {
        return Ok((before, None));
    }
    let two = Two { pair, left: before.left_account_id, right: before.right_account_id };
    let kept = hold(tx, op, &compare, &two, result, None).await?;
    Ok((before, kept))
}

async fn finish(
    tx: Tx,
    op: &Op,
    before: &OverlapDispute,
    after: OverlapDispute,
    kept: Option<Overlap>,
    sides: Vec<(OrganizationId, OrganizationId)>,
) -> Outcome<OverlapDispute> {
    let overlap = kept.filter(|kept| !kept.hidden).map(|kept| kept.id);
    event::record(&tx, op, DisputeEvent { before: Some(before), after: &after, overlap, sides }.facts()).await?;
    tx.commit().await?;
    Ok(after)
}
