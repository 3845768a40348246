//! The engine itself: it runs beside a server, ends when it is told to, and no task holds up another.

use super::{alerts, come_by};
use crate::{
    cases::partnership::{invite, to},
    support::{TestApp, on_both},
};
use chrono::TimeDelta;
use entity::{alert::AlertChange, idempotency_key};
use futures::FutureExt;
use partnergraph::{
    deadline::{Deadlines, Task},
    op::{Actor, Fault, each_due},
};
use prometheus_client::registry::Registry;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

on_both!(
    it_runs_until_it_is_stopped,
    one_that_fails_holds_up_no_other,
    one_thing_that_cannot_be_done_holds_up_no_other_thing,
    old_idempotency_keys_are_forgotten,
);

async fn it_runs_until_it_is_stopped(app: TestApp) {
    invite(&app, &app.manager("aurora"), to("borealis")).await.payload();
    app.clock.advance(TimeDelta::days(30));
    let running = app.app.start();
    let told = async {
        while alerts(&app, "borealis", AlertChange::Expired).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), told).await.unwrap();
    tokio::time::timeout(Duration::from_secs(30), running.stop()).await.unwrap();
    assert_eq!(alerts(&app, "borealis", AlertChange::Expired).await.len(), 1);
}

async fn one_that_fails_holds_up_no_other(app: TestApp) {
    let failing = Task {
        name: "failing",
        run: |_, _| std::future::ready(Err(Fault::internal("the disk is full"))).boxed(),
        next: |_| std::future::ready(Ok(None)).boxed(),
    };
    let panicking = Task { name: "panicking", run: |_, _| async { panic!("this task is broken") }.boxed(), ..failing };
    let working = Task {
        name: "invitations",
        run: |op, limit| partnergraph::partnership::service::expire_due_invitations(op, limit).boxed(),
        next: |op| partnergraph::partnership::service::next_invitation_expiry(op).boxed(),
    };
    let expire = async |days| {
        invite(&app, &app.manager("aurora"), to("borealis")).await.payload();
        app.clock.advance(TimeDelta::days(days));
    };
    expire(30).await;
    let deadlines = Arc::new(Deadlines::of(vec![failing, working]));
    let fault = deadlines.run_once(&app.app.op(Actor::System, "test", Vec::new())).await.unwrap_err();
    assert!(fault.chain().contains("the disk is full"));
    assert_eq!(alerts(&app, "aurora", AlertChange::Expired).await.len(), 1);
    let mut registry = Registry::default();
    deadlines.register(&mut registry);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    assert!(text.contains("deadline_failures_total{task=\"failing\"} 1"), "{text}");
    assert!(text.contains("deadlines_met_total{task=\"invitations\"} 1"), "{text}");

    // Nor does one that panics.
    expire(30).await;
    let running = Arc::new(Deadlines::of(vec![panicking, failing, working])).start(Arc::clone(&app.app.world));
    let told = async {
        while alerts(&app, "aurora", AlertChange::Expired).await.len() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), told).await.unwrap();
    running.stop().await;
}

async fn one_thing_that_cannot_be_done_holds_up_no_other_thing(app: TestApp) {
    /// What is due besides one that never can be done.
    static DUE: AtomicUsize = AtomicUsize::new(1_000);
    let task = Task {
        name: "poisoned",
        run: |_, limit| {
            let due = DUE.load(Ordering::SeqCst).min(usize::try_from(limit).unwrap() - 1);
            let act = |id: usize| async move {
                if id == 0 {
                    return Err(Fault::internal("this one is broken"));
                }
                DUE.fetch_sub(1, Ordering::SeqCst);
                Ok(true)
            };
            async move { each_due((0..=due).collect(), act).await }.boxed()
        },
        next: |_| std::future::ready(Ok(None)).boxed(),
    };
    let fault = Deadlines::of(vec![task]).run_once(&app.app.op(Actor::System, "test", Vec::new())).await.unwrap_err();
    assert!(fault.chain().contains("this one is broken"));
    assert_eq!(DUE.load(Ordering::SeqCst), 0, "all others were done in one turn");
}

async fn old_idempotency_keys_are_forgotten(app: TestApp) {
    let db = app.app.world.db.read();
    let settled = crate::cases::partnership::list::settle(&app, 1).await;
    for (key, organization) in [("first", "borealis"), ("second", "comet"), ("third", &*settled[0])] {
        let mut input = to(organization);
        input["idempotencyKey"] = json!(key);
        invite(&app, &app.manager("aurora"), input).await.payload();
        app.clock.advance(TimeDelta::hours(1));
    }
    come_by(&app).await;
    assert_eq!(idempotency_key::Entity::find().count(db).await.unwrap(), 3, "none is a day old");
    app.clock.advance(TimeDelta::hours(22));
    come_by(&app).await;
    assert_eq!(idempotency_key::Entity::find().count(db).await.unwrap(), 2, "the first is older than a day");
    app.clock.advance(TimeDelta::hours(2));
    come_by(&app).await;
    assert_eq!(idempotency_key::Entity::find().count(db).await.unwrap(), 0);
}
