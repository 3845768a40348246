//! Descriptions of types that the library makes and leaves bare: every type of the schema says what it is.

use crate::{
    account::graphql::{account::Account, import::AccountListImport, list::AccountList},
    activity::graphql::types::Activity,
    alert::graphql::connection::Alerts,
    contact::graphql::types::Contact,
    cosell::graphql::{invitation::Invitation, record::Snapshot, types::Opportunity},
    inbox::graphql::InboxItem,
    introduction::graphql::types::Introduction,
    lead::graphql::types::Lead,
    marketplace::graphql::{
        category::Category,
        change::ListingChange,
        listing::{Listing, ListingIntegration},
        review::Review,
    },
    organization::graphql::{key::ApiKey, member::Member, profile::ProfileChange, types::Organization},
    overlap::graphql::{
        account::ComparedAccount, dispute::OverlapDispute, fit::PartnerFit, note::OverlapNote, run::MappingRun,
        types::Overlap,
    },
    partnership::graphql::{invitation::PartnershipInvitation, types::Partnership},
    program::graphql::{membership::Membership, types::Program},
    qualification::graphql::{rule::QualificationRule, types::QualifiedLead},
    schema::connection::List,
    sharing::graphql::{
        exploratory::ExploratoryMapping,
        types::{SharingConsent, SharingDefault, SharingRule},
    },
    trail::graphql::types::AuditEntry,
    webhook::graphql::{delivery::WebhookDelivery, endpoint::WebhookEndpoint},
};
use async_graphql::SchemaBuilder;
use rust_decimal::Decimal;

/// Describes what would have no description otherwise.
pub(super) fn describe<Q, M, S>(schema: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S> {
    schema
        .override_output_type_description::<Decimal>("A decimal number in a string, so that no digit is lost: `12.50`.")
        .override_output_type_description::<List<Account>>("A page of the accounts of a list.")
        .override_output_type_description::<List<AccountList>>("A page of account lists.")
        .override_output_type_description::<List<AccountListImport>>("A page of files that were sent into a list.")
        .override_output_type_description::<Alerts>("A page of alerts, oldest first.")
        .override_output_type_description::<List<ApiKey>>("A page of API keys.")
        .override_output_type_description::<List<AuditEntry>>("A page of the audit trail.")
        .override_output_type_description::<List<Category>>("A page of categories.")
        .override_output_type_description::<List<InboxItem>>("A page of what waits for an organization.")
        .override_output_type_description::<List<Introduction>>("A page of requests to be introduced.")
        .override_output_type_description::<List<Invitation>>("A page of invitations into opportunities.")
        .override_output_type_description::<List<Activity>>("A page of the log of activities.")
        .override_output_type_description::<List<Contact>>("A page of contacts.")
        .override_output_type_description::<List<Lead>>("A page of leads.")
        .override_output_type_description::<List<Listing>>("A page of listings.")
        .override_output_type_description::<List<ListingChange>>("A page of changes of listings.")
        .override_output_type_description::<List<ListingIntegration>>("A page of integrations of a listing.")
        .override_output_type_description::<List<Member>>("A page of members.")
        .override_output_type_description::<List<Membership>>("A page of memberships.")
        .override_output_type_description::<List<Opportunity>>("A page of opportunities.")
        .override_output_type_description::<List<Organization>>("A page of organizations.")
        .override_output_type_description::<List<Overlap>>("A page of overlaps.")
        .override_output_type_description::<List<OverlapDispute>>("A page of disputes about overlaps.")
        .override_output_type_description::<List<ComparedAccount>>("A page of accounts that only the partner has.")
        .override_output_type_description::<List<MappingRun>>("A page of runs.")
        .override_output_type_description::<List<PartnerFit>>("A page of partners, the best fit first.")
        .override_output_type_description::<List<QualificationRule>>("A page of rules over overlaps.")
        .override_output_type_description::<List<QualifiedLead>>("A page of what rules over overlaps qualified.")
        .override_output_type_description::<List<OverlapNote>>("A page of notes about an overlap.")
        .override_output_type_description::<List<Partnership>>("A page of partnerships.")
        .override_output_type_description::<List<PartnershipInvitation>>("A page of invitations into partnerships.")
        .override_output_type_description::<List<ProfileChange>>("A page of changes of profiles.")
        .override_output_type_description::<List<Program>>("A page of programs.")
        .override_output_type_description::<List<Review>>("A page of reviews.")
        .override_output_type_description::<List<ExploratoryMapping>>("A page of exploratory mappings.")
        .override_output_type_description::<List<SharingConsent>>("A page of records of consent.")
        .override_output_type_description::<List<SharingDefault>>("A page of defaults of what is shared.")
        .override_output_type_description::<List<SharingRule>>("A page of rules of what is shared.")
        .override_output_type_description::<List<Snapshot>>("A page of snapshots.")
        .override_output_type_description::<List<WebhookDelivery>>("A page of what was sent to a webhook endpoint.")
        .override_output_type_description::<List<WebhookEndpoint>>("A page of webhook endpoints.")
}
