//! Secrets of endpoints, and signatures as Standard Webhooks says (standardwebhooks.com). Pure.

use super::Message;
use crate::{op::Fault, outbound::Outbound};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};

/// What the keys of secrets are derived for.
const PURPOSE: &str = "webhook endpoint";

/// The header that a message has which was sent before.
const HEADER_REPLAYED: &str = "webhook-replayed";

/// The secret of an endpoint.
pub struct Secret([u8; 32]);

impl Secret {
    /// The secret that belongs to a salt.
    #[must_use]
    pub fn of(outbound: &Outbound, salt: &str) -> Self {
        Self(outbound.derive(PURPOSE, salt.as_bytes()))
    }

    /// The secret as its owner keeps it: `whsec_` and base64.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.0))
    }

    /// By what another secret is noticed; it tells nothing of this one.
    #[must_use]
    pub fn check(&self) -> String {
        Sha256::digest(self.0).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    fn sign(&self, message: &str, at: DateTime<Utc>, body: &[u8]) -> Result<String, Fault> {
        let webhook = Webhook::from_bytes(self.0.to_vec()).map_err(Fault::internal)?;
        webhook.sign(message, at.timestamp(), body).map_err(Fault::internal)
    }
}

/// The headers of a message that is sent at `now`, signed with each of the secrets.
///
/// # Errors
/// Internal faults only.
pub fn headers(
    message: &Message,
    secrets: &[Secret],
    now: DateTime<Utc>,
) -> Result<Vec<(&'static str, String)>, Fault> {
    let signatures: Result<Vec<String>, Fault> =
        secrets.iter().map(|secret| secret.sign(&message.id, now, &message.body)).collect();
    let mut headers = vec![
        (HEADER_WEBHOOK_ID, message.id.clone()),
        (HEADER_WEBHOOK_TIMESTAMP, now.timestamp().to_string()),
        (HEADER_WEBHOOK_SIGNATURE, signatures?.join(" ")),
    ];
    if message.replayed {
        headers.push((HEADER_REPLAYED, "true".to_owned()));
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::at, *};
    use crate::outbound::OutboundSettings;

    fn outbound(secret: &[u8]) -> Outbound {
        Outbound::new(OutboundSettings::default(), secret)
    }

    fn message(replayed: bool) -> Message {
        Message { id: "alt_1".to_owned(), event: "ping".to_owned(), replayed, body: b"{\"a\":1}".to_vec() }
    }

    #[test]
    fn a_receiver_that_knows_the_secret_can_check_the_signature() {
        let (old, new) = (Secret::of(&outbound(b"one"), "old"), Secret::of(&outbound(b"one"), "new"));
        let shown = [new.shown(), old.shown()];
        let headers = headers(&message(true), &[new, old], at(0)).unwrap();
        let value = |name: &str| headers.iter().find(|(own, _)| *own == name).unwrap().1.as_str();
        assert_eq!((value("webhook-id"), value("webhook-timestamp")), ("alt_1", "1793610000"));
        assert_eq!(value("webhook-replayed"), "true");
        let signatures: Vec<&str> = value("webhook-signature").split(' ').collect();
        assert_eq!(signatures.len(), 2);
        for (secret, signature) in shown.iter().zip(signatures) {
            // As the receiver does it, from the text that it was given.
            let expected = Webhook::new(secret).unwrap().sign("alt_1", 1_793_610_000, b"{\"a\":1}").unwrap();
            assert_eq!(signature, expected);
        }
    }

    #[test]
    fn what_was_not_sent_before_is_not_marked() {
        let headers = headers(&message(false), &[Secret::of(&outbound(b"one"), "s")], at(0)).unwrap();
        assert!(headers.iter().all(|(name, _)| *name != HEADER_REPLAYED));
    }

    #[test]
    fn secrets_differ_by_salt_and_by_the_installations_key() {
        let one = Secret::of(&outbound(b"one"), "salt");
        assert!(one.shown().starts_with("whsec_") && one.shown().len() == 6 + 44);
        assert_eq!(one.check(), Secret::of(&outbound(b"one"), "salt").check());
        assert_ne!(one.check(), Secret::of(&outbound(b"one"), "other").check());
        assert_ne!(one.check(), Secret::of(&outbound(b"two"), "salt").check());
    }
}
