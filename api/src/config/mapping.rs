//! How account mapping is done.

use super::source::{Source, Variable};
use crate::op::MappingSettings;

const COUNT_THRESHOLD: Variable = Variable {
    name: "MAPPING_COUNT_THRESHOLD",
    unit: "accounts",
    default: "5",
    about: "Where a partner shows only counts, counts under this are withheld, 1 to 1000.",
    secret: false,
};
const MEMORY: Variable = Variable {
    name: "MAPPING_MEMORY",
    unit: "MiB",
    default: "600",
    about: "Memory for the account lists that are compared, and for those that are kept to match what changes.",
    secret: false,
};

pub(super) fn read(source: &mut Source<'_>) -> MappingSettings {
    let count_threshold = source.parsed(COUNT_THRESHOLD, 5);
    if !(1..=1000).contains(&count_threshold) {
        source.problem(COUNT_THRESHOLD.name, "must be from 1 to 1000.");
    }
    let memory_bytes = source.parsed::<usize>(MEMORY, 600).saturating_mul(1024 * 1024);
    MappingSettings { count_threshold, memory_bytes }
}
