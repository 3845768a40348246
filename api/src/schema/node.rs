//! Relay's global object identification: one opaque, prefixed id for each object, and a way back from it.

use crate::{
    account::graphql::{account::Account, import::AccountListImport, list::AccountList},
    activity::graphql::types::Activity,
    alert::graphql::types::{
        ActivityAlert, Alert, ExploratoryMappingAlert, IntroductionAlert, InvitationAlert, LeadAlert, OpportunityAlert,
        OverlapAlert, PartnershipAlert, QualifiedLeadAlert, SharingAlert,
    },
    cosell::graphql::{invitation::Invitation, record::Snapshot, types::Opportunity},
    introduction::graphql::types::Introduction,
    lead::graphql::types::Lead,
    marketplace::graphql::{category::Category, listing::Listing, review::Review},
    op::Fault,
    organization::graphql::{
        key::ApiKey,
        member::{Member, Person},
        profile::ProfileChange,
        types::Organization,
    },
    overlap::graphql::{dispute::OverlapDispute, note::OverlapNote, run::MappingRun, types::Overlap},
    partnership::graphql::{invitation::PartnershipInvitation, types::Partnership},
    program::graphql::{membership::Membership, tier::Tier, types::Program},
    qualification::graphql::{rule::QualificationRule, types::QualifiedLead},
    schema::loader::load,
    sharing::graphql::{
        exploratory::ExploratoryMapping,
        types::{SharingConsent, SharingDefault, SharingRule},
    },
    trail::graphql::types::AuditEntry,
    webhook::graphql::{delivery::WebhookDelivery, endpoint::WebhookEndpoint},
};
use async_graphql::{Context, ID, Interface, Result};
use entity::id::{
    AccountId, AccountListId, AccountListImportId, ActivityId, AlertId, ApiKeyId, AuditEntryId, CategoryId,
    ExploratoryMappingId, IntroductionId, InvitationId, LeadId, ListingId, MappingRunId, MemberId, MembershipId,
    OpportunityId, OrganizationId, OverlapDisputeId, OverlapId, OverlapNoteId, PartnershipId, PartnershipInvitationId,
    PersonId, ProfileChangeId, ProgramId, QualificationRuleId, QualifiedLeadId, ReviewId, SharingConsentId,
    SharingDefaultId, SharingRuleId, SnapshotId, TierId, TypedId, WebhookDeliveryId, WebhookEndpointId,
};

/// An object that can be fetched again by its id.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The object's id: opaque, unique in the installation, sortable by age."
))]
pub enum Node {
    /// An organization.
    Organization(Organization),
    /// A person.
    Person(Person),
    /// A person's place in an organization.
    Member(Member),
    /// An API key.
    ApiKey(ApiKey),
    /// A change of a profile.
    ProfileChange(ProfileChange),
    /// An entry of the audit trail.
    AuditEntry(AuditEntry),
    /// A program.
    Program(Program),
    /// A tier of a program.
    Tier(Tier),
    /// An organization's place in a program.
    Membership(Membership),
    /// A listing.
    Listing(Listing),
    /// A category.
    Category(Category),
    /// A review.
    Review(Review),
    /// A partnership.
    Partnership(Partnership),
    /// An invitation into a partnership.
    PartnershipInvitation(PartnershipInvitation),
    /// An opportunity.
    Opportunity(Opportunity),
    /// An invitation into an opportunity.
    Invitation(Invitation),
    /// What was shared of an opportunity at one moment.
    Snapshot(Snapshot),
    /// An alert about an opportunity.
    OpportunityAlert(OpportunityAlert),
    /// An alert about an invitation into an opportunity.
    InvitationAlert(InvitationAlert),
    /// An alert about something that was done.
    ActivityAlert(ActivityAlert),
    /// An alert about a lead.
    LeadAlert(LeadAlert),
    /// An alert about a partnership or an invitation into one.
    PartnershipAlert(PartnershipAlert),
    /// An alert about what a partner shows of its account lists.
    SharingAlert(SharingAlert),
    /// An alert about an exploratory mapping.
    ExploratoryMappingAlert(ExploratoryMappingAlert),
    /// An alert about overlaps of account lists.
    OverlapAlert(OverlapAlert),
    /// An alert about a request to be introduced.
    IntroductionAlert(IntroductionAlert),
    /// An alert about what a rule over overlaps qualified.
    QualifiedLeadAlert(QualifiedLeadAlert),
    /// Where alerts are sent by HTTP.
    WebhookEndpoint(WebhookEndpoint),
    /// A message to a webhook endpoint.
    WebhookDelivery(WebhookDelivery),
    /// A lead.
    Lead(Lead),
    /// Something that was done about an opportunity or in a partnership.
    Activity(Activity),
    /// A list of accounts.
    AccountList(AccountList),
    /// An account of a list.
    Account(Account),
    /// A file on its way into an account list.
    AccountListImport(AccountListImport),
    /// What one partner sees of one account list.
    SharingRule(SharingRule),
    /// What partners of a tier or type see of account lists.
    SharingDefault(SharingDefault),
    /// The record of one change of what a partner may see.
    SharingConsent(SharingConsent),
    /// Two organizations that compare counts for a time.
    ExploratoryMapping(ExploratoryMapping),
    /// An overlap.
    Overlap(Overlap),
    /// A comparison of two lists.
    MappingRun(MappingRun),
    /// A dispute about an overlap.
    OverlapDispute(OverlapDispute),
    /// A note about an overlap.
    OverlapNote(OverlapNote),
    /// A request to be introduced.
    Introduction(Introduction),
    /// A rule over overlaps.
    QualificationRule(QualificationRule),
    /// An account that a rule over overlaps found worth a lead.
    QualifiedLead(QualifiedLead),
}

/// What `node` and `nodes` can find, by the prefix of the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Organization(OrganizationId),
    Person(PersonId),
    Member(MemberId),
    Api(ApiKeyId),
    ProfileChange(ProfileChangeId),
    AuditEntry(AuditEntryId),
    Program(ProgramId),
    Tier(TierId),
    Membership(MembershipId),
    Listing(ListingId),
    Category(CategoryId),
    Review(ReviewId),
    Partnership(PartnershipId),
    PartnershipInvitation(PartnershipInvitationId),
    Opportunity(OpportunityId),
    Invitation(InvitationId),
    Snapshot(SnapshotId),
    Alert(AlertId),
    WebhookEndpoint(WebhookEndpointId),
    WebhookDelivery(WebhookDeliveryId),
    Lead(LeadId),
    Activity(ActivityId),
    AccountList(AccountListId),
    Account(AccountId),
    AccountListImport(AccountListImportId),
    SharingRule(SharingRuleId),
    SharingDefault(SharingDefaultId),
    SharingConsent(SharingConsentId),
    ExploratoryMapping(ExploratoryMappingId),
    Overlap(OverlapId),
    MappingRun(MappingRunId),
    OverlapDispute(OverlapDisputeId),
    OverlapNote(OverlapNoteId),
    Introduction(IntroductionId),
    QualificationRule(QualificationRuleId),
    QualifiedLead(QualifiedLeadId),
}

fn key(id: &str) -> Option<Key> {
    OrganizationId::parse_global(id)
        .map(Key::Organization)
        .or_else(|| PersonId::parse_global(id).map(Key::Person))
        .or_else(|| MemberId::parse_global(id).map(Key::Member))
        .or_else(|| ApiKeyId::parse_global(id).map(Key::Api))
        .or_else(|| ProfileChangeId::parse_global(id).map(Key::ProfileChange))
        .or_else(|| AuditEntryId::parse_global(id).map(Key::AuditEntry))
        .or_else(|| ProgramId::parse_global(id).map(Key::Program))
        .or_else(|| TierId::parse_global(id).map(Key::Tier))
        .or_else(|| MembershipId::parse_global(id).map(Key::Membership))
        .or_else(|| ListingId::parse_global(id).map(Key::Listing))
        .or_else(|| CategoryId::parse_global(id).map(Key::Category))
        .or_else(|| ReviewId::parse_global(id).map(Key::Review))
        .or_else(|| PartnershipId::parse_global(id).map(Key::Partnership))
        .or_else(|| PartnershipInvitationId::parse_global(id).map(Key::PartnershipInvitation))
        .or_else(|| OpportunityId::parse_global(id).map(Key::Opportunity))
        .or_else(|| InvitationId::parse_global(id).map(Key::Invitation))
        .or_else(|| SnapshotId::parse_global(id).map(Key::Snapshot))
        .or_else(|| AlertId::parse_global(id).map(Key::Alert))
        .or_else(|| WebhookEndpointId::parse_global(id).map(Key::WebhookEndpoint))
        .or_else(|| WebhookDeliveryId::parse_global(id).map(Key::WebhookDelivery))
        .or_else(|| LeadId::parse_global(id).map(Key::Lead))
        .or_else(|| ActivityId::parse_global(id).map(Key::Activity))
        .or_else(|| AccountListId::parse_global(id).map(Key::AccountList))
        .or_else(|| AccountId::parse_global(id).map(Key::Account))
        .or_else(|| AccountListImportId::parse_global(id).map(Key::AccountListImport))
        .or_else(|| SharingRuleId::parse_global(id).map(Key::SharingRule))
        .or_else(|| SharingDefaultId::parse_global(id).map(Key::SharingDefault))
        .or_else(|| SharingConsentId::parse_global(id).map(Key::SharingConsent))
        .or_else(|| ExploratoryMappingId::parse_global(id).map(Key::ExploratoryMapping))
        .or_else(|| OverlapId::parse_global(id).map(Key::Overlap))
        .or_else(|| MappingRunId::parse_global(id).map(Key::MappingRun))
        .or_else(|| OverlapDisputeId::parse_global(id).map(Key::OverlapDispute))
        .or_else(|| OverlapNoteId::parse_global(id).map(Key::OverlapNote))
        .or_else(|| IntroductionId::parse_global(id).map(Key::Introduction))
        .or_else(|| QualificationRuleId::parse_global(id).map(Key::QualificationRule))
        .or_else(|| QualifiedLeadId::parse_global(id).map(Key::QualifiedLead))
}

/// The object with this id, or `None` where it is unknown or invisible.
///
/// # Errors
/// [`Fault::BadInput`] for what is no id at all.
pub async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    let key = key(id).ok_or_else(|| malformed(id))?;
    Ok(match key {
        Key::Organization(id) => load(ctx, id).await?.map(|row| Node::Organization(Organization(row))),
        Key::Person(id) => load(ctx, id).await?.map(|row| Node::Person(Person(row))),
        Key::Member(id) => load(ctx, id).await?.map(|row| Node::Member(Member(row))),
        Key::Api(id) => load(ctx, id).await?.map(|row| Node::ApiKey(ApiKey(row))),
        Key::ProfileChange(id) => load(ctx, id).await?.map(|row| Node::ProfileChange(ProfileChange(row))),
        Key::AuditEntry(id) => load(ctx, id).await?.map(|row| Node::AuditEntry(AuditEntry(row))),
        Key::Program(id) => load(ctx, id).await?.map(|row| Node::Program(Program(row))),
        Key::Tier(id) => load(ctx, id).await?.map(|row| Node::Tier(Tier(row))),
        Key::Membership(id) => load(ctx, id).await?.map(|row| Node::Membership(Membership::new(row))),
        Key::Listing(id) => load(ctx, id).await?.map(|row| Node::Listing(Listing(row))),
        Key::Category(id) => load(ctx, id).await?.map(|row| Node::Category(Category(row))),
        Key::Review(id) => load(ctx, id).await?.map(|row| Node::Review(Review(row))),
        Key::Partnership(id) => load(ctx, id).await?.map(|row| Node::Partnership(Partnership(row))),
        Key::PartnershipInvitation(id) => {
            load(ctx, id).await?.map(|row| Node::PartnershipInvitation(PartnershipInvitation(row)))
        }
        Key::Opportunity(id) => load(ctx, id).await?.map(|row| Node::Opportunity(Opportunity(row))),
        Key::Invitation(id) => load(ctx, id).await?.map(|row| Node::Invitation(Invitation(row))),
        Key::Snapshot(id) => load(ctx, id).await?.map(|row| Node::Snapshot(Snapshot(row))),
        Key::Alert(id) => load(ctx, id).await?.and_then(|row| of_alert(Alert::of(row))),
        Key::WebhookEndpoint(id) => load(ctx, id).await?.map(|row| Node::WebhookEndpoint(WebhookEndpoint(row))),
        Key::WebhookDelivery(id) => load(ctx, id).await?.map(|row| Node::WebhookDelivery(WebhookDelivery(row))),
        Key::Lead(id) => load(ctx, id).await?.map(|seen| Node::Lead(Lead(seen))),
        Key::Activity(id) => load(ctx, id).await?.map(|row| Node::Activity(Activity(row))),
        Key::AccountList(id) => load(ctx, id).await?.map(|row| Node::AccountList(AccountList(row))),
        Key::Account(id) => load(ctx, id).await?.map(|row| Node::Account(Account(row))),
        Key::AccountListImport(id) => load(ctx, id).await?.map(|row| Node::AccountListImport(AccountListImport(row))),
        Key::SharingRule(id) => load(ctx, id).await?.map(|row| Node::SharingRule(SharingRule(row))),
        Key::SharingDefault(id) => load(ctx, id).await?.map(|row| Node::SharingDefault(SharingDefault(row))),
        Key::SharingConsent(id) => load(ctx, id).await?.map(|row| Node::SharingConsent(SharingConsent(row))),
        Key::ExploratoryMapping(id) => {
            load(ctx, id).await?.map(|row| Node::ExploratoryMapping(ExploratoryMapping(row)))
        }
        Key::Overlap(id) => load(ctx, id).await?.map(|seen| Node::Overlap(Overlap(seen))),
        Key::MappingRun(id) => load(ctx, id).await?.map(|seen| Node::MappingRun(MappingRun(seen))),
        Key::OverlapDispute(id) => load(ctx, id).await?.map(|seen| Node::OverlapDispute(OverlapDispute(seen))),
        Key::OverlapNote(id) => load(ctx, id).await?.map(|row| Node::OverlapNote(OverlapNote(row))),
        Key::Introduction(id) => load(ctx, id).await?.map(|row| Node::Introduction(Introduction(row))),
        Key::QualificationRule(id) => load(ctx, id).await?.map(|row| Node::QualificationRule(QualificationRule(row))),
        Key::QualifiedLead(id) => load(ctx, id).await?.map(|row| Node::QualifiedLead(QualifiedLead(row))),
    })
}

/// An alert as a node; a reset of the feed is none.
fn of_alert(alert: Alert) -> Option<Node> {
    match alert {
        Alert::OpportunityAlert(alert) => Some(Node::OpportunityAlert(alert)),
        Alert::InvitationAlert(alert) => Some(Node::InvitationAlert(alert)),
        Alert::ActivityAlert(alert) => Some(Node::ActivityAlert(alert)),
        Alert::LeadAlert(alert) => Some(Node::LeadAlert(alert)),
        Alert::PartnershipAlert(alert) => Some(Node::PartnershipAlert(alert)),
        Alert::SharingAlert(alert) => Some(Node::SharingAlert(alert)),
        Alert::ExploratoryMappingAlert(alert) => Some(Node::ExploratoryMappingAlert(alert)),
        Alert::OverlapAlert(alert) => Some(Node::OverlapAlert(alert)),
        Alert::IntroductionAlert(alert) => Some(Node::IntroductionAlert(alert)),
        Alert::QualifiedLeadAlert(alert) => Some(Node::QualifiedLeadAlert(alert)),
        Alert::FeedReset(_) => None,
    }
}

/// Reads an argument that must be the id of an `I`.
///
/// # Errors
/// [`Fault::BadInput`] for a malformed id and for one of another kind.
pub fn parse<I: TypedId>(id: &ID) -> Result<I, Fault> {
    I::parse_global(id).ok_or_else(|| malformed(id))
}

fn malformed(id: &ID) -> Fault {
    let shown: String = id.chars().take(60).collect();
    Fault::bad_input(format!("`{shown}` is not an id of the kind that belongs here."))
}
