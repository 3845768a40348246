//! Partnerships: their parties, their facts, and the invitations that lead to them.

use crate::column::{day, id, index, key_text, moment, owned_by, refers_to, text, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        partnerships(manager).await?;
        parties(manager).await?;
        facts(manager).await?;
        invitations(manager).await
    }
}

async fn partnerships(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("partnerships")
                .col(id("id").not_null().primary_key())
                .col(text("origin").not_null())
                .col(ColumnDef::new("types").integer().not_null())
                .col(key_text(manager, "guard"))
                .col(day("started_on"))
                .col(day("sorts_ascending").not_null())
                .col(day("sorts_descending").not_null())
                .col(day("ends_on"))
                .col(text("end_reason"))
                .col(text("end_comment"))
                .col(id("ended_by"))
                .col(id("acquired_by"))
                .col(moment("ended_at"))
                .col(text("description"))
                .col(text("source"))
                .col(text("state"))
                .col(text("aim"))
                .col(day("term_starts_on"))
                .col(day("term_ends_on"))
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .foreign_key(&mut refers_to("partnerships", "ended_by", "organizations"))
                .foreign_key(&mut refers_to("partnerships", "acquired_by", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("partnerships", &["guard"])).await?;
    manager.create_index(index("partnerships", &["sorts_ascending", "id"])).await?;
    manager.create_index(index("partnerships", &["sorts_descending", "id"])).await
}

async fn parties(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("partnership_parties")
                .col(id("partnership_id").not_null())
                .col(id("organization_id").not_null())
                .col(id("manager_person_id"))
                .col(id("sponsor_person_id"))
                .col(ColumnDef::new("listed").boolean().not_null())
                .col(moment("joined_at").not_null())
                .col(moment("left_at"))
                .primary_key(Index::create().col("partnership_id").col("organization_id"))
                .foreign_key(&mut owned_by("partnership_parties", "partnership_id", "partnerships"))
                .foreign_key(&mut refers_to("partnership_parties", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("partnership_parties", "manager_person_id", "people"))
                .foreign_key(&mut refers_to("partnership_parties", "sponsor_person_id", "people"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("partnership_parties", &["organization_id", "partnership_id"])).await
}

async fn facts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("partnership_exchanges")
                .col(id("partnership_id").not_null())
                .col(ColumnDef::new("position").integer().not_null())
                .col(text("what").not_null())
                .col(id("from_organization_id").not_null())
                .col(id("to_organization_id").not_null())
                .col(text("description"))
                .primary_key(Index::create().col("partnership_id").col("position"))
                .foreign_key(&mut owned_by("partnership_exchanges", "partnership_id", "partnerships"))
                .foreign_key(&mut refers_to("partnership_exchanges", "from_organization_id", "organizations"))
                .foreign_key(&mut refers_to("partnership_exchanges", "to_organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("partnership_roles")
                .col(id("partnership_id").not_null())
                .col(id("organization_id").not_null())
                .col(text("role").not_null())
                .col(ColumnDef::new("services").json_binary().not_null())
                .primary_key(Index::create().col("partnership_id").col("organization_id").col("role"))
                .foreign_key(&mut owned_by("partnership_roles", "partnership_id", "partnerships"))
                .foreign_key(&mut refers_to("partnership_roles", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("partnership_terms")
                .col(id("partnership_id").not_null())
                .col(id("payee_organization_id").not_null())
                .col(key_text(manager, "basis").not_null())
                .col(day("effective_from").not_null())
                .col(day("effective_to"))
                .col(ColumnDef::new("rate_basis_points").integer().not_null())
                .col(text("currency").not_null())
                .primary_key(
                    Index::create()
                        .col("partnership_id")
                        .col("payee_organization_id")
                        .col("basis")
                        .col("effective_from"),
                )
                .foreign_key(&mut owned_by("partnership_terms", "partnership_id", "partnerships"))
                .foreign_key(&mut refers_to("partnership_terms", "payee_organization_id", "organizations"))
                .to_owned(),
        )
        .await
}

async fn invitations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("partnership_invitations")
                .col(id("id").not_null().primary_key())
                .col(id("from_organization_id").not_null())
                .col(id("to_organization_id").not_null())
                .col(id("partnership_id"))
                .col(ColumnDef::new("joins").boolean().not_null())
                .col(ColumnDef::new("types").integer().not_null())
                .col(text("message").not_null())
                .col(ColumnDef::new("facts").json_binary().not_null())
                .col(text("status").not_null())
                .col(key_text(manager, "open_key"))
                .col(moment("expires_at").not_null())
                .col(moment("created_at").not_null())
                .col(moment("answered_at"))
                .col(text("decline_reason"))
                .col(text("comment"))
                .foreign_key(&mut refers_to("partnership_invitations", "from_organization_id", "organizations"))
                .foreign_key(&mut refers_to("partnership_invitations", "to_organization_id", "organizations"))
                .foreign_key(&mut refers_to("partnership_invitations", "partnership_id", "partnerships"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("partnership_invitations", &["open_key"])).await?;
    for side in ["from_organization_id", "to_organization_id"] {
        manager.create_index(index("partnership_invitations", &[side, "expires_at", "id"])).await?;
    }
    manager.create_index(index("partnership_invitations", &["partnership_id"])).await
}
