//! Vendors list what they offer, the moderator publishes it, and others say what they think of it.

use super::{
    data::{CategoryData, ListingData, ReviewData},
    stage::{LoadFault, Stage, Told},
};
use crate::marketplace::{
    model::{IntegrationEnd, ListingPatch, NewListing, ReviewContent},
    service,
};
use entity::flags::Flag;

/// Makes the category tree.
pub(super) async fn sort(stage: &Stage, tree: &[CategoryData]) -> Told<()> {
    let op = stage.as_operator();
    for data in tree {
        let fault = |failure| LoadFault::new(format!("the category {}", data.name), failure);
        let top = service::create_category(&op, &data.name, None).await.map_err(fault)?;
        for child in &data.children {
            service::create_category(&op, child, Some(top.id)).await.map_err(fault)?;
        }
    }
    Ok(())
}

/// A vendor makes a listing, hands it in, and the moderator publishes it, as far as it got.
pub(super) async fn list(stage: &mut Stage, data: &ListingData) -> Told<()> {
    let fault = |failure| LoadFault::new(format!("listing {}", data.name), failure);
    let vendor = stage.as_manager(&data.vendor)?;
    let content = ListingPatch {
        name: Some(data.name.clone()),
        summary: Some(Some(data.summary.clone())),
        description: data.description.clone().map(Some),
        pricing_models: Some(data.pricing.iter().fold(0, |set, model| set | model.bit())),
        tags: Some(data.tags.clone()),
        categories: Some(data.categories.clone()),
        integrations: Some(data.works_with.iter().cloned().map(IntegrationEnd::Name).collect()),
        ..ListingPatch::default()
    };
    let new = NewListing { vendor: None, vendor_name: None, slug: data.slug.clone(), kind: data.kind, content };
    let made = service::create_listing(&vendor, new, None).await.map_err(fault)?;
    stage.listings.insert(data.name.clone(), made.id);
    if data.published.is_some() || data.submitted {
        service::submit_listing(&vendor, made.id, None).await.map_err(fault)?;
    }
    if data.published.is_some() {
        service::approve_listing(&stage.as_moderator()?, made.id, None).await.map_err(fault)?;
    }
    Ok(())
}

/// An organization reviews a listing, and the moderator publishes the review, unless it still waits.
pub(super) async fn review(stage: &Stage, data: &ReviewData) -> Told<()> {
    let fault = |failure| LoadFault::new(format!("{} reviews {}", data.by, data.of), failure);
    let content = ReviewContent { rating: data.rating, title: data.title.clone(), body: data.body.clone() };
    let author = stage.as_manager(&data.by)?;
    let made = service::submit_review(&author, stage.listing(&data.of)?, content, None).await.map_err(fault)?;
    if !data.pending {
        service::publish_review(&stage.as_moderator()?, made.id).await.map_err(fault)?;
    }
    Ok(())
}
