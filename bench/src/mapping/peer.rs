//! The peer in the database: a join of stored, indexed keys (exact name, exact domain) over the same accounts.

use crate::{Result, process};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use std::{
    fmt::Write as _,
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// Names without accents, notes, legal forms and signs. It is worked out and indexed before anything is timed, as a server
/// would keep it.
const NAME: &str = r"NULLIF(regexp_replace(regexp_replace(regexp_replace(lower(regexp_replace(normalize(a.name, NFKD),
    '[\u0300-\u036f]', '', 'g')), '[(\[{].*?[)\]}]| [-/] .*$', ' ', 'g'),
    '([ ,]+(incorporated|inc|corporation|corp|company|co|limited|ltd|llc|plc|ag|se|gmbh|gesellschaft mbh|sa|s\.a|spa|s\.p\.a|nv|n\.v|bv|b\.v|ab|as|asa|oyj|oy|kgaa|holdings?|group|berhad|bhd|tbk|pt|kk)\.?)+ *$', ''),
    '[^a-z0-9]+', '', 'g'), '')";
/// A domain that more accounts of one list have is shared.
const MOST: usize = 5;

/// What the join needed.
pub(super) struct Joined {
    pub(super) time: Duration,
    pub(super) cpu: Duration,
    pub(super) pairs: usize,
}

/// Works out and indexes the keys of the accounts of two organizations, joins them, and writes the pairs into `out`.
pub(super) async fn join(url: &str, postgres: u32, slugs: [&str; 2], out: &Path) -> Result<Joined> {
    // One connection, so that what is set holds.
    let database = Database::connect(ConnectOptions::new(url).max_connections(1).to_owned()).await?;
    let run = async |sql: &str| database.execute_unprepared(sql).await;
    run("SET work_mem = '256MB'").await?;
    run("CREATE SCHEMA peer").await?;
    for (table, slug) in ["a", "b"].into_iter().zip(slugs) {
        run(&format!(
            "CREATE TABLE peer.{table} AS SELECT a.external_id AS id, {NAME} AS name,
                CASE WHEN count(*) OVER (PARTITION BY a.domain) <= {MOST} THEN a.domain END AS domain
             FROM accounts a JOIN account_lists l ON l.id = a.list_id JOIN organizations o ON o.id = l.organization_id
             WHERE o.slug = '{slug}' AND a.since <= l.version AND (a.until IS NULL OR a.until > l.version)"
        ))
        .await?;
        for key in ["name", "domain"] {
            run(&format!("CREATE INDEX ON peer.{table} ({key})")).await?;
        }
    }
    run("VACUUM ANALYZE peer.a").await?;
    run("VACUUM ANALYZE peer.b").await?;
    let before = process::cpu_with_children(postgres)?;
    let start = Instant::now();
    run("CREATE TABLE peer.pairs AS SELECT a.id AS a_id, b.id AS b_id FROM peer.a JOIN peer.b USING (name)
         UNION SELECT a.id, b.id FROM peer.a JOIN peer.b USING (domain)")
    .await?;
    let time = start.elapsed();
    let cpu = process::cpu_with_children(postgres)?.saturating_sub(before);
    let pairs = write(&database, out).await?;
    run("DROP SCHEMA peer CASCADE").await?;
    database.close().await?;
    Ok(Joined { time, cpu, pairs })
}

async fn write(database: &DatabaseConnection, out: &Path) -> Result<usize> {
    let sql = "SELECT a_id, b_id FROM peer.pairs";
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    let mut text = String::from("a_id,b_id\n");
    for row in &rows {
        let (left, right): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        writeln!(text, "{left},{right}")?;
    }
    fs::write(out, text)?;
    Ok(rows.len())
}
