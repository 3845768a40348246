//! The SQL of organizations: scoped reads, permitted writes.

#![expect(clippy::disallowed_methods, reason = "the only folder of this room with SQL")]

mod acquaintance;
mod alias;
mod coverage;
mod key;
mod list;
mod member;
mod profile;
mod vendor;

pub use alias::{aliases_in, list_aliases, set_aliases_in};
pub use coverage::{coverage_in, list_coverage, set_coverage_in};
pub use key::{
    count_keys_of, count_usable_keys_in, find_key_in, find_own_key, insert_key_in, key_prefix_taken_in,
    list_keys_by_ids, list_keys_of, revoke_key_in,
};
pub use list::{Sorting, count, list_by_creation, list_by_name};
pub use member::{
    count_members_of, count_owners_in, find_account, find_member_in, find_member_of_in, find_own_person,
    find_person_of_in, insert_member_in, list_members_by_ids, list_members_of, list_people_by_ids, list_places,
    person_in, remove_member_in, set_role_in,
};
pub use profile::{
    StoredProfile, count_changes, find_change_in, insert_change_in, list_changes, list_changes_by_ids,
    list_pending_changes, list_profiles, pending_change_in, profile_in, set_profile_in, settle_change_in,
};
pub use vendor::reword_listings_in;

use super::{
    model::{Aliases, NewOrganization, Organization, OrganizationPatch, OrganizationStatus, Role},
    policy::{DecideOrganization, SetModerated, UpdateOrganization},
};
use crate::{
    op::{Action, Actor, Failure, Fault, Op, Permit, taken},
    search, text,
};
use entity::{id::OrganizationId, import_run, import_run::ImportStatus, organization, value::SearchSubject};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select,
};
use std::collections::HashSet;

/// The organizations that the actor may see.
fn visible(op: &Op) -> Select<organization::Entity> {
    organization::Entity::find().filter(visible_condition(&op.actor))
}

/// Which organizations an actor may see, as a condition on the organizations table, for joins: listed and active ones, the
/// actor's own, its partners, those that it sells or explores with, those between which and it an invitation is open, and
/// all for the operator; and none that an import has laid out and not applied. The only place where this is said.
#[must_use]
pub fn visible_condition(actor: &Actor) -> Condition {
    Condition::all().add(whose(actor)).add(is_there())
}

/// Whether it is there at all: one that an import has laid out is if that run was applied. The runs are read once a
/// statement, and only where an imported organization turns up.
fn is_there() -> Condition {
    let applied = import_run::Entity::find()
        .select_only()
        .column(import_run::Column::Id)
        .filter(import_run::Column::Status.eq(ImportStatus::Applied))
        .into_query();
    let run = organization::Column::ImportRunId;
    Condition::any().add(run.is_null()).add(run.in_subquery(applied))
}

fn whose(actor: &Actor) -> Condition {
    match actor.organization() {
        Some(own) if !actor.operates(Role::Viewer) => known(actor)
            .add(organization::Column::Id.in_subquery(acquaintance::partners_of(own)))
            .add(organization::Column::Id.in_subquery(acquaintance::invited_with(own)))
            .add(organization::Column::Id.in_subquery(acquaintance::selling_with(own)))
            .add(organization::Column::Id.in_subquery(acquaintance::invited_to_sell_with(own)))
            .add(organization::Column::Id.in_subquery(acquaintance::exploring_with(own))),
        _ => known(actor),
    }
}

/// Those that the actor may see whomever it knows: an alternative of [`whose`], which costs next to nothing to ask for.
fn known(actor: &Actor) -> Condition {
    if actor.operates(Role::Viewer) {
        return Condition::all();
    }
    let public = Condition::all()
        .add(organization::Column::Listed.eq(true))
        .add(organization::Column::Status.eq(OrganizationStatus::Active));
    let own = actor.organization().map(|own| organization::Column::Id.eq(own));
    Condition::any().add(public).add_option(own)
}

/// Which rows the own people of an organization and the operator may see, by the column that names it: members, people's
/// changes, whatever `policy::sees_inside` is about.
fn inside(actor: &Actor, organization: impl ColumnTrait) -> Condition {
    if actor.operates(Role::Viewer) {
        return Condition::all();
    }
    match actor.organization() {
        Some(own) => Condition::all().add(organization.eq(own)),
        // Nobody's organization: a visitor is inside of none.
        None => Condition::all().add(organization.is_null()),
    }
}

/// The organization with this slug.
///
/// # Errors
/// Database faults.
pub async fn find_by_slug(op: &Op, slug: &str) -> Result<Option<Organization>, Fault> {
    Ok(visible(op).filter(organization::Column::Slug.eq(slug)).one(op.db().read()).await?)
}

/// As [`find_by_slug`], in a transaction; nothing is locked.
///
/// # Errors
/// Database faults.
pub async fn find_by_slug_in(tx: &DatabaseTransaction, op: &Op, slug: &str) -> Result<Option<Organization>, Fault> {
    Ok(visible(op).filter(organization::Column::Slug.eq(slug)).one(tx).await?)
}

/// The organizations with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[OrganizationId]) -> Result<Vec<Organization>, Fault> {
    let list = async |whose: Condition, ids: &[OrganizationId]| -> Result<Vec<Organization>, Fault> {
        let query = organization::Entity::find().filter(organization::Column::Id.is_in(ids.iter().copied()));
        Ok(query.filter(whose).filter(is_there()).all(op.db().read()).await?)
    };
    // Nearly all are known to everybody: the database needs longer to begin with the others than to find these.
    let mut rows = list(known(&op.actor), ids).await?;
    let found: HashSet<OrganizationId> = rows.iter().map(|row| row.id).collect();
    let others: Vec<OrganizationId> = ids.iter().copied().filter(|id| !found.contains(id)).collect();
    if !others.is_empty() && !op.actor.operates(Role::Viewer) && op.actor.organization().is_some() {
        rows.extend(list(whose(&op.actor), &others).await?);
    }
    Ok(rows)
}

/// The visible organization with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_in(tx: &DatabaseTransaction, op: &Op, id: OrganizationId) -> Result<Option<Organization>, Fault> {
    Ok(visible(op).filter(organization::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// Whether a slug is taken, by a visible organization or another.
///
/// # Errors
/// Database faults.
pub async fn slug_taken_in(tx: &DatabaseTransaction, slug: &str) -> Result<bool, Fault> {
    Ok(organization::Entity::find().filter(organization::Column::Slug.eq(slug)).count(tx).await? > 0)
}

/// Whether an external id is taken, by a visible organization or another.
///
/// # Errors
/// Database faults.
pub async fn external_id_taken_in(tx: &DatabaseTransaction, external_id: &str) -> Result<bool, Fault> {
    Ok(organization::Entity::find().filter(organization::Column::ExternalId.eq(external_id)).count(tx).await? > 0)
}

/// Whether there is an organization that runs the installation.
///
/// # Errors
/// Database faults.
pub async fn has_operator_in(tx: &DatabaseTransaction) -> Result<bool, Fault> {
    Ok(organization::Entity::find().filter(organization::Column::Operator.eq(true)).count(tx).await? > 0)
}

/// Enters an organization with the permit's id.
///
/// # Errors
/// `TAKEN` where the slug or the external id was taken in between; database faults.
pub async fn insert_in<A: Action<Resource = OrganizationId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    new: &NewOrganization,
    slug: String,
    operator: bool,
) -> Result<Organization, Failure> {
    let row = organization::ActiveModel {
        id: Set(permit.resource()),
        slug: Set(slug),
        name: Set(new.name.clone()),
        sort_name: Set(text::sort_key(&new.name)),
        country_code: Set(new.country_code.clone()),
        status: Set(if new.active { OrganizationStatus::Active } else { OrganizationStatus::Applicant }),
        status_reason: Set(None),
        operator: Set(operator),
        listed: Set(new.listed),
        profile_moderated: Set(false),
        external_id: Set(new.external_id.clone()),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
        import_run_id: Set(None),
    };
    row.insert(tx).await.map_err(|error| taken(error, "input.slug"))
}

/// Changes an organization and raises its revision.
///
/// # Errors
/// Database faults.
pub async fn update_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<UpdateOrganization>,
    before: &Organization,
    patch: OrganizationPatch,
) -> Result<Organization, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another organization");
    let mut row = before.clone().into_active_model();
    if let Some(name) = patch.name {
        row.sort_name = Set(text::sort_key(&name));
        row.name = Set(name);
    }
    if let Some(country) = patch.country_code {
        row.country_code = Set(country);
    }
    if let Some(listed) = patch.listed {
        row.listed = Set(listed);
    }
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Puts an organization into another state and raises its revision.
///
/// # Errors
/// Database faults.
pub async fn set_status_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<DecideOrganization>,
    before: &Organization,
    status: OrganizationStatus,
    reason: Option<String>,
) -> Result<Organization, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another organization");
    let mut row = before.clone().into_active_model();
    row.status = Set(status);
    row.status_reason = Set(reason);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Raises the revision of an organization, part of which was written to another table.
///
/// # Errors
/// Database faults.
pub async fn raise_revision_in<A: Action>(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<A>,
    before: &Organization,
) -> Result<Organization, Fault> {
    let mut row = before.clone().into_active_model();
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Says whether changes of the profile wait for a moderator. Not a change of the organization's own, so its revision stays.
///
/// # Errors
/// Database faults.
pub async fn set_moderated_in(
    tx: &DatabaseTransaction,
    permit: &Permit<SetModerated>,
    before: Organization,
    moderated: bool,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another organization");
    let mut row = before.into_active_model();
    row.profile_moderated = Set(moderated);
    row.update(tx).await?;
    Ok(())
}

/// Makes an organization found by what it is called and by what its profile says now: names first, then headlines,
/// domains and descriptions, since the number of words is bounded. The last step of each use case that changes one.
///
/// # Errors
/// Database faults.
pub async fn reindex_in(tx: &DatabaseTransaction, organization: &Organization) -> Result<(), Fault> {
    let Aliases { names, domains } = aliases_in(tx, organization.id).await?;
    let profile = profile_in(tx, organization.id).await?;
    let texts = || profile.iter().flat_map(|profile| profile.texts.values());
    let words = text::tokens_of(
        std::iter::once(organization.name.as_str())
            .chain(names.iter().map(String::as_str))
            .chain(texts().filter_map(|text| text.headline.as_deref()))
            .chain(domains.iter().map(String::as_str))
            .chain(texts().filter_map(|text| text.description.as_deref())),
    );
    search::index_in(tx, SearchSubject::Organization, organization.id.into(), words).await
}
