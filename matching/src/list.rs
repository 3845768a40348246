//! The accounts of one list, as dense as they can be: a million of them is about a hundred megabytes.

use crate::{
    account::Keys,
    hash::{Table, hash},
    name::{Forms, Kind, NAMES_MAX, WORDS_MAX, Word, split},
    repeats::Repeats,
    site::{COMPACT, Page, Site},
    sorting::sort,
    words::Words,
};

/// The accounts of one list in the order in which they were added; an account is known by its place.
#[derive(Debug, Clone, Default)]
pub struct List {
    pub(crate) accounts: Vec<Row>,
    pub(crate) names: Vec<NameRow>,
    /// Places in [`Self::words`], name by name.
    pub(crate) tokens: Vec<u32>,
    pub(crate) words: Words,
    /// What few accounts have.
    pub(crate) extras: Table<u32, Extra>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row {
    pub(crate) site: Site,
    pub(crate) forms: Forms,
    pub(crate) duns: u32,
    /// Where its names begin; they end where those of the next account begin.
    pub(crate) names: u32,
    pub(crate) country: u16,
    pub(crate) has_extra: bool,
    /// False for one that was taken out.
    pub(crate) is_there: bool,
    /// Differently named accounts that have the domain of its website, 255 at most; known once the list is made ready.
    pub(crate) sharing: u8,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Extra {
    pub(crate) mail: Site,
    pub(crate) page: Page,
}

/// One name of an account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameRow {
    /// Of the words without blanks.
    pub(crate) compact: u64,
    /// The same without the words of trade and place that it ends with; 0 if that is nothing else.
    pub(crate) brand: u64,
    /// Of the first letters, for three words or more; 0 otherwise.
    pub(crate) initials: u64,
    /// The sum of its words' bits; known once the list is made ready.
    pub(crate) bits: f32,
    pub(crate) start: u32,
    pub(crate) length: u8,
    /// Letters and digits, 255 at most.
    pub(crate) size: u8,
}

/// Fewer words have no acronym that could be told from chance.
const ACRONYM_WORDS: usize = 2;

impl List {
    /// Room for `accounts` accounts.
    #[must_use]
    pub fn with_capacity(accounts: usize) -> Self {
        Self {
            accounts: Vec::with_capacity(accounts),
            names: Vec::with_capacity(accounts + accounts / 16),
            tokens: Vec::with_capacity(accounts * 5 / 2),
            ..Self::default()
        }
    }

    /// Adds an account and gives its place, counted from 0. At most 2^31 accounts.
    pub fn push(&mut self, keys: &Keys) -> u32 {
        let mut words = [Word::default(); NAMES_MAX * WORDS_MAX];
        let mut count = 0;
        for (to, word) in words.iter_mut().zip(split(&keys.text)) {
            *to = word;
            count += 1;
        }
        self.push_split(keys, words.get(..count).unwrap_or_default())
    }

    /// The same where the words of the account's names are known.
    pub(crate) fn push_split(&mut self, keys: &Keys, words: &[Word]) -> u32 {
        let place = self.accounts.len() as u32;
        let [site, mail] = keys.sites;
        let has_extra = mail.domain != 0 || keys.page.address != 0;
        if has_extra {
            self.extras.insert(place, Extra { mail, page: keys.page });
        }
        self.accounts.push(Row {
            site,
            forms: keys.forms,
            duns: keys.duns,
            names: self.names.len() as u32,
            country: keys.country,
            has_extra,
            is_there: true,
            sharing: 1,
        });
        for name in words.split_inclusive(|word| word.is_last) {
            self.push_name(&keys.text, name);
        }
        place
    }

    fn push_name(&mut self, text: &str, words: &[Word]) {
        let start = self.tokens.len() as u32;
        let mut compact = [0; MAX_COMPACT];
        let mut initials = [0; WORDS_MAX];
        let (mut size, mut brand_size, mut count) = (0, 0, 0);
        // All of them are looked up before any is used, so that they wait for memory together.
        let mut found = [None; WORDS_MAX];
        for (found, word) in found.iter_mut().zip(words) {
            *found = self.words.find(word.hash);
        }
        for (word, found) in words.iter().zip(found) {
            let Some(text) = text.get(word.start as usize..word.end as usize) else { break };
            let (id, kind) = found.unwrap_or_else(|| self.words.add(word.hash, text));
            self.tokens.push(id);
            let room = compact.get_mut(size..size + text.len());
            if let Some(room) = room {
                room.copy_from_slice(text.as_bytes());
                size += text.len();
            }
            if let (Some(to), Some(first)) = (initials.get_mut(count), text.bytes().next()) {
                *to = first;
            }
            count += 1;
            if count == 1 || matches!(kind, Kind::Own | Kind::Common) {
                brand_size = size;
            }
        }
        let hash_of = |length: usize| hash(COMPACT, compact.get(..length).unwrap_or_default());
        self.names.push(NameRow {
            compact: hash_of(size),
            brand: if brand_size < size { hash_of(brand_size) } else { 0 },
            initials: match initials.get(..count) {
                Some(initials) if count >= ACRONYM_WORDS => hash(COMPACT, initials),
                _ => 0,
            },
            bits: 0.0,
            start,
            length: count as u8,
            size: size as u8,
        });
    }

    /// How many names have each word, by the places of the words. A name that many accounts have counts once: a company
    /// that is listed ten times is no sign that ten have a word.
    pub(crate) fn count_words(&self) -> Vec<u32> {
        let mut counts = vec![0; self.words.len()];
        let mut count = |name: &NameRow| {
            for token in self.tokens_of(name) {
                if let Some(count) = counts.get_mut(*token as usize) {
                    *count += 1;
                }
            }
        };
        let repeats = Repeats::of(self.names.iter().map(|name| name.compact), self.names.len());
        let mut again: Vec<(u64, u32)> = Vec::new();
        for (name, place) in self.names.iter().zip(0..) {
            if repeats.may_have(name.compact) {
                again.push((name.compact, place));
            } else {
                count(name);
            }
        }
        // The same letters may be other words: those of the first account count.
        let again = sort(again, |(name, _)| *name);
        let firsts = again.chunk_by(|one, other| one.0 == other.0).filter_map(|same| same.first());
        firsts.filter_map(|(_, place)| self.names.get(*place as usize)).for_each(count);
        counts
    }

    /// How many accounts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// The domains of the accounts' websites, with the accounts.
    pub(crate) fn domains(&self) -> impl Iterator<Item = (u64, u32)> {
        let domains = self.accounts.iter().zip(0..).map(|(row, account)| (row.site.domain, account));
        domains.filter(|(domain, _)| *domain != 0)
    }

    pub(crate) fn names_of(&self, account: u32) -> &[NameRow] {
        let at = account as usize;
        let Some(row) = self.accounts.get(at) else { return &[] };
        let end = self.accounts.get(at + 1).map_or(self.names.len(), |next| next.names as usize);
        self.names.get(row.names as usize..end).unwrap_or_default()
    }

    pub(crate) fn tokens_of(&self, name: &NameRow) -> &[u32] {
        self.tokens.get(name.start as usize..name.start as usize + usize::from(name.length)).unwrap_or_default()
    }

    /// Takes an account out; its place stays.
    pub(crate) fn clear(&mut self, account: u32) {
        if let Some(row) = self.accounts.get_mut(account as usize) {
            *row = Row { names: row.names, sharing: 1, ..Row::default() };
            self.extras.remove(&account);
        }
    }

    pub(crate) fn extra(&self, account: u32) -> Extra {
        match self.accounts.get(account as usize) {
            Some(row) if row.has_extra => self.extras.get(&account).copied().unwrap_or_default(),
            _ => Extra::default(),
        }
    }
}

/// Bytes of a name without blanks that are looked at.
const MAX_COMPACT: usize = 240;
