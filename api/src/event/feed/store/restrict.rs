//! The SQL of keeping back what was told before.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that restricts alerts")]

use crate::{db::Tx, op::Fault};
use entity::{
    alert,
    id::{OpportunityId, OrganizationId},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// From now on the alerts about an opportunity that are in the feeds of these organizations are about something that not
/// everybody there may see. For whom the transaction raises what it may see too
/// ([`Sight`](crate::event::DataScope::Sight)), a process that has the alerts in memory reads them anew; for others it has
/// them as they were for as long as they are kept there, a few minutes.
///
/// # Errors
/// Database faults; the transaction must then not be committed.
pub async fn restrict(tx: &Tx, organizations: &[OrganizationId], opportunity: OpportunityId) -> Result<(), Fault> {
    alert::Entity::update_many()
        .col_expr(alert::Column::Restricted, Expr::val(true))
        .filter(alert::Column::OrganizationId.is_in(organizations.iter().copied()))
        .filter(alert::Column::OpportunityId.eq(opportunity))
        .exec(&**tx)
        .await?;
    Ok(())
}
