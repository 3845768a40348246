//! The server under load: a database of its own, filled through the import, and the release program over it.

use super::data;
use crate::{Result, process};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use std::{
    env,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const DATABASE: &str = "partnergraph_bench";

/// A running server.
pub(crate) struct Target {
    /// Where to ask.
    pub(crate) url: String,
    /// What asks.
    pub(crate) client: reqwest::Client,
    server: Child,
    database: DatabaseConnection,
    postgres: u32,
}

impl Target {
    /// CPU time of the server so far.
    pub(crate) fn server_cpu(&self) -> Result<Duration> {
        process::cpu(self.server.id())
    }

    /// CPU time of PostgreSQL so far.
    pub(crate) fn database_cpu(&self) -> Result<Duration> {
        process::cpu_with_children(self.postgres)
    }

    /// Statements that the server has sent so far.
    pub(crate) async fn statements(&self) -> Result<i64> {
        let sql = format!(
            "SELECT COALESCE(SUM(calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid \
             WHERE d.datname = '{DATABASE}'"
        );
        let statement = Statement::from_string(self.database.get_database_backend(), sql);
        let row = self.database.query_one_raw(statement).await?.ok_or("no row")?;
        Ok(row.try_get_by_index(0)?)
    }

    /// Ends the server.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.server.kill()?;
        self.server.wait()?;
        execute(&self.database, &format!("DROP DATABASE {DATABASE} WITH (FORCE)")).await
    }
}

async fn execute(database: &DatabaseConnection, sql: &str) -> Result<()> {
    database.execute_unprepared(sql).await?;
    Ok(())
}

fn variable(name: &str) -> Result<String> {
    env::var(name).map_err(|_| format!("{name} is not set: run bench/run").into())
}

/// Makes the database, imports the data set and starts the server.
pub(crate) async fn prepare(program: &Path, organizations: usize) -> Result<Target> {
    let admin = variable("TEST_POSTGRES_URL")?;
    let redis = variable("TEST_REDIS_URL")?;
    let postgres = variable("TEST_POSTGRES_PID")?.parse()?;
    let (prefix, _) = admin.rsplit_once('/').ok_or("TEST_POSTGRES_URL names no database")?;
    let url = format!("{prefix}/{DATABASE}");
    let database = Database::connect(&admin).await?;
    execute(&database, &format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")).await?;
    execute(&database, &format!("CREATE DATABASE {DATABASE}")).await?;
    execute(&database, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements").await?;

    let listen = {
        let free = TcpListener::bind("127.0.0.1:0")?;
        free.local_addr()?
    };
    let command = |arguments: &[&str]| {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("DATABASE_URL", &url)
            .env("REDIS_URL", &redis)
            .env("JWT_SECRET", "a secret that only this bench knows about")
            .env("LISTEN", listen.to_string())
            .env("LOG_LEVEL", "warn")
            .stdin(Stdio::null());
        command
    };
    done(&mut command(&["migrate"]))?;
    let folder = env::temp_dir().join(format!("partnergraph-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    data::write(&folder, organizations)?;
    let start = Instant::now();
    let mut import = command(&["import"]);
    for kind in ["organizations", "memberships", "listings"] {
        import.arg("--mapping").arg(folder.join(format!("{kind}.toml"))).arg(folder.join(format!("{kind}.csv")));
    }
    done(&mut import)?;
    std::fs::remove_dir_all(&folder)?;
    let rows = organizations + organizations * 9 / 10 + organizations * 2;
    println!("imported {rows} rows in {:.1} s", start.elapsed().as_secs_f64());
    let filled = Database::connect(&url).await?;
    execute(&filled, "VACUUM ANALYZE").await?;
    filled.close().await?;

    let server = command(&["serve"]).spawn()?;
    let target = Target {
        url: format!("http://{listen}/graphql"),
        client: reqwest::Client::builder().build()?,
        server,
        database,
        postgres,
    };
    let ready = format!("http://{listen}/readyz");
    for _ in 0..300 {
        if target.client.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(target);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    target.stop().await?;
    Err("the server was not ready within 30 s".into())
}

fn done(command: &mut Command) -> Result<()> {
    let status = command.stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}
