//! Organizations, their people, keys, profiles and coverage.

use crate::column::{id, index, key_text, moment, owned_by, refers_to, text, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        organizations(manager).await?;
        members(manager).await?;
        profiles(manager).await
    }
}

async fn organizations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("organizations")
                .col(id("id").not_null().primary_key())
                .col(key_text(manager, "slug").not_null())
                .col(text("name").not_null())
                .col(key_text(manager, "sort_name").not_null())
                .col(text("country_code"))
                .col(text("status").not_null())
                .col(text("status_reason"))
                .col(ColumnDef::new("operator").boolean().not_null())
                .col(ColumnDef::new("listed").boolean().not_null())
                .col(ColumnDef::new("profile_moderated").boolean().not_null())
                .col(key_text(manager, "external_id"))
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("organizations", &["slug"])).await?;
    manager.create_index(unique("organizations", &["external_id"])).await?;
    manager.create_index(index("organizations", &["sort_name", "id"])).await?;
    manager.create_index(index("organizations", &["created_at", "id"])).await?;

    manager
        .create_table(
            Table::create()
                .table("organization_aliases")
                .col(id("organization_id").not_null())
                .col(text("kind").not_null())
                .col(key_text(manager, "value").not_null())
                .primary_key(Index::create().col("organization_id").col("kind").col("value"))
                .foreign_key(&mut owned_by("organization_aliases", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("organization_aliases", &["kind", "value"])).await?;

    manager
        .create_table(
            Table::create()
                .table("coverage")
                .col(id("organization_id").not_null())
                .col(text("kind").not_null())
                .col(key_text(manager, "value").not_null())
                .primary_key(Index::create().col("organization_id").col("kind").col("value"))
                .foreign_key(&mut owned_by("coverage", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("coverage", &["kind", "value", "organization_id"])).await
}

async fn members(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("people")
                .col(id("id").not_null().primary_key())
                .col(text("name").not_null())
                .col(key_text(manager, "email").not_null())
                .col(moment("created_at").not_null())
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("people", &["email"])).await?;

    manager
        .create_table(
            Table::create()
                .table("members")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(id("person_id").not_null())
                .col(text("role").not_null())
                .col(moment("created_at").not_null())
                .foreign_key(&mut owned_by("members", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("members", "person_id", "people"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("members", &["organization_id", "person_id"])).await?;
    manager.create_index(index("members", &["organization_id", "id"])).await?;
    manager.create_index(index("members", &["person_id"])).await?;

    manager
        .create_table(
            Table::create()
                .table("api_keys")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(text("name").not_null())
                .col(key_text(manager, "prefix").not_null())
                .col(text("secret_hash").not_null())
                .col(text("scopes").not_null())
                .col(id("created_by"))
                .col(moment("created_at").not_null())
                .col(moment("expires_at"))
                .col(moment("revoked_at"))
                .col(moment("last_used_at"))
                .foreign_key(&mut owned_by("api_keys", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("api_keys", &["prefix"])).await?;
    manager.create_index(index("api_keys", &["organization_id", "id"])).await
}

async fn profiles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("profiles")
                .col(id("organization_id").not_null().primary_key())
                .col(text("source_locale").not_null())
                .col(text("website_url"))
                .col(text("logo_url"))
                .col(moment("updated_at").not_null())
                .foreign_key(&mut owned_by("profiles", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("profile_texts")
                .col(id("organization_id").not_null())
                .col(key_text(manager, "locale").not_null())
                .col(text("headline"))
                .col(text("description"))
                .primary_key(Index::create().col("organization_id").col("locale"))
                .foreign_key(&mut owned_by("profile_texts", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("profile_changes")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(text("status").not_null())
                .col(ColumnDef::new("proposal").json_binary().not_null())
                .col(moment("submitted_at").not_null())
                .col(moment("decided_at"))
                .col(text("reason"))
                .foreign_key(&mut owned_by("profile_changes", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("profile_changes", &["organization_id", "id"])).await?;
    manager.create_index(index("profile_changes", &["status", "id"])).await
}
