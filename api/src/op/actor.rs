//! Who acts. What an actor may do is said by the `policy.rs` of each domain, not here.

use chrono::{DateTime, Utc};
use entity::{
    id::{ApiKeyId, OrganizationId, PersonId},
    value::{OrganizationStatus, Role},
};
use serde::{Deserialize, Serialize};

/// Who acts, for which organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody in particular: reads what is public.
    Visitor,
    /// A person in one organization.
    Person(PersonActor),
    /// A service that holds an API key of one organization.
    Key(KeyActor),
    /// The one who runs the process: the command line and its imports. Never reached over the network.
    Operator,
    /// Nobody: what the clock does, such as an invitation that expires. Never reached over the network.
    System,
}

/// A person in one organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonActor {
    /// The person.
    pub person: PersonId,
    /// The organization that the token names.
    pub organization: OrganizationId,
    /// The role there, read with every request.
    pub role: Role,
    /// The organization's state, read with every request.
    pub status: OrganizationStatus,
    /// Whether that organization runs the installation.
    pub operator: bool,
    /// When the token ends.
    pub expires_at: DateTime<Utc>,
}

/// A service that holds an API key of one organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyActor {
    /// The key.
    pub key: ApiKeyId,
    /// Its organization.
    pub organization: OrganizationId,
    /// What it may change. Every key may read what its organization's members may read.
    pub scopes: Vec<Scope>,
    /// The organization's state.
    pub status: OrganizationStatus,
    /// Whether that organization runs the installation.
    pub operator: bool,
    /// When the key ends, if it does.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What an API key may change. A key acts with a manager's rights inside its scopes and never with more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scope {
    /// Profile and coverage of the organization.
    OrganizationWrite,
    /// Partnerships and their invitations; account lists, and what of them is shared.
    PartnershipsWrite,
    /// Programs, tiers and memberships.
    ProgramsWrite,
    /// Listings, integrations and reviews.
    ListingsWrite,
    /// Opportunities, the invitations into them and their contacts; leads; activities.
    OpportunitiesWrite,
    /// Webhooks.
    WebhooksWrite,
    /// Members, keys and the organization itself: no key can have it.
    Administration,
}

impl Scope {
    /// The scopes that a key may be given.
    pub const GRANTABLE: [Self; 6] = [
        Self::OrganizationWrite,
        Self::PartnershipsWrite,
        Self::ProgramsWrite,
        Self::ListingsWrite,
        Self::OpportunitiesWrite,
        Self::WebhooksWrite,
    ];

    /// The word that is stored and shown.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OrganizationWrite => "ORGANIZATION_WRITE",
            Self::PartnershipsWrite => "PARTNERSHIPS_WRITE",
            Self::ProgramsWrite => "PROGRAMS_WRITE",
            Self::ListingsWrite => "LISTINGS_WRITE",
            Self::OpportunitiesWrite => "OPPORTUNITIES_WRITE",
            Self::WebhooksWrite => "WEBHOOKS_WRITE",
            Self::Administration => "ADMINISTRATION",
        }
    }

    /// Reads a stored word; `None` for one that no longer exists, which then grants nothing.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::GRANTABLE.into_iter().find(|scope| scope.word() == word)
    }
}

impl Actor {
    /// The organization that the actor acts for.
    #[must_use]
    pub fn organization(&self) -> Option<OrganizationId> {
        match self {
            Self::Person(person) => Some(person.organization),
            Self::Key(key) => Some(key.organization),
            Self::Visitor | Self::Operator | Self::System => None,
        }
    }

    /// The person, where one acts.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person.person),
            Self::Visitor | Self::Key(_) | Self::Operator | Self::System => None,
        }
    }

    /// The role in the actor's own organization.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Person(person) => Some(person.role),
            Self::Key(_) => Some(Role::Manager),
            Self::Operator | Self::System => Some(Role::Owner),
            Self::Visitor => None,
        }
    }

    /// Whether the actor acts for `organization` with at least `role`.
    #[must_use]
    pub fn holds(&self, organization: OrganizationId, role: Role) -> bool {
        matches!(self, Self::Operator | Self::System)
            || (self.organization() == Some(organization) && self.role().is_some_and(|own| own >= role))
    }

    /// Whether the actor belongs to the organization that runs the installation, with at least `role` there.
    #[must_use]
    pub fn operates(&self, role: Role) -> bool {
        let of_operator = match self {
            Self::Operator | Self::System => true,
            Self::Person(person) => person.operator && person.status == OrganizationStatus::Active,
            Self::Key(key) => key.operator && key.status == OrganizationStatus::Active,
            Self::Visitor => false,
        };
        of_operator && self.role().is_some_and(|own| own >= role)
    }

    /// The state of the actor's organization; the command line and the system count as active.
    #[must_use]
    pub fn status(&self) -> Option<OrganizationStatus> {
        match self {
            Self::Person(person) => Some(person.status),
            Self::Key(key) => Some(key.status),
            Self::Operator | Self::System => Some(OrganizationStatus::Active),
            Self::Visitor => None,
        }
    }
}
