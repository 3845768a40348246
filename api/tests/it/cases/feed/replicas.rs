//! Replicas over one database: hints make them fast, and without hints they are only slower.

use super::{proxy::Proxy, *};
use crate::support::on_both;
use partnergraph::event::hint::HintStatus;

on_both!(
    without_redis_replicas_find_everything,
    with_redis_hints_arrive,
    a_redis_that_is_lost_loses_nothing,
    what_is_no_hint_does_no_harm,
);

async fn without_redis_replicas_find_everything(app: TestApp) {
    let (one, two) = (replica(&app, NEVER, None).await, replica(&app, Duration::from_millis(20), None).await);
    assert_eq!(two.feeds().hint_status(), HintStatus::InProcess);
    let mut items = follow_all(&two, aurora(), beginning(&two).await);
    for count in [1, 300, 2] {
        for _ in 0..count {
            commit(&one, &[aurora()]).await;
        }
        take(&mut items, count).await;
    }
    assert_eq!(two.hub().stats().heard, 0);
}

/// Two replicas with the way to their Redis; `None` where none was named.
async fn linked(app: &TestApp) -> Option<(Proxy, Op, Op)> {
    let Ok(server) = std::env::var("TEST_REDIS_URL") else {
        println!("left out: TEST_REDIS_URL is not set; `./test` sets it");
        return None;
    };
    let proxy = Proxy::before(&server.parse().unwrap()).await;
    let one = replica(app, NEVER, Some(proxy.url())).await;
    let two = replica(app, NEVER, Some(proxy.url())).await;
    all_up(&[&one, &two]).await;
    Some((proxy, one, two))
}

async fn all_up(replicas: &[&Op]) {
    until("all hear of each other", || replicas.iter().all(|op| op.feeds().hint_status() == HintStatus::Up)).await;
}

async fn with_redis_hints_arrive(app: TestApp) {
    let Some((_proxy, one, two)) = linked(&app).await else { return };
    let mut items = follow_all(&two, aurora(), beginning(&two).await);
    let mut own = follow_all(&one, aurora(), beginning(&one).await);
    for seq in 1..=50 {
        commit(&one, &[aurora(), borealis()]).await;
        // Nothing but a hint can tell, after the first check.
        assert_eq!(take(&mut items, 1).await[0].1.seq, seq);
        assert_eq!(take(&mut own, 1).await[0].1.seq, seq);
    }
    until("all hints are there", || two.feeds().hint_stats().received == 100).await;
    // The one that told them hears them too, and takes them for what they are.
    until("the own hints are back", || one.feeds().hint_stats().received == 100).await;
    assert_eq!(one.feeds().hint_stats().dropped, 0);
    assert_eq!(take_rest(&mut own, &one).await, Vec::<i64>::new());
}

/// What comes before one more alert.
async fn take_rest(items: &mut Items, op: &Op) -> Vec<i64> {
    commit(op, &[aurora()]).await;
    let last = feed::head(op, aurora()).await.unwrap().seq;
    let mut rest = Vec::new();
    loop {
        let seq = take(items, 1).await[0].1.seq;
        if seq == last {
            return rest;
        }
        rest.push(seq);
    }
}

async fn a_redis_that_is_lost_loses_nothing(app: TestApp) {
    let Some((proxy, one, two)) = linked(&app).await else { return };
    let mut items = follow_all(&two, aurora(), beginning(&two).await);
    commit(&one, &[aurora()]).await;
    take(&mut items, 1).await;

    proxy.cut();
    until("the loss is seen", || two.feeds().hint_status() == HintStatus::Down).await;
    // No answer waits for the dead server, and the tail check finds what nobody told.
    for _ in 0..20 {
        commit(&one, &[aurora()]).await;
    }
    two.hub().check().await.unwrap();
    take(&mut items, 20).await;

    // What happened in between is found as soon as the hints are back, by the check that this asks for.
    for _ in 0..10 {
        commit(&one, &[aurora()]).await;
    }
    proxy.mend();
    take(&mut items, 10).await;
    all_up(&[&one, &two]).await;
    assert!(two.feeds().hint_stats().connections >= 2);
    let received = two.feeds().hint_stats().received;
    commit(&one, &[aurora()]).await;
    assert_eq!(take(&mut items, 1).await[0].1.seq, 32);
    assert!(two.feeds().hint_stats().received > received);
    assert!(one.feeds().hint_stats().dropped > 0);
}

async fn what_is_no_hint_does_no_harm(app: TestApp) {
    let Some((proxy, one, two)) = linked(&app).await else { return };
    let mut items = follow_all(&two, aurora(), beginning(&two).await);
    let client = redis::Client::open(proxy.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let prefix = &app.config.cache.key_prefix;
    for message in ["", "{}", "null", "{\"epoch\":1,\"alert\":{}}", "\u{0}\u{1}"] {
        let told: i64 = redis::cmd("PUBLISH")
            .arg(format!("{prefix}:feed1:0"))
            .arg(message)
            .query_async(&mut connection)
            .await
            .unwrap();
        // Both replicas listen to the channel, and the app itself where it has this Redis.
        assert!(told >= 2, "{told}");
    }
    until("all were seen", || two.feeds().hint_stats().malformed == 5).await;
    commit(&one, &[aurora()]).await;
    take(&mut items, 1).await;
    assert_eq!(two.feeds().hint_status(), HintStatus::Up);
}
