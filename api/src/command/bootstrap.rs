//! `partnergraph bootstrap`.

use super::{data, failure::Failed, terminal};
use crate::organization::service::{self, Owner};
use clap::Args;
use std::process::ExitCode;

/// Make the organization that runs this installation, and its first owner.
///
/// Somebody must decide on applicants, moderate listings and reviews and keep the category tree: the people of this
/// organization. A database has one; the owner adds the others, and enters further organizations, over the API.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  partnergraph bootstrap --name 'Our Company' --slug our-company --owner admin@our-company.example
  partnergraph token --person admin@our-company.example --organization our-company")]
pub(super) struct Bootstrap {
    /// The organization's display name.
    #[arg(long)]
    name: String,
    /// Its short name in addresses: a to z, 0 to 9 and hyphens.
    #[arg(long)]
    slug: String,
    /// The e-mail address of its first owner.
    #[arg(long, value_name = "EMAIL")]
    owner: String,
    /// How the owner is called.
    #[arg(long, value_name = "NAME", default_value = "Owner")]
    owner_name: String,
}

impl Bootstrap {
    pub(super) async fn run(self) -> Result<ExitCode, Failed> {
        let world = data::world().await?;
        let op = data::operator(&world, "bootstrap");
        let owner = Owner { email: self.owner.clone(), name: self.owner_name };
        let (organization, _) = service::bootstrap(&op, &self.name, &self.slug, owner).await?;
        data::close(&world.db).await;
        terminal::say(&format!(
            "{} runs this installation. A token for its owner:\n  partnergraph token --person {} --organization {}",
            organization.name, self.owner, organization.slug
        ));
        Ok(ExitCode::SUCCESS)
    }
}
