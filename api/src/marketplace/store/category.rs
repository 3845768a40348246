//! The tree of categories.

#![expect(clippy::disallowed_methods, reason = "holds SQL of the marketplace")]

use super::scope::public_condition;
use crate::{
    db::{self, Direction},
    marketplace::{model::Category, policy::EditCategory},
    op::{Fault, Op, Outcome, Permit, taken},
    page::{Page, Slice},
    text,
};
use entity::{category, category_ancestor, id::CategoryId, listing, listing_category};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Value,
    sea_query::{Expr, ExprTrait, Query},
};

/// The category with this slug. Categories are public.
///
/// # Errors
/// Database faults.
pub async fn category_by_slug(op: &Op, slug: &str) -> Result<Option<Category>, Fault> {
    if !text::is_slug(slug) {
        return Ok(None);
    }
    Ok(category::Entity::find().filter(category::Column::Slug.eq(slug)).one(op.db().read()).await?)
}

/// The categories with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn categories_by_ids(op: &Op, ids: &[CategoryId]) -> Result<Vec<Category>, Fault> {
    Ok(category::Entity::find().filter(category::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// A page of all categories by slug, so that a parent comes before what was made under it; with the total.
///
/// # Errors
/// Database faults.
pub async fn list_categories(
    op: &Op,
    top: bool,
    page: &Page<(String, CategoryId)>,
) -> Result<Slice<Category, (String, CategoryId)>, Fault> {
    let keys =
        [Expr::col((category::Entity, category::Column::Slug)), Expr::col((category::Entity, category::Column::Id))];
    let mut rows = category::Entity::find();
    if top {
        rows = rows.filter(category::Column::ParentId.is_null());
    }
    if let Some((slug, id)) = &page.after {
        rows = rows.filter(db::after(&keys, vec![slug.into(), Value::from(*id)], Direction::Ascending));
    }
    let rows = db::order_by(rows, &keys, Direction::Ascending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| (row.slug.clone(), row.id)))
}

/// How many categories there are, or how many at the top.
///
/// # Errors
/// Database faults.
pub async fn count_categories(op: &Op, top: bool) -> Result<u64, Fault> {
    let mut rows = category::Entity::find();
    if top {
        rows = rows.filter(category::Column::ParentId.is_null());
    }
    Ok(rows.count(op.db().read()).await?)
}

/// The categories directly under these, by name.
///
/// # Errors
/// Database faults.
pub async fn children_of(op: &Op, parents: &[CategoryId]) -> Result<Vec<Category>, Fault> {
    Ok(category::Entity::find()
        .filter(category::Column::ParentId.is_in(parents.iter().copied()))
        .order_by_asc(category::Column::SortName)
        .order_by_asc(category::Column::Id)
        .all(op.db().read())
        .await?)
}

/// How many public listings are in each of these categories or below them; nothing for those without one.
///
/// # Errors
/// Database faults.
pub async fn count_in_categories(op: &Op, ids: &[CategoryId]) -> Result<Vec<(CategoryId, i64)>, Fault> {
    let listings = Expr::col((listing_category::Entity, listing_category::Column::ListingId));
    let public = listing::Entity::find().select_only().column(listing::Column::Id).filter(public_condition());
    let mut rows = category_ancestor::Entity::find()
        .select_only()
        .column(category_ancestor::Column::AncestorId)
        .column_as(listings.clone().count_distinct(), "total")
        .filter(category_ancestor::Column::AncestorId.is_in(ids.iter().copied()))
        .filter(listings.in_subquery(public.into_query()))
        .group_by(category_ancestor::Column::AncestorId);
    QuerySelect::query(&mut rows).inner_join(
        listing_category::Entity,
        Expr::col((listing_category::Entity, listing_category::Column::CategoryId))
            .equals((category_ancestor::Entity, category_ancestor::Column::CategoryId)),
    );
    Ok(rows.into_tuple().all(op.db().read()).await?)
}

/// The category with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_category_in(tx: &DatabaseTransaction, id: CategoryId) -> Result<Option<Category>, Fault> {
    Ok(category::Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// Locks the whole tree until the transaction ends: two moves at once could make a circle that neither of them sees.
///
/// # Errors
/// Database faults.
pub async fn lock_categories_in(tx: &DatabaseTransaction) -> Result<(), Fault> {
    let rows = category::Entity::find().select_only().column(category::Column::Id);
    let _: Vec<CategoryId> = rows.order_by_asc(category::Column::Id).lock_exclusive().into_tuple().all(tx).await?;
    Ok(())
}

/// The category and everything above it, from the top.
///
/// # Errors
/// Database faults.
pub async fn ancestors_in(tx: &DatabaseTransaction, id: CategoryId) -> Result<Vec<Category>, Fault> {
    let above = category_ancestor::Entity::find()
        .select_only()
        .column(category_ancestor::Column::AncestorId)
        .filter(category_ancestor::Column::CategoryId.eq(id));
    let rows = category::Entity::find().filter(category::Column::Id.in_subquery(above.into_query())).all(tx).await?;
    let mut path: Vec<Category> = Vec::with_capacity(rows.len());
    let mut next = Some(id);
    while let Some(row) = next.and_then(|next| rows.iter().find(|row| row.id == next)) {
        path.push(row.clone());
        next = row.parent_id;
    }
    path.reverse();
    Ok(path)
}

/// How many categories are directly under this one, or at the top.
///
/// # Errors
/// Database faults.
pub async fn children_in(tx: &DatabaseTransaction, parent: Option<CategoryId>) -> Result<u64, Fault> {
    let rows = match parent {
        Some(parent) => category::Entity::find().filter(category::Column::ParentId.eq(parent)),
        None => category::Entity::find().filter(category::Column::ParentId.is_null()),
    };
    Ok(rows.count(tx).await?)
}

/// Makes a category under `parent`.
///
/// # Errors
/// `TAKEN` for the slug; database faults.
pub async fn create_category_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<EditCategory>,
    parent: Option<CategoryId>,
    name: String,
    slug: String,
) -> Outcome<Category> {
    let row = category::ActiveModel {
        id: Set(permit.resource()),
        parent_id: Set(parent),
        slug: Set(slug),
        sort_name: Set(text::sort_key(&name)),
        name: Set(name),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    let row = row.insert(tx).await.map_err(|error| taken(error, "input.name"))?;
    let itself = category_ancestor::ActiveModel { category_id: Set(row.id), ancestor_id: Set(row.id) };
    category_ancestor::Entity::insert(itself).exec_without_returning(tx).await?;
    hang_in(tx, row.id, parent).await?;
    Ok(row)
}

/// Gives a category another name; its slug stays.
///
/// # Errors
/// Database faults.
pub async fn rename_category_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<EditCategory>,
    before: &Category,
    name: String,
) -> Result<Category, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another category");
    let mut row = before.clone().into_active_model();
    row.sort_name = Set(text::sort_key(&name));
    row.name = Set(name);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Hangs a category with all below it under another parent, which must not be one of those.
///
/// # Errors
/// Database faults.
pub async fn move_category_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<EditCategory>,
    before: &Category,
    parent: Option<CategoryId>,
) -> Result<Category, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another category");
    let id = before.id;
    // What is below stays below: only the pairs that lead out of the branch go.
    category_ancestor::Entity::delete_many()
        .filter(category_ancestor::Column::CategoryId.in_subquery(branch(id)))
        .filter(category_ancestor::Column::AncestorId.not_in_subquery(branch(id)))
        .exec(tx)
        .await?;
    hang_in(tx, id, parent).await?;
    let mut row = before.clone().into_active_model();
    row.parent_id = Set(parent);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// The category and everything below it.
fn branch(id: CategoryId) -> sea_orm::sea_query::SelectStatement {
    // Another name for the table, because the statement around it may change the table itself.
    Query::select()
        .column(("branch", category_ancestor::Column::CategoryId))
        .from_as(category_ancestor::Entity, "branch")
        .and_where(Expr::col(("branch", category_ancestor::Column::AncestorId)).eq(id))
        .to_owned()
}

/// Writes the pairs of everything in the branch with everything above its new place.
async fn hang_in(tx: &DatabaseTransaction, id: CategoryId, parent: Option<CategoryId>) -> Result<(), Fault> {
    let Some(parent) = parent else { return Ok(()) };
    let below: Vec<CategoryId> = category_ancestor::Entity::find()
        .select_only()
        .column(category_ancestor::Column::CategoryId)
        .filter(category_ancestor::Column::AncestorId.eq(id))
        .into_tuple()
        .all(tx)
        .await?;
    let above: Vec<CategoryId> = category_ancestor::Entity::find()
        .select_only()
        .column(category_ancestor::Column::AncestorId)
        .filter(category_ancestor::Column::CategoryId.eq(parent))
        .into_tuple()
        .all(tx)
        .await?;
    let pairs: Vec<_> = below
        .iter()
        .flat_map(|below| above.iter().map(|above| (*below, *above)))
        .map(|(below, above)| category_ancestor::ActiveModel { category_id: Set(below), ancestor_id: Set(above) })
        .collect();
    for chunk in pairs.chunks(5_000) {
        category_ancestor::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}
