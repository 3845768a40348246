//! Runs: comparisons of two lists, while they are made and after.

use super::{
    account::ComparedList,
    enums::{MappingRunKind, MappingRunState},
    loader::SeenRun,
};
use crate::{
    overlap::{model, policy::CancelRun},
    schema::error::ContextExt,
    sharing::model::SharingLevel,
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// A comparison of one of the viewer's lists with one of a partner's. Seen by both sides while both share the lists.
pub struct MappingRun(pub SeenRun);

impl MappingRun {
    fn changed(&self, count: i64) -> Option<i32> {
        let told = self.0.open.shows_rows() && self.0.row.state == model::MappingRunState::Done;
        told.then(|| i32::try_from(count).unwrap_or(i32::MAX))
    }
}

/// A comparison of one of the viewer's lists with one of a partner's. Seen by both sides while both share the lists.
#[Object]
impl MappingRun {
    /// The run's id.
    pub async fn id(&self) -> ID {
        ID(self.0.row.id.global())
    }

    /// The viewer's own list.
    async fn own(&self) -> ComparedList {
        ComparedList::own(&self.0.open.own)
    }

    /// The partner's list.
    async fn partners(&self) -> ComparedList {
        ComparedList::partners(&self.0.open.partner)
    }

    /// Counts the runs over these two lists, from 1.
    async fn number(&self) -> i32 {
        i32::try_from(self.0.row.number).unwrap_or(i32::MAX)
    }

    /// What it compares.
    async fn kind(&self) -> MappingRunKind {
        self.0.row.kind.into()
    }

    /// How far it has come.
    async fn state(&self) -> MappingRunState {
        self.0.row.state.into()
    }

    /// How far it has come, 0 to 100.
    async fn percent(&self) -> i32 {
        self.0.row.percent
    }

    /// Accounts that it has read so far: of both lists where the partner shows its list as a whole, else of the viewer's
    /// own.
    async fn rows(&self) -> i32 {
        let (own, partner) = match self.0.open.own_is_left {
            true => (self.0.row.left_rows, self.0.row.right_rows),
            false => (self.0.row.right_rows, self.0.row.left_rows),
        };
        let all = if self.0.open.partner.level == SharingLevel::All { own + partner } else { own };
        i32::try_from(all).unwrap_or(i32::MAX)
    }

    /// Overlaps that were not seen before; null before it is done, and where the viewer sees only counts.
    async fn found(&self) -> Option<i32> {
        self.changed(self.0.row.found)
    }

    /// Overlaps that are seen no more; null as `found` is.
    async fn lost(&self) -> Option<i32> {
        self.changed(self.0.row.lost)
    }

    /// Why it broke off: a code, for the operator of the installation.
    async fn problem(&self) -> Option<&str> {
        self.0.row.problem.as_deref()
    }

    /// When it was found to be needed.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.row.requested_at
    }

    /// When it was begun, last begun where a server was lost on the way; null while it waits.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.started_at
    }

    /// When it came to its end; null before.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.finished_at
    }

    /// Whether the viewer may stop it now.
    async fn viewer_can_cancel(&self, ctx: &Context<'_>) -> Result<bool> {
        let row = &self.0.row;
        Ok(model::cancel(row).is_ok() && ctx.op()?.may::<CancelRun>(row.id, row))
    }
}
