//! Two CSV files in, one CSV file of pairs out.

use crate::{
    Account, Index, Keys, List, Match, Statistics,
    hash::Table,
    match_all,
    name::Parsed,
    rows::{BLOCK, Rows},
};
use csv::WriterBuilder;
use std::{
    borrow::Cow,
    fs::File,
    io::{BufWriter, Write as _},
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
    let (left, right) = rayon::join(|| Index::new(left, &statistics), || Index::new(right, &statistics));
    report.preparing = start.elapsed();
    let start = Instant::now();
    let matches = match_all(&left, &right, &statistics);
    report.matching = start.elapsed();
    let start = Instant::now();
    report.pairs = write(files, &left_ids, &right_ids, &matches)
        .map_err(|cause| FileFault::Write { path: files.out.clone(), cause })?;
    report.writing = start.elapsed();
    Ok(report)
}

/// Bytes that a row is taken to have, to make room for all of them; longer ones leave room unused.
const LEAST_ROW: u64 = 64;

/// Ids one behind the other.
#[derive(Default)]
struct Texts {
    text: Vec<u8>,
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
        self.ends.push(self.text.len() as u32);
    }

    fn get(&self, place: u32) -> &[u8] {
        let place = place as usize;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(place).copied().unwrap_or(start);
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}

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
    let mut ids = Texts::default();
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    let mut list = List::with_capacity(usize::try_from(bytes / LEAST_ROW).unwrap_or_default().min(1 << 24));
    let (mut keys, mut parsed) = (Keys::default(), Parsed::default());
    while rows.advance().map_err(fault)? {
        if list.len() >= 2_000_000_000 || ids.text.len() > u32::MAX as usize - 4096 {
            return Err(FileFault::TooLong { path: path.to_owned() });
        }
        ids.push(rows.get(id));
        let text = |column: Option<usize>| text(column.map(|column| rows.get(column)).unwrap_or_default());
        let (name, website, country) = (text(Some(name)), text(website), text(country));
        let (email, duns) = (text(email), text(duns));
        let account = Account { name: &name, website: &website, country: &country, email: &email, duns: &duns };
        keys.rewrite(&account, &mut parsed);
        list.push(&keys);
    }
    Ok((ids, list))
}

/// What is no text has signs of replacement in it.
fn text(cell: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(cell).map_or_else(|_| String::from_utf8_lossy(cell), Cow::Borrowed)
}

fn write(files: &Files, left: &Texts, right: &Texts, matches: &[Match]) -> std::io::Result<usize> {
    let mut writer = WriterBuilder::new().from_writer(BufWriter::with_capacity(1 << 18, File::create(&files.out)?));
    writer.write_record(["a_id", "b_id", "score", "confidence", "reasons"])?;
    let mut pairs = 0;
    // There are few sets of reasons, and each is written many times.
    let mut written: Table<u32, String> = Table::default();
    let mut score = String::new();
    for found in matches.iter().filter(|found| found.probability >= files.least) {
        let parts = (found.probability * 10_000.0) as u32;
        score.clear();
        score.push_str(if parts < 10_000 { "0." } else { "1." });
        let digits = [1_000, 100, 10, 1].map(|place| b'0' + (parts / place % 10) as u8);
        score.extend(digits.iter().map(|digit| char::from(*digit)));
        let reasons = written.entry(found.reasons.bits()).or_insert_with(|| found.reasons.to_string());
        writer.write_record([
            left.get(found.left),
            right.get(found.right),
            score.as_bytes(),
            found.confidence.code().as_bytes(),
            reasons.as_bytes(),
        ])?;
        pairs += 1;
    }
    writer.flush()?;
    writer.into_inner().map_err(|fault| std::io::Error::other(fault.to_string()))?.flush()?;
    Ok(pairs)
}
