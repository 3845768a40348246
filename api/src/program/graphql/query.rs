//! What can be asked about programs.

use super::types::{Program, ProgramStatus};
use crate::{
    db::Direction,
    page::Page,
    program::{
        model,
        store::{self, ProgramPosition},
    },
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        scalar::{OrderDirection, PartnerType},
    },
};
use async_graphql::{Context, Enum, InputObject, Object, Result};

/// Root fields of this room.
#[derive(Default)]
pub struct ProgramQuery;

/// Which programs.
#[derive(InputObject, Default)]
pub struct ProgramFilter {
    /// Any of these; all that the viewer may see where nothing is said.
    pub statuses: Option<Vec<ProgramStatus>>,
    /// For any of these kinds of partners; a program that names none is for all.
    pub types: Option<Vec<PartnerType>>,
    /// The slug of the organization that runs them.
    pub organization: Option<String>,
    /// How the name starts, whatever its case and accents.
    pub name_prefix: Option<String>,
}

/// What programs are sorted by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramOrderField {
    /// The name.
    Name,
    /// When it was made.
    CreatedAt,
}

/// How programs are sorted.
#[derive(InputObject)]
pub struct ProgramOrder {
    /// By what.
    pub field: ProgramOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

#[Object]
impl ProgramQuery {
    /// The program with this slug; null where it is unknown or the viewer may not see it.
    async fn program(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The program's slug.")] slug: String,
    ) -> Option<Result<Program>> {
        async { Ok(store::find_by_slug(ctx.op()?, &slug).await?.map(Program)) }.await.transpose()
    }

    /// The programs that the viewer may see; by name where no order is given.
    async fn programs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the last one before the page.")] after: Option<String>,
        #[graphql(desc = "Which of them.")] filter: Option<ProgramFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<ProgramOrder>,
    ) -> Option<Result<List<Program>>> {
        Some(programs(ctx, first, after, filter.unwrap_or_default(), order_by).await)
    }
}

async fn programs(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<String>,
    filter: ProgramFilter,
    order_by: Option<ProgramOrder>,
) -> Result<List<Program>> {
    let field = order_by.as_ref().map_or(ProgramOrderField::Name, |order| order.field);
    let direction = order_by.map_or(OrderDirection::Asc, |order| order.direction);
    let (name, by_age, direction) = match (field, direction) {
        (ProgramOrderField::Name, OrderDirection::Asc) => ("programs.NAME.ASC", false, Direction::Ascending),
        (ProgramOrderField::Name, OrderDirection::Desc) => ("programs.NAME.DESC", false, Direction::Descending),
        (ProgramOrderField::CreatedAt, OrderDirection::Asc) => ("programs.CREATED_AT.ASC", true, Direction::Ascending),
        (ProgramOrderField::CreatedAt, OrderDirection::Desc) => {
            ("programs.CREATED_AT.DESC", true, Direction::Descending)
        }
    };
    let filter = store::ProgramFilter {
        statuses: filter.statuses.unwrap_or_default().into_iter().map(model::ProgramStatus::from).collect(),
        types: filter.types.unwrap_or_default().into_iter().map(model::PartnerType::from).collect(),
        organization: filter.organization,
        name_prefix: filter.name_prefix,
    };
    let page = Page::<ProgramPosition>::parse(name, first, after.as_deref())?;
    let slice = store::list_programs(ctx.op()?, &filter, by_age, direction, &page).await?;
    let total = Total::counted(move |op| {
        let filter = filter.clone();
        async move { store::count_programs(&op, &filter).await }
    });
    list(slice, name, total, Program)
}
