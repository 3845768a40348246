//! What can be done with sharing. The key of a service needs the scope `PARTNERSHIPS_WRITE` for all of it.

use super::{
    exploratory::ExploratoryMapping,
    input::{
        ExploratoryMappingProposeInput, SharingDefaultRemoveInput, SharingDefaultSetInput, SharingRuleRemoveInput,
        SharingRuleSetInput,
    },
    types::{SharingDefault, SharingRule},
};
use crate::{
    op::Outcome,
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
    sharing::{model, service},
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};

/// Root fields of this room.
#[derive(Default)]
pub struct SharingMutation;

/// What came of `sharingRuleSet`.
#[derive(SimpleObject)]
pub struct SharingRuleSetPayload {
    /// The rule as it is now; null where nothing was done.
    pub sharing_rule: Option<SharingRule>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `sharingRuleRemove`.
#[derive(SimpleObject)]
pub struct SharingRuleRemovePayload {
    /// The id of the rule that is gone; null where nothing was done.
    pub removed_sharing_rule_id: Option<ID>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `sharingDefaultSet`.
#[derive(SimpleObject)]
pub struct SharingDefaultSetPayload {
    /// The default as it is now; null where nothing was done.
    pub sharing_default: Option<SharingDefault>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `sharingDefaultRemove`.
#[derive(SimpleObject)]
pub struct SharingDefaultRemovePayload {
    /// The id of the default that is gone; null where nothing was done.
    pub removed_sharing_default_id: Option<ID>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `exploratoryMappingPropose`.
#[derive(SimpleObject)]
pub struct ExploratoryMappingProposePayload {
    /// The exploratory mapping; null where nothing was done.
    pub exploratory_mapping: Option<ExploratoryMapping>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `exploratoryMappingAccept`.
#[derive(SimpleObject)]
pub struct ExploratoryMappingAcceptPayload {
    /// The exploratory mapping as it is now; null where nothing was done.
    pub exploratory_mapping: Option<ExploratoryMapping>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `exploratoryMappingDecline`.
#[derive(SimpleObject)]
pub struct ExploratoryMappingDeclinePayload {
    /// The exploratory mapping as it is now; null where nothing was done.
    pub exploratory_mapping: Option<ExploratoryMapping>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `exploratoryMappingCancel`.
#[derive(SimpleObject)]
pub struct ExploratoryMappingCancelPayload {
    /// The exploratory mapping as it is now; null where nothing was done.
    pub exploratory_mapping: Option<ExploratoryMapping>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `exploratoryMappingEnd`.
#[derive(SimpleObject)]
pub struct ExploratoryMappingEndPayload {
    /// The exploratory mapping as it is now; null where nothing was done.
    pub exploratory_mapping: Option<ExploratoryMapping>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

fn mapping(outcome: Outcome<model::ExploratoryMapping>) -> Result<(Option<ExploratoryMapping>, Vec<UserError>)> {
    let (mapping, user_errors) = settle(outcome)?;
    Ok((mapping.map(ExploratoryMapping), user_errors))
}

#[Object]
impl SharingMutation {
    /// Says what a partner sees of an account list: makes the rule or changes the one that is there; nothing is written
    /// where it says so already. It counts at once, in everything that is read; the partner is told what it is shown.
    /// Before the two are partners, and before the partner shows something in return, nobody sees anything by it. Requires:
    /// manager. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_VALUE, INVALID_STATE.
    async fn sharing_rule_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the partner is to see.")] input: SharingRuleSetInput,
    ) -> Option<Result<SharingRuleSetPayload>> {
        let done = async {
            let (rule, user_errors) = settle(service::set_rule(ctx.op()?, input.read()?).await)?;
            Ok(SharingRuleSetPayload { sharing_rule: rule.map(SharingRule), user_errors })
        };
        Some(done.await)
    }

    /// Removes a rule, so that the defaults count again for the partner; without one it sees nothing. Requires: manager.
    /// Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH.
    async fn sharing_rule_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule.")] id: ID,
        #[graphql(desc = "What to check.")] input: Option<SharingRuleRemoveInput>,
    ) -> Option<Result<SharingRuleRemovePayload>> {
        let done = async {
            let revision = input.and_then(|input| input.expected_revision);
            let outcome = service::remove_rule(ctx.op()?, node::parse(&id)?, revision).await;
            let (removed, user_errors) = settle(outcome)?;
            Ok(SharingRuleRemovePayload { removed_sharing_rule_id: removed.map(|_| id.clone()), user_errors })
        };
        Some(done.await)
    }

    /// Says what partners of a tier or of a type see of an account list or of all, where no rule of their own says
    /// otherwise: makes the default or changes the one that is there. At most 500 of an organization. Requires: manager.
    /// Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, REQUIRED, INVALID_VALUE, INVALID_STATE, TOO_MANY.
    async fn sharing_default_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What they are to see.")] input: SharingDefaultSetInput,
    ) -> Option<Result<SharingDefaultSetPayload>> {
        let done = async {
            let op = ctx.op()?;
            let outcome = match input.read() {
                Ok(input) => service::set_default(op, input).await,
                Err(failure) => op.signed_in().map_err(Into::into).and(Err(failure)),
            };
            let (default, user_errors) = settle(outcome)?;
            Ok(SharingDefaultSetPayload { sharing_default: default.map(SharingDefault), user_errors })
        };
        Some(done.await)
    }

    /// Removes a default. Requires: manager. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH.
    async fn sharing_default_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The default.")] id: ID,
        #[graphql(desc = "What to check.")] input: Option<SharingDefaultRemoveInput>,
    ) -> Option<Result<SharingDefaultRemovePayload>> {
        let done = async {
            let revision = input.and_then(|input| input.expected_revision);
            let outcome = service::remove_default(ctx.op()?, node::parse(&id)?, revision).await;
            let (removed, user_errors) = settle(outcome)?;
            Ok(SharingDefaultRemovePayload { removed_sharing_default_id: removed.map(|_| id.clone()), user_errors })
        };
        Some(done.await)
    }

    /// Proposes to another organization to compare counts for a time, before the two are partners. It can be answered for
    /// 14 days. Once it is accepted, each side sees how many accounts it has in common with those lists that the other one
    /// shows it by a rule or a default, and no account. At most 100 proposals of an organization are open at a time.
    /// Requires: manager. Codes: NOT_FOUND, NOT_ALLOWED, ALREADY_EXISTS, INVALID_VALUE, INVALID_STATE, OUT_OF_RANGE,
    /// REQUIRED, TOO_LONG, TOO_MANY, IDEMPOTENCY_KEY_REUSED.
    async fn exploratory_mapping_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to compare with.")] input: ExploratoryMappingProposeInput,
    ) -> Option<Result<ExploratoryMappingProposePayload>> {
        let done = async {
            let (input, key) = input.split();
            let outcome = service::propose(ctx.op()?, input, key.as_deref()).await;
            let (exploratory_mapping, user_errors) = mapping(outcome)?;
            Ok(ExploratoryMappingProposePayload { exploratory_mapping, user_errors })
        };
        Some(done.await)
    }

    /// Accepts a proposed exploratory mapping: it runs from now on. Requires: manager of the invited organization. Codes:
    /// NOT_FOUND, NOT_ALLOWED, EXPIRED, INVALID_STATE.
    async fn exploratory_mapping_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The exploratory mapping.")] id: ID,
    ) -> Option<Result<ExploratoryMappingAcceptPayload>> {
        let done = async {
            let outcome = service::accept(ctx.op()?, node::parse(&id)?).await;
            let (exploratory_mapping, user_errors) = mapping(outcome)?;
            Ok(ExploratoryMappingAcceptPayload { exploratory_mapping, user_errors })
        };
        Some(done.await)
    }

    /// Declines a proposed exploratory mapping. Requires: manager of the invited organization. Codes: NOT_FOUND,
    /// NOT_ALLOWED, EXPIRED, INVALID_STATE.
    async fn exploratory_mapping_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The exploratory mapping.")] id: ID,
    ) -> Option<Result<ExploratoryMappingDeclinePayload>> {
        let done = async {
            let outcome = service::decline(ctx.op()?, node::parse(&id)?).await;
            let (exploratory_mapping, user_errors) = mapping(outcome)?;
            Ok(ExploratoryMappingDeclinePayload { exploratory_mapping, user_errors })
        };
        Some(done.await)
    }

    /// Takes a proposed exploratory mapping back. Requires: manager of the inviting organization. Codes: NOT_FOUND,
    /// NOT_ALLOWED, EXPIRED, INVALID_STATE.
    async fn exploratory_mapping_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The exploratory mapping.")] id: ID,
    ) -> Option<Result<ExploratoryMappingCancelPayload>> {
        let done = async {
            let outcome = service::cancel(ctx.op()?, node::parse(&id)?).await;
            let (exploratory_mapping, user_errors) = mapping(outcome)?;
            Ok(ExploratoryMappingCancelPayload { exploratory_mapping, user_errors })
        };
        Some(done.await)
    }

    /// Ends an exploratory mapping that runs, before its time: at once neither side sees anything by it. Requires: manager
    /// of either side. Codes: NOT_FOUND, NOT_ALLOWED, EXPIRED, INVALID_STATE.
    async fn exploratory_mapping_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The exploratory mapping.")] id: ID,
    ) -> Option<Result<ExploratoryMappingEndPayload>> {
        let done = async {
            let outcome = service::end(ctx.op()?, node::parse(&id)?).await;
            let (exploratory_mapping, user_errors) = mapping(outcome)?;
            Ok(ExploratoryMappingEndPayload { exploratory_mapping, user_errors })
        };
        Some(done.await)
    }
}
