//! Who may read an entry of the audit trail.

use crate::column::id;
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What the operator has no part in: the kind of id of what changed, and the table that knows the opportunity.
const PRIVATE: [(&str, Option<&str>); 6] = [
    ("opp", None),
    ("inv", Some("invitations")),
    ("act", Some("activities")),
    ("ctc", Some("contacts")),
    ("snp", Some("opportunity_snapshots")),
    ("led", None),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["audit_entries", "staged_audit_entries"] {
            let mut private = ColumnDef::new("private");
            private.boolean().not_null().default(false);
            for column in [private, id("opportunity_id")] {
                manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
            }
        }
        entries_so_far(manager).await
    }
}

async fn entries_so_far(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let named = match manager.get_database_backend() {
        DatabaseBackend::Postgres => "CAST(substr(subject, 5) AS uuid)",
        _ => "unhex(substr(subject, 5))",
    };
    for (kind, table) in PRIVATE {
        let opportunity = match (kind, table) {
            ("opp", _) => named.to_owned(),
            // To the one that was invited, its entries tell nothing of the deal: it may not be in it.
            ("inv", _) => format!(
                "(SELECT opportunity_id FROM invitations WHERE id = {named} AND to_organization_id <> audit_entries.organization_id)"
            ),
            (_, Some(table)) => format!("(SELECT opportunity_id FROM {table} WHERE id = {named})"),
            (_, None) => "NULL".to_owned(),
        };
        let update = format!(
            "UPDATE audit_entries SET private = true, opportunity_id = {opportunity} WHERE substr(subject, 1, 4) = '{kind}_'"
        );
        manager.get_connection().execute_unprepared(&update).await?;
    }
    Ok(())
}
