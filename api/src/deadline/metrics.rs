//! What the engine did, for the metrics page.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TaskLabel {
    task: &'static str,
}

/// Counters by task.
#[derive(Clone, Default)]
pub(super) struct DeadlineMetrics {
    done: Family<TaskLabel, Counter>,
    failed: Family<TaskLabel, Counter>,
}

impl DeadlineMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("deadlines_met", "Things done because they were due, by task", self.done.clone());
        registry.register("deadline_failures", "Turns of a task that failed", self.failed.clone());
    }

    pub(super) fn done(&self, task: &'static str, number: usize) {
        self.done.get_or_create(&TaskLabel { task }).inc_by(u64::try_from(number).unwrap_or(u64::MAX));
    }

    pub(super) fn failed(&self, task: &'static str) {
        self.failed.get_or_create(&TaskLabel { task }).inc();
    }
}
