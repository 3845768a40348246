//! The values and rules of qualification. Pure.

mod found;
mod progress;
mod rule;
mod state;

pub use entity::{
    qualification_rule::{ListKinds, Partners},
    qualified_lead::{QualifiedLeadDismissReason, QualifiedLeadStatus},
};
pub use found::{Found, one_each};
pub use progress::{applying, at_rest, finished, has_looked, is_applied, looked, rest_after, told};
pub use rule::{RuleContent, RuleDraft, RulePatch, applies, changes_what_fits, checked, draft_of, patched};
pub use state::{accept, convert, dismiss};

/// A rule over overlaps.
pub type Rule = entity::qualification_rule::Model;
/// An account that a rule found worth a lead.
pub type QualifiedLead = entity::qualified_lead::Model;
/// How far a rule was applied to a pair of lists.
pub type Progress = entity::qualification_progress::Model;

/// Rules of an organization at most: each is applied to every pair of its lists.
pub const RULES_MAX: u64 = 20;
/// Qualified leads of a rule that wait for a decision at most: nobody gets through more, and the rule rests meanwhile.
pub const WAITING_MAX: u64 = 10_000;
/// Characters of a rule's name at most.
pub const NAME_MAX: usize = 100;
/// Partners that a rule names at most.
pub const PARTNERS_MAX: usize = 50;
/// Countries that a rule names at most.
pub const COUNTRIES_MAX: usize = 50;
/// Characters of the comment to a dismissal at most.
pub const COMMENT_MAX: usize = 500;

#[cfg(test)]
pub(in crate::qualification) mod tests {
    pub(in crate::qualification) use super::{
        rule::tests::{organization, rule},
        state::tests::lead,
    };
}
