//! A list made ready: its words weighed, its shared domains found, and its accounts sorted by the keys that accounts of
//! the other list may have in common with them.

use crate::{
    account::Keys,
    block::{self, Entry},
    hash::Table,
    list::{List, NameRow},
    repeats::Repeats,
    shared::{Seen, keep_shared},
    site::Site,
    sorting::sort,
    statistics::{Statistics, Weighed},
};
use std::sync::OnceLock;

/// A domain of as many differently named accounts is nobody's own.
pub(crate) const SHARED_BY: u8 = 6;

/// As many accounts are read ahead; see [`Index::touch`].
pub(crate) const TOUCHED: usize = 32;

/// A list that others can be matched against.
#[derive(Debug, Clone)]
pub struct Index {
    pub(crate) list: List,
    weighed: Vec<Weighed>,
    /// Of names with typing errors: the name without blanks as it is meant, by the name's place.
    meant: Table<u32, u64>,
    /// Domains of websites with their accounts, in order; known once they are asked for.
    domains: OnceLock<Vec<(u64, u32)>>,
    pub(crate) entries: Vec<Entry>,
}

impl Index {
    /// Makes a list ready. Both lists of a run must be made ready with the same statistics.
    #[must_use]
    pub fn new(list: List, statistics: &Statistics) -> Self {
        let (mut index, entries) = Self::without_entries(list, statistics);
        index.entries = sort(entries, |entry| entry.key);
        index
    }

    /// Makes two lists ready for one full run, in half the memory: accounts under keys that the other list has not are left
    /// out. Neither can be matched against a third list, nor take in or give away accounts.
    pub(crate) fn of_two(left: List, right: List, statistics: &Statistics) -> (Self, Self) {
        let with_keys = |list| {
            let (index, entries) = Self::without_entries(list, statistics);
            let seen = Seen::of(&entries);
            (index, entries, seen)
        };
        let ((mut left, mut ours, our_keys), (mut right, mut theirs, their_keys)) =
            rayon::join(|| with_keys(left), || with_keys(right));
        (left.entries, right.entries) = rayon::join(
            || {
                keep_shared(&mut ours, &our_keys, &their_keys);
                sort(ours, |entry| entry.key)
            },
            || {
                keep_shared(&mut theirs, &their_keys, &our_keys);
                sort(theirs, |entry| entry.key)
            },
        );
        (left, right)
    }

    /// The list made ready, and its accounts under their keys, in the order of the accounts.
    fn without_entries(list: List, statistics: &Statistics) -> (Self, Vec<Entry>) {
        let weighed: Vec<Weighed> = list.words.iter().map(|(_, word)| statistics.weigh(word)).collect();
        let mut index = Self { domains: OnceLock::new(), meant: Table::default(), weighed, entries: Vec::new(), list };
        index.weigh_names(0, statistics);
        index.find_shared_domains();
        let mut entries = Vec::with_capacity(index.list.len() * 4);
        for account in 0..index.list.len() as u32 {
            block::entries(&index, account, &mut entries);
        }
        (index, entries)
    }

    /// Takes in accounts behind those that are there already. The work grows with their number, but for one pass over the
    /// keys. Words that the statistics do not know are taken as nobody else's.
    pub fn extend<'a>(&mut self, accounts: impl IntoIterator<Item = &'a Keys>, statistics: &Statistics) {
        let (first, first_name) = (self.list.len() as u32, self.list.names.len());
        for keys in accounts {
            self.list.push(keys);
        }
        let known = self.weighed.len() as u32;
        let new_words = (known..self.list.words.len() as u32).filter_map(|place| self.list.words.get(place));
        self.weighed.extend(new_words.map(|(_, word)| statistics.weigh(word)));
        self.weigh_names(first_name, statistics);
        self.refresh((first..self.list.len() as u32).collect());
    }

    /// Takes accounts out. The places of the others stay as they are.
    pub fn remove(&mut self, accounts: &[u32]) {
        let mut touched: Vec<u32> = accounts.iter().flat_map(|account| self.touched_by(*account)).collect();
        for account in accounts {
            self.list.clear(*account);
        }
        touched.extend(accounts);
        self.refresh(touched);
    }

    /// Works out anew what depends on other accounts of the list, for some and for those that share a domain with them.
    fn refresh(&mut self, mut accounts: Vec<u32>) {
        accounts.sort_unstable();
        accounts.dedup();
        let is_refreshed = |account: &u32| accounts.binary_search(account).is_ok();
        let rows = accounts
            .iter()
            .filter_map(|account| Some((self.list.accounts.get(*account as usize)?.site.domain, *account)));
        let mut added: Vec<(u64, u32)> = rows.filter(|(domain, _)| *domain != 0).collect();
        added.sort_unstable();
        if let Some(domains) = self.domains.get_mut() {
            domains.retain(|(_, account)| !is_refreshed(account));
            merge(domains, &added);
        }
        added.dedup_by_key(|(domain, _)| *domain);
        for (domain, _) in added {
            let same: Vec<(u64, u32)> = self.with_domain(domain).to_vec();
            let before = same.iter().map(|(_, account)| self.sharing(*account)).max().unwrap_or_default();
            self.count_sharing(&same);
            let after = same.iter().map(|(_, account)| self.sharing(*account)).max().unwrap_or_default();
            // Only who gains or loses a domain of its own has other keys.
            if (before < SHARED_BY) != (after < SHARED_BY) {
                accounts.extend(same.iter().map(|(_, account)| *account));
            }
        }
        accounts.sort_unstable();
        accounts.dedup();
        self.entries.retain(|entry| accounts.binary_search(&entry.account).is_err());
        let mut entries = Vec::new();
        for account in accounts.iter().filter(|account| self.is_there(**account)) {
            block::entries(self, *account, &mut entries);
        }
        entries.sort_unstable();
        merge(&mut self.entries, &entries);
    }

    /// The accounts in it.
    #[must_use]
    pub fn list(&self) -> &List {
        &self.list
    }

    fn weigh_names(&mut self, first: usize, statistics: &Statistics) {
        let mut misspelled = Vec::new();
        for at in first..self.list.names.len() {
            let Some(name) = self.list.names.get(at).copied() else { break };
            let (mut bits, mut is_off) = (0.0, false);
            for word in self.words_of(&name) {
                bits += word.bits;
                is_off |= word.meant != word.hash;
            }
            if let Some(name) = self.list.names.get_mut(at) {
                name.bits = bits;
            }
            if is_off {
                misspelled.push(at);
            }
        }
        let mut compact = String::new();
        for at in misspelled {
            let Some(tokens) = self.list.names.get(at).map(|name| self.list.tokens_of(name)) else { break };
            compact.clear();
            for token in tokens {
                let Some((_, text)) = self.list.words.get(*token) else { continue };
                compact.push_str(statistics.correction(text).unwrap_or(text));
            }
            self.meant.insert(at as u32, crate::hash::hash(crate::site::COMPACT, compact.as_bytes()));
        }
    }

    /// Finds the domains that more than one account has.
    fn find_shared_domains(&mut self) {
        let repeats = Repeats::of(self.list.domains().map(|(domain, _)| domain), self.list.len());
        let shared = self.list.domains().filter(|(domain, _)| repeats.may_have(*domain)).collect();
        let shared = sort(shared, |(domain, _)| *domain);
        for same in shared.chunk_by(|one, other| one.0 == other.0).filter(|same| same.len() > 1) {
            self.count_sharing(same);
        }
    }

    /// All domains with their accounts, in order: only whoever takes accounts in or out asks for them.
    fn domains(&self) -> &[(u64, u32)] {
        self.domains.get_or_init(|| sort(self.list.domains().collect(), |(domain, _)| *domain))
    }

    /// Counts how many differently named accounts have one domain.
    fn count_sharing(&mut self, same: &[(u64, u32)]) {
        let mut heads: Vec<u64> = same.iter().map(|(_, account)| self.head(*account)).collect();
        heads.sort_unstable();
        heads.dedup();
        let names = u8::try_from(heads.len()).unwrap_or(u8::MAX);
        for (_, account) in same {
            if let Some(row) = self.list.accounts.get_mut(*account as usize) {
                row.sharing = names;
            }
        }
    }

    fn with_domain(&self, domain: u64) -> &[(u64, u32)] {
        let domains = self.domains();
        let start = domains.partition_point(|(other, _)| *other < domain);
        let rest = domains.get(start..).unwrap_or_default();
        rest.get(..rest.partition_point(|(other, _)| *other == domain)).unwrap_or_default()
    }

    /// The account, and those that share its domain as long as it may be somebody's own: their keys or their scores may
    /// change with it.
    pub(crate) fn touched_by(&self, account: u32) -> Vec<u32> {
        let domain = self.list.accounts.get(account as usize).map_or(0, |row| row.site.domain);
        let mut touched = vec![account];
        if domain != 0 && self.sharing(account) <= SHARED_BY {
            touched.extend(self.with_domain(domain).iter().map(|(_, other)| *other).filter(|other| *other != account));
        }
        touched
    }

    /// Accounts under one key.
    pub(crate) fn under(&self, key: u64) -> &[Entry] {
        let start = self.entries.partition_point(|entry| entry.key < key);
        let rest = self.entries.get(start..).unwrap_or_default();
        let end = rest.iter().position(|entry| entry.key != key).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    /// Reads what scoring [`TOUCHED`] accounts at most will read: account after account they would each wait for memory,
    /// at once they wait together.
    pub(crate) fn touch(&self, accounts: impl Iterator<Item = u32>) {
        let mut places = [0_u32; TOUCHED];
        let mut count = 0;
        let mut sum = 0_u64;
        // Rows may lie across two lines of a cache: what stands first in them and what stands last is read.
        for (to, account) in places.iter_mut().zip(accounts) {
            if let Some(row) = self.list.accounts.get(account as usize) {
                *to = row.names;
                sum ^= row.site.domain ^ u64::from(row.sharing);
            }
            count += 1;
        }
        let places = places.get_mut(..count).unwrap_or_default();
        for place in places.iter_mut() {
            if let Some(name) = self.list.names.get(*place as usize) {
                *place = name.start;
                sum ^= name.compact ^ u64::from(name.size);
            }
        }
        for place in places.iter() {
            for token in self.list.tokens.get(*place as usize..*place as usize + 2).into_iter().flatten() {
                sum ^= self.weighed.get(*token as usize).map_or(0, |word| u64::from(word.count));
            }
        }
        std::hint::black_box(sum);
    }

    /// False for accounts that were taken out.
    pub(crate) fn is_there(&self, account: u32) -> bool {
        self.list.accounts.get(account as usize).is_some_and(|row| row.is_there)
    }

    /// By what accounts count as differently named: the first word, as it is meant.
    fn head(&self, account: u32) -> u64 {
        let name = self.list.names_of(account).first();
        name.and_then(|name| self.words_of(name).next()).map_or(0, |word| word.meant)
    }

    pub(crate) fn words_of<'a>(&'a self, name: &NameRow) -> impl Iterator<Item = &'a Weighed> {
        self.list.tokens_of(name).iter().filter_map(|token| self.weighed.get(*token as usize))
    }

    pub(crate) fn meant_of(&self, place: u32) -> Option<u64> {
        self.meant.get(&place).copied()
    }

    /// How many differently named accounts have the domain of this one's website.
    pub(crate) fn sharing(&self, account: u32) -> u8 {
        self.list.accounts.get(account as usize).map_or(1, |row| row.sharing)
    }

    /// The domains that are the account's own, with how many differently named accounts have each.
    pub(crate) fn sites(&self, account: u32) -> [Option<(Site, u8)>; 2] {
        let Some(row) = self.list.accounts.get(account as usize) else { return [None; 2] };
        let site = (row.site.domain != 0 && row.sharing < SHARED_BY).then_some((row.site, row.sharing));
        if !row.has_extra {
            return [site, None];
        }
        let mail = self.list.extra(account).mail;
        [site, (mail.domain != 0).then_some((mail, 1))]
    }
}

/// Merges what is in order into what is in order.
fn merge<T: Ord + Copy>(into: &mut Vec<T>, added: &[T]) {
    let Some(first) = added.first() else { return };
    let kept = into.split_off(into.partition_point(|entry| entry < first));
    into.reserve(kept.len() + added.len());
    let (mut kept, mut added) = (kept.into_iter().peekable(), added.iter().copied().peekable());
    loop {
        let next = match (kept.peek(), added.peek()) {
            (Some(one), Some(other)) if one <= other => kept.next(),
            (_, Some(_)) => added.next(),
            (_, None) => kept.next(),
        };
        match next {
            Some(entry) => into.push(entry),
            None => return,
        }
    }
}
