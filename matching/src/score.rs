//! How much speaks for a pair, in bits: each is a doubling of the odds that two accounts are the same company.
//!
//! The rules are those of Fellegi and Sunter with frequencies taken from the lists: what is rare and shared counts much,
//! what many have counts little, and before anything is compared the odds are one in as many as the list is long.

use crate::{
    index::Index,
    list::{Extra, NameRow},
    name::Kind,
    reasons::{Reason, Reasons},
    site::Site,
    statistics::{Statistics, Weighed},
};

/// What comparing two accounts gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Score {
    /// log2 of the odds.
    pub(crate) bits: f32,
    pub(crate) reasons: Reasons,
}

/// Beyond every doubt, one way or the other.
const DECIDED: f32 = 40.0;
/// No agreement of names alone counts for more.
const NAME_MOST: f32 = 34.0;
/// Names with nothing in common.
const NAME_LEAST: f32 = -6.0;

/// Compares two accounts. The sides may be exchanged.
pub(crate) fn score(left: &Index, one: u32, right: &Index, other: u32, statistics: &Statistics) -> Score {
    let mut reasons = Reasons::default();
    let (Some(our), Some(their)) = (left.list.accounts.get(one as usize), right.list.accounts.get(other as usize))
    else {
        return Score { bits: -DECIDED, reasons };
    };
    if our.duns != 0 && their.duns != 0 {
        let is_same = our.duns == their.duns;
        reasons.add(if is_same { Reason::Duns } else { Reason::OtherDuns });
        // A number that both have decides both ways.
        if !is_same {
            return Score { bits: -DECIDED, reasons };
        }
    }
    let (our_sites, their_sites) = (left.sites(one), right.sites(other));
    let (our_extra, their_extra) = (left.list.extra(one), right.list.extra(other));
    let (mut name, name_reasons) = names(left, one, right, other);
    let mut bits = -statistics.prior_bits();
    let mut most = DECIDED;
    let same = our_sites.iter().flatten().find_map(|(site, sharing)| {
        let theirs = their_sites.iter().flatten().find(|(their_site, _)| their_site.domain == site.domain)?;
        Some((*sharing, theirs.1))
    });
    if reasons.has(Reason::Duns) {
        bits += statistics.longer_bits() + 12.0;
    }
    if let Some((ours, theirs)) = same {
        reasons.add(Reason::Domain);
        reasons.join(name_reasons);
        bits += statistics.longer_bits() + 8.5 - 2.5 * f32::from(ours.max(theirs)).log2();
        bits += if name > 0.0 { (name * 0.4).min(7.0) } else { (name * 0.4).max(-2.5) };
    } else if our_extra.page.address != 0 && our_extra.page.address == their_extra.page.address {
        reasons.add(Reason::Page);
        reasons.join(name_reasons);
        bits += statistics.longer_bits() + 7.0;
        bits += if name > 0.0 { (name * 0.4).min(7.0) } else { (name * 0.4).max(-2.5) };
    } else {
        let (said, is_both) =
            said_by_site((left, one, labels(&our_sites, our_extra)), (right, other, labels(&their_sites, their_extra)));
        if said > 0.0 || is_both {
            reasons.add(Reason::NameInDomain);
        }
        if said > 0.0 {
            name = if name > 0.0 {
                name.max(said) + 1.5 + 0.4 * name.min(said) * f32::from(u8::from(name_reasons.has(Reason::Acronym)))
            } else {
                said - 1.0
            };
        }
        // A page is named as the other's domain is: "github.com/acme" and "acme.com".
        if is_both {
            name = name.max(13.0) + 1.5;
        }
        reasons.join(name_reasons);
        bits += name;
        let ours = our_sites.iter().flatten().map(|(site, _)| *site);
        let theirs = their_sites.iter().flatten().map(|(site, _)| *site);
        bits -= apart(ours, theirs, said > 0.0 || is_both, !reasons.has(Reason::Name), &mut reasons);
        most = most_of(name_reasons, said > 0.0 || is_both);
    }
    bits += country(our.country, their.country, statistics, &mut reasons);
    bits += forms(our.forms, their.forms, statistics, &mut reasons);
    Score { bits: bits.min(most).clamp(-DECIDED, DECIDED), reasons }
}

/// However rare the words are that two names share, what only one of them has may be another company of the same house.
fn most_of(name: Reasons, is_said: bool) -> f32 {
    if name.has(Reason::Name) {
        DECIDED
    } else if is_said {
        6.0
    } else {
        3.0
    }
}

fn country(ours: u16, theirs: u16, statistics: &Statistics, reasons: &mut Reasons) -> f32 {
    if ours == 0 || theirs == 0 {
        return 0.0;
    }
    if ours == theirs {
        reasons.add(Reason::Country);
        return statistics.country_bits(ours).min(5.0);
    }
    reasons.add(Reason::OtherCountry);
    -5.0
}

fn forms(ours: crate::name::Forms, theirs: crate::name::Forms, statistics: &Statistics, reasons: &mut Reasons) -> f32 {
    let (telling, their_telling) = (ours.telling(), theirs.telling());
    let qualified = -0.75 * ours.qualified_apart(theirs) as f32;
    if telling.is_empty() || their_telling.is_empty() {
        return qualified;
    }
    if telling.meets(their_telling) {
        reasons.add(Reason::Form);
        let shared = telling.0 & their_telling.0;
        return (statistics.forms_bits(shared) * 0.8).min(3.0) + qualified;
    }
    reasons.add(Reason::OtherForm);
    qualified - 4.5
}

/// What it costs that two accounts have domains of their own which differ.
fn apart(
    ours: impl Iterator<Item = Site> + Clone,
    theirs: impl Iterator<Item = Site> + Clone,
    is_said: bool,
    is_part: bool,
    reasons: &mut Reasons,
) -> f32 {
    let mut least: Option<f32> = None;
    for our in ours {
        for their in theirs.clone() {
            let cost = if our.label == their.label {
                reasons.add(Reason::Label);
                2.5
            } else if our.is_name && their.is_name {
                // "Acme Foods" at acmefoods.com is not "Acme" at acme.com.
                if is_part { 9.0 } else { 5.0 }
            } else if is_said || begins(our, their) {
                1.5
            } else {
                4.0
            };
            least = Some(least.map_or(cost, |least: f32| least.min(cost)));
        }
    }
    match least {
        Some(cost) => {
            if !reasons.has(Reason::Label) {
                reasons.add(Reason::OtherDomain);
            }
            cost
        }
        None => 0.0,
    }
}

/// One label begins with the other: "acme" and "acmegroup".
fn begins(one: Site, other: Site) -> bool {
    let shorter = usize::from(one.length.min(other.length)).min(8);
    shorter >= 3 && one.start.get(..shorter) == other.start.get(..shorter)
}

/// What it says that one account's site is named as the other account is ("acme.com", or a page "acme"), if its own name
/// does not say that already; and whether a site and a page have one name.
fn said_by_site(
    (left, one, ours): (&Index, u32, [u64; 3]),
    (right, other, theirs): (&Index, u32, [u64; 3]),
) -> (f32, bool) {
    if ours == [0; 3] && theirs == [0; 3] {
        return (0.0, false);
    }
    let mut said: f32 = 0.0;
    for (index, account, labels, said_of, owner) in
        [(right, other, &ours, left, one), (left, one, &theirs, right, other)]
    {
        let owner_name = said_of.list.names_of(owner).first().map_or(0, |name| name.compact);
        for label in labels.iter().filter(|label| **label != 0 && **label != owner_name) {
            for name in index.list.names_of(account) {
                let bits = if *label == name.compact {
                    brand_bits(index, name)
                } else if *label == name.brand {
                    brand_bits(index, name) - 2.0
                } else if *label == name.initials && name.length > 2 {
                    acronym_bits(usize::from(name.length))
                } else {
                    0.0
                };
                said = said.max(bits);
            }
        }
    }
    let has_page = ours[2] != 0 || theirs[2] != 0;
    (said, has_page && ours.iter().any(|label| *label != 0 && theirs.contains(label)))
}

/// The labels of an account's domains, and the name of its page; 0 for none.
fn labels(sites: &[Option<(Site, u8)>; 2], extra: Extra) -> [u64; 3] {
    let [site, mail] = sites.map(|site| site.map_or(0, |(site, _)| site.label));
    [site, mail, extra.page.slug]
}

/// What it is worth to have the brand of a name in common.
fn brand_bits(index: &Index, name: &NameRow) -> f32 {
    let own = index.words_of(name).filter(|word| matches!(word.kind, Kind::Own | Kind::Common)).map(|word| word.bits);
    let by_size = match name.size {
        0..=2 => 9.0,
        3 => 11.5,
        4 => 13.0,
        _ => 14.0,
    };
    own.sum::<f32>().min(by_size)
}

fn acronym_bits(letters: usize) -> f32 {
    match letters {
        0..=1 => 0.0,
        2 => 4.5,
        3 => 9.5,
        _ => (3.5 * letters as f32).min(17.0),
    }
}

/// The best agreement of any two names; of two other names at least one must be the account's own.
fn names(left: &Index, one: u32, right: &Index, other: u32) -> (f32, Reasons) {
    let (ours, theirs) = (left.list.names_of(one), right.list.names_of(other));
    let mut best = (NAME_LEAST, Reasons::default());
    for (at, our) in ours.iter().enumerate() {
        for (their_at, their) in theirs.iter().enumerate() {
            if at > 0 && their_at > 0 {
                continue;
            }
            let (mut bits, mut reasons) = two_names(left, our, right, their);
            if at > 0 || their_at > 0 {
                bits -= 1.5;
                reasons.add(Reason::AlsoKnownAs);
            }
            if bits > best.0 {
                best = (bits, reasons);
            }
        }
    }
    best
}

/// Compares two names word by word.
fn two_names(left: &Index, our: &NameRow, right: &Index, their: &NameRow) -> (f32, Reasons) {
    let mut reasons = Reasons::default();
    if our.compact == their.compact {
        reasons.add(Reason::Name);
        // The same letters in other words are as rare as the commoner words.
        return (
            (our.bits.min(their.bits) + whole_name(if our.length < their.length { our } else { their })).min(NAME_MOST),
            reasons,
        );
    }
    let mut taken = [false; crate::name::WORDS_MAX];
    let mut their_words = [None; crate::name::WORDS_MAX];
    for (to, from) in their_words.iter_mut().zip(right.words_of(their)) {
        *to = Some(from);
    }
    let their_words = || their_words.iter().map_while(|word| *word).enumerate();
    let (mut shared, mut slip_cost, mut our_rest, mut their_rest) = (0.0, 0.0, Rest::default(), Rest::default());
    let (mut own_shared, mut own_count) = (0_u32, u32::MAX);
    for (at, word) in left.words_of(our).enumerate() {
        let mut found = None;
        for (their_at, their_word) in their_words() {
            if taken.get(their_at) == Some(&false) && word.meant == their_word.meant {
                let is_slip = word.hash != their_word.hash;
                let cost = if is_slip { word.slip.max(their_word.slip) } else { 0.0 };
                found = Some((their_at, word.bits.min(their_word.bits), cost));
                if !is_slip {
                    break;
                }
            }
        }
        match found {
            Some((their_at, bits, cost)) => {
                taken[their_at] = true;
                shared += bits;
                slip_cost += cost;
                if matches!(word.kind, Kind::Own | Kind::Common) {
                    own_shared += 1;
                    own_count = own_count.min(word.count);
                }
            }
            None => our_rest.add(at, word),
        }
    }
    for (their_at, word) in their_words() {
        if taken.get(their_at) == Some(&false) {
            their_rest.add(their_at, word);
        }
    }
    if slip_cost > 0.0 {
        reasons.add(Reason::Typo);
    }
    if our_rest.words == 0 && their_rest.words == 0 {
        reasons.add(Reason::Name);
        return ((shared + whole_name(our) - slip_cost).min(NAME_MOST), reasons);
    }
    let mut best = NAME_LEAST;
    if shared > 0.0 {
        let rest = if our_rest.words == 0 || their_rest.words == 0 {
            // One name is part of the other.
            let rest = if our_rest.words == 0 { &their_rest } else { &our_rest };
            let mut cost = rest.one_sided;
            if rest.has_first {
                cost += 3.0;
            }
            if own_shared == 0 {
                cost += 4.0;
            }
            // A brand of many companies: which of them is the one?
            cost += 0.7 * (own_count.max(2) as f32 - 1.0).log2();
            reasons.add(Reason::PartOfName);
            cost
        } else {
            reasons.add(Reason::Words);
            let apart = our_rest.bits + their_rest.bits;
            let overlap = shared / (shared + apart);
            our_rest.two_sided + their_rest.two_sided + shared * (1.0 - overlap) * 0.5
        };
        best = (shared - slip_cost - rest).clamp(NAME_LEAST, NAME_MOST);
    }
    // "Super Micro Computer" and "Supermicro".
    for (index, brand, other) in [(left, our, their), (right, their, our)] {
        let is_brand = brand.brand != 0 && (brand.brand == other.compact || brand.brand == other.brand);
        if is_brand && best < 6.0 {
            let bits = brand_bits(index, brand) - 2.0;
            if bits > best {
                best = bits;
                reasons = Reasons::default();
                reasons.add(Reason::PartOfName);
            }
        }
    }
    for (short, long) in [(our, their), (their, our)] {
        let is_acronym = long.initials != 0 && short.compact == long.initials && short.length == 1;
        let bits = acronym_bits(usize::from(short.size));
        if is_acronym && bits > best {
            best = bits;
            reasons = Reasons::default();
            reasons.add(Reason::Acronym);
        }
    }
    (best, reasons)
}

/// How rare an account's own name is.
pub(crate) fn name_bits(index: &Index, account: u32) -> f32 {
    index.list.names_of(account).first().map_or(0.0, |name| name.bits + whole_name(name))
}

/// What it is worth beyond its words that the whole name is the same.
fn whole_name(name: &NameRow) -> f32 {
    if name.length == 1 { 2.5 } else { 1.5 }
}

/// The words of a name that the other has not.
#[derive(Default)]
struct Rest {
    words: u32,
    one_sided: f32,
    two_sided: f32,
    bits: f32,
    has_first: bool,
}

impl Rest {
    fn add(&mut self, at: usize, word: &Weighed) {
        self.has_first |= at == 0;
        self.words += 1;
        let (one_sided, two_sided) = match word.kind {
            Kind::Trade => (if self.words == 1 { 1.5 } else { 0.75 }, 4.0),
            Kind::Common => (3.5, 6.0),
            Kind::Place => (4.5, 6.0),
            Kind::Own => (5.5, 7.0),
        };
        self.bits += word.bits;
        self.one_sided += one_sided;
        self.two_sided += two_sided;
    }
}
