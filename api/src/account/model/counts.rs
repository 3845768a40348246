//! What became of the accounts of a call or of a file, and how far a file has come.

use super::{AccountImport, AccountImportState};

/// What became of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is new in the list.
    Created,
    /// It says something else than before.
    Updated,
    /// It says what was there already.
    Unchanged,
    /// Its external id came before in the same call or file: this one is not taken.
    Repeated,
}

/// Numbers of accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows looked at.
    pub read: i64,
    /// New in the list.
    pub created: i64,
    /// Said something else than before.
    pub updated: i64,
    /// Said what was there already.
    pub unchanged: i64,
    /// Left the list.
    pub removed: i64,
    /// Were not taken.
    pub rejected: i64,
}

impl Counts {
    /// Counts a row that was taken, or that came twice.
    pub fn add(&mut self, became: Became) {
        self.read += 1;
        match became {
            Became::Created => self.created += 1,
            Became::Updated => self.updated += 1,
            Became::Unchanged => self.unchanged += 1,
            Became::Repeated => self.rejected += 1,
        }
    }

    /// Counts a row that was not taken.
    pub fn reject(&mut self) {
        self.read += 1;
        self.rejected += 1;
    }

    /// Rows that were taken.
    #[must_use]
    pub fn taken(&self) -> i64 {
        self.created + self.updated + self.unchanged
    }

    /// Whether the list is another one by it.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.created + self.updated + self.removed > 0
    }

    /// By how many accounts the list grows.
    #[must_use]
    pub fn growth(&self) -> i64 {
        self.created - self.removed
    }

    /// Whether rows are left that the new version no longer has.
    #[must_use]
    pub fn leaves_rows(&self) -> bool {
        self.updated + self.removed > 0
    }
}

/// Why an import broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountImportProblem {
    /// The connection ended before the file did.
    CutOff,
    /// The file cannot be read or unpacked to its end.
    Unreadable,
    /// The file, unpacked, is longer than one may be.
    TooLarge,
    /// The list would have more accounts than one may have.
    TooMany,
    /// A file that is to take the place of a list has no account that can be taken.
    Empty,
    /// Whoever wrote it died, or stood still for longer than that can be told apart.
    Died,
    /// A fault of the server.
    Internal,
}

impl AccountImportProblem {
    const ALL: [Self; 7] =
        [Self::CutOff, Self::Unreadable, Self::TooLarge, Self::TooMany, Self::Empty, Self::Died, Self::Internal];

    /// The word that is stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::CutOff => "CUT_OFF",
            Self::Unreadable => "UNREADABLE",
            Self::TooLarge => "TOO_LARGE",
            Self::TooMany => "TOO_MANY",
            Self::Empty => "EMPTY",
            Self::Died => "DIED",
            Self::Internal => "INTERNAL",
        }
    }

    /// Reads a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.word() == word)
    }
}

/// How much of the file was read, 0 to 100; none where nobody told how long it is.
#[must_use]
pub fn percent(import: &AccountImport) -> Option<i32> {
    if matches!(import.state, AccountImportState::Applied | AccountImportState::Checked) {
        return Some(100);
    }
    let total = import.bytes_total.filter(|total| *total > 0)?;
    i32::try_from((i128::from(import.bytes_read) * 100 / i128::from(total)).clamp(0, 100)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up() {
        let mut counts = Counts::default();
        for became in [Became::Created, Became::Created, Became::Updated, Became::Unchanged, Became::Repeated] {
            counts.add(became);
        }
        counts.reject();
        counts.removed = 3;
        let expected = Counts { read: 6, created: 2, updated: 1, unchanged: 1, removed: 3, rejected: 2 };
        assert_eq!(counts, expected);
        assert_eq!((counts.taken(), counts.growth()), (4, -1));
        assert!(counts.changes() && counts.leaves_rows());
        assert!(!Counts { read: 9, unchanged: 8, rejected: 1, ..Counts::default() }.changes());
    }

    #[test]
    fn stored_problems_are_read_back() {
        for problem in AccountImportProblem::ALL {
            assert_eq!(AccountImportProblem::from_word(problem.word()), Some(problem));
        }
    }
}
