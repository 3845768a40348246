//! A database for each test: migrated and filled with people once, then copied.

use super::{db_config, people};
use partnergraph::db::{Db, DbConfig};
use sea_orm::{ConnectionTrait, Database as Driver};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};
use tokio::sync::OnceCell;

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A database that goes when it is dropped.
pub(crate) struct Database {
    name: String,
    url: String,
    kind: Kind,
}

enum Kind {
    Sqlite(#[expect(dead_code, reason = "removes the folder when it is dropped")] tempfile::TempDir),
    Postgres { admin: String },
}

fn fresh_name() -> String {
    format!("pgt_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

impl Database {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn config(&self) -> DbConfig {
        db_config(self.url.clone())
    }

    pub(crate) async fn sqlite() -> Self {
        static TEMPLATE: OnceCell<(tempfile::TempDir, PathBuf)> = OnceCell::const_new();
        let (_, template) = TEMPLATE
            .get_or_init(|| async {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("template.db");
                prepare(format!("sqlite:{}", file.display())).await;
                (folder, file)
            })
            .await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        std::fs::copy(template, &file).unwrap();
        Self { name: fresh_name(), url: format!("sqlite:{}", file.display()), kind: Kind::Sqlite(folder) }
    }

    pub(crate) async fn postgres() -> Option<Self> {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let admin = std::env::var("TEST_POSTGRES_URL").ok()?;
        let template = TEMPLATE
            .get_or_init(|| async {
                let name = fresh_name();
                execute(&admin, &format!("CREATE DATABASE {name}")).await;
                prepare(sibling(&admin, &name)).await;
                name
            })
            .await;
        let name = fresh_name();
        execute(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Some(Self { url: sibling(&admin, &name), name, kind: Kind::Postgres { admin } })
    }
}

impl Database {
    /// A copy of the database as it is now. PostgreSQL copies only what nobody is connected to, so the template's own
    /// connections are closed for it and opened again when they are needed.
    pub(crate) async fn copy(&self, db: &Db) -> Self {
        let name = fresh_name();
        match &self.kind {
            Kind::Sqlite(_) => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("test.db");
                db.read().execute_unprepared(&format!("VACUUM INTO '{}'", file.display())).await.unwrap();
                Self { name, url: format!("sqlite:{}", file.display()), kind: Kind::Sqlite(folder) }
            }
            Kind::Postgres { admin } => {
                let cut =
                    format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", self.name);
                execute(admin, &cut).await;
                execute(admin, &format!("CREATE DATABASE {name} TEMPLATE {}", self.name)).await;
                Self { url: sibling(admin, &name), name, kind: Kind::Postgres { admin: admin.clone() } }
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Kind::Postgres { admin } = &self.kind else { return };
        let (admin, drop_it) = (admin.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // A test's runtime may be gone or busy; a thread has one of its own.
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(execute(&admin, &drop_it));
        });
        let _ = thread.join();
    }
}

async fn prepare(url: String) {
    let db = Db::open(&db_config(url)).await.unwrap();
    db.migrate().await.unwrap();
    people::settle(&db).await;
    db.close().await.unwrap();
}

async fn execute(url: &str, sql: &str) {
    let connection = Driver::connect(url).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

/// The URL of another database on the same server.
fn sibling(url: &str, name: &str) -> String {
    let mut url: url::Url = url.parse().unwrap();
    url.set_path(name);
    url.into()
}
