//! What stands in the way of what a rule says.

use super::{Relation, SharingLevel};
use crate::sharing::scope::Between;

/// Why a partner does not see yet what a rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// The two are no partners, or one of them does not take part.
    NotPartners,
    /// The two only explore: counts are shown, whatever the rule says.
    Exploring,
    /// The partner shows nothing in return.
    NothingInReturn,
}

/// What stands in the way of a rule of this level, if anything: the first that has to go.
#[must_use]
pub fn obstacle(between: &Between, level: SharingLevel) -> Option<Obstacle> {
    let in_return = between.theirs.iter().any(|exposure| exposure.organization_id == between.partner);
    match between.relation {
        _ if level == SharingLevel::Hidden => None,
        Relation::None => Some(Obstacle::NotPartners),
        Relation::Exploring if level > SharingLevel::CountsOnly => Some(Obstacle::Exploring),
        Relation::Exploring | Relation::Partners if !in_return => Some(Obstacle::NothingInReturn),
        Relation::Exploring | Relation::Partners => None,
    }
}
