//! Disputes.

use super::{
    account::ComparedAccount,
    enums::{OverlapDisputeStatus, OverlapVerdict},
    loader::SeenDispute,
};
use crate::{
    organization::graphql::types::Organization,
    overlap::{
        model,
        policy::{AnswerDispute, WithdrawDispute},
    },
    schema::{error::ContextExt, loader::load},
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// The word of one side that two accounts are, or are not, the same company. It holds for both sides from the moment in
/// which it is raised, through all comparisons, until the other side rejects it or it is taken back. Seen by whoever
/// raised it, and by the other side while it is shown overlaps of the two lists.
pub struct OverlapDispute(pub SeenDispute);

/// The word of one side that two accounts are, or are not, the same company. It holds for both sides from the moment in
/// which it is raised, through all comparisons, until the other side rejects it or it is taken back. Seen by whoever
/// raised it, and by the other side while it is shown overlaps of the two lists.
#[Object]
impl OverlapDispute {
    /// The dispute's id.
    pub async fn id(&self) -> ID {
        ID(self.0.row.id.global())
    }

    /// What is said of the two.
    async fn verdict(&self) -> OverlapVerdict {
        self.0.row.verdict.into()
    }

    /// How far it has come.
    async fn status(&self) -> OverlapDisputeStatus {
        self.0.row.status.into()
    }

    /// The viewer's own account; null where it is no longer in its list, or the lists are no longer compared.
    async fn own(&self) -> Option<ComparedAccount> {
        self.0.own.as_ref().map(|(open, account)| ComparedAccount::own(account, &open.own))
    }

    /// The partner's account as far as the partner shows it; null where the viewer may not see it now.
    async fn partner(&self) -> Option<ComparedAccount> {
        self.0.partner.as_ref().map(|(open, account)| ComparedAccount::partners(account, &open.partner))
    }

    /// The organization that raised it; null where the viewer may not see its page.
    async fn raised_by(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.row.raised_by).await.map(|row| row.map(Organization)).transpose()
    }

    /// Why, in the words of whoever raised it, at most 500 characters.
    async fn note(&self) -> Option<&str> {
        self.0.row.note.as_deref()
    }

    /// What the other side answered, at most 500 characters.
    async fn answer(&self) -> Option<&str> {
        self.0.row.answer.as_deref()
    }

    /// When it was raised.
    async fn raised_at(&self) -> DateTime<Utc> {
        self.0.row.raised_at
    }

    /// When the other side answered; null before.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.answered_at
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.0.row.revision
    }

    /// Whether the viewer may agree to it or reject it now.
    async fn viewer_can_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        let row = &self.0.row;
        Ok(model::answer(row).is_ok() && ctx.op()?.may::<AnswerDispute>(row.id, row))
    }

    /// Whether the viewer may take it back now.
    async fn viewer_can_withdraw(&self, ctx: &Context<'_>) -> Result<bool> {
        let row = &self.0.row;
        Ok(model::withdraw(row).is_ok() && ctx.op()?.may::<WithdrawDispute>(row.id, row))
    }
}
