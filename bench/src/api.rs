//! The requests that clients send here: the documents of `contracts/co-sell.graphql`, and what sets the stage.

use crate::Result;
use serde_json::{Value, json};
use std::time::Duration;

/// How long an answer may take; longer is as good as lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends a document and gives its `data`.
///
/// # Errors
/// What kept the answer away, or its errors.
pub(crate) async fn ask(
    client: &reqwest::Client,
    url: &str,
    token: &str,
    document: &str,
    variables: Value,
) -> Result<Value> {
    let sent = client.post(url).bearer_auth(token).json(&json!({"query": document, "variables": variables}));
    let mut answer: Value = sent.timeout(PATIENCE).send().await?.json().await?;
    if let Some(errors) = answer.get("errors") {
        return Err(format!("errors: {errors}").into());
    }
    Ok(answer["data"].take())
}

/// As [`ask`] for a mutation; `userErrors` are an error too.
pub(crate) async fn change(
    client: &reqwest::Client,
    url: &str,
    token: &str,
    document: &str,
    variables: Value,
) -> Result<Value> {
    let data = ask(client, url, token, document, variables).await?;
    let payload = data.as_object().and_then(|fields| fields.values().next()).cloned().unwrap_or_default();
    match payload["userErrors"].as_array() {
        Some(errors) if errors.is_empty() => Ok(payload),
        _ => Err(Box::new(Refused(payload["userErrors"].to_string()))),
    }
}

/// The business said no: the change was not made.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) String);

impl std::fmt::Display for Refused {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "refused: {}", self.0)
    }
}

impl std::error::Error for Refused {}

/// The cursor of the feed's head, read before a client subscribes.
pub(crate) async fn head_cursor(client: &reqwest::Client, url: &str, token: &str) -> Result<String> {
    let data = ask(client, url, token, "{ alerts(first: 0) { headCursor } }", json!({})).await?;
    Ok(data["alerts"]["headCursor"].as_str().ok_or("no headCursor")?.to_owned())
}

pub(crate) const SUBSCRIBE: &str = "subscription CoSellAlerts($after: String, $filter: AlertFilter) {
  coSellAlerts(after: $after, filter: $filter) {
    cursor
    alert {
      __typename id occurredAt actor { organization { slug } }
      ... on OpportunityAlert { opportunity { id title stage } change }
      ... on InvitationAlert { invitation { id status opportunityTitle } }
    }
  }
}";

pub(crate) const CREATE: &str = "mutation CreateOpportunity($input: OpportunityCreateInput!) {
  opportunityCreate(input: $input) {
    opportunity { id stage reviewStatus revision }
    userErrors { field message code }
  }
}";

pub(crate) const INVITE: &str = "mutation Invite($id: ID!, $input: OpportunityInviteInput!) {
  opportunityInvite(id: $id, input: $input) {
    invitation { id status expiresAt receiver { slug } }
    userErrors { field message code }
  }
}";

pub(crate) const ACCEPT: &str = "mutation Accept($id: ID!) {
  invitationAccept(id: $id) {
    invitation { id status }
    opportunity { id title stage customer { name } }
    userErrors { field message code }
  }
}";

pub(crate) const ADVANCE: &str = "mutation Advance($id: ID!, $input: OpportunityAdvanceInput!) {
  opportunityAdvance(id: $id, input: $input) {
    opportunity { id stage revision updatedAt }
    userErrors { field message code }
  }
}";
