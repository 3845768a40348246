//! A lead becomes an opportunity of its receiver, in one transaction.

use super::{locked, own_step};
use crate::{
    contact,
    cosell::{
        self,
        model::{ContentPatch, OpportunityOrigin},
        policy::CreateOpportunity,
        service::Create,
    },
    db::{Claim, claim},
    event,
    lead::{
        event::LeadEvent,
        model::{Interaction, LeadStepState, Seen, convert as check_convert},
        policy::WorkLead,
        store::{self, Change, StepChange},
    },
    op::{Op, Outcome, check, check_revision},
    text::cut_chars,
};
use entity::id::{LeadId, OpportunityId};

/// Makes an accepted lead an opportunity of the receiver: what the lead says is its beginning, and the lead's contact is
/// its first, on the terms on which the contact was handed on. The sender learns that it came to that and no more; to take
/// part it is invited.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` for what was not accepted and for what was converted
/// before, `TOO_LONG`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn convert(
    op: &Op,
    id: LeadId,
    title: Option<&str>,
    expected_revision: Option<i32>,
    idempotency_key: Option<&str>,
) -> Outcome<(Seen, OpportunityId)> {
    op.signed_in()?;
    let title = check::optional_line("input.title", title, cosell::model::TITLE_MAX)?;
    let tx = op.db().begin().await?;
    let seen = locked(&tx, op, id).await?;
    let permit = op.authorize::<WorkLead>(id, &seen)?;
    let own = seen.viewer();
    let entering = op.authorize::<CreateOpportunity>(own, &own)?;
    let made = match claim(&tx, op, own, "leadConvert", idempotency_key, &(id, &title)).await? {
        Claim::Repeat(made) => return Ok((seen, made.into())),
        Claim::Fresh(made) => OpportunityId::from(made),
    };
    check_revision(expected_revision, seen.lead.revision)?;
    check_convert(&seen, op.now())?;
    let interactions = store::list_interactions_in(&tx, id).await?;
    let contacts = contact::service::list_of_lead_in(&tx, id).await?;
    let job = contacts.iter().find(|contact| contact.erased_at.is_none()).and_then(|contact| contact.title.as_deref());
    let create = Create { content: content(&seen, title, &interactions, job), ..Create::default() };
    let (_, mut facts) = cosell::service::enter_in(&tx, op, &entering, made, create).await?;
    contact::service::hand_over_in(&tx, op, id, made).await?;
    let reached = StepChange::Reach(LeadStepState::Converted);
    let step = store::update_step_in(&tx, op, &permit, own_step(&seen)?, reached).await?;
    let after = store::update_in(&tx, op, &permit, &seen.lead, Change::Convert(made)).await?;
    facts.extend(LeadEvent::Converted { after: &after, step: &step, opportunity: made }.facts());
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok((Seen { lead: after, step: Some(step) }, made))
}

/// What the opportunity begins with. Of what went on, the newest that says something counts.
fn content(seen: &Seen, title: Option<String>, interactions: &[Interaction], job: Option<&str>) -> ContentPatch {
    let lead = &seen.lead;
    let mut newest: Vec<&Interaction> = interactions.iter().collect();
    newest.sort_by_key(|interaction| std::cmp::Reverse((interaction.occurred_on, interaction.position)));
    let says = |pick: fn(&Interaction) -> Option<&String>| newest.iter().find_map(|one| pick(one)).cloned();
    ContentPatch {
        title: Some(title.unwrap_or_else(|| lead.company_name.clone())),
        customer_name: Some(lead.company_name.clone()),
        customer_website: Some(lead.website.clone()),
        customer_country: Some(lead.country_code.clone()),
        customer_industry: Some(lead.industry),
        contact_title: Some(job.map(|job| cut_chars(job, cosell::model::CONTACT_TITLE_MAX).to_owned())),
        business_problem: Some(says(|one| one.business_problem.as_ref())),
        use_case: Some(says(|one| one.use_case.as_ref())),
        origin: Some(OpportunityOrigin::PartnerReferral),
        ..ContentPatch::default()
    }
}
