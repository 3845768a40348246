//! Batched reads of partnerships, their parties, facts and people.

use crate::{
    op::Fault,
    page::Page,
    partnership::{
        model::{Exchange, Invitation, Partnership, Party, RolePart, Term},
        store::{self, Contact, PartnershipOrder, PartnershipPosition},
    },
    schema::loader::{Batch, Found, grouped},
};
use async_graphql::dataloader::Loader;
use entity::id::{OrganizationId, PartnershipId, PartnershipInvitationId, PersonId};
use std::{collections::HashMap, sync::Arc};

#[async_trait::async_trait]
impl Loader<PartnershipId> for Batch {
    type Value = Partnership;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[PartnershipId]) -> Found<PartnershipId, Partnership> {
        let rows = store::list_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<PartnershipInvitationId> for Batch {
    type Value = Invitation;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[PartnershipInvitationId]) -> Found<PartnershipInvitationId, Invitation> {
        let rows = store::list_invitations_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The present parties of a partnership that the viewer sees or is invited into.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartiesOf(pub PartnershipId);

#[async_trait::async_trait]
impl Loader<PartiesOf> for Batch {
    type Value = Vec<Party>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[PartiesOf]) -> Found<PartiesOf, Vec<Party>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_parties(self.op.db().read(), &ids).await?;
        Ok(grouped(rows.into_iter().map(|row| (PartiesOf(row.partnership_id), row))))
    }
}

/// The exchanges of a partnership.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExchangesOf(pub PartnershipId);

#[async_trait::async_trait]
impl Loader<ExchangesOf> for Batch {
    type Value = Vec<Exchange>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ExchangesOf]) -> Found<ExchangesOf, Vec<Exchange>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_exchanges(self.op.db().read(), &ids).await?;
        Ok(grouped(rows.into_iter().map(|(id, fact)| (ExchangesOf(id), fact))))
    }
}

/// The channel roles of a partnership.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RolesOf(pub PartnershipId);

#[async_trait::async_trait]
impl Loader<RolesOf> for Batch {
    type Value = Vec<RolePart>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[RolesOf]) -> Found<RolesOf, Vec<RolePart>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_roles(self.op.db().read(), &ids).await?;
        Ok(grouped(rows.into_iter().map(|(id, fact)| (RolesOf(id), fact))))
    }
}

/// The channel terms of a partnership; whether the viewer may read them is asked before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TermsOf(pub PartnershipId);

#[async_trait::async_trait]
impl Loader<TermsOf> for Batch {
    type Value = Vec<Term>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[TermsOf]) -> Found<TermsOf, Vec<Term>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_terms(self.op.db().read(), &ids).await?;
        Ok(grouped(rows.into_iter().map(|(id, fact)| (TermsOf(id), fact))))
    }
}

/// A person whom a side named, while still a member there; whether the viewer may know is asked before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContactOf(pub OrganizationId, pub PersonId);

#[async_trait::async_trait]
impl Loader<ContactOf> for Batch {
    type Value = Contact;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ContactOf]) -> Found<ContactOf, Contact> {
        let people: Vec<_> = keys.iter().map(|key| (key.0, key.1)).collect();
        let rows = store::list_contacts(&self.op, &people).await?;
        Ok(rows.into_iter().map(|row| (ContactOf(row.organization_id, row.person_id), row)).collect())
    }
}

/// The first partnerships of an organization, one more than `first`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FirstPartnershipsOf {
    /// The organization.
    pub organization: OrganizationId,
    /// How many are wanted.
    pub first: u32,
}

#[async_trait::async_trait]
impl Loader<FirstPartnershipsOf> for Batch {
    type Value = Vec<Partnership>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FirstPartnershipsOf]) -> Found<FirstPartnershipsOf, Vec<Partnership>> {
        let mut found = HashMap::new();
        // As good as always one size: a document that asks for the list twice gets two statements.
        for (first, of_size) in grouped(keys.iter().map(|key| (key.first, key.organization))) {
            let page: Page<PartnershipPosition> = Page { first, after: None };
            let rows = store::list_first_of(&self.op, &of_size, page.fetch()).await?;
            let rows = rows.into_iter().map(|(organization, row)| (FirstPartnershipsOf { organization, first }, row));
            found.extend(grouped(rows));
        }
        Ok(found)
    }
}

/// How many partnerships an organization has that the viewer sees; missing where it has none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartnershipCountOf(pub OrganizationId);

#[async_trait::async_trait]
impl Loader<PartnershipCountOf> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[PartnershipCountOf]) -> Found<PartnershipCountOf, u64> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::count_of(&self.op, &ids).await?;
        Ok(rows.into_iter().map(|(id, count)| (PartnershipCountOf(id), count)).collect())
    }
}

/// The order of the partnerships below an organization.
pub const NESTED_ORDER: PartnershipOrder = PartnershipOrder::StartedOn(crate::db::Direction::Descending);
