//! Who sees what of whose account lists: rules, defaults, exploratory mappings, the record of consent, and the pairs of
//! lists that may be compared.

use crate::column::{id, index, key_text, moment, owned_by, refers_to, text, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rules(manager).await?;
        defaults(manager).await?;
        exploratory(manager).await?;
        consents(manager).await?;
        pairs(manager).await
    }
}

async fn rules(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("sharing_rules")
                .col(id("id").not_null().primary_key())
                .col(id("list_id").not_null())
                .col(id("organization_id").not_null())
                .col(id("partner_id").not_null())
                .col(text("level").not_null())
                .col(ColumnDef::new("fields").integer().not_null())
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .foreign_key(&mut owned_by("sharing_rules", "list_id", "account_lists"))
                .foreign_key(&mut refers_to("sharing_rules", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("sharing_rules", "partner_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("sharing_rules", &["list_id", "partner_id"])).await?;
    manager.create_index(index("sharing_rules", &["organization_id", "partner_id"])).await?;
    manager.create_index(index("sharing_rules", &["partner_id"])).await
}

async fn defaults(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("sharing_defaults")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(id("list_id"))
                .col(id("tier_id"))
                .col(ColumnDef::new("partner_type").integer())
                .col(key_text(manager, "scope_key").not_null())
                .col(text("level").not_null())
                .col(ColumnDef::new("fields").integer().not_null())
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .foreign_key(&mut refers_to("sharing_defaults", "organization_id", "organizations"))
                .foreign_key(&mut owned_by("sharing_defaults", "list_id", "account_lists"))
                .foreign_key(&mut owned_by("sharing_defaults", "tier_id", "tiers"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("sharing_defaults", &["scope_key"])).await?;
    manager.create_index(index("sharing_defaults", &["organization_id", "id"])).await?;
    manager.create_index(index("sharing_defaults", &["list_id"])).await?;
    manager.create_index(index("sharing_defaults", &["tier_id"])).await
}

async fn exploratory(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("exploratory_mappings")
                .col(id("id").not_null().primary_key())
                .col(id("inviter_id").not_null())
                .col(id("invitee_id").not_null())
                .col(text("message").not_null())
                .col(text("status").not_null())
                .col(key_text(manager, "open_key"))
                .col(moment("expires_at").not_null())
                .col(ColumnDef::new("days").integer().not_null())
                .col(moment("ends_at"))
                .col(moment("created_at").not_null())
                .col(moment("answered_at"))
                .col(id("ended_by"))
                .col(moment("ended_at"))
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .foreign_key(&mut refers_to("exploratory_mappings", "inviter_id", "organizations"))
                .foreign_key(&mut refers_to("exploratory_mappings", "invitee_id", "organizations"))
                .foreign_key(&mut refers_to("exploratory_mappings", "ended_by", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("exploratory_mappings", &["open_key"])).await?;
    for side in ["inviter_id", "invitee_id"] {
        manager.create_index(index("exploratory_mappings", &[side, "id"])).await?;
    }
    // What the clock brings about.
    for (moment, status) in [("expires_at", "PENDING"), ("ends_at", "ACCEPTED")] {
        manager
            .create_index(
                index("exploratory_mappings", &[moment, "id"]).and_where(Expr::col("status").eq(status)).to_owned(),
            )
            .await?;
    }
    Ok(())
}

/// Without foreign keys but those to organizations: the record outlives what it is about.
async fn consents(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("sharing_consents")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(id("partner_id"))
                .col(id("list_id"))
                .col(text("kind").not_null())
                .col(ColumnDef::new("before").json_binary())
                .col(ColumnDef::new("after").json_binary())
                .col(text("actor_kind").not_null())
                .col(id("actor_id"))
                .col(id("actor_organization_id"))
                .col(moment("at").not_null())
                .foreign_key(&mut refers_to("sharing_consents", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("sharing_consents", "partner_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("sharing_consents", &["organization_id", "id"])).await?;
    manager.create_index(index("sharing_consents", &["organization_id", "partner_id", "id"])).await
}

async fn pairs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("mapping_pairs")
                .col(id("id").not_null().primary_key())
                .col(id("left_list_id").not_null())
                .col(id("right_list_id").not_null())
                .col(id("left_id").not_null())
                .col(id("right_id").not_null())
                .col(moment("opened_at").not_null())
                .foreign_key(&mut owned_by("mapping_pairs", "left_list_id", "account_lists"))
                .foreign_key(&mut owned_by("mapping_pairs", "right_list_id", "account_lists"))
                .foreign_key(&mut refers_to("mapping_pairs", "left_id", "organizations"))
                .foreign_key(&mut refers_to("mapping_pairs", "right_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("mapping_pairs", &["left_list_id", "right_list_id"])).await?;
    manager.create_index(index("mapping_pairs", &["left_id", "right_id"])).await?;
    manager.create_index(index("mapping_pairs", &["right_list_id"])).await?;
    manager.create_index(index("mapping_pairs", &["right_id"])).await
}
