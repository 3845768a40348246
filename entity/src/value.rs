//! The enums and small values that columns hold. Stored as text in capitals, the same words that the schema uses.

use sea_orm::{DeriveActiveEnum, DeriveValueType, EnumIter};
use serde::{Deserialize, Serialize};

/// What a member may do in an organization, in ascending order of rights.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// Reads what the organization may see.
    Viewer,
    /// Works on what is shared: answers invitations, writes listings as drafts.
    Member,
    /// Runs programs, partnerships and listings.
    Manager,
    /// Manages members, keys and the organization itself.
    Admin,
    /// As an administrator, and cannot be removed by one.
    Owner,
}

/// The lifecycle of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrganizationStatus {
    /// Signed up, waits for the operator.
    Applicant,
    /// Takes part.
    Active,
    /// Reads, but changes nothing, and has no public page.
    Suspended,
    /// Gone for good.
    Terminated,
}

/// What an organization is also known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AliasKind {
    /// Another name.
    Name,
    /// A registrable domain.
    Domain,
}

/// What a line of an organization's coverage is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CoverageKind {
    /// A country served, ISO 3166-1 alpha-2.
    Country,
    /// A region served, as text (for example `EMEA` or `DE-BY`).
    Region,
    /// A market segment.
    Segment,
    /// A type of customer.
    CustomerType,
    /// A service offered.
    Service,
}

/// What became of a change that somebody else must approve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeStatus {
    /// Waits for a decision.
    Pending,
    /// Taken over.
    Approved,
    /// Refused, with a reason.
    Rejected,
    /// Taken back, or replaced by a later change.
    Withdrawn,
}

/// What a search token was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SearchSubject {
    /// An organization's names, profile and domains.
    Organization,
    /// A listing's name, summary and tags.
    Listing,
}

/// A kind of partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PartnerType {
    /// Products that work together.
    Technology,
    /// Sells, delivers or recommends.
    Channel,
    /// A shared aim of both companies.
    Strategic,
}

impl PartnerType {
    /// All kinds, in the order in which the schema lists them.
    pub const ALL: [Self; 3] = [Self::Technology, Self::Channel, Self::Strategic];

    /// The bit that stands for the kind in a [`PartnerTypes`] column.
    #[must_use]
    pub const fn bit(self) -> i32 {
        match self {
            Self::Technology => 1,
            Self::Channel => 2,
            Self::Strategic => 4,
        }
    }
}

/// A set of partner types, one bit each, so that both databases filter it with the same `&`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, DeriveValueType)]
pub struct PartnerTypes(pub i32);

impl PartnerTypes {
    /// The kinds in the set, in the order of [`PartnerType::ALL`].
    pub fn iter(self) -> impl Iterator<Item = PartnerType> {
        PartnerType::ALL.into_iter().filter(move |kind| self.0 & kind.bit() != 0)
    }

    /// Whether no kind is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<PartnerType> for PartnerTypes {
    fn from_iter<I: IntoIterator<Item = PartnerType>>(kinds: I) -> Self {
        Self(kinds.into_iter().fold(0, |mask, kind| mask | kind.bit()))
    }
}

/// How far an opportunity has come, in ascending order; the last two are ends.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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
