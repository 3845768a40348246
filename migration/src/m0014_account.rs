//! Account lists, their accounts in versions, and the imports that write them.

use crate::column::{id, index, key_text, moment, owned_by, refers_to, text, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        lists(manager).await?;
        accounts(manager).await?;
        seen(manager).await?;
        imports(manager).await
    }
}

async fn lists(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("account_lists")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(id("subject_id").not_null())
                .col(text("name").not_null())
                .col(key_text(manager, "name_key").not_null())
                .col(key_text(manager, "kind").not_null())
                .col(ColumnDef::new("version").big_integer().not_null())
                .col(ColumnDef::new("account_count").integer().not_null())
                .col(ColumnDef::new("collected_version").big_integer().not_null())
                .col(ColumnDef::new("collect_version").big_integer().not_null())
                .col(moment("collect_after"))
                .col(moment("settled_at"))
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .col(moment("deleted_at"))
                .foreign_key(&mut refers_to("account_lists", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("account_lists", "subject_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            unique("account_lists", &["organization_id", "subject_id", "name_key"])
                .and_where(Expr::col("deleted_at").is_null())
                .to_owned(),
        )
        .await?;
    manager.create_index(index("account_lists", &["organization_id", "name_key", "id"])).await?;
    manager.create_index(index("account_lists", &["subject_id"])).await?;
    for waiting in ["collect_after", "settled_at"] {
        let is_waiting = match waiting {
            "settled_at" => Expr::col(waiting).is_null(),
            _ => Expr::col(waiting).is_not_null(),
        };
        manager.create_index(index("account_lists", &[waiting, "id"]).and_where(is_waiting).to_owned()).await?;
    }
    Ok(())
}

/// No foreign key to the list: a million rows would each ask for it, and rows of a list that is gone are collected in
/// batches, which a cascade could not do.
async fn accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("accounts")
                .col(id("id").not_null())
                .col(ColumnDef::new("since").big_integer().not_null())
                .col(ColumnDef::new("until").big_integer())
                .col(id("list_id").not_null())
                .col(key_text(manager, "external_id").not_null())
                .col(text("name").not_null())
                .col(key_text(manager, "name_key").not_null())
                .col(text("website"))
                .col(key_text(manager, "domain"))
                .col(text("email_domain"))
                .col(text("duns"))
                .col(text("country"))
                .col(text("owner"))
                .col(text("stage"))
                .col(ColumnDef::new("amount_minor").big_integer())
                .col(text("currency"))
                .col(ColumnDef::new("custom").json_binary())
                .col(ColumnDef::new("keys").blob().not_null())
                .col(moment("added_at").not_null())
                .col(moment("changed_at").not_null())
                .primary_key(Index::create().col("id").col("since"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("accounts", &["list_id", "external_id", "since"])).await?;
    manager.create_index(index("accounts", &["list_id", "name_key", "id"])).await?;
    manager
        .create_index(index("accounts", &["list_id", "domain"]).and_where(Expr::col("domain").is_not_null()).to_owned())
        .await?;
    manager.create_index(index("accounts", &["list_id", "since"])).await?;
    manager
        .create_index(index("accounts", &["list_id", "until"]).and_where(Expr::col("until").is_not_null()).to_owned())
        .await
}

/// Which accounts the running import of a list has met and left as they are.
async fn seen(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("account_list_seen")
                .col(id("list_id").not_null())
                .col(id("account_id").not_null())
                .primary_key(Index::create().col("list_id").col("account_id"))
                .to_owned(),
        )
        .await
}

async fn imports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("account_list_imports")
        .col(id("id").not_null().primary_key())
        .col(id("list_id").not_null())
        .col(id("organization_id").not_null())
        .col(text("mode").not_null())
        .col(ColumnDef::new("dry_run").boolean().not_null())
        .col(key_text(manager, "state").not_null())
        .col(ColumnDef::new("version").big_integer().not_null());
    for count in ["read", "created", "updated", "unchanged", "removed", "rejected"] {
        table.col(ColumnDef::new(count).big_integer().not_null());
    }
    table
        .col(ColumnDef::new("bytes_read").big_integer().not_null())
        .col(ColumnDef::new("bytes_total").big_integer())
        .col(moment("started_at").not_null())
        .col(moment("finished_at"))
        .col(moment("lease_until"))
        .col(text("problem"))
        .foreign_key(&mut owned_by("account_list_imports", "list_id", "account_lists"));
    manager.create_table(table.to_owned()).await?;
    manager.create_index(index("account_list_imports", &["list_id", "id"])).await?;
    let running = || Expr::col("state").eq("RUNNING");
    manager
        .create_index(
            Index::create()
                .name("account_list_imports_running_key")
                .table("account_list_imports")
                .col("list_id")
                .unique()
                .and_where(running())
                .to_owned(),
        )
        .await?;
    manager.create_index(index("account_list_imports", &["lease_until"]).and_where(running()).to_owned()).await
}
