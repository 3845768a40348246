//! What is made of a request that was accepted, each in one transaction: an opportunity of the asker, or a lead that the
//! receiver sends it. Each begins with what its maker's own list says of the company.

use super::locked;
use crate::{
    account::{self, model::Account},
    contact::model::ContactDraft,
    cosell::{
        self,
        model::{ContentPatch, OpportunityOrigin},
        policy::CreateOpportunity,
        service::Create,
    },
    db::{Claim, claim},
    event,
    introduction::{
        event::IntroductionEvent,
        model::{Introduction, convert_to_lead as check_lead, convert_to_opportunity as check_opportunity},
        policy::{AnswerIntroduction, PursueIntroduction},
        store::{self, Change},
    },
    lead::{
        self,
        model::{CompanyDraft, InteractionDraft, LeadQualification, LeadReadiness, NewLead},
    },
    op::{Op, Outcome, Refusal, check, check_revision, form},
    organization::{self, model::OrganizationStatus},
    partnership::service::are_partners_in,
    text::cut_chars,
};
use entity::id::{AccountId, IntroductionId, LeadId, OpportunityId, OrganizationId};
use serde::Serialize;

/// What a lead begins with as its interaction.
const SOURCE: &str = "Introduction";

/// Makes an accepted request an opportunity of the asker, with what its own list says of the company. The receiver learns
/// that it came to that and no more; to take part it is invited.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` for what was not accepted, came to nothing or was made
/// one before, `TOO_LONG`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn convert_to_opportunity(
    op: &Op,
    id: IntroductionId,
    title: Option<&str>,
    expected_revision: Option<i32>,
    idempotency_key: Option<&str>,
) -> Outcome<(Introduction, OpportunityId)> {
    let own = op.own_organization()?;
    let title = check::optional_line("input.title", title, cosell::model::TITLE_MAX)?;
    // Read before the transaction, which has a connection of its own.
    let company = company(op, id, |row| row.asker_account_id).await?;
    let tx = op.db().begin().await?;
    let before = locked(&tx, op, id).await?;
    let permit = op.authorize::<PursueIntroduction>(id, &before)?;
    let entering = op.authorize::<CreateOpportunity>(own, &own)?;
    let made = match claim(&tx, op, own, "introductionConvertToOpportunity", idempotency_key, &(id, &title)).await? {
        Claim::Repeat(made) => return Ok((before, made.into())),
        Claim::Fresh(made) => OpportunityId::from(made),
    };
    check_revision(expected_revision, before.revision)?;
    check_opportunity(&before)?;
    let name = cut_chars(&company.name, cosell::model::CUSTOMER_NAME_MAX).to_owned();
    let job = before.contact_title.as_deref();
    let content = ContentPatch {
        title: Some(title.unwrap_or_else(|| name.clone())),
        customer_name: Some(name),
        customer_website: Some(company.website),
        customer_country: Some(company.country),
        contact_title: Some(job.map(|job| cut_chars(job, cosell::model::CONTACT_TITLE_MAX).to_owned())),
        origin: Some(OpportunityOrigin::PartnerReferral),
        ..ContentPatch::default()
    };
    let create = Create { content, ..Create::default() };
    let (_, mut facts) = cosell::service::enter_in(&tx, op, &entering, made, create).await?;
    let after = store::update_in(&tx, op, &permit, &before, Change::MakeOpportunity(made)).await?;
    facts.extend(IntroductionEvent::BecameOpportunity(&after, made).facts());
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok((after, made))
}

/// What the receiver adds to a lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LeadOf {
    /// Whom to speak to; where nobody is given, whom the asker wished for, by title.
    pub contact: Option<ContactDraft>,
    /// Days that the asker has for its answer.
    pub answer_days: Option<i32>,
}

/// Makes an accepted request a lead of the receiver that goes to the asker at once, with what the receiver's own list says
/// of the company.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` for what was not accepted, came to nothing or was made
/// one before, and where the two are no partners any more, `IDEMPOTENCY_KEY_REUSED`, and those of a lead's contact and days.
pub async fn convert_to_lead(
    op: &Op,
    id: IntroductionId,
    input: LeadOf,
    expected_revision: Option<i32>,
    idempotency_key: Option<&str>,
) -> Outcome<(Introduction, LeadId)> {
    let own = op.own_organization()?;
    let found = store::list_by_ids(op, &[id]).await?.pop().ok_or_else(|| Refusal::not_found("id"))?;
    op.authorize::<AnswerIntroduction>(id, &found)?;
    // Looked up before the transaction, which has a connection of its own; what is wrong with it counts only for what is new:
    // a retry is answered as before, whoever takes part by now.
    let prepared = prepared(op, own, &found, input.clone()).await;
    let tx = op.db().begin().await?;
    let before = locked(&tx, op, id).await?;
    let permit = op.authorize::<AnswerIntroduction>(id, &before)?;
    let made = match claim(&tx, op, own, "introductionConvertToLead", idempotency_key, &(id, &input)).await? {
        Claim::Repeat(made) => return Ok((before, made.into())),
        Claim::Fresh(made) => LeadId::from(made),
    };
    check_revision(expected_revision, before.revision)?;
    check_lead(&before)?;
    if !are_partners_in(&tx, op, before.asker_id, before.receiver_id).await? {
        let message = "Whoever asked and your organization are no partners any more.";
        return Err(Refusal::invalid_state(message).into());
    }
    let (_, mut facts) = lead::service::enter_in(&tx, op, made, prepared?).await?;
    let after = store::update_in(&tx, op, &permit, &before, Change::MakeLead(made)).await?;
    facts.extend(IntroductionEvent::BecameLead(&after, made).facts());
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok((after, made))
}

/// The lead as it would be sent now.
async fn prepared(
    op: &Op,
    own: OrganizationId,
    asked: &Introduction,
    input: LeadOf,
) -> Outcome<lead::service::Prepared> {
    let company = company(op, asked.id, |row| row.receiver_account_id).await?;
    let asker = organization::service::find_by_id(op, asked.asker_id).await?;
    let asker = asker.filter(|asker| asker.status == OrganizationStatus::Active);
    let asker = asker.ok_or_else(|| Refusal::invalid_state("Whoever asked takes no part any more."))?;
    let new = lead_of(op, asked, company, asker.slug, input);
    lead::service::prepare(op, own, new).await
}

fn lead_of(op: &Op, asked: &Introduction, company: Company, receiver: String, input: LeadOf) -> NewLead {
    let wished =
        asked.contact_title.clone().map(|title| ContactDraft { title: Some(title), ..ContactDraft::default() });
    NewLead {
        company: CompanyDraft {
            name: cut_chars(&company.name, lead::model::COMPANY_NAME_MAX).to_owned(),
            website: company.website,
            country_code: company.country,
            industry: None,
        },
        contact: input.contact.or(wished),
        interactions: vec![InteractionDraft {
            source: SOURCE.to_owned(),
            occurred_on: op.today(),
            use_case: None,
            customer_action: None,
            business_problem: None,
        }],
        readiness: LeadReadiness::Low,
        qualification: LeadQualification::None,
        receiver: Some(receiver),
        fallbacks: Vec::new(),
        answer_days: input.answer_days,
    }
}

/// The company as its maker's own list has it.
struct Company {
    name: String,
    website: Option<String>,
    country: Option<String>,
}

/// What the actor's own list says of the company; where it says nothing any more, what the request says.
async fn company(op: &Op, id: IntroductionId, own: fn(&Introduction) -> AccountId) -> Outcome<Company> {
    let found = store::list_by_ids(op, &[id]).await?.pop().ok_or_else(|| Refusal::not_found("id"))?;
    let account = account::service::find_account(op, own(&found)).await?;
    Ok(match account {
        Some(account) => Company { website: website(&account), country: account.country, name: account.name },
        None => Company { name: found.account_name, website: None, country: None },
    })
}

/// A list takes what a CRM has as a website; a deal takes an address.
fn website(account: &Account) -> Option<String> {
    let given = account.website.as_deref().and_then(form::url);
    given.or_else(|| form::url(&format!("https://{}/", account.domain.as_deref()?)))
}
