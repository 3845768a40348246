//! Where a feed cannot go on, it says so first and then goes on with the oldest alert that is kept.

use super::*;
use crate::event::feed::{Followed, Head, ResetReason, follow, new_epoch, trim};
use chrono::TimeDelta;
use futures::StreamExt;

async fn reset(listener: &mut Listener) -> (ResetReason, Head) {
    match next(listener).await {
        LiveEvent::Reset { reason, head } => (reason, head),
        LiveEvent::Alert(alert) => panic!("no reset, but {}", alert.seq),
    }
}

/// Lets go of all alerts up to this one.
async fn trim_to(house: &House, seq: i64) {
    house.sql(&format!("UPDATE alerts SET occurred_at = '2020-01-01 00:00:00+00:00' WHERE seq <= {seq}")).await;
    let op = house.op();
    assert_eq!(trim(&op, op.now() - TimeDelta::days(30)).await.unwrap(), seq.unsigned_abs());
}

#[tokio::test]
async fn a_follower_is_told_before_anything_else() {
    let house = House::new().await;
    house.commit(own(), 5).await;
    let former = house.at(4).await;
    let beyond = house.at(9).await;
    trim_to(&house, 2).await;
    let trimmed = house.at(1).await;
    let cases = [(trimmed, ResetReason::Trimmed), (beyond, ResetReason::BeyondHead), (former, ResetReason::OtherEpoch)];
    for (after, reason) in cases {
        if reason == ResetReason::OtherEpoch {
            new_epoch(&house.op()).await.unwrap();
            house.world.feeds.hub().check().await.unwrap();
        }
        let mut items = Box::pin(follow(&house.op(), own(), after, Default::default()));
        let (place, first) = items.next().await.unwrap().unwrap();
        assert_eq!(first, Followed::Reset { reason, head: house.at(5).await.unwrap() });
        // Who comes back with the place of the reset is not told again.
        assert_eq!(Some(place), house.at(2).await);
        let mut back = Box::pin(follow(&house.op(), own(), Some(place), Default::default()));
        for seq in [3, 4, 5] {
            for items in [&mut items, &mut back] {
                let (place, item) = items.next().await.unwrap().unwrap();
                assert_eq!(Some(place), house.at(seq).await);
                assert!(matches!(item, Followed::Alert(alert) if alert.seq == seq));
            }
        }
    }
}

#[tokio::test]
async fn what_is_let_go_before_a_slow_reader_comes_to_it_is_told() {
    let house = House::new().await;
    house.commit(own(), 6).await;
    let hub = house.hub(NEVER);
    let mut listener = hub.listen(own());
    listener.begin(house.at(0).await).await.unwrap();
    trim_to(&house, 4).await;
    assert_eq!(
        reset(&mut listener).await,
        (ResetReason::Trimmed, Head { epoch: house.epoch().await, seq: 6, trimmed: 4 })
    );
    assert_eq!(take(&mut listener, 2).await, [5, 6]);

    // All of it: the feed goes on behind its head.
    trim_to_the_end(&house).await;
    let mut late = hub.listen(own());
    late.begin(house.at(5).await).await.unwrap();
    // The newest are still in memory, so nothing was missed.
    assert_eq!(take(&mut late, 1).await, [6]);
    let hub = house.hub(NEVER);
    let mut later = hub.listen(own());
    // It shows when it begins, or when what comes next is not there any more.
    let first = match later.begin(house.at(5).await).await.unwrap() {
        Some(first) => first,
        None => next(&mut later).await,
    };
    assert!(matches!(first, LiveEvent::Reset { reason: ResetReason::Trimmed, .. }));
    house.commit(own(), 1).await;
    hub.check().await.unwrap();
    assert_eq!(take(&mut later, 1).await, [7]);
}

async fn trim_to_the_end(house: &House) {
    house.sql("UPDATE alerts SET occurred_at = '2020-01-01 00:00:00+00:00'").await;
    assert_eq!(trim(&house.op(), house.op().now()).await.unwrap(), 2);
}

#[tokio::test]
async fn a_new_epoch_reaches_who_listens() {
    let house = House::new().await;
    house.commit(own(), 3).await;
    let hub = house.hub(NEVER);
    let mut listener = hub.listen(own());
    listener.begin(house.at(3).await).await.unwrap();
    let former = house.epoch().await;
    let epoch = new_epoch(&house.op()).await.unwrap();
    assert_ne!(epoch, former);
    hub.check().await.unwrap();
    assert_eq!(reset(&mut listener).await, (ResetReason::OtherEpoch, Head { epoch, seq: 3, trimmed: 0 }));
    assert_eq!(take(&mut listener, 3).await, [1, 2, 3]);
    house.commit(own(), 1).await;
    hub.check().await.unwrap();
    assert_eq!(take(&mut listener, 1).await, [4]);
    assert_eq!(listener.position(), Position { epoch, seq: 4 });
}

#[tokio::test]
async fn a_loss_of_commits_without_a_new_epoch_is_told_too() {
    let house = House::new().await;
    house.commit(own(), 5).await;
    let hub = house.hub(NEVER);
    let mut listener = hub.listen(own());
    listener.begin(house.at(0).await).await.unwrap();
    assert_eq!(take(&mut listener, 5).await, [1, 2, 3, 4, 5]);
    house.sql("DELETE FROM alerts WHERE seq > 2").await;
    house.sql("UPDATE feeds SET seq = 2").await;
    hub.check().await.unwrap();
    assert_eq!(reset(&mut listener).await.0, ResetReason::BeyondHead);
    assert_eq!(take(&mut listener, 2).await, [1, 2]);
    house.commit(own(), 1).await;
    hub.check().await.unwrap();
    assert_eq!(take(&mut listener, 1).await, [3]);
}

#[tokio::test]
async fn a_gap_in_the_table_is_told_and_not_waited_for() {
    let house = House::new().await;
    house.commit(own(), 5).await;
    house.sql("DELETE FROM alerts WHERE seq = 3").await;
    let mut listener = house.hub(NEVER).listen(own());
    listener.begin(house.at(0).await).await.unwrap();
    assert_eq!(take(&mut listener, 2).await, [1, 2]);
    assert_eq!(reset(&mut listener).await.0, ResetReason::Trimmed);
    assert_eq!(take(&mut listener, 2).await, [4, 5]);
}
