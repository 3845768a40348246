//! What mutations of programs, tiers and memberships answer: one type each, so that each can grow on its own.

use super::{membership::Membership, tier::Tier, types::Program};
use crate::{
    op::Outcome,
    program::model,
    schema::error::{UserError, settle},
};
use async_graphql::{Result, SimpleObject};

/// What came of `programCreate`.
#[derive(SimpleObject)]
pub struct ProgramCreatePayload {
    /// The program, a draft; null where nothing was done.
    pub program: Option<Program>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `programUpdate`.
#[derive(SimpleObject)]
pub struct ProgramUpdatePayload {
    /// The program as it is now; null where nothing was done.
    pub program: Option<Program>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `programPublish`.
#[derive(SimpleObject)]
pub struct ProgramPublishPayload {
    /// The program as it is now; null where nothing was done.
    pub program: Option<Program>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `programRetire`.
#[derive(SimpleObject)]
pub struct ProgramRetirePayload {
    /// The program as it is now; null where nothing was done.
    pub program: Option<Program>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `tierCreate`.
#[derive(SimpleObject)]
pub struct TierCreatePayload {
    /// The tier; null where nothing was done.
    pub tier: Option<Tier>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `tierUpdate`.
#[derive(SimpleObject)]
pub struct TierUpdatePayload {
    /// The tier as it is now; null where nothing was done.
    pub tier: Option<Tier>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `tierRemove`.
#[derive(SimpleObject)]
pub struct TierRemovePayload {
    /// The program that the tier was of; null where nothing was done.
    pub program: Option<Program>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `tierBenefitsSet`.
#[derive(SimpleObject)]
pub struct TierBenefitsSetPayload {
    /// The tier as it is now; null where nothing was done.
    pub tier: Option<Tier>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `tierRequirementsSet`.
#[derive(SimpleObject)]
pub struct TierRequirementsSetPayload {
    /// The tier as it is now; null where nothing was done.
    pub tier: Option<Tier>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipApply`.
#[derive(SimpleObject)]
pub struct MembershipApplyPayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipInvite`.
#[derive(SimpleObject)]
pub struct MembershipInvitePayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipAccept`.
#[derive(SimpleObject)]
pub struct MembershipAcceptPayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipDecline`.
#[derive(SimpleObject)]
pub struct MembershipDeclinePayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipWithdraw`.
#[derive(SimpleObject)]
pub struct MembershipWithdrawPayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipApprove`.
#[derive(SimpleObject)]
pub struct MembershipApprovePayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipReject`.
#[derive(SimpleObject)]
pub struct MembershipRejectPayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipSuspend`.
#[derive(SimpleObject)]
pub struct MembershipSuspendPayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipReinstate`.
#[derive(SimpleObject)]
pub struct MembershipReinstatePayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipTerminate`.
#[derive(SimpleObject)]
pub struct MembershipTerminatePayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipRenew`.
#[derive(SimpleObject)]
pub struct MembershipRenewPayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipAssignTier`.
#[derive(SimpleObject)]
pub struct MembershipAssignTierPayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `membershipMetricRecord`.
#[derive(SimpleObject)]
pub struct MembershipMetricRecordPayload {
    /// The membership as it is now; null where nothing was done.
    pub membership: Option<Membership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// A program for a payload, or why there is none.
pub(super) fn program(outcome: Outcome<model::Program>) -> Result<(Option<Program>, Vec<UserError>)> {
    settle(outcome).map(|(program, errors)| (program.map(Program), errors))
}

/// A tier for a payload, or why there is none.
pub(super) fn tier(outcome: Outcome<model::Tier>) -> Result<(Option<Tier>, Vec<UserError>)> {
    settle(outcome).map(|(tier, errors)| (tier.map(Tier), errors))
}

/// A membership for a payload, or why there is none.
pub(super) fn membership(outcome: Outcome<model::Membership>) -> Result<(Option<Membership>, Vec<UserError>)> {
    settle(outcome).map(|(membership, errors)| (membership.map(Membership::new), errors))
}
