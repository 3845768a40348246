//! The bare loop of `write`: the least that a delivery can cost. A frame is built once an alert and written to one socket
//! after the other; nothing is authorized, queued, resumed or bounded.

use super::wire::length;
use crate::Result;
use std::{
    collections::HashMap,
    io::{self, BufRead, Read, Write},
    net::{TcpListener, TcpStream},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// How long a client may say nothing before it is let in; it comes again.
const SILENCE: Duration = Duration::from_secs(3);

type Sockets = Arc<Mutex<HashMap<String, Vec<TcpStream>>>>;

/// Serves until its input ends: `publish ORGANIZATION NUMBER` a line.
pub(crate) fn write_loop() -> Result<ExitCode> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening {}", listener.local_addr()?.port());
    io::stdout().flush()?;
    let sockets = Sockets::default();
    let entering = Arc::clone(&sockets);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // One for each, so that whoever says nothing keeps nobody else waiting; there are few at once.
            let entering = Arc::clone(&entering);
            std::thread::spawn(move || {
                // Whoever breaks off in between is not there.
                if let Ok((organization, stream)) = admit(stream) {
                    let mut sockets = entering.lock().unwrap_or_else(PoisonError::into_inner);
                    sockets.entry(organization).or_default().push(stream);
                }
            });
        }
    });
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split(' ').skip(1);
        let (Some(organization), Some(number)) = (words.next(), words.next()) else { continue };
        let frame = frame(number.parse()?);
        let mut sockets = sockets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(streams) = sockets.get_mut(organization) {
            streams.retain_mut(|stream| stream.write_all(&frame).is_ok());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A message with the fields and lengths of the server's own.
fn frame(number: u64) -> Vec<u8> {
    let text = format!(
        r#"{{"id":"feed","type":"next","payload":{{"data":{{"coSellAlerts":{{"cursor":"AQ{number:042}","alert":{{"__typename":"OpportunityAlert","id":"alt_{number:032x}","occurredAt":"2026-01-01T00:00:00.000000Z","actor":{{"organization":{{"slug":"company-000"}}}},"opportunity":{{"id":"opp_{number:032x}","title":"Deal of company-000","stage":"QUALIFIED"}},"change":"STAGE_CHANGED"}}}}}}}}}}"#
    );
    text_frame(&text)
}

fn text_frame(text: &str) -> Vec<u8> {
    let mut bytes = vec![0x81];
    length(&mut bytes, text.len(), 0);
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

/// The handshake, `connection_init` and `subscribe`, as far as the load generator needs them.
fn admit(mut stream: TcpStream) -> Result<(String, TcpStream)> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(SILENCE))?;
    hear(&mut stream, "\r\n\r\n")?;
    stream.write_all(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n",
    )?;
    // The mask of the load generator is zero, so its text can be read as it is.
    let init = hear(&mut stream, "\"connection_init\"")?;
    let organization = init.split_once("Bearer ").and_then(|(_, rest)| rest.split_once('"')).ok_or("nobody")?.0;
    let organization = organization.to_owned();
    stream.write_all(&text_frame(r#"{"type":"connection_ack"}"#))?;
    hear(&mut stream, "\"subscribe\"")?;
    Ok((organization, stream))
}

/// Reads until this was said.
fn hear(stream: &mut TcpStream, word: &str) -> Result<String> {
    let (mut heard, mut part) = (String::new(), [0; 4096]);
    while !heard.contains(word) {
        match stream.read(&mut part)? {
            0 => return Err("closed".into()),
            count => heard.push_str(&String::from_utf8_lossy(&part[..count])),
        }
    }
    Ok(heard)
}
