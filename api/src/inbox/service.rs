//! One list of what waits, soonest expiry first. What has no expiry comes behind what has, in the order of entry.

use crate::{
    cosell::{
        self,
        model::{Invitation, Opportunity},
    },
    introduction::{self, model::Introduction},
    lead::{self, model::Seen},
    op::{Fault, Op},
    page::{Page, Slice},
    partnership, program,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Something that waits.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// An invitation into an opportunity, to answer.
    Invitation(Invitation),
    /// An invitation into a partnership, to answer.
    Partnership(partnership::model::Invitation),
    /// A lead to answer, as its receiver sees it.
    Lead(Seen),
    /// A request to introduce a partner, to answer.
    Introduction(Introduction),
    /// An opportunity to review, or to put right and submit again.
    Review(Opportunity),
    /// A membership that the organization was invited to, to answer, or that another applies for in a program of its own, to
    /// decide on.
    Membership(program::model::Membership),
}

/// The position of an entry: its expiry, none for what has none, and its id.
pub type EntryPosition = (Option<DateTime<Utc>>, Uuid);

impl Entry {
    /// Where it stands in the list.
    #[must_use]
    pub fn position(&self) -> EntryPosition {
        match self {
            Self::Invitation(invitation) => (Some(invitation.expires_at), invitation.id.0),
            Self::Partnership(invitation) => (Some(invitation.expires_at), invitation.id.0),
            Self::Lead(seen) => (seen.step.as_ref().and_then(|step| step.expires_at), seen.lead.id.0),
            Self::Introduction(asked) => (Some(asked.expires_at), asked.id.0),
            Self::Review(opportunity) => (None, opportunity.id.0),
            Self::Membership(membership) => (None, membership.id.0),
        }
    }
}

/// A page of what waits for the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn list(op: &Op, page: &Page<EntryPosition>) -> Result<Slice<Entry, EntryPosition>, Fault> {
    let fetch = page.fetch();
    let (expiring, lasting) = match page.after {
        None => (Some(None), None),
        Some((Some(expires_at), id)) => (Some(Some((expires_at, id))), None),
        Some((None, id)) => (None, Some(id)),
    };
    let mut entries = match expiring {
        Some(after) => list_expiring(op, after, fetch).await?,
        None => Vec::new(),
    };
    let missing = fetch.saturating_sub(entries.len() as u64);
    if missing > 0 {
        entries.extend(list_lasting(op, lasting, missing).await?);
    }
    Ok(page.slice(entries, Entry::position))
}

/// At most `limit` entries that expire, behind a position.
async fn list_expiring(op: &Op, after: Option<(DateTime<Utc>, Uuid)>, limit: u64) -> Result<Vec<Entry>, Fault> {
    let invited = after.map(|(at, id)| (at, id.into()));
    let invitations = cosell::service::list_waiting_invitations(op, invited, limit).await?;
    let offered = after.map(|(at, id)| (at, id.into()));
    let partnerships = partnership::service::list_waiting_invitations(op, offered, limit).await?;
    let asked = after.map(|(at, id)| (at, id.into()));
    let leads = lead::service::list_waiting(op, asked, limit).await?;
    let introducing = after.map(|(at, id)| (at, id.into()));
    let introductions = introduction::service::list_waiting(op, introducing, limit).await?;
    let mut entries: Vec<Entry> = invitations.into_iter().map(Entry::Invitation).collect();
    entries.extend(partnerships.into_iter().map(Entry::Partnership));
    entries.extend(leads.into_iter().map(Entry::Lead));
    entries.extend(introductions.into_iter().map(Entry::Introduction));
    Ok(first_of(entries, limit))
}

/// At most `limit` entries that do not expire, behind the one with this id. Ids of all kinds ascend as they are made, so
/// that one order holds for all of them.
async fn list_lasting(op: &Op, after: Option<Uuid>, limit: u64) -> Result<Vec<Entry>, Fault> {
    let reviews = cosell::service::list_reviews(op, after.map(Into::into), limit).await?;
    let memberships = program::service::waiting::list_memberships(op, after.map(Into::into), limit).await?;
    let mut entries: Vec<Entry> = reviews.into_iter().map(Entry::Review).collect();
    entries.extend(memberships.into_iter().map(Entry::Membership));
    Ok(first_of(entries, limit))
}

fn first_of(mut entries: Vec<Entry>, limit: u64) -> Vec<Entry> {
    entries.sort_by_key(Entry::position);
    entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    entries
}

/// How much waits for the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn count(op: &Op) -> Result<u64, Fault> {
    let invitations = cosell::service::count_waiting_invitations(op).await?;
    let partnerships = partnership::service::count_waiting_invitations(op).await?;
    let leads = lead::service::count_waiting(op).await?;
    let introductions = introduction::service::count_waiting(op).await?;
    let reviews = cosell::service::count_reviews(op).await?;
    let memberships = program::service::waiting::count_memberships(op).await?;
    Ok(invitations + partnerships + leads + introductions + reviews + memberships)
}
