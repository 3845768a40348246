//! The listening server: addresses, deadlines, workers, and how it ends.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    middleware::from_fn,
    web,
};

use super::{
    auth::Admission,
    cors::Origins,
    graphql,
    health::{self, Health},
    live::{Closer, Closing, LiveSettings, Seats, closing},
    metrics::{self, Metrics},
    outer, port, transfer,
};
use crate::{
    schema::{
        live::{Groups, Line},
        request::Pipeline,
    },
    transfer::Transfers,
};

/// How the server listens. Numbers have their reasons in [`ServerSettings::default`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where to serve `/metrics`. Without it, they are on the same port, for programs on this machine only.
    pub metrics_listen: Option<SocketAddr>,
    /// Threads that answer requests.
    pub workers: usize,
    /// Connections open at once, over all workers; more wait to be accepted.
    pub max_connections: usize,
    /// How long the head of a request may take to arrive.
    pub header_deadline: Duration,
    /// How long a connection may be idle between requests.
    pub keep_alive: Duration,
    /// How long requests may go on after the order to stop.
    pub shutdown_grace: Duration,
    /// How much and how long a body may be.
    pub bodies: BodySettings,
    /// Whose scripts may read answers.
    pub origins: Origins,
    /// What connections that stay open may take.
    pub live: LiveSettings,
    /// Files on their way at once to one person or key, in this process.
    pub downloads_per_actor: usize,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics_listen: None,
            workers: std::thread::available_parallelism().map_or(2, usize::from),
            // Each costs some ten kB when idle; the usual limit of open files is higher.
            max_connections: 10_000,
            // A phone on a bad line manages; whoever opens connections and sends nothing is cut soon.
            header_deadline: Duration::from_secs(10),
            // Longer than the 60 s after which balancers usually close, so that they close first.
            keep_alive: Duration::from_secs(75),
            // Three times the deadline of an execution.
            shutdown_grace: Duration::from_secs(30),
            bodies: BodySettings::default(),
            origins: Origins::Own,
            live: LiveSettings::default(),
            // One for each kind of file and one that is fetched again; each reads the database as fast as it is read.
            downloads_per_actor: 4,
        }
    }
}

/// How much and how long a request's body may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodySettings {
    /// Bytes without credentials, packed or unpacked.
    pub anonymous: usize,
    /// Bytes with credentials that were accepted, packed or unpacked.
    pub with_credentials: usize,
    /// How long the whole body may take to arrive.
    pub deadline: Duration,
}

impl Default for BodySettings {
    fn default() -> Self {
        // 8 MiB in 30 s is 280 kB a second, which a slow line manages.
        Self { anonymous: 1 << 20, with_credentials: 8 << 20, deadline: Duration::from_secs(30) }
    }
}

/// What the server serves.
#[derive(Clone)]
pub struct Parts {
    /// Answers GraphQL requests.
    pub pipeline: Arc<Pipeline>,
    /// Lets callers in.
    pub admission: Arc<dyn Admission>,
    /// What places in subscriptions mean; without it, each is executed by itself.
    pub line: Option<Arc<dyn Line>>,
    /// What readiness depends on.
    pub health: Arc<Health>,
    /// The metrics.
    pub metrics: Arc<Metrics>,
    /// The files that come in and go out beside GraphQL.
    pub transfers: Transfers,
    /// Further resources, for example the page at `/`.
    pub further: fn(&mut web::ServiceConfig),
}

/// What handlers share.
pub(super) struct Site {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) groups: Arc<Groups>,
    pub(super) admission: Arc<dyn Admission>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) bodies: BodySettings,
    pub(super) origins: Origins,
    pub(super) live: LiveSettings,
    pub(super) seats: Arc<Seats>,
    pub(super) downloads: Arc<Seats>,
    pub(super) downloads_per_actor: usize,
    pub(super) closing: Closing,
}

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody else has the port.
    #[error(
        "the address {0} is taken by another program, perhaps by another partnergraph: \
         stop that one, or set another address to listen on"
    )]
    Taken(SocketAddr),
    /// The address is not ours to use.
    #[error(
        "cannot listen on {address}: {cause}; ports under 1024 need privileges, and the host must be this machine's"
    )]
    Refused {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
}

/// A server that has its port and accepts connections.
pub struct Listening {
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    servers: Vec<Server>,
    closer: Closer,
    closing_spread: Duration,
}

/// Listens. Connections are answered once [`Listening::run_until`] is polled.
///
/// # Errors
/// [`ListenError`], which says what to do.
pub fn listen(settings: &ServerSettings, parts: Parts) -> Result<Listening, ListenError> {
    let (closer, closing) = closing();
    let site = web::Data::new(Site {
        pipeline: Arc::clone(&parts.pipeline),
        groups: Groups::new(Arc::clone(&parts.pipeline), parts.line.clone(), parts.metrics.live.groups()),
        admission: Arc::clone(&parts.admission),
        metrics: Arc::clone(&parts.metrics),
        bodies: settings.bodies.clone(),
        origins: settings.origins.clone(),
        live: settings.live.clone(),
        seats: Arc::default(),
        downloads: Arc::default(),
        downloads_per_actor: settings.downloads_per_actor,
        closing,
    });
    let health = web::Data::new(Arc::clone(&parts.health));
    let metrics = web::Data::new(Arc::clone(&parts.metrics));
    let (transfers, further) = (parts.transfers, parts.further);
    let elsewhere = settings.metrics_listen.is_some();
    let app = move || {
        App::new()
            .app_data(site.clone())
            .app_data(health.clone())
            .app_data(metrics.clone())
            .configure(graphql::configure)
            .configure(|config| transfer::configure(config, &transfers))
            .configure(|config| read(config, "/livez", || web::to(health::livez)))
            .configure(|config| read(config, "/readyz", || web::to(health::readyz)))
            .configure(|config| {
                if !elsewhere {
                    read(config, "/metrics", || web::to(metrics::local));
                }
            })
            .configure(further)
            .default_service(web::to(outer::not_found))
            .wrap(from_fn(outer::around))
    };
    let listener = port::open(settings.listen).map_err(|cause| refused(settings.listen, cause))?;
    let address = listener.local_addr().unwrap_or(settings.listen);
    let server = port::serve(listener, settings, app).map_err(|cause| refused(settings.listen, cause))?;
    let mut servers = vec![server];

    let mut metrics_address = None;
    if let Some(listen) = settings.metrics_listen {
        let metrics = web::Data::new(parts.metrics);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(metrics.clone())
                .configure(|config| read(config, "/metrics", || web::to(metrics::everybody)))
                .default_service(web::to(outer::not_found))
        })
        .workers(1)
        .shutdown_timeout(1)
        .disable_signals()
        .bind(listen)
        .map_err(|cause| refused(listen, cause))?;
        metrics_address = server.addrs().first().copied();
        servers.push(server.run());
    }
    let closing_spread = settings.live.closing_spread.min(settings.shutdown_grace / 2);
    Ok(Listening { address, metrics_address, servers, closer, closing_spread })
}

fn read(config: &mut web::ServiceConfig, path: &str, route: fn() -> actix_web::Route) {
    let (get, head) = (route().method(actix_web::http::Method::GET), route().method(actix_web::http::Method::HEAD));
    config.service(web::resource(path).route(get).route(head).default_service(web::to(outer::read_only)));
}

fn refused(address: SocketAddr, cause: io::Error) -> ListenError {
    match cause.kind() {
        io::ErrorKind::AddrInUse => ListenError::Taken(address),
        _ => ListenError::Refused { address, cause },
    }
}

impl Listening {
    /// Where it listens, with the port that port 0 became.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the metrics are, if they have an address of their own.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// Serves until `stop` is ready, then accepts no more, lets requests end within the grace, and returns. Connections
    /// that stay open are closed, not all at once.
    ///
    /// # Errors
    /// What a worker failed with.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let handles: Vec<ServerHandle> = self.servers.iter().map(Server::handle).collect();
        let serving = futures::future::try_join_all(self.servers);
        let stopping = async {
            stop.await;
            tracing::info!("stopping: no new connections, requests may end");
            self.closer.close(self.closing_spread);
            futures::future::join_all(handles.iter().map(|handle| handle.stop(true))).await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            served = serving => served.map(|_| ()),
            () = stopping => Ok(()),
        }
    }
}

/// Ready when the process is told to stop, by an interrupt from the keyboard or by a service manager.
pub async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
