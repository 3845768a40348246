//! What is counted about connections that stay open and the operations on them, and one line in the log for each of both.
//! As with requests, nobody learns from it who asked, with which values, or by which token.

use std::time::Instant;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::schema::request::{answer::Answer, code::Code, outcome::Operation};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TransportLabel {
    transport: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CloseLabel {
    by: &'static str,
    /// As the server gave it; 0 where it gave none.
    code: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ErrorLabel {
    pub(super) code: &'static str,
}

/// The metrics of connections that stay open. Clones count together.
#[derive(Clone)]
pub(super) struct LiveMetrics {
    connections: Family<TransportLabel, Gauge>,
    operations: Family<TransportLabel, Gauge>,
    messages: Family<TransportLabel, Counter>,
    closes: Family<CloseLabel, Counter>,
    slow: Counter,
    groups: Gauge,
    errors: Family<ErrorLabel, Counter>,
}

impl LiveMetrics {
    pub(super) fn register(registry: &mut Registry, errors: Family<ErrorLabel, Counter>) -> Self {
        let new = Self {
            connections: Family::default(),
            operations: Family::default(),
            messages: Family::default(),
            closes: Family::default(),
            slow: Counter::default(),
            groups: Gauge::default(),
            errors,
        };
        let about = "WebSockets and event streams open now";
        registry.register("live_connections", about, new.connections.clone());
        registry.register("live_operations", "Operations running on them now", new.operations.clone());
        registry.register("live_results", "Results handed to them", new.messages.clone());
        registry.register("websocket_closes", "WebSockets closed, by whom and with which code", new.closes.clone());
        registry.register("websocket_slow_closes", "WebSockets closed since their reader was stuck", new.slow.clone());
        registry.register("live_groups", "Subscriptions executed once for all who share them", new.groups.clone());
        new
    }

    /// Shows how many groups there are.
    pub(super) fn groups(&self) -> Gauge {
        self.groups.clone()
    }

    /// A connection is open as long as the returned value lives.
    pub(super) fn connect(&self, transport: &'static str) -> Connected {
        let open = self.connections.get_or_create(&TransportLabel { transport }).clone();
        open.inc();
        Connected(open)
    }

    /// An operation runs as long as the returned value lives.
    pub(super) fn begin(&self, transport: &'static str, request_id: String) -> Running {
        let label = TransportLabel { transport };
        let open = self.operations.get_or_create(&label).clone();
        open.inc();
        Running {
            open,
            messages: self.messages.get_or_create(&label).clone(),
            errors: self.errors.clone(),
            transport,
            request_id,
            operation: None,
            results: 0,
            codes: Vec::new(),
            began: Instant::now(),
        }
    }

    /// A WebSocket was closed.
    pub(super) fn closed(&self, by: &'static str, code: u16) {
        self.closes.get_or_create(&CloseLabel { by, code }).inc();
    }

    /// A WebSocket was closed since its reader was stuck; counted by its code too.
    pub(super) fn stuck(&self) {
        self.slow.inc();
    }
}

/// See [`LiveMetrics::connect`].
pub(super) struct Connected(Gauge);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// See [`LiveMetrics::begin`]. Its end is written to the log, whoever ended it.
pub(super) struct Running {
    open: Gauge,
    messages: Counter,
    errors: Family<ErrorLabel, Counter>,
    transport: &'static str,
    request_id: String,
    operation: Option<Operation>,
    results: u64,
    codes: Vec<Code>,
    began: Instant,
}

impl Running {
    /// Notes a result.
    pub(super) fn answered(&mut self, answer: &Answer) {
        self.results += 1;
        self.messages.inc();
        if self.operation.is_none() {
            self.operation.clone_from(&answer.operation);
        }
        for code in answer.codes() {
            self.errors.get_or_create(&ErrorLabel { code: code.as_str() }).inc();
            if !self.codes.contains(&code) {
                self.codes.push(code);
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.open.dec();
        let name: Option<String> = self
            .operation
            .as_ref()
            .and_then(|operation| operation.name.as_ref())
            .map(|name| name.chars().take(80).collect());
        let codes: Vec<_> = self.codes.iter().map(|code| code.as_str()).collect();
        tracing::info!(
            transport = self.transport,
            operation = self.operation.as_ref().map(Operation::kind),
            name,
            results = self.results,
            errors = (!codes.is_empty()).then(|| codes.join(",")),
            duration_us = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX),
            request_id = self.request_id,
            "operation"
        );
    }
}
