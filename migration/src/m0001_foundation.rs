//! What every domain uses: the audit trail, idempotency keys, data versions, search tokens.

use crate::column::{id, index, key_text, moment, text};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("audit_entries")
                    .col(id("id").not_null().primary_key())
                    .col(moment("occurred_at").not_null())
                    .col(text("actor_kind").not_null())
                    .col(id("actor_id"))
                    .col(id("actor_organization_id"))
                    .col(id("organization_id").not_null())
                    .col(text("subject").not_null())
                    .col(text("action").not_null())
                    .col(ColumnDef::new("before").json_binary())
                    .col(ColumnDef::new("after").json_binary())
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("audit_entries", &["organization_id", "id"])).await?;
        manager.create_index(index("audit_entries", &["subject", "id"])).await?;

        manager
            .create_table(
                Table::create()
                    .table("idempotency_keys")
                    .col(id("organization_id").not_null())
                    .col(key_text(manager, "key").not_null())
                    .col(text("input_hash").not_null())
                    .col(id("result").not_null())
                    .col(moment("created_at").not_null())
                    .primary_key(Index::create().col("organization_id").col("key"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("idempotency_keys", &["created_at"])).await?;

        manager
            .create_table(
                Table::create()
                    .table("data_versions")
                    .col(key_text(manager, "scope").not_null().primary_key())
                    .col(ColumnDef::new("version").big_integer().not_null())
                    .to_owned(),
            )
            .await?;

        manager
            .create_table(
                Table::create()
                    .table("search_tokens")
                    .col(text("subject_kind").not_null())
                    .col(key_text(manager, "token").not_null())
                    .col(id("subject_id").not_null())
                    .primary_key(Index::create().col("subject_kind").col("token").col("subject_id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("search_tokens", &["subject_id"])).await
    }
}
