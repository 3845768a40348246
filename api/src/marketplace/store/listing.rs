//! Single listings: reads, and the writes that make and change one.

#![expect(clippy::disallowed_methods, reason = "holds SQL of the marketplace")]

use super::{
    integration, link,
    scope::{visible_condition, visible_vendor},
};
use crate::{
    marketplace::{
        model::{Listing, ListingBadge, ListingPatch, ListingStatus, NewListing, published_keys, rating_keys},
        policy::{CreateListing, JudgeListing},
    },
    op::{Action, Failure, Fault, Op, Outcome, Permit, taken},
    search, text,
};
use entity::{
    flags::to_mask,
    id::{ListingId, OrganizationId},
    listing,
    listing::ListingVisibility,
    organization,
    value::SearchSubject,
    words::Words,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Select,
};

fn visible(op: &Op) -> Select<listing::Entity> {
    listing::Entity::find().filter(visible_condition(&op.actor))
}

/// The visible listing with this slug.
///
/// # Errors
/// Database faults.
pub async fn find_by_slug(op: &Op, slug: &str) -> Result<Option<Listing>, Fault> {
    if !text::is_slug(slug) {
        return Ok(None);
    }
    Ok(visible(op).filter(listing::Column::Slug.eq(slug)).one(op.db().read()).await?)
}

/// The visible ones of the listings with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[ListingId]) -> Result<Vec<Listing>, Fault> {
    Ok(visible(op).filter(listing::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible listing with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_in(tx: &DatabaseTransaction, op: &Op, id: ListingId) -> Result<Option<Listing>, Fault> {
    Ok(visible(op).filter(listing::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The id of the visible organization with this slug.
///
/// # Errors
/// Database faults.
pub async fn vendor_in(tx: &DatabaseTransaction, op: &Op, slug: &str) -> Result<Option<OrganizationId>, Fault> {
    if !text::is_slug(slug) {
        return Ok(None);
    }
    let found = organization::Entity::find()
        .filter(organization::Column::Id.in_subquery(visible_vendor(&op.actor, slug)))
        .one(tx)
        .await?;
    Ok(found.map(|row| row.id))
}

/// The organization that runs the installation, if there is one: whose trail tells of listings without a vendor.
///
/// # Errors
/// Database faults.
pub async fn operator_in(tx: &DatabaseTransaction) -> Result<Option<OrganizationId>, Fault> {
    let found = organization::Entity::find().filter(organization::Column::Operator.eq(true)).one(tx).await?;
    Ok(found.map(|row| row.id))
}

/// Makes a draft. Its content is written by [`apply_in`].
///
/// # Errors
/// `TAKEN` for the slug; database faults.
pub async fn create_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<CreateListing>,
    vendor: Option<OrganizationId>,
    new: &NewListing,
    slug: String,
) -> Outcome<Listing> {
    let name = new.content.name.clone().unwrap_or_default();
    let (rating_ascending, rating_descending) = rating_keys(0, 0);
    let (published_ascending, published_descending) = published_keys(None);
    let row = listing::ActiveModel {
        id: Set(permit.resource()),
        vendor_id: Set(vendor),
        vendor_name: Set(new.vendor_name.clone()),
        slug: Set(slug),
        sort_name: Set(text::sort_key(&name)),
        name: Set(name),
        summary: Set(None),
        description: Set(None),
        kind: Set(new.kind),
        status: Set(ListingStatus::Draft),
        status_reason: Set(None),
        visibility: Set(ListingVisibility::Public),
        website_url: Set(None),
        repo_url: Set(None),
        logo_url: Set(None),
        pricing_models: Set(0),
        badges: Set(0),
        highlights: Set(Words::default()),
        tags: Set(Words::default()),
        personas: Set(Words::default()),
        use_case: Set(None),
        open_source: Set(None),
        maturity: Set(None),
        accepted_on: Set(None),
        external_id: Set(None),
        published_at: Set(None),
        rating_sum: Set(0),
        rating_count: Set(0),
        rating_ascending: Set(rating_ascending),
        rating_descending: Set(rating_descending),
        published_ascending: Set(published_ascending),
        published_descending: Set(published_descending),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(0),
    };
    row.insert(tx).await.map_err(|error| taken(error, "input.slug"))
}

/// Checks that everything the patch points to is there and visible to the actor, without writing.
///
/// # Errors
/// `NOT_FOUND`, `INVALID_VALUE`; database faults.
pub async fn verify_in(tx: &DatabaseTransaction, op: &Op, id: ListingId, patch: &ListingPatch) -> Outcome<()> {
    if let Some(slugs) = &patch.categories {
        link::category_ids_in(tx, slugs).await?;
    }
    if let Some(slugs) = &patch.audience {
        link::audience_ids_in(tx, op, slugs).await?;
    }
    if let Some(ends) = &patch.integrations {
        integration::targets_in(tx, op, id, ends).await?;
    }
    Ok(())
}

/// Makes the listing say what the patch says: its row, categories, audience, integrations and search words, and raises
/// its revision.
///
/// # Errors
/// `NOT_FOUND` for a category, organization or listing that is not there any more; database faults.
pub async fn apply_in<A: Action<Resource = ListingId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &Listing,
    patch: &ListingPatch,
) -> Outcome<Listing> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another listing");
    let mut row = before.clone().into_active_model();
    if let Some(name) = &patch.name {
        row.sort_name = Set(text::sort_key(name));
        row.name = Set(name.clone());
    }
    set(&mut row.kind, patch.kind);
    set(&mut row.visibility, patch.visibility);
    set(&mut row.summary, patch.summary.clone());
    set(&mut row.description, patch.description.clone());
    set(&mut row.use_case, patch.use_case.clone());
    set(&mut row.website_url, patch.website_url.clone());
    set(&mut row.repo_url, patch.repo_url.clone());
    set(&mut row.logo_url, patch.logo_url.clone());
    set(&mut row.pricing_models, patch.pricing_models);
    set(&mut row.highlights, patch.highlights.clone().map(Words));
    set(&mut row.tags, patch.tags.clone().map(Words));
    set(&mut row.personas, patch.personas.clone().map(Words));
    set(&mut row.open_source, patch.open_source);
    set(&mut row.maturity, patch.maturity.clone());
    set(&mut row.accepted_on, patch.accepted_on);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    let after = row.update(tx).await?;
    if let Some(slugs) = &patch.categories {
        link::set_categories_in(tx, after.id, slugs).await?;
    }
    if let Some(slugs) = &patch.audience {
        link::set_audience_in(tx, op, after.id, slugs).await?;
    }
    if let Some(ends) = &patch.integrations {
        integration::set_in(tx, op, after.id, ends).await?;
    }
    index_in(tx, &after).await?;
    if after.sort_name != before.sort_name || after.visibility != before.visibility {
        integration::resolve_in(tx, std::slice::from_ref(&after.sort_name)).await?;
    }
    Ok(after)
}

fn set<V: Into<sea_orm::Value>>(field: &mut sea_orm::ActiveValue<V>, value: Option<V>) {
    if let Some(value) = value {
        *field = Set(value);
    }
}

/// Moves the listing to another state, notes when it was first published, and connects the integrations that waited for
/// its name.
///
/// # Errors
/// Database faults.
pub async fn set_status_in<A: Action<Resource = ListingId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &Listing,
    status: ListingStatus,
    reason: Option<String>,
) -> Result<Listing, Failure> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another listing");
    let mut row = before.clone().into_active_model();
    row.status = Set(status);
    row.status_reason = Set(reason);
    if status == ListingStatus::Published && before.published_at.is_none() {
        let (ascending, descending) = published_keys(Some(op.now()));
        row.published_at = Set(Some(op.now()));
        row.published_ascending = Set(ascending);
        row.published_descending = Set(descending);
    }
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    let after = row.update(tx).await?;
    if status == ListingStatus::Published {
        integration::resolve_in(tx, std::slice::from_ref(&after.sort_name)).await?;
    }
    Ok(after)
}

/// Gives the listing exactly these badges.
///
/// # Errors
/// Database faults.
pub async fn set_badges_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<JudgeListing>,
    before: &Listing,
    badges: &[ListingBadge],
) -> Result<Listing, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another listing");
    let mut row = before.clone().into_active_model();
    row.badges = Set(to_mask(badges.iter().copied()));
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

async fn index_in(tx: &DatabaseTransaction, listing: &Listing) -> Result<(), Fault> {
    let vendor = match listing.vendor_id {
        Some(id) => organization::Entity::find_by_id(id).one(tx).await?.map(|row| row.name),
        None => None,
    };
    let words = search::listing_words(listing, vendor.as_deref());
    search::index_in(tx, SearchSubject::Listing, listing.id.into(), words).await
}

/// A slug that no listing has: the wished one, or that with the least number behind it.
///
/// # Errors
/// Database faults.
pub async fn free_slug_in(tx: &DatabaseTransaction, wished: &str) -> Result<String, Fault> {
    const TRIES: usize = 50;
    let numbered = (2..=TRIES).map(|number| {
        let end = format!("-{number}");
        let start: String = wished.chars().take(text::SLUG_MAX - end.len()).collect();
        format!("{}{end}", start.trim_end_matches('-'))
    });
    let candidates: Vec<String> = std::iter::once(wished.to_owned()).chain(numbered).collect();
    let taken: Vec<String> = listing::Entity::find()
        .select_only()
        .column(listing::Column::Slug)
        .filter(listing::Column::Slug.is_in(candidates.iter().map(String::as_str)))
        .into_tuple()
        .all(tx)
        .await?;
    // With all of them taken the insert is refused, and the client may choose one.
    Ok(candidates.into_iter().find(|slug| !taken.contains(slug)).unwrap_or_else(|| wished.to_owned()))
}
