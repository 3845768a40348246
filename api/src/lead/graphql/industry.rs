//! What a company does, as the schema names it.

use async_graphql::Enum;
use entity::value::Industry as StoredIndustry;

/// What a company does.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "StoredIndustry")]
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
