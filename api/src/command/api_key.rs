//! `partnergraph api-key`.

use super::{data, failure::Failed, lifetime, terminal};
use crate::{
    op::{Op, Scope},
    organization::{model, service},
};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clap::{Args, Subcommand};
use entity::id::TypedId;
use std::{collections::BTreeSet, process::ExitCode};

/// Make, list and revoke the keys with which services sign in to the API.
#[derive(Debug, Args)]
pub(super) struct ApiKey {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key and print it: this once, for only its hash is kept.
    #[command(after_help = "\
Scopes say what the key may change: ORGANIZATION_WRITE, PARTNERSHIPS_WRITE, PROGRAMS_WRITE, LISTINGS_WRITE,
OPPORTUNITIES_WRITE, WEBHOOKS_WRITE.
Without any it reads what the organization's members may read.

Example:
  partnergraph api-key create --organization acme --name 'CRM sync' --scope PARTNERSHIPS_WRITE --lifetime 90d")]
    Create {
        /// The slug of the organization for which the key acts.
        #[arg(long, value_name = "SLUG")]
        organization: String,
        /// What the key is for.
        #[arg(long)]
        name: String,
        /// What the key may change; may be given several times.
        #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
        scopes: Vec<Scope>,
        /// How long it is valid: a number and s, m, h, d or w. Without it, until it is revoked.
        #[arg(long, value_parser = lifetime::parse)]
        lifetime: Option<TimeDelta>,
    },
    /// List an organization's keys, without their secrets.
    #[command(after_help = "Example:\n  partnergraph api-key list --organization acme")]
    List {
        /// The organization's slug.
        #[arg(long, value_name = "SLUG")]
        organization: String,
    },
    /// Revoke a key: it is refused from now on.
    #[command(after_help = "Example:\n  partnergraph api-key revoke --organization acme k3x7m2pa")]
    Revoke {
        /// The organization's slug.
        #[arg(long, value_name = "SLUG")]
        organization: String,
        /// The key's prefix (the letters between `pgk_` and the next `_`) or its id; never the whole key.
        #[arg(value_name = "PREFIX")]
        key: String,
    },
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::from_word(&word.trim().to_uppercase().replace('-', "_")).ok_or_else(|| {
        let known: Vec<&str> = Scope::GRANTABLE.into_iter().map(Scope::word).collect();
        format!("expected one of {}", known.join(", "))
    })
}

impl ApiKey {
    pub(super) async fn run(self) -> Result<ExitCode, Failed> {
        let world = data::world().await?;
        let op = data::operator(&world, "api-key");
        let done = match self.action {
            Action::Create { organization, name, scopes, lifetime } => {
                create(&op, &organization, name, scopes, lifetime).await
            }
            Action::List { organization } => list(&op, &organization).await,
            Action::Revoke { organization, key } => revoke(&op, &organization, &key).await,
        };
        data::close(&world.db).await;
        done
    }
}

async fn create(
    op: &Op,
    slug: &str,
    name: String,
    scopes: Vec<Scope>,
    lifetime: Option<TimeDelta>,
) -> Result<ExitCode, Failed> {
    let organization = data::organization(op, slug).await?;
    let new = model::NewKey {
        name,
        scopes: scopes.into_iter().collect::<BTreeSet<_>>(),
        expires_at: lifetime.map(|lifetime| op.now() + lifetime),
    };
    let issued = service::create_key(op, organization.id, new, None).await?;
    let token = issued.token.ok_or_else(|| Failed::new("The key was made before and cannot be shown again."))?;
    let end = issued.key.expires_at.map_or_else(|| "until it is revoked".to_owned(), |at| format!("until {}", day(at)));
    terminal::note(&format!(
        "A key of {} with the prefix {}, valid {end}. It is shown this once:",
        organization.name, issued.key.prefix
    ));
    terminal::say(&token);
    Ok(ExitCode::SUCCESS)
}

async fn list(op: &Op, slug: &str) -> Result<ExitCode, Failed> {
    let keys = all(op, slug).await?;
    if keys.is_empty() {
        terminal::note(&format!("`{slug}` has no keys."));
    }
    for key in keys {
        let state = match (key.revoked_at, key.expires_at) {
            (Some(at), _) => format!("revoked {}", day(at)),
            (None, Some(at)) if at <= op.now() => format!("over since {}", day(at)),
            (None, Some(at)) => format!("valid until {}", day(at)),
            (None, None) => "valid".to_owned(),
        };
        let used = key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {}", day(at)));
        let scopes = if key.scopes.is_empty() { "reads only" } else { &key.scopes };
        terminal::say(&format!("{}  {}  {state}, {used}, {scopes}  {}", key.prefix, key.id.global(), key.name));
    }
    Ok(ExitCode::SUCCESS)
}

async fn revoke(op: &Op, slug: &str, name: &str) -> Result<ExitCode, Failed> {
    if name.starts_with("pgk_") {
        return Err(Failed::new("That looks like a whole key; it may now be in this shell's history.")
            .advise("Give the prefix only: the letters between `pgk_` and the next `_`."));
    }
    let found = all(op, slug).await?.into_iter().find(|key| key.prefix == name || key.id.global() == name);
    let key = found.ok_or_else(|| {
        Failed::new(format!("`{slug}` has no key `{name}`."))
            .advise(format!("`partnergraph api-key list --organization {slug}` lists its keys."))
    })?;
    let before = key.revoked_at.is_some();
    let revoked = service::revoke_key(op, key.id).await?;
    let already = if before { "was revoked before" } else { "is revoked" };
    terminal::say(&format!("The key {} ({}) {already}.", revoked.prefix, revoked.name));
    Ok(ExitCode::SUCCESS)
}

async fn all(op: &Op, slug: &str) -> Result<Vec<model::ApiKey>, Failed> {
    let organization = data::organization(op, slug).await?;
    Ok(service::list_keys(op, organization.id).await?)
}

fn day(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
