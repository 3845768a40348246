//! How a command ends badly: one sentence that says what happened, and one that says what to do.

use crate::{
    config::Problem,
    op::{Failure, Fault},
};
use std::{fmt, process::ExitCode};

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(super) struct Failed {
    what: String,
    advice: Option<String>,
    code: u8,
}

impl Failed {
    /// A failure with exit code 1. `what` is a sentence.
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), advice: None, code: 1 }
    }

    /// The same with what to do, as a sentence.
    pub(super) fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    /// The same with another exit code.
    pub(super) fn with_code(self, code: u8) -> Self {
        Self { code, ..self }
    }

    /// The settings are wrong: all problems at once.
    pub(super) fn settings(problems: &[Problem]) -> Self {
        let count = match problems.len() {
            1 => "A setting is wrong:".to_owned(),
            count => format!("{count} settings are wrong:"),
        };
        let lines: String = problems.iter().map(|problem| format!("\n  {problem}")).collect();
        Self::new(format!("{count}{lines}")).advise("`partnergraph config` explains every setting.")
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        match &self.advice {
            Some(advice) => write!(f, "\n{advice}"),
            None => Ok(()),
        }
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusals) => {
                let said: Vec<String> = refusals
                    .into_iter()
                    .map(|refusal| match refusal.field.as_slice() {
                        [] => refusal.message,
                        [.., last] => format!("{last}: {}", refusal.message),
                    })
                    .collect();
                Self::new(said.join("\n"))
            }
            Failure::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        // Whoever runs the command runs the machine: the cause is for them, unlike in an answer to a client.
        Self::new(fault.chain())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{ErrorCode, Refusal};

    #[test]
    fn a_refusal_names_the_field_that_is_to_blame() {
        let refused = Failure::from(Refusal::of("input.slug", ErrorCode::Taken, "This value is taken."));
        assert_eq!(Failed::from(refused).to_string(), "error: slug: This value is taken.");
    }

    #[test]
    fn problems_of_settings_come_all_at_once() {
        let problem = |name| Problem { name, message: "is wrong.".to_owned() };
        let text = Failed::settings(&[problem("A"), problem("B")]).to_string();
        assert_eq!(
            text,
            "error: 2 settings are wrong:\n  A: is wrong.\n  B: is wrong.\n`partnergraph config` explains every setting."
        );
    }
}
