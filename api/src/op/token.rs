//! From an `Authorization` header to an [`Actor`]: JSON web tokens for people, API keys for services.
//!
//! Roles and states are read from the database with every request, so a token never says more than that the person is
//! who it names; whoever is removed is out at once.

use super::{Actor, Clock, Fault, KeyActor, PersonActor, Scope};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    id::{ApiKeyId, OrganizationId, PersonId, TypedId},
    value::{OrganizationStatus, Role},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// How tokens are signed and checked.
#[derive(Clone)]
pub struct TokenSettings {
    /// The HMAC-SHA256 secret, at least 32 bytes.
    pub secret: Vec<u8>,
    /// The `iss` that a token must have.
    pub issuer: String,
    /// The `aud` that a token must have.
    pub audience: String,
}

/// Why credentials were not accepted. The text is for the client and says nothing about what exists.
#[derive(Clone, Debug)]
pub enum AuthFault {
    /// The header, token or key is malformed, forged, expired, revoked or of somebody who is gone.
    Refused(&'static str),
    /// The server could not find out.
    Fault(Fault),
}

impl From<Fault> for AuthFault {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A person's place in an organization, as authentication needs it.
#[derive(Clone, Debug)]
pub struct MemberRecord {
    /// The role.
    pub role: Role,
    /// The organization's state.
    pub status: OrganizationStatus,
    /// Whether the organization runs the installation.
    pub operator: bool,
}

/// An API key, as authentication needs it.
#[derive(Clone, Debug)]
pub struct KeyRecord {
    /// The key.
    pub id: ApiKeyId,
    /// Its organization.
    pub organization: OrganizationId,
    /// SHA-256 of the secret, hexadecimal.
    pub secret_hash: String,
    /// What it may change.
    pub scopes: Vec<Scope>,
    /// The organization's state.
    pub status: OrganizationStatus,
    /// Whether the organization runs the installation.
    pub operator: bool,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Where members and keys are looked up; the organization room answers.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// The person's place in the organization, if there is one.
    async fn find_member(&self, person: PersonId, organization: OrganizationId) -> Result<Option<MemberRecord>, Fault>;
    /// The key with this prefix.
    async fn find_key(&self, prefix: &str) -> Result<Option<KeyRecord>, Fault>;
    /// Notes that the key was used.
    async fn touch_key(&self, key: ApiKeyId, now: DateTime<Utc>) -> Result<(), Fault>;
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    org: String,
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
}

/// Turns credentials into actors, and issues tokens for people.
pub struct Authenticator {
    settings: TokenSettings,
    accounts: Arc<dyn Accounts>,
    clock: Arc<dyn Clock>,
}

/// SHA-256 of the secret part of an API key, hexadecimal.
#[must_use]
pub fn hash_secret(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Authenticator {
    /// An authenticator over `accounts`.
    #[must_use]
    pub fn new(settings: TokenSettings, accounts: Arc<dyn Accounts>, clock: Arc<dyn Clock>) -> Self {
        Self { settings, accounts, clock }
    }

    /// The actor that the value of an `Authorization` header names; a visitor where there is none.
    ///
    /// # Errors
    /// [`AuthFault::Refused`] for credentials that are not accepted, whatever the reason.
    pub async fn authenticate(&self, authorization: Option<&str>) -> Result<Actor, AuthFault> {
        let Some(value) = authorization else { return Ok(Actor::Visitor) };
        let (scheme, credentials) =
            value.trim().split_once(' ').ok_or(AuthFault::Refused("Expected `Bearer TOKEN`."))?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(AuthFault::Refused("Only the Bearer scheme is accepted."));
        }
        match credentials.trim() {
            "" => Err(AuthFault::Refused("The token is empty.")),
            key if key.starts_with("pgk_") => self.key(key).await,
            token => self.person(token).await,
        }
    }

    /// The organization that a token of ours names, whoever has it and whether it still counts; nothing of a key, which
    /// does not say whose it is. It costs no query.
    #[must_use]
    pub fn organization_named(&self, authorization: Option<&str>) -> Option<OrganizationId> {
        let (_, token) = authorization?.trim().split_once(' ')?;
        OrganizationId::parse_global(&self.claims(token.trim())?.org)
    }

    async fn key(&self, text: &str) -> Result<Actor, AuthFault> {
        const REFUSED: AuthFault = AuthFault::Refused("The API key is not valid.");
        let mut parts = text.splitn(3, '_');
        let (Some("pgk"), Some(prefix), Some(secret)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(REFUSED);
        };
        let record = self.accounts.find_key(prefix).await?.ok_or(REFUSED)?;
        let matches: bool = hash_secret(secret).as_bytes().ct_eq(record.secret_hash.as_bytes()).into();
        let now = self.clock.now();
        if !matches || record.revoked_at.is_some() || record.expires_at.is_some_and(|end| end <= now) {
            return Err(REFUSED);
        }
        if record.status == OrganizationStatus::Terminated {
            return Err(REFUSED);
        }
        self.accounts.touch_key(record.id, now).await?;
        Ok(Actor::Key(KeyActor {
            key: record.id,
            organization: record.organization,
            scopes: record.scopes,
            status: record.status,
            operator: record.operator,
            expires_at: record.expires_at,
        }))
    }

    async fn person(&self, token: &str) -> Result<Actor, AuthFault> {
        const REFUSED: AuthFault = AuthFault::Refused("The token is not valid or has expired.");
        let claims = self.claims(token).ok_or(REFUSED)?;
        let expires_at = DateTime::from_timestamp(claims.exp, 0).ok_or(REFUSED)?;
        if expires_at <= self.clock.now() {
            return Err(REFUSED);
        }
        let person = PersonId::parse_global(&claims.sub).ok_or(REFUSED)?;
        let organization = OrganizationId::parse_global(&claims.org).ok_or(REFUSED)?;
        let member = self.accounts.find_member(person, organization).await?.ok_or(REFUSED)?;
        if member.status == OrganizationStatus::Terminated {
            return Err(REFUSED);
        }
        let MemberRecord { role, status, operator } = member;
        Ok(Actor::Person(PersonActor { person, organization, role, status, operator, expires_at }))
    }

    /// What a token of ours says.
    fn claims(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The library would ask the machine's clock; ours is asked by who wants to know.
        validation.validate_exp = false;
        let key = DecodingKey::from_secret(&self.settings.secret);
        Some(jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims)
    }

    /// A token for a person in an organization, valid for `lifetime`.
    ///
    /// # Errors
    /// [`Fault::Internal`] where the token cannot be signed.
    pub fn issue(&self, person: PersonId, organization: OrganizationId, lifetime: TimeDelta) -> Result<String, Fault> {
        let now = self.clock.now();
        let claims = Claims {
            sub: person.global(),
            org: organization.global(),
            iss: self.settings.issuer.clone(),
            aud: self.settings.audience.clone(),
            iat: now.timestamp(),
            exp: (now + lifetime).timestamp(),
        };
        let key = EncodingKey::from_secret(&self.settings.secret);
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).map_err(Fault::internal)
    }
}
