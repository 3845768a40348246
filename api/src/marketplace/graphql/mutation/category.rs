//! The tree of categories, which the operator keeps.

use crate::{
    marketplace::{graphql::category::Category, service},
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// Root fields of categories.
#[derive(Default)]
pub struct CategoryMutation;

/// A new category.
#[derive(InputObject)]
pub struct CategoryCreateInput {
    /// The display name, 1 to 80 characters.
    pub name: String,
    /// The category that it is under; none for one at the top.
    pub parent: Option<ID>,
}

/// Another name of a category.
#[derive(InputObject)]
pub struct CategoryRenameInput {
    /// The display name, 1 to 80 characters.
    pub name: String,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Another place of a category.
#[derive(InputObject)]
pub struct CategoryMoveInput {
    /// The category that it is to be under; none for the top.
    pub parent: Option<ID>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What came of `categoryCreate`.
#[derive(SimpleObject)]
pub struct CategoryCreatePayload {
    /// The category as it is now; null where nothing was done.
    pub category: Option<Category>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `categoryRename`.
#[derive(SimpleObject)]
pub struct CategoryRenamePayload {
    /// The category as it is now; null where nothing was done.
    pub category: Option<Category>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `categoryMove`.
#[derive(SimpleObject)]
pub struct CategoryMovePayload {
    /// The category as it is now; null where nothing was done.
    pub category: Option<Category>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl CategoryMutation {
    /// Makes a category, whose slug is made of its name and those above it. Requires: manager of the operator. Codes:
    /// NOT_FOUND, NOT_ALLOWED, REQUIRED, TOO_LONG, TOO_MANY, TAKEN.
    async fn category_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to make.")] input: CategoryCreateInput,
    ) -> Option<Result<CategoryCreatePayload>> {
        Some(create(ctx, input).await)
    }

    /// Gives a category another name; its slug stays. Requires: manager of the operator. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REQUIRED, TOO_LONG, REVISION_MISMATCH.
    async fn category_rename(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category.")] id: ID,
        #[graphql(desc = "The name.")] input: CategoryRenameInput,
    ) -> Option<Result<CategoryRenamePayload>> {
        Some(rename(ctx, &id, input).await)
    }

    /// Hangs a category with all below it under another one, or at the top; slugs stay. Requires: manager of the operator.
    /// Codes: NOT_FOUND, NOT_ALLOWED, CYCLE, TOO_MANY, REVISION_MISMATCH.
    async fn category_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category.")] id: ID,
        #[graphql(desc = "The place.")] input: CategoryMoveInput,
    ) -> Option<Result<CategoryMovePayload>> {
        Some(relocate(ctx, &id, input).await)
    }
}

async fn create(ctx: &Context<'_>, input: CategoryCreateInput) -> Result<CategoryCreatePayload> {
    let parent = input.parent.as_ref().map(node::parse).transpose()?;
    let (category, user_errors) = settle(service::create_category(ctx.op()?, &input.name, parent).await)?;
    Ok(CategoryCreatePayload { category: category.map(Category), user_errors })
}

async fn rename(ctx: &Context<'_>, id: &ID, input: CategoryRenameInput) -> Result<CategoryRenamePayload> {
    let outcome = service::rename_category(ctx.op()?, node::parse(id)?, &input.name, input.expected_revision).await;
    let (category, user_errors) = settle(outcome)?;
    Ok(CategoryRenamePayload { category: category.map(Category), user_errors })
}

async fn relocate(ctx: &Context<'_>, id: &ID, input: CategoryMoveInput) -> Result<CategoryMovePayload> {
    let parent = input.parent.as_ref().map(node::parse).transpose()?;
    let outcome = service::move_category(ctx.op()?, node::parse(id)?, parent, input.expected_revision).await;
    let (category, user_errors) = settle(outcome)?;
    Ok(CategoryMovePayload { category: category.map(Category), user_errors })
}
