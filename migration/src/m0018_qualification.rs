//! Rules over overlaps, what they qualified, and how far each was applied. And the domain of the company that a lead is
//! about, by which it is looked up.

use crate::column::{id, index, key_text, moment, owned_by, refers_to, text, unique};
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, prelude::Uuid},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Leads that are read at once.
const LEADS_AT_ONCE: u64 = 1_000;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        company_domains(manager).await?;
        rules(manager).await?;
        turns(manager).await?;
        progress(manager).await?;
        leads(manager).await
    }
}

async fn company_domains(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let domain = key_text(manager, "company_domain");
    manager.alter_table(Table::alter().table("leads").add_column(domain).to_owned()).await?;
    leads_so_far(manager).await?;
    manager
        .create_index(
            index("leads", &["company_domain"]).and_where(Expr::col("company_domain").is_not_null()).to_owned(),
        )
        .await
}

/// The domains of the leads that are there, by the rule that account mapping and new leads have.
async fn leads_so_far(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let mut last: Option<Uuid> = None;
    loop {
        let mut page = Query::select();
        page.columns(["id", "website"]).from("leads").and_where(Expr::col("website").is_not_null());
        if let Some(last) = last {
            page.and_where(Expr::col("id").gt(Expr::val(last)));
        }
        let rows = connection.query_all(&page.order_by("id", Order::Asc).limit(LEADS_AT_ONCE).to_owned()).await?;
        for row in &rows {
            let (lead, website): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "website")?);
            last = Some(lead);
            let Some(domain) = matching::registrable_domain(&website) else { continue };
            let update = Query::update()
                .table("leads")
                .value("company_domain", domain)
                .and_where(Expr::col("id").eq(lead))
                .to_owned();
            connection.execute(&update).await?;
        }
        if (rows.len() as u64) < LEADS_AT_ONCE {
            return Ok(());
        }
    }
}

async fn rules(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("qualification_rules")
                .col(id("id").not_null().primary_key())
                .col(id("organization_id").not_null())
                .col(text("name").not_null())
                .col(key_text(manager, "name_key").not_null())
                .col(ColumnDef::new("own_kinds").integer().not_null())
                .col(ColumnDef::new("partner_kinds").integer().not_null())
                .col(ColumnDef::new("partners").json_binary())
                .col(text("min_confidence").not_null())
                .col(ColumnDef::new("countries").json_binary())
                .col(ColumnDef::new("enabled").boolean().not_null())
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(ColumnDef::new("revision").integer().not_null())
                .foreign_key(&mut refers_to("qualification_rules", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("qualification_rules", &["organization_id", "name_key"])).await
}

/// Whose rules are looked after, by whom, and when again.
async fn turns(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("qualification_turns")
                .col(id("organization_id").not_null().primary_key())
                .col(moment("look_at").not_null())
                .col(id("lease_holder"))
                .col(moment("lease_until"))
                .col(ColumnDef::new("failures").integer().not_null())
                .foreign_key(&mut owned_by("qualification_turns", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("qualification_turns", &["look_at"])).await
}

/// No foreign key to the pair, which is removed in the transaction that closes it.
async fn progress(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("qualification_progress").col(id("rule_id").not_null()).col(id("pair_id").not_null());
    for number in ["run", "revision", "looked_run", "looked_revision", "from_run", "created"] {
        table.col(ColumnDef::new(number).big_integer().not_null());
    }
    table
        .col(ColumnDef::new("target_run").big_integer())
        .col(ColumnDef::new("target_revision").big_integer())
        .col(id("after_account"))
        .col(id("after_overlap"))
        .primary_key(Index::create().col("rule_id").col("pair_id"))
        .foreign_key(&mut owned_by("qualification_progress", "rule_id", "qualification_rules"));
    manager.create_table(table.to_owned()).await
}

/// No foreign keys to rules, accounts and overlaps: what was qualified stays when they go.
async fn leads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("qualified_leads").col(id("id").not_null().primary_key());
    for named in
        ["organization_id", "rule_id", "partner_id", "account_id", "own_list_id", "partner_list_id", "overlap_id"]
    {
        table.col(id(named).not_null());
    }
    table
        .col(text("rule_name").not_null())
        .col(text("account_name").not_null())
        .col(text("own_kind").not_null())
        .col(text("partner_kind").not_null())
        .col(text("confidence").not_null())
        .col(ColumnDef::new("score").double().not_null())
        .col(ColumnDef::new("reasons").big_integer().not_null())
        .col(ColumnDef::new("by_mail").boolean().not_null())
        .col(moment("found_at").not_null())
        .col(key_text(manager, "status").not_null())
        .col(text("dismiss_reason"))
        .col(text("comment"))
        .col(id("lead_id"))
        .col(id("opportunity_id"))
        .col(moment("created_at").not_null())
        .col(moment("decided_at"))
        .col(moment("updated_at").not_null())
        .col(ColumnDef::new("revision").integer().not_null());
    for organization in ["organization_id", "partner_id"] {
        table.foreign_key(&mut refers_to("qualified_leads", organization, "organizations"));
    }
    table.foreign_key(&mut refers_to("qualified_leads", "lead_id", "leads")).foreign_key(&mut refers_to(
        "qualified_leads",
        "opportunity_id",
        "opportunities",
    ));
    manager.create_table(table.to_owned()).await?;
    // Once for a rule, an account and a partner, whoever finds it how often.
    manager.create_index(unique("qualified_leads", &["rule_id", "account_id", "partner_id"])).await?;
    for columns in [
        ["organization_id", "id"].as_slice(),
        &["organization_id", "status", "id"],
        &["organization_id", "partner_id", "id"],
        &["partner_id"],
    ] {
        manager.create_index(index("qualified_leads", columns)).await?;
    }
    for column in ["lead_id", "opportunity_id"] {
        let set = index("qualified_leads", &[column]).and_where(Expr::col(column).is_not_null()).to_owned();
        manager.create_index(set).await?;
    }
    Ok(())
}
