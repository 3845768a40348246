//! Deals and leads of the bundled files. Their days are told backwards from today: a deal that was closed last year is no
//! deal to look at.

use crate::cosell::model::ContentPatch;
use entity::{
    activity::ActivityKind,
    lead::{LeadQualification, LeadReadiness},
    opportunity_participant::ParticipantRole,
    value::{Industry, OpportunityStage},
};
use serde::Deserialize;

/// An opportunity, and what was done about it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct OpportunityData {
    pub(in crate::demo) owner: String,
    /// How many days ago it was entered.
    pub(in crate::demo) ago: u64,
    /// In how many days from today the owner expects to close.
    pub(in crate::demo) closes_in: u64,
    pub(in crate::demo) content: ContentPatch,
    #[serde(default)]
    pub(in crate::demo) step: Vec<DealStep>,
}

/// Something that one side did.
#[derive(Debug, Deserialize)]
pub(in crate::demo) struct DealStep {
    /// How many days ago.
    pub(in crate::demo) ago: u64,
    pub(in crate::demo) by: String,
    #[serde(flatten)]
    pub(in crate::demo) did: DealDeed,
}

/// What it did.
#[derive(Debug, Deserialize)]
#[serde(tag = "did", rename_all = "lowercase")]
pub(in crate::demo) enum DealDeed {
    /// Invited another into it. The invitation is open for as long as one can be.
    Invited { organization: String, role: ParticipantRole, message: String },
    /// Accepted the invitation.
    Joined,
    /// Came to another stage.
    Moved { stage: OpportunityStage },
    /// Entered somebody at the customer.
    Met { name: String, title: String, email: String },
    /// Wrote down what was done.
    Logged { kind: ActivityKind, text: String },
    /// Wrote what it does next.
    Planned { next_steps: String },
    /// Submitted it to a program.
    Submitted { program: String },
}

/// A lead that waits for its receiver's answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct LeadData {
    pub(in crate::demo) sender: String,
    pub(in crate::demo) receiver: String,
    /// How many days ago it was sent; the receiver has as long for its answer as one can have.
    pub(in crate::demo) ago: u64,
    pub(in crate::demo) company: String,
    pub(in crate::demo) website: String,
    pub(in crate::demo) country: String,
    pub(in crate::demo) industry: Industry,
    pub(in crate::demo) contact: LeadContactData,
    pub(in crate::demo) source: String,
    pub(in crate::demo) use_case: String,
    pub(in crate::demo) business_problem: String,
    pub(in crate::demo) readiness: LeadReadiness,
    pub(in crate::demo) qualification: LeadQualification,
}

/// Whom to speak to, called by function.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct LeadContactData {
    pub(in crate::demo) name: String,
    pub(in crate::demo) title: String,
    pub(in crate::demo) email: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::data::Data;

    #[test]
    fn customers_could_not_be_somebody_either() {
        let data = Data::bundled().unwrap();
        let websites = data.opportunities.iter().map(|deal| deal.content.customer_website.clone().flatten());
        for website in websites.chain(data.leads.iter().map(|lead| Some(lead.website.clone()))) {
            assert!(website.as_deref().is_some_and(|website| website.ends_with(".example/")), "{website:?}");
        }
        let met = data.opportunities.iter().flat_map(|deal| deal.step.iter().map(move |step| (deal, step)));
        for (deal, step) in met {
            if let DealDeed::Met { name, email, .. } = &step.did {
                let customer = deal.content.customer_name.as_deref().unwrap();
                assert!(name.ends_with(&format!(" of {customer}")) && email.ends_with(".example"), "{name}");
            }
        }
        for lead in &data.leads {
            assert!(lead.contact.name.ends_with(&format!(" of {}", lead.company)), "{}", lead.contact.name);
            assert!(lead.contact.email.ends_with(".example"), "{}", lead.contact.email);
        }
    }
}
