//! The Redis backend, against servers that do as they are told (dead, silent, loading, TLS that breaks), against a
//! real one of our own that comes and goes, and against the one at `TEST_REDIS_URL`.

use super::tests::{Page, fifty_readers_fill_once, page, rows, seen};
use super::*;
use redis::AsyncTypedCommands;
use redis::aio::MultiplexedConnection;
use std::convert::Infallible;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use uuid::Uuid;

/// Far longer than anything here takes: a test that would hang fails instead.
const FOREVER: Duration = Duration::from_secs(60);

const EAGER: Tuning = Tuning { failures_until_down: 3, probe_interval: Duration::from_millis(5) };

fn config(url: &str) -> CacheConfig {
    CacheConfig {
        redis_url: Some(url.parse().unwrap()),
        // Generous, since a busy machine must not look like a broken server.
        response_timeout: Duration::from_secs(10),
        key_prefix: format!("test-{}", Uuid::from_u128(rand::random()).simple()),
        ..CacheConfig::default()
    }
}

async fn reached(cache: &Cache, wanted: Status) {
    let reached = cache.reached(|status| status == wanted);
    tokio::time::timeout(FOREVER, reached).await.unwrap_or_else(|_| panic!("never {wanted:?}"));
}

async fn fill(cache: &Cache, number: u32) -> Result<Vec<String>, Infallible> {
    cache.get_or_fill(&page(number), async { Ok(rows("filled")) }).await
}

#[derive(Clone, Copy, PartialEq)]
enum Manner {
    /// Answers every command, has no values.
    Answers,
    /// Answers every command with this error.
    Refuses(&'static str),
    /// Reads, and says nothing.
    Silent,
}

/// Speaks just enough of Redis' protocol to be taken for it.
async fn serve(listener: TcpListener, manner: watch::Receiver<Manner>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, manner.clone()));
    }
}

async fn converse(stream: TcpStream, manner: watch::Receiver<Manner>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut words = Vec::new();
        for _ in 0..number(&mut stream).await? {
            let length = number(&mut stream).await?;
            let mut word = vec![0; length + 2];
            stream.read_exact(&mut word).await.ok()?;
            words.push(word);
        }
        let manner = *manner.borrow();
        let answer: &[u8] = match (manner, words.first()?.as_slice()) {
            (Manner::Silent, _) => continue,
            (Manner::Refuses(error), _) => error.as_bytes(),
            (Manner::Answers, b"GET\r\n") => b"$-1\r\n",
            (Manner::Answers, b"PING\r\n") => b"+PONG\r\n",
            (Manner::Answers, _) => b"+OK\r\n",
        };
        stream.write_all(answer).await.ok()?;
    }
}

/// The number in the head of an array or of a text: `*2` or `$5`.
async fn number(stream: &mut BufReader<TcpStream>) -> Option<usize> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    line.get(1..)?.trim_end().parse().ok()
}

#[tokio::test]
async fn a_dead_address_costs_nothing_and_a_server_that_appears_there_is_found() {
    let socket = TcpSocket::new_v4().unwrap();
    // Bound and not listening: the port is ours, and every connection to it is refused.
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("redis://{}/", socket.local_addr().unwrap());
    let cache = Cache::open_tuned(&config(&url), EAGER).unwrap();
    assert_eq!(cache.status(), Status::RedisDown);
    for number in 0..20 {
        assert_eq!(cache.get(&page::<Vec<String>>(number)).await, None);
        assert_eq!(fill(&cache, number).await, Ok(rows("filled")));
    }
    // Per round: a read, and a read and a write of the fill. None was sent.
    let stats = cache.stats();
    assert_eq!((stats.away, stats.losses), (60, 0));
    let page_stats = seen(&cache);
    assert_eq!((page_stats.misses, page_stats.errors), (40, 0));

    let (_keep, manner) = watch::channel(Manner::Answers);
    tokio::spawn(serve(socket.listen(16).unwrap(), manner));
    reached(&cache, Status::RedisUp).await;
    assert_eq!(cache.get(&page::<Vec<String>>(1)).await, None);
    assert_eq!(cache.stats().away, 60);
}

#[tokio::test]
async fn a_server_that_accepts_and_never_answers_is_never_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}/", listener.local_addr().unwrap());
    let (_keep, manner) = watch::channel(Manner::Silent);
    tokio::spawn(serve(listener, manner));
    let cache = Cache::open_tuned(&config(&url), EAGER).unwrap();
    for number in 0..20 {
        assert_eq!(cache.get(&page::<Vec<String>>(number)).await, None);
    }
    assert_eq!((cache.stats().away, seen(&cache).errors), (20, 0));
}

#[tokio::test]
async fn a_server_that_falls_silent_is_waited_for_a_few_times_only() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}/", listener.local_addr().unwrap());
    let (manner, watched) = watch::channel(Manner::Answers);
    tokio::spawn(serve(listener, watched));
    let config = CacheConfig { response_timeout: Duration::from_millis(500), ..config(&url) };
    let tuning = Tuning { failures_until_down: 2, ..EAGER };
    let cache = Cache::open_tuned(&config, tuning).unwrap();
    reached(&cache, Status::RedisUp).await;

    manner.send_replace(Manner::Silent);
    for number in 0..20 {
        assert_eq!(fill(&cache, number).await, Ok(rows("filled")));
    }
    // The first fill waited twice, for its read and its write; the 19 others were not sent anywhere.
    let stats = cache.stats();
    assert_eq!((stats.status, stats.losses, stats.away), (Status::RedisDown, 1, 38));
    assert_eq!(seen(&cache).errors, 2);

    manner.send_replace(Manner::Answers);
    reached(&cache, Status::RedisUp).await;
    assert_eq!(fill(&cache, 1).await, Ok(rows("filled")));
}

#[tokio::test]
async fn a_server_that_cannot_serve_for_now_is_lost_and_found_when_it_can() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // A database number makes the handshake itself fail, which a connection manager would not try again.
    let url = format!("redis://{}/1", listener.local_addr().unwrap());
    let (manner, watched) = watch::channel(Manner::Answers);
    tokio::spawn(serve(listener, watched));
    let cache = Cache::open_tuned(&config(&url), EAGER).unwrap();
    for (losses, error) in [
        (1, "-LOADING Redis is loading the dataset in memory\r\n"),
        (2, "-READONLY You can't write against a read only replica.\r\n"),
        (3, "-MASTERDOWN Link with MASTER is down.\r\n"),
        (4, "-CLUSTERDOWN The cluster is down\r\n"),
    ] {
        reached(&cache, Status::RedisUp).await;
        manner.send_replace(Manner::Refuses(error));
        for _ in 0..3 {
            assert_eq!(fill(&cache, 1).await, Ok(rows("filled")));
        }
        let stats = cache.stats();
        assert_eq!((stats.status, stats.losses), (Status::RedisDown, losses), "{error}");
        manner.send_replace(Manner::Answers);
    }
    reached(&cache, Status::RedisUp).await;
}

#[tokio::test]
async fn a_server_that_refuses_single_commands_is_not_lost() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}/", listener.local_addr().unwrap());
    let (manner, watched) = watch::channel(Manner::Answers);
    tokio::spawn(serve(listener, watched));
    let cache = Cache::open_tuned(&config(&url), EAGER).unwrap();
    reached(&cache, Status::RedisUp).await;
    for error in ["-OOM command not allowed\r\n", "-NOPERM no permissions\r\n"] {
        manner.send_replace(Manner::Refuses(error));
        for _ in 0..5 {
            assert_eq!(fill(&cache, 1).await, Ok(rows("filled")));
        }
    }
    let stats = cache.stats();
    assert_eq!((stats.status, stats.losses, stats.away), (Status::RedisUp, 0, 0));
    assert_eq!(seen(&cache).errors, 20);
}

#[tokio::test]
async fn a_broken_tls_handshake_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("rediss://{}/", listener.local_addr().unwrap());
    let cache = Cache::open_tuned(&config(&url), EAGER).unwrap();
    // The second attempt proves that the first one did not end the probing task.
    for _ in 0..2 {
        let accepted = tokio::time::timeout(FOREVER, listener.accept());
        let (mut stream, _) = accepted.await.expect("no attempt").unwrap();
        let mut hello = [0; 1];
        stream.read_exact(&mut hello).await.unwrap();
        assert_eq!(hello, [0x16], "a TLS handshake record");
    }
    assert_eq!(cache.status(), Status::RedisDown);
}

/// A server of our own on a socket file, ended with the value.
struct OwnServer(Child);

impl OwnServer {
    /// `None` when this machine has no `redis-server`.
    fn start(socket: &Path) -> Option<Self> {
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"]);
        command.arg(socket).stdin(Stdio::null()).stdout(Stdio::null());
        command.spawn().ok().map(Self)
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_again_is_lost_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("redis.sock");
    let url = format!("redis+unix://{}", socket.display());
    let cache = Cache::open_tuned(&config(&url), EAGER).unwrap();
    assert_eq!(fill(&cache, 1).await, Ok(rows("filled")));
    let Some(server) = OwnServer::start(&socket) else {
        println!("left out: no redis-server on this machine");
        return;
    };
    reached(&cache, Status::RedisUp).await;
    cache.put(&page(1), &rows("kept")).await;
    assert_eq!(fill(&cache, 1).await, Ok(rows("kept")));

    drop(server);
    for _ in 0..4 {
        assert_eq!(fill(&cache, 1).await, Ok(rows("filled")));
    }
    assert_eq!((cache.status(), cache.stats().losses), (Status::RedisDown, 1));

    let _server = OwnServer::start(&socket).unwrap();
    reached(&cache, Status::RedisUp).await;
    // Empty, since it kept nothing; then filled and served again.
    assert_eq!(cache.get(&page::<Vec<String>>(1)).await, None);
    assert_eq!(fill(&cache, 1).await, Ok(rows("filled")));
    assert_eq!(cache.get(&page(1)).await, Some(rows("filled")));
}

/// A cache over the server at `TEST_REDIS_URL` with keys of its own, and a plain connection to look behind it.
async fn live() -> Option<(Cache, MultiplexedConnection)> {
    let Ok(url) = std::env::var("TEST_REDIS_URL") else {
        println!("left out: TEST_REDIS_URL is not set");
        return None;
    };
    let client = redis::Client::open(url.as_str()).unwrap();
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    let cache = Cache::open(&config(&url)).unwrap();
    reached(&cache, Status::RedisUp).await;
    Some((cache, connection))
}

fn stored_key(cache: &Cache, number: u32) -> String {
    key::key_text(&cache.0.prefix, &page::<Vec<String>>(number))
}

#[tokio::test]
async fn a_value_comes_back_from_the_server_and_has_a_time_limit_there() {
    let Some((cache, mut server)) = live().await else {
        return;
    };
    cache.put(&page(1), &rows("one")).await;
    assert_eq!(cache.get(&page(1)).await, Some(rows("one")));
    let newer = Page { version: 2, ..page::<Vec<String>>(1) };
    assert_eq!(cache.get(&newer).await, None);
    let left: i64 = redis::cmd("PTTL").arg(stored_key(&cache, 1)).query_async(&mut server).await.unwrap();
    assert!((1..=60_000).contains(&left), "{left}");
    assert_eq!(seen(&cache).errors, 0);
}

#[tokio::test]
async fn an_emptied_server_is_a_miss() {
    let Some((cache, mut server)) = live().await else {
        return;
    };
    cache.put(&page(1), &rows("one")).await;
    assert_eq!(server.del(stored_key(&cache, 1)).await.unwrap(), 1);
    assert_eq!(cache.get(&page::<Vec<String>>(1)).await, None);
    assert_eq!((seen(&cache).misses, seen(&cache).errors), (1, 0));
}

#[tokio::test]
async fn foreign_content_on_the_server_is_a_miss_and_the_link_stays_up() {
    let Some((cache, mut server)) = live().await else {
        return;
    };
    let (text, list) = (stored_key(&cache, 1), stored_key(&cache, 2));
    server.set_ex(&text, "\u{0}not JSON", 60).await.unwrap();
    server.rpush(&list, "a list").await.unwrap();
    server.expire(&list, 60).await.unwrap();
    for _ in 0..5 {
        assert_eq!(cache.get(&page::<Vec<String>>(1)).await, None);
        assert_eq!(cache.get(&page::<Vec<String>>(2)).await, None);
    }
    assert_eq!(seen(&cache).errors, 10);
    assert_eq!((cache.status(), cache.stats().losses), (Status::RedisUp, 0));
    for number in [1, 2] {
        assert_eq!(fill(&cache, number).await, Ok(rows("filled")));
        assert_eq!(cache.get(&page(number)).await, Some(rows("filled")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_readers_of_one_page_missing_on_the_server_fill_it_once() {
    if let Some((cache, _)) = live().await {
        fifty_readers_fill_once(cache, 1).await;
    }
}

#[tokio::test]
async fn texts_of_queries_are_shared_through_the_server() {
    let Some((cache, mut server)) = live().await else {
        return;
    };
    let text = "query { viewer { id } } # \u{627}\u{644}";
    let hash = DocumentHash::of(text);
    PersistedQueries::new(cache.clone()).put(hash, text).await;
    let key = key::key_text(&cache.0.prefix, &hash);
    // As it is, without quotes: other programs may look it up by its hash.
    assert_eq!(server.get(&key).await.unwrap().as_deref(), Some(text));
    let left = server.ttl(&key).await.unwrap();
    let redis::IntegerReplyOrNoOp::IntegerReply(left) = left else {
        panic!("{left:?}");
    };
    assert!((1..=7 * 24 * 3600).contains(&left), "{left}");
    let elsewhere = PersistedQueries::new(cache.clone());
    assert_eq!(elsewhere.get(hash).await.as_deref(), Some(text));
    server.del(&key).await.unwrap();
    assert_eq!(elsewhere.get(hash).await, None);
}
