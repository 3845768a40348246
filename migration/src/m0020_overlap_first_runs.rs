//! Which overlaps begin with a later run than the first of their pair.

use crate::column::index;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Nearly all rows begin with the first run of their pair, and whoever asks for these asks for all of the pair: only the
    /// others are in the index. Each index that a row is in costs a tenth of what it takes to write it.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let all = Index::drop().name("overlaps_pair_id_since_run_idx").table("overlaps").to_owned();
        manager.drop_index(all).await?;
        let later = index("overlaps", &["pair_id", "since_run"])
            .name("overlaps_later_run_idx")
            .and_where(Expr::col("since_run").gt(1))
            .to_owned();
        manager.create_index(later).await
    }
}
