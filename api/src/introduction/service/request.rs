//! Asking for an introduction.

use super::due::expire_overdue_of;
use crate::{
    db::{Claim, claim},
    event,
    introduction::{
        event::IntroductionEvent,
        model::{
            ANSWER_TIME, CONTACT_TITLE_MAX, Evidence, Introduction, MESSAGE_MAX, WAITING_MAX, asked_already,
            desired_on, open_key,
        },
        policy::RequestIntroduction,
        store::{self, NewIntroduction},
    },
    op::{ErrorCode, Fault, Op, Outcome, Refusal, check},
    overlap::{
        model::shown_reasons,
        seen::{SeenOverlap, seen_by_ids},
    },
    sharing::model::AccountField,
};
use chrono::NaiveDate;
use entity::id::{IntroductionId, OverlapId};
use serde::Serialize;
use serde_json::Value;

/// A request to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// The overlap with the account of the partner that is asked.
    pub overlap: OverlapId,
    /// What the partner reads.
    pub message: String,
    /// Whom the asker wants to speak to, by title.
    pub contact_title: Option<String>,
    /// By when.
    pub desired_on: Option<NaiveDate>,
}

/// Asks the partner of an overlap that the actor's organization sees now to introduce it to the company.
///
/// # Errors
/// `NOT_FOUND` for an overlap that is not seen, `NOT_ALLOWED`, `INVALID_STATE` for one with an offline partner,
/// `ALREADY_EXISTS` where a request of the organization about the same accounts is open, `REQUIRED`, `TOO_LONG`,
/// `OUT_OF_RANGE`, `TOO_MANY` beyond [`WAITING_MAX`], `IDEMPOTENCY_KEY_REUSED`.
pub async fn request(op: &Op, request: Request, idempotency_key: Option<&str>) -> Outcome<Introduction> {
    let own = op.own_organization()?;
    let permit = op.authorize::<RequestIntroduction>(own, &own)?;
    let message = check::paragraph("input.message", &request.message, MESSAGE_MAX)?;
    let contact_title =
        check::optional_line("input.contactTitle", request.contact_title.as_deref(), CONTACT_TITLE_MAX)?;
    let desired_on = desired_on(request.desired_on, op.today())?;
    // A request that has run out stands in nobody's way, and that it has is nothing that the asker does.
    expire_overdue_of(op, own).await?;
    let tx = op.db().begin().await?;
    let id = match claim(&tx, op, own, "introductionRequest", idempotency_key, &request).await? {
        Claim::Repeat(id) => {
            return Ok(store::find_in(&tx, op, id.into()).await?.ok_or_else(|| Refusal::not_found(""))?);
        }
        Claim::Fresh(id) => IntroductionId::from(id),
    };
    let seen = seen_by_ids(&*tx, op.now(), own, &[request.overlap]).await?.pop();
    let seen = seen.ok_or_else(|| Refusal::not_found("input.overlap"))?;
    let receiver = seen.open.partner.organization_id;
    if receiver == own {
        let message = "This partner keeps no account here, and cannot be asked.";
        return Err(Refusal::of("input.overlap", ErrorCode::InvalidState, message).into());
    }
    let about = seen.about();
    if store::is_open_in(&tx, &open_key(about.own, about.partner)).await? {
        return Err(asked_already().into());
    }
    if store::count_waiting_of_in(&tx, own).await? >= WAITING_MAX {
        let message = format!("At most {WAITING_MAX} requests can wait for an answer at a time.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    let theirs = seen_by_ids(&*tx, op.now(), receiver, &[request.overlap]).await?.pop();
    let new = NewIntroduction {
        id,
        receiver,
        overlap: request.overlap,
        lists: (seen.open.own.list_id, seen.open.partner.list_id),
        accounts: (about.own, about.partner),
        account_name: seen.partner.text(AccountField::Name).unwrap_or_default().to_owned(),
        message,
        contact_title,
        desired_on,
        expires_at: op.now() + ANSWER_TIME,
        asker_evidence: evidence(&seen)?,
        receiver_evidence: theirs.as_ref().map(evidence).transpose()?,
    };
    let after = store::insert_in(&tx, op, &permit, new).await?;
    let sides = (own, receiver);
    let addressees = store::list_addressees(&*tx, &[sides]).await?.remove(&sides).unwrap_or_default();
    event::record(&tx, op, IntroductionEvent::Requested { after: &after, addressees: &addressees }.facts()).await?;
    tx.commit().await?;
    Ok(after)
}

/// What one side sees of an overlap, to be kept.
fn evidence(seen: &SeenOverlap) -> Result<Value, Fault> {
    let reasons = shown_reasons(seen.row.reasons, &seen.own, &seen.partner);
    let evidence = Evidence {
        own_kind: seen.open.own.kind,
        partner_kind: seen.open.partner.kind,
        score: seen.row.score,
        confidence: seen.row.confidence,
        reasons: reasons.into_iter().map(|reason| reason.kind).collect(),
        found_at: seen.row.found_at,
    };
    serde_json::to_value(evidence).map_err(Fault::internal)
}
