//! Which listings somebody sees, and the conditions that other lists borrow from here.

#![expect(clippy::disallowed_methods, reason = "builds conditions that stores run")]

use crate::{
    marketplace::model::{ListingStatus, ListingVisibility},
    op::Actor,
    organization, text,
};
use entity::value::{OrganizationStatus, Role};
use entity::{category, category_ancestor, listing, listing_audience, listing_category, organization as organizations};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, IntoCondition, Query, SelectStatement},
};

/// Published listings that everybody finds: public ones whose vendor is active or only a name.
#[must_use]
pub fn public_condition() -> Condition {
    Condition::all()
        .add(listing::Column::Status.into_expr().eq(written(ListingStatus::Published)))
        .add(listing::Column::Visibility.into_expr().eq(written(ListingVisibility::Public)))
        .add(of_active_vendor())
}

/// A word of an enum as part of the statement's text, not as a parameter: an index over only some rows is used where the
/// statement itself says that it is about those.
pub(super) fn written(word: impl ActiveEnum<Value = String>) -> Expr {
    Expr::Constant(word.to_value().into())
}

/// The listings that the actor sees, as a condition on the listings table, for joins: public ones; those of the own
/// organization in every state; those that name the own organization in their audience, published or restricted; all
/// for the operator.
#[must_use]
pub fn visible_condition(actor: &Actor) -> Condition {
    if actor.operates(Role::Viewer) {
        return Condition::all();
    }
    let public = public_condition();
    let Some(own) = actor.organization() else { return public };
    let named = listing_audience::Entity::find()
        .select_only()
        .column(listing_audience::Column::ListingId)
        .filter(listing_audience::Column::OrganizationId.eq(own))
        .into_query();
    let audience = Condition::all()
        .add(listing::Column::Status.is_in([ListingStatus::Published, ListingStatus::Restricted]))
        .add(of_active_vendor())
        .add(listing::Column::Id.in_subquery(named));
    Condition::any().add(public).add(listing::Column::VendorId.eq(own)).add(audience)
}

/// No vendor that is not active; a listing without a vendor has none.
fn of_active_vendor() -> Expr {
    let inactive = Query::select()
        .expr(Expr::val(1))
        .from(organizations::Entity)
        .and_where(
            Expr::col((organizations::Entity, organizations::Column::Id))
                .equals((listing::Entity, listing::Column::VendorId)),
        )
        .and_where(organizations::Column::Status.into_expr().ne(written(OrganizationStatus::Active)))
        .to_owned();
    Expr::exists(inactive).not()
}

/// The slug where it can be one, else the empty text, which no row has: PostgreSQL takes no text with a zero character.
fn known_form(slug: &str) -> &str {
    if text::is_slug(slug) { slug } else { "" }
}

/// The id of the visible listing with this slug.
#[must_use]
pub fn visible_slug(actor: &Actor, slug: &str) -> SelectStatement {
    listing::Entity::find()
        .select_only()
        .column(listing::Column::Id)
        .filter(listing::Column::Slug.eq(known_form(slug)))
        .filter(visible_condition(actor))
        .into_query()
}

/// The id of the visible organization with this slug.
pub(super) fn visible_vendor(actor: &Actor, slug: &str) -> SelectStatement {
    organizations::Entity::find()
        .select_only()
        .column(organizations::Column::Id)
        .filter(organizations::Column::Slug.eq(known_form(slug)))
        .filter(organization::scope::visible_condition(actor))
        .into_query()
}

/// The ids of the listings in any of these categories or below them. A slug that is unknown matches nothing.
#[must_use]
pub fn in_categories(slugs: &[String]) -> SelectStatement {
    Query::select()
        .column((listing_category::Entity, listing_category::Column::ListingId))
        .from(listing_category::Entity)
        .inner_join(
            category_ancestor::Entity,
            Expr::col((category_ancestor::Entity, category_ancestor::Column::CategoryId))
                .equals((listing_category::Entity, listing_category::Column::CategoryId)),
        )
        .inner_join(
            category::Entity,
            Expr::col((category::Entity, category::Column::Id))
                .equals((category_ancestor::Entity, category_ancestor::Column::AncestorId)),
        )
        .and_where(category::Column::Slug.is_in(slugs.iter().map(|slug| known_form(slug))))
        .to_owned()
}

/// The ids of the organizations that offer a public listing in any of these categories or below them: what the directory
/// filters by, as `organizations.id IN (...)`. For the directory all are the same: a visitor's view.
#[must_use]
pub fn offered(slugs: &[String]) -> SelectStatement {
    Query::select()
        .column((listing::Entity, listing::Column::VendorId))
        .from(listing::Entity)
        .cond_where(public_condition())
        .and_where(listing::Column::VendorId.is_not_null())
        .and_where(listing::Column::Id.in_subquery(in_categories(slugs)))
        .to_owned()
}

/// Pairs `(organization_id, category_id)`: each organization with the categories of its public listings and their
/// ancestors, each pair once. What the directory counts its category facet by, as a derived table.
#[must_use]
pub fn offered_categories() -> SelectStatement {
    Query::select()
        .distinct()
        .expr_as(Expr::col((listing::Entity, listing::Column::VendorId)), "organization_id")
        .expr_as(Expr::col((category_ancestor::Entity, category_ancestor::Column::AncestorId)), "category_id")
        .from(listing::Entity)
        .inner_join(
            listing_category::Entity,
            Expr::col((listing_category::Entity, listing_category::Column::ListingId))
                .equals((listing::Entity, listing::Column::Id)),
        )
        .inner_join(
            category_ancestor::Entity,
            Expr::col((category_ancestor::Entity, category_ancestor::Column::CategoryId))
                .equals((listing_category::Entity, listing_category::Column::CategoryId)),
        )
        .cond_where(public_condition().add(listing::Column::VendorId.is_not_null()).into_condition())
        .to_owned()
}
