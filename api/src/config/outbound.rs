//! What may be sent to other people's machines.

use super::source::{Source, Variable};
use crate::outbound::OutboundSettings;

const ALLOW_PRIVATE: Variable = Variable {
    name: "WEBHOOK_ALLOW_PRIVATE",
    unit: "true or false",
    default: "false",
    about: "Whether webhooks may go to private, loopback and link-local addresses: only where all tenants are trusted.",
    secret: false,
};
const ALLOW_HTTP: Variable = Variable {
    name: "WEBHOOK_ALLOW_HTTP",
    unit: "true or false",
    default: "false",
    about: "Whether webhooks may go to `http` URLs, which anybody on the way can read.",
    secret: false,
};
const KEY: Variable = Variable {
    name: "WEBHOOK_KEY",
    unit: "text, at least 32 bytes",
    default: "",
    about: "What the secrets of webhooks are derived from; by default JWT_SECRET. With another one they all change.",
    secret: true,
};

pub(super) fn read(source: &mut Source<'_>) -> OutboundSettings {
    let key = Some(source.text(KEY).into_bytes()).filter(|key| !key.is_empty());
    if key.as_ref().is_some_and(|key| key.len() < 32) {
        source.problem(KEY.name, "needs at least 32 bytes; `openssl rand -hex 32` makes a good one.");
    }
    OutboundSettings {
        allow_private: source.switch(ALLOW_PRIVATE),
        allow_plain: source.switch(ALLOW_HTTP),
        key,
        ..OutboundSettings::default()
    }
}
