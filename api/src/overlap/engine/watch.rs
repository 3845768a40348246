//! How far a run has come, noted by whoever does the work and told to the database now and then, which also says whether
//! it is to be stopped. No SQL.

use crate::{
    op::{Fault, Op, Permit},
    overlap::{
        model::MappingRunKind,
        policy::CompareLists,
        store::{self, Held, Progress},
    },
};
use entity::id::MappingRunId;
use std::{
    sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering::Relaxed},
    time::Duration,
};
use uuid::Uuid;

/// How often the database is told, and as late as an order to stop can be noticed.
const INTERVAL: Duration = Duration::from_millis(400);

/// The percent at which both lists are loaded.
pub(super) const LOADED: i32 = 50;

/// How far a run has come.
#[derive(Default)]
pub(super) struct Watch {
    changes: AtomicBool,
    percent: AtomicI32,
    left: AtomicUsize,
    right: AtomicUsize,
}

impl Watch {
    pub(super) fn kind(&self, kind: MappingRunKind) {
        self.changes.store(kind == MappingRunKind::Changes, Relaxed);
    }

    pub(super) fn percent(&self, percent: i32) {
        self.percent.store(percent, Relaxed);
    }

    pub(super) fn rows(&self, left: usize, right: usize) {
        self.left.store(left, Relaxed);
        self.right.store(right, Relaxed);
    }

    /// Notes how much of the left list is loaded, of `all` accounts of both.
    pub(super) fn left_loaded(&self, rows: usize, all: usize) {
        self.left.store(rows, Relaxed);
        self.loaded(all);
    }

    /// As [`Watch::left_loaded`], of the right list.
    pub(super) fn right_loaded(&self, rows: usize, all: usize) {
        self.right.store(rows, Relaxed);
        self.loaded(all);
    }

    fn loaded(&self, all: usize) {
        let rows = self.left.load(Relaxed) + self.right.load(Relaxed);
        let share = usize::try_from(LOADED).unwrap_or_default() * rows / all.max(1);
        self.percent(i32::try_from(share).unwrap_or(LOADED).min(LOADED));
    }

    /// As it is now.
    pub(super) fn progress(&self) -> Progress {
        let changes = self.changes.load(Relaxed);
        Progress {
            kind: if changes { MappingRunKind::Changes } else { MappingRunKind::Full },
            percent: self.percent.load(Relaxed),
            left_rows: i64::try_from(self.left.load(Relaxed)).unwrap_or(i64::MAX),
            right_rows: i64::try_from(self.right.load(Relaxed)).unwrap_or(i64::MAX),
        }
    }

    /// Tells the database until the run is no longer to go on, and says why. One that cannot be told is told later: the
    /// lease is much longer than the time in between.
    pub(super) async fn tell(&self, op: &Op, permit: &Permit<CompareLists>, id: MappingRunId, holder: Uuid) -> Held {
        loop {
            tokio::time::sleep(INTERVAL).await;
            match store::note_progress(op, permit, id, holder, self.progress()).await {
                Ok(Held::Yes) => {}
                Ok(other) => return other,
                Err(fault) => log(&fault),
            }
        }
    }
}

fn log(fault: &Fault) {
    tracing::warn!(error = %fault.chain(), "the progress of a mapping run could not be noted");
}
