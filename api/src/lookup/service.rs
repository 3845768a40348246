//! What is known of a company by its domain. Each read takes a number of statements that does not grow with lists, partners
//! (but for their hundreds) or overlaps.

use super::model::{ACCOUNTS_MAX, LEADS_MAX, OPPORTUNITIES_MAX, OVERLAPS_MAX};
use crate::{
    account::{self, model::Account},
    cosell::{self, model::Opportunity},
    lead::{self, model::Seen},
    op::{Fault, Op},
    overlap::seen::{SeenOverlap, seen_overlaps_of},
};
use entity::id::OrganizationId;

/// The accounts of the actor's organization with this domain, by name.
///
/// # Errors
/// [`Fault::Unauthenticated`] where the actor acts for no organization; database faults.
pub async fn accounts(op: &Op, domain: &str) -> Result<Vec<Account>, Fault> {
    account::service::list_by_domain(op, domain, ACCOUNTS_MAX).await
}

/// What is shown now of the overlaps of these accounts: the partners, the one with the surest overlap first, each with its
/// overlaps.
///
/// # Errors
/// As [`accounts`].
pub async fn partners(op: &Op, accounts: &[Account]) -> Result<Vec<(OrganizationId, Vec<SeenOverlap>)>, Fault> {
    let mut partners: Vec<(OrganizationId, Vec<SeenOverlap>)> = Vec::new();
    for (partner, overlap) in seen_overlaps_of(op, accounts, OVERLAPS_MAX).await? {
        match partners.iter_mut().find(|(known, _)| *known == partner) {
            Some((_, overlaps)) => overlaps.push(overlap),
            None => partners.push((partner, vec![overlap])),
        }
    }
    Ok(partners)
}

/// The open opportunities for a customer with this domain that the actor may see with their customer, the newest first.
///
/// # Errors
/// Database faults.
pub async fn opportunities(op: &Op, domain: &str) -> Result<Vec<Opportunity>, Fault> {
    cosell::service::list_open_of_customer(op, domain, OPPORTUNITIES_MAX).await
}

/// The open leads about a company with this domain, sent or received by the actor's organization, the newest first.
///
/// # Errors
/// As [`accounts`].
pub async fn leads(op: &Op, domain: &str) -> Result<Vec<Seen>, Fault> {
    lead::service::list_open_of_company(op, domain, LEADS_MAX).await
}
