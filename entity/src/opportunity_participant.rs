//! Who takes part in an opportunity and what of it each one sees: the owner's row among them, and what each side says.

use super::opportunity::LossReason;
use crate::{
    flags::Flag,
    id::{OpportunityId, OrganizationId},
    value::OpportunityStage,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What an organization does in an opportunity.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ParticipantRole {
    /// It is its deal.
    Owner,
    /// It runs the program that the opportunity was submitted to.
    ProgramHost,
    /// Sells it on.
    Reseller,
    /// Sells it to resellers.
    Distributor,
    /// Does the work.
    ServicePartner,
    /// Brings a product that works together with the owner's.
    TechnologyPartner,
    /// Runs it for the customer.
    ManagedServiceProvider,
    /// Brings software.
    SoftwarePartner,
    /// Brings devices.
    HardwarePartner,
    /// Teaches the customer's people.
    TrainingPartner,
    /// Brings those who sell together.
    CoSellFacilitator,
    /// Helps it along.
    Facilitator,
}

/// Whether an organization still takes part.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ParticipantStatus {
    /// It does.
    Active,
    /// The owner took it out.
    Revoked,
    /// It went by itself.
    Left,
}

/// A part of an opportunity that is shared or is not. The title, the stage and who owns it go with every share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OpportunityField {
    /// The customer: name, website, country, industry, DUNS number.
    Company,
    /// The job of the person whom the owner talks to there.
    ContactTitle,
    /// The people at the customer.
    Contacts,
    /// What the customer wants solved.
    BusinessProblem,
    /// How it is solved.
    UseCase,
    /// How the solution comes to the customer.
    DeliveryModels,
    /// What it is worth: amount, frequency, months, probability.
    ExpectedAmount,
    /// The days on which the sides expect to close.
    TargetCloseDate,
    /// What the sides do next.
    NextSteps,
    /// What the owner asks for.
    HelpRequested,
    /// Who else wants the deal.
    Competitors,
    /// The people of the sides.
    Team,
    /// What is sold.
    Listings,
}

impl Flag for OpportunityField {
    const ALL: &'static [Self] = &[
        Self::Company,
        Self::ContactTitle,
        Self::Contacts,
        Self::BusinessProblem,
        Self::UseCase,
        Self::DeliveryModels,
        Self::ExpectedAmount,
        Self::TargetCloseDate,
        Self::NextSteps,
        Self::HelpRequested,
        Self::Competitors,
        Self::Team,
        Self::Listings,
    ];
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity_participants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub opportunity_id: OpportunityId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    pub role: ParticipantRole,
    pub status: ParticipantStatus,
    /// Whether it may invite others.
    pub may_invite: bool,
    /// What it sees, a set of [`OpportunityField`].
    pub fields: i32,
    /// Where it stands by its own account.
    pub stage: OpportunityStage,
    pub target_close_date: Option<Date>,
    /// What it does next, at most 255 characters; the history is in `opportunity_next_step`.
    pub next_steps: Option<String>,
    pub loss_reason: Option<LossReason>,
    /// Who invited it; none for the owner and for a program's host.
    pub invited_by: Option<OrganizationId>,
    pub joined_at: DateTimeUtc,
    pub left_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
