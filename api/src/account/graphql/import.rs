//! Imports in the schema.

use super::list::AccountList;
use crate::{account::model, schema::loader::load};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// What becomes of accounts that the file of an import does not have.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::AccountImportMode")]
pub enum AccountImportMode {
    /// They go: the list is what the file says.
    Replace,
    /// They stay.
    Merge,
}

/// How far an import has come.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::AccountImportState")]
pub enum AccountImportState {
    /// It is laid out where nobody sees it. One that gives no sign of life for a minute counts as dead, and is taken back.
    Running,
    /// The list is what it says, or was so already.
    Applied,
    /// A dry run came to its end and was taken back.
    Checked,
    /// It broke off and was taken back: the list is as it was.
    Failed,
    /// The list was deleted meanwhile.
    Canceled,
}

/// Why an import broke off.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::AccountImportProblem")]
pub enum AccountImportProblem {
    /// The connection ended before the file did.
    CutOff,
    /// The file cannot be read or unpacked to its end.
    Unreadable,
    /// The file is longer than 2 GiB unpacked.
    TooLarge,
    /// The list would have more than 5,000,000 accounts.
    TooMany,
    /// A file that was to replace the list has no account that can be taken.
    Empty,
    /// The server that wrote it died or stood still for more than a minute.
    Died,
    /// A fault of the server.
    Internal,
}

/// A file on its way into an account list. One at a time runs for a list. Visible as the list.
pub struct AccountListImport(pub model::AccountImport);

/// A file on its way into an account list. One at a time runs for a list. Visible as the list.
#[Object]
impl AccountListImport {
    /// The import's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The list; null where it was deleted in this moment.
    async fn list(&self, ctx: &Context<'_>) -> Option<Result<AccountList>> {
        load(ctx, self.0.list_id).await.map(|row| row.map(AccountList)).transpose()
    }

    /// What becomes of accounts that the file does not have.
    async fn mode(&self) -> AccountImportMode {
        self.0.mode.into()
    }

    /// Whether everything is taken back in the end.
    async fn dry_run(&self) -> bool {
        self.0.dry_run
    }

    /// How far it has come.
    async fn state(&self) -> AccountImportState {
        self.0.state.into()
    }

    /// Why it broke off; null where it did not.
    async fn problem(&self) -> Option<AccountImportProblem> {
        let problem = self.0.problem.as_deref().and_then(model::AccountImportProblem::from_word);
        problem.map(AccountImportProblem::from)
    }

    /// How much of the file was read, 0 to 100; null where the sender did not say how long it is.
    async fn percent(&self) -> Option<i32> {
        model::percent(&self.0)
    }

    /// Rows looked at so far.
    async fn rows(&self) -> i32 {
        shown(self.0.read)
    }

    /// Accounts that are new in the list.
    async fn created(&self) -> i32 {
        shown(self.0.created)
    }

    /// Accounts that say something else than before.
    async fn updated(&self) -> i32 {
        shown(self.0.updated)
    }

    /// Accounts that say what was there already.
    async fn unchanged(&self) -> i32 {
        shown(self.0.unchanged)
    }

    /// Accounts that the file does not have, and that go with it.
    async fn removed(&self) -> i32 {
        shown(self.0.removed)
    }

    /// Rows that were not taken.
    async fn rejected(&self) -> i32 {
        shown(self.0.rejected)
    }

    /// When it began.
    async fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// When it ended; null while it runs.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

fn shown(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
