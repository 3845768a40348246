//! A server of one test, and ways to ask it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures::FutureExt;
use partnergraph::{
    cache::{Cache, CacheConfig, PersistedQueries},
    http::{
        auth::Admission,
        health::Health,
        metrics::Metrics,
        server::{Parts, ServerSettings, listen},
    },
    schema::request::{Pipeline, PipelineSettings, share::Impersonal},
    transfer::Transfers,
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
};

use super::{
    log_line::LogLine,
    names::Names,
    toy::{self, World},
};

pub(crate) const JSON: &str = "application/json";
pub(crate) const RESPONSE: &str = "application/graphql-response+json";

pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) metrics: Option<SocketAddr>,
    pub(crate) world: World,
    pub(crate) names: Arc<Names>,
    client: Client,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<std::io::Result<()>>>,
}

/// Settings on a free port, with two workers.
pub(crate) fn settings() -> ServerSettings {
    ServerSettings { listen: SocketAddr::from(([127, 0, 0, 1], 0)), workers: 2, ..ServerSettings::default() }
}

pub(crate) fn parts(world: &World, names: &Arc<Names>) -> Parts {
    let pipeline_settings = PipelineSettings {
        deadline: Duration::from_millis(500),
        impersonal: Impersonal::new(&[
            "Live.log",
            "Entry.n",
            "Entry.text",
            "Entry.reader",
            "Entry.panics",
            "Entry.hangs",
            "Entry.sight",
        ]),
        ..PipelineSettings::default()
    };
    let kept = PersistedQueries::new(Cache::open(&CacheConfig::default()).unwrap());
    let pipeline = Pipeline::new(toy::schema(world), pipeline_settings, Some(kept)).unwrap();
    let health = Health::default().essential("database", || std::future::ready(Ok(())).boxed());
    Parts {
        pipeline: Arc::new(pipeline),
        admission: Arc::clone(names) as Arc<dyn Admission>,
        line: Some(Arc::new(LogLine(world.clone()))),
        health: Arc::new(health),
        metrics: Metrics::new(Default::default()),
        transfers: Default::default(),
        further: |_| {},
    }
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::with(settings()).await
    }

    pub(crate) async fn with(settings: ServerSettings) -> Self {
        Self::giving(settings, Transfers::default()).await
    }

    /// With files that come in and go out.
    pub(crate) async fn giving(settings: ServerSettings, transfers: Transfers) -> Self {
        let (world, names) = (World::default(), Arc::new(Names::default()));
        let listening = listen(&settings, Parts { transfers, ..parts(&world, &names) }).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let (address, metrics) = (listening.address(), listening.metrics_address());
        let running = tokio::spawn(listening.run_until(async {
            // Also when the test is over and the sender gone.
            let _ = stopped.await;
        }));
        let client = Client::builder().no_proxy().gzip(false).build().unwrap();
        Self { address, metrics, world, names, client, stop: Some(stop), running: Some(running) }
    }

    /// Tells the server to stop; what it returns is ready when it has.
    pub(crate) fn stop(&mut self) -> JoinHandle<std::io::Result<()>> {
        let _ = self.stop.take().unwrap().send(());
        self.running.take().unwrap()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// A POST of a request's parameters.
    pub(crate) fn post(&self, body: &Value) -> RequestBuilder {
        self.request(Method::POST, "/graphql").header("content-type", JSON).body(body.to_string())
    }

    /// Posts a document and reads the answer as a client of the specification does.
    pub(crate) async fn ask(&self, query: &str) -> (StatusCode, Value) {
        self.send(self.post(&json!({ "query": query })).header("accept", RESPONSE)).await
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> (StatusCode, Value) {
        let response = request.send().await.unwrap();
        let status = response.status();
        (status, body(response).await)
    }

    /// The value of a metric; the name with its labels.
    pub(crate) async fn metric(&self, name: &str) -> Option<f64> {
        let text = self.get("/metrics").send().await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        line.parse().ok()
    }

    /// Sends bytes over a connection of their own and reads until the server closes it.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        read_all(&mut socket).await
    }
}

/// Reads until the other side closes; a reset counts as closing.
pub(crate) async fn read_all(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = socket.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(crate) async fn body(response: Response) -> Value {
    let text = response.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

pub(crate) fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

pub(crate) fn code(body: &Value) -> &str {
    body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}
