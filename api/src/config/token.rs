//! How tokens are signed and checked.

use super::source::{Source, Variable};
use crate::op::TokenSettings;

const SECRET: Variable = Variable {
    name: "JWT_SECRET",
    unit: "text, at least 32 bytes",
    default: "",
    about: "The HMAC-SHA256 secret of the tokens; make one with `openssl rand -hex 32`. Required.",
    secret: true,
};
const ISSUER: Variable = Variable {
    name: "JWT_ISSUER",
    unit: "text",
    default: "partnergraph",
    about: "The `iss` that a token must have.",
    secret: false,
};
const AUDIENCE: Variable = Variable {
    name: "JWT_AUDIENCE",
    unit: "text",
    default: "partnergraph",
    about: "The `aud` that a token must have.",
    secret: false,
};

pub(super) fn read(source: &mut Source<'_>) -> TokenSettings {
    let secret = source.text(SECRET).into_bytes();
    if secret.len() < 32 {
        source.problem(SECRET.name, "needs at least 32 bytes; `openssl rand -hex 32` makes a good one.");
    }
    TokenSettings { secret, ..names(source) }
}

/// Issuer and audience, for tokens whose secret is not a setting.
pub(super) fn names(source: &mut Source<'_>) -> TokenSettings {
    TokenSettings { secret: Vec::new(), issuer: source.text(ISSUER), audience: source.text(AUDIENCE) }
}
