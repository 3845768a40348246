//! What the demonstration keeps on disk: its database and the secret of its tokens, under names of their own, so that
//! starting over can never touch anything else.

use crate::db::SqliteFile;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Bytes of the secret, which is written in hexadecimal.
const SECRET_BYTES: usize = 32;

/// The folder of a demonstration.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at this path.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The database, once it is whole.
    #[must_use]
    pub fn database(&self) -> SqliteFile {
        SqliteFile::at(self.0.join("demo.db"))
    }

    /// The database while it is being filled: it gets its name when it is whole.
    #[must_use]
    pub fn unfinished(&self) -> SqliteFile {
        SqliteFile::at(self.0.join("demo.db.unfinished"))
    }

    /// Where the secret of the tokens is.
    #[must_use]
    pub fn secret_file(&self) -> PathBuf {
        self.0.join("demo-jwt-secret")
    }

    /// Makes the folder, for its owner alone where it is new.
    ///
    /// # Errors
    /// What the system said.
    pub fn make(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0)
    }

    /// The secret of the tokens; `fresh` becomes it where there is none, in a file that only its owner may read.
    ///
    /// # Errors
    /// What the system said, and a file that holds no secret.
    pub fn secret(&self, fresh: [u8; SECRET_BYTES]) -> io::Result<Vec<u8>> {
        let path = self.secret_file();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(mut file) => {
                let text: String = fresh.iter().map(|byte| format!("{byte:02x}")).collect();
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                Ok(text.into_bytes())
            }
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                let text = fs::read_to_string(&path)?.trim().to_owned();
                if text.len() < SECRET_BYTES {
                    let message = format!("{} holds no secret; remove it", path.display());
                    return Err(io::Error::new(io::ErrorKind::InvalidData, message));
                }
                Ok(text.into_bytes())
            }
            Err(cause) => Err(cause),
        }
    }

    /// Removes what a start that did not finish left behind.
    ///
    /// # Errors
    /// What the system said.
    pub fn tidy(&self) -> io::Result<()> {
        for path in files_of(&self.unfinished()) {
            remove(&path)?;
        }
        Ok(())
    }

    /// Removes the demonstration's own files and nothing else; gives those that were there.
    ///
    /// # Errors
    /// What the system said.
    pub fn reset(&self) -> io::Result<Vec<PathBuf>> {
        self.tidy()?;
        let mut removed = Vec::new();
        for path in files_of(&self.database()).into_iter().chain([self.secret_file()]) {
            if remove(&path)? {
                removed.push(path);
            }
        }
        Ok(removed)
    }

    /// Gives the filled database its name.
    ///
    /// # Errors
    /// What the system said.
    pub fn finish(&self) -> io::Result<()> {
        fs::rename(self.unfinished().path(), self.database().path())
    }
}

fn files_of(database: &SqliteFile) -> Vec<PathBuf> {
    let logs = database.companions();
    std::iter::once(database.path().to_owned()).chain(logs).collect()
}

fn remove(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_stays_and_is_its_owners_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::at(place.path().join("a/b"));
        folder.make().unwrap();
        let first = folder.secret([7; 32]).unwrap();
        assert_eq!(folder.secret([8; 32]).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(folder.secret_file()).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        fs::write(folder.secret_file(), "short").unwrap();
        assert!(folder.secret([9; 32]).is_err());
    }

    #[test]
    fn starting_over_removes_its_own_files_only() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::at(place.path());
        folder.secret([7; 32]).unwrap();
        for name in ["demo.db", "demo.db-wal", "demo.db.unfinished", "partnergraph.db", "notes.txt"] {
            fs::write(place.path().join(name), "x").unwrap();
        }
        let removed = folder.reset().unwrap();
        assert_eq!(removed.len(), 3, "{removed:?}");
        let mut left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["notes.txt", "partnergraph.db"]);
        assert!(folder.reset().unwrap().is_empty());
    }
}
