//! A WebSocket as the load generator needs it: one buffer for all sockets of a thread, frames looked at where they lie.
//! A load generator that costs more than what it measures measures itself.

use crate::Result;
use std::{cell::RefCell, io, net::SocketAddr, sync::Arc};
use tokio::net::{TcpSocket, TcpStream};

/// Bytes read at once.
const BUFFER: usize = 64 << 10;

/// What a socket whose reader will stop reading lets the system keep for it, in bytes; the system doubles it. With much
/// less the loopback device, whose packets are large, waits for room even where somebody reads.
const SMALL_WINDOW: u32 = 32 << 10;

thread_local! {
    static READ: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER]);
}

/// A frame of the server.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    Text(&'a [u8]),
    Ping(&'a [u8]),
    Pong,
    /// With its code; 1005 where it has none.
    Close(u16),
    /// A fragment or a binary message: none of the servers here sends such.
    Strange,
}

/// An open socket.
pub(super) struct Wire {
    stream: Arc<TcpStream>,
    /// The begin of a frame whose end has not come yet.
    rest: Vec<u8>,
}

impl Wire {
    /// Connects and asks for graphql-transport-ws.
    pub(super) async fn connect(address: SocketAddr, small_window: bool) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if small_window {
            socket.set_recv_buffer_size(SMALL_WINDOW)?;
        }
        let stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        // Thousands of ports that wait for late packets would be missing at the next turn.
        stream.set_zero_linger()?;
        let mut wire = Self { stream: Arc::new(stream), rest: Vec::new() };
        let request = format!(
            "GET /graphql HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        );
        wire.write(request.as_bytes()).await?;
        wire.answer().await?;
        Ok(wire)
    }

    /// Reads the head of the answer; what follows it belongs to the socket.
    async fn answer(&mut self) -> Result<()> {
        loop {
            self.stream.readable().await?;
            let mut part = [0; 1024];
            match self.stream.try_read(&mut part) {
                Ok(0) => return Err("closed before the answer to the handshake".into()),
                Ok(count) => self.rest.extend_from_slice(&part[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error.into()),
            }
            if let Some(end) = self.rest.windows(4).position(|four| four == b"\r\n\r\n") {
                if !self.rest.starts_with(b"HTTP/1.1 101") {
                    let line = self.rest.split(|byte| *byte == b'\r').next().unwrap_or_default();
                    return Err(format!("no upgrade: {}", String::from_utf8_lossy(line)).into());
                }
                self.rest.drain(..end + 4);
                return Ok(());
            }
        }
    }

    /// The connection, for who wants to end it from outside.
    pub(super) fn stream(&self) -> Arc<TcpStream> {
        Arc::clone(&self.stream)
    }

    /// Waits for bytes and hands out the frames in them; `false` at the end of the connection.
    pub(super) async fn read(&mut self, mut take: impl FnMut(Frame<'_>)) -> io::Result<bool> {
        if self.rest.is_empty() || frame(&self.rest).is_none() {
            self.stream.readable().await?;
        }
        READ.with_borrow_mut(|buffer| {
            let count = match self.stream.try_read(buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
                Err(error) => return Err(error),
            };
            if self.rest.is_empty() {
                let used = frames(&buffer[..count], &mut take);
                self.rest.extend_from_slice(&buffer[used..count]);
            } else {
                self.rest.extend_from_slice(&buffer[..count]);
                let used = frames(&self.rest, &mut take);
                self.rest.drain(..used);
            }
            if self.rest.is_empty() {
                // Most sockets have nothing to keep, and there are many.
                self.rest = Vec::new();
            }
            Ok(true)
        })
    }

    /// Sends a message.
    pub(super) async fn text(&self, text: &str) -> io::Result<()> {
        self.write(&masked(1, text.as_bytes())).await
    }

    /// Answers a ping.
    pub(super) async fn pong(&self, payload: &[u8]) -> io::Result<()> {
        self.write(&masked(10, payload)).await
    }

    async fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            self.stream.writable().await?;
            match self.stream.try_write(bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// A frame of a client. Its mask is zero, which is one of those that the protocol allows, and leaves the text as it is.
fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x80 | opcode];
    length(&mut bytes, payload.len(), 0x80);
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(payload);
    bytes
}

/// The length of a payload as a frame's head has it.
pub(super) fn length(bytes: &mut Vec<u8>, count: usize, mask: u8) {
    match (u8::try_from(count), u16::try_from(count)) {
        (Ok(short), _) if short < 126 => bytes.push(mask | short),
        (_, Ok(medium)) => {
            bytes.push(mask | 126);
            bytes.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            bytes.push(mask | 127);
            bytes.extend_from_slice(&(count as u64).to_be_bytes());
        }
    }
}

/// Hands out the whole frames and says how many bytes they are.
fn frames(bytes: &[u8], take: &mut impl FnMut(Frame<'_>)) -> usize {
    let mut used = 0;
    while let Some((frame, size)) = frame(&bytes[used..]) {
        take(frame);
        used += size;
    }
    used
}

/// The first frame and its size, head included; `None` while it is not whole.
fn frame(bytes: &[u8]) -> Option<(Frame<'_>, usize)> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (head, count) = match second & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, usize::from(short)),
    };
    let payload = bytes.get(head..head + count)?;
    let frame = match first {
        0x81 => Frame::Text(payload),
        0x89 => Frame::Ping(payload),
        0x8a => Frame::Pong,
        0x88 => Frame::Close(payload.get(..2).map_or(1005, |code| u16::from_be_bytes([code[0], code[1]]))),
        _ => Frame::Strange,
    };
    Some((frame, head + count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_wherever_the_bytes_end() {
        let long = [b'x'; 300];
        let mut bytes = b"\x81\x02ab\x89\x00\x81\x7e\x01\x2c".to_vec();
        bytes.extend_from_slice(&long);
        bytes.extend_from_slice(b"\x88\x02\x03\xf5");
        for cut in 0..=bytes.len() {
            let mut seen = Vec::new();
            let mut take = |frame: Frame<'_>| seen.push(format!("{frame:?}"));
            let used = frames(&bytes[..cut], &mut take);
            frames(&bytes[used..], &mut take);
            let all = [Frame::Text(b"ab"), Frame::Ping(b""), Frame::Text(&long), Frame::Close(1013)];
            assert_eq!(seen, all.map(|frame| format!("{frame:?}")), "{cut}");
        }
    }

    #[test]
    fn a_clients_frame_says_that_it_is_masked() {
        assert_eq!(masked(1, b"ab"), b"\x81\x82\0\0\0\0ab");
        assert_eq!(masked(1, &[0; 126])[..4], [0x81, 0xfe, 0, 126]);
    }
}
