//! The numbers of a feed: without a gap, in the order of the commits, whoever writes at the same time.

use super::*;
use crate::support::on_both;

on_both!(
    eight_writers_leave_no_gap,
    what_is_rolled_back_leaves_no_trace,
    one_transaction_numbers_its_alerts_in_their_order,
    many_alerts_of_one_transaction_are_numbered,
);

async fn eight_writers_leave_no_gap(app: TestApp) {
    let writers = (0..8).map(|writer| {
        let op = op(&app);
        tokio::spawn(async move {
            let mut committed = 0;
            for round in 0..20 {
                // In both orders: two transactions must not wait for each other.
                let organizations = if writer % 2 == 0 { [aurora(), borealis()] } else { [borealis(), aurora()] };
                let tx = op.db().begin().await.unwrap();
                let facts = organizations.map(|organization| fact(organization, AlertKind::Lead, None, None));
                event::record(&tx, &op, facts.into()).await.unwrap();
                if (writer + round) % 3 == 0 {
                    tx.rollback().await.unwrap();
                } else {
                    tx.commit().await.unwrap();
                    committed += 1;
                }
            }
            committed
        })
    });
    let committed: i64 = futures::future::join_all(writers).await.into_iter().map(Result::unwrap).sum();
    let op = op(&app);
    for organization in [aurora(), borealis()] {
        assert_eq!(numbers(&kept(&op, organization).await), (1..=committed).collect::<Vec<_>>());
        assert_eq!(feed::head(&op, organization).await.unwrap().seq, committed);
    }
    assert_eq!(feed::head(&op, organization_id("comet")).await.unwrap().seq, 0);
}

async fn what_is_rolled_back_leaves_no_trace(app: TestApp) {
    let op = op(&app);
    let mut items = follow_all(&op, aurora(), beginning(&op).await);
    commit(&op, &[aurora()]).await;
    let tx = op.db().begin().await.unwrap();
    event::record(&tx, &op, vec![fact(aurora(), AlertKind::Activity, None, None)]).await.unwrap();
    tx.rollback().await.unwrap();
    let tx = op.db().begin().await.unwrap();
    event::record(&tx, &op, vec![fact(aurora(), AlertKind::Activity, None, None)]).await.unwrap();
    drop(tx);
    commit(&op, &[aurora()]).await;
    let rows = kept(&op, aurora()).await;
    assert_eq!(numbers(&rows), [1, 2]);
    assert!(rows.iter().all(|row| row.kind == AlertKind::Lead));
    let told: Vec<_> = take(&mut items, 2).await.into_iter().map(|(_, alert)| Arc::unwrap_or_clone(alert)).collect();
    assert_eq!(told, rows);
}

async fn one_transaction_numbers_its_alerts_in_their_order(app: TestApp) {
    let op = op(&app);
    let kinds = [AlertKind::Opportunity, AlertKind::Invitation, AlertKind::Activity];
    commit_facts(&op, kinds.map(|kind| fact(aurora(), kind, None, None)).into()).await;
    let rows = kept(&op, aurora()).await;
    assert_eq!(rows.iter().map(|row| row.kind).collect::<Vec<_>>(), kinds);
    assert_eq!(numbers(&rows), [1, 2, 3]);
    assert_eq!(rows[0].actor_kind, "operator");
    assert_eq!(rows[0].details, json!({"before": null, "after": "LAUNCHED"}));
}

async fn many_alerts_of_one_transaction_are_numbered(app: TestApp) {
    let op = op(&app);
    let facts = (0..1200).map(|_| fact(aurora(), AlertKind::Lead, None, None)).collect();
    let mut items = follow_all(&op, aurora(), beginning(&op).await);
    commit_facts(&op, facts).await;
    let told = take(&mut items, 1200).await;
    assert!(told.iter().map(|(_, alert)| alert.seq).eq(1..=1200));
}
