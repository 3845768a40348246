//! The lists: made by `make_accounts.py`, split into what is there at first and what comes later, and scored by `score.py`.

use crate::Result;
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Where the lists are, and what scores them.
pub(super) struct Lists {
    folder: PathBuf,
    score: PathBuf,
}

/// How well pairs agree with the truth.
pub(super) struct Quality {
    pub(super) precision: String,
    pub(super) recall: String,
    pub(super) f1: String,
}

impl std::fmt::Display for Quality {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "precision {}, recall {}, F1 {}", self.precision, self.recall, self.f1)
    }
}

impl Lists {
    /// Makes two lists of so many accounts in `folder`, of which the last `later` of the left one come later.
    pub(super) fn make(data: &Path, folder: &Path, accounts: usize, later: usize) -> Result<Self> {
        let maker = data.join("scale").join("make_accounts.py");
        let mut command = Command::new("python3");
        command.arg(&maker).args(["--n", &accounts.to_string(), "--out"]).arg(folder).stdin(Stdio::null());
        if !command.stderr(Stdio::null()).status()?.success() {
            return Err(format!("{} failed", maker.display()).into());
        }
        let lists = Self { folder: folder.to_owned(), score: data.join("account-mapping-dev").join("score.py") };
        lists.split(accounts.saturating_sub(later))?;
        Ok(lists)
    }

    /// A file of the lists: `a.csv`, `b.csv` and `truth.csv` with all accounts; `first.csv`, those of the left list that
    /// are there at first, `later.csv`, its others, and `truth-first.csv` without these.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    // A field with a line feed would be split; there is none in made lists.
    fn split(&self, first: usize) -> Result<()> {
        let text = fs::read_to_string(self.path("a.csv"))?;
        let end = text.match_indices('\n').nth(first).map_or(text.len(), |(at, _)| at + 1);
        let header = text.split_inclusive('\n').next().unwrap_or_default();
        let (there, later) = text.split_at(end);
        fs::write(self.path("first.csv"), there)?;
        fs::write(self.path("later.csv"), format!("{header}{later}"))?;
        let gone: HashSet<&str> = later.lines().filter_map(|line| line.split(',').next()).collect();
        let truth = fs::read_to_string(self.path("truth.csv"))?;
        let kept: String = truth
            .split_inclusive('\n')
            .filter(|line| line.split(',').next().is_none_or(|account| !gone.contains(account)))
            .collect();
        fs::write(self.path("truth-first.csv"), kept)?;
        Ok(())
    }

    /// Scores a file of pairs against one of the truths.
    pub(super) fn score(&self, pairs: &Path, truth: &str) -> Result<Quality> {
        let output = Command::new("python3").arg(&self.score).arg(pairs).arg(self.path(truth)).output()?;
        let text = String::from_utf8(output.stdout)?;
        let figure = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.map(str::to_owned).ok_or(format!("{} says no {name}", self.score.display()))
        };
        Ok(Quality { precision: figure("precision")?, recall: figure("recall")?, f1: figure("f1")? })
    }
}
