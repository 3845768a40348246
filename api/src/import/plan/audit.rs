//! What an import leaves behind of each change: an entry of the audit trail by the operator, and scopes whose data is
//! stale.

use super::Plan;
use crate::{
    event::DataScope,
    import::{ACTOR, fault::ImportFault, store::Act},
};
use entity::{
    audit_entry, data_version,
    id::{OrganizationId, TypedId},
};
use serde_json::Value;

impl Plan<'_> {
    /// The entry of one change, to be staged with those of its batch.
    pub(super) fn entry(
        &self,
        action: &'static str,
        organization: OrganizationId,
        subject: impl TypedId,
        before: Option<Value>,
        after: Value,
    ) -> audit_entry::Model {
        audit_entry::Model {
            id: self.op.new_id(),
            occurred_at: self.op.now(),
            actor_kind: ACTOR.to_owned(),
            actor_id: None,
            actor_organization_id: None,
            organization_id: organization,
            subject: subject.global(),
            action: action.to_owned(),
            before,
            after: Some(after),
            private: false,
            opportunity_id: None,
        }
    }

    /// Stages the first entries of organizations that nobody can ask for yet.
    pub(super) async fn leave_ahead(&mut self, entries: Vec<audit_entry::Model>) -> Result<(), ImportFault> {
        Ok(self.stage.put::<audit_entry::Entity>(Act::Ahead, entries).await?)
    }

    /// Stages the entries of a batch and the scopes that it makes stale.
    pub(super) async fn leave_behind(
        &mut self,
        entries: Vec<audit_entry::Model>,
        stale: Vec<DataScope>,
    ) -> Result<(), ImportFault> {
        self.stage.put::<audit_entry::Entity>(Act::Create, entries).await?;
        let mut scopes: Vec<String> = stale.into_iter().map(DataScope::key).collect();
        scopes.sort_unstable();
        scopes.dedup();
        let rows = scopes.into_iter().map(|scope| data_version::Model { scope, version: 1 }).collect();
        self.stage.put::<data_version::Entity>(Act::Create, rows).await?;
        Ok(())
    }
}
