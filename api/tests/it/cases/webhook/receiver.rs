//! A receiver of webhooks on the loopback address: it keeps what it gets, and answers as it is told to.

use serde_json::Value;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A message as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Got {
    pub(super) headers: HashMap<String, String>,
    pub(super) text: String,
    pub(super) body: Value,
}

impl Got {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

#[derive(Default)]
struct Shared {
    got: Mutex<Vec<Got>>,
    answers: Mutex<VecDeque<u16>>,
}

/// A receiver; it is gone when it is dropped.
pub(super) struct Receiver {
    pub(super) url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let kept = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(take(stream, Arc::clone(&kept)));
            }
        });
        Self { url, shared, task }
    }

    /// Answers the next messages with these statuses, and then with 204 again.
    pub(super) fn answer(&self, statuses: impl IntoIterator<Item = u16>) {
        self.shared.answers.lock().unwrap().extend(statuses);
    }

    /// Answers with 204 from now on.
    pub(super) fn recover(&self) {
        self.shared.answers.lock().unwrap().clear();
    }

    /// What has arrived since the last time that this was asked.
    pub(super) fn got(&self) -> Vec<Got> {
        std::mem::take(&mut self.shared.got.lock().unwrap())
    }

    /// The types of what has arrived, in order.
    pub(super) fn types(&self) -> Vec<String> {
        self.got().iter().map(|got| got.body["type"].as_str().unwrap().to_owned()).collect()
    }
}

async fn take(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut bytes = Vec::new();
    let (head, length) = loop {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let headers: HashMap<String, String> = head
                .lines()
                .skip(1)
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect();
            let length: usize = headers["content-length"].parse().unwrap();
            break ((head.len() + 4, headers), length);
        }
    };
    let (begins, headers) = head;
    while bytes.len() < begins + length {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let text = String::from_utf8(bytes[begins..].to_vec()).unwrap();
    let body = serde_json::from_str(&text).unwrap();
    shared.got.lock().unwrap().push(Got { headers, text, body });
    let status = shared.answers.lock().unwrap().pop_front().unwrap_or(204);
    // The other side may have gone once it knows the status.
    _ = stream.write_all(format!("HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\n\r\n").as_bytes()).await;
}
