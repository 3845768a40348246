//! The backend in Redis: one multiplexed connection, a time limit on every command, and a breaker.
//!
//! The link is up or down. Up, commands are sent, and a few failures in a row take it down. Down, no command is sent,
//! so a dead or stuck server costs a reader nothing; a task of its own tries a *new* connection at each interval and
//! takes the link up again when `PING` is answered. A new one, because a connection manager reconnects only after some
//! faults: it would stay for good on a connection whose network path is silently gone, or on a handshake that was
//! refused while the server was loading its data.
//!
//! Only commands with a single key, and never `KEYS` or `SCAN`, so that Redis Cluster and its proxies can serve it.

use super::config::{CacheConfig, OpenError, without_secrets};
use super::fault::Fault;
use super::stats::{Status, count};
use bytes::Bytes;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, ErrorKind, FromRedisValue, RedisError, ServerErrorKind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use url::Url;

/// How long a new connection may take to be there, name look-up, TLS and log-in included. No reader waits for it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Commands that may wait to be written; more wait for room, within their time limit.
const PIPELINE_BUFFER: usize = 512;

/// When the link goes down, and how often it is tried.
#[derive(Clone, Copy)]
pub(super) struct Tuning {
    /// Failures in a row.
    pub(super) failures_until_down: u32,
    pub(super) probe_interval: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { failures_until_down: 3, probe_interval: Duration::from_secs(1) }
    }
}

enum State {
    Down,
    Up { manager: ConnectionManager, failures: u32 },
}

struct Link {
    client: Client,
    /// The address as it may be logged.
    address: String,
    /// What it is for, in logs.
    purpose: &'static str,
    response_timeout: Duration,
    tuning: Tuning,
    /// The runtime in which the cache was opened: requests come from runtimes that may end before it.
    home: Handle,
    state: Mutex<State>,
    /// Counts connections, so that a command of an earlier one does not count against the present one.
    generation: AtomicU64,
    status: watch::Sender<Status>,
    losses: AtomicU64,
    away: AtomicU64,
}

/// Cheap to clone; the probing task ends with the last clone.
#[derive(Clone)]
pub(crate) struct RedisLink(Arc<Link>);

impl RedisLink {
    /// Starts to connect in the background and returns at once. `purpose` tells one link from another in logs.
    ///
    /// # Errors
    /// Settings that can never work.
    pub(crate) fn open(url: &Url, config: &CacheConfig, purpose: &'static str) -> Result<Self, OpenError> {
        Self::open_tuned(url, config, purpose, Tuning::default())
    }

    pub(super) fn open_tuned(
        url: &Url,
        config: &CacheConfig,
        purpose: &'static str,
        tuning: Tuning,
    ) -> Result<Self, OpenError> {
        let home = Handle::try_current().map_err(|_| OpenError::NoRuntime)?;
        // The client's own error is dropped, because its text may quote the address.
        let client = Client::open(url.clone()).map_err(|_| OpenError::RedisUrl)?;
        install_tls_provider();
        let link = Arc::new(Link {
            client,
            address: without_secrets(url),
            purpose,
            response_timeout: config.response_timeout,
            tuning,
            home,
            state: Mutex::new(State::Down),
            generation: AtomicU64::new(0),
            status: watch::Sender::new(Status::RedisDown),
            losses: AtomicU64::new(0),
            away: AtomicU64::new(0),
        });
        link.home.spawn(probe(Arc::downgrade(&link), Duration::ZERO));
        Ok(Self(link))
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Bytes>, Fault> {
        let mut command = Cmd::new();
        command.arg("GET").arg(key);
        self.0.run(&command).await
    }

    pub(super) async fn put(&self, key: &str, bytes: &Bytes, time_to_live: Duration) -> Result<(), Fault> {
        let milliseconds = u64::try_from(time_to_live.as_millis()).unwrap_or(u64::MAX);
        let mut command = Cmd::new();
        command.arg("SET").arg(key).arg(bytes.as_ref());
        command.arg("PX").arg(milliseconds);
        self.0.run(&command).await
    }

    /// Tells whoever listens to the channel at this moment; `false` where Redis did not take it.
    pub(crate) async fn publish(&self, channel: &str, message: &[u8]) -> bool {
        let mut command = Cmd::new();
        command.arg("PUBLISH").arg(channel).arg(message);
        self.0.run::<()>(&command).await.is_ok()
    }

    /// Whether commands are sent now.
    pub(crate) fn is_up(&self) -> bool {
        *self.0.status.borrow() == Status::RedisUp
    }

    pub(super) fn status(&self) -> watch::Receiver<Status> {
        self.0.status.subscribe()
    }

    pub(super) fn losses(&self) -> u64 {
        self.0.losses.load(Ordering::Relaxed)
    }

    pub(super) fn away(&self) -> u64 {
        self.0.away.load(Ordering::Relaxed)
    }
}

impl Link {
    async fn run<T: FromRedisValue>(self: &Arc<Self>, command: &Cmd) -> Result<T, Fault> {
        let Some((mut manager, generation)) = self.admit() else {
            count(&self.away);
            return Err(Fault::Away);
        };
        let answer = command.query_async(&mut manager);
        let fault = match tokio::time::timeout(self.response_timeout, answer).await {
            Ok(Ok(value)) => {
                self.answered(generation);
                return Ok(value);
            }
            Ok(Err(error)) => fault_of(&error),
            Err(_) => Fault::TimedOut,
        };
        match fault {
            Fault::TimedOut | Fault::Link(_) => self.failed(generation, &fault),
            _ => self.answered(generation),
        }
        Err(fault)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole at every moment, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self) -> Option<(ConnectionManager, u64)> {
        match &*self.lock() {
            State::Up { manager, .. } => Some((manager.clone(), self.generation.load(Ordering::Relaxed))),
            State::Down => None,
        }
    }

    fn answered(&self, generation: u64) {
        if let State::Up { failures, .. } = &mut *self.lock()
            && generation == self.generation.load(Ordering::Relaxed)
        {
            *failures = 0;
        }
    }

    fn failed(self: &Arc<Self>, generation: u64, fault: &Fault) {
        let mut state = self.lock();
        let State::Up { failures, .. } = &mut *state else {
            return;
        };
        if generation != self.generation.load(Ordering::Relaxed) {
            return;
        }
        *failures += 1;
        if *failures < self.tuning.failures_until_down {
            return;
        }
        *state = State::Down;
        self.status.send_replace(Status::RedisDown);
        drop(state);
        count(&self.losses);
        tracing::warn!(
            server = %self.address, purpose = self.purpose, %fault,
            "Redis is lost; the server goes on without it until it is back"
        );
        // The first attempt waits too: a server that answers PING and nothing else would otherwise be asked without end.
        let interval = self.tuning.probe_interval;
        self.home.spawn(probe(Arc::downgrade(self), interval));
    }

    async fn connect(&self) -> Result<ConnectionManager, Fault> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(self.response_timeout))
            .set_pipeline_buffer_size(PIPELINE_BUFFER);
        let connect = async {
            let mut manager = ConnectionManager::new_with_config(self.client.clone(), config).await?;
            Cmd::new().arg("PING").exec_async(&mut manager).await?;
            Ok::<_, RedisError>(manager)
        };
        match tokio::time::timeout(CONNECT_TIMEOUT, connect).await {
            Ok(manager) => manager.map_err(|error| fault_of(&error)),
            Err(_) => Err(Fault::TimedOut),
        }
    }

    fn up(&self, manager: ConnectionManager) {
        let mut state = self.lock();
        self.generation.fetch_add(1, Ordering::Relaxed);
        *state = State::Up { manager, failures: 0 };
        self.status.send_replace(Status::RedisUp);
        drop(state);
        tracing::info!(server = %self.address, purpose = self.purpose, "connected to Redis");
    }
}

/// Tries until a server answers or the cache is gone. At most one runs at a time: the one that the constructor starts,
/// and one after each change from up to down.
async fn probe(link: Weak<Link>, mut delay: Duration) {
    let mut told = false;
    loop {
        tokio::time::sleep(delay).await;
        let Some(link) = link.upgrade() else {
            return;
        };
        match link.connect().await {
            Ok(manager) => return link.up(manager),
            Err(fault) if !told => {
                told = true;
                tracing::warn!(
                    server = %link.address, purpose = link.purpose, %fault,
                    "Redis is not reachable; trying on in the background"
                );
            }
            Err(_) => {}
        }
        delay = link.tuning.probe_interval;
    }
}

/// Only codes and categories: the full text of an error may quote a value or a credential.
fn fault_of(error: &RedisError) -> Fault {
    if error.is_timeout() {
        return Fault::TimedOut;
    }
    let category = error.code().unwrap_or_else(|| error.category()).to_owned();
    match error.kind() {
        ErrorKind::Io | ErrorKind::Parse | ErrorKind::AuthenticationFailed => Fault::Link(category),
        // The server is there and will not serve: loading, demoted to a replica, or without its cluster.
        ErrorKind::Server(
            ServerErrorKind::BusyLoading
            | ServerErrorKind::ReadOnly
            | ServerErrorKind::MasterDown
            | ServerErrorKind::ClusterDown,
        ) => Fault::Link(category),
        _ => Fault::Refused(category),
    }
}

/// The TLS library panics at the first connection when it cannot tell which cryptography to use: when no crate of the
/// program brings any, or two bring one each.
fn install_tls_provider() {
    // An error means that one is installed already, which is as good.
    _ = rustls::crypto::ring::default_provider().install_default();
}
