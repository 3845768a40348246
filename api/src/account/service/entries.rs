//! Accounts entered and removed by single calls: each call is a version.

use super::{change::begin, conclude};
use crate::{
    account::{
        event::AccountListEvent,
        model::{ACCOUNTS_MAX, ACCOUNTS_PER_CALL, AccountDraft, AccountList, Became, Content, Counts, Judged, judge},
        store::{self, Target},
    },
    op::{ErrorCode, Fault, Op, Outcome, Refusal, check},
};
use entity::id::AccountListId;

/// What came of accounts that were entered.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// The list as it is now.
    pub list: AccountList,
    /// Numbers of accounts.
    pub counts: Counts,
    /// Those that were not taken, by their place in the call from 0, and why.
    pub rejected: Vec<(usize, Refusal)>,
}

/// Enters accounts, each as a whole; those that are there already are changed. Those that cannot be taken do not stop the
/// others. All that are taken are seen at once.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `TOO_MANY`, `INVALID_STATE` while an import of the list runs.
pub async fn add(op: &Op, id: AccountListId, drafts: Vec<AccountDraft>) -> Outcome<Added> {
    op.signed_in()?;
    check::at_most("input.accounts", drafts.len(), ACCOUNTS_PER_CALL)?;
    // The keys of ten thousand accounts take their time to be worked out.
    let judged = tokio::task::spawn_blocking(move || drafts.into_iter().map(strictly).collect::<Vec<_>>());
    let mut counts = Counts::default();
    let (mut rejected, mut rows, mut contents) = (Vec::new(), Vec::new(), Vec::new());
    for (row, judged) in judged.await.map_err(Fault::internal)?.into_iter().enumerate() {
        match judged {
            Ok(content) => {
                rows.push(row);
                contents.push(content);
            }
            Err(refusal) => {
                counts.reject();
                rejected.push((row, refusal));
            }
        }
    }
    let (tx, before, permit) = begin(op, id).await?;
    let target = Target { shown: before.version, next: before.version + 1, in_parts: false };
    let became = store::lay_in(&tx, op, &permit, target, &contents).await?;
    for (row, became) in rows.into_iter().zip(became) {
        counts.add(became);
        if became == Became::Repeated {
            let message = "An account with this external id came before in this call.";
            rejected.push((row, Refusal::of("externalId", ErrorCode::AlreadyExists, message)));
        }
    }
    rejected.sort_by_key(|(row, _)| *row);
    if i64::from(before.account_count) + counts.growth() > ACCOUNTS_MAX {
        return Err(too_many().into());
    }
    if !counts.changes() {
        return Ok(Added { list: before, counts, rejected });
    }
    let list = store::show_in(&tx, op, &permit, &before, target, counts).await?;
    conclude(tx, op, &AccountListEvent::AccountsChanged(&before, &list, counts, None)).await?;
    Ok(Added { list, counts, rejected })
}

/// A program that writes an account says what it means: what cannot be read is refused instead of left out.
fn strictly(draft: AccountDraft) -> Result<Content, Refusal> {
    let Judged { content, doubts } = judge(draft)?;
    match doubts.into_iter().next() {
        Some(doubt) => Err(doubt),
        None => Ok(content),
    }
}

pub(super) fn too_many() -> Refusal {
    Refusal::of("", ErrorCode::TooMany, format!("A list has at most {ACCOUNTS_MAX} accounts."))
}

/// Takes accounts out of a list; external ids that it does not have change nothing.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `TOO_MANY`, `INVALID_STATE` while an import of the list runs.
pub async fn remove(op: &Op, id: AccountListId, external_ids: Vec<String>) -> Outcome<(AccountList, i64)> {
    op.signed_in()?;
    check::at_most("input.externalIds", external_ids.len(), ACCOUNTS_PER_CALL)?;
    let tidied = external_ids.iter().filter_map(|id| check::optional_line("", Some(id), usize::MAX).ok().flatten());
    let external_ids: Vec<_> = tidied.collect();
    let (tx, before, permit) = begin(op, id).await?;
    let target = Target { shown: before.version, next: before.version + 1, in_parts: false };
    let removed = store::remove_in(&tx, &permit, target, &external_ids).await?;
    let counts = Counts { removed: i64::try_from(removed).map_err(Fault::internal)?, ..Counts::default() };
    if !counts.changes() {
        return Ok((before, 0));
    }
    let list = store::show_in(&tx, op, &permit, &before, target, counts).await?;
    conclude(tx, op, &AccountListEvent::AccountsChanged(&before, &list, counts, None)).await?;
    Ok((list, counts.removed))
}
