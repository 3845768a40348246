//! The words for where a lead is, and why.

use crate::lead::model;
use async_graphql::Enum;

/// Where a lead is. A receiver sees how far it came with it itself.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::LeadStatus")]
pub enum LeadStatus {
    /// Written down, and with nobody yet.
    New,
    /// Waits for the answer of a receiver.
    Sent,
    /// The receiver works on it.
    Accepted,
    /// It became an opportunity of the receiver.
    Converted,
    /// The receiver said no, or gave it up; for the sender: and nobody else was left.
    Declined,
    /// The receiver did not answer in time; for the sender: and nobody else was left.
    Expired,
    /// The sender took it back.
    Canceled,
}

/// How far a receiver came with a lead.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::LeadStepState")]
pub enum LeadStepState {
    /// Its turn has not come; it does not know of the lead.
    Waiting,
    /// It was asked.
    Sent,
    /// It works on it.
    Accepted,
    /// It made it an opportunity.
    Converted,
    /// It said no, or gave it up.
    Declined,
    /// It did not answer in time.
    Expired,
    /// The sender took the lead back.
    Canceled,
    /// It was never asked.
    Skipped,
}

/// Why a receiver declined a lead.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::LeadDeclineReason")]
pub enum LeadDeclineReason {
    /// The need does not fit what it offers.
    NotAFit,
    /// No people or time for it.
    NoCapacity,
    /// It does not serve that country or industry.
    OutsideTerritory,
    /// The company is its customer already, or it works on it already.
    AlreadyKnown,
    /// It says too little.
    Incomplete,
    /// The company could not be reached, or does not want it.
    NoInterest,
    /// Something else; the comment says what.
    Other,
}

/// Why a receiver was never asked.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::LeadSkipReason")]
pub enum LeadSkipReason {
    /// When its turn came, it was no partner of the sender any more, or took no part.
    NotAPartner,
    /// One before it accepted, or the sender took the lead back.
    NotNeeded,
}

/// How ready a company is to buy.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::LeadReadiness")]
pub enum LeadReadiness {
    /// Looks around.
    Low,
    /// Compares.
    Medium,
    /// Wants to buy.
    High,
}

/// What was found out about a company.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::LeadQualification")]
pub enum LeadQualification {
    /// Nothing yet.
    None,
    /// The company asked for it itself.
    Direct,
    /// Marketing found it worth a call.
    MarketingQualified,
    /// Sales spoke to the company and found a need.
    SalesQualified,
}
