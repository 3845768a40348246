//! `/livez` (the process answers) and `/readyz` (it can serve). What is checked is handed in; a failing check that is
//! not essential leaves the server ready, but degraded. Why a check fails goes to the log, not to the caller.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{HttpResponse, http::StatusCode};
use futures::future::{BoxFuture, join_all};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

/// How long a check may take. Balancers ask every few seconds.
const DEADLINE: Duration = Duration::from_secs(2);
/// How long an answer is reused, so that asking often does not load what is checked.
const FRESH: Duration = Duration::from_secs(1);

type Probe = dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync;

struct Check {
    name: &'static str,
    essential: bool,
    probe: Box<Probe>,
}

/// The checks of a server.
pub struct Health {
    checks: Vec<Check>,
    deadline: Duration,
    last: Mutex<Option<(Instant, StatusCode, Value)>>,
}

impl Default for Health {
    fn default() -> Self {
        Self { checks: Vec::new(), deadline: DEADLINE, last: Mutex::default() }
    }
}

impl Health {
    /// Adds a check without which the server cannot serve, for example the database.
    #[must_use]
    pub fn essential<F>(self, name: &'static str, probe: F) -> Self
    where
        F: Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    {
        self.with(Check { name, essential: true, probe: Box::new(probe) })
    }

    /// Adds a check without which the server is only slower, for example Redis.
    #[must_use]
    pub fn optional<F>(self, name: &'static str, probe: F) -> Self
    where
        F: Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    {
        self.with(Check { name, essential: false, probe: Box::new(probe) })
    }

    fn with(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    async fn readiness(&self) -> (StatusCode, Value) {
        let mut last = self.last.lock().await;
        if let Some((at, status, body)) = &*last
            && at.elapsed() < FRESH
        {
            return (*status, body.clone());
        }
        let results = join_all(self.checks.iter().map(|check| async move {
            let result = tokio::time::timeout(self.deadline, (check.probe)()).await;
            let result = result.unwrap_or_else(|_| Err(format!("no answer within {:?}", self.deadline)));
            if let Err(cause) = &result {
                tracing::warn!(check = check.name, cause = %cause, "a health check failed");
            }
            (check, result.is_ok())
        }))
        .await;
        let unready = results.iter().any(|(check, fine)| check.essential && !fine);
        let degraded = results.iter().any(|(_, fine)| !fine);
        let (status, word) = match (unready, degraded) {
            (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "unready"),
            (false, true) => (StatusCode::OK, "degraded"),
            (false, false) => (StatusCode::OK, "ok"),
        };
        let checks: Map<String, Value> = results
            .into_iter()
            .map(|(check, fine)| (check.name.to_owned(), if fine { "ok" } else { "failing" }.into()))
            .collect();
        let body = json!({ "status": word, "checks": checks });
        *last = Some((Instant::now(), status, body.clone()));
        (status, body)
    }
}

pub(super) async fn livez() -> HttpResponse {
    answer(StatusCode::OK, &json!({ "status": "ok" }))
}

pub(super) async fn readyz(health: actix_web::web::Data<Arc<Health>>) -> HttpResponse {
    let (status, body) = health.readiness().await;
    answer(status, &body)
}

fn answer(status: StatusCode, body: &Value) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header(("Cache-Control", "no-store"))
        .content_type("application/json; charset=utf-8")
        .body(body.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::FutureExt;

    use super::*;

    fn probe(result: Result<(), &'static str>) -> impl Fn() -> BoxFuture<'static, Result<(), String>> {
        move || std::future::ready(result.map_err(Into::into)).boxed()
    }

    #[tokio::test]
    async fn what_is_essential_decides() {
        let health =
            Health::default().essential("database", probe(Ok(()))).optional("redis", probe(Err("down: secret")));
        let (status, body) = health.readiness().await;
        assert_eq!(status, 200);
        assert_eq!(body, json!({"status": "degraded", "checks": {"database": "ok", "redis": "failing"}}));
        let health = Health::default().essential("database", probe(Err("x"))).optional("redis", probe(Ok(())));
        let (status, body) = health.readiness().await;
        assert_eq!((status, body["status"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("unready")));
        assert_eq!(Health::default().readiness().await.1["status"], "ok");
    }

    #[tokio::test]
    async fn a_check_that_hangs_fails() {
        let health = Health { deadline: Duration::from_millis(1), ..Health::default() }
            .essential("database", || std::future::pending().boxed());
        assert_eq!(health.readiness().await.0, 503);
    }

    #[tokio::test]
    async fn asking_often_does_not_check_often() {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let health = Health::default().essential("database", move || {
            counted.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok(())).boxed()
        });
        join_all((0..50).map(|_| health.readiness())).await;
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
}
