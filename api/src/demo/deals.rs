//! Companies sell together: opportunities with those who were invited into them, and leads that wait for an answer.

use super::{
    data::{DealDeed, DealStep, LeadData, OpportunityData},
    stage::{LoadFault, Stage, Told},
};
use crate::{
    activity::{
        self,
        model::{NewActivity, Subject},
    },
    contact::model::ContactDraft,
    cosell::{
        model::{ContentPatch, EXPIRY_MAX, Invite, SidePatch},
        service::{self, Create},
    },
    lead::{
        self,
        model::{ANSWER_DAYS, CompanyDraft, InteractionDraft, NewLead},
    },
};
use chrono::TimeDelta;
use entity::id::{InvitationId, OpportunityId};
use std::collections::HashMap;

/// An opportunity while it is told.
pub(super) struct Deal {
    id: OpportunityId,
    /// By the slug of the one that was invited.
    invitations: HashMap<String, InvitationId>,
}

/// The owner enters an opportunity.
pub(super) async fn open(stage: &Stage, data: &OpportunityData) -> Told<Deal> {
    let op = stage.as_manager(&data.owner)?;
    let content = ContentPatch { target_close_date: Some(Some(stage.in_days(data.closes_in))), ..data.content.clone() };
    let create = Create { content, ..Create::default() };
    let made = service::create(&op, create, None).await;
    let made = made.map_err(|failure| LoadFault::new(format!("a deal of {}", data.owner), failure))?;
    Ok(Deal { id: made.id, invitations: HashMap::new() })
}

/// A side does something about it.
pub(super) async fn step(stage: &Stage, deal: &mut Deal, data: &DealStep) -> Told<()> {
    let fault = |failure| LoadFault::new(format!("{} in a deal: {:?}", data.by, data.did), failure);
    let op = stage.as_manager(&data.by)?;
    let id = deal.id;
    match &data.did {
        DealDeed::Invited { organization, role, message } => {
            let invite = Invite {
                organization: organization.clone(),
                message: message.clone(),
                role: *role,
                expires_at: Some(op.now() + EXPIRY_MAX),
                shown: None,
                granted: None,
                may_invite: false,
            };
            let invitation = service::invite(&op, id, invite, None).await.map_err(fault)?;
            deal.invitations.insert(organization.clone(), invitation.id);
        }
        DealDeed::Joined => {
            let invitation =
                deal.invitations.get(&data.by).ok_or_else(|| LoadFault::missing("invitation", &data.by))?;
            service::accept(&op, *invitation, None).await.map_err(fault)?;
        }
        DealDeed::Moved { stage: to } => {
            service::advance(&op, id, *to, None, None).await.map_err(fault)?;
        }
        DealDeed::Met { name, title, email } => {
            service::add_contact(&op, id, contact(name, title, email), None).await.map_err(fault)?;
        }
        DealDeed::Logged { kind, text } => {
            let new = NewActivity {
                kind: *kind,
                occurred_at: None,
                text: text.clone(),
                participants: Vec::new(),
                internal: false,
            };
            activity::service::log(&op, Subject::Opportunity(id), new, None).await.map_err(fault)?;
        }
        DealDeed::Planned { next_steps } => {
            let patch = SidePatch { next_steps: Some(Some(next_steps.clone())), ..SidePatch::default() };
            service::update_side(&op, id, patch, None).await.map_err(fault)?;
        }
        DealDeed::Submitted { program } => {
            service::submit(&op, id, Some(program), None).await.map_err(fault)?;
        }
    }
    Ok(())
}

/// An organization names a possible customer to a partner, who has not answered yet.
pub(super) async fn refer(stage: &Stage, data: &LeadData) -> Told<()> {
    let op = stage.as_manager(&data.sender)?;
    let company = CompanyDraft {
        name: data.company.clone(),
        website: Some(data.website.clone()),
        country_code: Some(data.country.clone()),
        industry: Some(data.industry),
    };
    let met = InteractionDraft {
        source: data.source.clone(),
        occurred_on: op.today() - TimeDelta::days(1),
        use_case: Some(data.use_case.clone()),
        customer_action: None,
        business_problem: Some(data.business_problem.clone()),
    };
    let new = NewLead {
        company,
        contact: Some(contact(&data.contact.name, &data.contact.title, &data.contact.email)),
        interactions: vec![met],
        readiness: data.readiness,
        qualification: data.qualification,
        receiver: Some(data.receiver.clone()),
        fallbacks: Vec::new(),
        answer_days: Some(*ANSWER_DAYS.end()),
    };
    let sent = lead::service::create(&op, new, None).await;
    sent.map_err(|failure| LoadFault::new(format!("a lead of {} to {}", data.sender, data.receiver), failure))?;
    Ok(())
}

fn contact(name: &str, title: &str, email: &str) -> ContactDraft {
    ContactDraft {
        name: Some(name.to_owned()),
        title: Some(title.to_owned()),
        email: Some(email.to_owned()),
        phone: None,
        may_be_shared: true,
        may_be_contacted: true,
    }
}
