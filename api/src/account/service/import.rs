//! An import: begun, laid out part by part, and shown as a whole or taken back as a whole.
//!
//! Each part is a transaction of its own that first notes how far the import has come: where it runs no more, because it
//! stood still too long and another has cleared it away, nothing of the part is written.

use super::{
    change::{CLEARED_AT_ONCE, begin, clear},
    conclude,
    entries::too_many,
};
use crate::{
    account::{
        event::AccountListEvent,
        model::{
            ACCOUNTS_MAX, AccountImport, AccountImportMode, AccountImportProblem, AccountList, Became, Content, Counts,
        },
        policy::ManageAccountList,
        store::{self, ImportEnd, NewImport, Target},
    },
    db::{Growth, Tx},
    op::{Failure, Fault, Op, Outcome, Permit, Refusal},
};
use chrono::{DateTime, Utc};
use entity::id::AccountListId;

/// Parts that are written until SQLite is left to others for a moment: about a second's.
const PARTS_IN_A_BREATH: u32 = 16;

/// An import that runs. Whoever drops it without an end leaves that to others, who find it dead when its lease is over.
pub struct Import {
    op: Op,
    permit: Permit<ManageAccountList>,
    import: AccountImport,
    /// By which it is known that nobody else has it in hand.
    lease: DateTime<Utc>,
    target: Target,
    account_count: i64,
    counts: Counts,
    /// How many were written.
    parts: u32,
    /// How many rows they had.
    growth: Growth,
}

/// A part that is being written.
struct Held {
    tx: Tx,
    /// The lease from its commit on.
    lease: DateTime<Utc>,
}

/// Why an import cannot go on.
#[derive(Clone, Debug)]
pub enum Stopped {
    /// By its file.
    Problem(AccountImportProblem),
    /// The list is gone.
    Deleted,
    /// It stood still so long that another has cleared it away.
    Overtaken,
    /// By the server.
    Fault(Fault),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<sea_orm::DbErr> for Stopped {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Fault(error.into())
    }
}

impl Import {
    /// Begins an import of a list.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE` while another runs.
    pub async fn begin(
        op: &Op,
        list: AccountListId,
        mode: AccountImportMode,
        dry_run: bool,
        bytes_total: Option<i64>,
    ) -> Outcome<Self> {
        let (tx, list, permit) = begin(op, list).await?;
        let target = Target { shown: list.version, next: list.version + 1, in_parts: true };
        let new = NewImport {
            id: op.new_id(),
            organization: list.organization_id,
            mode,
            dry_run,
            version: target.next,
            bytes_total,
        };
        let import = store::insert_import_in(&tx, op, &permit, new).await?;
        tx.commit().await?;
        let account_count = i64::from(list.account_count);
        let lease = import.lease_until.unwrap_or_else(|| op.now());
        Ok(Self {
            op: op.clone(),
            permit,
            import,
            lease,
            target,
            account_count,
            counts: Counts::default(),
            parts: 0,
            growth: Growth::default(),
        })
    }

    /// The numbers so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Counts a row that cannot be taken.
    pub fn reject(&mut self) {
        self.counts.reject();
    }

    /// Lays out a part of the file, of which `bytes` were read by now, and says what became of each account.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn take(&mut self, part: &[Content], bytes: i64) -> Result<Vec<Became>, Stopped> {
        let held = self.part().await?;
        let became = store::lay_in(&held.tx, &self.op, &self.permit, self.target, part).await?;
        let mut counts = self.counts;
        became.iter().for_each(|became| counts.add(*became));
        let size = match self.import.mode {
            AccountImportMode::Replace => counts.taken(),
            AccountImportMode::Merge => self.account_count + counts.created,
        };
        if size > ACCOUNTS_MAX {
            return Err(Stopped::Problem(AccountImportProblem::TooMany));
        }
        self.keep(held, counts, bytes).await?;
        if self.growth.add(became.len()) {
            store::look_at_accounts(self.op.db()).await;
        }
        Ok(became)
    }

    /// Says that the import is alive, while nothing comes.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn wait(&mut self, bytes: i64) -> Result<(), Stopped> {
        let held = self.part().await?;
        self.keep(held, self.counts, bytes).await
    }

    /// A transaction for a part, in which nobody else has the import in hand.
    async fn part(&self) -> Result<Held, Stopped> {
        let tx = self.op.db().begin().await?;
        let held = store::hold_in(&tx, &self.op, &self.permit, self.import.id, self.lease).await?;
        let lease = held.ok_or(Stopped::Overtaken)?;
        let list = store::row_in(&tx, self.permit.resource()).await?;
        match list {
            Some(list) if list.deleted_at.is_none() => Ok(Held { tx, lease }),
            _ => Err(Stopped::Deleted),
        }
    }

    /// Commits a part, and with it how far the import has come.
    async fn keep(&mut self, held: Held, counts: Counts, bytes: i64) -> Result<(), Stopped> {
        let Held { tx, lease } = held;
        store::progress_in(&tx, &self.permit, self.import.id, counts, bytes).await?;
        tx.commit().await?;
        self.lease = lease;
        self.counts = counts;
        self.parts += 1;
        if self.parts.is_multiple_of(PARTS_IN_A_BREATH) {
            self.op.db().breathe().await;
        }
        Ok(())
    }

    /// Brings a file to its end: what it replaces goes, and the version is shown; that of a dry run is taken back. Gives
    /// the list as it is then.
    ///
    /// # Errors
    /// [`Stopped`]; the import is then still to be broken off.
    pub async fn finish(&mut self, bytes: i64) -> Result<AccountList, Stopped> {
        if self.import.mode == AccountImportMode::Replace {
            if self.counts.taken() == 0 {
                return Err(Stopped::Problem(AccountImportProblem::Empty));
            }
            self.sweep(bytes).await?;
        }
        if self.import.dry_run {
            self.wait(bytes).await?;
            return match clear(&self.op, &self.permit, &self.import, self.lease, ImportEnd::Checked).await? {
                true => Ok(self.list().await?),
                false => Err(Stopped::Overtaken),
            };
        }
        self.forget_seen(bytes).await?;
        let list = self.show(bytes).await?;
        if self.growth.is_large() {
            store::look_at_accounts(self.op.db()).await;
        }
        Ok(list)
    }

    async fn sweep(&mut self, bytes: i64) -> Result<(), Stopped> {
        let mut after = Some(String::new());
        while let Some(from) = after {
            let held = self.part().await?;
            let (removed, next) = store::sweep_in(&held.tx, &self.permit, self.target, &from).await?;
            let removed = self.counts.removed + i64::try_from(removed).map_err(Fault::internal)?;
            self.keep(held, Counts { removed, ..self.counts }, bytes).await?;
            after = next;
        }
        Ok(())
    }

    async fn forget_seen(&mut self, bytes: i64) -> Result<(), Stopped> {
        loop {
            let held = self.part().await?;
            let forgotten = store::forget_seen_in(&held.tx, &self.permit, CLEARED_AT_ONCE).await?;
            self.keep(held, self.counts, bytes).await?;
            if forgotten == 0 {
                return Ok(());
            }
        }
    }

    async fn show(&self, bytes: i64) -> Result<AccountList, Stopped> {
        let op = &self.op;
        let tx = op.db().begin().await?;
        // The list first, as by whoever else writes it: two in turn would wait for each other.
        let Some(before) = store::find_in(&tx, op, self.permit.resource()).await? else {
            return Err(Stopped::Deleted);
        };
        if store::hold_in(&tx, op, &self.permit, self.import.id, self.lease).await?.is_none() {
            return Err(Stopped::Overtaken);
        }
        store::progress_in(&tx, &self.permit, self.import.id, self.counts, bytes).await?;
        let changes = self.counts.changes();
        let shown = if changes { self.target.next } else { self.target.shown };
        store::settle_in(&tx, op, &self.permit, self.import.id, ImportEnd::Applied(shown)).await?;
        if !changes {
            tx.commit().await?;
            return Ok(before);
        }
        let after = store::show_in(&tx, op, &self.permit, &before, self.target, self.counts).await?;
        let changed = AccountListEvent::AccountsChanged(&before, &after, self.counts, Some(&self.import));
        conclude(tx, op, &changed).await?;
        Ok(after)
    }

    async fn list(&self) -> Result<AccountList, Fault> {
        let tx = self.op.db().begin().await?;
        let list = store::row_in(&tx, self.permit.resource()).await?;
        tx.rollback().await?;
        list.ok_or_else(|| Fault::internal("the list of an import is gone"))
    }

    /// Takes back what was laid out, and notes why.
    ///
    /// # Errors
    /// Database faults; then whoever finds the import dead takes it back.
    pub async fn break_off(&self, stopped: &Stopped) -> Result<(), Fault> {
        let end = match stopped {
            Stopped::Problem(problem) => ImportEnd::Failed(*problem),
            Stopped::Fault(_) => ImportEnd::Failed(AccountImportProblem::Internal),
            Stopped::Deleted => ImportEnd::Canceled,
            // What it has laid out is another's to clear away, or was.
            Stopped::Overtaken => return Ok(()),
        };
        clear(&self.op, &self.permit, &self.import, self.lease, end).await.map(|_| ())
    }

    /// The import's row as it began.
    #[must_use]
    pub fn row(&self) -> &AccountImport {
        &self.import
    }
}

/// What a client is told of an import that stopped.
impl Stopped {
    /// As a failure: a refusal where the file or the list is to blame.
    #[must_use]
    pub fn into_failure(self) -> Failure {
        match self {
            Self::Fault(fault) => fault.into(),
            Self::Deleted => Refusal::not_found("id").into(),
            Self::Overtaken => Refusal::invalid_state("The import stood still for too long and was taken back.").into(),
            Self::Problem(problem) => match problem {
                AccountImportProblem::CutOff => {
                    Refusal::invalid_state("The file was cut off, so nothing of it was taken.").into()
                }
                AccountImportProblem::Unreadable => {
                    Refusal::invalid_state("The file cannot be read to its end, so nothing of it was taken.").into()
                }
                AccountImportProblem::TooLarge => {
                    Refusal::invalid_state("The file is longer than one may be, so nothing of it was taken.").into()
                }
                AccountImportProblem::TooMany => too_many().into(),
                AccountImportProblem::Empty => Refusal::invalid_state(
                    "No account of the file can be taken, so the list stays as it is: see the report.",
                )
                .into(),
                AccountImportProblem::Died | AccountImportProblem::Internal => {
                    Fault::internal("an import that runs cannot have died").into()
                }
            },
        }
    }
}
