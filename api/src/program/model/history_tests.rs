//! What facts make of a membership: by example, and for any history against a slow reading of it day by day.

use super::*;
use chrono::Days;
use proptest::prelude::*;
use uuid::Uuid;

fn tier(number: u8) -> Option<TierId> {
    (number > 0).then(|| TierId(Uuid::from_u128(u128::from(number))))
}

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + Days::new(offset)
}

fn fact(offset: u64, kind: FactKind, to: u8) -> Fact {
    Fact { effective_on: day(offset), kind, from_tier: None, tier: tier(to), source: "test".to_owned() }
}

fn period(from: u64, to: u64, of: u8) -> Period {
    Period { starts_on: day(from), ends_on: if to == 0 { OPEN_END } else { day(to) }, tier: tier(of) }
}

#[test]
fn a_life_of_ups_and_downs() {
    let facts = [
        fact(0, FactKind::Joined, 1),
        fact(10, FactKind::TierChanged, 2),
        fact(20, FactKind::Suspended, 0),
        fact(30, FactKind::Reinstated, 0),
        fact(40, FactKind::Left, 0),
        fact(50, FactKind::Joined, 1),
    ];
    assert_eq!(
        periods(&facts),
        [period(0, 10, 1), period(10, 20, 2), period(30, 40, 2), period(50, 0, 1)],
        "suspended days are no membership, and the tier survives them"
    );
    assert_eq!(contradictions(&facts), []);
    assert_eq!(state_on(&facts, day(45)), State { member: false, suspended: false, tier: tier(2) });
}

#[test]
fn the_last_fact_of_a_day_decides_it() {
    let moved = [fact(0, FactKind::Joined, 1), fact(5, FactKind::Left, 0), fact(5, FactKind::Joined, 1)];
    assert_eq!(periods(&moved), [period(0, 0, 1)], "left and joined on one day is no gap");
    let gone = [fact(0, FactKind::Joined, 1), fact(0, FactKind::Left, 0)];
    assert_eq!(periods(&gone), []);
}

#[test]
fn facts_count_by_day_and_not_by_place() {
    let facts = [fact(10, FactKind::Left, 0), fact(0, FactKind::Joined, 1)];
    assert_eq!(periods(&facts), [period(0, 10, 1)]);
    assert_eq!(contradictions(&facts), []);
}

#[test]
fn what_contradicts_wins_and_is_told() {
    let mut changed = fact(30, FactKind::TierChanged, 3);
    changed.from_tier = tier(1);
    let facts = [
        fact(0, FactKind::Left, 0),
        fact(10, FactKind::Joined, 1),
        fact(20, FactKind::Joined, 2),
        changed,
        fact(40, FactKind::Suspended, 0),
        fact(50, FactKind::Suspended, 0),
        fact(60, FactKind::Snapshot, 1),
        fact(70, FactKind::Reinstated, 0),
        fact(80, FactKind::Left, 0),
        fact(90, FactKind::TierChanged, 2),
    ];
    let told: Vec<_> = contradictions(&facts).into_iter().map(|found| (found.index, found.mismatch)).collect();
    assert_eq!(
        told,
        [
            (0, Mismatch::NotMember),
            (2, Mismatch::AlreadyMember(tier(1))),
            (3, Mismatch::OtherTier(tier(2))),
            (5, Mismatch::AlreadySuspended),
            (6, Mismatch::SnapshotDiffers(None)),
            (7, Mismatch::NotSuspended),
            (9, Mismatch::NotMember),
        ]
    );
    assert_eq!(
        periods(&facts),
        [period(10, 20, 1), period(20, 30, 2), period(30, 40, 3), period(60, 80, 1), period(90, 0, 2)]
    );
}

#[test]
fn a_snapshot_alone_is_a_member_since_that_day() {
    let facts = [fact(7, FactKind::Snapshot, 0)];
    assert_eq!(periods(&facts), [period(7, 0, 0)]);
    assert_eq!(contradictions(&facts), []);
}

#[test]
fn a_plan_comes_when_its_day_does() {
    let facts = [fact(0, FactKind::Joined, 2)];
    let next = |of: u8, on: u64| tier(of).map(|tier| (tier, day(on)));
    let plan = Plan { next_tier: next(1, 30), expires_on: Some(day(60)) };
    assert_eq!(periods_with(&facts, plan), [period(0, 30, 2), period(30, 60, 1)]);
    let late = Plan { next_tier: next(1, 60), expires_on: Some(day(60)) };
    assert_eq!(periods_with(&facts, late), [period(0, 60, 2)], "a tier that comes after the end never comes");
    let left = [fact(0, FactKind::Joined, 2), fact(5, FactKind::Left, 0)];
    assert_eq!(periods_with(&left, plan), [period(0, 5, 2)], "a plan revives nobody");
}

#[test]
fn a_stay_goes_on_through_changes_of_tier_and_ends_with_a_gap() {
    let periods = [period(0, 10, 1), period(10, 20, 2), period(30, 0, 1)];
    let stay = |since, of, last| Some(Stay { since: day(since), tier: tier(of), last });
    assert_eq!(stay_on(&periods, day(5)), stay(0, 1, false));
    assert_eq!(stay_on(&periods, day(19)), stay(0, 2, false));
    assert_eq!(stay_on(&periods, day(20)), None);
    assert_eq!(stay_on(&periods, day(30)), stay(30, 1, true));
    assert_eq!(stay_on(&periods[..2], day(5)), stay(0, 1, true));
}

#[test]
fn what_is_planned_is_not_known_yet() {
    let periods = vec![period(0, 10, 2), period(10, 20, 1)];
    assert_eq!(known_on(periods.clone(), day(5)), [period(0, 0, 2)]);
    assert_eq!(known_on(periods.clone(), day(10)), [period(0, 10, 2), period(10, 0, 1)]);
    assert_eq!(known_on(periods.clone(), day(20)), periods);
}

fn kinds() -> impl Strategy<Value = FactKind> {
    prop::sample::select(vec![
        FactKind::Listed,
        FactKind::Joined,
        FactKind::Left,
        FactKind::TierChanged,
        FactKind::Suspended,
        FactKind::Reinstated,
        FactKind::Snapshot,
    ])
}

fn histories() -> impl Strategy<Value = Vec<Fact>> {
    prop::collection::vec((0u64..40, kinds(), 0u8..4), 0..25)
        .prop_map(|facts| facts.into_iter().map(|(on, kind, to)| fact(on, kind, to)).collect())
}

/// The same question answered the slow way, without `State::after` and without sorting: walks the days, and in each the
/// facts in the order of recording.
fn naive(facts: &[Fact], until: NaiveDate) -> Option<Option<TierId>> {
    let (mut member, mut suspended, mut held) = (false, false, None);
    for today in day(0).iter_days().take_while(|today| *today <= until) {
        for fact in facts.iter().filter(|fact| fact.effective_on == today) {
            match fact.kind {
                FactKind::Left => (member, suspended) = (false, false),
                FactKind::Suspended => suspended = member,
                FactKind::TierChanged => (member, held) = (true, fact.tier),
                FactKind::Reinstated => {
                    (member, suspended) = (true, false);
                    if fact.tier.is_some() {
                        held = fact.tier;
                    }
                }
                FactKind::Listed | FactKind::Joined | FactKind::Snapshot => {
                    (member, suspended, held) = (true, false, fact.tier);
                }
            }
        }
    }
    if member && !suspended { Some(held) } else { None }
}

proptest! {
    #[test]
    fn periods_are_ordered_and_never_overlap(facts in histories()) {
        let made = periods(&facts);
        prop_assert!(made.iter().all(|period| period.starts_on < period.ends_on));
        for pair in made.windows(2) {
            prop_assert!(pair[0].ends_on <= pair[1].starts_on);
            prop_assert!(pair[0].ends_on < pair[1].starts_on || pair[0].tier != pair[1].tier);
        }
    }

    #[test]
    fn each_day_is_as_the_facts_up_to_it_say(facts in histories()) {
        let made = periods(&facts);
        for offset in 0..45 {
            let today = day(offset);
            let holding: Vec<_> = made.iter().filter(|p| p.starts_on <= today && today < p.ends_on).collect();
            prop_assert!(holding.len() <= 1);
            let expected = naive(&facts, today);
            prop_assert_eq!(holding.first().map(|period| period.tier), expected, "day {}", offset);
            prop_assert_eq!(state_on(&facts, today).in_force(), expected);
        }
    }

    #[test]
    fn a_later_fact_never_changes_an_earlier_day(facts in histories(), later in (0u64..40, kinds(), 0u8..4)) {
        let mut more = facts.clone();
        more.push(fact(later.0, later.1, later.2));
        for offset in 0..later.0 {
            prop_assert_eq!(state_on(&facts, day(offset)), state_on(&more, day(offset)));
        }
    }
}
