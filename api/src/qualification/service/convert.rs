//! A qualified lead becomes a lead that is sent to the partner, or an opportunity of its organization, each in one
//! transaction. Both begin with what the own account says and with nothing of the partner's.

use super::locked;
use crate::{
    account::{self, model::Account},
    cosell::{
        self,
        model::{ContentPatch, OpportunityOrigin},
        policy::CreateOpportunity,
        service::Create,
    },
    db::{Claim, claim},
    event,
    lead::{
        self,
        model::{COMPANY_NAME_MAX, CompanyDraft, InteractionDraft, LeadQualification, LeadReadiness, NewLead},
    },
    op::{Failure, Op, Outcome, Refusal, check, check_revision, form},
    organization,
    qualification::{
        event::Decided,
        model::{QualifiedLead, convert as check_convert},
        policy::WorkQualifiedLead,
        store::{self, LeadChange},
    },
    text::cut_chars,
};
use entity::id::{LeadId, OpportunityId, QualifiedLeadId};
use serde::Serialize;

/// What a lead says of where it came from: not by which rule, which is nobody else's business.
const SOURCE: &str = "Account mapping";

/// What the account does not say of a lead to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sending {
    /// What the company would use.
    pub use_case: Option<String>,
    /// What the company wants solved.
    pub business_problem: Option<String>,
    /// How ready it is.
    pub readiness: LeadReadiness,
    /// What was found out.
    pub qualification: LeadQualification,
    /// Days that the partner has for its answer.
    pub answer_days: Option<i32>,
}

/// Sends it to its partner as a lead.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` for what was dismissed or converted and where the two
/// are no partners, `TOO_LONG`, `TOO_MANY`, `OUT_OF_RANGE`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn send(
    op: &Op,
    id: QualifiedLeadId,
    sending: Sending,
    expected_revision: Option<i32>,
    idempotency_key: Option<&str>,
) -> Outcome<(QualifiedLead, LeadId)> {
    op.signed_in()?;
    let (seen, account) = described(op, id).await?;
    let partner = organization::service::find_by_id(op, seen.partner_id).await?.map(|partner| partner.slug);
    let new = new_lead(op, &seen, account.as_ref(), partner, &sending);
    let own = seen.organization_id;
    // Looked up before the transaction; what came of it is told only to whoever may send.
    let prepared = if new.receiver.is_some() {
        lead::service::prepare(op, own, new).await.map_err(of_partner)
    } else {
        Err(Refusal::invalid_state("The partner cannot be found any more.").into())
    };
    let tx = op.db().begin().await?;
    let before = locked(&tx, op, id).await?;
    let permit = op.authorize::<WorkQualifiedLead>(id, &before)?;
    let made = match claim(&tx, op, own, "qualifiedLeadSend", idempotency_key, &(id, &sending)).await? {
        Claim::Repeat(made) => return Ok((before, made.into())),
        Claim::Fresh(made) => LeadId::from(made),
    };
    check_revision(expected_revision, before.revision)?;
    check_convert(&before)?;
    let entered = lead::service::enter_in(&tx, op, made, prepared?).await;
    let (_, mut facts) = entered.map_err(of_partner)?;
    let after = store::update_lead_in(&tx, op, &permit, &before, LeadChange::Send(made)).await?;
    facts.push(Decided { before: &before, after: &after }.fact());
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok((after, made))
}

/// The receiver of the lead is the partner, which no field of the input names.
fn of_partner(failure: Failure) -> Failure {
    match failure {
        Failure::Refused(refusals) => Failure::Refused(
            refusals
                .into_iter()
                .map(|refusal| match refusal.field.last().map(String::as_str) {
                    Some("receiver") => Refusal { field: Vec::new(), ..refusal },
                    _ => refusal,
                })
                .collect(),
        ),
        fault => fault,
    }
}

/// What the account does not say of an opportunity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversion {
    /// The title; the company's name where there is none.
    pub title: Option<String>,
}

/// Makes it an opportunity of its organization. The partner learns nothing of it; to take part it is invited.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` for what was dismissed or converted, `TOO_LONG`,
/// `IDEMPOTENCY_KEY_REUSED`.
pub async fn convert(
    op: &Op,
    id: QualifiedLeadId,
    conversion: Conversion,
    expected_revision: Option<i32>,
    idempotency_key: Option<&str>,
) -> Outcome<(QualifiedLead, OpportunityId)> {
    op.signed_in()?;
    let title = check::optional_line("input.title", conversion.title.as_deref(), cosell::model::TITLE_MAX)?;
    let (_, account) = described(op, id).await?;
    let tx = op.db().begin().await?;
    let before = locked(&tx, op, id).await?;
    let permit = op.authorize::<WorkQualifiedLead>(id, &before)?;
    let own = before.organization_id;
    let entering = op.authorize::<CreateOpportunity>(own, &own)?;
    let made = match claim(&tx, op, own, "qualifiedLeadConvert", idempotency_key, &(id, &title)).await? {
        Claim::Repeat(made) => return Ok((before, made.into())),
        Claim::Fresh(made) => OpportunityId::from(made),
    };
    check_revision(expected_revision, before.revision)?;
    check_convert(&before)?;
    let create = Create { content: content(&before, account.as_ref(), title), ..Create::default() };
    let (_, mut facts) = cosell::service::enter_in(&tx, op, &entering, made, create).await?;
    let after = store::update_lead_in(&tx, op, &permit, &before, LeadChange::Convert(made)).await?;
    facts.push(Decided { before: &before, after: &after }.fact());
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok((after, made))
}

/// The visible one with this id and its account, where that is still in its list.
async fn described(op: &Op, id: QualifiedLeadId) -> Outcome<(QualifiedLead, Option<Account>)> {
    let found = store::list_leads_by_ids(op, &[id]).await?.pop().ok_or_else(|| Refusal::not_found("id"))?;
    let account = account::service::find_account(op, found.account_id).await?;
    Ok((found, account))
}

fn new_lead(
    op: &Op,
    seen: &QualifiedLead,
    account: Option<&Account>,
    receiver: Option<String>,
    sending: &Sending,
) -> NewLead {
    NewLead {
        company: CompanyDraft {
            name: cut_chars(name(seen, account), COMPANY_NAME_MAX).to_owned(),
            website: account.and_then(website),
            country_code: account.and_then(|account| account.country.clone()),
            industry: None,
        },
        contact: None,
        interactions: vec![InteractionDraft {
            source: SOURCE.to_owned(),
            occurred_on: op.today(),
            use_case: sending.use_case.clone(),
            customer_action: None,
            business_problem: sending.business_problem.clone(),
        }],
        readiness: sending.readiness,
        qualification: sending.qualification,
        receiver,
        fallbacks: Vec::new(),
        answer_days: sending.answer_days,
    }
}

fn content(seen: &QualifiedLead, account: Option<&Account>, title: Option<String>) -> ContentPatch {
    let customer = cut_chars(name(seen, account), cosell::model::CUSTOMER_NAME_MAX).to_owned();
    ContentPatch {
        title: Some(title.unwrap_or_else(|| customer.clone())),
        customer_name: Some(customer),
        customer_website: Some(account.and_then(website)),
        customer_country: Some(account.and_then(|account| account.country.clone())),
        customer_duns: Some(account.and_then(|account| account.duns.clone())),
        origin: Some(OpportunityOrigin::PartnerReferral),
        ..ContentPatch::default()
    }
}

fn name<'a>(seen: &'a QualifiedLead, account: Option<&'a Account>) -> &'a str {
    account.map_or(seen.account_name.as_str(), |account| account.name.as_str())
}

/// The website as an address: what people write there often is none.
fn website(account: &Account) -> Option<String> {
    let given = account.website.as_deref()?;
    form::url(given).or_else(|| form::url(&format!("https://{given}")))
}
