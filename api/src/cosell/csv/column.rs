//! The columns of a file: the names of the schema's fields. Pure.

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Column {
    Id,
    ExternalId,
    Revision,
    Title,
    CustomerName,
    CustomerWebsite,
    CustomerCountry,
    CustomerIndustry,
    CustomerDuns,
    ContactTitle,
    BusinessProblem,
    UseCase,
    DeliveryModels,
    ExpectedAmount,
    Currency,
    ExpectedFrequency,
    ContractMonths,
    Probability,
    Stage,
    LossReason,
    TargetCloseDate,
    Type,
    Origin,
    Involvement,
    Confidential,
    HidesParticipants,
    HelpRequested,
    Competitors,
    RelatedListings,
    Owner,
    ReviewStatus,
    CreatedAt,
    UpdatedAt,
    ArchivedAt,
}

use Column::{
    ArchivedAt, BusinessProblem, Competitors, Confidential, ContactTitle, ContractMonths, CreatedAt, Currency,
    CustomerCountry, CustomerDuns, CustomerIndustry, CustomerName, CustomerWebsite, DeliveryModels, ExpectedAmount,
    ExpectedFrequency, ExternalId, HelpRequested, HidesParticipants, Id, Involvement, LossReason, Origin, Owner,
    Probability, RelatedListings, ReviewStatus, Revision, Stage, TargetCloseDate, Title, Type, UpdatedAt, UseCase,
};

/// The table: every column in the order of a file that goes out, with its name, and where the input of the mutations has
/// what it holds.
const TABLE: [(Column, &str, &[&str]); 34] = [
    (Id, "id", &["id"]),
    (ExternalId, "externalId", &["externalId"]),
    (Revision, "revision", &["expectedRevision"]),
    (Title, "title", &["title"]),
    (CustomerName, "customerName", &["customer", "name"]),
    (CustomerWebsite, "customerWebsite", &["customer", "websiteUrl"]),
    (CustomerCountry, "customerCountry", &["customer", "countryCode"]),
    (CustomerIndustry, "customerIndustry", &["customer", "industry"]),
    (CustomerDuns, "customerDuns", &["customer", "duns"]),
    (ContactTitle, "contactTitle", &["contactTitle"]),
    (BusinessProblem, "businessProblem", &["businessProblem"]),
    (UseCase, "useCase", &["useCase"]),
    (DeliveryModels, "deliveryModels", &["deliveryModels"]),
    (ExpectedAmount, "expectedAmount", &["expectedAmount"]),
    (Currency, "currency", &["expectedAmount", "currencyCode"]),
    (ExpectedFrequency, "expectedFrequency", &["expectedFrequency"]),
    (ContractMonths, "contractMonths", &["contractMonths"]),
    (Probability, "probability", &["probability"]),
    (Stage, "stage", &["stage"]),
    (LossReason, "lossReason", &["lossReason"]),
    (TargetCloseDate, "targetCloseDate", &["targetCloseDate"]),
    (Type, "type", &["type"]),
    (Origin, "origin", &["origin"]),
    (Involvement, "involvement", &["involvement"]),
    (Confidential, "confidential", &["confidential"]),
    (HidesParticipants, "hidesParticipants", &["hidesParticipants"]),
    (HelpRequested, "helpRequested", &["helpRequested"]),
    (Competitors, "competitors", &["competitors"]),
    (RelatedListings, "relatedListings", &["relatedListings"]),
    (Owner, "owner", &[]),
    (ReviewStatus, "reviewStatus", &[]),
    (CreatedAt, "createdAt", &[]),
    (UpdatedAt, "updatedAt", &[]),
    (ArchivedAt, "archivedAt", &[]),
];

impl Column {
    /// All columns, in the order of a file that goes out.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(column, ..)| *column)
    }

    /// The name in the header.
    pub(super) fn name(self) -> &'static str {
        TABLE.iter().find(|(column, ..)| *column == self).map_or("", |(_, name, _)| name)
    }

    /// The column with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|(_, own, _)| *own == name).map(|(column, ..)| *column)
    }

    /// The column of the field that a refusal names.
    pub(super) fn of_field(field: &[String]) -> Option<Self> {
        let path = field.strip_prefix(&["input".to_owned()]).unwrap_or(field);
        TABLE.iter().find(|(.., own)| !own.is_empty() && *own == path).map(|(column, ..)| *column)
    }

    /// Whether a file that comes in may have it, but nothing is done with it.
    pub(super) fn is_only_shown(self) -> bool {
        matches!(self, Owner | ReviewStatus | CreatedAt | UpdatedAt | ArchivedAt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_is_found_by_its_name_and_stands_once() {
        let mut names = std::collections::BTreeSet::new();
        for column in Column::all() {
            assert_eq!(Column::named(column.name()), Some(column));
            assert!(names.insert(column.name()));
        }
        assert_eq!(Column::named("Title"), None);
    }

    #[test]
    fn a_refusal_leads_to_the_column() {
        let of = |path: &str| Column::of_field(&path.split('.').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(of("input.customer.duns"), Some(CustomerDuns));
        assert_eq!(of("input.expectedAmount"), Some(ExpectedAmount));
        assert_eq!(of("expectedRevision"), Some(Revision));
        assert_eq!(of("input"), None);
        assert_eq!(Column::of_field(&[]), None);
    }
}
