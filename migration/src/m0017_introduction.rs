//! What follows from an overlap: plays, notes, and requests to be introduced.

use crate::column::{day, id, index, key_text, moment, refers_to, text, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        plays(manager).await?;
        notes(manager).await?;
        introductions(manager).await
    }
}

async fn plays(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("benefit_plays")
                .col(id("organization_id").not_null())
                .col(key_text(manager, "own_kind").not_null())
                .col(key_text(manager, "partner_kind").not_null())
                .col(text("play").not_null())
                .col(text("text"))
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .primary_key(Index::create().col("organization_id").col("own_kind").col("partner_kind"))
                .foreign_key(&mut refers_to("benefit_plays", "organization_id", "organizations"))
                .to_owned(),
        )
        .await
}

/// Without foreign keys to accounts, here and below: what was written outlives them.
async fn notes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("overlap_notes")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(id("own_account_id").not_null())
                .col(id("partner_account_id").not_null())
                .col(key_text(manager, "about").not_null())
                .col(id("author_id"))
                .col(text("text").not_null())
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .foreign_key(&mut refers_to("overlap_notes", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("overlap_notes", "author_id", "people"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("overlap_notes", &["about", "id"])).await
}

async fn introductions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("introductions").col(id("id").not_null().primary_key());
    for named in [
        "asker_id",
        "receiver_id",
        "overlap_id",
        "asker_list_id",
        "receiver_list_id",
        "asker_account_id",
        "receiver_account_id",
    ] {
        table.col(id(named).not_null());
    }
    table
        .col(key_text(manager, "open_key"))
        .col(text("account_name").not_null())
        .col(text("message").not_null())
        .col(text("contact_title"))
        .col(day("desired_on"))
        .col(key_text(manager, "status").not_null())
        .col(moment("expires_at").not_null())
        .col(ColumnDef::new("asker_evidence").json_binary().not_null())
        .col(ColumnDef::new("receiver_evidence").json_binary())
        .col(moment("answered_at"))
        .col(text("decline_reason"))
        .col(text("comment"))
        .col(text("outcome"))
        .col(text("outcome_note"))
        .col(day("outcome_on"))
        .col(id("outcome_by"))
        .col(moment("outcome_at"))
        .col(id("opportunity_id"))
        .col(id("lead_id"))
        .col(moment("created_at").not_null())
        .col(moment("updated_at").not_null())
        .col(ColumnDef::new("revision").integer().not_null());
    for organization in ["asker_id", "receiver_id", "outcome_by"] {
        table.foreign_key(&mut refers_to("introductions", organization, "organizations"));
    }
    table.foreign_key(&mut refers_to("introductions", "opportunity_id", "opportunities")).foreign_key(&mut refers_to(
        "introductions",
        "lead_id",
        "leads",
    ));
    manager.create_table(table.to_owned()).await?;
    manager.create_index(unique("introductions", &["open_key"])).await?;
    for side in ["asker_id", "receiver_id"] {
        manager.create_index(index("introductions", &[side, "id"])).await?;
    }
    for made in ["opportunity_id", "lead_id"] {
        manager
            .create_index(index("introductions", &[made]).and_where(Expr::col(made).is_not_null()).to_owned())
            .await?;
    }
    // What the clock brings about.
    manager
        .create_index(
            index("introductions", &["expires_at", "id"]).and_where(Expr::col("status").eq("REQUESTED")).to_owned(),
        )
        .await
}
