//! A peer: a process that serves the same frames over the same protocol, and publishes when a line tells it to.

use super::{
    cast::slug,
    fleet::{Ticket, now},
    log::{Log, Published},
    stage::on_core,
};
use crate::Result;
use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdin, Stdio},
    sync::{Mutex, PoisonError},
};

/// A running peer.
pub(super) struct Peer {
    pub(super) address: SocketAddr,
    process: Child,
    state: Mutex<State>,
}

struct State {
    input: ChildStdin,
    log: Vec<(usize, Published)>,
}

impl Peer {
    /// Starts a program that prints `listening PORT` once it listens.
    pub(super) fn start(core: Option<usize>, program: &Path, arguments: &[&str]) -> Result<Self> {
        let mut command = on_core(core, program);
        command.args(arguments).env("NODE_ENV", "production").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("a peer without input and output".into());
        };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let port = line.trim().strip_prefix("listening ").ok_or_else(|| format!("a peer said {line:?}"))?.parse()?;
        let state = Mutex::new(State { input, log: Vec::new() });
        Ok(Self { address: SocketAddr::from(([127, 0, 0, 1], port)), process, state })
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Has it publish an alert.
    pub(super) fn publish(&self, organization: usize) -> Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let id = state.log.len() as u64 + 1;
        state.log.push((organization, Published { id, at: now() }));
        Ok(writeln!(state.input, "publish {} {id}", slug(organization))?)
    }

    /// What it was told to publish.
    pub(super) fn log(&self) -> Log {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut log = Log::default();
        for (organization, published) in &state.log {
            log.0.entry(*organization).or_default().push(*published);
        }
        log
    }

    /// A ticket of an organization, for whatever is published from now on.
    pub(super) fn ticket(&self, organization: usize) -> Ticket {
        let next = self.log().of(organization).len();
        Ticket { organization, authorization: format!("Bearer {}", slug(organization)).into(), cursor: None, next }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
