//! The servers that `./test` has started beside a program: PostgreSQL and Redis, which can be ended and started once more.

use crate::Result;
use std::{
    env,
    process::{Child, Command, Stdio},
};

/// A server that `./test` has started.
pub(crate) struct Server {
    pid: u32,
    start: String,
    again: Option<Child>,
}

impl Server {
    /// The one with this name: `POSTGRES` or `REDIS`.
    pub(crate) fn from_environment(name: &str) -> Result<Self> {
        let variable = |what: &str| variable(&format!("TEST_{name}_{what}"));
        Ok(Self { pid: variable("PID")?.parse()?, start: variable("START")?, again: None })
    }

    /// Ends it at once, with no chance to tidy up.
    pub(crate) fn kill(&mut self) -> Result<()> {
        Command::new("kill").args(["-KILL", &self.pid.to_string()]).status()?;
        if let Some(mut child) = self.again.take() {
            child.wait()?;
        }
        Ok(())
    }

    /// Starts it once more, and does not wait until it answers.
    pub(crate) fn start(&mut self) -> Result<()> {
        let mut command = Command::new(&self.start);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        self.pid = child.id();
        self.again = Some(child);
        Ok(())
    }

    /// Whether it was started here and has ended since.
    pub(crate) fn ended(&mut self) -> bool {
        self.again.as_mut().is_some_and(|child| child.try_wait().is_ok_and(|status| status.is_some()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What `./test` started, it ends itself.
        if self.again.is_some() {
            _ = self.kill();
        }
    }
}

/// What `./test` says in its environment.
pub(crate) fn variable(name: &str) -> Result<String> {
    env::var(name).map_err(|_| format!("{name} is not set: run one of the scripts in bench/").into())
}

/// Host and port of an address.
pub(crate) fn host(url: &str) -> Result<String> {
    let rest = url.split_once("://").ok_or("no scheme")?.1;
    Ok(rest.split(['/', '?']).next().unwrap_or(rest).to_owned())
}
