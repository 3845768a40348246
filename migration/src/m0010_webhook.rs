//! What the clock brings about by itself (the indexes that find it, and when the end of a partnership was put on record),
//! and webhooks: where alerts are sent by HTTP, and the log of what was sent.

use crate::column::{id, index, key_text, moment, owned_by, text};
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        due(manager).await?;
        endpoints(manager).await?;
        deliveries(manager).await
    }
}

async fn due(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table("partnerships").add_column(moment("concluded_at")).to_owned()).await?;
    // The ends that have come were told when they were entered.
    let today = match manager.get_database_backend() {
        DatabaseBackend::Postgres => "(now() AT TIME ZONE 'utc')::date",
        _ => "date('now')",
    };
    let told = format!("UPDATE partnerships SET concluded_at = updated_at WHERE ends_on <= {today}");
    manager.get_connection().execute_unprepared(&told).await?;
    manager
        .create_index(
            index("partnerships", &["ends_on", "id"])
                .and_where(Expr::col("concluded_at").is_null())
                .and_where(Expr::col("ends_on").is_not_null())
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            index("partnership_invitations", &["expires_at", "id"])
                .and_where(Expr::col("status").eq("PENDING"))
                .to_owned(),
        )
        .await?;
    for planned in ["expires_on", "next_tier_on"] {
        manager
            .create_index(
                index("memberships", &[planned, "id"])
                    .and_where(Expr::col("status").is_in(["ACTIVE", "SUSPENDED"]))
                    .to_owned(),
            )
            .await?;
    }
    Ok(())
}

async fn endpoints(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("webhook_endpoints")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(text("url").not_null())
                .col(text("description"))
                .col(ColumnDef::new("kinds").json_binary())
                .col(ColumnDef::new("changes").json_binary())
                .col(ColumnDef::new("enabled").boolean().not_null())
                .col(text("disabled_reason"))
                .col(text("salt").not_null())
                .col(text("salt_before"))
                .col(moment("salt_before_until"))
                .col(text("secret_check").not_null())
                .col(ColumnDef::new("epoch").big_integer().not_null())
                .col(ColumnDef::new("seq").big_integer().not_null())
                .col(ColumnDef::new("replay_until").big_integer().not_null())
                .col(moment("resumed_at").not_null())
                .col(ColumnDef::new("failures").integer().not_null())
                .col(moment("next_attempt_at").not_null())
                .col(id("lease_holder"))
                .col(moment("lease_until"))
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .foreign_key(&mut owned_by("webhook_endpoints", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("webhook_endpoints", &["organization_id", "id"])).await
}

async fn deliveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("webhook_deliveries")
                .col(id("id").not_null().primary_key())
                .col(id("endpoint_id").not_null())
                .col(text("message").not_null())
                .col(key_text(manager, "event").not_null())
                .col(id("alert_id"))
                .col(ColumnDef::new("epoch").big_integer())
                .col(ColumnDef::new("seq").big_integer())
                .col(ColumnDef::new("replayed").boolean().not_null())
                .col(ColumnDef::new("aside").boolean().not_null())
                .col(text("status").not_null())
                .col(ColumnDef::new("attempts").integer().not_null())
                .col(moment("created_at").not_null())
                .col(moment("last_attempt_at"))
                .col(ColumnDef::new("response_status").integer())
                .col(text("problem"))
                .col(ColumnDef::new("milliseconds").integer())
                .foreign_key(&mut owned_by("webhook_deliveries", "endpoint_id", "webhook_endpoints"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("webhook_deliveries", &["endpoint_id", "id"])).await?;
    manager.create_index(index("webhook_deliveries", &["created_at"])).await?;
    manager
        .create_index(
            Index::create()
                .name("webhook_deliveries_pending_idx")
                .table("webhook_deliveries")
                .col("endpoint_id")
                .col("aside")
                .col("id")
                .and_where(Expr::col("status").eq("PENDING"))
                .to_owned(),
        )
        .await
}
