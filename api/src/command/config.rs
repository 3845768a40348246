//! `partnergraph config`.

use super::{failure::Failed, terminal};
use crate::config::{Config, Shown, Source};
use clap::Args;
use std::{fmt::Write as _, process::ExitCode};

/// Print every setting with its meaning and present value, and check them.
///
/// Settings are environment variables; an empty one counts as not set. Secrets are not printed.
/// Exits with 1 when `serve` would not start with these settings, after naming every reason.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  partnergraph config
  LISTEN=0.0.0.0:8080 partnergraph config | grep -A3 LISTEN")]
pub(super) struct ShowConfig {}

impl ShowConfig {
    pub(super) fn run(self) -> Result<ExitCode, Failed> {
        let lookup = |name: &str| std::env::var(name).ok();
        let mut source = Source::new(&lookup);
        let read = Config::read(&mut source);
        terminal::say(describe(source.shown()).trim_end());
        match read {
            Ok(_) => Ok(ExitCode::SUCCESS),
            Err(problems) => Err(Failed::settings(&problems)),
        }
    }
}

fn describe(all: &[Shown]) -> String {
    let mut text = String::new();
    for shown in all {
        let variable = shown.variable;
        let value = match (&shown.value, variable.default) {
            (Some(value), _) => format!("{value}   (set)"),
            (None, "") => "(not set)".to_owned(),
            (None, default) => format!("{default}   (default)"),
        };
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{} = {value}\n    {}\n    Unit: {}.", variable.name, variable.about, variable.unit);
        if shown.value.is_some() && !variable.default.is_empty() {
            let _ = writeln!(text, "    Default: {}.", variable.default);
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown_and_everything_else_is() {
        let lookup = |name: &str| match name {
            "JWT_SECRET" => Some("a-secret-of-more-than-thirty-two-bytes".to_owned()),
            "DATABASE_URL" => Some("postgres://me:whisper@db.example/x".to_owned()),
            "LOG_LEVEL" => Some("warn".to_owned()),
            _ => None,
        };
        let mut source = Source::new(&lookup);
        assert!(Config::read(&mut source).is_ok());
        let text = describe(source.shown());
        assert!(!text.contains("a-secret-of") && !text.contains("whisper"), "{text}");
        assert!(text.contains("LOG_LEVEL = warn   (set)"), "{text}");
        assert!(text.contains("LISTEN = 127.0.0.1:8080   (default)"), "{text}");
        assert!(text.contains("REDIS_URL = (not set)"), "{text}");
    }
}
