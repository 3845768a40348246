//! What a change leaves behind, in the transaction of the change: an entry of the audit trail, an alert in the feed of
//! each organization that may know of it, and raised data versions.
//!
//! A use case never publishes. It records its facts as the last step before the commit; whatever reacts to a fact reads
//! it from the database. This room knows no domain: each domain turns its own events into [`Fact`]s.

pub mod feed;
pub mod hint;
mod store;
mod version;

pub use store::{AuditEntry, By, doer, record, subject};
pub use version::{DataScope, Versions, read_versions, read_versions_each};

use entity::{
    alert::{AlertChange, AlertKind},
    id::{OpportunityId, OrganizationId},
    value::OpportunityStage,
};
use serde_json::Value;
use uuid::Uuid;

/// One change, ready to be written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What happened, for example `organization.renamed`.
    pub action: &'static str,
    /// The organization whose trail it belongs to.
    pub organization: OrganizationId,
    /// What was changed, as clients know its id.
    pub subject: String,
    /// The changed values before; none for something new.
    pub before: Option<Value>,
    /// The changed values after; none for something removed.
    pub after: Option<Value>,
    /// What was read earlier and is stale now.
    pub stale: Vec<DataScope>,
    /// What the feed of the organization says of it, if anything.
    pub alert: Option<AlertDraft>,
    /// What of it is kept back.
    pub discretion: Discretion,
}

/// What of a fact is kept back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discretion {
    /// Whose doing it may be told as.
    pub doers: Doers,
    /// Who reads its entry of the trail.
    pub readers: Readers,
}

impl Discretion {
    /// Nothing is: what the operator oversees, and where all who are concerned know each other.
    pub const NONE: Self = Self { doers: Doers::Anybody, readers: Readers::Overseen };

    /// What the operator has no part in.
    pub const PRIVATE: Self = Self { doers: Doers::Anybody, readers: Readers::Own };

    /// The same about an opportunity; where there is none, as [`Self::PRIVATE`].
    #[must_use]
    pub fn of(opportunity: Option<OpportunityId>) -> Self {
        Self { readers: opportunity.map_or(Readers::Own, Readers::OfOpportunity), ..Self::NONE }
    }

    /// The same for one who may know of these organizations only.
    #[must_use]
    pub fn among(self, organizations: impl IntoIterator<Item = OrganizationId>) -> Self {
        Self { doers: Doers::Among(organizations.into_iter().collect()), ..self }
    }
}

/// Who reads an entry of an organization's trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// The organization's administrators, and the managers of the operator.
    Overseen,
    /// The organization's administrators alone.
    Own,
    /// Those of them who may see this opportunity, as long as it is confidential.
    OfOpportunity(OpportunityId),
}

/// Whose doing a fact may be told as, to the organization that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doers {
    /// Anybody's.
    Anybody,
    /// The doing of these organizations. Of others it may not know that they had to do with it: who did it is left out of
    /// its trail and its feed.
    Among(Vec<OrganizationId>),
}

impl Doers {
    /// Whether it may be told as the doing of somebody who acts for this organization, or for none.
    #[must_use]
    pub fn include(&self, organization: Option<OrganizationId>) -> bool {
        match (self, organization) {
            (Self::Anybody, _) | (Self::Among(_), None) => true,
            (Self::Among(known), Some(organization)) => known.contains(&organization),
        }
    }
}

/// What a feed says of a fact. No personal data: alerts are kept as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertDraft {
    /// What it is about.
    pub kind: AlertKind,
    /// What happened to it.
    pub change: AlertChange,
    /// The id of what it is about, of the type that the kind says.
    pub subject: Uuid,
    /// The opportunity that it concerns, for filters.
    pub opportunity: Option<OpportunityId>,
    /// The owner's stage of that opportunity after the fact, for filters.
    pub stage: Option<OpportunityStage>,
    /// Whether it is about something that not everybody in the organization may see.
    pub restricted: bool,
    /// What else it says: an object of values before and after.
    pub details: Value,
}
