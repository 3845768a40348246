//! What was qualified.

use super::{
    enums::{QualifiedLeadDismissReason, QualifiedLeadStatus},
    rule::QualificationRule,
};
use crate::{
    account::graphql::account::Account,
    cosell::graphql::types::Opportunity,
    lead::graphql::types::Lead,
    organization::graphql::types::Organization,
    overlap::{
        graphql::{
            enums::{AccountListKind, MatchConfidence, OverlapReasonKind},
            loader::ViewOf,
            types::Overlap,
        },
        model::still_shown,
    },
    qualification::{
        model::{self, accept, convert, dismiss},
        policy::WorkQualifiedLead,
    },
    schema::{error::ContextExt, loader::load},
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// Why an account is worth a lead, as its organization saw it when it was qualified. Given as long as the partner shows
/// overlaps of the two lists, and no more than it shows of an account now.
#[derive(SimpleObject, Clone, Debug)]
pub struct QualifiedLeadEvidence {
    /// What the partner's account was to the partner then.
    pub partner_kind: AccountListKind,
    /// How sure it was that the two are the same company.
    pub confidence: MatchConfidence,
    /// The same from 0.5 to 1.
    pub score: f64,
    /// Why, the strongest first; at most 17.
    pub reasons: Vec<OverlapReasonKind>,
    /// When the two accounts were first found to match.
    pub found_at: DateTime<Utc>,
}

/// An account of the viewer's organization that one of its rules found worth a lead, because of what a partner has; once
/// for a rule, an account and a partner. Seen by the members of the organization whose rule it is and by nobody else: the
/// partner does not learn of it.
pub struct QualifiedLead(pub model::QualifiedLead);

/// An account of the viewer's organization that one of its rules found worth a lead, because of what a partner has; once
/// for a rule, an account and a partner. Seen by the members of the organization whose rule it is and by nobody else: the
/// partner does not learn of it.
#[Object]
impl QualifiedLead {
    /// Its id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// How far it has come.
    async fn status(&self) -> QualifiedLeadStatus {
        self.0.status.into()
    }

    /// The rule; null where it was deleted.
    async fn rule(&self, ctx: &Context<'_>) -> Option<Result<QualificationRule>> {
        load(ctx, self.0.rule_id).await.map(|row| row.map(QualificationRule)).transpose()
    }

    /// The rule's name when it was qualified.
    async fn rule_name(&self) -> &str {
        &self.0.rule_name
    }

    /// The partner; null where the viewer may not see its page.
    async fn partner(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.partner_id).await.map(|row| row.map(Organization)).transpose()
    }

    /// The organization's own account; null where it is no longer in its list.
    async fn account(&self, ctx: &Context<'_>) -> Option<Result<Account>> {
        load(ctx, self.0.account_id).await.map(|row| row.map(Account)).transpose()
    }

    /// The account's name when it was qualified, at most 200 characters.
    async fn account_name(&self) -> &str {
        &self.0.account_name
    }

    /// What the account was to the organization then.
    async fn own_kind(&self) -> AccountListKind {
        self.0.own_kind.into()
    }

    /// Why; null where the partner no longer shows overlaps of the two lists.
    async fn evidence(&self, ctx: &Context<'_>) -> Option<Result<QualifiedLeadEvidence>> {
        evidence(ctx, &self.0).await.transpose()
    }

    /// The overlap as it is now; null where it is no more, and where the partner no longer shows it.
    async fn overlap(&self, ctx: &Context<'_>) -> Option<Result<Overlap>> {
        load(ctx, self.0.overlap_id).await.map(|seen| seen.map(Overlap)).transpose()
    }

    /// Why it is none.
    async fn dismiss_reason(&self) -> Option<QualifiedLeadDismissReason> {
        self.0.dismiss_reason.map(QualifiedLeadDismissReason::from)
    }

    /// The same in words, at most 500 characters.
    async fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// The lead to the partner that it became; null where it became none.
    async fn lead(&self, ctx: &Context<'_>) -> Option<Result<Lead>> {
        load(ctx, self.0.lead_id?).await.map(|seen| seen.map(Lead)).transpose()
    }

    /// The opportunity that it became; null where it became none, and where the viewer may not see it.
    async fn opportunity(&self, ctx: &Context<'_>) -> Option<Result<Opportunity>> {
        load(ctx, self.0.opportunity_id?).await.map(|row| row.map(Opportunity)).transpose()
    }

    /// When it was qualified.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When somebody first decided on it; null before.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Whether the viewer may accept it now.
    async fn viewer_can_accept(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(accept(&self.0).is_ok() && self.may_work(ctx)?)
    }

    /// Whether the viewer may dismiss it now.
    async fn viewer_can_dismiss(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(dismiss(&self.0).is_ok() && self.may_work(ctx)?)
    }

    /// Whether the viewer may send it to the partner, or make it an opportunity, now.
    async fn viewer_can_convert(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(convert(&self.0).is_ok() && self.may_work(ctx)?)
    }
}

impl QualifiedLead {
    fn may_work(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<WorkQualifiedLead>(self.0.id, &self.0))
    }
}

/// What was kept, as far as the partner shows now what it rests on.
async fn evidence(ctx: &Context<'_>, row: &model::QualifiedLead) -> Result<Option<QualifiedLeadEvidence>> {
    let Some(view) = load(ctx, ViewOf(row.partner_id)).await? else { return Ok(None) };
    let of_both = |own, partner| (own, partner) == (row.own_list_id, row.partner_list_id);
    let open = view.pairs.iter().find(|open| of_both(open.own.list_id, open.partner.list_id));
    Ok(open.filter(|open| open.shows_rows()).map(|open| QualifiedLeadEvidence {
        partner_kind: row.partner_kind.into(),
        confidence: row.confidence.into(),
        score: row.score,
        reasons: still_shown(row.reasons, row.by_mail, open.partner.fields).into_iter().map(Into::into).collect(),
        found_at: row.found_at,
    }))
}
