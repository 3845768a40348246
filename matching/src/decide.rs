//! From scores to matches: pairs that exclude each other share their odds.
//!
//! An account has one company on the other side. Where several accounts there could be it, and are not themselves one
//! company under several names, each is as likely as its share of all odds; where they are one company (the same domain, or
//! the same name with nothing that sets them apart), all of them match.

use crate::{
    index::{Index, TOUCHED},
    reasons::{Reason, Reasons},
    score::{Score, name_bits, score},
    sorting::sort,
    statistics::Statistics,
};
use rayon::prelude::*;
use std::fmt;

/// How sure it is that two accounts are the same company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// More likely than not.
    Possible,
    /// Worth acting upon.
    Likely,
    /// Fewer than one of a hundred is wrong.
    Certain,
}

impl Confidence {
    /// Least probability of [`Self::Possible`], [`Self::Likely`] and [`Self::Certain`].
    pub const FROM: [f32; 3] = [0.5, 0.85, 0.99];

    /// As it is written in files: `LIKELY`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Possible => "POSSIBLE",
            Self::Likely => "LIKELY",
            Self::Certain => "CERTAIN",
        }
    }

    /// The level of a probability; `None` for what is no match.
    #[must_use]
    pub fn of(probability: f32) -> Option<Self> {
        let [possible, likely, certain] = Self::FROM;
        match probability {
            _ if probability >= certain => Some(Self::Certain),
            _ if probability >= likely => Some(Self::Likely),
            _ if probability >= possible => Some(Self::Possible),
            _ => None,
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.code())
    }
}

/// Two accounts that are taken for one company.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Place in the left list.
    pub left: u32,
    /// Place in the right list.
    pub right: u32,
    /// From 0.5 to 1.
    pub probability: f32,
    pub confidence: Confidence,
    pub reasons: Reasons,
}

/// A pair that was looked at, with the odds that it is right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scored {
    left: u32,
    right: u32,
    odds: f32,
    reasons: Reasons,
}

/// log2 of odds under which a pair is neither a match nor a rival.
const LEAST_BITS: f32 = -3.0;
/// More rivals of one account are all taken for other companies, whatever they are called.
const RIVALS: usize = 64;

/// Scores pairs, in any order, each once; gives those worth keeping in the order of the pairs.
pub(crate) fn scored(left: &Index, right: &Index, statistics: &Statistics, pairs: &[u64]) -> Vec<Scored> {
    pairs
        .par_chunks(1024)
        .flat_map_iter(|pairs| pairs.chunks(TOUCHED))
        .flat_map_iter(|pairs| {
            left.touch(pairs.iter().map(|pair| (pair >> 32) as u32));
            right.touch(pairs.iter().map(|pair| *pair as u32));
            pairs.iter().filter_map(|pair| {
                let (one, other) = ((pair >> 32) as u32, *pair as u32);
                let Score { bits, reasons } = score(left, one, right, other, statistics);
                (bits >= LEAST_BITS).then(|| Scored { left: one, right: other, odds: bits.exp2(), reasons })
            })
        })
        .collect()
}

/// The matches among scored pairs, which are in the order of the left list and then of the right, as the matches are. For
/// an account of which a match is wanted, every scored pair of it and of the accounts that it is paired with has to be
/// there.
pub(crate) fn decide(left: &Index, right: &Index, statistics: &Statistics, scored: &[Scored]) -> Vec<Match> {
    let (rivals_of_left, (by_right, of_right)) = rayon::join(
        || rivals_of_all(scored, right, statistics, |pair| (pair.left, pair.right)),
        || {
            let places =
                scored.iter().zip(0..).map(|(pair, place): (_, u32)| u64::from(pair.right) << 32 | u64::from(place));
            let by_right = sort(places.collect(), |place| *place);
            let pairs: Vec<Scored> =
                by_right.iter().filter_map(|place| scored.get(*place as u32 as usize)).copied().collect();
            (by_right, rivals_of_all(&pairs, left, statistics, |pair| (pair.right, pair.left)))
        },
    );
    let mut rivals_of_right = vec![0.0; scored.len()];
    for (place, odds) in by_right.iter().zip(of_right) {
        if let Some(rival) = rivals_of_right.get_mut(*place as u32 as usize) {
            *rival = odds;
        }
    }
    let rivals = rivals_of_left.iter().zip(&rivals_of_right);
    scored
        .iter()
        .zip(rivals)
        .filter_map(|(pair, (of_left, of_right))| {
            let probability = pair.odds / (1.0 + pair.odds + of_left + of_right);
            let confidence = Confidence::of(probability)?;
            Some(Match { left: pair.left, right: pair.right, probability, confidence, reasons: pair.reasons })
        })
        .collect()
}

/// For each of all pairs, which are in the order of the first account of `sides`: the odds of the pairs of this account with
/// other companies than the second one, which is of `index`.
fn rivals_of_all(
    pairs: &[Scored],
    index: &Index,
    statistics: &Statistics,
    sides: impl Fn(&Scored) -> (u32, u32),
) -> Vec<f32> {
    let mut odds = Vec::with_capacity(pairs.len());
    for group in pairs.chunk_by(|one, other| sides(one).0 == sides(other).0) {
        rivals(group, index, statistics, |pair| sides(pair).1, &mut odds);
    }
    odds
}

/// For each pair of one account: the odds of its pairs with other companies.
fn rivals(
    group: &[Scored],
    index: &Index,
    statistics: &Statistics,
    account: impl Fn(&Scored) -> u32,
    odds: &mut Vec<f32>,
) {
    if group.len() < 2 {
        return odds.extend(group.iter().map(|_| 0.0));
    }
    if group.len() > RIVALS {
        let all: f32 = group.iter().map(|pair| pair.odds).sum();
        return odds.extend(group.iter().map(|pair| (all - pair.odds).max(0.0)));
    }
    let others = |at: usize, pair: &Scored| -> f32 {
        let rivals = group.iter().enumerate().filter(|(other_at, other)| {
            *other_at != at && !is_one_company(index, account(pair), account(other), statistics)
        });
        rivals.map(|(_, other)| other.odds).sum()
    };
    odds.extend(group.iter().enumerate().map(|(at, pair)| others(at, pair)));
}

/// Whether two accounts of one list are one company that is listed twice.
fn is_one_company(index: &Index, one: u32, other: u32, statistics: &Statistics) -> bool {
    let rows = &index.list.accounts;
    let (Some(our), Some(their)) = (rows.get(one as usize), rows.get(other as usize)) else { return false };
    if our.duns != 0 && their.duns != 0 {
        return our.duns == their.duns;
    }
    let is_apart = our.country != 0 && their.country != 0 && our.country != their.country
        || !our.forms.telling().is_empty()
            && !their.forms.telling().is_empty()
            && !our.forms.telling().meets(their.forms.telling());
    let (sites, their_sites) = (index.sites(one), index.sites(other));
    let mut shares =
        sites.iter().flatten().map(|(site, _)| their_sites.iter().flatten().any(|their| their.0.domain == site.domain));
    if shares.any(|shares| shares) {
        return !is_apart || name_key(index, one) == name_key(index, other);
    }
    if is_apart {
        return false;
    }
    if name_key(index, one) != name_key(index, other) {
        // "RIT", and at rit.edu "Rochester Institute of Technology".
        let score = score(index, one, index, other, statistics);
        return score.reasons.has(Reason::Acronym) && score.bits > 1.0;
    }
    // One name and two domains: one company if the name is rare, unless the domains differ in their endings only, which is
    // how two companies of one name come by theirs.
    let mut both =
        sites.iter().flatten().flat_map(|(site, _)| their_sites.iter().flatten().map(move |their| (site, their.0)));
    let Some((site, their)) = both.next() else { return true };
    site.label != their.label && name_bits(index, one) > statistics.prior_bits() + 1.0
}

fn name_key(index: &Index, account: u32) -> u64 {
    let Some(row) = index.list.accounts.get(account as usize) else { return 0 };
    index
        .meant_of(row.names)
        .or_else(|| index.list.names_of(account).first().map(|name| name.compact))
        .unwrap_or_default()
}
