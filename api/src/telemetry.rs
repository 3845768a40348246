//! Logs: who writes them is `tracing`, where they go is the standard error. Knows no room's contents.
//!
//! Libraries are heard from warnings on only, whatever the level: below that some of them write statements with values.

use std::io::{self, IsTerminal};
use tracing::Level;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// How lines look.
    pub format: LogFormat,
    /// How much is logged.
    pub level: Level,
}

/// Starts logging. A second start in one process changes nothing.
pub fn start(settings: LogSettings) {
    let library = if settings.level < Level::WARN { Level::ERROR } else { Level::WARN };
    let filter = EnvFilter::new(format!("{library},partnergraph={}", settings.level));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // An error means that something else logs already, as in a test.
    let _ = match settings.format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
    };
}
