//! What PostgreSQL knows of how rows are distributed. It has no statistics of rows that have just come in, takes "of this
//! list" for a few of them, and then reads all of them for every batch: the time of a load would grow with the square of
//! its rows. So it is asked to look again whenever a load has grown several times over.

#![expect(clippy::disallowed_methods, reason = "holds the one statement that is PostgreSQL's own")]

use super::Db;
use crate::op::Fault;
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr};

/// Rows at which a table is looked at for the first time: below, reading all of them is no matter.
const FIRST_LOOK: u64 = 1_000;

/// A table is looked at again when the load has grown by this factor, so looks are few and their cost grows with their
/// number.
const FACTOR: u64 = 4;

/// How many rows a load has written into one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    rows: u64,
    look_at: u64,
}

impl Default for Growth {
    fn default() -> Self {
        Self { rows: 0, look_at: FIRST_LOOK }
    }
}

impl Growth {
    /// Notes rows, and says whether it is time to look at the table.
    #[must_use]
    pub fn add(&mut self, rows: usize) -> bool {
        self.rows = self.rows.saturating_add(rows as u64);
        let due = self.rows >= self.look_at;
        if due {
            self.look_at = self.rows.saturating_mul(FACTOR);
        }
        due
    }

    /// Whether so much was written that whoever reads it next is served with a look.
    #[must_use]
    pub fn is_large(&self) -> bool {
        self.rows >= FIRST_LOOK
    }
}

impl Db {
    /// Has PostgreSQL look at a table. SQLite needs none: it prefers the index of which it can use most.
    ///
    /// # Errors
    /// The driver's error. A role that does not own the table gets none, and slower plans.
    pub async fn look_at(&self, table: &str) -> Result<(), DbErr> {
        if self.backend() == DatabaseBackend::Postgres {
            self.read().execute_unprepared(&format!("ANALYZE \"{table}\"")).await?;
        }
        Ok(())
    }

    /// As [`Db::look_at`], where what was to be done is done: what fails is told and no more.
    pub async fn look_at_leisure(&self, table: &str) {
        if let Err(error) = self.look_at(table).await {
            tracing::warn!(fault = %Fault::from(error).chain(), table, "a table was not analyzed after much was written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FACTOR, FIRST_LOOK, Growth};

    #[test]
    fn looks_become_rarer_as_a_table_grows() {
        let mut growth = Growth::default();
        let looks = (0..10_000).filter(|_| growth.add(100)).count();
        // 1,000,000 rows: at 1,000, 4,000, ... 256,000.
        assert_eq!(looks, 5);
    }

    #[test]
    fn the_first_look_comes_with_the_thousandth_row() {
        let (first, mut growth) = (usize::try_from(FIRST_LOOK).unwrap(), Growth::default());
        assert!(!growth.add(first - 1));
        assert!(!growth.is_large());
        assert!(growth.add(1));
        assert!(growth.is_large());
        assert!(!growth.add(first * (usize::try_from(FACTOR).unwrap() - 1) - 1));
        assert!(growth.add(1));
    }
}
