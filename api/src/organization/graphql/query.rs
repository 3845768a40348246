//! What can be asked about organizations.

use super::{
    profile::{ProfileChange, ProfileChangeStatus},
    types::{Organization, OrganizationStatus},
    viewer::Viewer,
};
use crate::{
    db::Direction,
    organization::{model::OrganizationFilter as Filter, store},
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        scalar::{CountryCode, OrderDirection},
    },
};
use async_graphql::{Context, Enum, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Root fields of this room.
#[derive(Default)]
pub struct OrganizationQuery;

/// Which organizations a list has; what is left out does not narrow it.
#[derive(InputObject, Default)]
pub struct OrganizationFilter {
    /// Words and beginnings of words in names, profiles and domains; case and accents do not matter. At most 10 words
    /// count.
    pub query: Option<String>,
    /// In one of these states.
    pub status: Option<Vec<OrganizationStatus>>,
    /// Has its seat in one of these countries, or serves one of them.
    pub countries: Option<Vec<CountryCode>>,
}

/// How a list of organizations is sorted.
#[derive(InputObject)]
pub struct OrganizationOrder {
    /// By what.
    pub field: OrganizationOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

/// What organizations can be sorted by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationOrderField {
    /// The name; accents and case do not matter.
    Name,
    /// When it was entered.
    CreatedAt,
}

#[Object]
impl OrganizationQuery {
    /// Who is signed in; null for a visitor.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<Viewer>> {
        async { Ok(Viewer::of(ctx.op()?).await?) }.await.transpose()
    }

    /// The organization with this slug; null where it is unknown or the viewer may not see it.
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization's slug.")] slug: String,
    ) -> Option<Result<Organization>> {
        async { Ok(store::find_by_slug(ctx.op()?, &slug).await?.map(Organization)) }.await.transpose()
    }

    /// The organizations that the viewer may see: those with a public page, the viewer's own and its partners; the
    /// operator sees all.
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "Which; all by default.")] filter: Option<OrganizationFilter>,
        #[graphql(desc = "In which order; by name, ascending, by default.")] order_by: Option<OrganizationOrder>,
    ) -> Option<Result<List<Organization>>> {
        Some(organizations(ctx, first, after.as_deref(), filter.unwrap_or_default(), order_by).await)
    }

    /// The profile changes in one state, oldest first: those of the viewer's own organization, and all for the operator,
    /// whose managers decide on them. Nobody else sees any.
    async fn profile_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "The state; those that wait by default.")] status: Option<ProfileChangeStatus>,
    ) -> Option<Result<List<ProfileChange>>> {
        Some(profile_changes(ctx, first, after.as_deref(), status.unwrap_or(ProfileChangeStatus::Pending)).await)
    }
}

async fn organizations(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    filter: OrganizationFilter,
    order: Option<OrganizationOrder>,
) -> Result<List<Organization>> {
    let op = ctx.op()?;
    let filter = Filter {
        query: filter.query,
        statuses: filter.status.unwrap_or_default().into_iter().map(Into::into).collect(),
        countries: filter.countries.unwrap_or_default().into_iter().map(|country| country.0).collect(),
    };
    let order =
        order.unwrap_or(OrganizationOrder { field: OrganizationOrderField::Name, direction: OrderDirection::Asc });
    let (direction, word) = match order.direction {
        OrderDirection::Asc => (Direction::Ascending, "ASC"),
        OrderDirection::Desc => (Direction::Descending, "DESC"),
    };
    let counted = filter.clone();
    let total = Total::counted(move |op| {
        let filter = counted.clone();
        async move { store::count(&op, &filter).await }
    });
    match order.field {
        OrganizationOrderField::Name => {
            let name = format!("organizations.NAME.{word}");
            let page = Page::<(String, Uuid)>::parse(&name, first, after)?;
            list(store::list_by_name(op, &filter, &page, direction).await?, &name, total, Organization)
        }
        OrganizationOrderField::CreatedAt => {
            let name = format!("organizations.CREATED_AT.{word}");
            let page = Page::<(DateTime<Utc>, Uuid)>::parse(&name, first, after)?;
            list(store::list_by_creation(op, &filter, &page, direction).await?, &name, total, Organization)
        }
    }
}

async fn profile_changes(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    status: ProfileChangeStatus,
) -> Result<List<ProfileChange>> {
    const ORDER: &str = "profileChanges.ID.ASC";
    let status = status.into();
    let page = Page::<Uuid>::parse(ORDER, first, after)?;
    let slice = store::list_changes(ctx.op()?, status, &page).await?;
    let total = Total::counted(move |op| async move { store::count_changes(&op, status).await });
    list(slice, ORDER, total, ProfileChange)
}
