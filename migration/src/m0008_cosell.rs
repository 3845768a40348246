//! Opportunities: who takes part and what each side says, invitations into them, their reviews, and what was shared.

use crate::column::{day, id, index, key_text, moment, owned_by, refers_to, text, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        opportunities(manager).await?;
        opportunity_indexes(manager).await?;
        participants(manager).await?;
        team(manager).await?;
        histories(manager).await?;
        listings(manager).await?;
        changes(manager).await?;
        snapshots(manager).await?;
        invitations(manager).await
    }
}

async fn opportunities(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("opportunities")
                .col(id("id").not_null().primary_key())
                .col(id("owner_organization_id").not_null())
                .col(text("title").not_null())
                .col(text("customer_name").not_null())
                .col(key_text(manager, "customer_sort_name").not_null())
                .col(key_text(manager, "customer_name_key").not_null())
                .col(text("customer_website"))
                .col(key_text(manager, "customer_domain"))
                .col(text("customer_country"))
                .col(text("customer_industry"))
                .col(key_text(manager, "customer_duns"))
                .col(text("contact_title"))
                .col(text("business_problem"))
                .col(text("use_case"))
                .col(ColumnDef::new("delivery_models").integer().not_null())
                .col(ColumnDef::new("expected_amount_minor").big_integer())
                .col(text("expected_currency"))
                .col(text("expected_frequency"))
                .col(ColumnDef::new("contract_months").integer())
                .col(key_text(manager, "stage").not_null())
                .col(ColumnDef::new("probability").integer())
                .col(text("kind").not_null())
                .col(text("origin").not_null())
                .col(text("involvement").not_null())
                .col(ColumnDef::new("confidential").boolean().not_null())
                .col(day("target_close_date"))
                .col(day("closes_ascending").not_null())
                .col(day("closes_descending").not_null())
                .col(ColumnDef::new("help_requested").integer().not_null())
                .col(ColumnDef::new("competitors").json_binary().not_null())
                .col(text("loss_reason"))
                .col(key_text(manager, "external_id"))
                .col(ColumnDef::new("hides_participants").boolean().not_null())
                .col(id("program_id"))
                .col(id("host_organization_id"))
                .col(key_text(manager, "review_status").not_null())
                .col(text("review_reason"))
                .col(text("review_comment"))
                .col(moment("submitted_at"))
                .col(moment("reviewed_at"))
                .col(moment("archived_at"))
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .foreign_key(&mut refers_to("opportunities", "owner_organization_id", "organizations"))
                .foreign_key(&mut refers_to("opportunities", "program_id", "programs"))
                .foreign_key(&mut refers_to("opportunities", "host_organization_id", "organizations"))
                .to_owned(),
        )
        .await
}

async fn opportunity_indexes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for sorted_by in ["updated_at", "created_at", "closes_ascending", "closes_descending", "customer_sort_name"] {
        manager.create_index(index("opportunities", &[sorted_by, "id"])).await?;
    }
    // What a customer is known by, for the conflict hint: always asked for with the owner, or with the program.
    for key in ["customer_domain", "customer_duns", "customer_name_key"] {
        manager.create_index(index("opportunities", &[key, "owner_organization_id"])).await?;
    }
    manager.create_index(unique("opportunities", &["owner_organization_id", "external_id"])).await?;
    manager.create_index(index("opportunities", &["host_organization_id", "review_status", "id"])).await
}

async fn participants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("opportunity_participants")
                .col(id("opportunity_id").not_null())
                .col(id("organization_id").not_null())
                .col(text("role").not_null())
                .col(key_text(manager, "status").not_null())
                .col(ColumnDef::new("may_invite").boolean().not_null())
                .col(ColumnDef::new("fields").integer().not_null())
                .col(text("stage").not_null())
                .col(day("target_close_date"))
                .col(text("next_steps"))
                .col(text("loss_reason"))
                .col(id("invited_by"))
                .col(moment("joined_at").not_null())
                .col(moment("left_at"))
                .primary_key(Index::create().col("opportunity_id").col("organization_id"))
                .foreign_key(&mut owned_by("opportunity_participants", "opportunity_id", "opportunities"))
                .foreign_key(&mut refers_to("opportunity_participants", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("opportunity_participants", "invited_by", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("opportunity_participants", &["organization_id", "status", "opportunity_id"])).await
}

async fn team(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("opportunity_team")
                .col(id("opportunity_id").not_null())
                .col(id("organization_id").not_null())
                .col(id("person_id").not_null())
                .col(text("responsibility"))
                .col(moment("added_at").not_null())
                .primary_key(Index::create().col("opportunity_id").col("organization_id").col("person_id"))
                .foreign_key(&mut owned_by("opportunity_team", "opportunity_id", "opportunities"))
                .foreign_key(&mut refers_to("opportunity_team", "organization_id", "organizations"))
                .foreign_key(&mut owned_by("opportunity_team", "person_id", "people"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("opportunity_team", &["organization_id", "person_id", "opportunity_id"])).await
}

async fn histories(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("opportunity_next_steps")
                .col(id("id").not_null().primary_key())
                .col(id("opportunity_id").not_null())
                .col(id("organization_id").not_null())
                .col(text("text").not_null())
                .col(moment("written_at").not_null())
                .foreign_key(&mut owned_by("opportunity_next_steps", "opportunity_id", "opportunities"))
                .foreign_key(&mut refers_to("opportunity_next_steps", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("opportunity_next_steps", &["opportunity_id", "organization_id", "id"])).await?;
    manager
        .create_table(
            Table::create()
                .table("opportunity_moves")
                .col(id("id").not_null().primary_key())
                .col(id("opportunity_id").not_null())
                .col(id("organization_id").not_null())
                .col(text("from_stage"))
                .col(text("to_stage").not_null())
                .col(text("loss_reason"))
                .col(text("actor_kind").not_null())
                .col(id("actor_id"))
                .col(moment("moved_at").not_null())
                .foreign_key(&mut owned_by("opportunity_moves", "opportunity_id", "opportunities"))
                .foreign_key(&mut refers_to("opportunity_moves", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("opportunity_moves", &["opportunity_id", "id"])).await
}

async fn listings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("opportunity_listings")
                .col(id("opportunity_id").not_null())
                .col(ColumnDef::new("position").integer().not_null())
                .col(id("listing_id").not_null())
                .col(id("integrates_with_id"))
                .primary_key(Index::create().col("opportunity_id").col("position"))
                .foreign_key(&mut owned_by("opportunity_listings", "opportunity_id", "opportunities"))
                .foreign_key(&mut refers_to("opportunity_listings", "listing_id", "listings"))
                .foreign_key(&mut refers_to("opportunity_listings", "integrates_with_id", "listings"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("opportunity_listings", &["listing_id"])).await?;
    manager.create_index(index("opportunity_listings", &["integrates_with_id"])).await
}

async fn changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("opportunity_changes")
                .col(id("id").not_null().primary_key())
                .col(id("opportunity_id").not_null())
                .col(id("open_key"))
                .col(id("organization_id").not_null())
                .col(ColumnDef::new("patch").json_binary().not_null())
                .col(text("status").not_null())
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(moment("settled_at"))
                .foreign_key(&mut owned_by("opportunity_changes", "opportunity_id", "opportunities"))
                .foreign_key(&mut refers_to("opportunity_changes", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("opportunity_changes", &["open_key"])).await?;
    manager.create_index(index("opportunity_changes", &["opportunity_id", "id"])).await
}

async fn snapshots(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("opportunity_snapshots")
                .col(id("id").not_null().primary_key())
                .col(id("opportunity_id").not_null())
                .col(id("organization_id").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .col(ColumnDef::new("opportunity_revision").integer().not_null())
                .col(text("trigger").not_null())
                .col(ColumnDef::new("fields").integer().not_null())
                .col(ColumnDef::new("payload").json_binary().not_null())
                .col(id("taken_by").not_null())
                .col(moment("taken_at").not_null())
                .foreign_key(&mut owned_by("opportunity_snapshots", "opportunity_id", "opportunities"))
                .foreign_key(&mut refers_to("opportunity_snapshots", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("opportunity_snapshots", "taken_by", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("opportunity_snapshots", &["opportunity_id", "organization_id", "revision"])).await?;
    manager.create_index(index("opportunity_snapshots", &["opportunity_id", "id"])).await
}

async fn invitations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("invitations")
                .col(id("id").not_null().primary_key())
                .col(id("opportunity_id").not_null())
                .col(id("from_organization_id").not_null())
                .col(id("to_organization_id").not_null())
                .col(text("message").not_null())
                .col(text("role").not_null())
                .col(ColumnDef::new("shown").integer().not_null())
                .col(ColumnDef::new("offer").json_binary().not_null())
                .col(ColumnDef::new("granted").integer().not_null())
                .col(ColumnDef::new("may_invite").boolean().not_null())
                .col(key_text(manager, "status").not_null())
                .col(key_text(manager, "open_key"))
                .col(moment("expires_at").not_null())
                .col(moment("created_at").not_null())
                .col(moment("answered_at"))
                .col(text("decline_reason"))
                .col(text("comment"))
                .foreign_key(&mut owned_by("invitations", "opportunity_id", "opportunities"))
                .foreign_key(&mut refers_to("invitations", "from_organization_id", "organizations"))
                .foreign_key(&mut refers_to("invitations", "to_organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("invitations", &["open_key"])).await?;
    for side in ["from_organization_id", "to_organization_id"] {
        manager.create_index(index("invitations", &[side, "expires_at", "id"])).await?;
    }
    manager.create_index(index("invitations", &["opportunity_id", "expires_at", "id"])).await?;
    // What the deadline engine asks for: what is open, soonest expiry first.
    manager.create_index(index("invitations", &["status", "expires_at", "id"])).await
}
