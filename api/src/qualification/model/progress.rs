//! How far a rule was applied to a pair of lists, and what is left. Pure.

use super::Progress;
use crate::overlap::model::MappingResult;
use chrono::TimeDelta;
use entity::id::{MappingPairId, OrganizationId, QualificationRuleId};

/// The rest after a first failure; it doubles with each further one, up to [`REST_MAX`].
const REST: TimeDelta = TimeDelta::seconds(2);
const REST_MAX: TimeDelta = TimeDelta::minutes(10);

/// How long an organization's rules rest after so many failures, one after the other.
#[must_use]
pub fn rest_after(failures: i32) -> TimeDelta {
    let doubled = 1_i32.checked_shl(u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX)).unwrap_or(i32::MAX);
    REST.checked_mul(doubled).filter(|rest| *rest > TimeDelta::zero()).map_or(REST_MAX, |rest| rest.min(REST_MAX))
}

/// Whether the rule was looked at with what readers see now.
#[must_use]
pub fn has_looked(progress: Option<&Progress>, result: &MappingResult) -> bool {
    progress.is_some_and(|progress| {
        progress.target_run.is_none()
            && (progress.looked_run, progress.looked_revision) == (result.run, result.revision)
    })
}

/// Whether the rule was applied to all that readers see now.
#[must_use]
pub fn is_applied(progress: Option<&Progress>, result: &MappingResult) -> bool {
    progress.is_some_and(|progress| {
        progress.target_run.is_none() && (progress.run, progress.revision) == (result.run, result.revision)
    })
}

fn begun(rule: QualificationRuleId, partner: OrganizationId, pair: MappingPairId) -> Progress {
    Progress {
        rule_id: rule,
        pair_id: pair,
        partner_id: partner,
        run: 0,
        revision: 0,
        looked_run: 0,
        looked_revision: 0,
        target_run: None,
        target_revision: None,
        from_run: 0,
        after_account: None,
        after_overlap: None,
        created: 0,
        first_lead_id: None,
    }
}

/// The progress of a rule that is not applied further: what was begun is given up, and begins again should it be applied
/// later.
#[must_use]
pub fn at_rest(progress: Progress) -> Progress {
    Progress {
        target_run: None,
        target_revision: None,
        from_run: 0,
        after_account: None,
        after_overlap: None,
        ..progress
    }
}

/// The progress of a rule that is applied now: goes on where it was, else begins with what came since it was applied last.
/// After a dispute it begins with all: what it showed or hid began with an earlier run.
#[must_use]
pub fn applying(
    rule: QualificationRuleId,
    partner: OrganizationId,
    before: Option<Progress>,
    result: &MappingResult,
) -> Progress {
    let before = before.unwrap_or_else(|| begun(rule, partner, result.pair_id));
    if before.target_run.is_some() {
        return before;
    }
    Progress {
        target_run: Some(result.run),
        target_revision: Some(result.revision),
        from_run: if before.revision == result.revision { before.run } else { 0 },
        ..at_rest(before)
    }
}

/// The progress of a rule that was applied to its end. What was shown meanwhile is left for the next time.
#[must_use]
pub fn finished(progress: Progress) -> Progress {
    let run = progress.target_run.unwrap_or(progress.run);
    let revision = progress.target_revision.unwrap_or(progress.revision);
    Progress { run, revision, looked_run: run, looked_revision: revision, ..at_rest(progress) }
}

/// The progress of a rule for which nothing is to be done with this pair as it is shown now. What was begun is given up:
/// should more be shown later it begins again.
#[must_use]
pub fn looked(
    rule: QualificationRuleId,
    partner: OrganizationId,
    before: Option<Progress>,
    result: &MappingResult,
) -> Progress {
    let before = before.unwrap_or_else(|| begun(rule, partner, result.pair_id));
    Progress { looked_run: result.run, looked_revision: result.revision, ..at_rest(before) }
}

/// The progress of a rule when all that it found is told.
#[must_use]
pub fn told(progress: Progress) -> Progress {
    Progress { created: 0, first_lead_id: None, ..progress }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn result(run: i64, revision: i64) -> MappingResult {
        MappingResult {
            pair_id: Uuid::from_u128(2).into(),
            left_version: 1,
            right_version: 1,
            run,
            revision,
            pair_count: 0,
            left_count: 0,
            right_count: 0,
            computed_at: None,
            skipped_left: None,
            skipped_right: None,
            failures: 0,
            next_attempt_at: None,
        }
    }

    fn rule() -> QualificationRuleId {
        Uuid::from_u128(1).into()
    }

    fn partner() -> OrganizationId {
        Uuid::from_u128(3).into()
    }

    #[test]
    fn it_begins_with_all_and_goes_on_with_what_is_new() {
        let first = applying(rule(), partner(), None, &result(3, 0));
        assert_eq!((first.from_run, first.target_run), (0, Some(3)));
        assert!(!has_looked(Some(&first), &result(3, 0)) && !is_applied(Some(&first), &result(3, 0)));
        // Another run is shown meanwhile: that is for the next time.
        assert_eq!(applying(rule(), partner(), Some(first.clone()), &result(4, 0)), first);
        let done = finished(first);
        assert!(is_applied(Some(&done), &result(3, 0)) && has_looked(Some(&done), &result(3, 0)));
        assert!(!is_applied(Some(&done), &result(4, 0)) && !has_looked(Some(&done), &result(4, 0)));
        assert_eq!(applying(rule(), partner(), Some(done.clone()), &result(4, 0)).from_run, 3);
        // A dispute changes rows of earlier runs.
        assert_eq!(applying(rule(), partner(), Some(done), &result(3, 1)).from_run, 0);
    }

    #[test]
    fn what_is_not_shown_is_looked_at_once_and_applied_when_it_is() {
        let seen = looked(rule(), partner(), Some(applying(rule(), partner(), None, &result(3, 0))), &result(5, 0));
        assert!(has_looked(Some(&seen), &result(5, 0)) && !is_applied(Some(&seen), &result(5, 0)));
        assert_eq!(applying(rule(), partner(), Some(seen), &result(5, 0)).from_run, 0);
        let seen =
            looked(rule(), partner(), Some(finished(applying(rule(), partner(), None, &result(3, 0)))), &result(5, 0));
        assert_eq!(applying(rule(), partner(), Some(seen), &result(5, 0)).from_run, 3);
    }

    #[test]
    fn what_it_found_is_kept_until_it_is_told() {
        let some = Progress { created: 7, ..applying(rule(), partner(), None, &result(3, 0)) };
        let kept =
            [finished(some.clone()), at_rest(some.clone()), looked(rule(), partner(), Some(some), &result(4, 0))];
        for kept in kept {
            assert_eq!((kept.created, kept.target_run), (7, None));
            // Also while it is applied again.
            assert_eq!(applying(rule(), partner(), Some(kept.clone()), &result(5, 0)).created, 7);
            assert_eq!(told(kept).created, 0);
        }
    }

    #[test]
    fn it_rests_longer_after_each_failure_and_not_without_end() {
        assert_eq!(rest_after(1), TimeDelta::seconds(2));
        assert_eq!(rest_after(3), TimeDelta::seconds(8));
        for many in [12, 31, 32, 33, i32::MAX] {
            assert_eq!(rest_after(many), REST_MAX, "{many}");
        }
    }
}
