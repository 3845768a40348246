//! What both lists together say of words, countries and legal forms: how much it means to have one in common.
//!
//! Worked out once a full run and kept: as long as the same statistics are used, matching some accounts again gives
//! what a full run would give. They drift slowly, so a server renews them when a list has grown by a tenth or so.

use crate::{
    hash::Table,
    list::List,
    name::{self, Kind, known_bits},
    near::{Near, RATIO},
    words::word_hash,
};

/// As many names as what is known of words beforehand counts for.
const PRIOR_NAMES: f32 = 8_000.0;
/// As many accounts as what is known of countries and forms beforehand counts for.
const PRIOR_ACCOUNTS: f32 = 200.0;
/// The lists are taken to be at least this long, so that two short ones do not make chance look like evidence.
const LEAST_ACCOUNTS: f32 = 400.0;

/// -log2 of the share of the longer list that the other has too, before anything is known.
const OVERLAP_BITS: f32 = 1.0;

/// Frequencies over both lists. The order of the lists makes no difference.
#[derive(Debug, Clone, Default)]
pub struct Statistics {
    accounts: f32,
    /// log2 of how long the longer list is.
    longer_bits: f32,
    words: Table<u64, u32>,
    near: Near,
    countries: Table<u64, u32>,
    forms: Vec<u32>,
}

/// A word as it is weighed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighed {
    pub(crate) hash: u64,
    /// Of the word that this one is taken to be a typing error of; otherwise of itself.
    pub(crate) meant: u64,
    /// -log2 of the share of names that have it.
    pub(crate) bits: f32,
    pub(crate) kind: Kind,
    /// What it costs, in bits, that it may be a typing error; 0 if it is not.
    pub(crate) slip: f32,
    /// Names of both lists that have it.
    pub(crate) count: u32,
}

/// How many accounts and names of one list have what.
struct Counts {
    /// By the places of the words.
    words: Vec<u32>,
    /// By the numbers of the countries; there is no count of accounts without one.
    countries: Vec<u32>,
    forms: [u32; 64],
}

impl Counts {
    fn of(list: &List) -> Self {
        let mut counts = Self { words: list.count_words(), countries: vec![0; 1 << 16], forms: [0; 64] };
        for row in &list.accounts {
            if let Some(count) = counts.countries.get_mut(usize::from(row.country)) {
                *count += 1;
            }
            let mut forms = row.forms.0;
            while forms != 0 {
                if let Some(count) = counts.forms.get_mut(forms.trailing_zeros() as usize) {
                    *count += 1;
                }
                forms &= forms - 1;
            }
        }
        if let Some(none) = counts.countries.first_mut() {
            *none = 0;
        }
        counts
    }
}

impl Statistics {
    /// The frequencies in the two lists.
    #[must_use]
    pub fn of(one: &List, other: &List) -> Self {
        let (ours, theirs) = rayon::join(|| Counts::of(one), || Counts::of(other));
        let mut statistics = Self { forms: vec![0; 64], ..Self::default() };
        statistics.words.reserve(one.words.len() + other.words.len() / 2);
        for (list, counts) in [(one, ours), (other, theirs)] {
            for ((hash, _), count) in list.words.iter().zip(counts.words) {
                *statistics.words.entry(hash).or_default() += count;
            }
            for (count, country) in counts.countries.into_iter().zip(0..).filter(|(count, _)| *count > 0) {
                *statistics.countries.entry(country).or_default() += count;
            }
            for (all, count) in statistics.forms.iter_mut().zip(counts.forms) {
                *all += count;
            }
        }
        let added = other.words.iter().filter(|(hash, _)| one.words.find(*hash).is_none());
        let all = one.words.iter().chain(added);
        let spelled =
            all.map(|(hash, word)| (statistics.words.get(&hash).copied().unwrap_or_default(), hash, word)).collect();
        statistics.near = Near::of(spelled);
        statistics.accounts = (one.len() + other.len()) as f32;
        statistics.longer_bits = (one.len().max(other.len()) as f32).max(LEAST_ACCOUNTS).log2();
        statistics
    }

    /// -log2 of the odds that an account has any one account of the other list as its match, before anything is compared.
    pub(crate) fn prior_bits(&self) -> f32 {
        self.longer_bits + OVERLAP_BITS
    }

    pub(crate) fn longer_bits(&self) -> f32 {
        self.longer_bits
    }

    pub(crate) fn weigh(&self, text: &str) -> Weighed {
        let hash = word_hash(text);
        let kind = name::kind(text);
        let meant = self.near.meant(text, hash, !self.words.contains_key(&hash)).map_or(hash, |(meant, _)| meant);
        let counted = self.words.get(&meant).or_else(|| self.words.get(&hash)).copied().unwrap_or_default();
        // Of two companies that match each has the word, so one of two is no evidence that others have it.
        // And of words that few have been seen with, fewer will be met again than were seen (Good and Turing).
        let others = match counted {
            0 | 1 => 0.0,
            2 => 0.4,
            3 => 1.2,
            4 => 2.4,
            counted => counted as f32 - 1.0,
        };
        let known = PRIOR_NAMES * (-known_bits(kind, text)).exp2();
        let bits = -((others + known) / (self.accounts + PRIOR_NAMES)).log2();
        let own = self.words.get(&hash).copied().unwrap_or_default().max(1);
        let slip = match counted / own {
            _ if meant == hash => 0.0,
            // Where nobody knows which of two rare words is right, both may be.
            0..RATIO => 6.5,
            _ => 3.5,
        };
        Weighed { hash, meant, bits, kind, slip, count: counted }
    }

    /// The word that `text` is taken to be a typing error of, if it is.
    pub(crate) fn correction(&self, text: &str) -> Option<&str> {
        let hash = word_hash(text);
        self.near.meant(text, hash, !self.words.contains_key(&hash)).map(|(_, word)| word)
    }

    pub(crate) fn country_bits(&self, country: u16) -> f32 {
        let count = self.countries.get(&u64::from(country)).copied().unwrap_or_default() as f32;
        -((count + PRIOR_ACCOUNTS * 0.04) / (self.accounts + PRIOR_ACCOUNTS)).log2()
    }

    pub(crate) fn forms_bits(&self, forms: u64) -> f32 {
        let mut rarest: Option<u32> = None;
        let mut rest = forms;
        while rest != 0 {
            let count = self.forms.get(rest.trailing_zeros() as usize).copied().unwrap_or_default();
            rarest = Some(rarest.map_or(count, |rarest| rarest.min(count)));
            rest &= rest - 1;
        }
        let count = rarest.unwrap_or_default() as f32;
        -((count + PRIOR_ACCOUNTS * 0.06) / (self.accounts + PRIOR_ACCOUNTS)).log2()
    }
}
