//! Channel terms: what a party earns from when until when. A term that has begun is a promise that somebody may have
//! acted on, so only its end can still be set.

use super::TermBasis;
use chrono::NaiveDate;
use entity::id::OrganizationId;
use serde::{Deserialize, Serialize};

/// What a party earns, from when, until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The party that earns.
    pub payee: OrganizationId,
    /// What the rate is a share of.
    pub basis: TermBasis,
    /// The currency that it is paid in, ISO 4217.
    pub currency: String,
    /// Hundredths of a percent, 1 to 10,000.
    pub rate_basis_points: i32,
    /// The first day.
    pub effective_from: NaiveDate,
    /// The first day on which it no longer holds.
    pub effective_to: Option<NaiveDate>,
}

/// What is wrong with a list of terms; the number is the place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermFault {
    /// It ends before it begins.
    Empty(usize),
    /// It would begin in the past.
    StartsInPast(usize),
    /// Two of the same payee and basis hold on one day.
    Overlap(usize),
    /// It has begun, and rate or currency differ.
    BegunChanged(usize),
    /// It has ended, or its new end lies in the past.
    EndInPast(usize),
    /// One that has begun is missing.
    BegunMissing,
}

impl Term {
    /// Whether both hold on some day for the same payee and basis.
    fn overlaps(&self, other: &Self) -> bool {
        let begins_before_end =
            |one: &Self, other: &Self| other.effective_to.is_none_or(|end| one.effective_from < end);
        self.payee == other.payee
            && self.basis == other.basis
            && begins_before_end(self, other)
            && begins_before_end(other, self)
    }

    fn is_version_of(&self, other: &Self) -> bool {
        self.payee == other.payee && self.basis == other.basis && self.effective_from == other.effective_from
    }
}

/// Judges the list `wanted` that replaces `before` on the day `today`, and sorts it. With `founding` the partnership is
/// not there yet: both sides agree to all of it, terms of the past included.
///
/// # Errors
/// [`TermFault`].
pub fn merge_terms(
    before: &[Term],
    wanted: Vec<Term>,
    today: NaiveDate,
    founding: bool,
) -> Result<Vec<Term>, TermFault> {
    for (place, term) in wanted.iter().enumerate() {
        if term.effective_to.is_some_and(|end| end <= term.effective_from) {
            return Err(TermFault::Empty(place));
        }
        if wanted[..place].iter().any(|earlier| earlier.overlaps(term)) {
            return Err(TermFault::Overlap(place));
        }
        match before.iter().find(|old| old.effective_from <= today && old.is_version_of(term)) {
            Some(old) => keeps(old, term, today).map_err(|fault| fault(place))?,
            None if !founding && term.effective_from < today => return Err(TermFault::StartsInPast(place)),
            None => {}
        }
    }
    let kept = |old: &&Term| wanted.iter().any(|term| old.is_version_of(term));
    if !before.iter().filter(|old| old.effective_from <= today).all(|old| kept(&old)) {
        return Err(TermFault::BegunMissing);
    }
    let mut terms = wanted;
    terms.sort_by_key(|term| (term.payee, term.basis, term.effective_from));
    Ok(terms)
}

/// Whether `new` says of a term that has begun what `old` said, but for an end that is still to come.
fn keeps(old: &Term, new: &Term, today: NaiveDate) -> Result<(), fn(usize) -> TermFault> {
    if old.rate_basis_points != new.rate_basis_points || old.currency != new.currency {
        return Err(TermFault::BegunChanged);
    }
    let over = |end: Option<NaiveDate>, last: NaiveDate| end.is_some_and(|end| end < last);
    let had_ended = old.effective_to.is_some_and(|end| end <= today);
    if old.effective_to != new.effective_to && (had_ended || over(new.effective_to, today)) {
        return Err(TermFault::EndInPast);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partnership::model::tests::day;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn term(payee: u128, rate: i32, from: i64, to: Option<i64>) -> Term {
        Term {
            payee: OrganizationId(Uuid::from_u128(payee)),
            basis: TermBasis::AnnualContract,
            currency: "EUR".to_owned(),
            rate_basis_points: rate,
            effective_from: day(from),
            effective_to: to.map(day),
        }
    }

    fn terms() -> impl Strategy<Value = Vec<Term>> {
        let one = (0u128..2, 1i32..4, -20i64..20, proptest::option::of(1i64..20), any::<bool>());
        let one = one.prop_map(|(payee, rate, from, length, recurring)| Term {
            basis: if recurring { TermBasis::Recurring } else { TermBasis::AnnualContract },
            ..term(payee, rate, from, length.map(|length| from + length))
        });
        proptest::collection::vec(one, 0..6)
    }

    fn holding(terms: &[Term], on: NaiveDate) -> Vec<&Term> {
        let holds = |term: &&Term| term.effective_from <= on && term.effective_to.is_none_or(|end| on < end);
        terms.iter().filter(holds).collect()
    }

    #[test]
    fn a_term_that_has_begun_changes_its_end_only() {
        let before = [term(1, 3000, -10, None), term(1, 2500, -30, Some(-10))];
        let with = |changed: Term| merge_terms(&before, vec![changed, before[1].clone()], day(0), false);
        assert!(with(term(1, 3000, -10, Some(0))).is_ok());
        assert!(with(term(1, 3000, -10, Some(90))).is_ok());
        assert_eq!(with(term(1, 3000, -10, Some(-1))), Err(TermFault::EndInPast(0)));
        assert_eq!(with(term(1, 3100, -10, None)), Err(TermFault::BegunChanged(0)));
        assert_eq!(merge_terms(&before, vec![before[0].clone()], day(0), false), Err(TermFault::BegunMissing));
        let reopened = vec![before[0].clone(), term(1, 2500, -30, Some(-11))];
        assert_eq!(merge_terms(&before, reopened, day(0), false), Err(TermFault::EndInPast(1)));
        let late = vec![before[0].clone(), before[1].clone(), term(2, 100, -1, None)];
        assert_eq!(merge_terms(&before, late.clone(), day(0), false), Err(TermFault::StartsInPast(2)));
        assert_eq!(merge_terms(&[], late, day(0), true).unwrap().len(), 3);
        assert_eq!(merge_terms(&[], vec![term(1, 1, 5, Some(5))], day(0), true), Err(TermFault::Empty(0)));
    }

    #[test]
    fn one_that_is_still_to_come_may_change_or_go() {
        let before = [term(1, 3000, 1, None)];
        assert_eq!(merge_terms(&before, Vec::new(), day(0), false).unwrap(), []);
        assert!(merge_terms(&before, vec![term(1, 1000, 1, None)], day(0), false).is_ok());
        assert_eq!(merge_terms(&before, Vec::new(), day(1), false), Err(TermFault::BegunMissing));
    }

    proptest! {
        #[test]
        fn on_no_day_two_terms_of_one_kind_hold(wanted in terms()) {
            let accepted = merge_terms(&[], wanted.clone(), day(0), true);
            let mut clash = false;
            for offset in -25..45 {
                let found = holding(&wanted, day(offset));
                clash |= found.iter().enumerate().any(|(place, one)| {
                    found[..place].iter().any(|other| one.payee == other.payee && one.basis == other.basis)
                });
            }
            prop_assert_eq!(accepted.is_err(), clash);
        }

        #[test]
        fn what_held_in_the_past_still_did_afterwards(before in terms(), wanted in terms()) {
            prop_assume!(merge_terms(&[], before.clone(), day(0), true).is_ok());
            if let Ok(after) = merge_terms(&before, wanted, day(0), false) {
                for offset in -25..0 {
                    let said = |terms: &[Term]| {
                        let mut found: Vec<_> = holding(terms, day(offset))
                            .iter()
                            .map(|term| (term.payee, term.basis, term.rate_basis_points))
                            .collect();
                        found.sort();
                        found
                    };
                    prop_assert_eq!(said(&before), said(&after));
                }
            }
        }
    }
}
