//! Listings in the schema.

use crate::{
    marketplace::{
        graphql::{
            category::Category,
            change::ListingChange,
            enums::{ListingBadge, ListingKind, ListingStatus, ListingVisibility, PricingModel},
            loader::{
                AudienceOf, CategoriesOf, CountIntegrations, CountOfVendor, CountReviews, CountTargets,
                FirstIntegrations, FirstOfVendor, FirstReviews, FirstTargets, OpenChangeOf,
            },
            review::{Rating, Review},
        },
        model, service, store,
    },
    op::Fault,
    organization::graphql::types::Organization,
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::{Batch, load, load_many},
        scalar::{Date, Url},
    },
};
use async_graphql::{Context, ID, Object, Result, dataloader::Loader};
use chrono::{DateTime, Utc};
use entity::{
    flags::from_mask,
    id::{ListingId, OrganizationId, TypedId},
    value::Role,
};
use std::{hash::Hash, sync::Arc};

/// Something that is offered in the marketplace: a product, an integration or a service.
pub struct Listing(pub model::Listing);

/// Something that is offered in the marketplace: a product, an integration or a service.
#[Object]
impl Listing {
    /// The listing's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// Unique in the installation; lower-case letters, digits and hyphens, 1 to 80. It never changes.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The display name, 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// One or two sentences, at most 255 characters.
    async fn summary(&self) -> Option<&str> {
        self.0.summary.as_deref()
    }

    /// The whole text, at most 32,768 characters.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// What it is.
    async fn kind(&self) -> ListingKind {
        self.0.kind.into()
    }

    /// Where it is in its life.
    async fn status(&self) -> ListingStatus {
        self.0.status.into()
    }

    /// Why it was sent back or restricted; null for all but its vendor and the operator.
    async fn status_reason(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let concerned = concerned(ctx, &self.0)?;
        Ok(self.0.status_reason.as_deref().filter(|_| concerned))
    }

    /// Who finds it while it is published.
    async fn visibility(&self) -> ListingVisibility {
        self.0.visibility.into()
    }

    /// The organizations that find it while it is limited, as far as the viewer sees them; null for all but its vendor and
    /// the operator. At most 100.
    async fn audience(&self, ctx: &Context<'_>) -> Option<Result<Vec<Organization>>> {
        audience(ctx, &self.0).await.transpose()
    }

    /// The organization that offers it; null where that is unknown, only a name, or invisible to the viewer.
    async fn vendor(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        let vendor = self.0.vendor_id?;
        load(ctx, vendor).await.map(|found| found.map(Organization)).transpose()
    }

    /// Who offers it, where that is only a name.
    async fn vendor_name(&self) -> Option<&str> {
        self.0.vendor_name.as_deref()
    }

    /// The categories that it is in, by slug; at most 30.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        let rows = load(ctx, CategoriesOf(self.0.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Category).collect())
    }

    /// What its published reviews add up to.
    async fn rating(&self) -> Rating {
        Rating::of(&self.0)
    }

    /// Its site.
    async fn website_url(&self) -> Option<Url> {
        self.0.website_url.clone().map(Url)
    }

    /// Its source.
    async fn repo_url(&self) -> Option<Url> {
        self.0.repo_url.clone().map(Url)
    }

    /// Its logo.
    async fn logo_url(&self) -> Option<Url> {
        self.0.logo_url.clone().map(Url)
    }

    /// How its use is paid for; empty where nothing was said.
    async fn pricing_models(&self) -> Vec<PricingModel> {
        from_mask::<model::PricingModel>(self.0.pricing_models).into_iter().map(PricingModel::from).collect()
    }

    /// What the operator gave it.
    async fn badges(&self) -> Vec<ListingBadge> {
        from_mask::<model::ListingBadge>(self.0.badges).into_iter().map(ListingBadge::from).collect()
    }

    /// What is best about it, at most 10 lines of 255 characters.
    async fn highlights(&self) -> &[String] {
        &self.0.highlights.0
    }

    /// Words to find it by, at most 30 of 80 characters.
    async fn tags(&self) -> &[String] {
        &self.0.tags.0
    }

    /// Whom it is for, at most 30 of 80 characters.
    async fn personas(&self) -> &[String] {
        &self.0.personas.0
    }

    /// What it is used for, at most 8,000 characters.
    async fn use_case(&self) -> Option<&str> {
        self.0.use_case.as_deref()
    }

    /// Whether its source is open; null where that is unknown.
    async fn open_source(&self) -> Option<bool> {
        self.0.open_source
    }

    /// The stage that its owners or a foundation give it, at most 80 characters.
    async fn maturity(&self) -> Option<&str> {
        self.0.maturity.as_deref()
    }

    /// When a foundation took it in.
    async fn accepted_on(&self) -> Option<Date> {
        self.0.accepted_on.map(Date)
    }

    /// The key in the source that it was imported from.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// The listings that it says it integrates with, by name, as far as the viewer sees them and they are published.
    async fn integrates_with(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
    ) -> Result<List<Listing>> {
        const ORDER: &str = "integratesWith.NAME.ASC";
        let id = self.0.id;
        let page = Page::parse(ORDER, first, after.as_deref())?;
        let slice = match page.after {
            Some(_) => store::page_targets(ctx.op()?, id, &page).await?,
            None => {
                let rows = many(ctx, FirstTargets { of: id, fetch: page.fetch() }).await?;
                page.slice(rows, |row: &model::Listing| (row.sort_name.clone(), row.id))
            }
        };
        list(slice, ORDER, Total::loaded(CountTargets(id)), Listing)
    }

    /// All it says it integrates with, by name, names that no listing answers to included.
    async fn integrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
    ) -> Result<List<ListingIntegration>> {
        const ORDER: &str = "integrations.NAME.ASC";
        let id = self.0.id;
        let page = Page::parse(ORDER, first, after.as_deref())?;
        let slice = match page.after {
            Some(_) => store::page_integrations(ctx.op()?, id, &page).await?,
            None => {
                let rows = many(ctx, FirstIntegrations { of: id, fetch: page.fetch() }).await?;
                page.slice(rows, |row: &model::Integration| (row.target_key.clone(), row.id))
            }
        };
        list(slice, ORDER, Total::loaded(CountIntegrations(id)), ListingIntegration)
    }

    /// What organizations say about it, newest first: published reviews, and the viewer's own whatever became of it.
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
    ) -> Result<List<Review>> {
        const ORDER: &str = "listingReviews.ID.DESC";
        let id = self.0.id;
        let page = Page::parse(ORDER, first, after.as_deref())?;
        let slice = match page.after {
            Some(_) => store::page_reviews(ctx.op()?, id, &page).await?,
            None => {
                let rows = many(ctx, FirstReviews { of: id, fetch: page.fetch() }).await?;
                page.slice(rows, |row: &model::Review| row.id)
            }
        };
        list(slice, ORDER, Total::loaded(CountReviews(id)), Review)
    }

    /// The change that waits for the operator; null where there is none, and for all but its vendor and the operator.
    async fn pending_change(&self, ctx: &Context<'_>) -> Option<Result<ListingChange>> {
        load(ctx, OpenChangeOf(self.0.id)).await.map(|found| found.map(ListingChange)).transpose()
    }

    /// When it was first published; null where it never was, or where that is unknown.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Whether the viewer may edit it, at once or as a change that the operator decides on.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(model::edit_mode(self.0.status).is_some() && service::may_edit(ctx.op()?, &self.0))
    }
}

/// One thing that a listing says it integrates with.
pub struct ListingIntegration(pub model::Integration);

/// One thing that a listing says it integrates with.
#[Object]
impl ListingIntegration {
    /// The other end as the listing's owners wrote it, 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.0.target_name
    }

    /// The other end; null where it is only a name so far, or invisible to the viewer.
    async fn listing(&self, ctx: &Context<'_>) -> Option<Result<Listing>> {
        let target = self.0.target_id?;
        load(ctx, target).await.map(|found| found.map(Listing)).transpose()
    }
}

/// The published listings of an organization, by name, as far as the viewer sees them: `Organization.listings`.
///
/// # Errors
/// [`Fault::BadInput`] for a page that cannot be; database faults.
pub async fn listings_of(
    ctx: &Context<'_>,
    vendor: OrganizationId,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<List<Listing>> {
    const ORDER: &str = "organizationListings.NAME.ASC";
    let page: Page<(String, ListingId)> = Page::parse(ORDER, first, after)?;
    let slice = match page.after {
        Some(_) => store::page_of_vendor(ctx.op()?, vendor, &page).await?,
        None => {
            let rows = many(ctx, FirstOfVendor { vendor, fetch: page.fetch() }).await?;
            page.slice(rows, |row: &model::Listing| (row.sort_name.clone(), row.id))
        }
    };
    list(slice, ORDER, Total::loaded(CountOfVendor(vendor)), Listing)
}

/// The rows that the loader has for the key; none where it has nothing.
async fn many<K, T>(ctx: &Context<'_>, key: K) -> Result<Vec<T>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Batch: Loader<K, Value = Vec<T>, Error = Arc<Fault>>,
{
    Ok(load(ctx, key).await?.unwrap_or_default())
}

/// Whether the viewer belongs to the vendor or the operator, whom the listing's inner matters concern.
fn concerned(ctx: &Context<'_>, listing: &model::Listing) -> Result<bool> {
    let actor = &ctx.op()?.actor;
    let vendor = listing.vendor_id.is_some_and(|vendor| actor.holds(vendor, Role::Viewer));
    Ok(vendor || actor.operates(Role::Viewer))
}

async fn audience(ctx: &Context<'_>, listing: &model::Listing) -> Result<Option<Vec<Organization>>> {
    if !concerned(ctx, listing)? {
        return Ok(None);
    }
    let ids = load(ctx, AudienceOf(listing.id)).await?.unwrap_or_default();
    Ok(Some(load_many(ctx, ids).await?.into_iter().map(Organization).collect()))
}
