//! Name, seat, aliases and public page.

use super::locked;
use crate::{
    db::Tx,
    event,
    op::{ErrorCode, Fault, Op, Outcome, Refusal, check, check_revision},
    organization::{
        event::OrganizationEvent,
        model::{AliasKind, DOMAINS_MAX, NAME_MAX, OTHER_NAMES_MAX, Organization, OrganizationPatch, domain},
        policy::UpdateOrganization,
        store,
    },
};
use entity::id::OrganizationId;
use std::collections::BTreeSet;

/// Changes name, seat, aliases and public page.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`, `INVALID_FORMAT`.
pub async fn update(
    op: &Op,
    id: OrganizationId,
    mut patch: OrganizationPatch,
    expected_revision: Option<i32>,
) -> Outcome<Organization> {
    if let Some(name) = &patch.name {
        patch.name = Some(check::line("input.name", name, NAME_MAX)?);
    }
    let names = patch.other_names.take().map(checked_names).transpose()?;
    let domains = patch.domains.take().map(checked_domains).transpose()?;
    let tx = op.db().begin().await?;
    let before = locked(&tx, op, id, "id").await?;
    let permit = op.authorize::<UpdateOrganization>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    let aliases_before = store::aliases_in(&tx, id).await?;
    let after = store::update_in(&tx, op, &permit, &before, patch).await?;
    if let Some(names) = names {
        store::set_aliases_in(&tx, &permit, AliasKind::Name, names).await?;
    }
    if let Some(domains) = domains {
        store::set_aliases_in(&tx, &permit, AliasKind::Domain, domains).await?;
    }
    let aliases_after = store::aliases_in(&tx, id).await?;
    if after.name != before.name || aliases_after != aliases_before {
        store::reindex_in(&tx, &after).await?;
    }
    if after.name != before.name {
        reword_listings_in(&tx, &[id]).await?;
    }
    let updated = OrganizationEvent::Updated { before: (&before, &aliases_before), after: (&after, &aliases_after) };
    event::record(&tx, op, vec![updated.fact()]).await?;
    tx.commit().await?;
    Ok(after)
}

/// Makes the listings of these vendors be found by the names that the vendors have now, in the transaction that renamed
/// them. The words follow from names that a permit was asked for.
///
/// # Errors
/// Database faults.
pub async fn reword_listings_in(tx: &Tx, vendors: &[OrganizationId]) -> Result<(), Fault> {
    store::reword_listings_in(tx, vendors).await
}

/// Other names, tidied, each once.
fn checked_names(names: Vec<String>) -> Result<Vec<String>, Refusal> {
    check::at_most("input.otherNames", names.len(), OTHER_NAMES_MAX)?;
    let tidy = |(at, name): (usize, &String)| check::line(&format!("input.otherNames.{at}"), name, NAME_MAX);
    let unique: BTreeSet<String> = names.iter().enumerate().map(tidy).collect::<Result<_, _>>()?;
    Ok(unique.into_iter().collect())
}

/// Domains in their stored form, each once.
fn checked_domains(domains: Vec<String>) -> Result<Vec<String>, Refusal> {
    check::at_most("input.domains", domains.len(), DOMAINS_MAX)?;
    let tidy = |(at, text): (usize, &String)| {
        domain(text).ok_or_else(|| {
            let message = "Expected a domain, for example acme.example.";
            Refusal::of(&format!("input.domains.{at}"), ErrorCode::InvalidFormat, message)
        })
    };
    let unique: BTreeSet<String> = domains.iter().enumerate().map(tidy).collect::<Result<_, _>>()?;
    Ok(unique.into_iter().collect())
}
