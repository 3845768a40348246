//! Enums of overlaps, their reasons, runs, disputes and plays.

pub use crate::account::graphql::list::AccountListKind;

use crate::overlap::model;
use async_graphql::Enum;

/// How sure it is that two accounts are the same company, in ascending order.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::MatchConfidence")]
pub enum MatchConfidence {
    /// More likely than not: a score of 0.5 and more.
    Possible,
    /// Worth acting upon: 0.85 and more.
    Likely,
    /// Fewer than one of a hundred is wrong: 0.99 and more.
    Certain,
}

/// Why two accounts are taken for the same company, or what speaks against it.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ReasonKind", name = "OverlapReasonKind")]
pub enum OverlapReasonKind {
    /// A dispute says that they are the same.
    Dispute,
    /// The same DUNS number.
    Duns,
    /// The same registrable domain, of the website or of mail.
    Domain,
    /// The same page on a site where many have one.
    Page,
    /// The same domain but for its ending: `acme.com` and `acme.de`.
    DomainLabel,
    /// One is named as the other's domain or page is.
    NameInDomain,
    /// The same words, or the same letters.
    Name,
    /// One name is the beginning or a part of the other.
    PartOfName,
    /// The names have words in common, and each has others.
    Words,
    /// One name is the first letters of the other.
    Acronym,
    /// The names are the same but for a typing error.
    Typo,
    /// It is not the own name of one of them: what stands in brackets, or what it is also known as.
    AlsoKnownAs,
    /// The same country.
    Country,
    /// The same legal form.
    LegalForm,
    /// Against it: both have domains, and others.
    OtherDomain,
    /// Against it: both have a country, and another.
    OtherCountry,
    /// Against it: both have a legal form, and another.
    OtherLegalForm,
}

/// What a run compares.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::MappingRunKind")]
pub enum MappingRunKind {
    /// Both lists as a whole.
    Full,
    /// What changed since the run before, and what that touches.
    Changes,
}

/// How far a run has come.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::MappingRunState")]
pub enum MappingRunState {
    /// It waits for a server with room.
    Queued,
    /// It is worked on. Nothing of it is seen yet.
    Running,
    /// What it found is what readers see, until another one is done.
    Done,
    /// It broke off, and is made again a little later.
    Failed,
    /// Somebody stopped it, or the lists are no longer compared.
    Canceled,
}

/// What a dispute says of two accounts.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::DisputeVerdict", name = "OverlapVerdict")]
pub enum OverlapVerdict {
    /// They are two companies: the overlap is hidden from both sides.
    NotSame,
    /// They are one company: they overlap, with a score of 1.
    Same,
}

/// How far a dispute has come.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::DisputeStatus", name = "OverlapDisputeStatus")]
pub enum OverlapDisputeStatus {
    /// The other side has not answered. It holds.
    Open,
    /// The other side agreed. It holds.
    Agreed,
    /// The other side did not agree. It holds no longer.
    Rejected,
    /// Whoever raised it took it back. It holds no longer.
    Withdrawn,
}

/// What one does about a company that two partners both know.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::BenefitPlayKind")]
pub enum BenefitPlayKind {
    /// Whoever knows the company opens the door for the other.
    Introduce,
    /// Whoever knows the company helps the other's deal along.
    Accelerate,
    /// The two sell together.
    CoSell,
    /// The two make their products work together.
    Integrate,
    /// Nothing.
    None,
}
