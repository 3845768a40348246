//! The values and rules of leads. Pure.

mod draft;
pub(in crate::lead) mod state;

pub use draft::{
    CompanyDraft, CompanyPatch, Content, Description, InteractionDraft, LeadPatch, NewLead, Sending, Text, checked,
    checked_company, checked_interactions, patched_company,
};
pub use entity::{
    lead::{LeadQualification, LeadReadiness, LeadStatus},
    lead_step::{LeadDeclineReason, LeadSkipReason, LeadStepState},
    value::Industry,
};
pub use state::{Part, accept, cancel, change, convert, decline, next, part, send, status, status_of, step_state};

use entity::id::OrganizationId;

/// A lead, without its receivers and interactions.
pub type Lead = entity::lead::Model;

/// A receiver of a lead.
pub type Step = entity::lead_step::Model;

/// Something that went on between the sender and the company.
pub type Interaction = entity::lead_interaction::Model;

/// Characters of a company's name at most.
pub const COMPANY_NAME_MAX: usize = 120;
/// Characters of a source, a use case or what the customer did, at most.
pub const LINE_MAX: usize = 255;
/// Characters of a business problem at most.
pub const PROBLEM_MAX: usize = 2_000;
/// Interactions of a lead.
pub const INTERACTIONS: std::ops::RangeInclusive<usize> = 1..=10;
/// Receivers of a lead at most, the first one included.
pub const RECEIVERS_MAX: usize = 10;
/// Days that a receiver has for its answer.
pub const ANSWER_DAYS: std::ops::RangeInclusive<i32> = 1..=90;
/// Days that a receiver has where nothing else was said.
pub const ANSWER_DAYS_DEFAULT: i32 = 14;
/// Characters of the comment to a refusal at most.
pub const COMMENT_MAX: usize = 500;
/// Leads that one organization may have out at a time: enough for a campaign, too few to flood its partners.
pub const OUT_MAX: u64 = 1_000;

/// A lead as one organization sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The lead.
    pub lead: Lead,
    /// The place of the organization among the receivers; none for the sender.
    pub step: Option<Step>,
}

impl Seen {
    /// The organization that sees it so.
    #[must_use]
    pub fn viewer(&self) -> OrganizationId {
        self.step.as_ref().map_or(self.lead.organization_id, |step| step.organization_id)
    }
}
