//! What can be done with activities. The key of a service needs the scope `OPPORTUNITIES_WRITE` for all of it.

use super::types::{Activity, ActivityKind};
use crate::{
    activity::{
        model::{self, ActivityPatch, NewActivity, ParticipantDraft, Subject},
        service,
    },
    op::{Fault, Outcome},
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::{OpportunityId, PartnershipId, TypedId};

/// Root fields of this room.
#[derive(Default)]
pub struct ActivityMutation;

/// Who took part: exactly one of these.
#[derive(OneofObject)]
pub enum ActivityParticipantInput {
    /// A side, by its slug.
    Organization(String),
    /// A member of one's own organization.
    Member(ID),
    /// A contact at the customer of the opportunity.
    Contact(ID),
}

/// Something that was done.
#[derive(InputObject)]
pub struct ActivityLogInput {
    /// What was done.
    pub kind: ActivityKind,
    /// When, at most a day ahead; now where it is left out.
    pub occurred_at: Option<DateTime<Utc>>,
    /// In words, 1 to 2,000 characters.
    pub text: String,
    /// Who took part, nobody twice; at most 20.
    #[graphql(default)]
    pub participants: Vec<ActivityParticipantInput>,
    /// With the kind `NOTE` only: whether only one's own side reads it.
    #[graphql(default)]
    pub internal: bool,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

/// A change of an activity. What is left out stays as it is.
#[derive(InputObject)]
pub struct ActivityUpdateInput {
    /// When, at most a day ahead.
    pub occurred_at: Option<DateTime<Utc>>,
    /// In words, 1 to 2,000 characters.
    pub text: Option<String>,
    /// All who took part, nobody twice; at most 20.
    pub participants: Option<Vec<ActivityParticipantInput>>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What to check before an activity is removed.
#[derive(InputObject, Default)]
pub struct ActivityRemoveInput {
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What came of `activityLog`.
#[derive(SimpleObject)]
pub struct ActivityLogPayload {
    /// The activity; null where nothing was done.
    pub activity: Option<Activity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `activityUpdate`.
#[derive(SimpleObject)]
pub struct ActivityUpdatePayload {
    /// The activity as it is now; null where nothing was done.
    pub activity: Option<Activity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `activityRemove`.
#[derive(SimpleObject)]
pub struct ActivityRemovePayload {
    /// The id of what was removed; null where nothing was done.
    pub removed_activity_id: Option<ID>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

fn activity(outcome: Outcome<model::Activity>) -> Result<(Option<Activity>, Vec<UserError>)> {
    let (activity, user_errors) = settle(outcome)?;
    Ok((activity.map(Activity), user_errors))
}

/// Reads the id of an opportunity or a partnership.
fn subject(id: &ID) -> Result<Subject, Fault> {
    match OpportunityId::parse_global(id) {
        Some(id) => Ok(Subject::Opportunity(id)),
        None => node::parse::<PartnershipId>(id).map(Subject::Partnership),
    }
}

fn participants(list: Vec<ActivityParticipantInput>) -> Result<Vec<ParticipantDraft>, Fault> {
    let draft = |input| {
        Ok(match input {
            ActivityParticipantInput::Organization(slug) => ParticipantDraft::Organization(slug),
            ActivityParticipantInput::Member(id) => ParticipantDraft::Member(node::parse(&id)?),
            ActivityParticipantInput::Contact(id) => ParticipantDraft::Contact(node::parse(&id)?),
        })
    };
    list.into_iter().map(draft).collect()
}

#[Object]
impl ActivityMutation {
    /// Writes down what was done about an opportunity or in a partnership. All sides read it; a note may be internal.
    /// Requires: member of a side. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE, INVALID_VALUE, OUT_OF_RANGE, REQUIRED,
    /// TOO_LONG, TOO_MANY, IDEMPOTENCY_KEY_REUSED.
    async fn activity_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity or partnership.")] id: ID,
        #[graphql(desc = "What was done.")] input: ActivityLogInput,
    ) -> Option<Result<ActivityLogPayload>> {
        let done = async {
            let new = NewActivity {
                kind: input.kind.into(),
                occurred_at: input.occurred_at,
                text: input.text,
                participants: participants(input.participants)?,
                internal: input.internal,
            };
            let outcome = service::log(ctx.op()?, subject(&id)?, new, input.idempotency_key.as_deref()).await;
            let (activity, user_errors) = activity(outcome)?;
            Ok(ActivityLogPayload { activity, user_errors })
        };
        Some(done.await)
    }

    /// Changes an activity. Requires: whoever wrote it down, or manager of that side. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, INVALID_VALUE, OUT_OF_RANGE, REQUIRED, TOO_LONG, TOO_MANY.
    async fn activity_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The activity.")] id: ID,
        #[graphql(desc = "What to change.")] input: ActivityUpdateInput,
    ) -> Option<Result<ActivityUpdatePayload>> {
        let done = async {
            let patch = ActivityPatch {
                occurred_at: input.occurred_at,
                text: input.text,
                participants: input.participants.map(participants).transpose()?,
            };
            let outcome = service::update(ctx.op()?, node::parse(&id)?, patch, input.expected_revision).await;
            let (activity, user_errors) = activity(outcome)?;
            Ok(ActivityUpdatePayload { activity, user_errors })
        };
        Some(done.await)
    }

    /// Removes an activity for good. Requires: whoever wrote it down, or manager of that side. Codes: NOT_FOUND,
    /// NOT_ALLOWED, REVISION_MISMATCH.
    async fn activity_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The activity.")] id: ID,
        #[graphql(desc = "What to check.")] input: Option<ActivityRemoveInput>,
    ) -> Option<Result<ActivityRemovePayload>> {
        let done = async {
            let revision = input.unwrap_or_default().expected_revision;
            let (removed, user_errors) = settle(service::remove(ctx.op()?, node::parse(&id)?, revision).await)?;
            Ok(ActivityRemovePayload { removed_activity_id: removed.map(|id| ID(id.global())), user_errors })
        };
        Some(done.await)
    }
}
