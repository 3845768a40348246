//! Who may do what in the marketplace. Pure: each rule sees the actor and the facts, nothing else.

use super::model::{Listing, ListingStatus, Review};
use crate::op::{Action, Actor, Scope};
use entity::{
    id::{CategoryId, ListingId, OrganizationId, ReviewId},
    value::Role,
};

/// Make a listing. The facts are its vendor, if it has one.
pub struct CreateListing;

impl Action for CreateListing {
    type Resource = ListingId;
    type Facts = Option<OrganizationId>;
    const NAME: &'static str = "listing.create";
    const SCOPE: Scope = Scope::ListingsWrite;

    fn allows(actor: &Actor, vendor: &Option<OrganizationId>) -> bool {
        actor.operates(Role::Manager) || vendor.is_some_and(|vendor| actor.holds(vendor, Role::Member))
    }
}

/// Edit a listing: its vendor's members a draft, its managers also what needs review.
pub struct EditListing;

impl Action for EditListing {
    type Resource = ListingId;
    type Facts = Listing;
    const NAME: &'static str = "listing.edit";
    const SCOPE: Scope = Scope::ListingsWrite;

    fn allows(actor: &Actor, listing: &Listing) -> bool {
        let least = if listing.status == ListingStatus::Draft { Role::Member } else { Role::Manager };
        runs(actor, listing, least)
    }
}

/// Submit, withdraw and archive a listing, and withdraw its open change.
pub struct RunListing;

impl Action for RunListing {
    type Resource = ListingId;
    type Facts = Listing;
    const NAME: &'static str = "listing.run";
    const SCOPE: Scope = Scope::ListingsWrite;

    fn allows(actor: &Actor, listing: &Listing) -> bool {
        runs(actor, listing, Role::Manager)
    }
}

/// Decide on a listing and its changes, restrict and restore it, give it badges.
pub struct JudgeListing;

impl Action for JudgeListing {
    type Resource = ListingId;
    type Facts = ();
    const NAME: &'static str = "listing.judge";
    const SCOPE: Scope = Scope::ListingsWrite;

    fn allows(actor: &Actor, (): &()) -> bool {
        actor.operates(Role::Manager)
    }
}

/// Make, rename and move categories.
pub struct EditCategory;

impl Action for EditCategory {
    type Resource = CategoryId;
    type Facts = ();
    const NAME: &'static str = "category.edit";
    const SCOPE: Scope = Scope::ListingsWrite;

    fn allows(actor: &Actor, (): &()) -> bool {
        actor.operates(Role::Manager)
    }
}

/// What decides on a new or changed review.
pub struct ReviewFacts {
    /// The organization that says it.
    pub author: OrganizationId,
    /// Who offers what it is about.
    pub vendor: Option<OrganizationId>,
}

/// Say something about a listing, which its vendor cannot.
pub struct WriteReview;

impl Action for WriteReview {
    type Resource = ReviewId;
    type Facts = ReviewFacts;
    const NAME: &'static str = "review.write";
    const SCOPE: Scope = Scope::ListingsWrite;

    fn allows(actor: &Actor, facts: &ReviewFacts) -> bool {
        actor.holds(facts.author, Role::Member) && facts.vendor != Some(facts.author)
    }
}

/// Publish or reject a review.
pub struct JudgeReview;

impl Action for JudgeReview {
    type Resource = ReviewId;
    type Facts = ();
    const NAME: &'static str = "review.judge";
    const SCOPE: Scope = Scope::ListingsWrite;

    fn allows(actor: &Actor, (): &()) -> bool {
        actor.operates(Role::Manager)
    }
}

/// Remove a review: its author, or the operator.
pub struct RemoveReview;

impl Action for RemoveReview {
    type Resource = ReviewId;
    type Facts = Review;
    const NAME: &'static str = "review.remove";
    const SCOPE: Scope = Scope::ListingsWrite;

    fn allows(actor: &Actor, review: &Review) -> bool {
        actor.operates(Role::Manager) || actor.holds(review.organization_id, Role::Member)
    }
}

fn runs(actor: &Actor, listing: &Listing, least: Role) -> bool {
    actor.operates(Role::Manager) || listing.vendor_id.is_some_and(|vendor| actor.holds(vendor, least))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::PersonActor;
    use chrono::DateTime;
    use entity::value::OrganizationStatus;
    use uuid::Uuid;

    const VENDOR: OrganizationId = OrganizationId(Uuid::from_u128(1));
    const OTHER: OrganizationId = OrganizationId(Uuid::from_u128(2));

    fn person(organization: OrganizationId, role: Role, operator: bool) -> Actor {
        Actor::Person(PersonActor {
            person: Uuid::from_u128(9).into(),
            organization,
            role,
            status: OrganizationStatus::Active,
            operator,
            expires_at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn a_listing_is_made_by_its_vendor_or_the_operator() {
        assert!(CreateListing::allows(&person(VENDOR, Role::Member, false), &Some(VENDOR)));
        assert!(!CreateListing::allows(&person(VENDOR, Role::Viewer, false), &Some(VENDOR)));
        assert!(!CreateListing::allows(&person(OTHER, Role::Owner, false), &Some(VENDOR)));
        assert!(!CreateListing::allows(&person(VENDOR, Role::Owner, false), &None));
        assert!(CreateListing::allows(&person(OTHER, Role::Manager, true), &None));
        assert!(!CreateListing::allows(&person(OTHER, Role::Member, true), &Some(VENDOR)));
    }

    #[test]
    fn nobody_reviews_what_is_its_own() {
        let facts = ReviewFacts { author: VENDOR, vendor: Some(VENDOR) };
        assert!(!WriteReview::allows(&person(VENDOR, Role::Owner, true), &facts));
        let facts = ReviewFacts { author: OTHER, vendor: Some(VENDOR) };
        assert!(WriteReview::allows(&person(OTHER, Role::Member, false), &facts));
        assert!(!WriteReview::allows(&person(OTHER, Role::Viewer, false), &facts));
        assert!(!WriteReview::allows(&person(VENDOR, Role::Owner, false), &facts));
    }

    #[test]
    fn only_the_operators_managers_judge() {
        assert!(JudgeListing::allows(&person(OTHER, Role::Manager, true), &()));
        assert!(!JudgeListing::allows(&person(OTHER, Role::Member, true), &()));
        assert!(!JudgeListing::allows(&person(VENDOR, Role::Owner, false), &()));
    }
}
