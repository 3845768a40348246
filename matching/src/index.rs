//! A list made ready: its words weighed, its shared domains found, and its accounts sorted by the keys that accounts of
//! the other list may have in common with them.

use crate::{
    block::{self, Entry},
    hash::Table,
    list::{List, NameRow},
    site::Site,
    statistics::{Statistics, Weighed},
};
use rayon::slice::ParallelSliceMut as _;

/// A domain of as many differently named accounts is nobody's own.
pub(crate) const SHARED_BY: u8 = 6;

/// A list that others can be matched against.
#[derive(Debug, Clone)]
pub struct Index {
    pub(crate) list: List,
    weighed: Vec<Weighed>,
    /// Of names with typing errors: the name without blanks as it is meant, by the name's place.
    meant: Table<u32, u64>,
    /// Differently named accounts that have the domain of the account's website, 255 at most.
    sharing: Vec<u8>,
    pub(crate) entries: Vec<Entry>,
}

impl Index {
    /// Makes a list ready. Both lists of a run must be made ready with the same statistics.
    #[must_use]
    pub fn new(list: List, statistics: &Statistics) -> Self {
        let weighed: Vec<Weighed> = list.words.iter().map(|word| statistics.weigh(list.words.text(word))).collect();
        let mut index = Self { sharing: Vec::new(), meant: Table::default(), weighed, entries: Vec::new(), list };
        index.find_meant(statistics);
        index.find_shared();
        let mut entries = Vec::with_capacity(index.list.len() * 4);
        for account in 0..index.list.len() as u32 {
            block::entries(&index, account, &mut entries);
        }
        entries.par_sort_unstable();
        index.entries = entries;
        index
    }

    /// The accounts in it.
    #[must_use]
    pub fn list(&self) -> &List {
        &self.list
    }

    fn find_meant(&mut self, statistics: &Statistics) {
        let mut compact = String::new();
        for (at, name) in self.list.names.iter().enumerate() {
            let is_off = |token: &u32| self.weighed.get(*token as usize).is_some_and(|word| word.meant != word.hash);
            let tokens = self.list.tokens_of(name);
            if !tokens.iter().any(is_off) {
                continue;
            }
            compact.clear();
            for token in tokens {
                let Some(word) = self.list.words.get(*token) else { continue };
                let text = self.list.words.text(word);
                compact.push_str(statistics.correction(text).unwrap_or(text));
            }
            self.meant.insert(at as u32, crate::hash::hash(crate::site::COMPACT, compact.as_bytes()));
        }
    }

    /// Counts for every domain how many differently named accounts have it.
    fn find_shared(&mut self) {
        self.sharing = vec![1; self.list.len()];
        let rows = self.list.accounts.iter().enumerate().filter(|(_, row)| row.site.domain != 0);
        let mut by_domain: Vec<(u64, u32)> = rows.map(|(account, row)| (row.site.domain, account as u32)).collect();
        by_domain.sort_unstable();
        for accounts in by_domain.chunk_by(|one, other| one.0 == other.0).filter(|accounts| accounts.len() > 1) {
            let mut heads: Vec<u64> = accounts.iter().map(|(_, account)| self.head(*account)).collect();
            heads.sort_unstable();
            heads.dedup();
            let names = u8::try_from(heads.len()).unwrap_or(u8::MAX);
            for (_, account) in accounts {
                if let Some(sharing) = self.sharing.get_mut(*account as usize) {
                    *sharing = names;
                }
            }
        }
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
        self.sharing.get(account as usize).copied().unwrap_or(1)
    }

    /// The domains that are the account's own, with how many differently named accounts have each.
    pub(crate) fn sites(&self, account: u32) -> [Option<(Site, u8)>; 2] {
        let Some(row) = self.list.accounts.get(account as usize) else { return [None; 2] };
        let sharing = self.sharing(account);
        let site = (row.site.domain != 0 && sharing < SHARED_BY).then_some((row.site, sharing));
        let mail = self.list.extra(account).mail;
        [site, (mail.domain != 0).then_some((mail, sharing))]
    }
}
