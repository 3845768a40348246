//! What is sent: JSON in the form of the schema, with the fields that Standard Webhooks asks for. Pure.

use crate::{
    alert::model::{OverlapSubject, named, overlap_subject, partnership_invitation},
    event::feed::{Alert, ResetReason},
};
use chrono::{DateTime, SecondsFormat, Utc};
use entity::{
    alert::{AlertChange, AlertKind},
    id::{
        AccountListId, ActivityId, ExploratoryMappingId, IntroductionId, InvitationId, LeadId, OpportunityId,
        OrganizationId, PartnershipId, QualificationRuleId, QualifiedLeadId, TypedId, WebhookDeliveryId,
    },
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The type of a test message.
const TEST: &str = "ping";
/// The type of the message that says that the feed could not go on.
const RESET: &str = "feed.reset";

/// A message, ready to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What the receiver knows it by: the same for all attempts and replays.
    pub id: String,
    /// Its type.
    pub event: String,
    /// Whether it was sent before.
    pub replayed: bool,
    /// The body.
    pub body: Vec<u8>,
}

/// The type of the messages about such alerts: `opportunity.stage_changed`.
#[must_use]
pub fn event_name(kind: AlertKind, change: AlertChange) -> String {
    let word = |value: Value| value.as_str().unwrap_or_default().to_ascii_lowercase();
    format!("{}.{}", word(json!(kind)), word(json!(change)))
}

/// The message about an alert. What is confidential is not told: an endpoint is nobody who could be asked for by name.
#[must_use]
pub fn of_alert(alert: &Alert, cursor: &str, replayed: bool) -> Message {
    let told = !alert.restricted;
    let actor = (told && !matches!(alert.actor_kind.as_str(), "system" | "undisclosed")).then(|| {
        json!({
            "kind": alert.actor_kind.to_ascii_uppercase(),
            "organization": alert.actor_organization_id.map(TypedId::global),
        })
    });
    let data = json!({
        "kind": alert.kind,
        "change": alert.change,
        "subject": subject(alert),
        "opportunity": alert.opportunity_id.map(TypedId::global),
        "stage": alert.stage.filter(|_| told),
        "actor": actor,
        "restricted": alert.restricted,
        "details": told.then_some(&alert.details),
    });
    let event = event_name(alert.kind, alert.change);
    message(alert.id.global(), event, alert.occurred_at, Some(cursor), replayed, data)
}

/// The message that says that the feed could not go on from where the endpoint was, and goes on with the oldest alert that
/// is kept, behind `cursor`.
#[must_use]
pub fn of_reset(
    organization: OrganizationId,
    reason: ResetReason,
    head: &str,
    cursor: &str,
    now: DateTime<Utc>,
) -> Message {
    let reason = match reason {
        ResetReason::Trimmed => "TRIMMED",
        ResetReason::OtherEpoch => "OTHER_EPOCH",
        ResetReason::BeyondHead => "BEYOND_HEAD",
    };
    // The same reset is the same message, however often it has to be tried.
    let named = Sha256::digest(format!("{} {cursor} {reason}", organization.global()));
    let id: String = named.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let data = json!({"reason": reason, "head": head});
    message(format!("rst_{id}"), RESET.to_owned(), now, Some(cursor), false, data)
}

/// A test message.
#[must_use]
pub fn of_test(delivery: WebhookDeliveryId, now: DateTime<Utc>) -> Message {
    message(delivery.global(), TEST.to_owned(), now, None, false, json!({}))
}

fn message(id: String, event: String, at: DateTime<Utc>, cursor: Option<&str>, replayed: bool, data: Value) -> Message {
    let body = json!({
        "id": id,
        "type": event,
        "timestamp": at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "cursor": cursor,
        "replayed": replayed,
        "data": data,
    });
    Message { id, event, replayed, body: body.to_string().into_bytes() }
}

/// The id of what an alert is about, as the schema shows it.
fn subject(alert: &Alert) -> String {
    fn global<I: TypedId>(id: Uuid) -> String {
        I::from(id).global()
    }
    let id = alert.subject_id;
    match alert.kind {
        AlertKind::Opportunity => global::<OpportunityId>(id),
        AlertKind::Invitation => global::<InvitationId>(id),
        AlertKind::Activity => global::<ActivityId>(id),
        AlertKind::Lead => global::<LeadId>(id),
        AlertKind::Partnership => match partnership_invitation(alert) {
            Some(invitation) => invitation.global(),
            None => global::<PartnershipId>(id),
        },
        AlertKind::SharingRule => global::<AccountListId>(id),
        AlertKind::ExploratoryMapping => global::<ExploratoryMappingId>(id),
        AlertKind::Introduction => global::<IntroductionId>(id),
        AlertKind::Overlap => match overlap_subject(alert) {
            OverlapSubject::Dispute(dispute) => dispute.global(),
            OverlapSubject::Overlap(overlap) => overlap.global(),
            OverlapSubject::Pair(pair) => pair.global(),
        },
        AlertKind::QualifiedLead => match named::<QualifiedLeadId>(alert, "qualifiedLead") {
            Some(lead) => lead.global(),
            None => global::<QualificationRuleId>(id),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{alert, at},
        *,
    };

    fn body(message: &Message) -> Value {
        serde_json::from_slice(&message.body).unwrap()
    }

    #[test]
    fn a_message_says_what_the_alert_says() {
        let told = of_alert(&alert(AlertKind::Invitation, AlertChange::Sent), "cursor", true);
        assert_eq!(
            body(&told),
            json!({
                "id": "alt_00000000000000000000000000000003",
                "type": "invitation.sent",
                "timestamp": "2026-11-02T09:00:00.000000Z",
                "cursor": "cursor",
                "replayed": true,
                "data": {
                    "kind": "INVITATION",
                    "change": "SENT",
                    "subject": "inv_00000000000000000000000000000006",
                    "opportunity": null,
                    "stage": null,
                    "actor": {"kind": "PERSON", "organization": "org_00000000000000000000000000000005"},
                    "restricted": false,
                    "details": {"before": null, "after": {"status": "PENDING"}},
                },
            })
        );
        assert_eq!(
            (told.id.as_str(), told.event.as_str()),
            ("alt_00000000000000000000000000000003", "invitation.sent")
        );
    }

    #[test]
    fn what_is_confidential_is_not_told() {
        let mut secret = alert(AlertKind::Opportunity, AlertChange::StageChanged);
        secret.restricted = true;
        secret.stage = Some(entity::value::OpportunityStage::Qualified);
        let told = body(&of_alert(&secret, "cursor", false));
        assert_eq!(told["type"], "opportunity.stage_changed");
        for field in ["actor", "stage", "details"] {
            assert_eq!(told["data"][field], Value::Null, "{field}");
        }
        assert_eq!(told["data"]["restricted"], true);
    }

    #[test]
    fn the_system_is_no_actor_and_an_invitation_into_a_partnership_is_one() {
        let mut expired = alert(AlertKind::Partnership, AlertChange::Expired);
        expired.details["subject"] = json!("partnership_invitation");
        for nobody in ["system", "undisclosed"] {
            expired.actor_kind = nobody.to_owned();
            assert_eq!(body(&of_alert(&expired, "cursor", false))["data"]["actor"], Value::Null, "{nobody}");
        }
        let told = body(&of_alert(&expired, "cursor", false));
        assert_eq!(told["data"]["subject"], "pti_00000000000000000000000000000006");
    }

    #[test]
    fn a_reset_that_is_tried_again_is_the_same_message() {
        let organization = OrganizationId(Uuid::from_u128(7));
        let one = of_reset(organization, ResetReason::Trimmed, "head", "cursor", at(0));
        let again = of_reset(organization, ResetReason::Trimmed, "head2", "cursor", at(60));
        assert_eq!(one.id, again.id);
        assert_ne!(one.id, of_reset(organization, ResetReason::OtherEpoch, "head", "cursor", at(0)).id);
        assert_eq!(body(&one)["data"], json!({"reason": "TRIMMED", "head": "head"}));
    }
}
