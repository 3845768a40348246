//! Of which qualified leads nobody was told yet, and which rules rest because too many of theirs wait.

use crate::column::{id, index, owned_by};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let full = ColumnDef::new("is_full").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("qualification_rules").add_column(full).to_owned()).await?;
        // Each pair is looked at once more from its beginning: a lead that is there is not made a second time.
        manager.drop_table(Table::drop().table("qualification_progress").to_owned()).await?;
        progress(manager).await?;
        manager.create_index(index("qualified_leads", &["rule_id", "status"])).await
    }
}

/// No foreign key to the pair, which is removed in the transaction that closes it, and none to whatever only tells of it.
async fn progress(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("qualification_progress");
    for named in ["rule_id", "pair_id", "partner_id"] {
        table.col(id(named).not_null());
    }
    for number in ["run", "revision", "looked_run", "looked_revision", "from_run", "created"] {
        table.col(ColumnDef::new(number).big_integer().not_null());
    }
    table
        .col(ColumnDef::new("target_run").big_integer())
        .col(ColumnDef::new("target_revision").big_integer())
        .col(id("after_account"))
        .col(id("after_overlap"))
        .col(id("first_lead_id"))
        .primary_key(Index::create().col("rule_id").col("pair_id"))
        .foreign_key(&mut owned_by("qualification_progress", "rule_id", "qualification_rules"));
    manager.create_table(table.to_owned()).await
}
