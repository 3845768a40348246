//! The facts that this room publishes, and what each makes stale.

use super::model::{Category, Listing, ListingChange, ListingStatus, ModerationStatus, Review};
use crate::event::{DataScope, Discretion, Fact, subject};
use entity::{
    flags::from_mask,
    id::OrganizationId,
    listing::{ListingBadge, PricingModel},
};
use serde_json::{Value, json};

/// Something that happened to a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingStep {
    /// A draft was edited.
    Updated,
    /// It waits for the operator.
    Submitted,
    /// Its vendor took that back.
    Withdrawn,
    /// The operator published it.
    Approved,
    /// The operator sent it back.
    Rejected,
    /// The operator took it out of the marketplace.
    Restricted,
    /// The operator put it back.
    Restored,
    /// It was given up.
    Archived,
    /// The operator gave it other badges.
    BadgesSet,
}

/// Something that happened to a reviewed change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeStep {
    /// It was proposed.
    Proposed,
    /// Its vendor took it back, or replaced it.
    Withdrawn,
    /// It was taken over.
    Approved,
    /// It was refused.
    Rejected,
}

/// Something that happened to a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewStep {
    /// It was written.
    Submitted,
    /// It says something else.
    Updated,
    /// Everybody sees it.
    Published,
    /// It was refused.
    Rejected,
    /// It is gone.
    Removed,
}

/// Something that happened in the marketplace. The first part is whose trail tells of it.
pub enum MarketplaceEvent<'a> {
    /// A listing was made.
    ListingCreated(OrganizationId, &'a Listing),
    /// A listing as it was and as it is.
    Listing(OrganizationId, ListingStep, &'a Listing, &'a Listing),
    /// A change of a listing.
    Change(OrganizationId, ChangeStep, &'a ListingChange),
    /// A review as it was, where it was, and as it is, where it is.
    Review(ReviewStep, Option<&'a Review>, Option<&'a Review>),
    /// A category was made.
    CategoryCreated(OrganizationId, &'a Category),
    /// A category has another name or place.
    CategoryUpdated(OrganizationId, &'a Category, &'a Category),
}

impl MarketplaceEvent<'_> {
    /// The facts to record. The matches are exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Self::ListingCreated(trail, after) => vec![Fact {
                action: "listing.created",
                organization: *trail,
                subject: subject(after.id),
                before: None,
                after: Some(listing(after)),
                stale: own(after),
                alert: None,
                discretion: Discretion::NONE,
            }],
            Self::Listing(trail, step, before, after) => vec![Fact {
                action: listing_action(*step),
                organization: *trail,
                subject: subject(after.id),
                before: Some(listing(before)),
                after: Some(listing(after)),
                stale: if was_out(before) || was_out(after) { everybody(after) } else { own(after) },
                alert: None,
                discretion: Discretion::NONE,
            }],
            Self::Change(trail, step, change) => vec![Fact {
                action: change_action(*step),
                organization: *trail,
                subject: subject(change.id),
                before: None,
                after: Some(json!({
                    "listing": subject(change.listing_id),
                    "proposal": change.proposal,
                    "reason": change.reason,
                })),
                stale: vec![DataScope::Organization(*trail)],
                alert: None,
                discretion: Discretion::NONE,
            }],
            Self::Review(step, before, after) => self::review(*step, *before, *after),
            Self::CategoryCreated(trail, after) => vec![Fact {
                action: "category.created",
                organization: *trail,
                subject: subject(after.id),
                before: None,
                after: Some(category(after)),
                stale: vec![DataScope::Catalog],
                alert: None,
                discretion: Discretion::NONE,
            }],
            Self::CategoryUpdated(trail, before, after) => vec![Fact {
                action: "category.updated",
                organization: *trail,
                subject: subject(after.id),
                before: Some(category(before)),
                after: Some(category(after)),
                stale: vec![DataScope::Catalog],
                alert: None,
                discretion: Discretion::NONE,
            }],
        }
    }
}

const fn listing_action(step: ListingStep) -> &'static str {
    match step {
        ListingStep::Updated => "listing.updated",
        ListingStep::Submitted => "listing.submitted",
        ListingStep::Withdrawn => "listing.withdrawn",
        ListingStep::Approved => "listing.approved",
        ListingStep::Rejected => "listing.rejected",
        ListingStep::Restricted => "listing.restricted",
        ListingStep::Restored => "listing.restored",
        ListingStep::Archived => "listing.archived",
        ListingStep::BadgesSet => "listing.badges_set",
    }
}

const fn change_action(step: ChangeStep) -> &'static str {
    match step {
        ChangeStep::Proposed => "listing_change.proposed",
        ChangeStep::Withdrawn => "listing_change.withdrawn",
        ChangeStep::Approved => "listing_change.approved",
        ChangeStep::Rejected => "listing_change.rejected",
    }
}

fn review(step: ReviewStep, before: Option<&Review>, after: Option<&Review>) -> Vec<Fact> {
    let Some(known) = after.or(before) else { return Vec::new() };
    let counted = [before, after].into_iter().flatten().any(|row| row.status == ModerationStatus::Published);
    let mut stale = vec![DataScope::Organization(known.organization_id)];
    if counted {
        stale.push(DataScope::Catalog);
    }
    vec![Fact {
        action: match step {
            ReviewStep::Submitted => "review.submitted",
            ReviewStep::Updated => "review.updated",
            ReviewStep::Published => "review.published",
            ReviewStep::Rejected => "review.rejected",
            ReviewStep::Removed => "review.removed",
        },
        organization: known.organization_id,
        subject: subject(known.id),
        before: before.map(said),
        after: after.map(said),
        stale,
        alert: None,
        discretion: Discretion::NONE,
    }]
}

/// Whether somebody besides its vendor and the operator may have seen the listing.
fn was_out(listing: &Listing) -> bool {
    match listing.status {
        ListingStatus::Published | ListingStatus::Restricted => true,
        ListingStatus::Draft | ListingStatus::InReview | ListingStatus::Archived => false,
    }
}

fn own(listing: &Listing) -> Vec<DataScope> {
    listing.vendor_id.map(DataScope::Organization).into_iter().collect()
}

fn everybody(listing: &Listing) -> Vec<DataScope> {
    let mut stale = own(listing);
    stale.push(DataScope::Catalog);
    stale
}

fn listing(listing: &Listing) -> Value {
    json!({
        "name": listing.name,
        "summary": listing.summary,
        "description": listing.description,
        "kind": listing.kind,
        "status": listing.status,
        "statusReason": listing.status_reason,
        "visibility": listing.visibility,
        "websiteUrl": listing.website_url,
        "repoUrl": listing.repo_url,
        "logoUrl": listing.logo_url,
        "pricingModels": from_mask::<PricingModel>(listing.pricing_models),
        "badges": from_mask::<ListingBadge>(listing.badges),
        "highlights": listing.highlights,
        "tags": listing.tags,
        "personas": listing.personas,
        "useCase": listing.use_case,
        "openSource": listing.open_source,
        "maturity": listing.maturity,
        "acceptedOn": listing.accepted_on,
    })
}

fn category(category: &Category) -> Value {
    json!({
        "name": category.name,
        "slug": category.slug,
        "parent": category.parent_id.map(subject),
    })
}

fn said(review: &Review) -> Value {
    json!({
        "listing": subject(review.listing_id),
        "rating": review.rating,
        "title": review.title,
        "body": review.body,
        "status": review.status,
        "reason": review.reason,
    })
}
