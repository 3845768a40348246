//! What came of comparing account lists: results, overlaps, runs, disputes.

use crate::column::{id, index, key_text, moment, refers_to, text};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        results(manager).await?;
        runs(manager).await?;
        overlaps(manager).await?;
        disputes(manager).await
    }
}

/// No foreign key to the pair, here and below: hundreds of thousands of rows are removed in batches when it closes.
async fn results(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("mapping_results").col(id("pair_id").not_null().primary_key());
    for number in ["left_version", "right_version", "run", "revision"] {
        table.col(ColumnDef::new(number).big_integer().not_null());
    }
    for count in ["pair_count", "left_count", "right_count"] {
        table.col(ColumnDef::new(count).integer().not_null());
    }
    table
        .col(moment("computed_at"))
        .col(ColumnDef::new("skipped_left").big_integer())
        .col(ColumnDef::new("skipped_right").big_integer())
        .col(ColumnDef::new("failures").integer().not_null())
        .col(moment("next_attempt_at"));
    manager.create_table(table.to_owned()).await
}

async fn runs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("mapping_runs")
        .col(id("id").not_null().primary_key())
        .col(id("pair_id").not_null())
        .col(id("left_id").not_null())
        .col(id("right_id").not_null())
        .col(ColumnDef::new("number").big_integer().not_null())
        .col(text("kind").not_null())
        .col(key_text(manager, "state").not_null())
        .col(ColumnDef::new("percent").integer().not_null());
    for count in ["left_rows", "right_rows", "found", "lost"] {
        table.col(ColumnDef::new(count).big_integer().not_null());
    }
    table
        .col(text("problem"))
        .col(moment("requested_at").not_null())
        .col(moment("started_at"))
        .col(moment("finished_at"))
        .col(id("lease_holder"))
        .col(moment("lease_until"))
        .col(ColumnDef::new("cancel_requested").boolean().not_null())
        .foreign_key(&mut refers_to("mapping_runs", "left_id", "organizations"))
        .foreign_key(&mut refers_to("mapping_runs", "right_id", "organizations"));
    manager.create_table(table.to_owned()).await?;
    // At most one of a pair waits or runs.
    manager
        .create_index(
            Index::create()
                .name("mapping_runs_unfinished_key")
                .table("mapping_runs")
                .col("pair_id")
                .unique()
                .and_where(Expr::col("state").is_in(["QUEUED", "RUNNING"]))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("mapping_runs", &["pair_id", "id"])).await?;
    manager.create_index(index("mapping_runs", &["finished_at"])).await
}

async fn overlaps(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("overlaps")
                .col(id("id").not_null())
                .col(ColumnDef::new("since_run").big_integer().not_null())
                .col(ColumnDef::new("until_run").big_integer())
                .col(id("pair_id").not_null())
                .col(id("left_id").not_null())
                .col(id("right_id").not_null())
                .col(id("left_account_id").not_null())
                .col(id("right_account_id").not_null())
                .col(ColumnDef::new("matched").double())
                .col(ColumnDef::new("score").double().not_null())
                .col(key_text(manager, "confidence").not_null())
                .col(ColumnDef::new("reasons").big_integer().not_null())
                .col(ColumnDef::new("hidden").boolean().not_null())
                .col(moment("found_at").not_null())
                .primary_key(Index::create().col("id").col("since_run"))
                .to_owned(),
        )
        .await?;
    for columns in [
        ["left_id", "right_id", "found_at", "id"].as_slice(),
        &["left_id", "right_id", "score", "id"],
        &["pair_id", "left_account_id"],
        &["pair_id", "right_account_id"],
        &["pair_id", "since_run"],
    ] {
        manager.create_index(index("overlaps", columns)).await?;
    }
    manager
        .create_index(
            index("overlaps", &["pair_id", "until_run"]).and_where(Expr::col("until_run").is_not_null()).to_owned(),
        )
        .await
}

async fn disputes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("overlap_disputes").col(id("id").not_null().primary_key());
    for named in ["left_id", "right_id", "left_list_id", "right_list_id", "left_account_id", "right_account_id"] {
        table.col(id(named).not_null());
    }
    table
        .col(text("verdict").not_null())
        .col(key_text(manager, "status").not_null())
        .col(id("raised_by").not_null())
        .col(text("note"))
        .col(text("answer"))
        .col(moment("raised_at").not_null())
        .col(moment("answered_at"))
        .col(moment("updated_at").not_null())
        .col(ColumnDef::new("revision").integer().not_null());
    for organization in ["left_id", "right_id", "raised_by"] {
        table.foreign_key(&mut refers_to("overlap_disputes", organization, "organizations"));
    }
    manager.create_table(table.to_owned()).await?;
    manager.create_index(index("overlap_disputes", &["left_id", "right_id", "id"])).await?;
    manager.create_index(index("overlap_disputes", &["left_list_id", "right_list_id"])).await?;
    // At most one of two accounts holds.
    manager
        .create_index(
            Index::create()
                .name("overlap_disputes_holding_key")
                .table("overlap_disputes")
                .col("left_account_id")
                .col("right_account_id")
                .unique()
                .and_where(Expr::col("status").is_in(["OPEN", "AGREED"]))
                .to_owned(),
        )
        .await
}
