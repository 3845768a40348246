//! `partnergraph health`.

use super::{data, failure::Failed, serving, terminal};
use crate::config;
use clap::Args;
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    process::ExitCode,
    time::Duration,
};

/// The server's own checks take 2 s at most.
const DEADLINE: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read; it has some hundred.
const ANSWER_MAX: u64 = 16 * 1024;

/// Ask a running server whether it can serve.
///
/// Prints what its `/readyz` says and exits with 0 when it is ready, degraded included, and with 1 when it is not or
/// does not answer within 5 seconds. Made for containers, whose images have no other HTTP client.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  partnergraph health
  partnergraph health --address 127.0.0.1:9000")]
pub(super) struct Health {
    /// Where the server listens; without it, where LISTEN says.
    #[arg(long, value_name = "ADDRESS:PORT")]
    address: Option<SocketAddr>,
}

impl Health {
    pub(super) fn run(self) -> Result<ExitCode, Failed> {
        let address = match self.address {
            Some(address) => address,
            None => serving::reachable(data::from_environment(config::read_listen)?),
        };
        let (status, body) = ask(address).map_err(|cause| {
            Failed::new(format!("No answer from {address}: {cause}."))
                .advise("Is the server running, and does it listen there? `--address` names another place.")
        })?;
        terminal::say(&body);
        if status == 200 { Ok(ExitCode::SUCCESS) } else { Ok(ExitCode::FAILURE) }
    }
}

fn ask(address: SocketAddr) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&address, DEADLINE)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.set_write_timeout(Some(DEADLINE))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(ANSWER_MAX).read_to_end(&mut answer)?;
    read_answer(&String::from_utf8_lossy(&answer))
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "what listens there is no partnergraph"))
}

/// Status and body of an answer whose length is given by its end, as `Connection: close` asks for.
fn read_answer(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.split(' ').next()?.parse().ok()?;
    body.contains("\"status\"").then(|| (status, body.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_other_servers_are_not_believed() {
        let ready = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"status\":\"ok\"}\n";
        assert_eq!(read_answer(ready), Some((200, "{\"status\":\"ok\"}".to_owned())));
        let unready = "HTTP/1.1 503 Service Unavailable\r\n\r\n{\"status\":\"unready\"}";
        assert_eq!(read_answer(unready).map(|(status, _)| status), Some(503));
        for other in ["", "SSH-2.0", "HTTP/1.1 200 OK\r\n\r\n<html>", "HTTP/1.1 x\r\n\r\n{\"status\":1}"] {
            assert_eq!(read_answer(other), None, "{other}");
        }
    }
}
