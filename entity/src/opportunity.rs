//! An opportunity: a deal with one customer that its owner works on, alone or with others. Who takes part is said by
//! `opportunity_participant`, whose row of the owner repeats the owner's stage, day and loss reason for the sides.

use crate::{
    flags::Flag,
    id::{OpportunityId, OrganizationId, ProgramId},
    value::{Industry, OpportunityStage},
    words::Words,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What kind of business it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OpportunityType {
    /// A customer that buys this for the first time.
    NetNew,
    /// A contract that goes on.
    Renewal,
    /// A customer that buys more.
    Expansion,
}

/// Who found it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OpportunityOrigin {
    /// A partner named the customer.
    PartnerReferral,
    /// The vendor named the customer.
    VendorReferral,
}

/// What the owner wants of the others.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Involvement {
    /// To sell it together.
    CoSell,
    /// To know of it, and no more.
    VisibilityOnly,
}

/// How often the expected amount is paid.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExpectedFrequency {
    /// Once.
    Once,
    /// Each month.
    Monthly,
    /// Each quarter.
    Quarterly,
    /// Each year.
    Yearly,
}

/// Where the review by the host of a program is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewStatus {
    /// Not submitted yet.
    PendingSubmission,
    /// Waits for the host.
    Submitted,
    /// The host looks at it.
    InReview,
    /// The host said yes.
    Approved,
    /// The host said no: the end of this review.
    Rejected,
    /// The host wants something to be put right.
    ActionRequired,
}

/// Why it came to nothing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LossReason {
    /// The customer could not do its part.
    CustomerDeficiency,
    /// The customer put the project off or gave it up.
    ProjectDelayedOrCanceled,
    /// Law, tax or a regulator stood against it.
    LegalTaxRegulatory,
    /// A competitor won.
    LostToCompetitor,
    /// There was no deal to be had.
    NoOpportunity,
    /// The customer wanted to run it itself.
    OnPremisesDeployment,
    /// A partner could not do its part.
    PartnerGap,
    /// The price.
    Price,
    /// Security, or rules that it did not meet.
    SecurityCompliance,
    /// It could not be done technically.
    TechnicalLimitations,
    /// The customer was not content on the way.
    CustomerExperience,
    /// People, relations or who decides.
    RelationshipGovernance,
    /// The product lacked something.
    ProductTechnology,
    /// The terms.
    FinancialCommercial,
    /// The customer lacked the money.
    InsufficientBudget,
    /// The customer no longer answered.
    CustomerDidNotRespond,
    /// The customer's requirements were not met.
    RequirementsNotMet,
    /// It was no customer for this.
    NotACustomer,
    /// There was too little time.
    TimelineTooShort,
    /// Something else.
    Other,
}

/// How the solution comes to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryModel {
    /// As a service on the web.
    Saas,
    /// As software that the customer runs.
    License,
    /// Run by a partner for the customer.
    ManagedServices,
    /// As work.
    ProfessionalServices,
    /// Sold on by a partner.
    Resale,
    /// Otherwise.
    Other,
}

impl Flag for DeliveryModel {
    const ALL: &'static [Self] =
        &[Self::Saas, Self::License, Self::ManagedServices, Self::ProfessionalServices, Self::Resale, Self::Other];
}

/// What the owner asks the others to help with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HelpKind {
    /// To check the architecture.
    ArchitecturalValidation,
    /// To present to the customer's business.
    BusinessPresentation,
    /// To tell what competitors do.
    CompetitiveInformation,
    /// To find a price.
    PricingAssistance,
    /// To advise technically.
    TechnicalConsultation,
    /// To work out what it costs over the years.
    TotalCostOfOwnership,
    /// To help close.
    DealSupport,
    /// To answer a tender or a request for proposals.
    PublicTender,
}

impl Flag for HelpKind {
    const ALL: &'static [Self] = &[
        Self::ArchitecturalValidation,
        Self::BusinessPresentation,
        Self::CompetitiveInformation,
        Self::PricingAssistance,
        Self::TechnicalConsultation,
        Self::TotalCostOfOwnership,
        Self::DealSupport,
        Self::PublicTender,
    ];
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OpportunityId,
    pub owner_organization_id: OrganizationId,
    /// 1 to 255 characters. Whoever is invited or takes part reads it.
    pub title: String,
    /// 1 to 120 characters.
    pub customer_name: String,
    /// What the customer's name sorts by; compared bytewise.
    pub customer_sort_name: String,
    /// What two spellings of the customer's name have in common: its words without the legal form.
    pub customer_name_key: String,
    pub customer_website: Option<String>,
    /// The registrable domain of the website.
    pub customer_domain: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub customer_country: Option<String>,
    pub customer_industry: Option<Industry>,
    /// Nine digits.
    pub customer_duns: Option<String>,
    /// The job of the person whom the owner talks to there, at most 80 characters; never a name.
    pub contact_title: Option<String>,
    /// At most 2,000 characters.
    pub business_problem: Option<String>,
    /// At most 2,000 characters.
    pub use_case: Option<String>,
    /// A set of [`DeliveryModel`].
    pub delivery_models: i32,
    /// In minor units of the currency; both or neither.
    pub expected_amount_minor: Option<i64>,
    /// ISO 4217.
    pub expected_currency: Option<String>,
    pub expected_frequency: Option<ExpectedFrequency>,
    /// 1 to 144.
    pub contract_months: Option<i32>,
    /// The owner's stage.
    pub stage: OpportunityStage,
    /// Percent, 0 to 100.
    pub probability: Option<i32>,
    pub kind: OpportunityType,
    pub origin: OpportunityOrigin,
    pub involvement: Involvement,
    /// Whether only the named people of each side see it.
    pub confidential: bool,
    /// The owner's day.
    pub target_close_date: Option<Date>,
    /// `target_close_date` to sort by in ascending order: an unknown day is the last.
    pub closes_ascending: Date,
    /// `target_close_date` to sort by in descending order: an unknown day is the first.
    pub closes_descending: Date,
    /// A set of [`HelpKind`].
    pub help_requested: i32,
    /// At most 10 texts of at most 100 characters.
    #[sea_orm(column_type = "JsonBinary")]
    pub competitors: Words,
    /// The owner's reason, with the stage `CLOSED_LOST`.
    pub loss_reason: Option<LossReason>,
    /// The id in the owner's CRM, unique with the owner, at most 255 characters.
    pub external_id: Option<String>,
    /// Whether the participants do not see each other, only the owner.
    pub hides_participants: bool,
    /// The program that it was submitted to.
    pub program_id: Option<ProgramId>,
    /// The organization that runs that program, and so reviews.
    pub host_organization_id: Option<OrganizationId>,
    pub review_status: ReviewStatus,
    /// What the host said last, at most 100 characters.
    pub review_reason: Option<String>,
    /// What the host said last, at most 2,000 characters.
    pub review_comment: Option<String>,
    pub submitted_at: Option<DateTimeUtc>,
    pub reviewed_at: Option<DateTimeUtc>,
    /// Since when it is put away: nobody works on it and lists leave it out unless they are asked.
    pub archived_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change of whichever side.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
