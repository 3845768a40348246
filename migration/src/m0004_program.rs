//! Programs, their tiers, and the memberships in them with their history.

use crate::column::{day, id, index, key_text, moment, owned_by, refers_to, text, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        programs(manager).await?;
        tiers(manager).await?;
        requirements(manager).await?;
        memberships(manager).await?;
        history(manager).await?;
        metrics(manager).await
    }
}

fn integer(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.integer();
    column
}

fn big_integer(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.big_integer();
    column
}

async fn programs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("programs")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(key_text(manager, "slug").not_null())
                .col(text("name").not_null())
                .col(key_text(manager, "sort_name").not_null())
                .col(text("description"))
                .col(text("status").not_null())
                .col(integer("types").not_null())
                .col(ColumnDef::new("moderates_profiles").boolean().not_null())
                .col(integer("grace_days").not_null())
                .col(integer("reapply_days").not_null())
                .col(day("starts_on"))
                .col(day("ends_on"))
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(integer("revision").not_null())
                .foreign_key(&mut refers_to("programs", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("programs", &["slug"])).await?;
    manager.create_index(index("programs", &["sort_name", "id"])).await?;
    manager.create_index(index("programs", &["organization_id", "sort_name", "id"])).await
}

async fn tiers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("tiers")
                .col(id("id").not_null().primary_key())
                .col(id("program_id").not_null())
                .col(text("name").not_null())
                .col(key_text(manager, "name_key").not_null())
                .col(integer("rank").not_null())
                .col(text("description"))
                .col(text("badge_url"))
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(integer("revision").not_null())
                .foreign_key(&mut owned_by("tiers", "program_id", "programs"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("tiers", &["program_id", "name_key"])).await?;

    manager
        .create_table(
            Table::create()
                .table("tier_benefits")
                .col(id("id").not_null().primary_key())
                .col(id("tier_id").not_null())
                .col(integer("position").not_null())
                .col(text("kind").not_null())
                .col(text("name").not_null())
                .col(text("description"))
                .col(integer("basis_points"))
                .col(big_integer("amount_minor"))
                .col(text("currency"))
                .foreign_key(&mut owned_by("tier_benefits", "tier_id", "tiers"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("tier_benefits", &["tier_id", "position"])).await
}

async fn requirements(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("requirement_sets")
                .col(id("tier_id").not_null())
                .col(integer("version").not_null())
                .col(day("effective_from").not_null())
                .col(moment("created_at").not_null())
                .primary_key(Index::create().col("tier_id").col("version"))
                .foreign_key(&mut owned_by("requirement_sets", "tier_id", "tiers"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("requirements")
                .col(id("id").not_null().primary_key())
                .col(id("tier_id").not_null())
                .col(integer("version").not_null())
                .col(integer("position").not_null())
                .col(text("metric").not_null())
                .col(text("name"))
                .col(text("operator").not_null())
                .col(big_integer("threshold").not_null())
                .col(big_integer("upper_threshold"))
                .col(text("currency"))
                .col(integer("window_months"))
                .foreign_key(&mut owned_by("requirements", "tier_id", "tiers"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("requirements", &["tier_id", "version", "position"])).await
}

async fn memberships(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("memberships")
                .col(id("id").not_null().primary_key())
                .col(id("program_id").not_null())
                .col(id("organization_id").not_null())
                .col(key_text(manager, "external_key").not_null())
                .col(text("status").not_null())
                .col(integer("types").not_null())
                .col(id("tier_id"))
                .col(id("next_tier_id"))
                .col(day("next_tier_on"))
                .col(day("expires_on"))
                .col(moment("joined_at"))
                .col(moment("requested_at"))
                .col(moment("decided_at"))
                .col(text("message"))
                .col(text("rejection_reason"))
                .col(text("comment"))
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(integer("revision").not_null())
                .foreign_key(&mut owned_by("memberships", "program_id", "programs"))
                .foreign_key(&mut refers_to("memberships", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("memberships", "tier_id", "tiers"))
                .foreign_key(&mut refers_to("memberships", "next_tier_id", "tiers"))
                .to_owned(),
        )
        .await?;
    // The organization comes first, so that the index also finds all memberships of one.
    manager.create_index(unique("memberships", &["organization_id", "program_id", "external_key"])).await?;
    // An id of a source names one membership of a program; the empty one is everybody's.
    manager
        .create_index(
            unique("memberships", &["program_id", "external_key"])
                .and_where(Expr::col("external_key").ne(""))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("memberships", &["program_id", "id"])).await?;
    manager.create_index(index("memberships", &["tier_id"])).await?;
    manager.create_index(index("memberships", &["next_tier_id"])).await
}

async fn history(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("membership_facts")
                .col(id("id").not_null().primary_key())
                .col(id("membership_id").not_null())
                .col(day("effective_on").not_null())
                .col(integer("sequence").not_null())
                .col(text("kind").not_null())
                .col(id("from_tier_id"))
                .col(id("tier_id"))
                .col(text("source").not_null())
                .col(moment("recorded_at").not_null())
                .foreign_key(&mut owned_by("membership_facts", "membership_id", "memberships"))
                .foreign_key(&mut refers_to("membership_facts", "from_tier_id", "tiers"))
                .foreign_key(&mut refers_to("membership_facts", "tier_id", "tiers"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("membership_facts", &["membership_id", "sequence"])).await?;
    manager.create_index(index("membership_facts", &["tier_id"])).await?;
    manager.create_index(index("membership_facts", &["from_tier_id"])).await?;

    manager
        .create_table(
            Table::create()
                .table("membership_periods")
                .col(id("membership_id").not_null())
                .col(day("starts_on").not_null())
                .col(day("ends_on").not_null())
                .col(id("program_id").not_null())
                .col(id("organization_id").not_null())
                .col(id("tier_id"))
                .primary_key(Index::create().col("membership_id").col("starts_on"))
                .foreign_key(&mut owned_by("membership_periods", "membership_id", "memberships"))
                .foreign_key(&mut refers_to("membership_periods", "tier_id", "tiers"))
                .to_owned(),
        )
        .await?;
    // By the end first: of today's question ("ends after today") that leaves the present members only.
    manager.create_index(index("membership_periods", &["program_id", "ends_on", "starts_on"])).await?;
    manager.create_index(index("membership_periods", &["tier_id"])).await
}

async fn metrics(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("membership_metrics")
                .col(id("membership_id").not_null())
                .col(text("metric").not_null())
                .col(key_text(manager, "key").not_null())
                .col(day("as_of").not_null())
                .col(big_integer("value").not_null())
                .col(moment("recorded_at").not_null())
                .primary_key(Index::create().col("membership_id").col("metric").col("key").col("as_of"))
                .foreign_key(&mut owned_by("membership_metrics", "membership_id", "memberships"))
                .to_owned(),
        )
        .await
}
