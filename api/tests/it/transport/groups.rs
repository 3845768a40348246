//! One execution for many: everybody gets everything once and in order, wherever they begin, and nobody gets what is
//! somebody else's.

use std::{sync::atomic::Ordering, time::Duration};

use entity::value::Role;
use partnergraph::http::{live::LiveSettings, server::ServerSettings};
use serde_json::json;

use super::{
    server::{TestServer, settings},
    socket::Socket,
};

const LOG: &str = "subscription($after: String){log(after: $after){n}}";

async fn subscribe(socket: &mut Socket, query: &str, after: Option<i64>) {
    let variables = json!({ "after": after.map(|number| format!("behind-{number}")) });
    socket.say(&json!({"id": "a", "type": "subscribe", "payload": {"query": query, "variables": variables}})).await;
}

async fn reader(server: &TestServer, name: &str, query: &str, after: Option<i64>) -> Socket {
    let mut socket = Socket::enter(server, Some(&format!("Bearer {name}"))).await;
    subscribe(&mut socket, query, after).await;
    socket
}

async fn entry(socket: &mut Socket) -> serde_json::Value {
    let message = socket.next().await;
    assert_eq!((&message["type"], &message["payload"]["errors"]), (&json!("next"), &json!(null)), "{message}");
    message["payload"]["data"]["log"].clone()
}

async fn expect(socket: &mut Socket, numbers: impl IntoIterator<Item = i64>) {
    for number in numbers {
        assert_eq!(entry(socket).await["n"], json!(number));
    }
}

fn resolved(server: &TestServer) -> usize {
    server.world.resolved.load(Ordering::SeqCst)
}

#[tokio::test]
async fn an_item_is_resolved_once_for_all_who_ask_for_the_same() {
    let server = TestServer::start().await;
    let mut readers = Vec::new();
    for n in 0..20 {
        // From the beginning: however long a subscription takes to begin, it begins there.
        readers.push(reader(&server, &format!("r{n}"), LOG, Some(0)).await);
    }
    server.world.log.send_replace(9);
    for reader in &mut readers {
        expect(reader, 1..=9).await;
    }
    assert_eq!(resolved(&server), 9);
    assert_eq!(server.metric("live_groups").await, Some(1.0));
    // One who comes later finds what was missed without another execution.
    let mut late = reader(&server, "late", LOG, Some(4)).await;
    expect(&mut late, 5..=9).await;
    assert_eq!(resolved(&server), 9);
}

#[tokio::test]
async fn other_questions_rights_and_organizations_do_not_share() {
    let server = TestServer::start().await;
    server.names.set_role("viewer", Some(Role::Viewer));
    let filtered = "subscription($after: String){log(after: $after, every: 2){n}}";
    let named = "subscription N($after: String){log(after: $after){n}}";
    let personal = "subscription($after: String){log(after: $after){n who}}";
    let mut readers = vec![
        reader(&server, "one", LOG, Some(0)).await,
        reader(&server, "two", LOG, Some(0)).await,
        reader(&server, "viewer", LOG, Some(0)).await,
        reader(&server, "elsewhere", LOG, Some(0)).await,
        reader(&server, "one", named, Some(0)).await,
    ];
    let mut even = reader(&server, "one", filtered, Some(0)).await;
    let (mut mine, mut yours) =
        (reader(&server, "me", personal, Some(0)).await, reader(&server, "you", personal, Some(0)).await);
    server.world.log.send_replace(4);
    for reader in &mut readers {
        expect(reader, 1..=4).await;
    }
    expect(&mut even, [2, 4]).await;
    for (socket, name) in [(&mut mine, "me"), (&mut yours, "you")] {
        for n in 1..=4 {
            assert_eq!(entry(socket).await, json!({"n": n, "who": format!("Bearer {name}")}));
        }
    }
    // Two of the readers share; the others, and the two who ask who they are, have each an execution of their own.
    assert_eq!(resolved(&server), 4 * 4 + 2 + 2 * 4);
    assert_eq!(server.metric("live_groups").await, Some(5.0));
}

#[tokio::test]
async fn what_is_somebodys_own_is_resolved_for_each_and_never_passed_on() {
    let server = TestServer::start().await;
    let query = "subscription($after: String){log(after: $after){n reader}}";
    let mut readers = Vec::new();
    for name in ["me", "you", "they"] {
        readers.push((name, reader(&server, name, query, Some(8)).await));
    }
    server.world.log.send_replace(12);
    for (name, socket) in &mut readers {
        for n in 9..=12 {
            let expected = (n == 10).then(|| format!("Bearer {name}"));
            assert_eq!(entry(socket).await, json!({"n": n, "reader": expected}));
        }
    }
    server.world.log.send_replace(13);
    for (_, socket) in &mut readers {
        expect(socket, [13]).await;
    }
}

#[tokio::test]
async fn whoever_is_far_behind_catches_up_and_then_joins() {
    let server = TestServer::start().await;
    server.world.log.send_replace(1000);
    let mut first = reader(&server, "first", LOG, Some(995)).await;
    expect(&mut first, 996..=1000).await;
    let mut far = reader(&server, "far", LOG, Some(0)).await;
    expect(&mut far, 1..=1000).await;
    // 5 for the group, and for the reader those that it was behind, a few that were made ahead of it, and once more each
    // tenth, which is personal.
    let before = resolved(&server);
    assert!((1000..=1200).contains(&before), "{before}");
    server.world.log.send_replace(1003);
    expect(&mut far, 1001..=1003).await;
    expect(&mut first, 1001..=1003).await;
    assert_eq!(resolved(&server) - before, 3);
}

#[tokio::test]
async fn a_reader_that_pauses_misses_nothing_and_holds_up_nobody() {
    let live = LiveSettings { send_buffer: 4096, ..LiveSettings::default() };
    let server = TestServer::with(ServerSettings { live, workers: 1, ..settings() }).await;
    let query = "subscription($after: String){log(after: $after){n text(bytes: 500)}}";
    let mut slow = Socket::open_narrow(&server).await;
    slow.init(Some("Bearer slow")).await;
    slow.next().await;
    subscribe(&mut slow, query, Some(0)).await;
    let mut quick = reader(&server, "quick", query, Some(0)).await;
    // More than its buffers, its outbox and the group's memory hold together.
    server.world.log.send_replace(1500);
    expect(&mut quick, 1..=1500).await;
    expect(&mut slow, 1..=1500).await;
}

#[tokio::test]
async fn without_a_place_a_reader_begins_now() {
    let server = TestServer::start().await;
    server.world.log.send_replace(50);
    for name in ["first", "second"] {
        let mut socket = reader(&server, name, LOG, None).await;
        let length = *server.world.log.borrow();
        let mut later = length;
        // Nothing says when the subscription has begun; one of the next entries is its first, and none is missed then.
        let first = loop {
            later += 1;
            server.world.log.send_replace(later);
            if let Ok(first) = tokio::time::timeout(Duration::from_millis(100), entry(&mut socket)).await {
                break first["n"].as_i64().unwrap();
            }
        };
        assert!(first > length && first <= later, "{first}");
        server.world.log.send_replace(later + 2);
        expect(&mut socket, first + 1..=later + 2).await;
    }
}

#[tokio::test]
async fn a_place_that_makes_no_sense_is_refused_for_its_reader_alone() {
    let server = TestServer::start().await;
    let mut fine = reader(&server, "fine", LOG, Some(0)).await;
    let mut socket = Socket::enter(&server, Some("Bearer me")).await;
    let payload = json!({"query": LOG, "variables": {"after": "nonsense"}});
    socket.say(&json!({"id": "b", "type": "subscribe", "payload": payload})).await;
    assert_eq!(socket.refused("b").await, ["UNAUTHENTICATED"]);
    server.world.log.send_replace(1);
    expect(&mut fine, [1]).await;
    for wrong in
        ["subscription($after: Int){log(after: $after){n}}", "subscription($a: String){log(after: $a){n nothing}}"]
    {
        socket.subscribe("c", wrong).await;
        assert_eq!(socket.refused("c").await, ["GRAPHQL_VALIDATION_FAILED"], "{wrong}");
    }
}

#[tokio::test]
async fn a_group_goes_with_its_last_member() {
    let server = TestServer::start().await;
    let mut readers = vec![reader(&server, "a", LOG, Some(0)).await, reader(&server, "b", LOG, Some(0)).await];
    server.world.log.send_replace(1);
    for reader in &mut readers {
        expect(reader, [1]).await;
    }
    assert_eq!(server.metric("live_groups").await, Some(1.0));
    readers[0].say(&json!({"id": "a", "type": "complete"})).await;
    readers[0].works().await;
    server.world.log.send_replace(2);
    expect(&mut readers[1], [2]).await;
    readers[1].say(&json!({"id": "a", "type": "complete"})).await;
    readers[1].works().await;
    assert_eq!(server.metric("live_groups").await, Some(0.0));
    assert_eq!(server.world.log.receiver_count(), 0, "its source goes too");
}

#[tokio::test]
async fn what_a_group_has_left_is_there_for_those_who_come_back_unless_something_may_be_hidden_now() {
    async fn leave(server: &TestServer, readers: &mut [Socket]) {
        for reader in readers {
            reader.say(&json!({"id": "a", "type": "complete"})).await;
            reader.works().await;
        }
        assert_eq!(server.metric("live_groups").await, Some(0.0));
    }
    let server = TestServer::start().await;
    let mut readers = [reader(&server, "a", LOG, Some(20)).await, reader(&server, "b", LOG, Some(20)).await];
    server.world.log.send_replace(29);
    for reader in &mut readers {
        expect(reader, 21..=29).await;
    }
    leave(&server, &mut readers).await;
    assert_eq!(resolved(&server), 9);
    // Each from where it was, and nothing is made again.
    subscribe(&mut readers[0], LOG, Some(22)).await;
    expect(&mut readers[0], 23..=29).await;
    subscribe(&mut readers[1], LOG, Some(25)).await;
    expect(&mut readers[1], 26..=29).await;
    assert_eq!(resolved(&server), 9);
    leave(&server, &mut readers).await;
    server.world.sight.send_replace(2);
    subscribe(&mut readers[0], LOG, Some(22)).await;
    expect(&mut readers[0], 23..=29).await;
    assert_eq!(resolved(&server), 9 + 7);
}

#[tokio::test]
async fn what_was_resolved_before_a_change_of_what_may_be_seen_is_given_to_nobody() {
    let server = TestServer::start().await;
    let query = "subscription($after: String){log(after: $after){n sight}}";
    let mut first = reader(&server, "first", query, Some(0)).await;
    server.world.log.send_replace(3);
    for n in 1..=3 {
        assert_eq!(entry(&mut first).await, json!({"n": n, "sight": 1}));
    }
    // The same for one who comes later, as long as nothing has changed.
    let mut second = reader(&server, "second", query, Some(0)).await;
    for n in 1..=3 {
        assert_eq!(entry(&mut second).await, json!({"n": n, "sight": 1}));
    }
    assert_eq!(resolved(&server), 3);
    // Nobody is told of the change: whoever comes is to find it out.
    server.world.sight.send_replace(2);
    let mut third = reader(&server, "third", query, Some(0)).await;
    for n in 1..=3 {
        assert_eq!(entry(&mut third).await, json!({"n": n, "sight": 2}));
    }
    server.world.log.send_replace(4);
    for reader in [&mut first, &mut second, &mut third] {
        assert_eq!(entry(reader).await, json!({"n": 4, "sight": 2}));
    }
    let mut fourth = reader(&server, "fourth", query, Some(3)).await;
    assert_eq!(entry(&mut fourth).await, json!({"n": 4, "sight": 2}));
    // Three for the group, three for the third one's, and the fourth item once for all.
    assert!((7..=8).contains(&resolved(&server)), "{}", resolved(&server));
}

#[tokio::test]
async fn who_have_lost_the_same_make_it_together() {
    let server = TestServer::start().await;
    let query = "subscription($after: String){log(after: $after){n sight}}";
    let mut first = reader(&server, "first", query, Some(20)).await;
    server.world.log.send_replace(27);
    for n in 21..=27 {
        assert_eq!(entry(&mut first).await, json!({"n": n, "sight": 1}));
    }
    assert_eq!(resolved(&server), 7);
    // Ten come for what was made before them, and wait until they are told whether they may still see it: they may not.
    server.world.is_told.send_replace(false);
    let before = server.world.looks.load(Ordering::SeqCst);
    let mut late = Vec::new();
    for n in 0..10 {
        late.push(reader(&server, &format!("r{n}"), query, Some(20)).await);
    }
    while server.world.looks.load(Ordering::SeqCst) < before + 10 {
        tokio::task::yield_now().await;
    }
    server.world.sight.send_replace(2);
    // Whoever makes them anew waits for the first of them until all are there.
    server.world.log.send_replace(20);
    server.world.is_told.send_replace(true);
    for _ in 0..3 {
        for reader in &mut late {
            reader.works().await;
        }
    }
    server.world.log.send_replace(27);
    for reader in &mut late {
        for n in 21..=27 {
            assert_eq!(entry(reader).await, json!({"n": n, "sight": 2}));
        }
    }
    // Once, for all who were there in time; each alone would have made ten times as much.
    let made = resolved(&server) - 7;
    assert!((7..=3 * 7).contains(&made), "{made}");
    server.world.log.send_replace(29);
    expect(&mut first, 28..=29).await;
    for reader in &mut late {
        expect(reader, 28..=29).await;
    }
    // The groups are one again, at the latest with the second item.
    assert!(resolved(&server) - 7 - made <= 2 + 2, "{}", resolved(&server));
}

/// The toy's deadline is half a second.
#[tokio::test]
async fn an_item_that_breaks_is_answered_with_an_error_and_the_subscription_goes_on_for_all() {
    let server = TestServer::start().await;
    for (field, code) in [("panics", "INTERNAL"), ("hangs", "TIMEOUT")] {
        let from = *server.world.log.borrow();
        let (broken, shared) =
            (from + 2, format!("subscription($after: String){{log(after: $after){{n {field}(at: {})}}}}", from + 2));
        // A lone execution, whose document depends on the person, answers the same.
        let lone = format!("subscription($after: String){{log(after: $after){{n who {field}(at: {broken})}}}}");
        let mut readers = vec![
            reader(&server, "one", &shared, Some(from)).await,
            reader(&server, "two", &shared, Some(from)).await,
            reader(&server, "lone", &lone, Some(from)).await,
        ];
        server.world.log.send_replace(from + 3);
        for reader in &mut readers {
            expect(reader, [from + 1]).await;
            let message = reader.next().await;
            assert_eq!((&message["type"], super::server::code(&message["payload"])), (&json!("next"), code));
            assert_eq!(message["payload"]["data"], json!(null));
            expect(reader, [from + 3]).await;
        }
        server.world.log.send_replace(from + 4);
        for reader in &mut readers {
            expect(reader, [from + 4]).await;
        }
        // One who comes later is told the same in its place.
        let mut late = reader(&server, "late", &shared, Some(from)).await;
        expect(&mut late, [from + 1]).await;
        assert_eq!(super::server::code(&late.next().await["payload"]), code);
        expect(&mut late, [from + 3, from + 4]).await;
    }
}
