//! `partnergraph demo`.

use super::{data, failure::Failed, serving, terminal};
use crate::{
    app::App,
    cache::CacheConfig,
    config::{self, Config, Source},
    db::{Db, DbConfig, FileFault},
    demo::{self, Folder},
    event::feed::FeedSettings,
    http::server::{Listening, ServerSettings, stop_signal},
    op::{Actor, AuthFault, Clock, Ids, MappingSettings, RandomIds, SystemClock, TokenSettings},
    outbound::OutboundSettings,
    schema::request::PipelineSettings,
    telemetry,
};
use chrono::TimeDelta;
use clap::Args;
use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};
use tracing::Level;

/// How long the printed tokens are valid: a week of looking around, and a start prints new ones.
const TOKEN_LIFETIME: TimeDelta = TimeDelta::days(7);

/// Start a server with a made-up partner program to look around in; needs no setup.
///
/// Makes an SQLite file in the data folder, fills it with invented companies, prints tokens to act as several of
/// their people, and serves GraphQL and the GraphiQL page. A second start keeps what you changed, and tokens of an
/// earlier start stay valid. Meant for one machine: for a real installation see `partnergraph serve --help`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  partnergraph demo
  partnergraph demo --listen 127.0.0.1:8081
  partnergraph demo --reset                 start over with fresh data
  partnergraph demo --memory                keep nothing

Other commands work on its data too:
  export DATABASE_URL=sqlite:partnergraph-data/demo.db JWT_SECRET=$(cat partnergraph-data/demo-jwt-secret)
  partnergraph token --person partners@ofek-security.example --organization ofek-security")]
pub(super) struct Demo {
    /// Remove the demo's own files (demo.db and demo-jwt-secret) from the data folder first.
    #[arg(long, conflicts_with = "memory")]
    reset: bool,
    /// Keep the data in memory, and nothing on disk.
    #[arg(long)]
    memory: bool,
    /// Where the data is kept.
    #[arg(long, value_name = "PATH", default_value = "./partnergraph-data", conflicts_with = "memory")]
    data_folder: PathBuf,
    /// Where to listen; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Demo {
    pub(super) async fn run(self) -> Result<ExitCode, Failed> {
        // Requests are what one looks at here, not their log lines; whoever wants those says so.
        let mut log = data::from_environment(config::read_log)?;
        if std::env::var_os("LOG_LEVEL").is_none() {
            log.level = Level::WARN;
        }
        telemetry::start(log);
        serving::check_free(self.listen, "Stop it, or choose another address with --listen")?;
        let ids = RandomIds::default();
        let (app, config) = if self.memory {
            let config = self.config("sqlite::memory:".to_owned(), hexadecimal(&ids.secret()));
            terminal::say("Loading the demo data into memory ...");
            let db = open(&config.database).await?;
            fill(&db).await?;
            (assemble(&config, db)?, config)
        } else {
            self.on_disk(&ids).await?
        };
        let listening = app.listen(&config).map_err(|error| serving::refused(error, "--listen"))?;
        introduce(&app, &listening).await?;
        serving::run(app, listening, stop_signal()).await?;
        terminal::say("Stopped.");
        Ok(ExitCode::SUCCESS)
    }

    async fn on_disk(&self, ids: &RandomIds) -> Result<(App, Config), Failed> {
        let folder = Folder::at(&self.data_folder);
        let failed = |what: &str, cause: &std::io::Error| {
            Failed::new(format!("Cannot {what} in {}: {cause}.", folder.path().display()))
                .advise("Choose a folder that may be written to with --data-folder, or keep nothing with --memory.")
        };
        folder.make().map_err(|cause| failed("make the data folder", &cause))?;
        if self.reset {
            reset(&folder).await?;
        }
        let secret = folder.secret(ids.secret()).map_err(|cause| failed("keep the secret of the tokens", &cause))?;
        let file = folder.database();
        let config = self.config(file.url(), secret);
        if file.path().exists() {
            terminal::say(&format!("Using the data in {} (--reset starts over).", file.path().display()));
        } else {
            terminal::say(&format!("Loading the demo data into {} ...", file.path().display()));
            folder.tidy().map_err(|cause| failed("remove an unfinished start", &cause))?;
            // Filled under another name without waiting for the disk: until it has its own name, it is worth nothing.
            let unfinished = DbConfig { url: folder.unfinished().url(), durable: false, ..config.database.clone() };
            let db = open(&unfinished).await?;
            fill(&db).await?;
            db.close().await.map_err(|cause| Failed::new(format!("The demo database did not close: {cause}.")))?;
            folder.finish().map_err(|cause| failed("name the database", &cause))?;
        }
        let db = open(&config.database).await?;
        db.migrate().await.map_err(|cause| {
            Failed::new(format!("The demo data cannot be brought up to date: {cause}."))
                .advise("`partnergraph demo --reset` starts over with fresh data.")
        })?;
        Ok((assemble(&config, db)?, config))
    }

    fn config(&self, url: String, secret: Vec<u8>) -> Config {
        Config {
            server: ServerSettings { listen: self.listen, ..ServerSettings::default() },
            request: PipelineSettings::default(),
            database: DbConfig {
                url,
                max_connections: 10,
                acquire_timeout: Duration::from_secs(10),
                statement_timeout: Duration::from_secs(15),
                durable: true,
            },
            migrate_on_start: true,
            cache: CacheConfig::default(),
            feed: FeedSettings::default(),
            token: TokenSettings { secret, ..usual_names() },
            // On one's own machine a receiver of webhooks runs on it, too.
            mapping: MappingSettings::default(),
            outbound: OutboundSettings { allow_private: true, allow_plain: true, ..OutboundSettings::default() },
            log: telemetry::LogSettings { format: telemetry::LogFormat::Text, level: Level::WARN },
        }
    }
}

/// Issuer and audience as `token` and `serve` have them by default, so that tokens of the one are taken by the other.
fn usual_names() -> TokenSettings {
    let nothing = |_: &str| None;
    config::token_names(&mut Source::new(&nothing))
}

fn hexadecimal(secret: &[u8]) -> Vec<u8> {
    secret.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

async fn open(database: &DbConfig) -> Result<Db, Failed> {
    Db::open(database).await.map_err(|cause| {
        Failed::new(format!("The demo database cannot be opened: {cause}."))
            .advise("`partnergraph demo --reset` starts over with fresh data.")
    })
}

async fn fill(db: &Db) -> Result<(), Failed> {
    db.migrate().await.map_err(|cause| Failed::new(format!("The demo database cannot be prepared: {cause}.")))?;
    demo::load(db.clone(), SystemClock.now())
        .await
        .map_err(|fault| Failed::new(format!("The demo data cannot be loaded: {fault}.")))
}

fn assemble(config: &Config, db: Db) -> Result<App, Failed> {
    App::over(config, db).map_err(|cause| Failed::new(format!("{cause}.")))
}

async fn reset(folder: &Folder) -> Result<(), Failed> {
    let file = folder.database();
    if file.path().exists()
        && let Err(FileFault::InUse) = file.settle().await
    {
        return Err(Failed::new(format!("A program has {} open.", file.path().display()))
            .advise("Stop the other demo first, or use another --data-folder."));
    }
    let removed = folder.reset().map_err(|cause| {
        Failed::new(format!("Cannot remove the demo's files in {}: {cause}.", folder.path().display()))
    })?;
    match removed.as_slice() {
        [] => terminal::say("There was nothing to reset."),
        files => {
            let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
            terminal::say(&format!("Removed {}. Tokens of earlier starts are no longer valid.", names.join(", ")));
        }
    }
    Ok(())
}

/// Says where the server is, whom one can be, and what to ask first.
async fn introduce(app: &App, listening: &Listening) -> Result<(), Failed> {
    let address = serving::reachable(listening.address());
    let mut text = format!(
        "\nPartnergraph is ready: open http://{address}/ in a browser, or send GraphQL to http://{address}/graphql\n\n\
         Without a token you are a visitor and see what is public. To be somebody, put one of these lines into the\n\
         page's Headers tab, or send the header with curl -H (valid for {} days):\n",
        TOKEN_LIFETIME.num_days()
    );
    let op = app.op(Actor::Operator, "demo", Vec::new());
    let mut invitation = None;
    for (place, account) in demo::accounts(&op).await?.into_iter().enumerate() {
        let token = app.authenticator.issue(account.person, account.organization, TOKEN_LIFETIME)?;
        if place == 0 {
            let actor = app.authenticator.authenticate(Some(&format!("Bearer {token}"))).await;
            let actor = actor.map_err(|fault| match fault {
                AuthFault::Fault(fault) => Failed::from(fault),
                AuthFault::Refused(why) => Failed::new(format!("A token of the demo is not taken: {why}")),
            })?;
            invitation = demo::waiting_invitation(&app.op(actor, "demo", Vec::new())).await?;
        }
        text.push_str(&format!(
            "\n  {}: {}\n  {{\"Authorization\": \"Bearer {token}\"}}\n",
            account.title, account.hint
        ));
    }
    text.push_str(&format!(
        "\nAsk who the leading partners in Germany are; this line works as it is:\n\n{}\n",
        example(address)
    ));
    if let Some(invitation) = invitation {
        text.push_str(&format!(
            "\nSee an alert arrive: run this in the page as the program manager, and leave it running,\n\n{LISTEN}\n\n\
             then accept the invitation as the partner member, in a second window:\n\n\
             mutation {{ invitationAccept(id: \"{invitation}\") {{ userErrors {{ message }} }} }}\n"
        ));
    }
    text.push_str(&format!(
        "\nSee which companies two partners both know: run this in the page as the program manager.\n\n{SHARED}\n"
    ));
    text.push_str("\nCtrl-C stops the server.");
    terminal::say(&text);
    Ok(())
}

/// What tells of invitations that were answered.
const LISTEN: &str = "subscription {
  coSellAlerts(filter: { kinds: [INVITATION] }) {
    alert { __typename occurredAt ... on InvitationAlert { change invitation { opportunityTitle status } } }
  }
}";

/// What the program's organization and a partner have in common, as far as the partner shows it.
const SHARED: &str = "{
  overlaps(partner: \"kestrel-integration\", first: 6) {
    totalCount
    nodes { confidence reasons { kind } own { name list { kind } } partner { name owner list { kind } } }
  }
}";

/// A query by GET, so that nothing in it needs escaping.
fn example(address: SocketAddr) -> String {
    format!(
        "curl -sG http://{address}/graphql --data-urlencode 'query={{
  program(slug: \"{}\") {{
    name
    partners(first: 3, filter: {{countries: [\"DE\"], minTierRank: 3}}, orderBy: {{field: TIER, direction: DESC}}) {{
      totalCount
      nodes {{ types tier {{ name }} joinedAt organization {{ name countryCode profile {{ headline }} }} }}
    }}
  }}
}}'",
        demo::PROGRAM
    )
}
