//! The product: a database of its own, one server over it, and two partners with a list each.

use crate::{
    Result,
    api::{ask, change},
    neighbor::variable,
    process,
};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const DATABASE: &str = "partnergraph_mapping";
/// Exit code of an import that is done and rejected some rows, such as repeated ids or names that are too long.
const SOME_REJECTED: i32 = 3;
/// How often it is asked whether the server is ready.
const READY: Duration = Duration::from_millis(100);
/// How often it is asked how far a run is, which takes its share of the machine that the run is measured on.
const LOOK: Duration = Duration::from_millis(250);

/// A running server.
pub(super) struct Server {
    pub(super) client: reqwest::Client,
    pub(super) url: String,
    pub(super) database_url: String,
    pub(super) postgres: u32,
    program: PathBuf,
    listen: String,
    process: Child,
}

/// One of the two partners.
pub(super) struct Partner {
    pub(super) slug: &'static str,
    pub(super) token: String,
}

/// How a run of the engine went.
pub(super) struct Ran {
    pub(super) number: i64,
    pub(super) kind: String,
    /// From when it was waited for until it was done, as the server notes it: whoever asks now and then sees it later.
    pub(super) waited: Duration,
    /// Until it was seen to be done.
    pub(super) seen: Duration,
    pub(super) cpu: Duration,
    pub(super) database_cpu: Duration,
    /// Different percentages that were seen meanwhile.
    pub(super) steps: usize,
}

impl Server {
    /// Makes a database and starts a server over it.
    pub(super) async fn start(program: &Path) -> Result<Self> {
        let admin = variable("TEST_POSTGRES_URL")?;
        let (prefix, _) = admin.rsplit_once('/').ok_or("TEST_POSTGRES_URL names no database")?;
        let database = Database::connect(&admin).await?;
        database.execute_unprepared(&format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")).await?;
        database.execute_unprepared(&format!("CREATE DATABASE {DATABASE}")).await?;
        database.close().await?;
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let database_url = format!("{prefix}/{DATABASE}");
        say(&mut command(program, &database_url, &listen)?, &["migrate"])?;
        let process = command(program, &database_url, &listen)?.arg("serve").stdout(Stdio::null()).spawn()?;
        let server = Self {
            client: reqwest::Client::builder().build()?,
            url: format!("http://{listen}/graphql"),
            database_url,
            postgres: variable("TEST_POSTGRES_PID")?.parse()?,
            program: program.to_owned(),
            listen,
            process,
        };
        let ready = format!("http://{}/readyz", server.listen);
        for _ in 0..600 {
            if server.client.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(server);
            }
            tokio::time::sleep(READY).await;
        }
        Err("the server was not ready within 60 s".into())
    }

    fn say(&self, arguments: &[&str]) -> Result<String> {
        say(&mut command(&self.program, &self.database_url, &self.listen)?, arguments)
    }

    /// Enters two organizations that are partners of each other.
    pub(super) async fn partners(&self) -> Result<[Partner; 2]> {
        self.say(&["bootstrap", "--name", "Host", "--slug", "host", "--owner", "owner@host.example"])?;
        let host = self.token("host")?;
        let enter = "mutation ($input: OrganizationCreateInput!) {
            organizationCreate(input: $input) { organization { id } userErrors { field message code } } }";
        let mut partners = Vec::new();
        for slug in ["left", "right"] {
            let email = format!("owner@{slug}.example");
            let input = json!({"name": slug, "slug": slug, "ownerEmail": email, "ownerName": "Owner"});
            change(&self.client, &self.url, &host, enter, json!({"input": input})).await?;
            partners.push(Partner { slug, token: self.token(slug)? });
        }
        let partners: [Partner; 2] = partners.try_into().map_err(|_| "there are two")?;
        let [left, right] = &partners;
        let invite = "mutation ($input: PartnershipInviteInput!) {
            partnershipInvite(input: $input) { invitation { id } userErrors { field message code } } }";
        let input = json!({"organization": right.slug, "message": "Together", "types": ["STRATEGIC"],
            "strategic": {"aim": "Measure it."}});
        let made = change(&self.client, &self.url, &left.token, invite, json!({"input": input})).await?;
        let accept = "mutation ($id: ID!) {
            partnershipInvitationAccept(id: $id) { invitation { id } userErrors { field message code } } }";
        change(&self.client, &self.url, &right.token, accept, json!({"id": made["invitation"]["id"]})).await?;
        Ok(partners)
    }

    fn token(&self, slug: &str) -> Result<String> {
        let email = format!("owner@{slug}.example");
        let said = self.say(&["token", "--person", &email, "--organization", slug, "--lifetime", "24h"])?;
        Ok(said.trim().to_owned())
    }

    /// Loads a file into the list of a partner, which is made if it is not there; says how long it took.
    pub(super) fn import(&self, partner: &Partner, mode: &str, file: &Path) -> Result<Duration> {
        let start = Instant::now();
        let mut import = command(&self.program, &self.database_url, &self.listen)?;
        import.args(["account-list", "import", "--organization", partner.slug, "--name", "Accounts"]);
        import.args(["--kind", "customers", "--mode", mode]).arg(file);
        let output = import.stderr(Stdio::null()).output()?;
        if !output.status.success() && output.status.code() != Some(SOME_REJECTED) {
            return Err(format!("{import:?} ended with {}", output.status).into());
        }
        print!("{}: {}", partner.slug, String::from_utf8_lossy(&output.stdout));
        Ok(start.elapsed())
    }

    /// Shows all of a partner's list to the other.
    pub(super) async fn share(&self, partner: &Partner, with: &Partner) -> Result<()> {
        let lists = "{ accountLists(first: 1) { nodes { id } } }";
        let found = ask(&self.client, &self.url, &partner.token, lists, json!({})).await?;
        let set = "mutation ($input: SharingRuleSetInput!) {
            sharingRuleSet(input: $input) { sharingRule { id } userErrors { field message code } } }";
        let input = json!({"accountList": found["accountLists"]["nodes"][0]["id"], "partner": with.slug, "level": "ALL",
            "fields": ["NAME", "DOMAIN", "COUNTRY", "EXTERNAL_ID"]});
        change(&self.client, &self.url, &partner.token, set, json!({"input": input})).await?;
        Ok(())
    }

    /// Waits until a run behind number `after` is done.
    ///
    /// # Errors
    /// A run that failed, or one that took longer than `limit`.
    pub(super) async fn ran(&self, viewer: &Partner, partner: &Partner, after: i64, limit: Duration) -> Result<Ran> {
        let document = "query ($partner: String!) {
            mappingRuns(partner: $partner, first: 1) { nodes { number kind state percent problem finishedAt } } }";
        let (start, began) = (Instant::now(), Utc::now());
        let cpu = process::cpu(self.process.id())?;
        let database_cpu = process::cpu_with_children(self.postgres)?;
        let mut percents = Vec::new();
        while start.elapsed() < limit {
            let variables = json!({"partner": partner.slug});
            let answer = ask(&self.client, &self.url, &viewer.token, document, variables).await?;
            let run = &answer["mappingRuns"]["nodes"][0];
            let number = run["number"].as_i64().unwrap_or_default();
            if number > after {
                percents.push(run["percent"].as_i64());
                match run["state"].as_str() {
                    Some("DONE") => {
                        percents.dedup();
                        let finished: DateTime<Utc> = run["finishedAt"].as_str().unwrap_or_default().parse()?;
                        return Ok(Ran {
                            number,
                            kind: run["kind"].as_str().unwrap_or_default().to_owned(),
                            waited: (finished - began).to_std().unwrap_or_default(),
                            seen: start.elapsed(),
                            cpu: process::cpu(self.process.id())?.saturating_sub(cpu),
                            database_cpu: process::cpu_with_children(self.postgres)?.saturating_sub(database_cpu),
                            steps: percents.len(),
                        });
                    }
                    Some("FAILED" | "CANCELED") => return Err(format!("the run ended so: {run}").into()),
                    _ => {}
                }
            }
            tokio::time::sleep(LOOK).await;
        }
        Err(format!("no run was done within {} s", limit.as_secs()).into())
    }

    /// Writes the overlaps of `viewer` with `partner` as pairs of the ids of both sides, from the export.
    pub(super) async fn export(&self, viewer: &Partner, partner: &Partner, out: &Path) -> Result<usize> {
        let url = format!("http://{}/v1/overlaps/export?partner={}", self.listen, partner.slug);
        let mut answer = self.client.get(url).bearer_auth(&viewer.token).send().await?.error_for_status()?;
        let whole = out.with_extension("export.csv");
        let mut file = File::create(&whole)?;
        while let Some(part) = answer.chunk().await? {
            file.write_all(&part)?;
        }
        let mut rows = csv::Reader::from_path(&whole)?;
        let header = rows.headers()?.clone();
        let column = |name: &str| header.iter().position(|column| column == name).ok_or(format!("no column {name}"));
        let columns = [column("own_external_id")?, column("partner_external_id")?, column("score")?];
        let mut pairs = csv::Writer::from_path(out)?;
        pairs.write_record(["a_id", "b_id", "score"])?;
        let mut count = 0;
        for row in rows.records() {
            let row = row?;
            pairs.write_record(columns.map(|column| row.get(column).unwrap_or_default()))?;
            count += 1;
        }
        pairs.flush()?;
        Ok(count)
    }

    /// Sends a document `times` times, one after the other; gives the median of the times and one answer.
    pub(super) async fn read(
        &self,
        viewer: &Partner,
        document: &str,
        variables: &Value,
        times: usize,
    ) -> Result<(Duration, Value)> {
        let mut took = Vec::new();
        let mut answer = Value::Null;
        for _ in 0..times {
            let start = Instant::now();
            answer = ask(&self.client, &self.url, &viewer.token, document, variables.clone()).await?;
            took.push(start.elapsed());
        }
        took.sort_unstable();
        Ok((took.get(times / 2).copied().unwrap_or_default(), answer))
    }

    /// The most memory that the server has had in use, in KiB.
    pub(super) fn peak(&self) -> Result<u64> {
        process::peak(self.process.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn command(program: &Path, database_url: &str, listen: &str) -> Result<Command> {
    let mut command = Command::new(program);
    command
        .env("DATABASE_URL", database_url)
        .env("REDIS_URL", variable("TEST_REDIS_URL")?)
        .env("JWT_SECRET", "a secret that only this bench knows about")
        .env("LISTEN", listen)
        .env("LOG_LEVEL", "warn")
        .stdin(Stdio::null());
    Ok(command)
}

fn say(command: &mut Command, arguments: &[&str]) -> Result<String> {
    let output = command.args(arguments).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{arguments:?} ended with {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
