//! From what the engine found and what disputes say to what is kept, and what of that is new. Pure.

use super::{DISPUTE, DisputeVerdict, MatchConfidence, Sureness};
use entity::id::{AccountId, OverlapId};
use std::collections::{HashMap, HashSet};

/// Two accounts that the engine takes for one company.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The account of the left list.
    pub left: AccountId,
    /// The account of the right list.
    pub right: AccountId,
    /// 0.5 to 1, four digits.
    pub score: f64,
    /// How sure it is.
    pub confidence: MatchConfidence,
    /// Why: bits of [`matching::Reasons`].
    pub reasons: i64,
}

impl Found {
    /// What the engine says of the accounts at its places.
    #[must_use]
    pub fn of(found: &matching::Match, left: AccountId, right: AccountId) -> Self {
        let score = (f64::from(found.probability) * 10_000.0).round() / 10_000.0;
        let Sureness(confidence) = found.confidence.into();
        Self { left, right, score, confidence, reasons: i64::from(found.reasons.bits()) }
    }
}

/// What is kept of two accounts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// What the engine says; none where only a dispute says that they are the same.
    pub matched: Option<f64>,
    /// What readers see.
    pub score: f64,
    /// How sure it is.
    pub confidence: MatchConfidence,
    /// Why.
    pub reasons: i64,
    /// Whether a dispute hides it.
    pub hidden: bool,
}

/// What disputes that hold say, by the accounts of the left and of the right list.
pub type Verdicts = HashMap<(AccountId, AccountId), DisputeVerdict>;

/// What is kept of two accounts that the engine found to match, or not, and of which a dispute says something, or not.
#[must_use]
pub fn outcome(found: Option<&Found>, verdict: Option<DisputeVerdict>) -> Option<Outcome> {
    let said = found.map(|found| Outcome {
        matched: Some(found.score),
        score: found.score,
        confidence: found.confidence,
        reasons: found.reasons,
        hidden: false,
    });
    match verdict {
        None => said,
        Some(DisputeVerdict::NotSame) => said.map(|said| Outcome { hidden: true, ..said }),
        Some(DisputeVerdict::Same) => Some(Outcome {
            matched: said.and_then(|said| said.matched),
            score: 1.0,
            confidence: MatchConfidence::Certain,
            reasons: said.map_or(0, |said| said.reasons) | DISPUTE,
            hidden: false,
        }),
    }
}

/// What is kept of two accounts once the dispute about them holds no longer: what the engine says, if it says anything.
#[must_use]
pub fn withdrawn(kept: Outcome) -> Option<Outcome> {
    let score = kept.matched?;
    let confidence = matching::Confidence::of(score as f32).map_or(MatchConfidence::Possible, |confidence| {
        let Sureness(confidence) = confidence.into();
        confidence
    });
    // One that was only hidden says itself how sure it is.
    let confidence = if kept.reasons & DISPUTE == 0 { kept.confidence } else { confidence };
    Some(Outcome { matched: Some(score), score, confidence, reasons: kept.reasons & !DISPUTE, hidden: false })
}

/// An overlap that is kept already.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing<F> {
    /// Its id.
    pub id: OverlapId,
    /// The account of the left list.
    pub left: AccountId,
    /// The account of the right list.
    pub right: AccountId,
    /// What is kept of it.
    pub outcome: Outcome,
    /// When it was found.
    pub found_at: F,
}

/// A row that begins with a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Begin<F> {
    /// A new one, or that of the row that it follows.
    pub id: OverlapId,
    /// The account of the left list.
    pub left: AccountId,
    /// The account of the right list.
    pub right: AccountId,
    /// What is kept of it.
    pub outcome: Outcome,
    /// When it was found.
    pub found_at: F,
    /// Whether it is seen from now on, and was not before.
    pub is_found: bool,
}

/// A row that ends with a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End<F> {
    /// The row.
    pub row: Standing<F>,
    /// Whether it was seen so far, and nothing of it is from now on.
    pub is_lost: bool,
}

/// What a run writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout<F> {
    /// Rows that begin with the run.
    pub begin: Vec<Begin<F>>,
    /// Rows that end with the run.
    pub end: Vec<End<F>>,
    /// How many begin to be seen.
    pub found: usize,
    /// How many are seen no more.
    pub lost: usize,
}

/// What has to be written so that what stands of some accounts becomes what was found of them. `found` are all matches of
/// these accounts, `standing` all that is kept of them; `verdicts` hold among accounts that are in the lists; `new` gives
/// an id and the moment to what was not there.
#[must_use]
pub fn lay_out<F: Copy>(
    found: &[Found],
    verdicts: &Verdicts,
    standing: Vec<Standing<F>>,
    mut new: impl FnMut() -> (OverlapId, F),
) -> Layout<F> {
    let (mut begin, mut end) = (Vec::new(), Vec::new());
    let mut kept: HashMap<(AccountId, AccountId), Standing<F>> = HashMap::with_capacity(standing.len());
    for row in standing {
        // There is never more than one; if there were, the second would end here.
        if let Some(doubled) = kept.insert((row.left, row.right), row) {
            end.push(End { row: doubled, is_lost: false });
        }
    }
    let mut place = |key: (AccountId, AccountId), wanted: Outcome| {
        let before = kept.remove(&key);
        if before.as_ref().is_some_and(|before| before.outcome == wanted) {
            return;
        }
        let was_seen = before.as_ref().is_some_and(|before| !before.outcome.hidden);
        let (id, found_at) = before.map_or_else(&mut new, |before| (before.id, before.found_at));
        let is_found = !was_seen && !wanted.hidden;
        begin.push(Begin { id, left: key.0, right: key.1, outcome: wanted, found_at, is_found });
        end.extend(before.map(|row| End { row, is_lost: was_seen && wanted.hidden }));
    };
    let mut matched = HashSet::new();
    for found in found {
        let key = (found.left, found.right);
        let verdict = verdicts.get(&key).copied();
        if verdict.is_some() {
            matched.insert(key);
        }
        if let Some(wanted) = outcome(Some(found), verdict) {
            place(key, wanted);
        }
    }
    let mut unmatched: Vec<_> = verdicts.iter().filter(|(key, _)| !matched.contains(*key)).collect();
    unmatched.sort_by_key(|(key, _)| **key);
    for (key, verdict) in unmatched {
        if let Some(wanted) = outcome(None, Some(*verdict)) {
            place(*key, wanted);
        }
    }
    let mut gone: Vec<_> = kept.into_values().collect();
    gone.sort_by_key(|row| row.id);
    end.extend(gone.into_iter().map(|row| End { row, is_lost: !row.outcome.hidden }));
    let found = begin.iter().filter(|row| row.is_found).count();
    let lost = end.iter().filter(|row| row.is_lost).count();
    Layout { begin, end, found, lost }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn account(number: u128) -> AccountId {
        Uuid::from_u128(number).into()
    }

    fn found(left: u128, right: u128, score: f64) -> Found {
        let confidence = if score >= 0.99 { MatchConfidence::Certain } else { MatchConfidence::Possible };
        Found { left: account(left), right: account(right), score, confidence, reasons: 2 }
    }

    fn standing(id: u128, found: &Found, verdict: Option<DisputeVerdict>) -> Standing<u8> {
        let outcome = outcome(Some(found), verdict).unwrap();
        Standing { id: Uuid::from_u128(id).into(), left: found.left, right: found.right, outcome, found_at: 7 }
    }

    fn fresh() -> (OverlapId, u8) {
        (Uuid::from_u128(99).into(), 8)
    }

    #[test]
    fn what_stays_is_not_written_again() {
        let same = found(1, 2, 0.9);
        let layout = lay_out(&[same], &Verdicts::new(), vec![standing(9, &same, None)], fresh);
        assert_eq!((layout.begin.len(), layout.end.len(), layout.found, layout.lost), (0, 0, 0, 0));
    }

    #[test]
    fn what_changes_keeps_its_id_and_what_goes_ends() {
        let (before, after, gone) = (found(1, 2, 0.7), found(1, 2, 0.995), found(3, 4, 0.9));
        let kept = vec![standing(9, &before, None), standing(10, &gone, None)];
        let layout = lay_out(&[after, found(5, 6, 0.8)], &Verdicts::new(), kept, fresh);
        let begun: Vec<_> = layout.begin.iter().map(|row| (Uuid::from(row.id), row.found_at, row.is_found)).collect();
        assert_eq!(begun, [(Uuid::from_u128(9), 7, false), (Uuid::from_u128(99), 8, true)]);
        let ended: Vec<_> = layout.end.iter().map(|end| (Uuid::from(end.row.id), end.is_lost)).collect();
        assert_eq!(ended, [(Uuid::from_u128(9), false), (Uuid::from_u128(10), true)]);
        assert_eq!((layout.found, layout.lost), (1, 1));
    }

    #[test]
    fn disputes_hide_and_make() {
        let verdicts: Verdicts = [
            ((account(1), account(2)), DisputeVerdict::NotSame),
            ((account(3), account(4)), DisputeVerdict::Same),
            ((account(5), account(6)), DisputeVerdict::Same),
            ((account(7), account(8)), DisputeVerdict::NotSame),
        ]
        .into();
        let layout = lay_out(&[found(1, 2, 0.9), found(3, 4, 0.6)], &verdicts, Vec::new(), fresh);
        let row = |row: &Begin<u8>| (row.left, row.outcome.hidden, row.outcome.score, row.outcome.matched);
        let rows: Vec<_> = layout.begin.iter().map(row).collect();
        let expected =
            [(account(1), true, 0.9, Some(0.9)), (account(3), false, 1.0, Some(0.6)), (account(5), false, 1.0, None)];
        assert_eq!(rows, expected);
        assert_eq!((layout.found, layout.lost), (2, 0));
    }

    #[test]
    fn what_the_engine_says_comes_back() {
        let engine = found(1, 2, 0.9);
        let said = outcome(Some(&engine), None).unwrap();
        let same = outcome(Some(&engine), Some(DisputeVerdict::Same)).unwrap();
        let hidden = outcome(Some(&engine), Some(DisputeVerdict::NotSame)).unwrap();
        let back = withdrawn(same).unwrap();
        assert_eq!((back.score, back.reasons, back.hidden), (said.score, said.reasons, false));
        assert_eq!(back.confidence, MatchConfidence::Likely);
        assert_eq!(withdrawn(hidden), Some(said));
        assert_eq!(withdrawn(outcome(None, Some(DisputeVerdict::Same)).unwrap()), None);
    }
}
