//! Typed ids. Inside they are UUIDv7 (sortable by time of creation); outside they are `prefix_` and 32 hexadecimal digits.

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What all typed ids have in common, so that parsing and printing is written once.
pub trait TypedId: Copy + From<Uuid> + Into<Uuid> {
    /// The kind, as clients see it before the underscore.
    const PREFIX: &'static str;

    /// The id as clients see it: `org_0192...`.
    fn global(self) -> String {
        let uuid: Uuid = self.into();
        format!("{}_{}", Self::PREFIX, uuid.simple())
    }

    /// Reads what [`TypedId::global`] wrote; `None` for anything else, an id of another kind included.
    fn parse_global(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(Self::PREFIX)?.strip_prefix('_')?;
        let canonical = digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        canonical.then(|| Uuid::try_parse(digits).ok()).flatten().map(Self::from)
    }
}

// A macro, because the derives that SeaORM needs cannot be generic.
macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, DeriveValueType)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        // SeaORM asks for this of every key; a UUID has no such form.
        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;
        }
    )*};
}

typed_ids! {
    /// An organization (tenant).
    OrganizationId = "org";
    /// A person, who may be a member of several organizations.
    PersonId = "psn";
    /// A person's place in one organization.
    MemberId = "mbr";
    /// An API key of an organization.
    ApiKeyId = "key";
    /// A profile change that waits for moderation, or waited.
    ProfileChangeId = "pch";
    /// An entry of the audit trail.
    AuditEntryId = "aud";
    /// A partnership of two or more organizations.
    PartnershipId = "pts";
    /// An invitation into a partnership.
    PartnershipInvitationId = "pti";
    /// A program that an organization runs.
    ProgramId = "prg";
    /// A tier of a program.
    TierId = "tir";
    /// A measurable requirement of a tier.
    RequirementId = "req";
    /// A benefit of a tier.
    BenefitId = "bnf";
    /// An organization's place in a program.
    MembershipId = "mem";
    /// A fact about a membership: joined, left, another tier.
    MembershipFactId = "mft";
    /// A listing of the marketplace.
    ListingId = "lst";
    /// A reviewed change of a listing.
    ListingChangeId = "lch";
    /// A category of the marketplace.
    CategoryId = "cat";
    /// "This listing integrates with that one", or with a name.
    IntegrationId = "itg";
    /// A review of a listing.
    ReviewId = "rev";
    /// A run of an import.
    ImportRunId = "imp";
    /// An alert of an organization's feed.
    AlertId = "alt";
    /// An opportunity that organizations work together.
    OpportunityId = "opp";
    /// An invitation into an opportunity.
    InvitationId = "inv";
    /// A change of an opportunity that waits for its review to end.
    PendingChangeId = "opc";
    /// A move of one side of an opportunity to another stage.
    OpportunityMoveId = "opm";
    /// What one side of an opportunity wrote to do next.
    NextStepId = "ons";
    /// What was shared of an opportunity at one moment.
    SnapshotId = "snp";
    /// A contact at a customer.
    ContactId = "ctc";
    /// Something that was done about an opportunity or in a partnership.
    ActivityId = "act";
    /// A lead that one organization hands to another.
    LeadId = "led";
    /// Where alerts are sent by HTTP.
    WebhookEndpointId = "whe";
    /// One alert on its way to an endpoint.
    WebhookDeliveryId = "whd";
    /// A list of accounts.
    AccountListId = "acl";
    /// An account of a list.
    AccountId = "acc";
    /// A file on its way into an account list.
    AccountListImportId = "ali";
    /// What one partner sees of one account list.
    SharingRuleId = "shr";
    /// What partners of a tier or type see where no rule says otherwise.
    SharingDefaultId = "shd";
    /// Two organizations that compare counts before they are partners.
    ExploratoryMappingId = "exm";
    /// The record of one change of what a partner sees.
    SharingConsentId = "shc";
    /// Two account lists that may be compared.
    MappingPairId = "mpr";
    /// A comparison of the two lists of a pair.
    MappingRunId = "mrn";
    /// Two accounts that are taken for the same company.
    OverlapId = "ovl";
    /// The word of one side against what was found.
    OverlapDisputeId = "ovd";
    /// What one side wrote down about an overlap for itself.
    OverlapNoteId = "ovn";
    /// The request to be introduced to a company.
    IntroductionId = "int";
    /// A rule over overlaps.
    QualificationRuleId = "qrl";
    /// An account that such a rule found worth a lead.
    QualifiedLeadId = "qld";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_global_id_reads_back_and_another_kind_does_not() {
        let id = OrganizationId(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_002a));
        assert_eq!(id.global(), "org_0192000000007000800000000000002a");
        assert_eq!(OrganizationId::parse_global(&id.global()), Some(id));
        assert_eq!(PersonId::parse_global(&id.global()), None);
        for bad in ["", "org", "org_", "org_zz", "ORG_01920000000070008000000000000002a", "org_0192-0000"] {
            assert_eq!(OrganizationId::parse_global(bad), None, "{bad}");
        }
    }
}
