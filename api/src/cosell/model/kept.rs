//! Edits that waited for a review to end, when it does.

use super::{ContentPatch, Opportunity, Part, apply};
use chrono::NaiveDate;

/// As much of a change as can be applied now, and the parts that cannot, such as a day that has passed since: one of them
/// takes none of the others along.
#[must_use]
pub fn applicable(before: &Opportunity, patch: ContentPatch, today: NaiveDate) -> (ContentPatch, Vec<Part>) {
    let (mut taken, mut left) = (ContentPatch::default(), patch);
    loop {
        let before_turn = left.parts();
        for part in &before_turn {
            let (one, rest) = left.clone().split(|other| other == *part);
            let more = taken.clone().merged(one);
            if apply(before, &more, today).is_ok() {
                (taken, left) = (more, rest);
            }
        }
        // A part may need another that comes after it: no amount, where the frequency goes too.
        let parts = left.parts();
        if parts.is_empty() || parts == before_turn {
            return (taken, parts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cosell::model::{
        Amount, ExpectedFrequency,
        tests::{at, day, opportunity},
    };

    #[test]
    fn what_has_become_impossible_takes_nothing_along() {
        let today = at(0).date_naive();
        let patch = ContentPatch {
            title: Some("New".to_owned()),
            target_close_date: Some(Some(day(-1))),
            use_case: Some(None),
            ..ContentPatch::default()
        };
        let (taken, left) = applicable(&opportunity(), patch.clone(), today);
        assert_eq!((taken.parts(), left), (vec![Part::Title, Part::UseCase], vec![Part::TargetCloseDate]));
        let (taken, left) = applicable(&opportunity(), ContentPatch { target_close_date: None, ..patch }, today);
        assert_eq!((taken.parts().len(), left.len()), (2, 0));
        assert!(applicable(&opportunity(), ContentPatch::default(), today).0.is_empty());
    }

    #[test]
    fn parts_that_need_each_other_come_together() {
        let mut before = opportunity();
        before.expected_amount_minor = Some(1);
        before.expected_frequency = Some(ExpectedFrequency::Monthly);
        let emptied =
            ContentPatch { expected_amount: Some(None), expected_frequency: Some(None), ..ContentPatch::default() };
        let (taken, left) = applicable(&before, emptied.clone(), at(0).date_naive());
        assert_eq!((taken, left), (emptied, vec![]));
        let amount = Amount { minor: 5, currency: "EUR".to_owned() };
        let filled = ContentPatch {
            expected_amount: Some(Some(amount)),
            expected_frequency: Some(Some(ExpectedFrequency::Monthly)),
            ..ContentPatch::default()
        };
        assert_eq!(applicable(&opportunity(), filled.clone(), at(0).date_naive()).0, filled);
        let alone = ContentPatch { expected_amount: None, ..filled };
        assert_eq!(applicable(&opportunity(), alone, at(0).date_naive()).1, [Part::ExpectedFrequency]);
    }
}
