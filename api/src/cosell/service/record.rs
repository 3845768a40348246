//! What the others see goes on record whenever it changes: the proof in a dispute.

use crate::{
    cosell::{
        model::{OpportunityField, Participant, RelatedListing, Sides, Snapshot, SnapshotTrigger, has, shown},
        store,
    },
    db::Tx,
    op::{Action, Fault, Op, Outcome, Permit},
};
use entity::id::OrganizationId;

/// Puts on record what a side sees now. The second value says whether that differs from the last record.
pub(super) async fn record_share<A: Action>(
    tx: &Tx,
    op: &Op,
    permit: &Permit<A>,
    sides: &Sides,
    organization: OrganizationId,
    trigger: SnapshotTrigger,
) -> Outcome<(Snapshot, bool)> {
    let own = op.own_organization()?;
    let listings = store::list_listings(&**tx, &[sides.opportunity.id]).await?;
    let taken = taken(sides, &listings, organization, own, trigger);
    Ok(store::insert_snapshot_in(tx, op, permit, &sides.opportunity, taken).await?)
}

/// Puts on record what each of the others sees after a change of the owner's, of those who see something of it. It is the
/// owner's doing, also where a host's decision has it applied.
pub(super) async fn record_update<A: Action>(
    tx: &Tx,
    op: &Op,
    permit: &Permit<A>,
    sides: &Sides,
    sees: impl Fn(&Participant) -> bool,
) -> Result<(), Fault> {
    let owner = sides.opportunity.owner_organization_id;
    let listings = store::list_listings(&**tx, &[sides.opportunity.id]).await?;
    for side in sides.participants.iter().filter(|side| side.organization_id != owner && sees(side)) {
        let taken = taken(sides, &listings, side.organization_id, owner, SnapshotTrigger::Updated);
        store::insert_snapshot_in(tx, op, permit, &sides.opportunity, taken).await?;
    }
    Ok(())
}

fn taken(
    sides: &Sides,
    listings: &[RelatedListing],
    organization: OrganizationId,
    taken_by: OrganizationId,
    trigger: SnapshotTrigger,
) -> store::Taken {
    let fields = sides.fields_of(organization);
    let owner = sides.side(sides.opportunity.owner_organization_id);
    let next_steps =
        owner.and_then(|side| side.next_steps.as_deref()).filter(|_| has(fields, OpportunityField::NextSteps));
    let payload = shown(&sides.opportunity, listings, next_steps, fields);
    store::Taken { organization, taken_by, trigger, fields, payload }
}
