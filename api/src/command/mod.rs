//! The command line: one file a subcommand. Commands that change data act as [`Actor::Operator`], which cannot be reached
//! over the network. What a command found goes to the standard output, everything else to the standard error.
//!
//! This room wires others together and has no rules of its own: whatever may be refused is refused by a service.
//!
//! [`Actor::Operator`]: crate::op::Actor::Operator

mod account_list;
mod api_key;
mod backup;
mod bootstrap;
mod config;
mod data;
mod demo;
mod failure;
mod feed;
mod health;
mod import;
mod lifetime;
mod match_accounts;
mod migrate;
mod restore;
mod schema;
mod serve;
mod serving;
mod terminal;
mod token;

use clap::{Parser, Subcommand};
use failure::Failed;
use std::process::ExitCode;

const AFTER_HELP: &str = "\
Try it without any setup:
  partnergraph demo

Run it for real, with PostgreSQL or an SQLite file:
  export DATABASE_URL=postgres://partnergraph:secret@localhost/partnergraph
  export JWT_SECRET=$(openssl rand -hex 32)
  partnergraph migrate
  partnergraph bootstrap --name 'Our Company' --slug our-company --owner admin@our-company.example
  partnergraph serve

Settings come from environment variables; `partnergraph config` names and checks them.

Exit codes:
  0  done
  1  failed; the standard error says why and what to do
  2  not used as it is meant to be, or not done by this program (backups of PostgreSQL)
  3  an import is done, and some rows were rejected";

/// The open, self-hosted GraphQL server for companies that work through partners.
#[derive(Debug, Parser)]
#[command(name = "partnergraph", version, max_term_width = 100, after_help = AFTER_HELP, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

// What each is for is written with its arguments.
#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Migrate(migrate::Migrate),
    Bootstrap(bootstrap::Bootstrap),
    Import(import::Import),
    AccountList(account_list::AccountLists),
    Match(match_accounts::Match),
    Token(token::Token),
    ApiKey(api_key::ApiKey),
    Config(config::ShowConfig),
    Schema(schema::PrintSchema),
    Health(health::Health),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Feed(feed::Feed),
}

impl Cli {
    /// Runs the command and says on the standard error what went wrong, if something did.
    #[must_use]
    pub fn run(self) -> ExitCode {
        match self.dispatch() {
            Ok(code) => code,
            Err(failed) => {
                terminal::note(&failed.to_string());
                failed.exit_code()
            }
        }
    }

    fn dispatch(self) -> Result<ExitCode, Failed> {
        match self.command {
            // Neither needs a runtime, a database or any setting.
            Command::Schema(command) => command.run(),
            Command::Config(command) => command.run(),
            Command::Health(command) => command.run(),
            Command::Match(command) => command.run(),
            command => {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .enable_all()
                    .build()
                    .map_err(|cause| Failed::new(format!("Cannot start: {cause}.")))?;
                runtime.block_on(command.run_async())
            }
        }
    }
}

impl Command {
    async fn run_async(self) -> Result<ExitCode, Failed> {
        match self {
            Self::Demo(command) => command.run().await,
            Self::Serve(command) => command.run().await,
            Self::Migrate(command) => command.run().await,
            Self::Bootstrap(command) => command.run().await,
            Self::Import(command) => command.run().await,
            Self::AccountList(command) => command.run().await,
            Self::Token(command) => command.run().await,
            Self::ApiKey(command) => command.run().await,
            Self::Backup(command) => command.run().await,
            Self::Restore(command) => command.run().await,
            Self::Feed(command) => command.run().await,
            Self::Match(command) => command.run(),
            Self::Schema(command) => command.run(),
            Self::Config(command) => command.run(),
            Self::Health(command) => command.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_argument_says_what_it_is_and_every_command_has_an_example() {
        fn check(command: &clap::Command) {
            let name = command.get_name();
            assert!(command.get_about().is_some(), "{name} says nothing");
            // A group of commands is explained by its commands.
            if !command.has_subcommands() {
                let long = command.get_long_about().map(ToString::to_string).unwrap_or_default();
                assert!(
                    long.contains("\n\n") || ["create", "list", "revoke"].contains(&name),
                    "{name} says too little"
                );
            }
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{name} {} says nothing", argument.get_id());
            }
            let inner: Vec<_> = command.get_subcommands().filter(|inner| inner.get_name() != "help").collect();
            if inner.is_empty() {
                let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(after.contains("partnergraph "), "{name} has no example");
            }
            inner.into_iter().for_each(check);
        }
        check(&Cli::command());
    }
}
