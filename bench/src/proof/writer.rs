//! A writer: makes opportunities, shares them, moves them on, and remembers what it was told is done.

use super::cast::Cast;
use crate::{
    Result,
    api::{self, Refused, change},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// One writer.
pub(super) struct Writer {
    pub(super) number: usize,
    pub(super) cast: Arc<Cast>,
    pub(super) urls: Vec<String>,
    pub(super) client: reqwest::Client,
    pub(super) pause: Duration,
    pub(super) stopped: Arc<AtomicBool>,
}

/// What the server said is done, for one opportunity.
#[derive(Clone, Debug, Default)]
pub(super) struct Done {
    /// Places in the cast that may know of it.
    pub(super) parties: Vec<String>,
    /// Moves to another stage that were answered with success.
    pub(super) moves: usize,
    /// Moves that were sent, whatever was answered.
    pub(super) attempts: usize,
    /// Whether the partner had accepted before the first move.
    pub(super) accepted: bool,
}

/// What writers were told.
#[derive(Default)]
pub(super) struct Written {
    /// By the opportunity's id.
    pub(super) opportunities: BTreeMap<String, Done>,
    /// Requests that got no answer, and were sent again.
    pub(super) unanswered: usize,
    /// Requests that were answered.
    pub(super) answered: usize,
}

impl Written {
    pub(super) fn add(&mut self, other: Self) {
        self.opportunities.extend(other.opportunities);
        self.unanswered += other.unanswered;
        self.answered += other.answered;
    }
}

/// The stages in their order, each what comes after the one before.
const STAGES: [&str; 5] = ["QUALIFIED", "TECHNICAL_VALIDATION", "BUSINESS_VALIDATION", "COMMITTED", "LAUNCHED"];

impl Writer {
    pub(super) async fn run(self) -> Written {
        let mut written = Written::default();
        let mut round = 0;
        while !self.stopped.load(Ordering::Relaxed) {
            round += 1;
            if let Some((id, done)) = self.work(round, &mut written).await {
                written.opportunities.insert(id, done);
            }
        }
        written
    }

    /// The life of one opportunity, as far as it gets before the end.
    async fn work(&self, round: usize, written: &mut Written) -> Option<(String, Done)> {
        let (owner, partner) = self.cast.pair(self.number);
        let key = format!("{}-{round}", self.number);
        let input = json!({
            "title": format!("Deal {key}"),
            "customer": {"name": format!("Customer {key}"), "websiteUrl": format!("https://customer-{key}.example"), "countryCode": "DE"},
            "businessProblem": "Their data lies in many places, and they want it in one.",
            "expectedAmount": {"amount": "1000.00", "currencyCode": "EUR"},
            "targetCloseDate": "2099-12-31",
            "idempotencyKey": key,
        });
        let made = self.surely(&owner.token, api::CREATE, json!({"input": input}), written).await.ok()??;
        let id = made["opportunity"]["id"].as_str()?.to_owned();
        let mut done = Done { parties: vec![owner.slug.clone()], ..Done::default() };
        let input =
            json!({"organization": partner.slug, "message": "Join us", "role": "RESELLER", "idempotencyKey": key});
        // From here on the partner may know of it, whatever is answered.
        done.parties.push(partner.slug.clone());
        match self.surely(&owner.token, api::INVITE, json!({"id": id, "input": input}), written).await {
            Ok(Some(invited)) => {
                let accepting = json!({"id": invited["invitation"]["id"]});
                match self.surely(&partner.token, api::ACCEPT, accepting, written).await {
                    Ok(Some(_)) => done.accepted = true,
                    // A second try after a lost answer is refused as no longer open: it was accepted.
                    Err(refused) if refused.0.contains("INVALID_STATE") => done.accepted = true,
                    _ => return Some((id, done)),
                }
            }
            _ => return Some((id, done)),
        }
        for stage in STAGES {
            if self.stopped.load(Ordering::Relaxed) {
                break;
            }
            tokio::time::sleep(self.pause).await;
            done.attempts += 1;
            let moved =
                self.once(&owner.token, api::ADVANCE, json!({"id": id, "input": {"stage": stage}}), written).await;
            match moved {
                Ok(_) => done.moves += 1,
                // Whether it was done is not known; the next stage may not follow, so this life ends.
                Err(_) => break,
            }
        }
        Some((id, done))
    }

    /// Sends until it is answered or the end has come; only for what an idempotency key or its nature makes repeatable.
    async fn surely(
        &self,
        token: &str,
        document: &str,
        variables: Value,
        written: &mut Written,
    ) -> std::result::Result<Option<Value>, Refused> {
        loop {
            match self.once(token, document, variables.clone(), written).await {
                Ok(payload) => return Ok(Some(payload)),
                Err(error) => match error.downcast::<Refused>() {
                    Ok(refused) => return Err(*refused),
                    Err(_) if self.stopped.load(Ordering::Relaxed) => return Ok(None),
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                },
            }
        }
    }

    async fn once(&self, token: &str, document: &str, variables: Value, written: &mut Written) -> Result<Value> {
        // A writer keeps no replica dear: the next request may go to the other.
        let url = &self.urls[(self.number + written.answered + written.unanswered) % self.urls.len()];
        let answer = change(&self.client, url, token, document, variables).await;
        match &answer {
            Ok(_) => written.answered += 1,
            Err(error) if error.downcast_ref::<Refused>().is_some() => written.answered += 1,
            Err(_) => written.unanswered += 1,
        }
        answer
    }
}
