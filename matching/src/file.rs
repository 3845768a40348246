//! Two CSV files in, one CSV file of pairs out.

use crate::{
    Account, Index, Keys, List, Statistics, match_all,
    name::Parsed,
    pairs,
    rows::{BLOCK, Rows},
    texts::Texts,
};
use std::{
    borrow::Cow,
    fs::File,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// What to match, and where to write it.
#[derive(Debug, Clone)]
pub struct Files {
    /// A CSV file with a header; see [`run`].
    pub left: PathBuf,
    /// The same.
    pub right: PathBuf,
    /// Written over whatever is there.
    pub out: PathBuf,
    /// Pairs of a lesser probability are left out; nothing under 0.5 is ever written.
    pub least: f32,
}

/// What was done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Report {
    pub left: usize,
    pub right: usize,
    pub pairs: usize,
    pub reading: Duration,
    pub preparing: Duration,
    pub matching: Duration,
    pub writing: Duration,
}

/// Why files could not be matched.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    #[error("{path} cannot be read: {cause}")]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{path} has no column `{wanted}`; it has {has}")]
    Column { path: PathBuf, wanted: &'static str, has: String },
    #[error("{path} has more accounts than the 2,000,000,000 that fit")]
    TooLong { path: PathBuf },
    #[error("{path} cannot be written: {cause}")]
    Write { path: PathBuf, cause: std::io::Error },
}

/// Names that a column may have, the first one being ours.
const ID: &[&str] = &["account_id", "id", "external_id", "externalid", "accountid", "record_id"];
const NAME: &[&str] = &["name", "account_name", "account", "company", "company_name", "organization"];
const WEBSITE: &[&str] = &["website", "domain", "url", "web", "homepage", "site", "company_domain"];
const COUNTRY: &[&str] = &["country", "country_code", "billing_country"];
const EMAIL: &[&str] = &["email_domain", "email", "emaildomain", "mail"];
const DUNS: &[&str] = &["duns", "duns_number", "d-u-n-s"];

/// Matches two CSV files. Columns are found by their names, in any order: `account_id` and `name` have to be there;
/// `website`, `country`, `email_domain` and `duns` count where they are. The pairs have the columns `a_id`, `b_id`,
/// `score` (0.5 to 1), `confidence` (POSSIBLE, LIKELY, CERTAIN) and `reasons`, in the order of the left file.
///
/// # Errors
/// [`FileFault`]; what was written by then is no complete list.
pub fn run(files: &Files) -> Result<Report, FileFault> {
    let start = Instant::now();
    let (left, right) = rayon::join(|| read(&files.left), || read(&files.right));
    let ((left_ids, left), (right_ids, right)) = (left?, right?);
    let mut report = Report { left: left.len(), right: right.len(), reading: start.elapsed(), ..Report::default() };
    let start = Instant::now();
    let statistics = Statistics::of(&left, &right);
    let (left, right) = Index::of_two(left, right, &statistics);
    report.preparing = start.elapsed();
    let start = Instant::now();
    let matches = match_all(&left, &right, &statistics);
    report.matching = start.elapsed();
    let start = Instant::now();
    // Giving hundreds of megabytes back takes a while.
    let (written, ()) = rayon::join(
        || pairs::write(File::create(&files.out)?, (&left_ids, &right_ids), &matches, files.least),
        || drop((left, right, statistics)),
    );
    report.pairs = written.map_err(|cause| FileFault::Write { path: files.out.clone(), cause })?;
    report.writing = start.elapsed();
    Ok(report)
}

/// Bytes that a row is taken to have, to make room for all of them; longer ones leave room unused.
const LEAST_ROW: u64 = 64;

fn read(path: &Path) -> Result<(Texts, List), FileFault> {
    let fault = |cause| FileFault::Read { path: path.to_owned(), cause };
    let mut rows = Rows::new(File::open(path).map_err(fault)?, BLOCK).map_err(fault)?;
    rows.advance().map_err(fault)?;
    let names: Vec<String> = (0..rows.len())
        .map(|column| String::from_utf8_lossy(rows.get(column)).trim().to_lowercase().replace(' ', "_"))
        .collect();
    let find = |wanted: &[&str]| wanted.iter().find_map(|wanted| names.iter().position(|name| name == wanted));
    let need = |wanted: &'static [&'static str]| {
        find(wanted).ok_or_else(|| FileFault::Column {
            path: path.to_owned(),
            wanted: wanted.first().copied().unwrap_or_default(),
            has: names.join(", "),
        })
    };
    let (id, name) = (need(ID)?, need(NAME)?);
    let (website, country, email, duns) = (find(WEBSITE), find(COUNTRY), find(EMAIL), find(DUNS));
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    let room = usize::try_from(bytes / LEAST_ROW).unwrap_or_default().min(1 << 24);
    let (mut ids, mut list) = (Texts::with_capacity(room, room * 8), List::with_capacity(room));
    let (mut keys, mut parsed) = (Keys::default(), Parsed::default());
    while rows.advance().map_err(fault)? {
        if list.len() >= 2_000_000_000 || ids.bytes() > u32::MAX as usize - 4096 {
            return Err(FileFault::TooLong { path: path.to_owned() });
        }
        ids.push(rows.get(id));
        let text = |column: Option<usize>| column.map_or(Cow::Borrowed(""), |column| rows.text(column));
        let (name, website, country) = (rows.text(name), text(website), text(country));
        let (email, duns) = (text(email), text(duns));
        let account = Account { name: &name, website: &website, country: &country, email: &email, duns: &duns };
        keys.rewrite(&account, &mut parsed);
        list.push_split(&keys, &parsed.words);
    }
    Ok((ids, list))
}
