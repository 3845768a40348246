//! Batched reads of opportunities and of what belongs to one.

use crate::{
    contact::{self, model::Contact},
    cosell::{
        model::{
            Conflict, Invitation, NextStep, Opportunity, Participant, PendingChange, RelatedListing, Snapshot,
            StageMove, TeamMember,
        },
        store,
    },
    op::Fault,
    page::{Page, Slice},
    schema::loader::{Batch, Found, grouped},
};
use async_graphql::dataloader::Loader;
use entity::id::{InvitationId, OpportunityId, SnapshotId};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Moves of an opportunity that are shown at most.
pub const MOVES_SHOWN: u64 = 100;
/// Invitations into an opportunity that are shown at most.
pub const INVITATIONS_SHOWN: u64 = 50;

#[async_trait::async_trait]
impl Loader<OpportunityId> for Batch {
    type Value = Opportunity;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[OpportunityId]) -> Found<OpportunityId, Opportunity> {
        let rows = store::list_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<InvitationId> for Batch {
    type Value = Invitation;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[InvitationId]) -> Found<InvitationId, Invitation> {
        let rows = store::list_invitations_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<SnapshotId> for Batch {
    type Value = Snapshot;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[SnapshotId]) -> Found<SnapshotId, Snapshot> {
        let rows = store::list_snapshots_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// Those who take part in an opportunity that the viewer sees; whom it may know is asked of `Sides`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ParticipantsOf(pub OpportunityId);

#[async_trait::async_trait]
impl Loader<ParticipantsOf> for Batch {
    type Value = Vec<Participant>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ParticipantsOf]) -> Found<ParticipantsOf, Vec<Participant>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_participants(self.op.db().read(), &ids).await?;
        Ok(grouped(rows.into_iter().map(|row| (ParticipantsOf(row.opportunity_id), row))))
    }
}

/// The people of all sides of an opportunity; whether the viewer may know is asked before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TeamOf(pub OpportunityId);

#[async_trait::async_trait]
impl Loader<TeamOf> for Batch {
    type Value = Vec<TeamMember>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[TeamOf]) -> Found<TeamOf, Vec<TeamMember>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_team(self.op.db().read(), &ids).await?;
        Ok(grouped(rows.into_iter().map(|row| (TeamOf(row.opportunity_id), row))))
    }
}

/// What all sides of an opportunity wrote to do next; whether the viewer may know is asked before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NextStepsOf(pub OpportunityId);

#[async_trait::async_trait]
impl Loader<NextStepsOf> for Batch {
    type Value = Vec<NextStep>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[NextStepsOf]) -> Found<NextStepsOf, Vec<NextStep>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_next_steps(&self.op, &ids).await?;
        Ok(grouped(rows.into_iter().map(|row| (NextStepsOf(row.opportunity_id), row))))
    }
}

/// The contacts of an opportunity, in the order of entry; which of them the viewer knows is asked afterwards.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContactsOf(pub OpportunityId);

#[async_trait::async_trait]
impl Loader<ContactsOf> for Batch {
    type Value = Vec<Contact>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ContactsOf]) -> Found<ContactsOf, Vec<Contact>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = contact::service::list_of_opportunities(&self.op, &ids).await?;
        Ok(grouped(rows.into_iter().filter_map(|row| Some((ContactsOf(row.opportunity_id?), row)))))
    }
}

/// The newest moves of all sides of an opportunity; whether the viewer may know of a side is asked afterwards.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MovesOf(pub OpportunityId);

#[async_trait::async_trait]
impl Loader<MovesOf> for Batch {
    type Value = Vec<StageMove>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[MovesOf]) -> Found<MovesOf, Vec<StageMove>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_moves(&self.op, &ids, MOVES_SHOWN).await?;
        Ok(grouped(rows.into_iter().map(|row| (MovesOf(row.opportunity_id), row))))
    }
}

/// The listings of an opportunity; whether the viewer may know is asked before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListingsOf(pub OpportunityId);

#[async_trait::async_trait]
impl Loader<ListingsOf> for Batch {
    type Value = Vec<RelatedListing>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ListingsOf]) -> Found<ListingsOf, Vec<RelatedListing>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_listings(self.op.db().read(), &ids).await?;
        Ok(grouped(rows.into_iter().map(|row| (ListingsOf(row.opportunity_id), row))))
    }
}

/// The visible invitations into an opportunity, newest first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InvitationsOf(pub OpportunityId);

#[async_trait::async_trait]
impl Loader<InvitationsOf> for Batch {
    type Value = Vec<Invitation>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[InvitationsOf]) -> Found<InvitationsOf, Vec<Invitation>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_invitations_of(&self.op, &ids, INVITATIONS_SHOWN).await?;
        Ok(grouped(rows.into_iter().map(|row| (InvitationsOf(row.opportunity_id), row))))
    }
}

/// The edits of an opportunity that wait for its review to end; missing for whom is not its owner.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PendingChangeOf(pub OpportunityId);

#[async_trait::async_trait]
impl Loader<PendingChangeOf> for Batch {
    type Value = PendingChange;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[PendingChangeOf]) -> Found<PendingChangeOf, PendingChange> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_pending(&self.op, &ids).await?;
        Ok(rows.into_iter().map(|row| (PendingChangeOf(row.opportunity_id), row)).collect())
    }
}

/// With which others an opportunity conflicts; what the viewer may be told is decided afterwards.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConflictsOf(pub OpportunityId);

#[async_trait::async_trait]
impl Loader<ConflictsOf> for Batch {
    type Value = Vec<Conflict>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ConflictsOf]) -> Found<ConflictsOf, Vec<Conflict>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_conflicts(&self.op, &ids).await?;
        Ok(grouped(rows.into_iter().map(|(id, row)| (ConflictsOf(id), row))))
    }
}

/// The first page of the visible snapshots of an opportunity.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SnapshotsOf(pub OpportunityId, pub u32);

#[async_trait::async_trait]
impl Loader<SnapshotsOf> for Batch {
    type Value = Slice<Snapshot, Uuid>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[SnapshotsOf]) -> Found<SnapshotsOf, Slice<Snapshot, Uuid>> {
        let mut found = HashMap::new();
        // As good as always one size: a document that asks for the list twice gets two statements.
        for (first, ids) in grouped(keys.iter().map(|key| (key.1, key.0))) {
            let page: Page<Uuid> = Page { first, after: None };
            let rows = store::list_snapshots_of(&self.op, &ids, None, page.fetch()).await?;
            for (id, rows) in grouped(rows.into_iter().map(|row| (row.opportunity_id, row))) {
                found.insert(SnapshotsOf(id, first), page.slice(rows, |row| row.id.0));
            }
        }
        Ok(found)
    }
}

/// How many visible snapshots an opportunity has; missing where it has none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SnapshotCountOf(pub OpportunityId);

#[async_trait::async_trait]
impl Loader<SnapshotCountOf> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[SnapshotCountOf]) -> Found<SnapshotCountOf, u64> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::count_snapshots_of(&self.op, &ids).await?;
        Ok(rows.into_iter().map(|(id, count)| (SnapshotCountOf(id), count)).collect())
    }
}
