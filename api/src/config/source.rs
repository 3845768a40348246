//! Reads variables, collects what is wrong with them, and remembers what was asked for.

use std::{fmt, str::FromStr, time::Duration};

/// What a variable is, for people.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// The name in the environment.
    pub name: &'static str,
    /// The unit or form, for example `milliseconds`.
    pub unit: &'static str,
    /// The value where it is not set; as it would be written.
    pub default: &'static str,
    /// What it does, one sentence.
    pub about: &'static str,
    /// Whether its value must not be shown.
    pub secret: bool,
}

/// A variable with its present value.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The variable.
    pub variable: Variable,
    /// What it is set to; `None` where the default holds. Secrets are replaced.
    pub value: Option<String>,
}

/// What is wrong with a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The variable.
    pub name: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

/// Where variables come from: the environment, or a table in tests.
pub struct Source<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    shown: Vec<Shown>,
    problems: Vec<Problem>,
}

impl<'a> Source<'a> {
    /// A source over `lookup`.
    #[must_use]
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, shown: Vec::new(), problems: Vec::new() }
    }

    /// The text of a variable, or its default. An empty variable counts as not set.
    pub fn text(&mut self, variable: Variable) -> String {
        let value = (self.lookup)(variable.name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let shown = value.clone().map(|value| if variable.secret { hidden(&value) } else { value });
        self.shown.push(Shown { variable, value: shown });
        value.unwrap_or_else(|| variable.default.to_owned())
    }

    /// The value of a variable that has a form; a problem is noted and `fallback` taken where it does not fit.
    pub fn parsed<T: FromStr>(&mut self, variable: Variable, fallback: T) -> T {
        let text = self.text(variable);
        text.parse().unwrap_or_else(|_| {
            self.problem(variable.name, format!("`{}` is not a number of {}.", cut(&text), variable.unit));
            fallback
        })
    }

    /// As [`Source::parsed`] for a variable without a default; `None` where it is not set.
    pub fn optional<T: FromStr>(&mut self, variable: Variable) -> Option<T> {
        let text = self.text(variable);
        if text.is_empty() {
            return None;
        }
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.problem(variable.name, format!("`{}` is not a number of {}.", cut(&text), variable.unit));
        }
        parsed
    }

    /// Notes a problem where `value` is outside `bounds`.
    pub fn within<T: PartialOrd + fmt::Display>(
        &mut self,
        variable: Variable,
        value: T,
        bounds: std::ops::RangeInclusive<T>,
    ) {
        if !bounds.contains(&value) {
            let message = format!("{value} {} is outside {} to {}.", variable.unit, bounds.start(), bounds.end());
            self.problem(variable.name, message);
        }
    }

    /// A length of time, in milliseconds, at least one: where none would mean that nothing ever gets done.
    pub fn positive_milliseconds(&mut self, variable: Variable) -> Duration {
        let problems = self.problems.len();
        let time = self.milliseconds(variable);
        if time.is_zero() && self.problems.len() == problems {
            self.problem(variable.name, "must be at least 1 millisecond.");
        }
        time
    }

    /// A length of time, in milliseconds.
    pub fn milliseconds(&mut self, variable: Variable) -> Duration {
        Duration::from_millis(self.parsed(variable, 0))
    }

    /// A switch: `true` or `false`.
    pub fn switch(&mut self, variable: Variable) -> bool {
        match self.text(variable).as_str() {
            "true" | "1" | "yes" | "on" => true,
            "false" | "0" | "no" | "off" => false,
            other => {
                self.problem(variable.name, format!("`{}` is neither `true` nor `false`.", cut(other)));
                false
            }
        }
    }

    /// Notes a problem.
    pub fn problem(&mut self, name: &'static str, message: impl Into<String>) {
        self.problems.push(Problem { name, message: message.into() });
    }

    /// What was asked for so far, with its values.
    #[must_use]
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// `value`, unless a problem was noted.
    ///
    /// # Errors
    /// All problems.
    pub fn finish<T>(&mut self, value: T) -> Result<T, Vec<Problem>> {
        if self.problems.is_empty() { Ok(value) } else { Err(std::mem::take(&mut self.problems)) }
    }
}

fn cut(text: &str) -> &str {
    crate::text::cut_chars(text, 40)
}

/// A URL keeps its host, so that one sees where it points; everything else is hidden whole.
fn hidden(value: &str) -> String {
    match url::Url::parse(value) {
        Ok(url) if url.has_host() => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://***@{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
        }
        Ok(url) if url.scheme() == "sqlite" => value.to_owned(),
        _ => "(set, not shown)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: Variable = Variable { name: "PORT", unit: "port", default: "80", about: "", secret: false };
    const URL: Variable = Variable { name: "URL", unit: "URL", default: "", about: "", secret: true };

    #[test]
    fn problems_are_collected_and_secrets_hidden() {
        let lookup = |name: &str| match name {
            "PORT" => Some("eighty".to_owned()),
            "URL" => Some("postgres://me:word@db.example:5432/x?password=word".to_owned()),
            _ => None,
        };
        let mut source = Source::new(&lookup);
        assert_eq!(source.parsed::<u16>(PORT, 1), 1);
        source.text(URL);
        assert_eq!(source.shown()[1].value.as_deref(), Some("postgres://***@db.example:5432/x"));
        let problems = source.finish(()).err().unwrap_or_default();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].name, "PORT");
    }
}
