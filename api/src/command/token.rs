//! `partnergraph token`.

use super::{data, failure::Failed, lifetime, terminal};
use crate::{
    config,
    op::{Authenticator, SystemClock},
    organization::{accounts::Accounts, model, service},
};
use chrono::{SecondsFormat, TimeDelta};
use clap::Args;
use std::{process::ExitCode, sync::Arc};

/// Print a token with which a person signs in to the API.
///
/// The person must be a member of the organization. The token is signed with JWT_SECRET, which must be the server's;
/// it says who the person is and nothing else: the role is looked up with every request. In production tokens come
/// from an identity provider that knows the same secret; this command is for the first sign-in and for scripts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  partnergraph token --person admin@our-company.example --organization our-company
  curl -H \"Authorization: Bearer $(partnergraph token --person ... --organization ... --lifetime 1h)\" ...")]
pub(super) struct Token {
    /// The person's e-mail address.
    #[arg(long, value_name = "EMAIL")]
    person: String,
    /// The slug of the organization for which the person acts.
    #[arg(long, value_name = "SLUG")]
    organization: String,
    /// How long the token is valid: a number and s, m, h, d or w.
    #[arg(long, default_value = "12h", value_parser = lifetime::parse)]
    lifetime: TimeDelta,
}

impl Token {
    pub(super) async fn run(self) -> Result<ExitCode, Failed> {
        let settings = data::from_environment(config::read_token)?;
        let world = data::world().await?;
        let op = data::operator(&world, "token");
        let organization = data::organization(&op, &self.organization).await?;
        let email = model::email(&self.person)
            .ok_or_else(|| Failed::new(format!("`{}` is no e-mail address.", self.person)))?;
        let member = service::find_account(&op, &organization.slug, &email).await?.ok_or_else(|| {
            Failed::new(format!("{email} is no member of `{}`.", organization.slug))
                .advise("An administrator of the organization adds members with the mutation `memberAdd`.")
        })?;
        let authenticator =
            Authenticator::new(settings, Arc::new(Accounts::new(Arc::clone(&world))), Arc::new(SystemClock));
        let token = authenticator.issue(member.person_id, member.organization_id, self.lifetime)?;
        data::close(&world.db).await;
        let until = (op.now() + self.lifetime).to_rfc3339_opts(SecondsFormat::Secs, true);
        terminal::note(&format!("For {email} of {}, {:?}, until {until}:", organization.name, member.role));
        terminal::say(&token);
        Ok(ExitCode::SUCCESS)
    }
}
