//! What the engine does: a list of names, each with what does the due part and what says when the next is due.

use crate::{
    account, cosell, db,
    event::feed,
    introduction, lead,
    op::{Fault, Op},
    overlap, partnership, program, sharing, webhook,
};
use chrono::{DateTime, Utc};
use futures::{FutureExt, future::BoxFuture};

/// Does at most so many of what is due, and says how many; none left where it says 0.
pub type Run = for<'a> fn(&'a Op, u64) -> BoxFuture<'a, Result<usize, Fault>>;

/// When the next is due, which may be past; none where nothing is planned or where it is in no hurry.
pub type Next = for<'a> fn(&'a Op) -> BoxFuture<'a, Result<Option<DateTime<Utc>>, Fault>>;

/// One kind of thing that comes due.
#[derive(Clone, Copy)]
pub struct Task {
    /// What it is called in logs and metrics.
    pub name: &'static str,
    /// Does it.
    pub run: Run,
    /// Looks ahead.
    pub next: Next,
}

/// For what is only tidied up: whenever the engine comes by.
fn whenever(_: &Op) -> BoxFuture<'_, Result<Option<DateTime<Utc>>, Fault>> {
    std::future::ready(Ok(None)).boxed()
}

/// All feeds in one go, which takes them in batches of its own.
async fn trim(op: &Op) -> Result<usize, Fault> {
    feed::trim_expired(op).await.map(|gone| usize::try_from(gone).unwrap_or(usize::MAX))
}

/// Everything that comes due.
pub(super) const TASKS: &[Task] = &[
    Task {
        name: "partnership_invitations",
        run: |op, limit| partnership::service::expire_due_invitations(op, limit).boxed(),
        next: |op| partnership::service::next_invitation_expiry(op).boxed(),
    },
    Task {
        name: "opportunity_invitations",
        run: |op, limit| cosell::service::expire_due_invitations(op, limit).boxed(),
        next: |op| cosell::service::next_invitation_expiry(op).boxed(),
    },
    Task {
        name: "partnership_ends",
        run: |op, limit| partnership::service::conclude_due(op, limit).boxed(),
        next: |op| partnership::service::next_conclusion(op).boxed(),
    },
    Task {
        name: "memberships",
        run: |op, limit| program::service::due::settle_due(op, limit).boxed(),
        next: |op| program::service::due::next_settlement(op).boxed(),
    },
    Task {
        name: "leads",
        run: |op, limit| lead::service::expire_due(op, limit).boxed(),
        next: |op| lead::service::next_expiry(op).boxed(),
    },
    Task {
        name: "introductions",
        run: |op, limit| introduction::service::expire_due(op, limit).boxed(),
        next: |op| introduction::service::next_expiry(op).boxed(),
    },
    Task {
        name: "account_list_imports",
        run: |op, limit| account::service::clear_dead_imports(op, limit).boxed(),
        next: |op| account::service::next_dead_import(op).boxed(),
    },
    Task {
        name: "accounts",
        run: |op, limit| account::service::collect(op, limit).boxed(),
        next: |op| account::service::next_collection(op).boxed(),
    },
    Task {
        name: "exploratory_mappings",
        run: |op, limit| sharing::service::conclude_due(op, limit).boxed(),
        next: |op| sharing::service::next_conclusion(op).boxed(),
    },
    Task { name: "mapping_pairs", run: |op, limit| sharing::service::sweep(op, limit).boxed(), next: whenever },
    Task { name: "idempotency_keys", run: |op, limit| db::forget_old_claims(op, limit).boxed(), next: whenever },
    Task {
        name: "webhook_log",
        run: |op, limit| webhook::service::forget_old_deliveries(op, limit).boxed(),
        next: whenever,
    },
    Task { name: "overlaps", run: |op, limit| overlap::service::sweep(op, limit).boxed(), next: whenever },
    Task { name: "feeds", run: |op, _| trim(op).boxed(), next: whenever },
];
