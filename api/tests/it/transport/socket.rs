//! A client of the tests for WebSockets: it says exactly what it is told to, and shows exactly what came back.

use std::{net::SocketAddr, time::Duration};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        handshake::client::{Request, Response},
        protocol::CloseFrame,
    },
};

use super::server::TestServer;

/// Whatever a test waits for comes within this, or never.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Socket {
    stream: WebSocketStream<TcpStream>,
    pub(crate) response: Response,
}

/// What came.
#[derive(Debug, PartialEq)]
pub(crate) enum Came {
    Said(Value),
    Pong(Vec<u8>),
    Closed(u16, String),
    /// The connection ended without a close frame.
    Lost,
}

pub(crate) fn handshake(address: SocketAddr, headers: &[(&'static str, &str)]) -> Request {
    let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

impl Socket {
    pub(crate) async fn open(server: &TestServer) -> Self {
        Self::open_with(server, &[("sec-websocket-protocol", "graphql-transport-ws")]).await.unwrap()
    }

    /// Opens a socket with other headers; a refusal is its status and body.
    pub(crate) async fn open_with(server: &TestServer, headers: &[(&'static str, &str)]) -> Result<Self, (u16, Value)> {
        let stream = TcpStream::connect(server.address).await.unwrap();
        Self::over(stream, server, headers).await
    }

    /// Opens a socket that the system holds little for, so that it is soon full.
    pub(crate) async fn open_narrow(server: &TestServer) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(server.address).await.unwrap();
        Self::over(stream, server, &[("sec-websocket-protocol", "graphql-transport-ws")]).await.unwrap()
    }

    async fn over(
        stream: TcpStream,
        server: &TestServer,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, (u16, Value)> {
        match client_async(handshake(server.address, headers), stream).await {
            Ok((stream, response)) => Ok(Self { stream, response }),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
                let body = response.body().clone().unwrap_or_default();
                Err((response.status().as_u16(), serde_json::from_slice(&body).unwrap_or_default()))
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens a socket and is let in.
    pub(crate) async fn enter(server: &TestServer, authorization: Option<&str>) -> Self {
        let mut socket = Self::open(server).await;
        socket.init(authorization).await;
        assert_eq!(socket.next().await, json!({"type": "connection_ack"}));
        socket
    }

    pub(crate) async fn init(&mut self, authorization: Option<&str>) {
        let payload = authorization.map(|authorization| json!({ "Authorization": authorization }));
        self.say(&json!({ "type": "connection_init", "payload": payload })).await;
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub(crate) async fn say_text(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    /// The server may have closed already, which the test then sees when it reads.
    pub(crate) async fn send(&mut self, message: Message) {
        let _ = self.stream.send(message).await;
    }

    pub(crate) async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(&json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
    }

    /// The next that came; pings are answered and not shown.
    pub(crate) async fn came(&mut self) -> Came {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("nothing came");
            match message {
                Some(Ok(Message::Text(text))) => return Came::Said(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Pong(payload))) => return Came::Pong(payload.to_vec()),
                Some(Ok(Message::Close(Some(CloseFrame { code, reason })))) => {
                    return Came::Closed(code.into(), reason.to_string());
                }
                Some(Ok(Message::Close(None))) => return Came::Closed(1005, String::new()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Came::Lost,
            }
        }
    }

    pub(crate) async fn next(&mut self) -> Value {
        match self.came().await {
            Came::Said(message) => message,
            other => panic!("{other:?}"),
        }
    }

    /// The code with which it was closed, after nothing else.
    pub(crate) async fn closed(&mut self) -> u16 {
        match self.came().await {
            Came::Closed(code, _) => code,
            other => panic!("{other:?}"),
        }
    }

    /// The data of the next message, which is a result of `id`.
    pub(crate) async fn data(&mut self, id: &str) -> Value {
        let message = self.next().await;
        assert_eq!((&message["id"], &message["type"]), (&json!(id), &json!("next")), "{message}");
        assert!(message["payload"].get("errors").is_none(), "{message}");
        message["payload"]["data"].clone()
    }

    /// The next message is the end of `id`.
    pub(crate) async fn complete(&mut self, id: &str) {
        assert_eq!(self.next().await, json!({ "id": id, "type": "complete" }));
    }

    /// The codes of the next message, which refuses `id`.
    pub(crate) async fn refused(&mut self, id: &str) -> Vec<String> {
        let message = self.next().await;
        assert_eq!((&message["id"], &message["type"]), (&json!(id), &json!("error")), "{message}");
        let errors = message["payload"].as_array().unwrap();
        errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap().to_owned()).collect()
    }

    /// The socket still works: a query is answered, and nothing else came before.
    pub(crate) async fn works(&mut self) {
        self.subscribe("works", "{hello}").await;
        assert_eq!(self.data("works").await, json!({"hello": "world"}));
        self.complete("works").await;
    }

    pub(crate) async fn close(&mut self, code: u16) {
        let _ = self.stream.close(Some(CloseFrame { code: code.into(), reason: "".into() })).await;
    }
}
