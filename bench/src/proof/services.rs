//! What the product runs on and the product itself: PostgreSQL, Redis, two replicas, and a line before each replica that
//! can be cut.

use super::line::Line;
use crate::{
    Result,
    neighbor::{Server, host, variable},
};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const DATABASE: &str = "partnergraph_proof";
const SECRET: &str = "a secret that only this proof knows about";
const REPLICAS: usize = 2;

/// Everything that runs.
pub(super) struct Services {
    pub(super) client: reqwest::Client,
    program: PathBuf,
    url: String,
    redis_url: String,
    postgres: Server,
    redis: Server,
    replicas: Vec<Replica>,
}

struct Replica {
    address: SocketAddr,
    process: Option<Child>,
    line: Line,
}

impl Services {
    /// Makes a database and starts two replicas over it.
    pub(super) async fn start(program: &Path) -> Result<Self> {
        let admin = variable("TEST_POSTGRES_URL")?;
        let (prefix, _) = admin.rsplit_once('/').ok_or("TEST_POSTGRES_URL names no database")?;
        let database = Database::connect(&admin).await?;
        database.execute_unprepared(&format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")).await?;
        database.execute_unprepared(&format!("CREATE DATABASE {DATABASE}")).await?;
        database.close().await?;
        let mut services = Self {
            client: reqwest::Client::builder().build()?,
            program: program.to_owned(),
            url: format!("{prefix}/{DATABASE}"),
            redis_url: variable("TEST_REDIS_URL")?,
            postgres: Server::from_environment("POSTGRES")?,
            redis: Server::from_environment("REDIS")?,
            replicas: Vec::new(),
        };
        services.say(&["migrate"])?;
        for _ in 0..REPLICAS {
            let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
            let line = Line::lay(address).await?;
            services.replicas.push(Replica { address, process: None, line });
        }
        for number in 0..REPLICAS {
            services.start_replica(number).await?;
        }
        Ok(services)
    }

    /// What a command of the program prints.
    pub(super) fn say(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command().args(arguments).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{arguments:?} ended with {}", output.status).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env("DATABASE_URL", &self.url)
            .env("REDIS_URL", &self.redis_url)
            .env("JWT_SECRET", SECRET)
            .env("LOG_LEVEL", "error")
            .stdin(Stdio::null());
        command
    }

    /// The table of alerts, for the verdict.
    pub(super) async fn database(&self) -> Result<DatabaseConnection> {
        Ok(Database::connect(&self.url).await?)
    }

    /// Where writers send, past the lines that are cut.
    pub(super) fn url(&self, replica: usize) -> String {
        format!("http://{}/graphql", self.replicas[replica % REPLICAS].address)
    }

    pub(super) fn urls(&self) -> Vec<String> {
        (0..REPLICAS).map(|number| self.url(number)).collect()
    }

    /// Where subscribers connect, over the lines.
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        self.replicas.iter().map(|replica| replica.line.address()).collect()
    }

    pub(super) fn replicas(&self) -> usize {
        self.replicas.len()
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.replicas.iter().map(|replica| &replica.line)
    }

    pub(super) async fn start_replica(&mut self, number: usize) -> Result<()> {
        let address = self.replicas[number].address;
        let process = self.command().arg("serve").env("LISTEN", address.to_string()).stdout(Stdio::null()).spawn()?;
        self.replicas[number].process = Some(process);
        let ready = format!("http://{address}/readyz");
        let until = Instant::now() + Duration::from_secs(60);
        while Instant::now() < until {
            if self.client.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("a replica was not ready within 60 s".into())
    }

    /// Ends a replica as a power failure would.
    pub(super) fn kill_replica(&mut self, number: usize) -> Result<()> {
        if let Some(mut process) = self.replicas[number].process.take() {
            process.kill()?;
            process.wait()?;
        }
        Ok(())
    }

    pub(super) fn kill_redis(&mut self) -> Result<()> {
        self.redis.kill()
    }

    /// Starts Redis with nothing in it.
    pub(super) async fn start_redis(&mut self) -> Result<()> {
        self.redis.start()?;
        self.reachable(&self.redis_url.clone(), "Redis").await
    }

    /// Throws away all that Redis holds.
    pub(super) async fn flush_redis(&self) -> Result<()> {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut connection = tokio::net::TcpStream::connect(host(&self.redis_url)?).await?;
        connection.write_all(b"FLUSHALL\r\n").await?;
        let mut answer = [0; 5];
        connection.read_exact(&mut answer).await?;
        Ok(())
    }

    pub(super) fn kill_postgres(&mut self) -> Result<()> {
        self.postgres.kill()
    }

    /// Starts PostgreSQL, which first repeats its log. Its former processes may still hold the shared memory.
    pub(super) async fn start_postgres(&mut self) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(60);
        self.postgres.start()?;
        while Instant::now() < until {
            if self.postgres.ended() {
                self.postgres.start()?;
            }
            if let Ok(database) = Database::connect(&self.url).await {
                database.close().await?;
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err("PostgreSQL did not come back within 60 s".into())
    }

    async fn reachable(&self, url: &str, name: &str) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            if tokio::net::TcpStream::connect(host(url)?).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("{name} did not come back within 20 s").into())
    }

    /// Ends what was started here.
    pub(super) async fn stop(mut self) -> Result<()> {
        for number in 0..REPLICAS {
            self.kill_replica(number)?;
        }
        Ok(())
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        for number in 0..self.replicas.len() {
            _ = self.kill_replica(number);
        }
    }
}
