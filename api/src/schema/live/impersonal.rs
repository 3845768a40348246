//! The fields of subscriptions that are the same for all who have the same rights in the same organization, each of them
//! looked at before it was written here. Whatever a field under one of them reads must not depend on the person: no
//! `viewer...`, nothing that is read or unread by somebody, nothing that is shown to named members only. Items of which
//! that holds nowhere are marked as personal by their source ([`Step`](crate::schema::request::source::Step)).
//!
//! A field that is missing here costs an execution for each reader; one that is here by mistake shows one person what is
//! for another. A test sees to it that all of them are in the schema.

use crate::schema::request::share::Impersonal;

/// As `Type.field`, sorted.
pub const IMPERSONAL: &[&str] = &[
    "ActivityAlert.actor",
    "ActivityAlert.change",
    "ActivityAlert.id",
    "ActivityAlert.occurredAt",
    "ActivityAlert.opportunity",
    "ActivityAlert.organization",
    "Actor.kind",
    "Actor.organization",
    "Alert.actor",
    "Alert.id",
    "Alert.occurredAt",
    "CoSellAlert.alert",
    "CoSellAlert.cursor",
    "FeedReset.actor",
    "FeedReset.head",
    "FeedReset.id",
    "FeedReset.occurredAt",
    "FeedReset.reason",
    "Invitation.id",
    "Invitation.opportunityTitle",
    "Invitation.status",
    "InvitationAlert.actor",
    "InvitationAlert.change",
    "InvitationAlert.fromOrganization",
    "InvitationAlert.id",
    "InvitationAlert.invitation",
    "InvitationAlert.occurredAt",
    "InvitationAlert.opportunity",
    "InvitationAlert.statusAfter",
    "InvitationAlert.toOrganization",
    "LeadAlert.actor",
    "LeadAlert.change",
    "LeadAlert.id",
    "LeadAlert.occurredAt",
    "Opportunity.confidential",
    "Opportunity.createdAt",
    "Opportunity.id",
    "Opportunity.reviewStatus",
    "Opportunity.revision",
    "Opportunity.stage",
    "Opportunity.title",
    "Opportunity.updatedAt",
    "OpportunityAlert.actor",
    "OpportunityAlert.change",
    "OpportunityAlert.fields",
    "OpportunityAlert.id",
    "OpportunityAlert.occurredAt",
    "OpportunityAlert.opportunity",
    "OpportunityAlert.reviewStatusAfter",
    "OpportunityAlert.reviewStatusBefore",
    "OpportunityAlert.side",
    "OpportunityAlert.stage",
    "OpportunityAlert.stageAfter",
    "OpportunityAlert.stageBefore",
    "Organization.id",
    "Organization.name",
    "Organization.slug",
    "PartnershipAlert.actor",
    "PartnershipAlert.change",
    "PartnershipAlert.endsOn",
    "PartnershipAlert.id",
    "PartnershipAlert.occurredAt",
    "PartnershipAlert.organization",
    "PartnershipAlert.statusAfter",
    "Subscription.coSellAlerts",
];

/// The fields as the pipeline takes them.
#[must_use]
pub fn impersonal() -> Impersonal {
    Impersonal::new(IMPERSONAL)
}
