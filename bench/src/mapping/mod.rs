//! Measures account mapping on made lists with a known truth: the command on two files beside a polars join, and the
//! server's first run and an increment beside a join of stored keys in the same database. Times are told as ratios of one
//! run, since whatever else runs on the machine is in them.

mod command;
mod lists;
mod peer;
mod server;

use crate::Result;
use clap::Args;
use lists::Lists;
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use server::{Partner, Ran, Server};
use std::{
    env, fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Measure account mapping: the command beside polars, the server beside a join of stored keys.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Accounts of each list.
    #[arg(long, default_value_t = 100_000)]
    accounts: usize,
    /// Accounts of the left list that come after the first run.
    #[arg(long, default_value_t = 100)]
    later: usize,
    /// How often the command and polars run, in turn; 0 for neither.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Leave the server out.
    #[arg(long)]
    no_server: bool,
    /// Seconds that one run of the server, the command or polars may take.
    #[arg(long, default_value_t = 1800)]
    limit: u64,
    /// The folder with `scale/make_accounts.py` and `account-mapping-dev/score.py`.
    #[arg(long)]
    data: PathBuf,
    /// The script that joins with polars.
    #[arg(long, default_value = "bench/peer/polars_join.py")]
    polars: PathBuf,
    /// The server's program.
    #[arg(long, default_value = "target/release/partnergraph")]
    server: PathBuf,
}

/// Measures and prints what was seen.
pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let folder = env::temp_dir().join(format!("partnergraph-mapping-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let done = measure(&arguments, &folder).await;
    fs::remove_dir_all(&folder)?;
    done
}

async fn measure(arguments: &Arguments, folder: &Path) -> Result<()> {
    let lists = Lists::make(&arguments.data, folder, arguments.accounts, arguments.later)?;
    println!("two lists of {} accounts", arguments.accounts);
    if arguments.rounds > 0 {
        let limit = Duration::from_secs(arguments.limit);
        command::compare(&lists, &arguments.server, &arguments.polars, arguments.rounds, limit)?;
    }
    if arguments.no_server { Ok(()) } else { with_server(arguments, &lists).await }
}

async fn with_server(arguments: &Arguments, lists: &Lists) -> Result<()> {
    let limit = Duration::from_secs(arguments.limit);
    let server = Server::start(&arguments.server).await?;
    let [left, right] = server.partners().await?;
    let took = server.import(&left, "replace", &lists.path("first.csv"))?;
    let took = took + server.import(&right, "replace", &lists.path("b.csv"))?;
    println!("both lists were loaded in {:.1} s", took.as_secs_f64());
    let database = Database::connect(&server.database_url).await?;
    database.execute_unprepared("VACUUM ANALYZE").await?;
    database.close().await?;

    let joined =
        peer::join(&server.database_url, server.postgres, [left.slug, right.slug], &lists.path("pairs-join.csv"))
            .await?;
    println!(
        "join of stored keys: {:.2} s, CPU {:.2} s, {} pairs; {}",
        joined.time.as_secs_f64(),
        joined.cpu.as_secs_f64(),
        joined.pairs,
        lists.score(&lists.path("pairs-join.csv"), "truth-first.csv")?
    );

    server.share(&left, &right).await?;
    server.share(&right, &left).await?;
    let first = server.ran(&left, &right, 0, limit).await?;
    tell("first run", &first);
    let ratio = first.waited.as_secs_f64() / joined.time.as_secs_f64().max(f64::MIN_POSITIVE);
    println!("first run / join: time {ratio:.2} (goal: 3 at most)");
    score(&server, [&left, &right], lists, "truth-first.csv").await?;

    if arguments.later > 0 {
        let took = server.import(&left, "merge", &lists.path("later.csv"))?;
        println!("{} accounts were added in {:.2} s", arguments.later, took.as_secs_f64());
        let start = Instant::now();
        let next = server.ran(&left, &right, first.number, limit).await?;
        tell("increment", &next);
        println!(
            "increment / first run: time {:.3}",
            start.elapsed().as_secs_f64() / first.waited.as_secs_f64().max(f64::MIN_POSITIVE)
        );
        score(&server, [&left, &right], lists, "truth.csv").await?;
    }
    read(&server, &left, &right).await?;
    println!("most memory of the server: {} MiB (goal: under 1024)", server.peak()? / 1024);
    Ok(())
}

fn tell(name: &str, ran: &Ran) {
    println!(
        "{name} ({}): {:.2} s (seen after {:.2} s), CPU of the server {:.2} s, of PostgreSQL {:.2} s; {} states of its progress were seen",
        ran.kind,
        ran.waited.as_secs_f64(),
        ran.seen.as_secs_f64(),
        ran.cpu.as_secs_f64(),
        ran.database_cpu.as_secs_f64(),
        ran.steps
    );
}

async fn score(server: &Server, [viewer, partner]: [&Partner; 2], lists: &Lists, truth: &str) -> Result<()> {
    let out = lists.path("pairs-server.csv");
    let start = Instant::now();
    let pairs = server.export(viewer, partner, &out).await?;
    println!("{pairs} overlaps, exported in {:.1} s; {}", start.elapsed().as_secs_f64(), lists.score(&out, truth)?);
    Ok(())
}

/// How often a page is read.
const TIMES: usize = 50;

/// Reads the matrix, a page of overlaps, and a page of accounts to compare them with.
async fn read(server: &Server, viewer: &Partner, partner: &Partner) -> Result<()> {
    let cells = "query ($partner: String!) { overlapMatrix(partner: $partner) { computedAt cells {
        own { id name kind } partners { id name kind } ownCount partnerCount pairCount } } }";
    let page = "query ($partner: String!, $after: String) {
        overlaps(partner: $partner, first: 50, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { id confidence reasons { kind ownValue partnerValue }
            own { name domain list { kind } } partner { name domain list { kind } } } } }";
    let count = "query ($partner: String!) { overlaps(partner: $partner, first: 0) { totalCount } }";
    let accounts = "{ accountLists(first: 1) { nodes { accounts(first: 50) { nodes { id name domain } } } } }";
    let of_partner = json!({"partner": partner.slug});
    let (took, _) = server.read(viewer, accounts, &json!({}), TIMES).await?;
    println!("a page of 50 accounts, to compare with: {:.1} ms", took.as_secs_f64() * 1e3);
    let (took, answer) = server.read(viewer, cells, &of_partner, TIMES).await?;
    println!("the matrix: {:.1} ms; {}", took.as_secs_f64() * 1e3, answer["overlapMatrix"]["cells"][0]["pairCount"]);
    let (took, answer) = server.read(viewer, page, &of_partner, TIMES).await?;
    println!("a page of 50 overlaps: {:.1} ms", took.as_secs_f64() * 1e3);
    let next = json!({"partner": partner.slug, "after": answer["overlaps"]["pageInfo"]["endCursor"]});
    let (took, _) = server.read(viewer, page, &next, TIMES).await?;
    println!("the page behind it: {:.1} ms", took.as_secs_f64() * 1e3);
    let (took, answer) = server.read(viewer, count, &of_partner, TIMES).await?;
    println!("totalCount of overlaps: {:.1} ms; {}", took.as_secs_f64() * 1e3, answer["overlaps"]["totalCount"]);
    Ok(())
}
