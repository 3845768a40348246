//! The values and rules of sharing. Pure.

mod exposure;

pub use entity::{
    exploratory_mapping::ExploratoryStatus,
    sharing_consent::ConsentKind,
    sharing_rule::{AccountField, SharedFields, SharingLevel},
};
pub use exposure::{DefaultRule, RuleSource, Shown, Standing, Target, decide, exposed, may_compare};

/// What one partner sees of one list.
pub type SharingRule = entity::sharing_rule::Model;
/// What partners of a tier or type see where no rule says otherwise.
pub type SharingDefault = entity::sharing_default::Model;
/// Two organizations that compare counts before they are partners.
pub type ExploratoryMapping = entity::exploratory_mapping::Model;
/// The record of one change.
pub type SharingConsent = entity::sharing_consent::Model;
/// Two lists that may be compared.
pub type MappingPair = entity::mapping_pair::Model;

/// How two organizations stand to each other, in ascending order of what they may show each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// They show each other nothing.
    None,
    /// Both agreed to compare counts for a time.
    Exploring,
    /// They are partners by an agreement that holds.
    Partners,
}
