//! Pages of a feed, what is found by its id, and how far a person has read.

use super::*;
use crate::support::{on_both, person_id};
use entity::value::Role;
use partnergraph::event::feed::{find, list, mark_read, unread_count};

on_both!(
    pages_and_the_stream_filter_alike,
    only_the_own_feed_is_found,
    reading_goes_forward_only,
    reading_is_each_persons_own,
    what_is_not_the_actors_is_not_read,
);

const KINDS: [AlertKind; 5] =
    [AlertKind::Opportunity, AlertKind::Invitation, AlertKind::Activity, AlertKind::Lead, AlertKind::Partnership];

async fn pages_and_the_stream_filter_alike(app: TestApp) {
    let op = op(&app);
    let opportunities = [1, 2].map(|number| OpportunityId(Uuid::from_u128(number)));
    let stages = [OpportunityStage::Prospect, OpportunityStage::Launched];
    let mut facts = Vec::new();
    for kind in KINDS {
        facts.push(fact(aurora(), kind, None, None));
        for opportunity in opportunities {
            facts.push(fact(aurora(), kind, Some(opportunity), None));
            facts.extend(stages.map(|stage| fact(aurora(), kind, Some(opportunity), Some(stage))));
        }
    }
    let count = facts.len();
    commit_facts(&op, facts).await;
    let all = kept(&op, aurora()).await;
    assert_eq!(all.len(), count);

    let mut sizes = Vec::new();
    for kinds in [None, Some(vec![]), Some(vec![AlertKind::Lead]), Some(KINDS[..2].to_vec())] {
        for opportunity in [None, Some(opportunities[0]), Some(OpportunityId(Uuid::from_u128(9)))] {
            for stages in [None, Some(vec![]), Some(stages[..1].to_vec()), Some(stages.to_vec())] {
                let filter = AlertFilter { kinds: kinds.clone(), opportunity, stages };
                let wanted: Vec<Alert> = all.iter().filter(|alert| filter.matches(alert)).cloned().collect();
                let listed = list(&op, aurora(), 0, &filter, 1000).await.unwrap();
                assert!(listed == wanted, "{filter:?}");
                sizes.push(wanted.len());
                if let [.., last] = wanted.as_slice() {
                    let mut items: Items = Box::pin(feed::follow(&op, aurora(), beginning(&op).await, filter.clone()));
                    let got = take(&mut items, wanted.len()).await;
                    assert!(got.iter().map(|(_, alert)| &**alert).eq(&wanted), "{filter:?}");
                    assert_eq!(got.last().unwrap().0.seq, last.seq);
                    let page = list(&op, aurora(), wanted[0].seq, &filter, 2).await.unwrap();
                    assert!(page == wanted[1..].iter().take(2).cloned().collect::<Vec<_>>(), "{filter:?}");
                }
            }
        }
    }
    assert!(sizes.contains(&0) && sizes.contains(&count) && sizes.iter().any(|size| (2..count).contains(size)));
}

async fn only_the_own_feed_is_found(app: TestApp) {
    let writer = op(&app);
    commit(&writer, &[aurora(), borealis()]).await;
    let (ours, theirs) = (kept(&writer, aurora()).await.remove(0), kept(&writer, borealis()).await.remove(0));
    let ids = [ours.id, theirs.id];
    let found = |actor: Actor| {
        let op = app.app.op(actor, "test", Vec::new());
        async move { find(&op, &ids).await.unwrap() }
    };
    assert_eq!(found(app.actor("aurora", Role::Viewer)).await, [ours]);
    assert_eq!(found(app.key("borealis", &[])).await, [theirs]);
    assert!(found(app.manager("comet")).await.is_empty());
    assert!(found(app.visitor()).await.is_empty());
}

async fn reading_goes_forward_only(app: TestApp) {
    let writer = op(&app);
    let reader = app.app.op(app.manager("aurora"), "test", Vec::new());
    assert_eq!(unread_count(&reader).await.unwrap(), Some(0));
    for _ in 0..5 {
        commit(&writer, &[aurora(), borealis()]).await;
    }
    assert_eq!(unread_count(&reader).await.unwrap(), Some(5));
    let at = async |seq: i64| Position { seq, ..beginning(&writer).await.unwrap() };
    assert_eq!(mark_read(&reader, at(3).await).await.unwrap().seq, 3);
    assert_eq!(unread_count(&reader).await.unwrap(), Some(2));
    assert_eq!(mark_read(&reader, at(1).await).await.unwrap().seq, 3);
    assert_eq!(unread_count(&reader).await.unwrap(), Some(2));
    assert_eq!(mark_read(&reader, at(5).await).await.unwrap().seq, 5);
    assert_eq!(unread_count(&reader).await.unwrap(), Some(0));
    commit(&writer, &[aurora()]).await;
    assert_eq!(unread_count(&reader).await.unwrap(), Some(1));

    for lost in [at(7).await, Position { epoch: 1, seq: 2 }] {
        assert!(matches!(mark_read(&reader, lost).await, Err(Fault::CursorExpired)));
    }
    // What was read stays so when the feeds begin anew, and old cursors no longer count.
    feed::new_epoch(&writer).await.unwrap();
    assert_eq!(unread_count(&reader).await.unwrap(), Some(1));
    assert_eq!(mark_read(&reader, at(6).await).await.unwrap(), at(6).await);
    assert_eq!(unread_count(&reader).await.unwrap(), Some(0));
}

async fn reading_is_each_persons_own(app: TestApp) {
    let writer = op(&app);
    commit(&writer, &[aurora(), aurora(), borealis()]).await;
    let [one, two] =
        [Role::Manager, Role::Viewer].map(|role| app.app.op(app.actor("aurora", role), "test", Vec::new()));
    assert_ne!(person_id("aurora", Role::Manager), person_id("aurora", Role::Viewer));
    let end = feed::head(&writer, aurora()).await.unwrap().position();
    assert_eq!(end.seq, 2);
    // At the same time, as two windows of one person do it.
    let marks = (0..8).map(|_| mark_read(&one, end));
    for marked in futures::future::join_all(marks).await {
        assert_eq!(marked.unwrap(), end);
    }
    assert_eq!(unread_count(&one).await.unwrap(), Some(0));
    assert_eq!(unread_count(&two).await.unwrap(), Some(2));
}

async fn what_is_not_the_actors_is_not_read(app: TestApp) {
    let writer = op(&app);
    commit(&writer, &[aurora()]).await;
    let end = feed::head(&writer, aurora()).await.unwrap().position();
    let visitor = app.app.op(app.visitor(), "test", Vec::new());
    assert!(matches!(unread_count(&visitor).await, Err(Fault::Unauthenticated)));
    assert!(matches!(mark_read(&visitor, end).await, Err(Fault::Unauthenticated)));
    // A key reads for nobody.
    let key = app.app.op(app.key("aurora", &[]), "test", Vec::new());
    assert_eq!(unread_count(&key).await.unwrap(), None);
    assert_eq!(mark_read(&key, end).await.unwrap(), end);
    assert_eq!(unread_count(&key).await.unwrap(), None);
}
