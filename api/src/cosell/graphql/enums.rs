//! The words of co-selling in the schema.

use crate::cosell::model;
use async_graphql::Enum;

/// How far an opportunity has come, in ascending order; the last two are ends.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::OpportunityStage")]
pub enum OpportunityStage {
    /// The customer has shown interest.
    Prospect,
    /// The customer has the need, the budget and the time.
    Qualified,
    /// The solution is being tried.
    TechnicalValidation,
    /// The price and the terms are being agreed.
    BusinessValidation,
    /// The customer has said yes.
    Committed,
    /// The customer uses it: won.
    Launched,
    /// It came to nothing.
    ClosedLost,
}

/// What a customer does.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::Industry")]
pub enum Industry {
    /// Aircraft, space and defense suppliers.
    Aerospace,
    /// Farming, forestry, fishing and food production.
    Agriculture,
    /// Vehicles and their parts.
    Automotive,
    /// Computers, chips and devices.
    ComputersAndElectronics,
    /// Goods that people buy for themselves.
    ConsumerGoods,
    /// Schools, universities and training.
    Education,
    /// Oil and gas.
    EnergyOilAndGas,
    /// Power, heat, water and waste.
    EnergyPowerAndUtilities,
    /// Banks, insurers and markets.
    FinancialServices,
    /// Games and betting.
    Gaming,
    /// Public bodies.
    Government,
    /// Hospitals, practices and payers.
    Healthcare,
    /// Hotels and restaurants.
    Hospitality,
    /// Medicines, devices and research.
    LifeSciences,
    /// Making things for industry.
    Manufacturing,
    /// Agencies and advertising.
    MarketingAndAdvertising,
    /// Publishing, film, music and sport.
    MediaAndEntertainment,
    /// Ores and minerals.
    Mining,
    /// Charities and associations.
    NonProfit,
    /// Consultants, lawyers and accountants.
    ProfessionalServices,
    /// Property and building.
    RealEstateAndConstruction,
    /// Shops, also on the web.
    Retail,
    /// Software and services on the web.
    SoftwareAndInternet,
    /// Networks and their operators.
    Telecommunications,
    /// Moving people and goods.
    TransportationAndLogistics,
    /// Travel agencies and airlines.
    Travel,
    /// Selling on to those who sell.
    WholesaleAndDistribution,
    /// None of these.
    Other,
}

/// What kind of business it is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::OpportunityType")]
pub enum OpportunityType {
    /// A customer that buys this for the first time.
    NetNew,
    /// A contract that goes on.
    Renewal,
    /// A customer that buys more.
    Expansion,
}

/// Who found it.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::OpportunityOrigin")]
pub enum OpportunityOrigin {
    /// A partner named the customer.
    PartnerReferral,
    /// The vendor named the customer.
    VendorReferral,
}

/// What the owner wants of the others.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::Involvement")]
pub enum Involvement {
    /// To sell it together.
    CoSell,
    /// To know of it, and no more.
    VisibilityOnly,
}

/// How often the expected amount is paid.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ExpectedFrequency")]
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
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ReviewStatus")]
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
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::LossReason")]
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
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::DeliveryModel")]
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

/// What the owner asks the others to help with.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::HelpKind")]
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

/// What an organization does in an opportunity.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ParticipantRole")]
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

/// A part of an opportunity that is shared or is not. The title, the stage, the type and who owns it go with every share.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::OpportunityField")]
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

/// What a snapshot was taken for.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::SnapshotTrigger")]
pub enum SnapshotTrigger {
    /// An invitation was accepted.
    Accepted,
    /// The opportunity was submitted to a program.
    Submitted,
    /// What is shared changed.
    Granted,
    /// Somebody asked for it.
    Taken,
    /// What the owner says of the deal changed, in a part that is shared.
    Updated,
}

/// Why an invitation into an opportunity was declined.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::DeclineReason")]
pub enum DeclineReason {
    /// It is nothing for this organization.
    NotAFit,
    /// No people or time for it.
    NoCapacity,
    /// Later, perhaps.
    BadTiming,
    /// It works with this customer already, or may not.
    CustomerConflict,
    /// Too little was said.
    NotEnoughInformation,
    /// The inviter is not known.
    UnknownInviter,
    /// Something else; the comment says what.
    Other,
}
