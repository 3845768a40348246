//! What can be asked about the marketplace.

use crate::{
    db::Direction,
    marketplace::{
        graphql::{
            category::Category,
            change::ListingChange,
            input::{ListingChangeFilter, ListingFilter, ListingOrder, ReviewFilter, words},
            listing::Listing,
            review::Review,
        },
        model, store,
    },
    op::Fault,
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
    },
};
use async_graphql::{Context, Object, Result};
use entity::id::ListingId;

/// Root fields of this room.
#[derive(Default)]
pub struct MarketplaceQuery;

#[Object]
impl MarketplaceQuery {
    /// The listing with this slug; null where it is unknown or the viewer may not see it.
    async fn listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing's slug.")] slug: String,
    ) -> Option<Result<Listing>> {
        async { Ok(store::find_by_slug(ctx.op()?, &slug).await?.map(Listing)) }.await.transpose()
    }

    /// The listings that the viewer sees. Without `filter.statuses` only published ones.
    async fn listings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts; of a list in the same order.")] after: Option<
            String,
        >,
        #[graphql(desc = "Which listings; all where it is not given.")] filter: Option<ListingFilter>,
        #[graphql(desc = "In which order; by name where it is not given.")] order_by: Option<ListingOrder>,
    ) -> Option<Result<List<Listing>>> {
        Some(listings(ctx, first, after.as_deref(), filter.unwrap_or_default(), order_by).await)
    }

    /// The category with this slug; null where it is unknown.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category's slug.")] slug: String,
    ) -> Option<Result<Category>> {
        async { Ok(store::category_by_slug(ctx.op()?, &slug).await?.map(Category)) }.await.transpose()
    }

    /// The categories of the marketplace, by slug.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "Only those at the top, whose `children` lead on.")] top: Option<bool>,
    ) -> Option<Result<List<Category>>> {
        Some(categories(ctx, first, after.as_deref(), top.unwrap_or(false)).await)
    }

    /// The reviews that the viewer sees, newest first: published ones, those of the own organization, all for the operator,
    /// who moderates them.
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "Which reviews; all where it is not given.")] filter: Option<ReviewFilter>,
    ) -> Option<Result<List<Review>>> {
        Some(reviews(ctx, first, after.as_deref(), filter.unwrap_or_default().read()).await)
    }

    /// The reviewed changes of listings that the viewer sees, newest first: those of the own organization's listings, all
    /// for the operator, who decides on them. Nobody else sees any.
    async fn listing_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "Which changes; all where it is not given.")] filter: Option<ListingChangeFilter>,
    ) -> Option<Result<List<ListingChange>>> {
        let filter = store::ChangeFilter { statuses: words(filter.unwrap_or_default().statuses) };
        Some(changes(ctx, first, after.as_deref(), filter).await)
    }
}

async fn listings(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    filter: ListingFilter,
    order: Option<ListingOrder>,
) -> Result<List<Listing>> {
    let filter = filter.read()?;
    let by_name = model::ListingOrder { field: model::ListingOrderField::Name, direction: Direction::Ascending };
    let order = order.map_or(by_name, ListingOrder::read);
    if order.field == model::ListingOrderField::Name {
        listings_by(ctx, first, after, filter, order, store::text_position).await
    } else {
        listings_by(ctx, first, after, filter, order, store::number_position).await
    }
}

/// The listings in an order whose key is a `K`.
async fn listings_by<K: store::SortKey>(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    filter: model::ListingFilter,
    order: model::ListingOrder,
    position: fn(&model::Listing, model::ListingOrder) -> K,
) -> Result<List<Listing>> {
    let op = ctx.op()?;
    let page: Page<(K, ListingId)> = Page::parse(order.name(), first, after)?;
    let version = store::public_version(op).await?;
    let slice = store::list_listings(op, version.as_ref(), &filter, order, &page, position).await?;
    let total = Total::counted(move |op| {
        let (version, filter) = (version.clone(), filter.clone());
        async move { store::count_listings(&op, version.as_ref(), &filter).await }
    });
    list(slice, order.name(), total, Listing)
}

async fn categories(ctx: &Context<'_>, first: Option<i32>, after: Option<&str>, top: bool) -> Result<List<Category>> {
    let order = if top { "topCategories.SLUG.ASC" } else { "categories.SLUG.ASC" };
    let page = Page::parse(order, first, after)?;
    let slice = store::list_categories(ctx.op()?, top, &page).await?;
    list(slice, order, Total::counted(move |op| async move { store::count_categories(&op, top).await }), Category)
}

async fn reviews(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    filter: model::ReviewFilter,
) -> Result<List<Review>> {
    const ORDER: &str = "reviews.ID.DESC";
    let page = Page::parse(ORDER, first, after)?;
    let slice = store::list_reviews(ctx.op()?, &filter, &page).await?;
    let total = Total::counted(move |op| {
        let filter = filter.clone();
        async move { store::count_reviews(&op, &filter).await }
    });
    list(slice, ORDER, total, Review)
}

async fn changes(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    filter: store::ChangeFilter,
) -> Result<List<ListingChange>> {
    const ORDER: &str = "listingChanges.ID.DESC";
    let op = ctx.op()?;
    if op.signed_in().is_err() {
        return Err(Fault::Unauthenticated.into());
    }
    let page = Page::parse(ORDER, first, after)?;
    let slice = store::list_changes(op, &filter, &page).await?;
    let total = Total::counted(move |op| {
        let filter = filter.clone();
        async move { store::count_changes(&op, &filter).await }
    });
    list(slice, ORDER, total, ListingChange)
}
