//! Which pairs are looked at: those that have a key in common which not too many have.
//!
//! Nothing is found that shares no key, and no key makes more than [`PAIRS`] pairs, so that the work grows with the lists
//! and not with their product, whatever is in them.

use crate::{
    hash::join,
    index::Index,
    list::NameRow,
    name::Kind,
    site::{DOMAIN, PAGE},
    statistics::Weighed,
};

/// Space of the hashes of DUNS numbers.
const DUNS: u64 = 6;
/// Space of the hashes of single words.
const TOKEN: u64 = 7;
/// A word that more names have finds nothing by itself.
const RARE: u32 = 24;
/// Pairs of one key, unless it is a name; see [`pairs`].
pub(crate) const PAIRS: usize = 400;
/// Pairs of accounts of one name.
pub(crate) const NAME_PAIRS: usize = 20_000;

/// How an account came to have a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Role {
    /// Its own name, without blanks.
    Name,
    /// Another name, a part of the name, the label of its domain, its page's name.
    Hint,
    /// First letters of its name.
    Initials,
    /// A domain, DUNS number, page or rare word.
    Mark,
}

/// An account under one of its keys. In order of keys, then of roles, then of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: u64,
    pub(crate) role: Role,
    pub(crate) account: u32,
    pub(crate) others: Others,
}

impl Entry {
    /// All of it as one number, which compares without branches.
    fn rank(&self) -> u128 {
        let behind = u64::from(self.role as u8) << 48 | u64::from(self.account) << 16 | u64::from(self.others.0);
        u128::from(self.key) << 64 | u128::from(behind)
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// What else a name says, for an account under a word of it: one bit for each other word, as its hash falls, and whether
/// one of them is more than a trade. All 0 under any other key.
///
/// It keeps pairs from being compared that have one rare word in common and nothing else, which no score survives: in a
/// list of companies with two words each they would be nine of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Others(u16);

impl Others {
    /// Says that a word is more than a trade.
    const TELLING: u16 = 1 << 15;

    fn add(&mut self, word: &Weighed) {
        self.0 |= 1 << (word.meant % 15);
        if word.kind != Kind::Trade {
            self.0 |= Self::TELLING;
        }
    }

    /// Both say something else, and nothing in common.
    fn are_apart(self, other: Self) -> bool {
        let shared = self.0 & other.0;
        shared == Self::TELLING
    }
}

/// Adds the keys of an account.
pub(crate) fn entries(index: &Index, account: u32, entries: &mut Vec<Entry>) {
    let first = entries.len();
    let mut add_word = |key: u64, role: Role, others: Others| {
        let is_new = entries.get(first..).unwrap_or_default().iter().all(|entry| entry.key != key);
        if key != 0 && is_new {
            entries.push(Entry { key, role, account, others });
        }
    };
    let mut add = |key: u64, role: Role| add_word(key, role, Others::default());
    let Some(row) = index.list.accounts.get(account as usize) else { return };
    let extra = index.list.extra(account);
    let names = index.list.names_of(account);
    // The name comes first: of a name that is the label as well, only the name is kept.
    for (at, name) in names.iter().enumerate() {
        let role = if at == 0 { Role::Name } else { Role::Hint };
        add(name.compact, role);
        add(index.meant_of(row.names + at as u32).unwrap_or_default(), role);
        add(name.brand, Role::Hint);
    }
    for (site, _) in index.sites(account).into_iter().flatten() {
        add(join(DOMAIN, site.domain), Role::Mark);
        if site.length > 2 {
            add(site.label, Role::Hint);
        }
    }
    if extra.page.address != 0 {
        add(join(PAGE, extra.page.address), Role::Mark);
        add(extra.page.slug, Role::Hint);
    }
    if row.duns != 0 {
        add(join(DUNS, u64::from(row.duns)), Role::Mark);
    }
    for (at, name) in names.iter().enumerate() {
        add_word(name.initials, Role::Initials, Others::default());
        if at == 0 {
            for word in rare_words(index, name) {
                add_word(join(TOKEN, word), Role::Mark, others(index, names, word));
            }
        }
    }
}

/// What an account's names say beside one word.
fn others(index: &Index, names: &[NameRow], but: u64) -> Others {
    let mut others = Others::default();
    for word in names.iter().flat_map(|name| index.words_of(name)).filter(|word| word.meant != but) {
        others.add(word);
    }
    others
}

/// The two rarest words of a name, as they are meant.
fn rare_words(index: &Index, name: &NameRow) -> impl Iterator<Item = u64> {
    let mut rarest: [Option<(u32, u64)>; 2] = [None; 2];
    for word in index.words_of(name).filter(|word| word.count <= RARE && !matches!(word.kind, Kind::Trade)) {
        let mut candidate = (word.count, word.meant);
        for place in &mut rarest {
            match place {
                Some(kept) if *kept <= candidate => {}
                Some(kept) => std::mem::swap(kept, &mut candidate),
                None => {
                    *place = Some(candidate);
                    break;
                }
            }
        }
    }
    rarest.into_iter().flatten().map(|(_, word)| word)
}

/// Calls `found` for the pairs that one key makes.
pub(crate) fn pairs(left: &Index, right: &Index, ours: &[Entry], theirs: &[Entry], found: &mut impl FnMut(u32, u32)) {
    // Keys of marks are marks only.
    let is_mark = ours.first().is_some_and(|entry| entry.role == Role::Mark);
    let most = if is_mark { NAME_PAIRS } else { PAIRS };
    if ours.len().saturating_mul(theirs.len()) <= most {
        for one in ours {
            for other in theirs.iter().filter(|other| may_pair(one, other)) {
                found(one.account, other.account);
            }
        }
        return;
    }
    // Entries are sorted by role, names first.
    let ours = ours.get(..ours.partition_point(|entry| entry.role == Role::Name)).unwrap_or_default();
    let theirs = theirs.get(..theirs.partition_point(|entry| entry.role == Role::Name)).unwrap_or_default();
    let one_country = ours.len().saturating_mul(theirs.len()) > PAIRS;
    let mut left_over = NAME_PAIRS;
    for one in ours {
        let country = country(left, one.account);
        for other in theirs.iter().filter(|other| !one_country || country_of(right, other.account, country)) {
            if left_over == 0 {
                return;
            }
            left_over -= 1;
            found(one.account, other.account);
        }
    }
}

fn country(index: &Index, account: u32) -> u16 {
    index.list.accounts.get(account as usize).map_or(0, |row| row.country)
}

fn country_of(index: &Index, account: u32, wanted: u16) -> bool {
    country(index, account) == wanted
}

fn may_pair(one: &Entry, other: &Entry) -> bool {
    (one.role != Role::Initials || other.role != Role::Initials) && !one.others.are_apart(other.others)
}
