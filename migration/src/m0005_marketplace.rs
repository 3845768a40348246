//! The marketplace: categories, listings, their reviewed changes, integrations and reviews.

use crate::column::{day, id, index, key_text, moment, owned_by, refers_to, text, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        categories(manager).await?;
        listings(manager).await?;
        links(manager).await?;
        changes(manager).await?;
        integrations(manager).await?;
        reviews(manager).await
    }
}

async fn categories(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("categories")
                .col(id("id").not_null().primary_key())
                .col(id("parent_id"))
                .col(key_text(manager, "slug").not_null())
                .col(text("name").not_null())
                .col(key_text(manager, "sort_name").not_null())
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(integer("revision").not_null())
                .foreign_key(&mut refers_to("categories", "parent_id", "categories"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("categories", &["slug"])).await?;
    manager.create_index(index("categories", &["parent_id"])).await?;
    manager.create_index(index("categories", &["sort_name", "id"])).await?;

    manager
        .create_table(
            Table::create()
                .table("category_ancestors")
                .col(id("category_id").not_null())
                .col(id("ancestor_id").not_null())
                .primary_key(Index::create().col("category_id").col("ancestor_id"))
                .foreign_key(&mut owned_by("category_ancestors", "category_id", "categories"))
                .foreign_key(&mut owned_by("category_ancestors", "ancestor_id", "categories"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("category_ancestors", &["ancestor_id", "category_id"])).await
}

async fn listings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("listings")
                .col(id("id").not_null().primary_key())
                .col(id("vendor_id"))
                .col(text("vendor_name"))
                .col(key_text(manager, "slug").not_null())
                .col(text("name").not_null())
                .col(key_text(manager, "sort_name").not_null())
                .col(text("summary"))
                .col(text("description"))
                .col(text("kind").not_null())
                .col(text("status").not_null())
                .col(text("status_reason"))
                .col(text("visibility").not_null())
                .col(text("website_url"))
                .col(text("repo_url"))
                .col(text("logo_url"))
                .col(integer("pricing_models").not_null())
                .col(integer("badges").not_null())
                .col(json("highlights").not_null())
                .col(json("tags").not_null())
                .col(json("personas").not_null())
                .col(text("use_case"))
                .col(ColumnDef::new("open_source").boolean())
                .col(text("maturity"))
                .col(day("accepted_on"))
                .col(key_text(manager, "external_id"))
                .col(moment("published_at"))
                .col(number("rating_sum").not_null())
                .col(integer("rating_count").not_null())
                .col(integer("rating_ascending").not_null())
                .col(integer("rating_descending").not_null())
                .col(number("published_ascending").not_null())
                .col(number("published_descending").not_null())
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(integer("revision").not_null())
                .foreign_key(&mut refers_to("listings", "vendor_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("listings", &["slug"])).await?;
    manager.create_index(unique("listings", &["external_id"])).await?;
    manager.create_index(index("listings", &["vendor_id", "sort_name", "id"])).await?;
    // One for each order of the marketplace.
    for order in ["sort_name", "rating_ascending", "rating_descending", "published_ascending", "published_descending"] {
        manager.create_index(index("listings", &[order, "id"])).await?;
    }
    Ok(())
}

async fn links(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("listing_categories")
                .col(id("listing_id").not_null())
                .col(id("category_id").not_null())
                .primary_key(Index::create().col("listing_id").col("category_id"))
                .foreign_key(&mut owned_by("listing_categories", "listing_id", "listings"))
                .foreign_key(&mut refers_to("listing_categories", "category_id", "categories"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("listing_categories", &["category_id", "listing_id"])).await?;
    manager
        .create_table(
            Table::create()
                .table("listing_audience")
                .col(id("listing_id").not_null())
                .col(id("organization_id").not_null())
                .primary_key(Index::create().col("listing_id").col("organization_id"))
                .foreign_key(&mut owned_by("listing_audience", "listing_id", "listings"))
                .foreign_key(&mut owned_by("listing_audience", "organization_id", "organizations"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("listing_audience", &["organization_id", "listing_id"])).await
}

async fn changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("listing_changes")
                .col(id("id").not_null().primary_key())
                .col(id("listing_id").not_null())
                .col(text("status").not_null())
                .col(json("proposal").not_null())
                .col(moment("submitted_at").not_null())
                .col(moment("decided_at"))
                .col(text("reason"))
                .foreign_key(&mut owned_by("listing_changes", "listing_id", "listings"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("listing_changes", &["listing_id", "id"])).await?;
    manager.create_index(index("listing_changes", &["status", "id"])).await?;
    // At most one change of a listing is open.
    let mut open = unique("listing_changes", &["listing_id"]);
    open.name("listing_changes_open_key").and_where(Expr::col("status").eq("PENDING"));
    manager.create_index(open).await
}

async fn integrations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("integrations")
                .col(id("id").not_null().primary_key())
                .col(id("listing_id").not_null())
                .col(id("target_id"))
                .col(text("target_name").not_null())
                .col(key_text(manager, "target_key").not_null())
                .col(moment("created_at").not_null())
                .foreign_key(&mut owned_by("integrations", "listing_id", "listings"))
                .foreign_key(&mut refers_to("integrations", "target_id", "listings"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("integrations", &["listing_id", "target_key", "id"])).await?;
    manager.create_index(index("integrations", &["target_id", "listing_id"])).await?;
    manager.create_index(index("integrations", &["target_key"])).await?;
    // Two listings may share a name, so a name is unique only among those that are nothing but a name.
    manager.create_index(unique("integrations", &["listing_id", "target_id"])).await?;
    let mut dangling = unique("integrations", &["listing_id", "target_key"]);
    dangling.name("integrations_dangling_key").and_where(Expr::col("target_id").is_null());
    manager.create_index(dangling).await
}

async fn reviews(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("reviews")
                .col(id("id").not_null().primary_key())
                .col(id("listing_id").not_null())
                .col(id("organization_id").not_null())
                .col(integer("rating").not_null())
                .col(text("title"))
                .col(text("body"))
                .col(text("status").not_null())
                .col(text("reason"))
                .col(moment("created_at").not_null())
                .col(moment("updated_at").not_null())
                .col(integer("revision").not_null())
                .foreign_key(&mut owned_by("reviews", "listing_id", "listings"))
                .foreign_key(&mut owned_by("reviews", "organization_id", "organizations"))
                .check(Expr::col("rating").between(1, 5))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("reviews", &["listing_id", "organization_id"])).await?;
    manager.create_index(index("reviews", &["listing_id", "id"])).await?;
    manager.create_index(index("reviews", &["organization_id", "id"])).await?;
    manager.create_index(index("reviews", &["status", "id"])).await
}

fn integer(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.integer();
    column
}

fn number(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.big_integer();
    column
}

fn json(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.json_binary();
    column
}
