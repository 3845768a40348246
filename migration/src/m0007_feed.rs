//! The feeds: how far each goes, its alerts, who has read how far, and the epoch they all belong to.

use crate::column::{id, index, key_text, moment, owned_by};
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        epochs(manager).await?;
        feeds(manager).await?;
        alerts(manager).await?;
        readers(manager).await
    }
}

async fn epochs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("feed_epochs")
                .col(ColumnDef::new("id").integer().not_null().primary_key())
                .col(ColumnDef::new("epoch").big_integer().not_null())
                .to_owned(),
        )
        .await?;
    // Chance from the database: two installations that start alike must not share cursors. SQLite's random() takes all
    // 64 bits, and an epoch is positive.
    let chance = match manager.get_database_backend() {
        DatabaseBackend::Sqlite => "abs(random() / 2)",
        _ => "floor(random() * 9e15)::bigint",
    };
    let insert = format!("INSERT INTO feed_epochs (id, epoch) VALUES (1, {chance})");
    manager.get_connection().execute_unprepared(&insert).await?;
    Ok(())
}

async fn feeds(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("feeds")
                .col(id("organization_id").not_null().primary_key())
                .col(ColumnDef::new("seq").big_integer().not_null())
                .col(ColumnDef::new("trimmed").big_integer().not_null())
                .foreign_key(&mut owned_by("feeds", "organization_id", "organizations"))
                .to_owned(),
        )
        .await
}

async fn alerts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("alerts")
                .col(id("organization_id").not_null())
                .col(ColumnDef::new("seq").big_integer().not_null())
                .col(id("id").not_null())
                .col(key_text(manager, "kind").not_null())
                .col(key_text(manager, "change").not_null())
                .col(moment("occurred_at").not_null())
                .col(key_text(manager, "actor_kind").not_null())
                .col(id("actor_id"))
                .col(id("actor_organization_id"))
                .col(id("subject_id").not_null())
                .col(id("opportunity_id"))
                .col(key_text(manager, "stage"))
                .col(ColumnDef::new("restricted").boolean().not_null())
                .col(ColumnDef::new("details").json_binary().not_null())
                .primary_key(Index::create().col("organization_id").col("seq"))
                .foreign_key(&mut owned_by("alerts", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(Index::create().name("alerts_id_key").table("alerts").col("id").unique().to_owned()).await?;
    manager.create_index(index("alerts", &["organization_id", "opportunity_id", "seq"])).await?;
    manager.create_index(index("alerts", &["organization_id", "occurred_at"])).await
}

async fn readers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("feed_readers")
                .col(id("organization_id").not_null())
                .col(id("person_id").not_null())
                .col(ColumnDef::new("seq").big_integer().not_null())
                .col(ColumnDef::new("epoch").big_integer().not_null())
                .col(moment("read_at").not_null())
                .primary_key(Index::create().col("organization_id").col("person_id"))
                .foreign_key(&mut owned_by("feed_readers", "organization_id", "organizations"))
                .foreign_key(&mut owned_by("feed_readers", "person_id", "people"))
                .to_owned(),
        )
        .await
}
