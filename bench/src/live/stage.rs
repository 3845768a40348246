//! What the measured product runs on: a database, Redis, one replica that serves the sockets, and one that takes the
//! writers' mutations, so that what a delivery costs is not mixed with what a change costs.

use crate::{
    Result,
    neighbor::{Server, host, variable},
    process,
};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use std::{
    collections::BTreeMap,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::time::sleep;

const DATABASE: &str = "partnergraph_live";
/// What signs the tokens.
pub(super) const SECRET: &str = "a secret that only this measurement knows";
/// How long a server may take to be ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything that runs of the product.
pub(super) struct Stage {
    pub(super) client: reqwest::Client,
    pub(super) database: DatabaseConnection,
    pub(super) redis_url: String,
    /// The replica that serves the sockets.
    pub(super) sockets: Replica,
    /// The replica that takes the mutations.
    pub(super) writers: Replica,
    program: PathBuf,
    url: String,
}

/// A running process that listens.
pub(super) struct Replica {
    pub(super) address: SocketAddr,
    process: Child,
}

impl Replica {
    pub(super) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// A command that runs on one core, where one is named.
pub(super) fn on_core(core: Option<usize>, program: &Path) -> Command {
    match core {
        Some(core) => {
            let mut command = Command::new("taskset");
            command.arg("--cpu-list").arg(core.to_string()).arg(program);
            command
        }
        None => Command::new(program),
    }
}

impl Stage {
    /// Makes a database and starts both replicas; the one that serves the sockets on `core`.
    pub(super) async fn set(program: &Path, core: Option<usize>) -> Result<Self> {
        let admin = variable("TEST_POSTGRES_URL")?;
        let (prefix, _) = admin.rsplit_once('/').ok_or("TEST_POSTGRES_URL names no database")?;
        let database = Database::connect(&admin).await?;
        database.execute_unprepared(&format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")).await?;
        database.execute_unprepared(&format!("CREATE DATABASE {DATABASE}")).await?;
        database.close().await?;
        let (url, redis_url) = (format!("{prefix}/{DATABASE}"), variable("TEST_REDIS_URL")?);
        let client = reqwest::Client::builder().build()?;
        let environment = [("DATABASE_URL", url.as_str()), ("REDIS_URL", redis_url.as_str())];
        let run = |core: Option<usize>| {
            let mut command = on_core(core, program);
            command.envs(environment).envs(SETTINGS).stdin(Stdio::null());
            command
        };
        if !run(None).arg("migrate").stdout(Stdio::null()).status()?.success() {
            return Err("the migration failed".into());
        }
        let database = Database::connect(&url).await?;
        database.execute_unprepared("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").await?;
        let mut replicas = Vec::new();
        for core in [core, None] {
            let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
            let process = run(core).arg("serve").env("LISTEN", address.to_string()).stdout(Stdio::null()).spawn()?;
            let replica = Replica { address, process };
            ready(&client, address).await?;
            replicas.push(replica);
        }
        let (Some(writers), Some(sockets)) = (replicas.pop(), replicas.pop()) else { return Err("no replicas".into()) };
        Ok(Self { client, database, redis_url, sockets, writers, program: program.to_owned(), url })
    }

    /// What a command of the program prints.
    pub(super) fn say(&self, arguments: &[&str]) -> Result<String> {
        let environment = [("DATABASE_URL", self.url.as_str()), ("REDIS_URL", self.redis_url.as_str())];
        let mut command = Command::new(&self.program);
        let output = command.args(arguments).envs(environment).envs(SETTINGS).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{arguments:?} ended with {}", output.status).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Rows of a statement.
    pub(super) async fn rows(&self, sql: &str) -> Result<Vec<sea_orm::QueryResult>> {
        let statement = Statement::from_string(self.database.get_database_backend(), sql);
        Ok(self.database.query_all_raw(statement).await?)
    }

    /// How often each statement was executed so far, by its text.
    pub(super) async fn statements(&self) -> Result<BTreeMap<String, i64>> {
        let sql = format!(
            "SELECT query, SUM(calls)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid \
             WHERE d.datname = '{DATABASE}' AND query NOT LIKE '%pg_stat_statements%' GROUP BY query"
        );
        let rows = self.rows(&sql).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// A number of the socket replica's metrics, all labels together.
    pub(super) async fn metric(&self, name: &str) -> Result<f64> {
        let url = format!("http://{}/metrics", self.sockets.address);
        let text = self.client.get(url).send().await?.text().await?;
        let lines = text
            .lines()
            .filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ') || rest.starts_with('{')));
        Ok(lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).fold(0.0, |sum, value| sum + value))
    }

    /// Memory of the socket replica, in KiB.
    pub(super) fn resident(&self) -> Result<u64> {
        process::resident(self.sockets.pid())
    }

    /// Starts Redis with nothing in it, and waits until it answers.
    pub(super) async fn start_redis(&self, redis: &mut Server) -> Result<()> {
        redis.start()?;
        let (address, until) = (host(&self.redis_url)?, Instant::now() + PATIENCE);
        while Instant::now() < until {
            if tokio::net::TcpStream::connect(&address).await.is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err("Redis did not come back".into())
    }
}

/// Limits are set so that they do not end the measurement: thousands of sockets of one person are no attack here.
const SETTINGS: [(&str, &str); 6] = [
    ("JWT_SECRET", SECRET),
    ("LOG_LEVEL", "error"),
    ("MAX_CONNECTIONS", "40000"),
    ("LIVE_CONNECTIONS", "39000"),
    ("LIVE_CONNECTIONS_PER_ACTOR", "39000"),
    ("LIVE_CONNECTIONS_PER_ORGANIZATION", "39000"),
];

async fn ready(client: &reqwest::Client, address: SocketAddr) -> Result<()> {
    let (url, until) = (format!("http://{address}/readyz"), Instant::now() + PATIENCE);
    while Instant::now() < until {
        if client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Err(format!("a replica was not ready within {} s", PATIENCE.as_secs()).into())
}
