//! Who sees what: access is exactly what the share says.

use super::{Opportunity, OpportunityField, Participant, ParticipantRole, RelatedListing};
use crate::event::subject;
use entity::{flags::Flag, id::OrganizationId};
use serde_json::{Map, Value, json};

/// Every field.
pub const FIELDS_ALL: i32 = (1 << OpportunityField::ALL.len()) - 1;

/// What an invitation shows before it is accepted, where nothing else is said: the company, the use case, and the job of
/// the contact. Bits stand for the places in `OpportunityField::ALL`, which a test holds.
pub const FIELDS_SHOWN: i32 = 1 | 1 << 1 | 1 << 4;

/// What an invitation can show at all: nothing about people, next steps or rivals before somebody has accepted.
pub const FIELDS_SHOWABLE: i32 = FIELDS_SHOWN | 1 << 3 | 1 << 6 | 1 << 7 | 1 << 9;

/// An opportunity with those who take part in it now, as its policy and its events look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides {
    /// The opportunity.
    pub opportunity: Opportunity,
    /// Those who take part, the owner among them, in the order of joining.
    pub participants: Vec<Participant>,
}

impl Sides {
    /// The place of `organization`, where it takes part.
    #[must_use]
    pub fn side(&self, organization: OrganizationId) -> Option<&Participant> {
        self.participants.iter().find(|side| side.organization_id == organization)
    }

    /// Whether `organization` owns it.
    #[must_use]
    pub fn is_owner(&self, organization: OrganizationId) -> bool {
        self.opportunity.owner_organization_id == organization
    }

    /// Whether `organization` reviews it.
    #[must_use]
    pub fn is_host(&self, organization: OrganizationId) -> bool {
        self.opportunity.host_organization_id == Some(organization)
    }

    /// What `organization` sees of it, a set of [`OpportunityField`]; nothing where it does not take part.
    #[must_use]
    pub fn fields_of(&self, organization: OrganizationId) -> i32 {
        self.side(organization).map_or(0, |side| side.fields)
    }

    /// Whether `viewer` may know that `other` takes part. The owner knows everybody and everybody knows the owner; where
    /// the owner hides the participants, these do not know each other.
    #[must_use]
    pub fn knows(&self, viewer: OrganizationId, other: OrganizationId) -> bool {
        viewer == other || !self.opportunity.hides_participants || self.is_owner(viewer) || self.is_owner(other)
    }

    /// Those whom `viewer` may know of.
    pub fn known_to(&self, viewer: OrganizationId) -> impl Iterator<Item = &Participant> + Clone {
        self.participants.iter().filter(move |side| self.knows(viewer, side.organization_id))
    }

    /// Whether `organization` may invite others: the owner, and whom the owner gave the right to, unless the owner hides
    /// the participants: whoever invites learns who is there already.
    #[must_use]
    pub fn may_invite(&self, organization: OrganizationId) -> bool {
        let may = |side: &Participant| side.may_invite && !self.opportunity.hides_participants;
        self.side(organization).is_some_and(|side| side.role == ParticipantRole::Owner || may(side))
    }
}

/// Whether a set has this field.
#[must_use]
pub fn has(fields: i32, field: OpportunityField) -> bool {
    fields & field.bit() != 0
}

/// The title and the fields of a set with their values, as they are kept in offers and snapshots. Holds no personal data.
#[must_use]
pub fn shown(opportunity: &Opportunity, listings: &[RelatedListing], next_steps: Option<&str>, fields: i32) -> Value {
    let mut shown = Map::new();
    let mut show = |field: OpportunityField, name: &str, value: Value| {
        if has(fields, field) {
            shown.insert(name.to_owned(), value);
        }
    };
    let row = opportunity;
    show(
        OpportunityField::Company,
        "customer",
        json!({
            "name": row.customer_name,
            "websiteUrl": row.customer_website,
            "countryCode": row.customer_country,
            "industry": row.customer_industry,
            "duns": row.customer_duns,
        }),
    );
    show(OpportunityField::ContactTitle, "contactTitle", json!(row.contact_title));
    show(OpportunityField::BusinessProblem, "businessProblem", json!(row.business_problem));
    show(OpportunityField::UseCase, "useCase", json!(row.use_case));
    let models = entity::flags::from_mask::<super::DeliveryModel>(row.delivery_models);
    show(OpportunityField::DeliveryModels, "deliveryModels", json!(models));
    let amount = row.expected_amount_minor.map(|minor| json!({"minor": minor, "currencyCode": row.expected_currency}));
    show(OpportunityField::ExpectedAmount, "expectedAmount", json!(amount));
    show(OpportunityField::ExpectedAmount, "expectedFrequency", json!(row.expected_frequency));
    show(OpportunityField::ExpectedAmount, "contractMonths", json!(row.contract_months));
    show(OpportunityField::ExpectedAmount, "probability", json!(row.probability));
    show(OpportunityField::TargetCloseDate, "targetCloseDate", json!(row.target_close_date));
    show(OpportunityField::NextSteps, "nextSteps", json!(next_steps));
    let help = entity::flags::from_mask::<super::HelpKind>(row.help_requested);
    show(OpportunityField::HelpRequested, "helpRequested", json!(help));
    show(OpportunityField::Competitors, "competitors", json!(row.competitors));
    let listings = listings.iter().map(
        |listing| json!({"listing": subject(listing.listing_id), "integratesWith": listing.integrates_with_id.map(subject)}),
    );
    show(OpportunityField::Listings, "relatedListings", listings.collect());
    shown.insert("title".to_owned(), json!(row.title));
    shown.insert("stage".to_owned(), json!(row.stage));
    shown.insert("type".to_owned(), json!(row.kind));
    Value::Object(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cosell::model::tests::{organization, sides};
    use entity::flags::to_mask;
    use proptest::prelude::*;

    #[test]
    fn an_invitation_shows_company_use_case_and_contact_title() {
        let shown = [OpportunityField::Company, OpportunityField::UseCase, OpportunityField::ContactTitle];
        assert_eq!(to_mask(shown), FIELDS_SHOWN);
        let more = [
            OpportunityField::BusinessProblem,
            OpportunityField::ExpectedAmount,
            OpportunityField::TargetCloseDate,
            OpportunityField::HelpRequested,
        ];
        assert_eq!(to_mask(shown.into_iter().chain(more)), FIELDS_SHOWABLE);
        assert_eq!(to_mask(OpportunityField::ALL.iter().copied()), FIELDS_ALL);
    }

    #[test]
    fn hidden_participants_know_the_owner_only() {
        let mut sides = sides();
        let known = |sides: &Sides, viewer| sides.known_to(organization(viewer)).count();
        assert_eq!((known(&sides, 1), known(&sides, 2), known(&sides, 3)), (3, 3, 3));
        sides.opportunity.hides_participants = true;
        assert_eq!((known(&sides, 1), known(&sides, 2), known(&sides, 3)), (3, 2, 2));
        assert!(!sides.knows(organization(2), organization(3)));
        assert!(sides.knows(organization(2), organization(1)) && sides.knows(organization(1), organization(3)));
    }

    #[test]
    fn only_the_owner_and_whom_it_lets_invite() {
        let mut sides = sides();
        assert!(sides.may_invite(organization(1)) && !sides.may_invite(organization(2)));
        sides.participants[1].may_invite = true;
        assert!(sides.may_invite(organization(2)) && !sides.may_invite(organization(9)));
        sides.opportunity.hides_participants = true;
        assert!(sides.may_invite(organization(1)) && !sides.may_invite(organization(2)));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_what_the_share_says(fields in 0..=FIELDS_ALL) {
            let sides = sides();
            let shown = shown(&sides.opportunity, &[], Some("Call"), fields);
            for (field, name) in [
                (OpportunityField::Company, "customer"),
                (OpportunityField::ContactTitle, "contactTitle"),
                (OpportunityField::BusinessProblem, "businessProblem"),
                (OpportunityField::UseCase, "useCase"),
                (OpportunityField::DeliveryModels, "deliveryModels"),
                (OpportunityField::ExpectedAmount, "expectedAmount"),
                (OpportunityField::TargetCloseDate, "targetCloseDate"),
                (OpportunityField::NextSteps, "nextSteps"),
                (OpportunityField::HelpRequested, "helpRequested"),
                (OpportunityField::Competitors, "competitors"),
                (OpportunityField::Listings, "relatedListings"),
            ] {
                prop_assert_eq!(shown.get(name).is_some(), has(fields, field), "{}", name);
            }
            prop_assert!(shown.get("title").is_some());
        }
    }
}
