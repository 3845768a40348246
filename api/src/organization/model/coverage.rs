//! What an organization covers.

use super::{CoverageKind, CoverageLine};
use crate::{
    op::{Refusal, check},
    text::normalize,
};
use std::collections::{BTreeMap, BTreeSet};

/// Countries at most: all that there are.
pub const COUNTRIES_MAX: usize = 250;
/// Entries of each other set at most.
pub const COVERAGE_MAX: usize = 50;
/// Characters of an entry at most.
pub const COVERAGE_WORD_MAX: usize = 80;

/// What is covered, by kind.
pub type Coverage = BTreeMap<CoverageKind, BTreeSet<String>>;

/// New sets by kind; kinds that are not named stay as they are.
pub type CoveragePatch = BTreeMap<CoverageKind, Vec<String>>;

/// The field of the input that a kind is set by.
#[must_use]
const fn field(kind: CoverageKind) -> &'static str {
    match kind {
        CoverageKind::Country => "countries",
        CoverageKind::Region => "regions",
        CoverageKind::Segment => "segments",
        CoverageKind::CustomerType => "customerTypes",
        CoverageKind::Service => "services",
    }
}

/// The sets of a patch, tidied and each word once: of words that differ only in case or accents the first stays.
///
/// # Errors
/// `TOO_MANY`, `TOO_LONG`, `REQUIRED`.
pub fn tidy(patch: CoveragePatch) -> Result<Coverage, Refusal> {
    let mut sets = Coverage::new();
    for (kind, words) in patch {
        let path = format!("input.{}", field(kind));
        let max = if kind == CoverageKind::Country { COUNTRIES_MAX } else { COVERAGE_MAX };
        check::at_most(&path, words.len(), max)?;
        let mut seen = BTreeSet::new();
        let set = sets.entry(kind).or_default();
        for (at, word) in words.iter().enumerate() {
            let word = check::line(&format!("{path}.{at}"), word, COVERAGE_WORD_MAX)?;
            let folded = normalize(&word);
            if seen.insert(if folded.is_empty() { word.clone() } else { folded }) {
                set.insert(word);
            }
        }
    }
    Ok(sets)
}

/// The coverage that these rows hold.
#[must_use]
pub fn gather(lines: Vec<CoverageLine>) -> Coverage {
    let mut sets = Coverage::new();
    for line in lines {
        sets.entry(line.kind).or_default().insert(line.value);
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::ErrorCode;

    #[test]
    fn words_are_tidied_and_each_is_kept_once() {
        let patch = CoveragePatch::from([(
            CoverageKind::Segment,
            vec![" Health  Care".into(), "health care".into(), "Énergie".into()],
        )]);
        let sets = tidy(patch).unwrap();
        let words: Vec<_> = sets.get(&CoverageKind::Segment).unwrap().iter().cloned().collect();
        assert_eq!(words, ["Health Care", "Énergie"]);
    }

    #[test]
    fn an_empty_set_stays_in_the_answer_so_that_it_empties() {
        assert!(
            tidy(CoveragePatch::from([(CoverageKind::Service, vec![])])).unwrap().contains_key(&CoverageKind::Service)
        );
    }

    #[test]
    fn bounds_are_refused_where_they_are_passed() {
        let many = CoveragePatch::from([(CoverageKind::Region, vec!["x".to_owned(); COVERAGE_MAX + 1])]);
        assert_eq!(tidy(many).unwrap_err().code, ErrorCode::TooMany);
        let blank = CoveragePatch::from([(CoverageKind::Region, vec!["x".into(), " ".into()])]);
        assert_eq!(tidy(blank).unwrap_err().field, ["input", "regions", "1"]);
        let long = CoveragePatch::from([(CoverageKind::CustomerType, vec!["x".repeat(COVERAGE_WORD_MAX + 1)])]);
        assert_eq!(tidy(long).unwrap_err().code, ErrorCode::TooLong);
    }
}
