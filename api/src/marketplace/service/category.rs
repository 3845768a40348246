//! The tree of categories.

use super::trail_in;
use crate::db::Tx;
use crate::{
    event,
    marketplace::{
        event::MarketplaceEvent,
        model::{CATEGORY_NAME_MAX, CHILDREN_MAX, Category},
        policy::EditCategory,
        store,
    },
    op::{ErrorCode, Op, Outcome, Refusal, check, check_revision},
    text,
};
use entity::id::CategoryId;

/// Makes a category. Its slug is made of its name and those above it.
///
/// # Errors
/// `NOT_ALLOWED`, `NOT_FOUND`, `REQUIRED`, `TOO_LONG`, `TAKEN`, `TOO_MANY`.
pub async fn create_category(op: &Op, name: &str, parent: Option<CategoryId>) -> Outcome<Category> {
    op.signed_in()?;
    let permit = op.authorize::<EditCategory>(op.new_id(), &())?;
    let name = check::line("input.name", name, CATEGORY_NAME_MAX)?;
    let tx = op.db().begin().await?;
    store::lock_categories_in(&tx).await?;
    let above = match parent {
        Some(parent) => store::ancestors_in(&tx, parent).await?,
        None => Vec::new(),
    };
    if parent.is_some() && above.is_empty() {
        return Err(Refusal::not_found("input.parent").into());
    }
    room_in(&tx, parent).await?;
    let parts: Vec<&str> = above.iter().map(|row| row.name.as_str()).chain([name.as_str()]).collect();
    let slug = text::category_slug(&parts).unwrap_or_default();
    let made = store::create_category_in(&tx, op, &permit, parent, name, slug).await?;
    let trail = trail_in(&tx, op, None).await?;
    event::record(&tx, op, MarketplaceEvent::CategoryCreated(trail, &made).facts()).await?;
    tx.commit().await?;
    Ok(made)
}

/// Gives a category another name. Its slug stays, because addresses hold it.
///
/// # Errors
/// `NOT_ALLOWED`, `NOT_FOUND`, `REQUIRED`, `TOO_LONG`, `REVISION_MISMATCH`.
pub async fn rename_category(op: &Op, id: CategoryId, name: &str, expected_revision: Option<i32>) -> Outcome<Category> {
    op.signed_in()?;
    let name = check::line("input.name", name, CATEGORY_NAME_MAX)?;
    let tx = op.db().begin().await?;
    let before = store::find_category_in(&tx, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<EditCategory>(id, &())?;
    check_revision(expected_revision, before.revision)?;
    let after = store::rename_category_in(&tx, op, &permit, &before, name).await?;
    let trail = trail_in(&tx, op, None).await?;
    event::record(&tx, op, MarketplaceEvent::CategoryUpdated(trail, &before, &after).facts()).await?;
    tx.commit().await?;
    Ok(after)
}

/// Hangs a category with all below it under another one, or at the top. Slugs stay.
///
/// # Errors
/// `NOT_ALLOWED`, `NOT_FOUND`, `CYCLE`, `TOO_MANY`, `REVISION_MISMATCH`.
pub async fn move_category(
    op: &Op,
    id: CategoryId,
    parent: Option<CategoryId>,
    expected_revision: Option<i32>,
) -> Outcome<Category> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    store::lock_categories_in(&tx).await?;
    let before = store::find_category_in(&tx, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<EditCategory>(id, &())?;
    check_revision(expected_revision, before.revision)?;
    if let Some(parent) = parent {
        let above = store::ancestors_in(&tx, parent).await?;
        if above.is_empty() {
            return Err(Refusal::not_found("input.parent").into());
        }
        if above.iter().any(|row| row.id == id) {
            let message = "A category cannot be below itself.";
            return Err(Refusal::of("input.parent", ErrorCode::Cycle, message).into());
        }
    }
    if before.parent_id == parent {
        return Ok(before);
    }
    room_in(&tx, parent).await?;
    let after = store::move_category_in(&tx, op, &permit, &before, parent).await?;
    let trail = trail_in(&tx, op, None).await?;
    event::record(&tx, op, MarketplaceEvent::CategoryUpdated(trail, &before, &after).facts()).await?;
    tx.commit().await?;
    Ok(after)
}

async fn room_in(tx: &Tx, parent: Option<CategoryId>) -> Outcome<()> {
    if store::children_in(tx, parent).await? < CHILDREN_MAX {
        return Ok(());
    }
    let message = format!("At most {CHILDREN_MAX} categories directly under one.");
    Err(Refusal::of("input.parent", ErrorCode::TooMany, message).into())
}
