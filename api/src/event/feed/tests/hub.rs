//! Who listens gets everything, in order, once: from memory, from the table, with and without hints.

use super::*;
use crate::event::feed::hub::LINGER;
use crate::event::{
    feed::{AlertFilter, Followed, follow, trim},
    hint::Hint,
};
use futures::StreamExt;

#[tokio::test]
async fn what_was_missed_and_what_happens_are_one_sequence() {
    let house = House::new().await;
    house.commit(own(), 3).await;
    house.commit(other(), 2).await;
    let mut listener = house.world.feeds.hub().listen(own());
    assert_eq!(listener.begin(house.at(1).await).await.unwrap(), None);
    assert_eq!(take(&mut listener, 2).await, [2, 3]);
    house.commit(own(), 1).await;
    house.commit(other(), 1).await;
    house.commit(own(), 1).await;
    assert_eq!(take(&mut listener, 2).await, [4, 5]);
    assert_eq!(listener.position(), house.at(5).await.unwrap());
    // What happened since came by the hints of this process, without a query.
    assert_eq!(house.world.feeds.hub().stats().table_reads, 1);
}

#[tokio::test]
async fn who_begins_without_a_cursor_begins_now() {
    let house = House::new().await;
    house.commit(own(), 3).await;
    let mut listener = house.world.feeds.hub().listen(own());
    listener.begin(None).await.unwrap();
    house.commit(own(), 1).await;
    assert_eq!(take(&mut listener, 1).await, [4]);

    // And without saying so at all, with the first thing that is asked for.
    let mut listener = house.world.feeds.hub().listen(own());
    let (got, ()) = tokio::join!(take(&mut listener, 1), async {
        until("it is listened to", || house.world.feeds.hub().stats().listeners == 2).await;
        house.commit(own(), 1).await;
    });
    assert_eq!(got, [5]);
}

#[tokio::test]
async fn the_tail_check_finds_what_no_hint_told() {
    let house = House::new().await;
    let hub = house.hub(NEVER);
    let mut listener = hub.listen(own());
    listener.begin(None).await.unwrap();
    for round in 0..3 {
        house.commit(own(), 2).await;
        hub.check().await.unwrap();
        assert_eq!(take(&mut listener, 2).await, [2 * round + 1, 2 * round + 2]);
    }
    assert_eq!(hub.stats().heard, 0);
}

#[tokio::test]
async fn the_task_checks_by_itself() {
    let house = House::new().await;
    let hub = house.hub(Duration::from_millis(1));
    let mut listener = hub.listen(own());
    listener.begin(None).await.unwrap();
    house.commit(own(), 500).await;
    assert_eq!(take(&mut listener, 500).await, (1..=500).collect::<Vec<_>>());
}

#[tokio::test]
async fn hints_that_are_lost_doubled_late_or_in_disorder_change_nothing() {
    let house = House::new().await;
    let (hub, epoch) = (house.hub(NEVER), house.epoch().await);
    let mut listener = hub.listen(own());
    listener.begin(None).await.unwrap();
    let (mut got, mut told) = (Vec::new(), 0);
    for seq in 1..=40 {
        house.commit(own(), 1).await;
        let hear: &[i64] = match seq % 8 {
            0 => &[0, 0],
            3 => &[0, 2, 1],
            4 => &[1],
            5 => &[0],
            7 => &[7, 0],
            _ => &[],
        };
        let rows = crate::event::feed::list(&house.op(), own(), 0, &AlertFilter::default(), 100).await.unwrap();
        for heard in hear.iter().map(|before| seq - before).filter(|heard| *heard > 0) {
            let row = rows.iter().find(|row| row.seq == heard).unwrap();
            hub.hear(&Hint { epoch, alert: Arc::new(row.clone()) });
            told = told.max(heard);
        }
        got.extend(take(&mut listener, usize::try_from(told).unwrap() - got.len()).await);
    }
    assert_eq!(got, (1..=40).collect::<Vec<_>>());
    assert!(hub.stats().table_reads > 5 && hub.stats().repeated > 5);
}

#[tokio::test]
async fn a_hint_of_another_epoch_is_not_taken() {
    let house = House::new().await;
    house.commit(own(), 1).await;
    let hub = house.hub(NEVER);
    let mut listener = hub.listen(own());
    listener.begin(house.at(1).await).await.unwrap();
    let epoch = house.epoch().await;
    hub.hear(&Hint { epoch: epoch ^ 1, alert: Arc::new(Alert { change: AlertChange::Erased, ..alert(2) }) });
    house.commit(own(), 1).await;
    hub.check().await.unwrap();
    let LiveEvent::Alert(got) = next(&mut listener).await else { panic!("an alert") };
    assert_eq!((got.seq, got.change), (2, AlertChange::Updated));
}

#[tokio::test]
async fn many_who_come_back_at_once_cost_one_query() {
    let house = House::new().await;
    house.commit(own(), 100).await;
    let (hub, epoch) = (house.hub(NEVER), house.epoch().await);
    let back = (0..100).map(|number| {
        let mut listener = hub.listen(own());
        async move {
            listener.begin(Some(Position { epoch, seq: number })).await.unwrap();
            let missed = usize::try_from(100 - number).unwrap();
            assert_eq!(take(&mut listener, missed).await, (number + 1..=100).collect::<Vec<_>>());
        }
    });
    futures::future::join_all(back).await;
    assert_eq!(hub.stats().table_reads, 1);
}

#[tokio::test]
async fn a_long_absence_is_read_in_pages() {
    let house = House::new().await;
    house.commit(own(), 620).await;
    let hub = house.hub(NEVER);
    let mut listener = hub.listen(own());
    listener.begin(house.at(10).await).await.unwrap();
    assert_eq!(take(&mut listener, 610).await, (11..=620).collect::<Vec<_>>());
    // Four pages, and then the newest for all.
    assert_eq!(hub.stats().table_reads, 5);
}

#[tokio::test]
async fn from_far_behind_a_filter_is_part_of_the_statement_and_what_is_passed_over_is_not_read_again() {
    let house = House::new().await;
    house.commit(own(), 700).await;
    let deal = Uuid::from_u128(9).simple();
    house.sql(&format!("UPDATE alerts SET opportunity_id = X'{deal}' WHERE seq % 3 = 0 AND seq < 400")).await;
    let narrow = AlertFilter { opportunity: Some(Uuid::from_u128(9).into()), ..AlertFilter::default() };
    let hub = house.hub(NEVER);
    let mut listener = hub.listen(own()).only(narrow);
    listener.begin(house.at(2).await).await.unwrap();
    // Who reads the newest holds up nobody who reads from far behind.
    let topic = hub.topics().of.get(&own()).cloned().unwrap();
    let turn = topic.turn.lock().await;
    let wanted: Vec<i64> = (1..134).map(|third| third * 3).collect();
    assert_eq!(take(&mut listener, wanted.len()).await, wanted);
    assert_eq!(hub.stats().table_reads, 2, "a page and the rest");
    drop(turn);
    // Behind the rest nothing is read: neither what it does not want nor what it has had.
    house.commit(own(), 3).await;
    hub.check().await.unwrap();
    house.sql(&format!("UPDATE alerts SET opportunity_id = X'{deal}' WHERE seq = 702")).await;
    assert_eq!(take(&mut listener, 1).await, [702]);
    assert_eq!((hub.stats().table_reads, listener.position().seq), (3, 702));
}

#[tokio::test]
async fn a_filter_hides_no_loss() {
    let house = House::new().await;
    house.commit(own(), 400).await;
    let nothing = AlertFilter { kinds: Some(Vec::new()), ..AlertFilter::default() };
    let hub = house.hub(NEVER);
    let mut listener = hub.listen(own()).only(nothing);
    listener.begin(house.at(1).await).await.unwrap();
    house.sql("UPDATE alerts SET occurred_at = '2020-01-01 00:00:00+00:00' WHERE seq <= 20").await;
    assert_eq!(trim(&house.op(), house.op().now() - chrono::TimeDelta::days(30)).await.unwrap(), 20);
    let LiveEvent::Reset { reason, head } = next(&mut listener).await else { panic!("an alert that is not wanted") };
    assert_eq!((reason, head.trimmed), (crate::event::feed::ResetReason::Trimmed, 20));
}

#[tokio::test]
async fn what_may_be_seen_is_asked_for_once_for_all_who_want_to_know() {
    let house = House::new().await;
    let hub = house.hub(NEVER);
    let mut watched = hub.watch_sight(own());
    hub.check().await.unwrap();
    let first = *watched.borrow_and_update();
    let since = tokio::time::Instant::now();
    let all = futures::future::join_all((0..50).map(|_| hub.sight(own(), since))).await;
    assert!(all.iter().all(|seen| seen.as_ref().is_ok_and(|seen| seen.at >= since)));
    assert_eq!(hub.stats().sight_reads, 1);
    assert!(first.is_some() && !watched.has_changed().unwrap(), "it is the same");
    // What may be seen by all counts too, and is told.
    for scope in [DataScope::Sight(own()), DataScope::Pages] {
        let tx = house.world.db.begin().await.unwrap();
        record(&tx, &house.op(), vec![Fact { stale: vec![scope], alert: None, ..fact(own()) }]).await.unwrap();
        tx.commit().await.unwrap();
        let before = (*watched.borrow()).unwrap();
        let now = hub.sight(own(), tokio::time::Instant::now()).await.unwrap();
        assert!(now.version != before.version && watched.has_changed().unwrap(), "{scope:?}");
        watched.mark_unchanged();
    }
    // That of another organization does not.
    let tx = house.world.db.begin().await.unwrap();
    let others = Fact { stale: vec![DataScope::Sight(other()), DataScope::Access(own())], ..fact(own()) };
    record(&tx, &house.op(), vec![others]).await.unwrap();
    tx.commit().await.unwrap();
    hub.check().await.unwrap();
    assert!(!watched.has_changed().unwrap());
}

#[tokio::test]
async fn what_is_in_memory_is_read_anew_once_something_may_be_seen_no_more() {
    let house = House::new().await;
    house.commit(own(), 400).await;
    let hub = house.hub(NEVER);
    let (mut near, mut far) = (hub.listen(own()), hub.listen(own()));
    near.begin(house.at(397).await).await.unwrap();
    far.begin(house.at(0).await).await.unwrap();
    assert_eq!((take(&mut near, 3).await, take(&mut far, 1).await), (vec![398, 399, 400], vec![1]));
    let tx = house.world.db.begin().await.unwrap();
    let hides = Fact { stale: vec![DataScope::Sight(own())], alert: None, ..fact(own()) };
    record(&tx, &house.op(), vec![hides]).await.unwrap();
    tx.commit().await.unwrap();
    house.sql("UPDATE alerts SET restricted = TRUE").await;
    // Whoever comes finds it out, for all who are there.
    let mut later = hub.listen(own());
    later.begin(house.at(398).await).await.unwrap();
    for (listener, seq) in [(&mut later, 399), (&mut far, 2)] {
        let LiveEvent::Alert(alert) = next(listener).await else { panic!("an alert") };
        assert_eq!((alert.seq, alert.restricted), (seq, true));
    }
}

#[tokio::test]
async fn nothing_is_left_of_who_has_gone() {
    let house = House::new().await;
    let hub = house.hub(NEVER);
    let listeners = [hub.listen(own()), hub.listen(own()), hub.listen(other())];
    assert_eq!((hub.stats().listeners, hub.stats().topics), (3, 2));
    drop(listeners);
    assert_eq!((hub.stats().listeners, hub.stats().topics), (0, 0));

    // What is known of a feed is kept for those who come back soon, and a topic whose access alone is watched is needed.
    let now = tokio::time::Instant::now();
    let (soon, late) = (now + LINGER / 2, now + LINGER);
    let access = hub.access(own());
    assert!(hub.sweep(now) && hub.sweep(soon));
    let kept = hub.topics().of.len();
    assert_eq!((kept, hub.stats().topics), (2, 1), "one is kept up, one is needed");
    assert!(hub.sweep(late));
    assert_eq!(hub.topics().of.len(), 1);
    drop(access);
    assert!(hub.sweep(late));
    assert!(hub.sweep(late + LINGER / 2) && !hub.sweep(late + LINGER * 2));

    // And the hub itself goes with its last handle: its task does not keep it.
    let (listener, gone) = (hub.listen(own()), hub.downgrade());
    hub.check().await.unwrap();
    drop((listener, hub));
    until("the hub is gone", || gone.upgrade().is_none()).await;
}

#[tokio::test]
async fn a_database_that_is_away_makes_listeners_wait() {
    let house = House::new().await;
    house.commit(own(), 1).await;
    let hub = house.hub(Duration::from_millis(1));
    let mut listener = hub.listen(own());
    listener.begin(house.at(0).await).await.unwrap();
    assert_eq!(take(&mut listener, 1).await, [1]);
    house.commit(own(), 2).await;
    house.sql("ALTER TABLE alerts RENAME TO away").await;
    let waiting = tokio::spawn(async move { (take(&mut listener, 4).await, listener) });
    until("the read fails", || hub.stats().read_failures > 2).await;
    house.sql("ALTER TABLE feed_epochs RENAME TO epochs_away").await;
    until("the tail check fails", || hub.stats().tail_failures > 2).await;
    assert!(hub.check().await.is_err());
    house.sql("ALTER TABLE epochs_away RENAME TO feed_epochs").await;
    house.sql("ALTER TABLE away RENAME TO alerts").await;
    house.commit(own(), 2).await;
    let (got, listener) = tokio::time::timeout(FOREVER, waiting).await.unwrap().unwrap();
    assert_eq!(got, [2, 3, 4, 5]);
    assert_eq!(listener.position().seq, 5);
}

#[tokio::test]
async fn who_may_listen_is_asked_again_when_the_organization_changed() {
    let house = House::new().await;
    let hub = house.hub(NEVER);
    let mut access = hub.access(own());
    let mut others = hub.access(other());
    hub.check().await.unwrap();
    until("the first version is known", || access.borrow().0.is_some() && others.borrow().0.is_some()).await;
    access.mark_unchanged();
    others.mark_unchanged();
    hub.check().await.unwrap();
    assert!(!access.has_changed().unwrap());
    house.commit(own(), 1).await;
    hub.check().await.unwrap();
    assert!(access.has_changed().unwrap() && !others.has_changed().unwrap());
}

#[tokio::test]
async fn a_follower_gets_what_its_filter_lets_through_with_the_place_of_each() {
    let house = House::new().await;
    house.commit(own(), 3).await;
    let nothing = AlertFilter { kinds: Some(vec![AlertKind::Lead]), ..AlertFilter::default() };
    let all = AlertFilter { kinds: Some(vec![AlertKind::Lead, AlertKind::Partnership]), ..AlertFilter::default() };
    let after = house.at(1).await;
    let mut nothing = Box::pin(follow(&house.op(), own(), after, nothing));
    let mut all = Box::pin(follow(&house.op(), own(), after, all));
    for seq in [2, 3] {
        let (position, item) = all.next().await.unwrap().unwrap();
        assert_eq!(Some(position), house.at(seq).await);
        assert!(matches!(item, Followed::Alert(alert) if alert.seq == seq));
    }
    // The one that wants nothing passes over all of them. Nothing else is asked of the house while it is not polled: it may
    // hold the only connection then.
    let fourth = house.at(4).await;
    let more = async {
        house.commit(own(), 1).await;
        all.next().await
    };
    tokio::select! {
        item = nothing.next() => panic!("{item:?}"),
        item = more => assert_eq!(Some(item.unwrap().unwrap().0), fourth),
    }
    drop((all, nothing));
    assert_eq!(house.world.feeds.hub().stats().listeners, 0);
}
