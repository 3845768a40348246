//! A program that was started, what it has said so far, and requests to the server that it is.

use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

/// No start takes that long; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(120);

/// The program with nothing in its environment but what is named, in a folder of its own.
pub(super) fn partnergraph(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_partnergraph"));
    command.args(arguments).env_clear().envs(environment.iter().copied()).current_dir(folder);
    command
}

/// What a command that ends by itself said, and how it ended.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs a command to its end.
pub(crate) fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Done {
    let Output { status, stdout, stderr } = partnergraph(folder, arguments, environment).output().unwrap();
    Done {
        code: status.code().expect("ended by itself"),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

impl Done {
    /// The standard output of a command that did what it was asked to.
    pub(crate) fn fine(self) -> String {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self.out
    }
}

/// A server; it is ended with the test, however that ends.
pub(super) struct Running {
    child: Child,
    lines: Receiver<String>,
    /// What it has said so far, both outputs together.
    pub(super) said: String,
}

impl Running {
    pub(super) fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        Self { child, lines, said: String::new() }
    }

    /// Reads until a line has `text`.
    pub(super) fn until(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.said.contains(text) {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.said.push_str(&line);
                    self.said.push('\n');
                }
                Err(RecvTimeoutError::Timeout) => panic!("never said `{text}`: {}", self.said),
                Err(RecvTimeoutError::Disconnected) => panic!("ended without saying `{text}`: {}", self.said),
            }
        }
    }

    /// `http://127.0.0.1:PORT`, from what it said.
    pub(super) fn base(&self) -> String {
        let start = self.said.find("http://127.0.0.1:").expect("an address");
        let rest = &self.said[start..];
        let end = rest[7..].find(|c: char| c == '/' || c.is_whitespace()).map_or(rest.len(), |end| end + 7);
        rest[..end].to_owned()
    }

    /// Asks it to stop as a service manager does, and waits until it has.
    pub(super) fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a document; the status and the whole answer.
pub(super) async fn post(base: &str, token: Option<&str>, query: &str, variables: Value) -> (u16, Value) {
    let mut request =
        reqwest::Client::new().post(format!("{base}/graphql")).json(&json!({"query": query, "variables": variables}));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The data of an answer without errors.
pub(super) async fn data(base: &str, token: Option<&str>, query: &str, variables: Value) -> Value {
    let (status, mut answer) = post(base, token, query, variables).await;
    assert!(status == 200 && answer.get("errors").is_none(), "{status} {answer:#}");
    answer["data"].take()
}
