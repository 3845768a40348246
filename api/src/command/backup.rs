//! `partnergraph backup`.

use super::{data, failure::Failed, terminal};
use crate::{
    config,
    db::{SqliteFile, with_suffix},
};
use clap::Args;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What to do where the database is not ours to copy.
pub(super) const POSTGRES_ADVICE: &str = "\
Use PostgreSQL's own tools, which copy while the server runs:
  pg_dump --format=custom --file=partnergraph.dump \"$DATABASE_URL\"
  pg_restore --clean --if-exists --exit-on-error --single-transaction --dbname=\"$DATABASE_URL\" partnergraph.dump
Stop `serve` before a restore, and run `partnergraph migrate --status` and `partnergraph feed new-epoch` after it.";

/// Copy the SQLite database into a file while the server runs.
///
/// The copy is the state of one moment, read through to the end before it gets its name; a copy that failed leaves
/// nothing behind. For PostgreSQL it says which commands to use, and exits with 2.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  DATABASE_URL=sqlite:partnergraph.db partnergraph backup backups/partnergraph-monday.db
  DATABASE_URL=sqlite:partnergraph-data/demo.db partnergraph backup --force demo-copy.db")]
pub(super) struct Backup {
    /// Where to put the copy.
    file: PathBuf,
    /// Replace the file if it exists.
    #[arg(long)]
    force: bool,
}

impl Backup {
    pub(super) async fn run(self) -> Result<ExitCode, Failed> {
        let config = data::from_environment(config::read_database)?;
        let source = sqlite_file(&config.url)?;
        if self.file.exists() && !self.force {
            return Err(Failed::new(format!("{} exists already.", self.file.display()))
                .advise("Choose another name, or replace it with --force."));
        }
        if same_file(source.path(), &self.file) {
            return Err(Failed::new("The copy would replace the database itself.").advise("Choose another name."));
        }
        let db = data::open_existing(&config).await?;
        let partial = with_suffix(&self.file, &format!(".partial-{}", std::process::id()));
        let copied = copy(&db, &partial).await;
        data::close(&db).await;
        if copied.is_err() {
            // What is left of a failed copy must not be taken for one.
            let _ = fs::remove_file(&partial);
        }
        let size = copied?;
        let named = fs::rename(&partial, &self.file);
        named.map_err(|cause| Failed::new(format!("Cannot name the copy {}: {cause}.", self.file.display())))?;
        terminal::say(&format!("{} is a whole copy of the database, {size} bytes.", self.file.display()));
        Ok(ExitCode::SUCCESS)
    }
}

async fn copy(db: &crate::db::Db, to: &Path) -> Result<u64, Failed> {
    let failed = |cause: &dyn std::fmt::Display| {
        Failed::new(format!("The copy failed: {cause}."))
            .advise("Check that the folder exists, may be written to and has room for the whole database.")
    };
    db.copy_to(to).await.map_err(|cause| failed(&cause))?;
    private(to).map_err(|cause| failed(&cause))?;
    SqliteFile::at(to).check().await.map_err(|cause| failed(&cause))?;
    let file = fs::File::open(to).map_err(|cause| failed(&cause))?;
    // A copy that the next power cut takes away is none.
    file.sync_all().map_err(|cause| failed(&cause))?;
    Ok(file.metadata().map_err(|cause| failed(&cause))?.len())
}

/// The SQLite file of the URL.
///
/// # Errors
/// With exit code 2 and what to do instead, where it is another database.
pub(super) fn sqlite_file(url: &str) -> Result<SqliteFile, Failed> {
    SqliteFile::of_url(url).ok_or_else(|| {
        let what = "DATABASE_URL does not name an SQLite file, and only such files are copied by this command.";
        Failed::new(what).advise(POSTGRES_ADVICE).with_code(2)
    })
}

/// Whether both paths lead to one file.
pub(super) fn same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Makes a file its owner's alone: it holds people's data.
pub(super) fn private(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
