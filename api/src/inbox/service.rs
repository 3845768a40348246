//! One list of what waits, soonest expiry first. What has no expiry comes behind what has.

use crate::{
    cosell::{
        self,
        model::{Invitation, Opportunity},
    },
    introduction::{self, model::Introduction},
    lead::{self, model::Seen},
    op::{Fault, Op},
    page::{Page, Slice},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Something that waits.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// An invitation to answer.
    Invitation(Invitation),
    /// A lead to answer, as its receiver sees it.
    Lead(Seen),
    /// A request to introduce a partner, to answer.
    Introduction(Introduction),
    /// An opportunity to review, or to put right and submit again.
    Review(Opportunity),
}

/// The position of an entry: its expiry, none for what has none, and its id.
pub type EntryPosition = (Option<DateTime<Utc>>, Uuid);

impl Entry {
    /// Where it stands in the list.
    #[must_use]
    pub fn position(&self) -> EntryPosition {
        match self {
            Self::Invitation(invitation) => (Some(invitation.expires_at), invitation.id.0),
            Self::Lead(seen) => (seen.step.as_ref().and_then(|step| step.expires_at), seen.lead.id.0),
            Self::Introduction(asked) => (Some(asked.expires_at), asked.id.0),
            Self::Review(opportunity) => (None, opportunity.id.0),
        }
    }
}

/// A page of what waits for the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn list(op: &Op, page: &Page<EntryPosition>) -> Result<Slice<Entry, EntryPosition>, Fault> {
    let fetch = page.fetch();
    let mut entries = Vec::new();
    let (expiring, reviewed) = match page.after {
        None => (Some(None), None),
        Some((Some(expires_at), id)) => (Some(Some((expires_at, id))), None),
        Some((None, id)) => (None, Some(id.into())),
    };
    if let Some(after) = expiring {
        let invited = after.map(|(at, id)| (at, id.into()));
        let invitations = cosell::service::list_waiting_invitations(op, invited, fetch).await?;
        entries.extend(invitations.into_iter().map(Entry::Invitation));
        let asked = after.map(|(at, id)| (at, id.into()));
        entries.extend(lead::service::list_waiting(op, asked, fetch).await?.into_iter().map(Entry::Lead));
        let introducing = after.map(|(at, id)| (at, id.into()));
        let introductions = introduction::service::list_waiting(op, introducing, fetch).await?;
        entries.extend(introductions.into_iter().map(Entry::Introduction));
        entries.sort_by_key(Entry::position);
        entries.truncate(usize::try_from(fetch).unwrap_or(usize::MAX));
    }
    let missing = fetch.saturating_sub(entries.len() as u64);
    if missing > 0 {
        let reviews = cosell::service::list_reviews(op, reviewed, missing).await?;
        entries.extend(reviews.into_iter().map(Entry::Review));
    }
    Ok(page.slice(entries, Entry::position))
}

/// How much waits for the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn count(op: &Op) -> Result<u64, Fault> {
    let invitations = cosell::service::count_waiting_invitations(op).await?;
    let leads = lead::service::count_waiting(op).await?;
    let introductions = introduction::service::count_waiting(op).await?;
    Ok(invitations + leads + introductions + cosell::service::count_reviews(op).await?)
}
