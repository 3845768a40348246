//! The SQLite database as a file: where it is, a copy of it while it is in use, and whether it is whole and unused.

use super::{Db, Migration, migrations_of};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// The file of an SQLite database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteFile(PathBuf);

/// Why a file is not a database to go on with.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// It is no SQLite database, or damaged; with SQLite's words.
    #[error("it is damaged or no SQLite database: {0}")]
    Damaged(String),
    /// A program has it open.
    #[error("a program has it open")]
    InUse,
}

impl SqliteFile {
    /// The file at this path.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The file that a database URL names; `None` for another database and for one that is in memory only.
    #[must_use]
    pub fn of_url(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
        let path = rest.split('?').next().unwrap_or_default();
        let memory = path.is_empty() || path == ":memory:" || rest.contains("mode=memory");
        (!memory).then(|| Self(PathBuf::from(path)))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The URL that names it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("sqlite:{}", self.0.display())
    }

    /// The files that may lie beside it while it is in use, or after a crash: its logs. They belong to it and to no other.
    #[must_use]
    pub fn companions(&self) -> [PathBuf; 3] {
        ["-wal", "-shm", "-journal"].map(|suffix| with_suffix(&self.0, suffix))
    }

    /// Makes the folder that it lies in.
    ///
    /// # Errors
    /// What the system said.
    pub fn make_folder(&self) -> io::Result<()> {
        match self.0.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder),
            _ => Ok(()),
        }
    }

    /// Reads all of a file that nobody writes to, and finds its migrations.
    ///
    /// # Errors
    /// [`FileFault::Damaged`].
    pub async fn check(&self) -> Result<Vec<Migration>, FileFault> {
        let damaged = |cause: DbErr| FileFault::Damaged(cause.to_string());
        let connection = connect(format!("{}?immutable=1&mode=ro", self.url()), None).await.map_err(damaged)?;
        let checked = async {
            let sql = "PRAGMA integrity_check(1)";
            let row = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
            let said: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
            if said != "ok" {
                return Err(DbErr::Custom(said));
            }
            migrations_of(&connection).await
        }
        .await;
        let _ = connection.close().await;
        checked.map_err(damaged)
    }

    /// Finds out whether any program has the file open, and folds its logs into it where none has.
    ///
    /// # Errors
    /// [`FileFault::InUse`], and [`FileFault::Damaged`] where it cannot be read.
    pub async fn settle(&self) -> Result<(), FileFault> {
        // SQLite lets the write-ahead log go only to the last connection: another one would still read from it.
        match connect(format!("{}?mode=rw", self.url()), Some("DELETE")).await {
            Ok(connection) => {
                let _ = connection.close().await;
                Ok(())
            }
            Err(cause) if cause.to_string().contains("locked") => Err(FileFault::InUse),
            Err(cause) => Err(FileFault::Damaged(cause.to_string())),
        }
    }
}

impl Db {
    /// Writes a copy of an SQLite database into a new file: the state of one moment, while others go on writing.
    ///
    /// # Errors
    /// The driver's error, for example where the file exists.
    pub async fn copy_to(&self, file: &Path) -> Result<(), DbErr> {
        let path = file.to_str().ok_or_else(|| DbErr::Custom("the path is not UTF-8".to_owned()))?;
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
        self.read().execute_raw(copy).await.map(|_| ())
    }
}

async fn connect(url: String, journal: Option<&'static str>) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false).acquire_timeout(Duration::from_secs(10));
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite.busy_timeout(Duration::from_millis(200));
        match journal {
            Some(mode) => sqlite.pragma("journal_mode", mode),
            None => sqlite,
        }
    });
    Database::connect(options).await
}

/// The path with letters added to the last part.
#[must_use]
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::DbConfig;

    fn config(file: &SqliteFile) -> DbConfig {
        DbConfig {
            url: file.url(),
            max_connections: 2,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(5),
            durable: false,
        }
    }

    #[test]
    fn only_urls_of_files_name_a_file() {
        let path = |url: &str| SqliteFile::of_url(url).map(|file| file.path().display().to_string());
        assert_eq!(path("sqlite:a/b.db").as_deref(), Some("a/b.db"));
        assert_eq!(path("sqlite:///a/b.db?mode=rwc").as_deref(), Some("/a/b.db"));
        for other in ["sqlite::memory:", "sqlite://:memory:", "sqlite:x?mode=memory", "sqlite:", "postgres://h/x"] {
            assert_eq!(path(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn a_copy_of_a_database_in_use_is_whole_and_a_file_in_use_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = SqliteFile::at(folder.path().join("live.db"));
        let db = Db::open(&config(&file)).await.unwrap();
        db.migrate().await.unwrap();
        let copy = SqliteFile::at(folder.path().join("it's a copy.db"));
        db.copy_to(copy.path()).await.unwrap();
        assert!(copy.check().await.unwrap().iter().all(|migration| migration.applied));
        assert!(db.copy_to(copy.path()).await.is_err(), "nothing is overwritten");

        assert!(matches!(file.settle().await, Err(FileFault::InUse)));
        db.close().await.unwrap();
        file.settle().await.unwrap();
        assert!(file.companions().iter().all(|companion| !companion.exists()));
    }

    #[tokio::test]
    async fn what_is_no_database_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let file = SqliteFile::at(folder.path().join("letter.db"));
        std::fs::write(file.path(), "Dear Sir or Madam, ".repeat(1000)).unwrap();
        assert!(matches!(file.check().await, Err(FileFault::Damaged(_))));
        assert!(matches!(file.settle().await, Err(FileFault::Damaged(_))));
        assert!(matches!(SqliteFile::at(folder.path().join("none.db")).check().await, Err(FileFault::Damaged(_))));
    }
}
