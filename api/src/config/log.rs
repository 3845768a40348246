//! What is logged, and in which form.

use super::source::{Source, Variable};
use crate::telemetry::{LogFormat, LogSettings};
use tracing::Level;

const LOG_FORMAT: Variable = Variable {
    name: "LOG_FORMAT",
    unit: "text or json",
    default: "text",
    about: "How log lines look: for people, or one JSON object a line.",
    secret: false,
};
const LOG_LEVEL: Variable = Variable {
    name: "LOG_LEVEL",
    unit: "error, warn, info, debug or trace",
    default: "info",
    about: "How much is logged, to the standard error. No level logs tokens, bodies or people's data.",
    secret: false,
};

pub(super) fn read(source: &mut Source<'_>) -> LogSettings {
    let format = match source.text(LOG_FORMAT).as_str() {
        "text" => LogFormat::Text,
        "json" => LogFormat::Json,
        _ => {
            source.problem(LOG_FORMAT.name, "must be `text` or `json`.");
            LogFormat::Text
        }
    };
    let level = match source.text(LOG_LEVEL).as_str() {
        "error" => Level::ERROR,
        "warn" => Level::WARN,
        "info" => Level::INFO,
        "debug" => Level::DEBUG,
        "trace" => Level::TRACE,
        _ => {
            source.problem(LOG_LEVEL.name, "must be `error`, `warn`, `info`, `debug` or `trace`.");
            Level::INFO
        }
    };
    LogSettings { format, level }
}
