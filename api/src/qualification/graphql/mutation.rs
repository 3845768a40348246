//! What can be done with rules and what they qualified. The key of a service needs the scope `PARTNERSHIPS_WRITE` for
//! rules, `OPPORTUNITIES_WRITE` for what they qualified.

use super::{
    input::{
        QualificationRuleCreateInput, QualificationRuleDeleteInput, QualificationRuleUpdateInput,
        QualifiedLeadAcceptInput, QualifiedLeadConvertInput, QualifiedLeadDismissInput, QualifiedLeadSendInput,
    },
    rule::QualificationRule,
    types::QualifiedLead,
};
use crate::{
    cosell::graphql::types::Opportunity,
    lead::graphql::types::Lead,
    op::Outcome,
    qualification::{
        model,
        service::{self, Conversion},
    },
    schema::{
        error::{ContextExt, UserError, settle},
        loader::load,
        node,
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::id::TypedId;

/// Root fields of this room.
#[derive(Default)]
pub struct QualificationMutation;

/// What came of `qualificationRuleCreate`.
#[derive(SimpleObject)]
pub struct QualificationRuleCreatePayload {
    /// The rule; null where nothing was done.
    pub qualification_rule: Option<QualificationRule>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `qualificationRuleUpdate`.
#[derive(SimpleObject)]
pub struct QualificationRuleUpdatePayload {
    /// The rule as it is now; null where nothing was done.
    pub qualification_rule: Option<QualificationRule>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `qualificationRuleDelete`.
#[derive(SimpleObject)]
pub struct QualificationRuleDeletePayload {
    /// The id of the rule that is gone; null where nothing was done.
    pub deleted_id: Option<ID>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `qualifiedLeadAccept`.
#[derive(SimpleObject)]
pub struct QualifiedLeadAcceptPayload {
    /// The qualified lead as it is now; null where nothing was done.
    pub qualified_lead: Option<QualifiedLead>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `qualifiedLeadDismiss`.
#[derive(SimpleObject)]
pub struct QualifiedLeadDismissPayload {
    /// The qualified lead as it is now; null where nothing was done.
    pub qualified_lead: Option<QualifiedLead>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `qualifiedLeadSend`.
#[derive(SimpleObject)]
pub struct QualifiedLeadSendPayload {
    /// The qualified lead as it is now; null where nothing was done.
    pub qualified_lead: Option<QualifiedLead>,
    /// The lead that went to the partner; null where nothing was done.
    pub lead: Option<Lead>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `qualifiedLeadConvert`.
#[derive(SimpleObject)]
pub struct QualifiedLeadConvertPayload {
    /// The qualified lead as it is now; null where nothing was done.
    pub qualified_lead: Option<QualifiedLead>,
    /// The opportunity that it became; null where nothing was done, and on a retry where the viewer sees it no more.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

fn rule(outcome: Outcome<model::Rule>) -> Result<(Option<QualificationRule>, Vec<UserError>)> {
    let (row, user_errors) = settle(outcome)?;
    Ok((row.map(QualificationRule), user_errors))
}

fn lead(outcome: Outcome<model::QualifiedLead>) -> Result<(Option<QualifiedLead>, Vec<UserError>)> {
    let (row, user_errors) = settle(outcome)?;
    Ok((row.map(QualifiedLead), user_errors))
}

#[Object]
impl QualificationMutation {
    /// Makes a rule over overlaps, at most 20 an organization. Where it is on, it is applied to what is there within a few
    /// seconds, and to what comparisons find from then on, and rests while 10,000 of what it qualified wait for a decision.
    /// Fires `QualifiedLeadAlert`s of what it finds. Requires: manager. Codes: NOT_ALLOWED, NOT_FOUND, REQUIRED, TOO_LONG,
    /// TOO_MANY, INVALID_VALUE, TAKEN, IDEMPOTENCY_KEY_REUSED.
    async fn qualification_rule_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says.")] input: QualificationRuleCreateInput,
    ) -> Option<Result<QualificationRuleCreatePayload>> {
        let done = async {
            let (new, key) = input.split();
            let (qualification_rule, user_errors) = rule(service::create(ctx.op()?, new, key.as_deref()).await)?;
            Ok(QualificationRuleCreatePayload { qualification_rule, user_errors })
        };
        Some(done.await)
    }

    /// Changes a rule. What it qualified stays; where more may fit than before it is applied to everything again, and
    /// qualifies nothing twice. Requires: manager. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, REQUIRED, TOO_LONG,
    /// TOO_MANY, INVALID_VALUE, TAKEN.
    async fn qualification_rule_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule's id.")] id: ID,
        #[graphql(desc = "What to change.")] input: QualificationRuleUpdateInput,
    ) -> Option<Result<QualificationRuleUpdatePayload>> {
        let done = async {
            let (patch, named, revision) = input.split();
            let outcome = service::update(ctx.op()?, node::parse(&id)?, patch, named, revision).await;
            let (qualification_rule, user_errors) = rule(outcome)?;
            Ok(QualificationRuleUpdatePayload { qualification_rule, user_errors })
        };
        Some(done.await)
    }

    /// Deletes a rule. What it qualified stays. Where it was not applied to its end, `QualifiedLeadAlert`s tell at once of
    /// what it found. Requires: manager. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH.
    async fn qualification_rule_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule's id.")] id: ID,
        #[graphql(desc = "What to check before.")] input: Option<QualificationRuleDeleteInput>,
    ) -> Option<Result<QualificationRuleDeletePayload>> {
        let done = async {
            let expected = input.unwrap_or_default().expected_revision;
            let (row, user_errors) = settle(service::delete(ctx.op()?, node::parse(&id)?, expected).await)?;
            Ok(QualificationRuleDeletePayload { deleted_id: row.map(|row| ID(row.id.global())), user_errors })
        };
        Some(done.await)
    }

    /// Says that somebody works on a qualified lead. Fires a `QualifiedLeadAlert`. Requires: member. Codes: NOT_FOUND,
    /// NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE.
    async fn qualified_lead_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "What to check before.")] input: Option<QualifiedLeadAcceptInput>,
    ) -> Option<Result<QualifiedLeadAcceptPayload>> {
        let done = async {
            let expected = input.unwrap_or_default().expected_revision;
            let (qualified_lead, user_errors) = lead(service::accept(ctx.op()?, node::parse(&id)?, expected).await)?;
            Ok(QualifiedLeadAcceptPayload { qualified_lead, user_errors })
        };
        Some(done.await)
    }

    /// Puts a qualified lead aside for good: the same rule does not qualify the account with the same partner again. Fires a
    /// `QualifiedLeadAlert`. Requires: member. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, TOO_LONG.
    async fn qualified_lead_dismiss(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "Why.")] input: QualifiedLeadDismissInput,
    ) -> Option<Result<QualifiedLeadDismissPayload>> {
        let done = async {
            let QualifiedLeadDismissInput { reason, comment, expected_revision } = input;
            let (op, id) = (ctx.op()?, node::parse(&id)?);
            let outcome = service::dismiss(op, id, reason.into(), comment.as_deref(), expected_revision).await;
            let (qualified_lead, user_errors) = lead(outcome)?;
            Ok(QualifiedLeadDismissPayload { qualified_lead, user_errors })
        };
        Some(done.await)
    }

    /// Sends a qualified lead to its partner as a lead, in one step: what the own account says of the company is its
    /// content; of rules and evidence the partner learns nothing. A contact is added with `leadUpdate`. Fires `LeadAlert`s
    /// and a `QualifiedLeadAlert`. Requires: member. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE,
    /// TOO_LONG, TOO_MANY, OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.
    async fn qualified_lead_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "What the account does not say.")] input: Option<QualifiedLeadSendInput>,
    ) -> Option<Result<QualifiedLeadSendPayload>> {
        let done = async {
            let mut input = input.unwrap_or_default();
            let (expected, key) = (input.expected_revision, input.idempotency_key.take());
            let (op, id) = (ctx.op()?, node::parse(&id)?);
            let outcome = service::send(op, id, input.sending(), expected, key.as_deref()).await;
            let (both, user_errors) = settle(outcome)?;
            let (row, made) = both.unzip();
            let lead = match made {
                Some(made) => load(ctx, made).await?.map(Lead),
                None => None,
            };
            Ok(QualifiedLeadSendPayload { qualified_lead: row.map(QualifiedLead), lead, user_errors })
        };
        Some(done.await)
    }

    /// Makes a qualified lead an opportunity of its organization, in one step: what the own account says of the company is
    /// its beginning. The partner learns nothing of it; to take part it is invited. Fires a `QualifiedLeadAlert`. Requires:
    /// member. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, TOO_LONG, OUT_OF_RANGE,
    /// IDEMPOTENCY_KEY_REUSED.
    async fn qualified_lead_convert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "What the account does not say.")] input: Option<QualifiedLeadConvertInput>,
    ) -> Option<Result<QualifiedLeadConvertPayload>> {
        let done = async {
            let QualifiedLeadConvertInput { title, expected_revision, idempotency_key } = input.unwrap_or_default();
            let (op, id, key) = (ctx.op()?, node::parse(&id)?, idempotency_key);
            let outcome = service::convert(op, id, Conversion { title }, expected_revision, key.as_deref()).await;
            let (both, user_errors) = settle(outcome)?;
            let (row, made) = both.unzip();
            let opportunity = match made {
                Some(made) => load(ctx, made).await?.map(Opportunity),
                None => None,
            };
            Ok(QualifiedLeadConvertPayload { qualified_lead: row.map(QualifiedLead), opportunity, user_errors })
        };
        Some(done.await)
    }
}
