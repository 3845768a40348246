//! One line for each request. It says what was done and how it went; never who did it, with which values, nor the text
//! of a document: logs are read by more people than data is.

use std::time::Duration;

use super::respond::Handled;

/// What a line says.
pub(super) struct Line<'a> {
    pub(super) method: &'a str,
    /// A route of this server, never the path that was sent: that may hold anything.
    pub(super) route: &'a str,
    pub(super) status: u16,
    pub(super) duration: Duration,
    pub(super) request_id: &'a str,
    pub(super) handled: Option<&'a Handled>,
}

/// Writes a line. Faults of ours have lines of their own, with the same request id and the cause.
pub(super) fn write(line: &Line<'_>) {
    let operation = line.handled.and_then(|handled| handled.operation.as_ref());
    let name: Option<String> =
        operation.and_then(|operation| operation.name.as_ref()).map(|name| name.chars().take(80).collect());
    let mut codes: Vec<_> =
        line.handled.into_iter().flat_map(|handled| &handled.codes).map(|code| code.as_str()).collect();
    codes.dedup();
    tracing::info!(
        method = line.method,
        path = line.route,
        status = line.status,
        duration_us = u64::try_from(line.duration.as_micros()).unwrap_or(u64::MAX),
        operation = operation.map(|operation| operation.kind()),
        name,
        errors = (!codes.is_empty()).then(|| codes.join(",")),
        request_id = line.request_id,
        "request"
    );
}
