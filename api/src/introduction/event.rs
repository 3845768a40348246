//! The facts that this room publishes: one for each side. Messages, titles, comments and notes are in neither trail nor
//! feed: they may tell of people. Names of accounts are not either.

use super::model::{Introduction, IntroductionStatus, Side};
use crate::event::{AlertDraft, Discretion, Fact, subject};
use entity::{
    alert::{AlertChange, AlertKind},
    id::{LeadId, OpportunityId, PersonId},
};
use serde_json::{Value, json};

/// Something that happened to a request.
pub enum IntroductionEvent<'a> {
    /// It went out.
    Requested {
        /// As it is.
        after: &'a Introduction,
        /// The receiver's people whom it is for.
        addressees: &'a [PersonId],
    },
    /// It was answered, was taken back or ran out: its state says which.
    Ended {
        /// As it was.
        before: &'a Introduction,
        /// As it is.
        after: &'a Introduction,
    },
    /// A side said what came of it.
    Concluded {
        /// As it was.
        before: &'a Introduction,
        /// As it is.
        after: &'a Introduction,
    },
    /// The asker made an opportunity of it, which is its own: the receiver is told that, and not which one.
    BecameOpportunity(&'a Introduction, OpportunityId),
    /// The receiver made a lead of it, which both see.
    BecameLead(&'a Introduction, LeadId),
}

impl IntroductionEvent<'_> {
    /// The facts to record. The match is exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Requested { after, addressees } => {
                let [asked, mut received] = both("introduction.requested", None, after, AlertChange::Sent);
                if let Some(alert) = &mut received.alert {
                    alert.details["addressees"] = addressees.iter().map(|person| subject(*person)).collect();
                }
                vec![asked, received]
            }
            Self::Ended { before, after } => {
                let (action, change) = match after.status {
                    IntroductionStatus::Accepted => ("introduction.accepted", AlertChange::Accepted),
                    IntroductionStatus::Declined => ("introduction.declined", AlertChange::Declined),
                    IntroductionStatus::Expired => ("introduction.expired", AlertChange::Expired),
                    IntroductionStatus::Canceled | IntroductionStatus::Requested => {
                        ("introduction.canceled", AlertChange::Canceled)
                    }
                };
                both(action, Some(before), after, change).into()
            }
            Self::Concluded { before, after } => {
                both("introduction.concluded", Some(before), after, AlertChange::OutcomeRecorded).into()
            }
            Self::BecameOpportunity(after, made) => {
                let [mut asker, receiver] = both("introduction.converted", None, after, AlertChange::Converted);
                tell(&mut asker, "opportunity", &subject(*made));
                if let Some(alert) = &mut asker.alert {
                    alert.opportunity = Some(*made);
                }
                vec![asker, receiver]
            }
            Self::BecameLead(after, made) => {
                let mut facts = both("introduction.converted", None, after, AlertChange::Converted);
                for fact in &mut facts {
                    tell(fact, "lead", &subject(*made));
                }
                facts.into()
            }
        }
    }
}

/// Adds what was made of it to what the trail and the feed of one side say.
fn tell(fact: &mut Fact, name: &str, id: &str) {
    if let Some(after) = &mut fact.after {
        after[name] = json!(id);
    }
    if let Some(alert) = &mut fact.alert {
        alert.details[name] = json!(id);
    }
}

/// The fact for the asker, and the one for the receiver.
fn both(action: &'static str, before: Option<&Introduction>, after: &Introduction, change: AlertChange) -> [Fact; 2] {
    [Side::Asker, Side::Receiver].map(|side| {
        let (organization, partner) = match side {
            Side::Asker => (after.asker_id, after.receiver_id),
            Side::Receiver => (after.receiver_id, after.asker_id),
        };
        Fact {
            action,
            organization,
            subject: subject(after.id),
            before: before.map(|row| shown(row, side)),
            after: Some(shown(after, side)),
            stale: Vec::new(),
            alert: Some(AlertDraft {
                kind: AlertKind::Introduction,
                change,
                subject: after.id.into(),
                opportunity: None,
                stage: None,
                restricted: false,
                details: json!({
                    "partner": subject(partner),
                    "status": after.status,
                    "declineReason": after.decline_reason,
                    "outcome": after.outcome,
                }),
            }),
            discretion: Discretion::PRIVATE,
        }
    })
}

/// What the trail of a side says: of the accounts only its own.
fn shown(row: &Introduction, side: Side) -> Value {
    let (partner, account) = match side {
        Side::Asker => (row.receiver_id, row.asker_account_id),
        Side::Receiver => (row.asker_id, row.receiver_account_id),
    };
    json!({
        "partner": subject(partner),
        "account": subject(account),
        "status": row.status,
        "expiresAt": row.expires_at,
        "desiredOn": row.desired_on,
        "declineReason": row.decline_reason,
        "outcome": row.outcome,
        "outcomeOn": row.outcome_on,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::introduction::model::state::tests::introduction;
    use entity::id::TypedId;
    use uuid::Uuid;

    #[test]
    fn neither_side_is_told_of_the_others_account() {
        let row = introduction(IntroductionStatus::Requested);
        let facts = IntroductionEvent::Requested { after: &row, addressees: &[] }.facts();
        let text = |at: usize| format!("{:?}", facts[at]);
        assert!(
            text(0).contains(&row.asker_account_id.global()) && !text(0).contains(&row.receiver_account_id.global())
        );
        assert!(
            text(1).contains(&row.receiver_account_id.global()) && !text(1).contains(&row.asker_account_id.global())
        );
        for at in [0, 1] {
            assert!(!text(at).contains("Acme") && !text(at).contains("Would you?"), "{}", text(at));
        }
    }

    #[test]
    fn which_opportunity_it_became_is_the_askers_to_tell() {
        let made = OpportunityId(Uuid::from_u128(77));
        let row = introduction(IntroductionStatus::Accepted);
        let facts = IntroductionEvent::BecameOpportunity(&row, made).facts();
        assert!(format!("{:?}", facts[0]).contains(&made.global()));
        assert!(!format!("{:?}", facts[1]).contains(&made.global()));
        assert_eq!(facts[1].alert.as_ref().and_then(|alert| alert.opportunity), None);
    }
}
