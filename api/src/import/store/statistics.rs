//! When the database looks at what a run has written: see `db/statistics.rs` for why.

use super::Stage;
use sea_orm::DbErr;

impl Stage {
    /// Notes that rows were committed into one of the import's own tables.
    pub(super) async fn grew(&mut self, table: &str, rows: usize) -> Result<(), DbErr> {
        if self.growth.entry(table.to_owned()).or_default().add(rows) { self.db.look_at(table).await } else { Ok(()) }
    }

    /// Has it look at everything that was staged, before that is moved with a statement a table.
    pub(super) async fn look_at_staged(&self) -> Result<(), DbErr> {
        for table in self.growth.keys() {
            self.db.look_at(table).await?;
        }
        Ok(())
    }

    /// Has it look at the tables that the run has changed, which it would otherwise do up to minutes later: the first
    /// readers of a large import would wait for plans that were made for small tables.
    pub(super) async fn look_at_applied(&self) {
        let mut tables: Vec<&str> = self.used.iter().map(|(table, _)| *table).collect();
        tables.dedup();
        for table in tables {
            self.db.look_at_leisure(table).await;
        }
    }
}
