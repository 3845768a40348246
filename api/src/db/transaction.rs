//! A transaction, and what is done once it is committed.

use sea_orm::{DatabaseTransaction, DbErr};
use std::{
    ops::Deref,
    sync::{Mutex, PoisonError},
};

type Afterwards = Box<dyn FnOnce() + Send>;

/// A transaction that writes. It is rolled back when it is dropped without a commit, and then nothing is done afterwards.
pub struct Tx {
    inner: DatabaseTransaction,
    afterwards: Mutex<Vec<Afterwards>>,
}

impl Tx {
    pub(super) fn new(inner: DatabaseTransaction) -> Self {
        Self { inner, afterwards: Mutex::default() }
    }

    /// Has `act` done after the commit, in the order of the calls. It must not wait for anything: the answer waits for it.
    /// A crash between the commit and this loses it, so nothing may depend on it but speed.
    pub fn afterwards(&self, act: impl FnOnce() + Send + 'static) {
        self.afterwards.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(act));
    }

    /// Commits, and then does what was to be done afterwards.
    ///
    /// # Errors
    /// The database's; then nothing is done afterwards. After a lost connection the commit may have happened.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.inner.commit().await?;
        for act in self.afterwards.into_inner().unwrap_or_else(PoisonError::into_inner) {
            act();
        }
        Ok(())
    }

    /// Takes everything back at once, instead of when it is dropped.
    ///
    /// # Errors
    /// The database's.
    pub async fn rollback(self) -> Result<(), DbErr> {
        self.inner.rollback().await
    }
}

impl Deref for Tx {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.inner
    }
}
