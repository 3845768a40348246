//! Who is whose partner, for many organizations at once.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of who is whose partner")]

use super::partners_of_condition;
use crate::{op::Fault, partnership::model::PartnershipOrigin};
use chrono::NaiveDate;
use entity::{id::OrganizationId, organization, partnership, partnership_party as party, value::PartnerTypes};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, Query},
};

/// Two organizations that are partners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Agreed {
    /// The lesser id of the two.
    pub one: OrganizationId,
    /// The greater id of the two.
    pub other: OrganizationId,
    /// What their partnership is about.
    pub types: PartnerTypes,
}

/// The partnerships that hold on the day `today` by an agreement of their parties, by each two of these that `among` says
/// to be of interest. Two organizations that are in several have a row for each.
///
/// # Errors
/// Database faults.
pub async fn list_agreed(
    connection: &impl ConnectionTrait,
    today: NaiveDate,
    among: impl Fn(Expr) -> Expr,
) -> Result<Vec<Agreed>, Fault> {
    let [one, other] = ["one", "other"].map(Alias::new);
    let of = |side: &Alias, column: party::Column| Expr::col((side.clone(), column));
    let same = of(&one, party::Column::PartnershipId)
        .equals((other.clone(), party::Column::PartnershipId))
        .and(of(&one, party::Column::OrganizationId).lt(of(&other, party::Column::OrganizationId)));
    let it =
        Expr::col((partnership::Entity, partnership::Column::Id)).equals((one.clone(), party::Column::PartnershipId));
    let mut query = Query::select();
    query
        .expr_as(of(&one, party::Column::OrganizationId), Alias::new("one"))
        .expr_as(of(&other, party::Column::OrganizationId), Alias::new("other"))
        .expr_as(Expr::col((partnership::Entity, partnership::Column::Types)), Alias::new("types"))
        .from_as(party::Entity, one.clone())
        .join_as(sea_orm::JoinType::InnerJoin, party::Entity, other.clone(), same)
        .inner_join(partnership::Entity, it)
        .and_where(partnership::Column::Origin.eq(PartnershipOrigin::Agreed))
        .cond_where(super::still_holds(today));
    for side in [&one, &other] {
        query
            .and_where(of(side, party::Column::LeftAt).is_null())
            .and_where(among(of(side, party::Column::OrganizationId)));
    }
    let statement = connection.get_database_backend().build(&query);
    Ok(Agreed::find_by_statement(statement).all(connection).await?)
}

/// The partners of an organization on the day `today`, by agreements that hold.
///
/// # Errors
/// Database faults.
pub async fn list_partners(
    connection: &impl ConnectionTrait,
    today: NaiveDate,
    own: OrganizationId,
) -> Result<Vec<OrganizationId>, Fault> {
    Ok(organization::Entity::find()
        .select_only()
        .column(organization::Column::Id)
        .filter(partners_of_condition(own, today))
        .into_tuple()
        .all(connection)
        .await?)
}
