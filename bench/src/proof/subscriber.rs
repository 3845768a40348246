//! A subscriber: follows the feed over a WebSocket, comes back with its last cursor whenever it is cut off, and writes
//! down what it gets.

use crate::{Result, api};
use chrono::{DateTime, Utc};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

/// How long a connection may be silent: the server pings each 25 s, give or take a fifth.
const SILENCE: Duration = Duration::from_secs(35);
/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// One subscriber.
pub(super) struct Subscriber {
    pub(super) organization: String,
    pub(super) token: String,
    /// The cursor that it begins behind.
    pub(super) start: String,
    pub(super) addresses: Vec<SocketAddr>,
    /// Whether it stops reading when it is told to.
    pub(super) may_be_stuck: bool,
    pub(super) watch: Arc<Watch>,
}

/// What a subscriber got.
#[derive(Default)]
pub(super) struct Record {
    pub(super) organization: String,
    /// Ids of alerts, in the order in which they came.
    pub(super) alerts: Vec<String>,
    /// Milliseconds from the fact to the subscriber.
    pub(super) delays: Vec<i64>,
    pub(super) connections: usize,
    /// Close codes that the server sent, with how often.
    pub(super) closes: BTreeMap<u16, usize>,
    /// What must not happen: resets, errors, completions.
    pub(super) surprises: Vec<String>,
}

/// What subscribers share with the one who watches them.
#[derive(Default)]
pub(super) struct Watch {
    stopped: AtomicBool,
    stuck: AtomicBool,
    /// The newest alert that each subscriber has, by its place.
    newest: Mutex<BTreeMap<usize, (String, String)>>,
    places: AtomicUsize,
}

impl Watch {
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Has those who may be stuck stop reading, or read on.
    pub(super) fn stick(&self, stuck: bool) {
        self.stuck.store(stuck, Ordering::Relaxed);
    }

    /// Waits until all have the newest alert of their organization; no longer than `most`, and not where for as long as
    /// `patience` nobody gets anything.
    pub(super) async fn all_reached(
        &self,
        heads: &BTreeMap<String, Option<String>>,
        subscribers: usize,
        patience: Duration,
        most: Duration,
    ) -> bool {
        let expecting = |slug: &String| heads.get(slug).is_some_and(Option::is_some);
        let until = Instant::now() + most;
        let (mut seen, mut moved) = (BTreeMap::new(), Instant::now());
        while Instant::now() < until && moved.elapsed() < patience {
            let reached = {
                let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
                if *newest != seen {
                    (seen, moved) = (newest.clone(), Instant::now());
                }
                newest.len() == subscribers
                    && newest.values().all(|(slug, alert)| !expecting(slug) || heads[slug].as_ref() == Some(alert))
            };
            if reached {
                // Whoever gets more than it should gets it now.
                tokio::time::sleep(Duration::from_millis(500)).await;
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    }
}

type Socket = WebSocketStream<TcpStream>;

impl Subscriber {
    pub(super) async fn run(self) -> Record {
        let place = self.watch.places.fetch_add(1, Ordering::Relaxed);
        let mut record = Record { organization: self.organization.clone(), ..Record::default() };
        self.note(place, String::new());
        let mut cursor = self.start.clone();
        let mut turn = place;
        while !self.watch.stopped.load(Ordering::Relaxed) {
            turn += 1;
            let address = self.addresses[turn % self.addresses.len()];
            let connected = tokio::time::timeout(HANDSHAKE, self.connect(address, &cursor)).await;
            if let Ok(Ok(socket)) = connected {
                record.connections += 1;
                self.follow(socket, place, &mut cursor, &mut record).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        record
    }

    fn note(&self, place: usize, alert: String) {
        let mut newest = self.watch.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.insert(place, (self.organization.clone(), alert));
    }

    async fn connect(&self, address: SocketAddr, cursor: &str) -> Result<Socket> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("graphql-transport-ws"));
        let stream = TcpStream::connect(address).await?;
        let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await?;
        let init = json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {}", self.token)}});
        socket.send(Message::text(init.to_string())).await?;
        loop {
            let message = socket.next().await.ok_or("closed before the acknowledgement")??;
            if let Message::Text(text) = message {
                match serde_json::from_str::<Value>(&text)?["type"].as_str() {
                    Some("connection_ack") => break,
                    Some("ping") => socket.send(Message::text(r#"{"type":"pong"}"#)).await?,
                    other => return Err(format!("{other:?} before the acknowledgement").into()),
                }
            }
        }
        let payload = json!({"query": api::SUBSCRIBE, "variables": {"after": cursor}});
        let subscribe = json!({"id": "feed", "type": "subscribe", "payload": payload});
        socket.send(Message::text(subscribe.to_string())).await?;
        Ok(socket)
    }

    async fn follow(&self, mut socket: Socket, place: usize, cursor: &mut String, record: &mut Record) {
        let mut heard = Instant::now();
        while !self.watch.stopped.load(Ordering::Relaxed) {
            if self.may_be_stuck && self.watch.stuck.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            let Ok(next) = tokio::time::timeout(Duration::from_millis(200), socket.next()).await else {
                if heard.elapsed() > SILENCE {
                    return;
                }
                continue;
            };
            heard = Instant::now();
            let text = match next {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(frame))) => {
                    if let Some(frame) = frame {
                        *record.closes.entry(frame.code.into()).or_default() += 1;
                    }
                    return;
                }
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return,
            };
            let Ok(message) = serde_json::from_str::<Value>(&text) else {
                record.surprises.push("no JSON".to_owned());
                return;
            };
            match message["type"].as_str() {
                Some("next") => {
                    let item = &message["payload"]["data"]["coSellAlerts"];
                    let (Some(next), Some(id)) = (item["cursor"].as_str(), item["alert"]["id"].as_str()) else {
                        record.surprises.push(text.chars().take(300).collect());
                        return;
                    };
                    if item["alert"]["__typename"] == "FeedReset" {
                        record.surprises.push("FeedReset".to_owned());
                    }
                    if let Some(at) =
                        item["alert"]["occurredAt"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok())
                    {
                        record.delays.push((now() - at).num_milliseconds());
                    }
                    record.alerts.push(id.to_owned());
                    cursor.replace_range(.., next);
                    self.note(place, id.to_owned());
                }
                Some("ping") => {
                    if socket.send(Message::text(r#"{"type":"pong"}"#)).await.is_err() {
                        return;
                    }
                }
                Some("pong") => {}
                // While the database is away an operation may end with an error; the client subscribes again.
                Some("error") => return,
                _ => {
                    record.surprises.push(text.chars().take(300).collect());
                    return;
                }
            }
        }
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from(std::time::SystemTime::now())
}
