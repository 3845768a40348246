//! Who may join where, what is given out to whom, and how much is kept.

use std::sync::Mutex as Lock;

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream, stream::BoxStream};
use uuid::Uuid;

use super::super::{
    memory::{REMEMBERED, REMEMBERED_BYTES},
    remains::KEPT_FOR,
    state::{AHEAD, KNOWN_FOR},
};
use super::*;
use crate::{op::Fault, schema::request::refusal::Stage};

/// A line whose sight a test sets; `None` where nobody can say it. And what is known of it unasked.
struct Said(Lock<Option<i64>>, Lock<Option<Sight>>);

#[async_trait]
impl Line for Said {
    fn place(&self, _organization: OrganizationId, _resume: &str) -> Option<Place> {
        None
    }

    async fn now(&self, _organization: OrganizationId) -> Result<String, Fault> {
        Err(Fault::Timeout)
    }

    async fn sight(&self, _organization: OrganizationId, _since: Instant) -> Result<Sight, Fault> {
        let version = self.0.lock().unwrap().ok_or(Fault::Timeout)?;
        Ok(Sight { version, at: Instant::now() })
    }

    fn known(&self, _organization: OrganizationId) -> Option<Sight> {
        *self.1.lock().unwrap()
    }

    fn sights(&self, _organization: OrganizationId) -> BoxStream<'static, Sight> {
        stream::pending().boxed()
    }
}

fn place(number: i64) -> Place {
    Place { epoch: 1, number }
}

fn answer(number: i64, bytes: usize) -> Answer {
    Answer {
        stage: Stage::Execution,
        body: Bytes::from(vec![b'x'; bytes]),
        errors: Vec::new(),
        operation: None,
        resume: Some(number.to_string().into()),
        personal: false,
        begun: Some(Instant::now()),
    }
}

/// A group of two that begins behind a place.
fn group(line: &Arc<Said>, from: i64, memory: &Arc<Memory>) -> Arc<Group> {
    let (line, sight) = (Arc::clone(line) as Arc<dyn Line>, Sight { version: 1, at: Instant::now() });
    let group = Group::new((line, Uuid::nil().into()), (place(from), from.to_string().into()), sight, memory);
    group.members.store(2, Ordering::Relaxed);
    group
}

fn said(sight: Option<i64>) -> Arc<Said> {
    Arc::new(Said(Lock::new(sight), Lock::default()))
}

/// A group that began behind 10 and has had these items.
fn grown(numbers: impl IntoIterator<Item = i64>) -> Arc<Group> {
    let group = group(&said(Some(1)), 10, &Arc::default());
    for number in numbers {
        group.push(answer(number, 10), Some(place(number)));
    }
    group
}

/// As long ago as nobody is asked about.
fn long_ago() -> Instant {
    Instant::now().checked_sub(KNOWN_FOR).unwrap()
}

#[tokio::test]
async fn who_is_within_what_is_remembered_joins_there() {
    let group = grown([12, 15, 20]);
    for (number, expected) in [
        (9, None),
        (10, Some(0)),
        (11, Some(0)),
        (12, Some(1)),
        (14, Some(1)),
        (15, Some(2)),
        (20, Some(3)),
        (21, None),
    ] {
        assert_eq!(group.attach(place(number)), expected, "{number}");
    }
    assert_eq!(group.attach(Place { epoch: 2, number: 12 }), None);
    assert_eq!(group.attach_now(), Some((3, "20".into())));
    let found = group.look(1, (long_ago(), None), || {});
    assert!(matches!(found, Found::Item(2, _, answer) if answer.resume.as_deref() == Some("15")));
    assert!(matches!(group.look(3, (long_ago(), None), || {}), Found::Nothing));
}

#[tokio::test]
async fn what_is_forgotten_moves_the_place_from_which_one_may_join() {
    let group = grown(11..=11 + REMEMBERED as i64);
    assert_eq!(group.attach(place(10)), None);
    assert_eq!(group.attach(place(11)), Some(1));
    assert!(matches!(group.look(0, (long_ago(), None), || {}), Found::Forgotten));
    let heavy = self::group(&said(Some(1)), 0, &Arc::default());
    for number in 1..=3 {
        heavy.push(answer(number, REMEMBERED_BYTES), Some(place(number)));
    }
    assert_eq!((heavy.attach(place(1)), heavy.attach(place(2))), (None, Some(2)));
}

#[tokio::test]
async fn nobody_joins_across_a_new_life_of_the_source() {
    let group = grown([12, 15]);
    group.push(answer(3, 10), Some(Place { epoch: 2, number: 3 }));
    assert_eq!(group.attach(place(12)), None);
    assert_eq!(group.attach(Place { epoch: 2, number: 2 }), None);
    assert_eq!(group.attach(Place { epoch: 2, number: 3 }), Some(3));
    assert!(matches!(group.look(2, (long_ago(), None), || {}), Found::Item(..)));
    assert!(matches!(group.look(1, (long_ago(), None), || {}), Found::Forgotten));
}

#[tokio::test]
async fn one_who_joins_later_is_given_nothing_that_was_not_asked_for_again() {
    let line = said(Some(1));
    let group = group(&line, 0, &Arc::default());
    group.push(answer(1, 10), Some(place(1)));
    // Who was there already has it at once.
    assert!(matches!(group.look(0, (long_ago(), None), || {}), Found::Item(..)));
    let joined = Instant::now();
    let Found::Doubtful(needed) = group.look(0, (joined, None), || {}) else { panic!("it was given unasked") };
    assert!(needed >= joined && group.vouch(needed).await);
    assert!(matches!(group.look(0, (joined, None), || {}), Found::Item(..)));
    // Nobody can say it: then it is not given.
    *line.0.lock().unwrap() = None;
    let joined = Instant::now();
    assert!(matches!(group.look(0, (joined, None), || {}), Found::Doubtful(needed) if needed >= joined));
    assert!(!group.vouch(joined).await);
}

#[tokio::test]
async fn what_was_asked_for_all_need_not_be_asked_again() {
    let line = said(None);
    let group = group(&line, 0, &Arc::default());
    group.push(answer(1, 10), Some(place(1)));
    let know = |version, at| *line.1.lock().unwrap() = Some(Sight { version, at });
    let joined = Instant::now();
    know(1, joined.checked_sub(Duration::from_millis(1)).unwrap());
    assert!(matches!(group.look(0, (joined, None), || {}), Found::Doubtful(_)), "it was asked before one came");
    know(1, Instant::now());
    assert!(matches!(group.look(0, (joined, None), || {}), Found::Item(..)));
    know(2, Instant::now());
    assert!(matches!(group.look(0, (Instant::now(), None), || {}), Found::Doubtful(_)));
    let joined = Instant::now();
    know(2, Instant::now());
    assert!(matches!(group.look(0, (joined, None), || {}), Found::Forgotten), "something may be hidden now");
}

#[tokio::test]
async fn nothing_from_before_a_change_is_given_out_and_what_comes_after_it_is() {
    let line = said(Some(1));
    let memory = Arc::default();
    let group = group(&line, 0, &memory);
    group.push(answer(1, 10), Some(place(1)));
    let on_its_way = answer(2, 10);
    *line.0.lock().unwrap() = Some(2);
    assert!(group.vouch(Instant::now()).await);
    // It is not remembered, for nobody, however early one joined; and one who has had it goes on.
    assert!(matches!(group.look(0, (long_ago(), None), || {}), Found::Forgotten));
    assert_eq!((group.attach(place(0)), group.attach(place(1))), (None, Some(1)));
    assert_eq!(memory.used(), 0);
    // Begun before the change, and so to be made anew.
    assert!(!group.push(on_its_way, Some(place(2))));
    assert_eq!((&*group.end(), memory.used()), ("1", 0));
    assert!(group.push(answer(2, 10), Some(place(2))));
    assert!(matches!(group.look(1, (long_ago(), None), || {}), Found::Item(..)));
    // Old news changes nothing.
    group.see(Sight { version: 1, at: long_ago() });
    assert!(matches!(group.look(1, (long_ago(), None), || {}), Found::Item(..)));
}

#[tokio::test]
async fn what_was_asked_for_is_given_though_the_answer_took_long() {
    let ago = |time: Duration| Instant::now().checked_sub(time).unwrap();
    let group = grown([11]);
    let age = |group: &Group, time: Duration| group.lock().age(ago(KEPT_FOR), ago(time));
    let (joined, long) = (ago(KEPT_FOR), KNOWN_FOR * 2);
    age(&group, long);
    let Found::Doubtful(needed) = group.look(0, (joined, None), || {}) else { panic!("nobody was asked") };
    assert!(needed > ago(long));
    // The answer is of the moment at which it was asked for, and that is long ago by now.
    assert!(matches!(group.look(0, (joined, Some(ago(long * 3 / 2))), || {}), Found::Item(..)));
    assert!(matches!(group.look(0, (joined, Some(ago(KNOWN_FOR))), || {}), Found::Doubtful(_)), "of before it");
    age(&group, PATIENCE * 2);
    assert!(matches!(group.look(0, (joined, Some(ago(PATIENCE * 3))), || {}), Found::Doubtful(_)), "too long ago");
}

#[tokio::test]
async fn what_is_remembered_is_bounded_for_one_and_for_all() {
    let memory = Memory::of(20_000);
    let line = said(Some(1));
    let lone = group(&line, 0, &memory);
    lone.members.store(1, Ordering::Relaxed);
    for number in 1..=100 {
        lone.push(answer(number, 10), Some(place(number)));
    }
    assert_eq!((lone.attach(place(91)), lone.attach(place(92))), (None, Some(92)));
    // All together have a bound too, and over it each keeps the last item only.
    let others: Vec<_> = (0..10).map(|_| group(&line, 0, &memory)).collect();
    for number in 1..=10 {
        for other in &others {
            other.push(answer(number, 1_000), Some(place(number)));
        }
    }
    assert!(memory.used() < 20_000 + 10 * 2_000, "{}", memory.used());
    assert!(others.iter().all(|other| matches!(other.look(9, (long_ago(), None), || {}), Found::Item(..))));
    drop((lone, others));
    assert_eq!(memory.used(), 0);
}

#[tokio::test]
async fn no_more_is_made_than_the_fastest_member_takes() {
    let group = grown(11..11 + AHEAD as i64);
    let waits = || group.lock().is_ahead(2);
    assert!(waits());
    assert_eq!(group.attach_now(), None, "it is not where now is");
    assert!(matches!(group.look(0, (long_ago(), None), || {}), Found::Item(..)));
    assert!(!waits());
    group.push(answer(30, 10), Some(place(30)));
    assert!(waits());
    // Others who take the same change nothing, and what nobody can have any more is not waited for.
    assert!(matches!(group.look(0, (long_ago(), None), || {}), Found::Item(..)));
    assert!(waits());
    group.see(Sight { version: 2, at: Instant::now() });
    assert!(!waits());
    // One who comes from further on waits at the end, and what is there is for others to take.
    let group = grown(11..11 + AHEAD as i64);
    let end = group.attach_ahead(place(40)).unwrap();
    assert!(group.lock().is_ahead(2));
    assert!(matches!(group.look(end, (long_ago(), None), || {}), Found::Nothing));
    assert!(!group.lock().is_ahead(2));
    // Nor is more kept than there is room for, however little that is.
    let narrow = self::group(&said(Some(1)), 0, &Memory::of(0));
    narrow.push(answer(1, 10), Some(place(1)));
    assert!(narrow.lock().is_ahead(2));
    assert!(matches!(narrow.look(0, (long_ago(), None), || {}), Found::Item(..)));
    assert!(!narrow.lock().is_ahead(2));
}

#[tokio::test]
async fn what_several_have_read_can_be_gone_on_with() {
    let memory = Arc::default();
    let line = said(Some(1));
    let group = group(&line, 10, &memory);
    assert!(group.give_up().is_none(), "there is nothing yet");
    for number in 11..=30 {
        group.push(answer(number, 10), Some(place(number)));
    }
    let left = group.give_up().unwrap();
    assert_eq!(&*left.end(), "30");
    let sight = |version| Sight { version, at: Instant::now() };
    for (number, fits) in [(9, Some(false)), (10, Some(true)), (30, Some(true)), (31, Some(false))] {
        assert_eq!(left.fits(place(number), sight(1)), fits, "{number}");
    }
    assert_eq!(left.fits(place(20), sight(2)), None, "something that was seen may be hidden now");
    assert_eq!(left.fits(Place { epoch: 2, number: 20 }, sight(1)), None);
    // What is still made of the former execution is nobody's, and is not remembered twice.
    group.push(answer(31, 10), Some(place(31)));
    let used = memory.used();
    let of = (Arc::clone(&line) as Arc<dyn Line>, Uuid::nil().into());
    let again = Group::again(of, left, sight(1));
    assert_eq!((again.attach(place(20)), again.attach(place(30)), again.attach(place(31))), (Some(10), Some(20), None));
    let joined = Instant::now();
    assert!(matches!(again.look(10, (joined, None), || {}), Found::Doubtful(_)), "it was made before one came");
    assert!(again.vouch(joined).await);
    assert!(matches!(again.look(10, (joined, None), || {}), Found::Item(11, ..)));
    // The first one that comes back does not have what is kept for the others forgotten.
    again.members.store(1, Ordering::Relaxed);
    again.push(answer(31, 10), Some(place(31)));
    assert!(memory.used() > used);
    assert_eq!(again.attach(place(10)), Some(0));
    drop((group, again));
    assert_eq!(memory.used(), 0);
}

#[tokio::test]
async fn what_is_old_is_forgotten() {
    let group = grown([]);
    let long = Instant::now().checked_sub(KEPT_FOR * 2).unwrap();
    group.lock().age(long, long);
    let mut first = answer(11, 10);
    first.begun = Instant::now().checked_sub(KEPT_FOR + Duration::from_secs(1));
    group.push(first, Some(place(11)));
    assert_eq!(group.attach(place(10)), Some(0));
    group.push(answer(12, 10), Some(place(12)));
    assert_eq!((group.attach(place(10)), group.attach(place(11))), (None, Some(1)));
}
