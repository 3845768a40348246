//! Leads with their receivers and interactions, the contacts at customers, and the log of activities.

use crate::column::{day, id, index, key_text, moment, owned_by, refers_to, text, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        leads(manager).await?;
        steps(manager).await?;
        interactions(manager).await?;
        contacts(manager).await?;
        activities(manager).await?;
        participants(manager).await
    }
}

async fn leads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("leads")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(id("receiver_id"))
                .col(key_text(manager, "status").not_null())
                .col(text("company_name").not_null())
                .col(text("website"))
                .col(text("country_code"))
                .col(text("industry"))
                .col(text("readiness").not_null())
                .col(text("qualification").not_null())
                .col(ColumnDef::new("answer_days").integer().not_null())
                .col(moment("expires_at"))
                .col(ColumnDef::new("waiting").integer().not_null())
                .col(id("opportunity_id"))
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .foreign_key(&mut refers_to("leads", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("leads", "receiver_id", "organizations"))
                .foreign_key(&mut refers_to("leads", "opportunity_id", "opportunities"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("leads", &["organization_id", "created_at", "id"])).await?;
    // Only what waits for an answer has a time, so this is how the next one whose time runs out is found.
    manager.create_index(index("leads", &["expires_at", "id"])).await?;
    manager.create_index(index("leads", &["opportunity_id"])).await
}

async fn steps(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("lead_steps")
                .col(id("lead_id").not_null())
                .col(ColumnDef::new("position").integer().not_null())
                .col(id("organization_id").not_null())
                .col(key_text(manager, "state").not_null())
                .col(moment("sent_at").not_null())
                .col(moment("expires_at"))
                .col(moment("answered_at"))
                .col(text("decline_reason"))
                .col(text("comment"))
                .col(text("skip_reason"))
                .primary_key(Index::create().col("lead_id").col("position"))
                .foreign_key(&mut owned_by("lead_steps", "lead_id", "leads"))
                .foreign_key(&mut refers_to("lead_steps", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    // Nobody is asked twice.
    manager.create_index(unique("lead_steps", &["lead_id", "organization_id"])).await?;
    manager.create_index(index("lead_steps", &["organization_id", "sent_at", "lead_id"])).await
}

async fn interactions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("lead_interactions")
                .col(id("lead_id").not_null())
                .col(ColumnDef::new("position").integer().not_null())
                .col(text("source").not_null())
                .col(day("occurred_on").not_null())
                .col(text("use_case"))
                .col(text("customer_action"))
                .col(text("business_problem"))
                .primary_key(Index::create().col("lead_id").col("position"))
                .foreign_key(&mut owned_by("lead_interactions", "lead_id", "leads"))
                .to_owned(),
        )
        .await
}

async fn contacts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("contacts")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(id("lead_id"))
                .col(id("opportunity_id"))
                .col(text("name"))
                .col(text("title"))
                .col(key_text(manager, "email"))
                .col(text("phone"))
                .col(ColumnDef::new("may_be_shared").boolean().not_null())
                .col(ColumnDef::new("may_be_contacted").boolean().not_null())
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(moment("erased_at"))
                .foreign_key(&mut refers_to("contacts", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("contacts", "lead_id", "leads"))
                .foreign_key(&mut refers_to("contacts", "opportunity_id", "opportunities"))
                .to_owned(),
        )
        .await?;
    // The same person may have been entered by many; the id keeps the pages of an export in order.
    manager.create_index(index("contacts", &["email", "id"])).await?;
    manager.create_index(index("contacts", &["lead_id"])).await?;
    manager.create_index(index("contacts", &["opportunity_id", "id"])).await
}

async fn activities(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("activities")
                .col(id("id").not_null().primary_key())
                .col(id("opportunity_id"))
                .col(id("partnership_id"))
                .col(id("organization_id").not_null())
                .col(text("actor_kind").not_null())
                .col(id("actor_id"))
                .col(key_text(manager, "kind").not_null())
                .col(moment("occurred_at").not_null())
                .col(text("text").not_null())
                .col(ColumnDef::new("internal").boolean().not_null())
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .foreign_key(&mut refers_to("activities", "opportunity_id", "opportunities"))
                .foreign_key(&mut refers_to("activities", "partnership_id", "partnerships"))
                .foreign_key(&mut refers_to("activities", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("activities", &["opportunity_id", "occurred_at", "id"])).await?;
    manager.create_index(index("activities", &["partnership_id", "occurred_at", "id"])).await
}

async fn participants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("activity_participants")
                .col(id("activity_id").not_null())
                .col(ColumnDef::new("position").integer().not_null())
                .col(id("organization_id"))
                .col(id("person_id"))
                .col(id("contact_id"))
                .primary_key(Index::create().col("activity_id").col("position"))
                .foreign_key(&mut owned_by("activity_participants", "activity_id", "activities"))
                .foreign_key(&mut refers_to("activity_participants", "organization_id", "organizations"))
                .foreign_key(&mut refers_to("activity_participants", "person_id", "people"))
                .foreign_key(&mut refers_to("activity_participants", "contact_id", "contacts"))
                .to_owned(),
        )
        .await
}
