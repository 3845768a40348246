//! An opportunity is entered by its owner.

use super::{find_listings, is_somebody};
use crate::{
    cosell::{
        event::OpportunityEvent,
        model::{
            ContentPatch, FIELDS_ALL, LossReason, Move, Mover, Opportunity, OpportunityStage, ParticipantRole, Sides,
            apply, blank, check_move,
        },
        policy::CreateOpportunity,
        store::{self, Joining, MoveWrite},
    },
    db::{Claim, Tx, claim},
    event,
    op::{Fault, Op, Outcome, Permit, Refusal},
};
use entity::id::OpportunityId;
use serde::Serialize;

/// An opportunity to be entered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Create {
    /// Its content; title and customer's name must be there.
    pub content: ContentPatch,
    /// Where it stands; `PROSPECT` where it is not given.
    pub stage: Option<OpportunityStage>,
    /// Why it was lost, for one that is entered as lost.
    pub loss_reason: Option<LossReason>,
}

/// Enters an opportunity of the actor's organization. The person who does is the first of its side.
///
/// # Errors
/// `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`, `OUT_OF_RANGE`, `INVALID_FORMAT`, `INVALID_VALUE`, `NOT_FOUND` for
/// listings, `TAKEN` for the external id, `IDEMPOTENCY_KEY_REUSED`.
pub async fn create(op: &Op, input: Create, idempotency_key: Option<&str>) -> Outcome<Opportunity> {
    let tx = op.db().begin().await?;
    let opportunity = create_in(&tx, op, input, idempotency_key).await?;
    tx.commit().await?;
    Ok(opportunity)
}

async fn create_in(tx: &Tx, op: &Op, input: Create, idempotency_key: Option<&str>) -> Outcome<Opportunity> {
    let own = op.own_organization()?;
    let permit = op.authorize::<CreateOpportunity>(own, &own)?;
    let id = match claim(tx, op, own, "opportunityCreate", idempotency_key, &input).await? {
        Claim::Repeat(id) => {
            let found = store::find_in(tx, op, id.into()).await?;
            return Ok(found.ok_or_else(|| Refusal::not_found(""))?);
        }
        Claim::Fresh(id) => OpportunityId::from(id),
    };
    let (opportunity, facts) = enter_in(tx, op, &permit, id, input).await?;
    event::record(tx, op, facts).await?;
    Ok(opportunity)
}

/// Enters an opportunity inside of somebody else's transaction, who records the facts that come with it: one that a lead
/// became, or a row of an import.
///
/// # Errors
/// As [`create`], but for the key.
pub async fn enter_in(
    tx: &Tx,
    op: &Op,
    permit: &Permit<CreateOpportunity>,
    id: OpportunityId,
    input: Create,
) -> Outcome<(Opportunity, Vec<event::Fact>)> {
    let own = permit.resource();
    let stage = input.stage.unwrap_or(OpportunityStage::Prospect);
    let mut row = blank(id, op.now());
    row.stage = stage;
    let mut row = apply(&row, &input.content, op.today())?;
    if input.content.title.is_none() || input.content.customer_name.is_none() {
        return Err(Fault::internal("an opportunity without a title or a customer was let through").into());
    }
    check_move(Move { from: None, to: stage, loss_reason: input.loss_reason }, Mover::Owner, &row)?;
    row.loss_reason = input.loss_reason;
    if row.confidential {
        is_somebody(op, "input.confidential")?;
    }
    let listings = find_listings(tx, op, &input.content).await?;
    let opportunity = store::insert_in(tx, permit, row).await?;
    let owner = Joining {
        opportunity: id,
        organization: own,
        role: ParticipantRole::Owner,
        fields: FIELDS_ALL,
        may_invite: true,
        stage,
        target_close_date: opportunity.target_close_date,
        loss_reason: input.loss_reason,
        invited_by: None,
    };
    store::join_in(tx, op, permit, owner).await?;
    if let Some(person) = op.actor.person() {
        store::add_to_team_in(tx, op, permit, id, own, person).await?;
    }
    if let Some(listings) = listings {
        store::replace_listings_in(tx, permit, id, &listings).await?;
    }
    let sides = super::sides_of(tx, opportunity).await?;
    let side = super::own_side(&sides, own)?;
    let step = MoveWrite { from: None, to: stage, loss_reason: input.loss_reason };
    store::move_in(tx, op, permit, side, step).await?;
    let facts = OpportunityEvent::Created(&sides).facts();
    let Sides { opportunity, .. } = sides;
    Ok((opportunity, facts))
}
