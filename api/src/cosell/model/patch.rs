//! A change of an opportunity's content, as it is asked for and as it is kept while a review runs. An outer `None` leaves
//! the value, an inner one empties it.

use super::{ExpectedFrequency, Industry, Involvement, ListingRef, OpportunityOrigin, OpportunityType, Part};
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};

/// An amount of money in minor units of its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Minor units.
    pub minor: i64,
    /// ISO 4217.
    pub currency: String,
}

/// What is to change; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContentPatch {
    /// The title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The customer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    /// The customer's website.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub customer_website: Option<Option<String>>,
    /// The customer's country.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub customer_country: Option<Option<String>>,
    /// What the customer does.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub customer_industry: Option<Option<Industry>>,
    /// The customer's DUNS number.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub customer_duns: Option<Option<String>>,
    /// The job of the person whom the owner talks to.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub contact_title: Option<Option<String>>,
    /// What the customer wants solved.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub business_problem: Option<Option<String>>,
    /// How it is solved.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub use_case: Option<Option<String>>,
    /// A set of delivery models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_models: Option<i32>,
    /// What it is worth.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub expected_amount: Option<Option<Amount>>,
    /// How often that is paid.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub expected_frequency: Option<Option<ExpectedFrequency>>,
    /// How long the contract runs.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub contract_months: Option<Option<i32>>,
    /// Percent.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub probability: Option<Option<i32>>,
    /// What kind of business it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<OpportunityType>,
    /// Who found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<OpportunityOrigin>,
    /// What the owner wants of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub involvement: Option<Involvement>,
    /// Whether only named people see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidential: Option<bool>,
    /// The owner's day.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub target_close_date: Option<Option<NaiveDate>>,
    /// A set of kinds of help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help_requested: Option<i32>,
    /// Who else wants the deal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub competitors: Option<Vec<String>>,
    /// The id in the owner's CRM.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Option<String>>,
    /// Whether the participants do not see each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hides_participants: Option<bool>,
    /// The listings that are sold, the whole list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listings: Option<Vec<ListingRef>>,
}

/// A value that is there, though it may be null.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

// A macro, because each part is a field of its own: the three walks below must name the same ones.
macro_rules! parts {
    ($($part:ident = $field:ident,)*) => {
        impl ContentPatch {
            /// The parts that it changes, in the order of the schema.
            #[must_use]
            pub fn parts(&self) -> Vec<Part> {
                let mut parts = Vec::new();
                $(if self.$field.is_some() { parts.push(Part::$part); })*
                parts
            }

            /// This change with a later one over it.
            #[must_use]
            pub fn merged(self, later: Self) -> Self {
                Self { $($field: later.$field.or(self.$field),)* }
            }

            /// The parts that `wanted` names, and the others.
            #[must_use]
            pub fn split(self, wanted: impl Fn(Part) -> bool) -> (Self, Self) {
                let (mut now, mut later) = (Self::default(), Self::default());
                $(if wanted(Part::$part) { now.$field = self.$field; } else { later.$field = self.$field; })*
                (now, later)
            }
        }
    };
}

parts! {
    Title = title,
    CustomerName = customer_name,
    CustomerWebsite = customer_website,
    CustomerCountry = customer_country,
    CustomerIndustry = customer_industry,
    CustomerDuns = customer_duns,
    ContactTitle = contact_title,
    BusinessProblem = business_problem,
    UseCase = use_case,
    DeliveryModels = delivery_models,
    ExpectedAmount = expected_amount,
    ExpectedFrequency = expected_frequency,
    ContractMonths = contract_months,
    Probability = probability,
    Type = kind,
    Origin = origin,
    Involvement = involvement,
    Confidential = confidential,
    TargetCloseDate = target_close_date,
    HelpRequested = help_requested,
    Competitors = competitors,
    ExternalId = external_id,
    HidesParticipants = hides_participants,
    Listings = listings,
}

impl ContentPatch {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_is_not_null_after_it_was_kept() {
        let patch = ContentPatch {
            title: Some("New".to_owned()),
            use_case: Some(None),
            probability: Some(Some(20)),
            ..ContentPatch::default()
        };
        let kept = serde_json::to_value(&patch).unwrap();
        assert_eq!(kept, serde_json::json!({"title": "New", "use_case": null, "probability": 20}));
        let read: ContentPatch = serde_json::from_value(kept).unwrap();
        assert_eq!(read, patch);
        assert_eq!(read.parts(), [Part::Title, Part::UseCase, Part::Probability]);
    }

    #[test]
    fn a_later_change_goes_over_an_earlier_one() {
        let early = ContentPatch { title: Some("A".to_owned()), use_case: Some(None), ..ContentPatch::default() };
        let late = ContentPatch { title: Some("B".to_owned()), probability: Some(None), ..ContentPatch::default() };
        let merged = early.merged(late);
        assert_eq!(merged.title.as_deref(), Some("B"));
        assert_eq!((merged.use_case.clone(), merged.probability), (Some(None), Some(None)));
        let (now, later) = merged.split(|part| part == Part::Title);
        assert_eq!((now.parts(), later.parts()), (vec![Part::Title], vec![Part::UseCase, Part::Probability]));
        assert!(ContentPatch::default().is_empty());
    }
}
