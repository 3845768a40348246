//! Indexes for statements whose time grew with the catalog.

use crate::column::index;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The few organizations that are not active: nobody finds their listings, which every read of listings asks for.
        let mut inactive = index("organizations", &["id"]);
        inactive.name("organizations_inactive_idx").and_where(Expr::col("status").ne("ACTIVE"));
        manager.create_index(inactive).await?;
        // What totals of the marketplace are counted from, without reading whole listings.
        let mut public = index("listings", &["id", "vendor_id"]);
        public
            .name("listings_public_idx")
            .and_where(Expr::col("status").eq("PUBLISHED"))
            .and_where(Expr::col("visibility").eq("PUBLIC"));
        manager.create_index(public).await
    }
}
