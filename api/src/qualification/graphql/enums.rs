//! Enums of what was qualified.

use crate::qualification::model;
use async_graphql::Enum;

/// How far a qualified lead has come.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::QualifiedLeadStatus")]
pub enum QualifiedLeadStatus {
    /// Nobody has decided on it.
    New,
    /// Somebody works on it.
    Accepted,
    /// It is none.
    Dismissed,
    /// It became a lead to the partner, or an opportunity.
    Converted,
}

/// Why a qualified lead is none.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::QualifiedLeadDismissReason")]
pub enum QualifiedLeadDismissReason {
    /// The two accounts are not the same company. To have that put right, raise a dispute.
    WrongMatch,
    /// Somebody works on it already.
    AlreadyWorkedOn,
    /// It is no company to sell to.
    NoFit,
    /// Not now.
    BadTiming,
    /// Something else.
    Other,
}
