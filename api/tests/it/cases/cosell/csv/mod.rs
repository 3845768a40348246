//! Opportunities as CSV files, over HTTP: a server on a free port over the case's own app.

mod broken;
mod export;
mod import;
mod round;

use crate::support::{TestApp, organization_id, person_id};
use chrono::TimeDelta;
use entity::value::Role;
use partnergraph::{
    config::Config,
    http::server::{BodySettings, ServerSettings},
    op::Actor,
};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::{sync::oneshot, task::JoinHandle};

const IMPORT: &str = "/v1/opportunities/import";
const EXPORT: &str = "/v1/opportunities/export";

/// The server; it stops when it is dropped.
pub(crate) struct Desk {
    pub(crate) address: SocketAddr,
    client: Client,
    _stop: oneshot::Sender<()>,
    _running: JoinHandle<std::io::Result<()>>,
}

impl Desk {
    pub(crate) async fn open(app: &TestApp) -> Self {
        Self::open_with(app, BodySettings { with_credentials: 512 << 10, ..BodySettings::default() }).await
    }

    pub(crate) async fn open_with(app: &TestApp, bodies: BodySettings) -> Self {
        let server = ServerSettings {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            workers: 2,
            bodies,
            ..ServerSettings::default()
        };
        let listening = app.app.listen(&Config { server, ..app.config.clone() }).unwrap();
        let address = listening.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(listening.run_until(async {
            // Also when the case is over and the sender gone.
            let _ = stopped.await;
        }));
        let client = Client::builder().no_proxy().gzip(false).build().unwrap();
        Self { address, client, _stop: stop, _running: running }
    }

    pub(crate) fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("http://{}{path}", self.address));
        if token.is_empty() { request } else { request.bearer_auth(token) }
    }

    /// Sends a file; gives the status and the body.
    async fn send(&self, token: &str, query: &str, file: impl Into<reqwest::Body>) -> (u16, Value) {
        let request = self.request(Method::POST, &format!("{IMPORT}{query}"), token);
        told(request.header("content-type", "text/csv; charset=utf-8").body(file).send().await.unwrap()).await
    }

    /// The report of a file that is taken.
    async fn taken(&self, token: &str, query: &str, file: &str) -> Value {
        let (status, body) = self.send(token, query, file.to_owned()).await;
        assert_eq!(status, 200, "{body:#}");
        body["report"].clone()
    }

    /// The file that goes out.
    async fn file(&self, token: &str, query: &str) -> String {
        let response = self.request(Method::GET, &format!("{EXPORT}{query}"), token).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.text().await.unwrap()
    }

    /// The rows of the file that goes out, each with the names of its columns.
    async fn rows(&self, token: &str, query: &str) -> Vec<Value> {
        rows(&self.file(token, query).await)
    }
}

/// Each row of a file, with the names of its columns.
fn rows(file: &str) -> Vec<Value> {
    let mut reader = ::csv::Reader::from_reader(file.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = |row: ::csv::StringRecord| {
        let cells = header.iter().zip(&row).map(|(name, cell)| (name.to_owned(), json!(cell)));
        Value::Object(cells.collect())
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

pub(crate) async fn told(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

pub(crate) fn code(body: &Value) -> &str {
    body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

/// The token of the person with this role there.
pub(crate) fn token(app: &TestApp, slug: &str, role: Role) -> String {
    app.app.authenticator.issue(person_id(slug, role), organization_id(slug), TimeDelta::hours(1)).unwrap()
}

/// A key of aurora with these scopes.
pub(crate) async fn key(app: &TestApp, scopes: &[&str]) -> String {
    use entity::id::TypedId;
    let document = "mutation ($id: ID!, $input: ApiKeyCreateInput!) {
      apiKeyCreate(id: $id, input: $input) { secret userErrors { code } } }";
    let input = json!({"id": organization_id("aurora").global(), "input": {"name": "CRM", "scopes": scopes}});
    let made = app.graphql(&app.actor("aurora", Role::Admin), document, input).await;
    made.payload()["secret"].as_str().unwrap().to_owned()
}

/// Numbers of a report: created, updated, waiting, unchanged, rejected.
fn numbers(report: &Value) -> [u64; 5] {
    ["created", "updated", "waiting", "unchanged", "rejected"].map(|name| report[name].as_u64().unwrap())
}

/// The problems of a report: line, column and code.
pub(crate) fn problems(report: &Value) -> Vec<(u64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let problem =
        |problem: &Value| (problem["line"].as_u64().unwrap(), text(&problem["column"]), text(&problem["code"]));
    report["problems"].as_array().unwrap().iter().map(problem).collect()
}

pub(crate) fn problem(line: u64, column: &str, code: &str) -> (u64, String, String) {
    (line, column.to_owned(), code.to_owned())
}

/// What somebody's organization has, in the order of entering.
async fn listed(app: &TestApp, actor: &Actor, selection: &str) -> Vec<Value> {
    let document = format!(
        "{{ opportunities(first: 100, orderBy: {{field: CREATED_AT, direction: ASC}}) {{ nodes {{ {selection} }} }} }}"
    );
    app.graphql(actor, &document, json!({})).await.at("/opportunities/nodes").as_array().unwrap().clone()
}
