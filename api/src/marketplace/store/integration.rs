//! What a listing integrates with.

#![expect(clippy::disallowed_methods, reason = "holds SQL of the marketplace")]

use super::{
    nested::{first_of_each, parents},
    scope::{public_condition, visible_condition},
};
use crate::{
    db::{self, Direction},
    marketplace::model::{Integration, IntegrationEnd, Listing},
    op::{Fault, Op, Outcome, Refusal},
    page::{Page, Slice},
    text,
};
use entity::{
    id::{IntegrationId, ListingId},
    integration, listing,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Value,
    sea_query::{Expr, ExprTrait},
};
use std::collections::{HashMap, HashSet};

/// The other ends as they would be stored: `(listing, name)`, without repetition and without the listing itself.
///
/// # Errors
/// `NOT_FOUND` for a listing that the actor does not see, `INVALID_VALUE` for the listing itself.
pub(super) async fn targets_in(
    tx: &DatabaseTransaction,
    op: &Op,
    of: ListingId,
    ends: &[IntegrationEnd],
) -> Outcome<Vec<(Option<ListingId>, String)>> {
    let named: Vec<ListingId> = ends
        .iter()
        .filter_map(|end| match end {
            IntegrationEnd::Listing(id) => Some(*id),
            IntegrationEnd::Name(_) => None,
        })
        .collect();
    let known: HashMap<ListingId, Listing> = listing::Entity::find()
        .filter(visible_condition(&op.actor))
        .filter(listing::Column::Id.is_in(named))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let keys: Vec<String> = ends
        .iter()
        .filter_map(|end| match end {
            IntegrationEnd::Name(name) => Some(text::sort_key(name)),
            IntegrationEnd::Listing(_) => None,
        })
        .collect();
    let unique = unique_names_in(tx, &keys).await?;

    let (mut seen_ids, mut seen_keys, mut targets) = (HashSet::new(), HashSet::new(), Vec::with_capacity(ends.len()));
    for (place, end) in ends.iter().enumerate() {
        let path = format!("input.integrations.{place}");
        let (target, name) = match end {
            IntegrationEnd::Listing(id) if *id == of => {
                let message = "A listing does not integrate with itself.";
                return Err(Refusal::of(&path, crate::op::ErrorCode::InvalidValue, message).into());
            }
            IntegrationEnd::Listing(id) => {
                let row = known.get(id).ok_or_else(|| Refusal::not_found(&path))?;
                (Some(row.id), row.name.clone())
            }
            IntegrationEnd::Name(name) => {
                (unique.get(&text::sort_key(name)).copied().filter(|id| *id != of), name.clone())
            }
        };
        let fresh = match target {
            Some(id) => seen_ids.insert(id),
            None => seen_keys.insert(text::sort_key(&name)),
        };
        if fresh {
            targets.push((target, name));
        }
    }
    Ok(targets)
}

/// Makes exactly these the listing's integrations.
pub(super) async fn set_in(tx: &DatabaseTransaction, op: &Op, of: ListingId, ends: &[IntegrationEnd]) -> Outcome<()> {
    let rows: Vec<_> = targets_in(tx, op, of, ends)
        .await?
        .into_iter()
        .map(|(target, name)| integration::ActiveModel {
            id: Set(op.new_id()),
            listing_id: Set(of),
            target_id: Set(target),
            target_key: Set(text::sort_key(&name)),
            target_name: Set(name),
            created_at: Set(op.now()),
        })
        .collect();
    integration::Entity::delete_many().filter(integration::Column::ListingId.eq(of)).exec(tx).await?;
    if !rows.is_empty() {
        integration::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Of these sort keys, those that are the name of exactly one public listing, with that listing.
async fn unique_names_in(tx: &DatabaseTransaction, keys: &[String]) -> Result<HashMap<String, ListingId>, Fault> {
    let mut found: HashMap<String, Vec<ListingId>> = HashMap::new();
    for chunk in keys.chunks(1_000) {
        let rows: Vec<(String, ListingId)> = listing::Entity::find()
            .select_only()
            .column(listing::Column::SortName)
            .column(listing::Column::Id)
            .filter(public_condition())
            .filter(listing::Column::SortName.is_in(chunk))
            .into_tuple()
            .all(tx)
            .await?;
        for (key, id) in rows {
            found.entry(key).or_default().push(id);
        }
    }
    Ok(found
        .into_iter()
        .filter_map(|(key, mut ids)| {
            ids.dedup();
            (ids.len() == 1).then(|| ids.pop().map(|id| (key, id))).flatten()
        })
        .collect())
}

/// Connects integrations that are only a name so far with the public listing of that name, where exactly one has it.
/// `keys` are the sort keys of the names to look at. Gives how many were connected. It asks for no permit: the link
/// follows from what both listings say.
///
/// # Errors
/// Database faults.
pub async fn resolve_in(tx: &DatabaseTransaction, keys: &[String]) -> Result<u64, Fault> {
    let mut connected = 0;
    for (key, id) in unique_names_in(tx, keys).await? {
        let stated = integration::Entity::find()
            .select_only()
            .column(integration::Column::ListingId)
            .filter(integration::Column::TargetId.eq(id))
            .into_query();
        let waiting = Expr::col(integration::Column::TargetKey)
            .eq(key.as_str())
            .and(Expr::col(integration::Column::TargetId).is_null());
        // Who names the listing twice, by itself and by its name, said so once.
        integration::Entity::delete_many()
            .filter(waiting.clone())
            .filter(integration::Column::ListingId.in_subquery(stated))
            .exec(tx)
            .await?;
        connected += integration::Entity::update_many()
            .col_expr(integration::Column::TargetId, Expr::val(id))
            .filter(waiting)
            .filter(integration::Column::ListingId.ne(id))
            .exec(tx)
            .await?
            .rows_affected;
    }
    Ok(connected)
}

const PARENT: (integration::Entity, integration::Column) = (integration::Entity, integration::Column::ListingId);

fn keys() -> [Expr; 2] {
    [
        Expr::col((integration::Entity, integration::Column::TargetKey)),
        Expr::col((integration::Entity, integration::Column::Id)),
    ]
}

/// The first integrations of each of these listings, by name, those that are only a name included. Whoever sees a listing
/// sees them; their other end may still be invisible.
///
/// # Errors
/// Database faults.
pub async fn first_integrations(op: &Op, of: &[ListingId], fetch: u64) -> Result<Vec<Integration>, Fault> {
    let rows = integration::Entity::find().filter(parents(PARENT, of));
    let chosen = first_of_each(rows.clone(), integration::Column::Id, PARENT, &keys(), fetch);
    let rows = integration::Entity::find().filter(integration::Column::Id.in_subquery(chosen));
    Ok(db::order_by(rows, &keys(), Direction::Ascending).all(op.db().read()).await?)
}

/// A page of one listing's integrations.
///
/// # Errors
/// Database faults.
pub async fn page_integrations(
    op: &Op,
    of: ListingId,
    page: &Page<(String, IntegrationId)>,
) -> Result<Slice<Integration, (String, IntegrationId)>, Fault> {
    let mut rows = integration::Entity::find().filter(integration::Column::ListingId.eq(of));
    if let Some((key, id)) = &page.after {
        rows = rows.filter(db::after(&keys(), vec![key.into(), Value::from(*id)], Direction::Ascending));
    }
    let rows = db::order_by(rows, &keys(), Direction::Ascending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| (row.target_key.clone(), row.id)))
}

/// How many integrations each of these listings has.
///
/// # Errors
/// Database faults.
pub async fn count_integrations(op: &Op, of: &[ListingId]) -> Result<Vec<(ListingId, i64)>, Fault> {
    Ok(integration::Entity::find()
        .select_only()
        .column(integration::Column::ListingId)
        .column_as(Expr::col((integration::Entity, integration::Column::Id)).count(), "total")
        .filter(parents(PARENT, of))
        .group_by(integration::Column::ListingId)
        .into_tuple()
        .all(op.db().read())
        .await?)
}
