//! The SQL of the inbox: what waits for an organization, soonest expiry first. What has no expiry comes behind what has.

use super::{invitation as invitations, visible};
use crate::{
    cosell::model::{Invitation, Opportunity, ReviewStatus},
    op::{Fault, Op},
    page::{Page, Slice},
};
use chrono::{DateTime, Utc};
use entity::{id::OpportunityId, opportunity};
use sea_orm::{ColumnTrait, Condition, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

/// Something that waits.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one lives for a moment, on its way into the answer")]
pub enum InboxEntry {
    /// An invitation to answer.
    Invitation(Invitation),
    /// An opportunity to review, or to put right and submit again.
    Review(Opportunity),
}

/// The position of an entry: its expiry, none for what has none, and its id.
pub type InboxPosition = (Option<DateTime<Utc>>, Uuid);

impl InboxEntry {
    /// Where it stands in the list.
    #[must_use]
    pub fn position(&self) -> InboxPosition {
        match self {
            Self::Invitation(invitation) => (Some(invitation.expires_at), invitation.id.0),
            Self::Review(opportunity) => (None, opportunity.id.0),
        }
    }
}

/// The visible opportunities whose review waits for the actor's organization.
fn reviews(op: &Op) -> Select<opportunity::Entity> {
    let own = op.actor.organization();
    let to_review = Condition::all()
        .add(opportunity::Column::HostOrganizationId.eq(own))
        .add(opportunity::Column::ReviewStatus.is_in([ReviewStatus::Submitted, ReviewStatus::InReview]));
    let to_put_right = Condition::all()
        .add(opportunity::Column::OwnerOrganizationId.eq(own))
        .add(opportunity::Column::ReviewStatus.eq(ReviewStatus::ActionRequired));
    visible(op)
        .filter(opportunity::Column::ArchivedAt.is_null())
        .filter(Condition::any().add(to_review).add(to_put_right))
}

/// A page of what waits for the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn list_inbox(op: &Op, page: &Page<InboxPosition>) -> Result<Slice<InboxEntry, InboxPosition>, Fault> {
    let mut entries = Vec::new();
    let (expiring, reviewing) = match page.after {
        None => (Some(None), None),
        Some((Some(expires_at), id)) => (Some(Some((expires_at, id.into()))), None),
        Some((None, id)) => (None, Some(OpportunityId::from(id))),
    };
    if let Some(after) = expiring {
        let rows = invitations::behind(invitations::waiting(op), after).limit(page.fetch()).all(op.db().read()).await?;
        entries.extend(rows.into_iter().map(InboxEntry::Invitation));
    }
    let missing = page.fetch().saturating_sub(entries.len() as u64);
    if missing > 0 {
        let mut query = reviews(op);
        if let Some(after) = reviewing {
            query = query.filter(opportunity::Column::Id.gt(after));
        }
        let rows = query.order_by_asc(opportunity::Column::Id).limit(missing).all(op.db().read()).await?;
        entries.extend(rows.into_iter().map(InboxEntry::Review));
    }
    Ok(page.slice(entries, InboxEntry::position))
}

/// How much waits for the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn count_inbox(op: &Op) -> Result<u64, Fault> {
    let waiting = invitations::waiting(op).count(op.db().read()).await?;
    Ok(waiting + reviews(op).count(op.db().read()).await?)
}
