//! Whoever follows a feed has at the end what the table has: in order, once, whenever it came and however often it left.

use super::*;
use crate::support::on_both;

on_both!(who_follows_gets_what_the_table_has, every_cursor_is_a_place_to_go_on_from);

const WRITERS: usize = 4;
const ROUNDS: usize = 40;

async fn who_follows_gets_what_the_table_has(app: TestApp) {
    let here = op(&app);
    // Another process, to which no hint comes.
    let there = replica(&app, Duration::from_millis(20), None).await;
    let from = beginning(&here).await;
    let followers: Vec<_> = [(&here, 0), (&here, 7), (&there, 0), (&there, 7), (&there, 31)]
        .into_iter()
        .map(|(op, stay)| tokio::spawn(follow_with_breaks(op.clone(), from, stay)))
        .collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let op = here.clone();
            tokio::spawn(async move {
                for _ in 0..ROUNDS {
                    commit(&op, &[aurora(), borealis()]).await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let rows = kept(&here, aurora()).await;
    assert_eq!(rows.len(), WRITERS * ROUNDS);
    for follower in followers {
        assert!(follower.await.unwrap() == rows, "a follower has something else than the table");
    }
    // None is left of those who came and went.
    for op in [&here, &there] {
        assert_eq!((op.hub().stats().listeners, op.hub().stats().topics), (0, 0));
    }
}

/// Follows until everything has come; leaves after each `stay` alerts and comes back with the last cursor.
async fn follow_with_breaks(op: Op, from: Option<Position>, stay: usize) -> Vec<Alert> {
    let (mut got, mut after) = (Vec::new(), from);
    while got.len() < WRITERS * ROUNDS {
        let mut items = follow_all(&op, aurora(), after);
        let missing = WRITERS * ROUNDS - got.len();
        for (position, alert) in take(&mut items, if stay == 0 { missing } else { stay.min(missing) }).await {
            // As a client has it: a text.
            let cursor = feed::write_cursor(&op, aurora(), position);
            after = Some(feed::read_cursor(&op, aurora(), &cursor).unwrap());
            got.push(Arc::unwrap_or_clone(alert));
        }
    }
    got
}

async fn every_cursor_is_a_place_to_go_on_from(app: TestApp) {
    let op = op(&app);
    let mut items = follow_all(&op, aurora(), beginning(&op).await);
    for _ in 0..10 {
        commit(&op, &[aurora()]).await;
    }
    let all = take(&mut items, 10).await;
    for (at, (position, _)) in all.iter().enumerate() {
        let mut rest = follow_all(&op, aurora(), Some(*position));
        let got = take(&mut rest, 9 - at).await;
        assert!(got == all[at + 1..]);
    }
    let theirs = feed::write_cursor(&op, aurora(), all[3].0);
    for cursor in [theirs.as_str(), "", "no cursor", "AQAAAAAAAAAFAAAAAAAAAAzQ-gldMTes9W9FPQhw77bI"] {
        let refused = feed::read_cursor(&op, borealis(), cursor);
        assert!(matches!(refused, Err(Fault::BadInput(_))), "{cursor}");
    }
}
