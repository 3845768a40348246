//! The SQL of directories: which rows are asked about. Pages and facets are in the files below, and what is kept for
//! visitors is in `cached`.

#![expect(clippy::disallowed_methods, reason = "builds the statements of this room")]

mod cached;
mod facet;
mod page;

pub use cached::{count_facets, count_partners, list_partners, public_versions};

use super::model::{Day, FacetKind, Filter, Host, Position, Sorting};
use crate::{
    event::Versions,
    op::{Fault, Op},
    organization,
    page::Page,
    search,
};
use chrono::{Days, NaiveDate, NaiveTime};
use entity::{
    category, category_ancestor, coverage,
    listing::{self, ListingStatus, ListingVisibility},
    listing_category,
    membership::{self, MembershipStatus},
    membership_period, organization as organizations, tier,
    value::{CoverageKind, Role, SearchSubject},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryResult, QuerySelect, QueryTrait,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, IntoColumnRef, JoinType, Query, SelectStatement, UnionType},
};
use std::{collections::BTreeSet, sync::Arc};

/// Questions that one statement answers at most: each takes up to some 2,000 parameters, and SQLite takes some 32,000.
const QUESTIONS_A_STATEMENT: usize = 12;

/// What is asked of one program's directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// Whose directory.
    pub host: Host,
    /// Which partners.
    pub filter: Arc<Filter>,
    /// The data versions that were read before, where the answer is the public one and may be cached.
    pub versions: Option<Versions>,
}

/// A page of a directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageOf {
    /// Of what.
    pub question: Question,
    /// In which order.
    pub sorting: Sorting,
    /// Which rows.
    pub page: Page<Position>,
}

/// A facet of a directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FacetOf {
    /// Of what; the filter is the whole one, the facet's own part included.
    pub question: Question,
    /// Which facet.
    pub facet: FacetKind,
}

/// The rows that a question is about, without columns yet, and what is known of each.
struct Rows {
    select: SelectStatement,
    /// The tier on the day.
    tier: Expr,
    /// When the organization joined, as far as that was over on the day.
    joined: Expr,
    /// Whether each row has its organization; else it is null where the viewer may not see it.
    named: bool,
}

/// Whether the viewer sees all partners, those without a public page too.
fn sees_all(op: &Op, host: Host) -> bool {
    op.actor.operates(Role::Viewer) || op.actor.organization() == Some(host.organization)
}

/// The memberships in force, with their organizations and tiers, that `filter` leaves.
fn rows(op: &Op, host: Host, filter: &Filter) -> Rows {
    let organization_id = column(organizations::Column::Id);
    let mut visible = Condition::all().add(organization_id.equals(membership::Column::OrganizationId.as_column_ref()));
    if !sees_all(op, host) {
        visible = visible.add(organization::scope::visible_condition(&op.actor));
    }
    let named = sees_all(op, host) || !matches!(filter.day, Day::Past(_));
    let join = if named { JoinType::InnerJoin } else { JoinType::LeftJoin };
    let (mut select, tier, joined) = match filter.day {
        Day::Today(today) => in_force(host, today),
        Day::Past(day) | Day::Future(day) => in_force_on(host, day),
    };
    select.join(join, organizations::Entity, visible).join(
        JoinType::LeftJoin,
        tier::Entity,
        column(tier::Column::Id).eq(tier.clone()),
    );
    select.cond_where(left_by(host, filter));
    Rows { select, tier, joined, named }
}

/// What the memberships say now.
fn in_force(host: Host, today: NaiveDate) -> (SelectStatement, Expr, Expr) {
    let not_over =
        Condition::any().add(membership::Column::ExpiresOn.is_null()).add(membership::Column::ExpiresOn.gt(today));
    let mut select = Query::select();
    select
        .from(membership::Entity)
        .and_where(membership::Column::ProgramId.eq(host.program))
        .and_where(membership::Column::Status.eq(MembershipStatus::Active))
        .cond_where(not_over);
    let tier = Expr::case(membership::Column::NextTierOn.lte(today), column(membership::Column::NextTierId))
        .finally(column(membership::Column::TierId));
    (select, tier.into(), column(membership::Column::JoinedAt))
}

/// What the periods say of a day.
fn in_force_on(host: Host, day: NaiveDate) -> (SelectStatement, Expr, Expr) {
    let mut select = Query::select();
    select
        .from(membership_period::Entity)
        .inner_join(
            membership::Entity,
            column(membership::Column::Id).equals(membership_period::Column::MembershipId.as_column_ref()),
        )
        .and_where(membership_period::Column::ProgramId.eq(host.program))
        .and_where(membership_period::Column::StartsOn.lte(day))
        .and_where(membership_period::Column::EndsOn.gt(day));
    let next_day = day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(NaiveTime::MIN).and_utc();
    let joined = Expr::case(membership::Column::JoinedAt.lt(next_day), column(membership::Column::JoinedAt));
    (select, column(membership_period::Column::TierId), joined.into())
}

/// The filter as a condition. What asks for the organization finds none where the viewer may not see it.
fn left_by(host: Host, filter: &Filter) -> Condition {
    let organization_id = column(organizations::Column::Id);
    let mut left = Condition::all();
    if let Some(found) =
        filter.query.as_deref().and_then(|query| search::matches(SearchSubject::Organization, &organization_id, query))
    {
        left = left.add(found);
    }
    if !filter.types.is_empty() {
        left = left.add(column(membership::Column::Types).bit_and(filter.types.0).ne(0));
    }
    if let Some(names) = &filter.tiers {
        let of_program = tier::Column::ProgramId.eq(host.program).and(tier::Column::NameKey.is_in(names));
        left = left.add(of_program);
    }
    if let Some(least) = filter.min_tier_rank {
        left = left.add(tier::Column::Rank.gte(least));
    }
    if let Some(countries) = &filter.countries {
        let serving = covering(CoverageKind::Country, countries);
        let seated = organizations::Column::CountryCode.is_in(countries);
        left = left.add(seated.or(organization_id.clone().in_subquery(serving)));
    }
    for (kind, words) in &filter.coverage {
        left = left.add(organization_id.clone().in_subquery(covering(*kind, words)));
    }
    if let Some(slugs) = &filter.categories {
        left = left.add(organization_id.in_subquery(listing_in(slugs)));
    }
    left
}

/// The organizations that cover one of these.
fn covering(kind: CoverageKind, values: &BTreeSet<String>) -> SelectStatement {
    coverage::Entity::find()
        .select_only()
        .column(coverage::Column::OrganizationId)
        .filter(coverage::Column::Kind.eq(kind))
        .filter(coverage::Column::Value.is_in(values))
        .into_query()
}

/// The vendors of public listings in one of these categories or below.
fn listing_in(slugs: &BTreeSet<String>) -> SelectStatement {
    let mut select = Query::select();
    select
        .column(listing::Column::VendorId.as_column_ref())
        .from(category::Entity)
        .inner_join(
            category_ancestor::Entity,
            column(category_ancestor::Column::AncestorId).equals(category::Column::Id.as_column_ref()),
        )
        .inner_join(
            listing_category::Entity,
            column(listing_category::Column::CategoryId).equals(category_ancestor::Column::CategoryId.as_column_ref()),
        )
        .inner_join(
            listing::Entity,
            column(listing::Column::Id).equals(listing_category::Column::ListingId.as_column_ref()),
        )
        .and_where(category::Column::Slug.is_in(slugs))
        .cond_where(public_listing())
        .and_where(listing::Column::VendorId.is_not_null());
    select
}

/// Listings that everybody finds: the only ones that a directory counts.
fn public_listing() -> Condition {
    Condition::all()
        .add(listing::Column::Status.eq(ListingStatus::Published))
        .add(listing::Column::Visibility.eq(ListingVisibility::Public))
}

/// A column with the name of its table.
fn column<C: ColumnTrait>(column: C) -> Expr {
    Expr::col(column.as_column_ref())
}

/// Answers many questions with few statements: each is one part of a `UNION ALL`, and `slot` says to which question a
/// row belongs. A part has its own order and limit, which the whole need not keep.
async fn ask<K>(
    op: &Op,
    keys: &[K],
    part: impl Fn(&K) -> SelectStatement + Send,
    mut take: impl FnMut(usize, &QueryResult) -> Result<(), Fault> + Send,
) -> Result<(), Fault>
where
    K: Sync,
{
    for (chunk_at, chunk) in keys.chunks(QUESTIONS_A_STATEMENT).enumerate() {
        let mut parts = (0_i32..).zip(chunk).map(|(slot, key)| {
            let mut part = part(key);
            part.expr_as(Expr::val(slot), Alias::new("slot"));
            part
        });
        let Some(first) = parts.next() else { continue };
        // SQLite takes an order in a part of a union only where the part is a subquery.
        let statement = if chunk.len() == 1 {
            first
        } else {
            let mut whole = wrapped(first);
            whole.unions(parts.map(|part| (UnionType::All, wrapped(part))));
            whole
        };
        for row in op.db().read().query_all(&statement).await? {
            let slot: i32 = row.try_get("", "slot")?;
            let at = usize::try_from(slot).unwrap_or_default() + chunk_at * QUESTIONS_A_STATEMENT;
            take(at, &row)?;
        }
    }
    Ok(())
}

fn wrapped(part: SelectStatement) -> SelectStatement {
    Query::select().column(Asterisk.into_column_ref()).from_subquery(part, Alias::new("part")).to_owned()
}
