//! Imports: who runs one, what it has read, and the staged twins of the tables that it writes.
//!
//! A staged twin has the columns of its table as that table stands after the changes before this one, and says of which
//! run a row is and what becomes of it. A later change that adds a column to one of these tables adds it to the twin too.

use crate::column::{day, id, index, key_text, moment, owned_by, text, unique};
use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The tables that an import writes.
const STAGED: [&str; 19] = [
    "organizations",
    "organization_aliases",
    "profiles",
    "profile_texts",
    "programs",
    "tiers",
    "memberships",
    "membership_facts",
    "membership_periods",
    "categories",
    "category_ancestors",
    "listings",
    "listing_categories",
    "integrations",
    "search_tokens",
    "audit_entries",
    "data_versions",
    "import_keys",
    "import_streams",
];

/// What is looked for in staged rows besides all rows of a run in their order.
const LOOKED_UP: [(&str, &[&str]); 22] = [
    ("organizations", &["id"]),
    ("organizations", &["external_id"]),
    ("organizations", &["slug"]),
    ("organizations", &["sort_name"]),
    ("organization_aliases", &["value"]),
    ("profiles", &["organization_id"]),
    ("programs", &["slug"]),
    ("tiers", &["program_id"]),
    ("memberships", &["id"]),
    ("memberships", &["external_key"]),
    ("memberships", &["organization_id"]),
    ("membership_facts", &["membership_id"]),
    ("categories", &["slug"]),
    ("category_ancestors", &["category_id"]),
    ("listings", &["id"]),
    ("listings", &["external_id"]),
    ("listings", &["slug"]),
    ("listings", &["sort_name"]),
    ("import_keys", &["value"]),
    ("import_keys", &["organization_id"]),
    ("import_streams", &["value"]),
    ("import_streams", &["membership_id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        runs(manager).await?;
        read_rows(manager).await?;
        identities(manager).await?;
        for table in STAGED {
            staged(manager, table).await?;
        }
        for (table, columns) in LOOKED_UP {
            let name = format!("staged_{table}_{}_idx", columns.join("_"));
            let mut lookup = Index::create();
            lookup.name(name).table(format!("staged_{table}")).col("run_id");
            for column in columns {
                lookup.col(*column);
            }
            manager.create_index(lookup).await?;
        }
        Ok(())
    }
}

async fn runs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("import_runs")
                .col(id("id").not_null().primary_key())
                .col(text("status").not_null())
                .col(moment("started_at").not_null())
                .col(moment("seen_at").not_null())
                .col(moment("finished_at"))
                .col(ColumnDef::new("cleaned").boolean().not_null())
                .to_owned(),
        )
        .await?;
    // Two imports at once would stage against each other's unseen rows.
    let mut single = unique("import_runs", &["status"]);
    single.name("import_runs_running_key").and_where(Expr::col("status").eq("RUNNING"));
    manager.create_index(single).await
}

async fn read_rows(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("import_rows")
                .col(id("run_id").not_null())
                .col(number("seq").not_null())
                .col(text("kind").not_null())
                .col(key_text(manager, "external_key").not_null())
                .col(id("object_id").not_null())
                .col(number("file").not_null())
                .col(number("line").not_null())
                .primary_key(Index::create().col("run_id").col("kind").col("external_key"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("import_rows", &["run_id", "seq"])).await?;
    manager.create_index(index("import_rows", &["run_id", "object_id"])).await?;

    manager
        .create_table(
            Table::create()
                .table("import_labels")
                .col(id("run_id").not_null())
                .col(number("seq").not_null())
                .col(text("kind").not_null())
                .col(key_text(manager, "label").not_null())
                .col(text("shown").not_null())
                .col(number("file").not_null())
                .col(number("line").not_null())
                .primary_key(Index::create().col("run_id").col("seq"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("import_labels", &["run_id", "kind", "label", "seq"])).await?;

    manager
        .create_table(
            Table::create()
                .table("import_events")
                .col(id("run_id").not_null())
                .col(number("seq").not_null())
                .col(key_text(manager, "source").not_null())
                .col(id("program_id").not_null())
                .col(key_text(manager, "kind").not_null())
                .col(key_text(manager, "value").not_null())
                .col(text("name").not_null())
                .col(day("happened_on").not_null())
                .col(text("fact").not_null())
                .col(id("from_tier_id"))
                .col(id("tier_id"))
                .col(number("file").not_null())
                .col(number("line").not_null())
                .primary_key(Index::create().col("run_id").col("seq"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("import_events", &["run_id", "source", "kind", "program_id", "value"])).await
}

/// What outlives a run: by which keys a source names organizations, and which history is which membership's.
async fn identities(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("import_keys")
                .col(key_text(manager, "source").not_null())
                .col(key_text(manager, "kind").not_null())
                .col(key_text(manager, "value").not_null())
                .col(id("organization_id").not_null())
                .primary_key(Index::create().col("source").col("kind").col("value"))
                .foreign_key(&mut owned_by("import_keys", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("import_keys", &["organization_id"])).await?;
    manager
        .create_table(
            Table::create()
                .table("import_streams")
                .col(key_text(manager, "source").not_null())
                .col(id("program_id").not_null())
                .col(key_text(manager, "kind").not_null())
                .col(key_text(manager, "value").not_null())
                .col(id("membership_id").not_null())
                .primary_key(Index::create().col("source").col("program_id").col("kind").col("value"))
                .foreign_key(&mut owned_by("import_streams", "membership_id", "memberships"))
                .foreign_key(&mut owned_by("import_streams", "program_id", "programs"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("import_streams", &["membership_id"])).await
}

async fn staged(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let twin = format!("staged_{table}");
    // Copies the columns with their types and collations and nothing else: rows are checked where they are applied.
    let copy = format!("CREATE TABLE \"{twin}\" AS SELECT * FROM \"{table}\" WHERE 1 = 0");
    manager.get_connection().execute_unprepared(&copy).await?;
    for column in [id("run_id"), number("seq"), text("act")] {
        manager.alter_table(Table::alter().table(twin.clone()).add_column(column).to_owned()).await?;
    }
    let mut order = Index::create();
    order.name(format!("{twin}_run_id_seq_key")).table(twin).col("run_id").col("seq").unique();
    manager.create_index(order).await
}

fn number(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.big_integer();
    column
}
