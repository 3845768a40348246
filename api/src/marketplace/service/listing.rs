//! Making listings and moving them through their life.

use super::{listing_in, reason, trail_in};
use crate::db::Tx;
use crate::{
    db::{Claim, claim},
    event,
    marketplace::{
        event::{ChangeStep, ListingStep, MarketplaceEvent},
        model::{ChangeStatus, Listing, ListingBadge, NAME_MAX, NewListing, Step, checked, next},
        policy::{CreateListing, EditListing, JudgeListing, RunListing},
        store,
    },
    op::{Action, ErrorCode, Fault, Op, Outcome, Permit, Refusal, check, check_revision},
    text,
};
use entity::id::{ListingId, OrganizationId};

/// Makes a draft. Its vendor is the named organization, or only a name, or the actor's organization where neither is
/// given. Without a slug one is made of the name; where that is taken, a number follows.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`, `INVALID_FORMAT`, `INVALID_VALUE`, `TAKEN`,
/// `IDEMPOTENCY_KEY_REUSED`.
pub async fn create_listing(op: &Op, mut new: NewListing, idempotency_key: Option<&str>) -> Outcome<Listing> {
    op.signed_in()?;
    new.content = checked(new.content)?;
    let name = new.content.name.clone().ok_or_else(|| required("input.name"))?;
    new.vendor_name = check::optional_line("input.vendorName", new.vendor_name.as_deref(), NAME_MAX)?;
    if new.vendor.is_some() && new.vendor_name.is_some() {
        let message = "A vendor is an organization or a name, not both.";
        return Err(Refusal::of("input.vendorName", ErrorCode::InvalidValue, message).into());
    }
    if new.slug.as_deref().is_some_and(|slug| !text::is_slug(slug)) {
        let message = "A slug has 1 to 80 lower-case letters, digits and single hyphens between them.";
        return Err(Refusal::of("input.slug", ErrorCode::InvalidFormat, message).into());
    }
    let tx = op.db().begin().await?;
    let vendor = match (&new.vendor, &new.vendor_name) {
        (Some(slug), _) => {
            Some(store::vendor_in(&tx, op, slug).await?.ok_or_else(|| Refusal::not_found("input.vendor"))?)
        }
        (None, Some(_)) => None,
        (None, None) => op.actor.organization(),
    };
    let mut id: ListingId = op.new_id();
    op.authorize::<CreateListing>(id, &vendor)?;
    if let Some(own) = op.actor.organization() {
        match claim(&tx, op, own, "listingCreate", idempotency_key, &new).await? {
            Claim::Fresh(fresh) => id = fresh.into(),
            Claim::Repeat(made) => {
                let found = store::find_in(&tx, op, made.into()).await?;
                return Ok(found.ok_or_else(|| Refusal::not_found("input.idempotencyKey"))?);
            }
        }
    }
    let permit = op.authorize::<CreateListing>(id, &vendor)?;
    let slug = match &new.slug {
        Some(slug) => slug.clone(),
        None => store::free_slug_in(&tx, &text::slug(&name)).await?,
    };
    let empty = store::create_in(&tx, op, &permit, vendor, &new, slug).await?;
    let made = store::apply_in(&tx, op, &permit, &empty, &new.content).await?;
    let trail = trail_in(&tx, op, vendor).await?;
    event::record(&tx, op, MarketplaceEvent::ListingCreated(trail, &made).facts()).await?;
    tx.commit().await?;
    Ok(made)
}

fn required(path: &str) -> Refusal {
    Refusal::of(path, ErrorCode::Required, "A text is needed here.")
}

/// Asks the operator to publish a draft.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`, `REVISION_MISMATCH`; `REQUIRED` where it has no summary or category.
pub async fn submit_listing(op: &Op, id: ListingId, expected_revision: Option<i32>) -> Outcome<Listing> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = listing_in(&tx, op, id, "id").await?;
    let permit = op.authorize::<RunListing>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    let turn = Turn { step: Step::Submit, event: ListingStep::Submitted, reason: None };
    // What the operator judges should say what it is and where it belongs.
    if before.summary.is_none() {
        return Err(
            Refusal::of("summary", ErrorCode::Required, "A listing needs a summary before it is reviewed.").into()
        );
    }
    if store::category_slugs_of_in(&tx, id).await?.is_empty() {
        return Err(Refusal::of(
            "categories",
            ErrorCode::Required,
            "A listing needs a category before it is reviewed.",
        )
        .into());
    }
    turn_in(tx, op, &permit, &before, turn).await
}

/// Takes a submitted listing back, as a draft.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`.
pub async fn withdraw_listing(op: &Op, id: ListingId) -> Outcome<Listing> {
    run(op, id, Turn { step: Step::Withdraw, event: ListingStep::Withdrawn, reason: None }).await
}

/// Gives a listing up for good, and its open change with it.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`.
pub async fn archive_listing(op: &Op, id: ListingId) -> Outcome<Listing> {
    run(op, id, Turn { step: Step::Archive, event: ListingStep::Archived, reason: None }).await
}

/// Publishes a submitted listing.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`, `REVISION_MISMATCH`.
pub async fn approve_listing(op: &Op, id: ListingId, expected_revision: Option<i32>) -> Outcome<Listing> {
    let turn = Turn { step: Step::Approve, event: ListingStep::Approved, reason: None };
    judge(op, id, expected_revision, turn).await
}

/// Sends a submitted listing back to its vendor, as a draft.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`, `REQUIRED`, `TOO_LONG`.
pub async fn reject_listing(op: &Op, id: ListingId, why: &str) -> Outcome<Listing> {
    op.signed_in()?;
    let turn = Turn { step: Step::Reject, event: ListingStep::Rejected, reason: Some(reason(why)?) };
    judge(op, id, None, turn).await
}

/// Takes a published listing out of the marketplace.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`, `REQUIRED`, `TOO_LONG`.
pub async fn restrict_listing(op: &Op, id: ListingId, why: &str) -> Outcome<Listing> {
    op.signed_in()?;
    let turn = Turn { step: Step::Restrict, event: ListingStep::Restricted, reason: Some(reason(why)?) };
    judge(op, id, None, turn).await
}

/// Puts a restricted listing back.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`.
pub async fn restore_listing(op: &Op, id: ListingId) -> Outcome<Listing> {
    judge(op, id, None, Turn { step: Step::Restore, event: ListingStep::Restored, reason: None }).await
}

/// Gives a listing exactly these badges. They are the operator's word, so they are no edit of the listing.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`.
pub async fn set_badges(
    op: &Op,
    id: ListingId,
    badges: &[ListingBadge],
    expected_revision: Option<i32>,
) -> Outcome<Listing> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = listing_in(&tx, op, id, "id").await?;
    let permit = op.authorize::<JudgeListing>(id, &())?;
    check_revision(expected_revision, before.revision)?;
    let after = store::set_badges_in(&tx, op, &permit, &before, badges).await?;
    let trail = trail_in(&tx, op, after.vendor_id).await?;
    let fact = MarketplaceEvent::Listing(trail, ListingStep::BadgesSet, &before, &after);
    event::record(&tx, op, fact.facts()).await?;
    tx.commit().await?;
    Ok(after)
}

/// A step with its event.
struct Turn {
    step: Step,
    event: ListingStep,
    reason: Option<String>,
}

async fn run(op: &Op, id: ListingId, turn: Turn) -> Outcome<Listing> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = listing_in(&tx, op, id, "id").await?;
    let permit = op.authorize::<RunListing>(id, &before)?;
    turn_in(tx, op, &permit, &before, turn).await
}

async fn judge(op: &Op, id: ListingId, expected_revision: Option<i32>, turn: Turn) -> Outcome<Listing> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = listing_in(&tx, op, id, "id").await?;
    let permit = op.authorize::<JudgeListing>(id, &())?;
    check_revision(expected_revision, before.revision)?;
    turn_in(tx, op, &permit, &before, turn).await
}

/// Takes the step and commits.
async fn turn_in<A: Action<Resource = ListingId>>(
    tx: Tx,
    op: &Op,
    permit: &Permit<A>,
    before: &Listing,
    turn: Turn,
) -> Outcome<Listing> {
    let status = next(before.status, turn.step)
        .ok_or_else(|| Refusal::invalid_state("The listing is not in a state that allows this."))?;
    let trail = trail_in(&tx, op, before.vendor_id).await?;
    let mut facts = Vec::new();
    if turn.step == Step::Archive {
        facts.extend(forget_change_in(&tx, op, permit, before.id, trail).await?);
    }
    let after = store::set_status_in(&tx, op, permit, before, status, turn.reason).await?;
    facts.extend(MarketplaceEvent::Listing(trail, turn.event, before, &after).facts());
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(after)
}

/// Withdraws the open change of a listing, if it has one, and gives the fact of it.
pub(super) async fn forget_change_in<A: Action<Resource = ListingId>>(
    tx: &Tx,
    op: &Op,
    permit: &Permit<A>,
    id: ListingId,
    trail: OrganizationId,
) -> Result<Vec<event::Fact>, Fault> {
    let Some(open) = store::open_change_of_in(tx, id).await? else { return Ok(Vec::new()) };
    let closed = store::close_change_in(tx, op, permit, &open, ChangeStatus::Withdrawn, None).await?;
    Ok(MarketplaceEvent::Change(trail, ChangeStep::Withdrawn, &closed).facts())
}

/// Whether the actor may edit the listing: what `viewerCanUpdate` answers.
#[must_use]
pub fn may_edit(op: &Op, listing: &Listing) -> bool {
    op.may::<EditListing>(listing.id, listing)
}
