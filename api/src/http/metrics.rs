//! Metrics in Prometheus' text form. Labels are from closed sets only: nothing that a client sends becomes one.

use std::{net::IpAddr, sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, http::header::HeaderMap, web};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{
    live_metrics::{ErrorLabel, LiveMetrics},
    respond::Handled,
};

/// Seconds. From what a cached answer takes to the deadline of an execution.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabel {
    operation: &'static str,
}

/// The metrics of the transport, and all that others registered.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<OperationLabel, Histogram>,
    in_flight: Gauge,
    errors: Family<ErrorLabel, Counter>,
    /// Of connections that stay open.
    pub(super) live: LiveMetrics,
}

impl Metrics {
    /// Adds the transport's metrics to a registry in which other rooms have registered theirs.
    #[must_use]
    pub fn new(mut registry: Registry) -> Arc<Self> {
        let requests = Family::default();
        let durations: Family<OperationLabel, Histogram> = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let in_flight = Gauge::default();
        let errors = Family::default();
        let live = LiveMetrics::register(&mut registry, errors.clone());
        registry.register("http_requests", "Requests answered, by kind of operation and status", requests.clone());
        registry.register("http_request_duration_seconds", "Time to answer, by kind of operation", durations.clone());
        registry.register("http_requests_in_flight", "Requests being answered now", in_flight.clone());
        registry.register("graphql_errors", "Errors in answers, by code", errors.clone());
        Arc::new(Self { registry, requests, durations, in_flight, errors, live })
    }

    /// A request has begun; it is over when the returned value is dropped.
    pub(super) fn begin(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// A request was answered.
    pub(super) fn record(&self, status: u16, duration: Duration, handled: Option<&Handled>) {
        let operation = handled.map_or("none", |handled| match &handled.operation {
            Some(operation) => operation.kind(),
            None => "unknown",
        });
        self.requests.get_or_create(&RequestLabels { operation, status }).inc();
        self.durations.get_or_create(&OperationLabel { operation }).observe(duration.as_secs_f64());
        for code in handled.into_iter().flat_map(|handled| &handled.codes) {
            self.errors.get_or_create(&ErrorLabel { code: code.as_str() }).inc();
        }
    }

    fn text(&self) -> Option<String> {
        let mut text = String::new();
        encode(&mut text, &self.registry).ok()?;
        Some(text)
    }
}

/// Counts a request as long as it lives, however it ends.
pub(super) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// `/metrics` on the public address: for programs on this machine only. Everybody else finds nothing there.
pub(super) async fn local(request: HttpRequest, metrics: web::Data<Arc<Metrics>>) -> HttpResponse {
    let peer = request.peer_addr().map(|peer| peer.ip());
    if peer.is_some_and(|peer| is_local(peer, request.headers())) {
        return everybody(metrics).await;
    }
    super::outer::not_found().await
}

/// `/metrics` on an address of its own.
pub(super) async fn everybody(metrics: web::Data<Arc<Metrics>>) -> HttpResponse {
    match metrics.text() {
        Some(text) => HttpResponse::Ok()
            .insert_header(("Cache-Control", "no-store"))
            .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
            .body(text),
        None => HttpResponse::InternalServerError().finish(),
    }
}

/// A proxy on this machine is a local peer too, but says for whom it asks.
fn is_local(peer: IpAddr, headers: &HeaderMap) -> bool {
    const PROXIED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    peer.to_canonical().is_loopback() && !PROXIED.iter().any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;
    use crate::schema::request::code::Code;

    #[test]
    fn requests_and_errors_are_counted() {
        let metrics = Metrics::new(Registry::default());
        let handled = Handled { operation: None, codes: vec![Code::Timeout] };
        let begun = metrics.begin();
        metrics.record(200, Duration::from_millis(3), Some(&handled));
        metrics.record(404, Duration::from_millis(3), None);
        let text = metrics.text().unwrap();
        for line in [
            "http_requests_total{operation=\"unknown\",status=\"200\"} 1",
            "http_requests_total{operation=\"none\",status=\"404\"} 1",
            "http_request_duration_seconds_bucket{le=\"0.0025\",operation=\"none\"} 0",
            "http_requests_in_flight 1",
            "graphql_errors_total{code=\"TIMEOUT\"} 1",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        drop(begun);
        assert!(metrics.text().unwrap().contains("http_requests_in_flight 0"));
    }

    #[test]
    fn proxied_requests_are_not_local() {
        let local = IpAddr::from([127, 0, 0, 1]);
        let mut headers = HeaderMap::new();
        assert!(is_local(local, &headers));
        assert!(is_local("::ffff:127.0.0.1".parse().unwrap(), &headers));
        assert!(!is_local(IpAddr::from([192, 0, 2, 1]), &headers));
        headers.insert(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static("192.0.2.1"));
        assert!(!is_local(local, &headers));
    }
}
