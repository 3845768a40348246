//! Which run of an import laid an organization out, so that one row of `import_runs` decides whether all of them are there.

use crate::column::{id, index};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// References to organizations that no index began with.
const REFERENCES: [(&str, &str); 6] = [
    ("partnerships", "acquired_by"),
    ("partnerships", "ended_by"),
    ("partnership_exchanges", "from_organization_id"),
    ("partnership_exchanges", "to_organization_id"),
    ("partnership_roles", "organization_id"),
    ("partnership_terms", "payee_organization_id"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No index: it is asked of organizations that were found by something else.
        for table in ["organizations", "staged_organizations"] {
            manager.alter_table(Table::alter().table(table).add_column(id("import_run_id")).to_owned()).await?;
        }
        // An organization that was laid out and not applied goes again: whether anything refers to it is asked once for
        // each, and must not be a search of the whole table.
        for (table, column) in REFERENCES {
            let mut few = index(table, &[column]);
            manager.create_index(few.and_where(Expr::col(column).is_not_null()).to_owned()).await?;
        }
        Ok(())
    }
}
