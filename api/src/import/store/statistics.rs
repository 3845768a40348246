//! What PostgreSQL knows of staged rows. It has no statistics of rows that have just come in, takes "of this run" for a
//! few of them, and then reads all of them for every batch: the time of an import would grow with the square of its
//! rows. So it is asked to look again whenever a table has grown several times over.

use super::Stage;
use crate::op::Fault;
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr};
use std::collections::BTreeMap;

/// Rows at which a table is looked at for the first time: below, reading all of them is no matter.
const FIRST_LOOK: u64 = 1_000;

/// A table is looked at again when it has grown by this factor, so looks are few and their cost grows with their number.
const FACTOR: u64 = 4;

/// How many rows of the import's own tables a run has written.
#[derive(Default)]
pub(super) struct Growth(BTreeMap<String, Grown>);

struct Grown {
    rows: u64,
    look_at: u64,
}

impl Growth {
    /// Notes rows, and says whether it is time to look at the table.
    fn add(&mut self, table: &str, rows: u64) -> bool {
        let grown = self.0.entry(table.to_owned()).or_insert(Grown { rows: 0, look_at: FIRST_LOOK });
        grown.rows += rows;
        let due = grown.rows >= grown.look_at;
        if due {
            grown.look_at = grown.rows.saturating_mul(FACTOR);
        }
        due
    }
}

impl Stage {
    /// Notes that rows were committed into one of the import's own tables.
    pub(super) async fn grew(&mut self, table: &str, rows: usize) -> Result<(), DbErr> {
        if self.growth.add(table, rows as u64) { self.look_at(table).await } else { Ok(()) }
    }

    /// Has PostgreSQL look at everything that was staged, before it is moved with a statement a table.
    pub(super) async fn look_at_staged(&self) -> Result<(), DbErr> {
        for table in self.growth.0.keys() {
            self.look_at(table).await?;
        }
        Ok(())
    }

    /// Has PostgreSQL look at the tables that the run has changed, which it would otherwise do up to minutes later: the
    /// first readers of a large import would wait for plans that were made for small tables.
    ///
    /// What fails here is told and no more: the import is done.
    pub(super) async fn look_at_applied(&self) {
        let mut tables: Vec<&str> = self.used.iter().map(|(table, _)| *table).collect();
        tables.dedup();
        for table in tables {
            if let Err(error) = self.look_at(table).await {
                tracing::warn!(fault = %Fault::from(error).chain(), table, "a table was not analyzed after an import");
            }
        }
    }

    async fn look_at(&self, table: &str) -> Result<(), DbErr> {
        if self.db.backend() == DatabaseBackend::Postgres {
            // A role that does not own the table gets a warning instead, and slower plans.
            self.db.read().execute_unprepared(&format!("ANALYZE \"{table}\"")).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{FACTOR, FIRST_LOOK, Growth};

    #[test]
    fn looks_become_rarer_as_a_table_grows() {
        let mut growth = Growth::default();
        let looks = (0..10_000).filter(|_| growth.add("staged_listings", 100)).count();
        // 1,000,000 rows: at 1,000, 4,000, ... 256,000.
        assert_eq!(looks, 5);
        assert!(!growth.add("staged_tiers", FIRST_LOOK - 1), "each table counts its own rows");
        assert!(growth.add("staged_tiers", 1));
        assert!(!growth.add("staged_tiers", FIRST_LOOK * (FACTOR - 1) - 1));
        assert!(growth.add("staged_tiers", 1));
    }
}
