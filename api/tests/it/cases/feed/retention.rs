//! What is no longer kept, and who is told so.

use super::*;
use crate::support::on_both;
use chrono::TimeDelta;
use entity::value::Role;
use partnergraph::event::feed::{ResetReason, new_epoch, trim, trim_expired, unread_count};

on_both!(
    only_the_old_beginning_of_each_feed_goes,
    what_is_old_behind_something_newer_stays,
    two_that_trim_at_once_agree,
    a_cursor_of_what_is_gone_leads_to_a_reset,
    a_new_epoch_ends_all_cursors,
);

async fn only_the_old_beginning_of_each_feed_goes(app: TestApp) {
    let op = op(&app);
    let facts = (0..1100).map(|_| fact(aurora(), AlertKind::Lead, None, None)).collect();
    commit_facts(&op, facts).await;
    commit(&op, &[borealis()]).await;
    app.clock.advance(TimeDelta::days(50));
    commit(&op, &[aurora(), aurora(), borealis(), organization_id("comet")]).await;
    assert_eq!(trim_expired(&op).await.unwrap(), 0);
    // Exactly the retention is not longer than it.
    app.clock.advance(TimeDelta::days(40));
    assert_eq!(trim_expired(&op).await.unwrap(), 0);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(trim_expired(&op).await.unwrap(), 1101);
    assert_eq!(trim_expired(&op).await.unwrap(), 0);
    assert_eq!(numbers(&kept(&op, aurora()).await), [1101, 1102]);
    assert_eq!(numbers(&kept(&op, borealis()).await), [2]);
    let head = feed::head(&op, aurora()).await.unwrap();
    assert_eq!((head.seq, head.trimmed), (1102, 1100));
    assert_eq!(feed::head(&op, organization_id("comet")).await.unwrap().trimmed, 0);

    // What is gone need not be read any more, and the numbers go on.
    let reader = app.app.op(app.actor("aurora", Role::Viewer), "test", Vec::new());
    assert_eq!(unread_count(&reader).await.unwrap(), Some(2));
    assert_eq!(trim(&op, op.now()).await.unwrap(), 4);
    assert_eq!(unread_count(&reader).await.unwrap(), Some(0));
    commit(&op, &[aurora()]).await;
    assert_eq!(numbers(&kept(&op, aurora()).await), [1103]);
    assert_eq!(unread_count(&reader).await.unwrap(), Some(1));
}

async fn what_is_old_behind_something_newer_stays(app: TestApp) {
    let op = op(&app);
    commit(&op, &[aurora()]).await;
    app.clock.advance(TimeDelta::days(100));
    commit(&op, &[aurora()]).await;
    // A replica whose clock is behind.
    app.clock.advance(TimeDelta::days(-100));
    commit(&op, &[aurora()]).await;
    app.clock.advance(TimeDelta::days(120));
    assert_eq!(trim_expired(&op).await.unwrap(), 1);
    assert_eq!(numbers(&kept(&op, aurora()).await), [2, 3]);
    app.clock.advance(TimeDelta::days(100));
    assert_eq!(trim_expired(&op).await.unwrap(), 2);
}

async fn two_that_trim_at_once_agree(app: TestApp) {
    let op = op(&app);
    let facts = (0..700).map(|_| fact(aurora(), AlertKind::Lead, None, None)).collect();
    commit_facts(&op, facts).await;
    app.clock.advance(TimeDelta::days(91));
    let gone = futures::future::join_all((0..4).map(|_| trim_expired(&op))).await;
    assert_eq!(gone.into_iter().map(Result::unwrap).sum::<u64>(), 700);
    let head = feed::head(&op, aurora()).await.unwrap();
    assert_eq!((head.seq, head.trimmed), (700, 700));
}

async fn a_cursor_of_what_is_gone_leads_to_a_reset(app: TestApp) {
    let op = op(&app);
    let from = beginning(&op).await;
    commit(&op, &[aurora(), aurora()]).await;
    app.clock.advance(TimeDelta::days(91));
    commit(&op, &[aurora()]).await;
    trim_expired(&op).await.unwrap();
    let mut items = follow_all(&op, aurora(), from);
    let head = feed::head(&op, aurora()).await.unwrap();
    let reset = Followed::Reset { reason: ResetReason::Trimmed, head: head.position() };
    assert_eq!(next(&mut items).await, (head.oldest(), reset));
    assert_eq!(take(&mut items, 1).await[0].1.seq, 3);
    commit(&op, &[aurora()]).await;
    assert_eq!(take(&mut items, 1).await[0].1.seq, 4);
}

async fn a_new_epoch_ends_all_cursors(app: TestApp) {
    let op = op(&app);
    let there = replica(&app, Duration::from_millis(20), None).await;
    commit(&op, &[aurora(), aurora()]).await;
    let former = feed::head(&op, aurora()).await.unwrap();
    let mut here = follow_all(&op, aurora(), Some(former.position()));
    let mut away = follow_all(&there, aurora(), Some(former.position()));
    for items in [&mut here, &mut away] {
        assert!(futures::poll!(items.next()).is_pending());
    }
    let epoch = new_epoch(&op).await.unwrap();
    assert_ne!(epoch, former.epoch);
    let head = Position { epoch, seq: 2 };
    let reset = Followed::Reset { reason: ResetReason::OtherEpoch, head };
    for items in [&mut here, &mut away] {
        assert_eq!(next(items).await, (Position { epoch, seq: 0 }, reset.clone()));
        assert_eq!(take(items, 2).await.last().unwrap().0, head);
    }
    commit(&op, &[aurora()]).await;
    for items in [&mut here, &mut away] {
        assert_eq!(take(items, 1).await[0].0, Position { epoch, seq: 3 });
    }
}
