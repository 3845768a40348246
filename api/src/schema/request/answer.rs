//! An outcome as it is sent: serialized once, whoever gets it.

use std::sync::Arc;

use async_graphql::ServerError;
use bytes::Bytes;
use tokio::time::Instant;

use super::{
    code::Code,
    outcome::{Operation, Outcome},
    refusal::{Stage, code_of},
};

/// A serialized outcome. What it was made of is let go.
#[derive(Debug)]
pub struct Answer {
    /// How far the request came.
    pub stage: Stage,
    /// The whole body, as for a request over HTTP.
    pub body: Bytes,
    /// The errors in it, for transports that send them by themselves.
    pub errors: Vec<ServerError>,
    /// What was run, as far as it was known.
    pub operation: Option<Operation>,
    /// What a client names to go on behind it.
    pub resume: Option<Arc<str>>,
    /// Whether it may be given to nobody but the one whose request it answers.
    pub personal: bool,
    /// When it began to be resolved, of an item whose source tells.
    pub begun: Option<Instant>,
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Self {
        // Values are made of what JSON has, so this cannot fail; if it did, nothing half-written would go out.
        let body = serde_json::to_vec(&outcome).map_or_else(
            |_| Bytes::from_static(br#"{"errors":[{"message":"Internal error.","extensions":{"code":"INTERNAL"}}]}"#),
            Bytes::from,
        );
        let Outcome { stage, errors, operation, resume, personal, begun, .. } = outcome;
        let resume = resume.map(Arc::from);
        Self { stage, body, errors, operation, resume, personal, begun }
    }
}

impl Answer {
    /// The codes of its errors.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        self.errors.iter().filter_map(code_of)
    }
}
