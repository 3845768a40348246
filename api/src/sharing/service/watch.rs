//! A change of what is shared: what is shown before and after, who is to be told, and the pairs that open and close.

use super::settle::settle_each;
use crate::event::Fact;
use crate::{
    db::Tx,
    op::{Fault, Op},
    sharing::{
        event::SharingEvent,
        model::{ExposureChange, changes},
        scope::Between,
        store,
    },
};
use entity::id::OrganizationId;

/// What organizations showed each other before a change.
pub(super) struct Watch {
    pairs: Vec<(OrganizationId, OrganizationId)>,
    before: Vec<Between>,
}

impl Watch {
    /// Looks at what the first of each pair shows the second.
    pub(super) async fn begin(tx: &Tx, op: &Op, pairs: Vec<(OrganizationId, OrganizationId)>) -> Result<Self, Fault> {
        let before = store::list_between(&**tx, op.now(), &pairs).await?;
        Ok(Self { pairs, before })
    }

    /// Looks again after the change, settles which pairs of lists are open, and gives the facts for those who are shown
    /// something else than before.
    pub(super) async fn finish(self, tx: &Tx, op: &Op) -> Result<Vec<Fact>, Fault> {
        let after = store::list_between(&**tx, op.now(), &self.pairs).await?;
        let changed: Vec<ExposureChange> = changes(&self.before, &after);
        settle_each(tx, op, self.pairs).await?;
        Ok(changed.iter().flat_map(|change| SharingEvent::Exposed(change).facts()).collect())
    }
}
