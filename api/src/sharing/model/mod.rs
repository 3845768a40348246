//! The values and rules of sharing. Pure.

mod change;
mod exploratory;
mod exposure;
mod preview;
mod said;

pub use change::{ExposureChange, changes};
pub use entity::{
    exploratory_mapping::ExploratoryStatus,
    sharing_consent::ConsentKind,
    sharing_rule::{AccountField, SharedFields, SharingLevel},
};
pub use exploratory::{
    ANSWER_WITHIN, DAYS, DAYS_DEFAULT, MESSAGE_MAX, OPEN_PROPOSALS_MAX, conclusion_due, mapping_status, open_key, step,
};
pub use exposure::{DefaultRule, RuleSource, Shown, Standing, Target, decide, exposed, may_compare};
pub use preview::{Obstacle, obstacle};
pub use said::{DEFAULTS_MAX, DefaultTarget, ShownDraft, default_target, scope_key};

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

impl Relation {
    /// The word of the schema, for records.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Exploring => "EXPLORING",
            Self::Partners => "PARTNERS",
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use chrono::DateTime;
    use uuid::Uuid;

    /// A proposal of organization 1 to organization 2 that expires at the epoch.
    pub(crate) fn mapping() -> ExploratoryMapping {
        ExploratoryMapping {
            id: Uuid::nil().into(),
            inviter_id: Uuid::from_u128(1).into(),
            invitee_id: Uuid::from_u128(2).into(),
            message: "Shall we compare?".to_owned(),
            status: ExploratoryStatus::Pending,
            open_key: None,
            expires_at: DateTime::UNIX_EPOCH,
            days: DAYS_DEFAULT,
            ends_at: None,
            created_at: DateTime::UNIX_EPOCH,
            answered_at: None,
            ended_by: None,
            ended_at: None,
            updated_at: DateTime::UNIX_EPOCH,
            revision: 1,
        }
    }
}
