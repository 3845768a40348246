//! The room over both backends: what is stored, what is missed, and what a lost Redis costs.

use super::*;
use std::convert::Infallible;
use std::future::pending;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use uuid::Uuid;

/// A key whose value type can be chosen, so that two "releases" can disagree about one stored key.
pub(super) struct Page<V = Vec<String>> {
    pub(super) version: i64,
    pub(super) number: u32,
    pub(super) time_to_live: Duration,
    pub(super) value: PhantomData<fn() -> V>,
}

impl<V: CacheValue> CacheKey for Page<V> {
    type Value = V;
    const NAME: &'static str = "page";
    const SCHEMA: u32 = 1;

    fn scope(&self) -> Scope {
        Scope::of("org", Uuid::nil())
    }
    fn data_version(&self) -> DataVersion {
        DataVersion(self.version)
    }
    fn time_to_live(&self) -> Duration {
        self.time_to_live
    }
    fn encode(&self, into: &mut KeyWriter) {
        into.integer(self.number);
    }
}

pub(super) fn page<V>(number: u32) -> Page<V> {
    Page { version: 1, number, time_to_live: Duration::from_secs(60), value: PhantomData }
}

pub(super) fn rows(text: &str) -> Vec<String> {
    vec![text.to_owned(), "\u{627}\u{644} \"quoted\"".to_owned()]
}

pub(super) fn seen(cache: &Cache) -> KeyStats {
    cache.stats().keys.get("page").copied().unwrap_or_default()
}

fn in_process() -> Cache {
    Cache::open(&CacheConfig::default()).unwrap()
}

/// 50 readers miss one key at once; asserts that one of them fills and all get its value.
pub(super) async fn fifty_readers_fill_once(cache: Cache, number: u32) {
    let fills = Arc::new(AtomicUsize::new(0));
    let mut readers = JoinSet::new();
    for _ in 0..50 {
        let (cache, fills) = (cache.clone(), Arc::clone(&fills));
        readers.spawn(async move {
            let fill = async {
                fills.fetch_add(1, Ordering::SeqCst);
                Ok::<_, Infallible>(rows("filled"))
            };
            cache.get_or_fill(&page(number), fill).await
        });
    }
    for answer in readers.join_all().await {
        assert_eq!(answer, Ok(rows("filled")));
    }
    assert_eq!(fills.load(Ordering::SeqCst), 1);
    let stats = seen(&cache);
    assert_eq!(stats.hits + stats.misses + stats.shared, 50, "{stats:?}");
    assert_eq!(stats.misses, 1, "{stats:?}");
    assert_eq!(cache.stats().in_flight, 0);
}

#[tokio::test]
async fn a_value_comes_back_under_its_own_key_and_version_only() {
    let cache = in_process();
    assert_eq!(cache.get(&page::<Vec<String>>(1)).await, None);
    cache.put(&page(1), &rows("one")).await;
    assert_eq!(cache.get(&page(1)).await, Some(rows("one")));
    assert_eq!(cache.get(&page::<Vec<String>>(2)).await, None);
    let newer = Page { version: 2, ..page::<Vec<String>>(1) };
    assert_eq!(cache.get(&newer).await, None);
    let stats = seen(&cache);
    assert_eq!((stats.hits, stats.misses, stats.errors), (1, 3, 0));
    assert_eq!(cache.status(), Status::InProcess);
    cache.connected().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_a_miss_and_is_filled_anew() {
    let cache = in_process();
    cache.put(&page(1), &rows("text")).await;
    assert_eq!(cache.get(&page::<u64>(1)).await, None);
    let filled = cache.get_or_fill(&page(1), async { Ok::<u64, Infallible>(7) }).await;
    assert_eq!(filled, Ok(7));
    assert_eq!(cache.get(&page(1)).await, Some(7_u64));
    // Once by `get`; by `get_or_fill` before its flight and once more in it.
    assert_eq!(seen(&cache).errors, 3);
}

#[tokio::test]
async fn what_cannot_be_written_is_handed_over_and_not_kept() {
    let cache = in_process();
    let filled = cache.get_or_fill(&page(1), async { Ok::<_, Infallible>(Unwritable) }).await;
    assert!(filled.is_ok());
    assert!(cache.get(&page::<Unwritable>(1)).await.is_none());
    assert_eq!(seen(&cache).errors, 1);
}

#[derive(Debug)]
struct Unwritable;

impl CacheValue for Unwritable {
    fn to_bytes(&self) -> Option<Bytes> {
        None
    }
    fn from_bytes(_: Bytes) -> Option<Self> {
        Some(Self)
    }
}

#[tokio::test]
async fn a_value_is_kept_up_to_its_greatest_length_and_not_beyond() {
    let cache = in_process();
    let longest = Raw(Bytes::from(vec![b'x'; MAX_VALUE_BYTES]));
    cache.put(&page(1), &longest).await;
    assert_eq!(cache.get(&page(1)).await, Some(longest));
    let longer = Raw(Bytes::from(vec![b'x'; MAX_VALUE_BYTES + 1]));
    let fill = async { Ok::<_, Infallible>(longer.clone()) };
    assert_eq!(cache.get_or_fill(&page(2), fill).await, Ok(longer));
    assert_eq!(cache.get(&page::<Raw>(2)).await, None);
    assert_eq!(seen(&cache).oversized, 1);
}

#[tokio::test]
async fn a_value_without_time_is_not_kept() {
    let cache = in_process();
    let brief = Page { time_to_live: Duration::from_micros(999), ..page(1) };
    cache.put(&brief, &rows("brief")).await;
    assert_eq!(cache.get(&brief).await, None);
    assert_eq!(seen(&cache).errors, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_readers_of_one_missing_page_fill_it_once() {
    fifty_readers_fill_once(in_process(), 1).await;
}

#[tokio::test]
async fn the_error_of_a_fill_is_its_callers_own_and_is_not_kept() {
    let cache = in_process();
    let (fail, failing) = oneshot::channel::<()>();
    let key = page::<Vec<String>>(1);
    let first = cache.get_or_fill(&key, async {
        failing.await.unwrap();
        Err("first failed")
    });
    let second = cache.get_or_fill(&key, async {
        // It does not lead in its turn: a row of readers would otherwise fail one after the other.
        assert_eq!(cache.stats().in_flight, 0);
        Err("second failed")
    });
    let third = async {
        // Polled last, when the first leads and the second waits for it.
        assert_eq!(cache.stats().in_flight, 1);
        fail.send(()).unwrap();
    };
    let (first, second, ()) = tokio::join!(biased; first, second, third);
    assert_eq!((first, second), (Err("first failed"), Err("second failed")));
    let later = cache.get_or_fill(&key, async { Ok::<_, Infallible>(rows("later")) }).await;
    assert_eq!(later, Ok(rows("later")));
}

#[tokio::test]
async fn a_cancelled_fill_is_taken_over() {
    let cache = in_process();
    let (started, starting) = oneshot::channel();
    let stuck = tokio::spawn({
        let cache = cache.clone();
        async move {
            let fill = async {
                started.send(()).unwrap();
                pending::<Result<Vec<String>, Infallible>>().await
            };
            cache.get_or_fill(&page(1), fill).await
        }
    });
    starting.await.unwrap();
    let key = page(1);
    let waiting = cache.get_or_fill(&key, async { Ok::<_, Infallible>(rows("second")) });
    let cancel = async { stuck.abort() };
    let (answer, ()) = tokio::join!(biased; waiting, cancel);
    assert_eq!(answer, Ok(rows("second")));
    assert!(stuck.await.expect_err("it was cancelled").is_cancelled());
    assert_eq!(cache.stats().in_flight, 0);
}

#[test]
fn redis_needs_a_usable_address_and_a_runtime() {
    let open = |url: &str| {
        let config = CacheConfig { redis_url: Some(url.parse().unwrap()), ..CacheConfig::default() };
        Cache::open(&config).map(|_| ())
    };
    assert_eq!(open("redis://127.0.0.1/"), Err(OpenError::NoRuntime));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    for bad in ["http://127.0.0.1/", "redis://127.0.0.1/secret-word"] {
        let error = open(bad).unwrap_err();
        assert_eq!(error, OpenError::RedisUrl);
        assert!(!error.to_string().contains("secret-word"));
    }
    assert_eq!(open("redis://127.0.0.1:1/0"), Ok(()));
}
