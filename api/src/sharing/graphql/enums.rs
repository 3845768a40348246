//! The words of sharing.

use crate::sharing::model;
use async_graphql::Enum;

/// How much of an account list a partner sees, most first.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::SharingLevel")]
pub enum SharingLevel {
    /// All accounts, with the fields that are shared.
    All,
    /// The accounts that both have, with the fields that are shared.
    Overlapping,
    /// How many accounts both have, and no account.
    CountsOnly,
    /// Nothing.
    Hidden,
}

/// A part of an account that is shown or is not.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::AccountField")]
pub enum AccountField {
    /// The name. Every account that is shown has it.
    Name,
    /// The registrable domain.
    Domain,
    /// The website as it was given.
    Website,
    /// The country.
    Country,
    /// The domain of its e-mail.
    EmailDomain,
    /// The DUNS number.
    Duns,
    /// Who looks after it.
    Owner,
    /// How far it has come.
    Stage,
    /// What it is worth.
    Amount,
    /// The fields that the list's organization added.
    Custom,
    /// The id in the system that it came from.
    ExternalId,
}

/// How two organizations stand to each other, as far as sharing is concerned.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::Relation")]
pub enum SharingRelation {
    /// They show each other nothing.
    None,
    /// Both agreed to an exploratory mapping: they show each other counts at most.
    Exploring,
    /// They are partners by an agreement that holds: rules and defaults count.
    Partners,
}

/// Why a partner does not see yet what a rule says.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::Obstacle")]
pub enum SharingObstacle {
    /// The two are no partners, or one of them does not take part.
    NotPartners,
    /// The two only explore: counts are shown, whatever the rule says.
    Exploring,
    /// The partner shows nothing in return.
    NothingInReturn,
}

/// What a record of consent is about.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ConsentKind")]
pub enum SharingConsentKind {
    /// A rule.
    Rule,
    /// A default.
    Default,
    /// An exploratory mapping.
    Exploratory,
    /// What came about by itself: a partnership began or ended, a tier changed, a list came or went.
    Relation,
}

/// What became of an exploratory mapping.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ExploratoryStatus")]
pub enum ExploratoryMappingStatus {
    /// Waits for the invited organization's answer.
    Pending,
    /// Both said yes: it runs until its end.
    Accepted,
    /// The invited organization said no.
    Declined,
    /// The inviting organization took it back.
    Canceled,
    /// Nobody answered in time.
    Expired,
    /// It ran and is over.
    Ended,
}
