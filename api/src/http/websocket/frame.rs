//! Frames of RFC 6455: read from whatever bytes arrive, with a limit that is judged by a frame's head, before its payload
//! is taken; and the heads of frames to be sent. It knows no GraphQL and no socket.

use bytes::{Buf, Bytes, BytesMut};

/// Control frames carry no more than this.
const CONTROL_PAYLOAD: usize = 125;
/// Of that, what is left for the reason of a close frame.
const REASON: usize = CONTROL_PAYLOAD - 2;

const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;
const FINAL: u8 = 0x80;

/// What a client sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// A whole message, its fragments put together.
    Text(String),
    Ping(Bytes),
    Pong,
    /// The client's code, if it gave one.
    Close(Option<u16>),
}

/// Why the connection cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Not the protocol (1002).
    Protocol,
    /// A binary message (1003).
    Binary,
    /// A text that is not UTF-8 (1007).
    NotUtf8,
    /// A message over the limit (1009).
    TooLarge,
}

/// Reads the frames of a client.
pub(super) struct Reader {
    bytes: BytesMut,
    /// The fragments so far of a message that is not complete.
    message: Option<BytesMut>,
    limit: usize,
    given_up: bool,
}

/// The head of a frame of a client's.
struct Heard {
    last: bool,
    opcode: u8,
    mask: [u8; 4],
    /// Bytes of the head itself.
    size: usize,
    payload: usize,
}

impl Reader {
    /// A reader of messages of up to `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { bytes: BytesMut::new(), message: None, limit, given_up: false }
    }

    /// Changes the limit for what has not arrived yet.
    pub(super) fn allow(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Takes what has arrived.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        if !self.given_up {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Forgets what has arrived and takes no more: there is nothing to be read from here on.
    pub(super) fn give_up(&mut self) {
        (self.bytes, self.message, self.given_up) = (BytesMut::new(), None, true);
    }

    /// Whether a message has begun and not ended.
    pub(super) fn is_within_message(&self) -> bool {
        self.message.is_some() || !self.bytes.is_empty()
    }

    /// What has arrived in whole, if anything.
    pub(super) fn next(&mut self) -> Result<Option<Received>, Unreadable> {
        loop {
            let Some(head) = self.head()? else { return Ok(None) };
            if self.bytes.len() < head.size + head.payload {
                return Ok(None);
            }
            self.bytes.advance(head.size);
            let mut payload = self.bytes.split_to(head.payload);
            for part in payload.chunks_mut(4) {
                part.iter_mut().zip(head.mask).for_each(|(byte, mask)| *byte ^= mask);
            }
            if self.bytes.is_empty() {
                // What a large message grew is not kept for a socket that may be idle from now on.
                self.bytes = BytesMut::new();
            }
            if let Some(received) = self.take(&head, payload)? {
                return Ok(Some(received));
            }
        }
    }

    fn take(&mut self, head: &Heard, payload: BytesMut) -> Result<Option<Received>, Unreadable> {
        match head.opcode {
            PING => return Ok(Some(Received::Ping(payload.freeze()))),
            PONG => return Ok(Some(Received::Pong)),
            CLOSE => return close_code(&payload).map(|code| Some(Received::Close(code))),
            _ => {}
        }
        let whole = match self.message.take() {
            None => payload,
            Some(mut message) => {
                message.extend_from_slice(&payload);
                message
            }
        };
        if !head.last {
            self.message = Some(whole);
            return Ok(None);
        }
        String::from_utf8(whole.into()).map(|text| Some(Received::Text(text))).map_err(|_| Unreadable::NotUtf8)
    }

    /// The head of the frame at the front, once all of it is there, if the frame may be taken.
    fn head(&self) -> Result<Option<Heard>, Unreadable> {
        let [first, second, rest @ ..] = self.bytes.as_ref() else { return Ok(None) };
        let (last, opcode) = (first & FINAL != 0, first & 0x0F);
        // No extension was negotiated that would give the reserved bits a meaning, and clients must mask.
        if first & 0x70 != 0 || second & 0x80 == 0 {
            return Err(Unreadable::Protocol);
        }
        let (length, extended): (u64, usize) = match second & 0x7F {
            126 => match rest {
                [a, b, ..] => (u16::from_be_bytes([*a, *b]).into(), 2),
                _ => return Ok(None),
            },
            127 => match rest {
                [a, b, c, d, e, f, g, h, ..] => (u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), 8),
                _ => return Ok(None),
            },
            short => (short.into(), 0),
        };
        let payload = usize::try_from(length).map_err(|_| Unreadable::TooLarge)?;
        match opcode {
            CLOSE | PING | PONG if !last || payload > CONTROL_PAYLOAD => return Err(Unreadable::Protocol),
            CLOSE | PING | PONG => {}
            CONTINUATION if self.message.is_none() => return Err(Unreadable::Protocol),
            TEXT | BINARY if self.message.is_some() => return Err(Unreadable::Protocol),
            BINARY => return Err(Unreadable::Binary),
            TEXT | CONTINUATION => {
                let before = self.message.as_ref().map_or(0, BytesMut::len);
                if payload > self.limit.saturating_sub(before) {
                    return Err(Unreadable::TooLarge);
                }
            }
            _ => return Err(Unreadable::Protocol),
        }
        let Some(mask) = rest.get(extended..extended + 4).and_then(|mask| mask.try_into().ok()) else {
            return Ok(None);
        };
        Ok(Some(Heard { last, opcode, mask, size: 2 + extended + 4, payload }))
    }
}

fn close_code(payload: &[u8]) -> Result<Option<u16>, Unreadable> {
    match payload {
        [] => Ok(None),
        [_] => Err(Unreadable::Protocol),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            // 1004 to 1006 and 1015 are never sent; below 1000 and from 5000 on there are none.
            let sent = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
            if !sent || std::str::from_utf8(reason).is_err() {
                return Err(Unreadable::Protocol);
            }
            Ok(Some(code))
        }
    }
}

/// The head of a text frame with a payload of this many bytes, followed by `prefix`, the first part of that payload.
pub(super) fn text(payload: usize, prefix: &[u8]) -> Bytes {
    with_head(&Head::of_text(payload), prefix)
}

/// A ping without payload.
pub(super) fn ping() -> Bytes {
    Bytes::from_static(&[FINAL | PING, 0])
}

/// The answer to a ping.
pub(super) fn pong(payload: &[u8]) -> Bytes {
    control(PONG, payload)
}

/// A close frame, its reason cut to what fits; without a code where the client gave none.
pub(super) fn close(code: Option<u16>, reason: &str) -> Bytes {
    let Some(code) = code else { return control(CLOSE, &[]) };
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(&reason.as_bytes()[..reason.floor_char_boundary(REASON)]);
    control(CLOSE, &payload)
}

fn control(opcode: u8, payload: &[u8]) -> Bytes {
    with_head(&Head::of(opcode, payload.len()), payload)
}

fn with_head(head: &Head, payload: &[u8]) -> Bytes {
    [head.bytes(), payload].concat().into()
}

/// The head of a frame of the server's, which has no mask.
pub(super) struct Head {
    bytes: [u8; 10],
    size: usize,
}

impl Head {
    /// That of a whole text of so many bytes.
    pub(super) fn of_text(payload: usize) -> Self {
        Self::of(TEXT, payload)
    }

    fn of(opcode: u8, payload: usize) -> Self {
        let mut bytes = [FINAL | opcode, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let size = match (u8::try_from(payload), u16::try_from(payload)) {
            (Ok(length @ ..=125), _) => {
                bytes[1] = length;
                2
            }
            (_, Ok(length)) => {
                bytes[1] = 126;
                bytes[2..4].copy_from_slice(&length.to_be_bytes());
                4
            }
            _ => {
                bytes[1] = 127;
                bytes[2..].copy_from_slice(&(payload as u64).to_be_bytes());
                10
            }
        };
        Self { bytes, size }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.size]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A masked frame of a client.
    fn sent(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            length @ 0..=125 => bytes.push(0x80 | length as u8),
            length @ 126..=0xFFFF => {
                bytes.push(0x80 | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
            length => {
                bytes.push(0x80 | 127);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        let mask = [7, 11, 13, 17];
        bytes.extend(mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    fn read(limit: usize, bytes: &[u8]) -> Result<Vec<Received>, Unreadable> {
        let mut reader = Reader::new(limit);
        reader.feed(bytes);
        let mut received = Vec::new();
        while let Some(next) = reader.next()? {
            received.push(next);
        }
        Ok(received)
    }

    fn said(text: &str) -> Received {
        Received::Text(text.to_owned())
    }

    #[test]
    fn frames_are_read_however_the_bytes_arrive() {
        let long = "x".repeat(70_000);
        let mut bytes = sent(0x81, b"a");
        bytes.extend(sent(0x81, "b".repeat(300).as_bytes()));
        bytes.extend(sent(0x81, long.as_bytes()));
        let mut reader = Reader::new(100_000);
        let mut received = Vec::new();
        for byte in &bytes {
            reader.feed(&[*byte]);
            received.extend(reader.next().unwrap());
        }
        assert_eq!(received, [said("a"), said(&"b".repeat(300)), said(&long)]);
        assert_eq!(read(100_000, &bytes).unwrap().len(), 3);
        assert!(!reader.is_within_message());
    }

    #[test]
    fn whoever_gives_up_reads_nothing_more() {
        let mut reader = Reader::new(10);
        reader.feed(&sent(0x01, b"begun"));
        assert_eq!(reader.next(), Ok(None));
        reader.feed(&sent(0x82, b"binary"));
        assert!(reader.is_within_message());
        reader.give_up();
        reader.feed(&sent(0x81, b"a"));
        assert_eq!(reader.next(), Ok(None));
        assert!(!reader.is_within_message());
    }

    #[test]
    fn fragments_are_put_together_with_control_frames_between() {
        let mut bytes = sent(0x01, "gr\u{fc}".as_bytes()[..3].as_ref());
        bytes.extend(sent(0x89, b"p"));
        bytes.extend(sent(0x00, &"gr\u{fc}".as_bytes()[3..]));
        bytes.extend(sent(0x80, b"n"));
        assert_eq!(read(10, &bytes).unwrap(), [Received::Ping(Bytes::from_static(b"p")), said("gr\u{fc}n")]);
    }

    #[test]
    fn a_message_over_the_limit_is_refused_by_its_head() {
        assert_eq!(read(5, &sent(0x81, b"hello")).unwrap(), [said("hello")]);
        let huge = [0x81, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0];
        assert_eq!(read(5, &huge), Err(Unreadable::TooLarge));
        let mut fragments = sent(0x01, b"hel");
        fragments.extend(&sent(0x80, b"lo!")[..2]);
        assert_eq!(read(5, &fragments), Err(Unreadable::TooLarge));
        assert_eq!(read(5, &sent(0x81, b"hello!")), Err(Unreadable::TooLarge));
    }

    #[test]
    fn what_is_not_the_protocol_is_refused() {
        for bytes in [
            vec![0x81, 0x01, b'a'],
            sent(0xC1, b"a"),
            sent(0x83, b"a"),
            sent(0x80, b"a"),
            sent(0x09, b"a"),
            sent(0x89, &[0; 126]),
            sent(0x88, &[3]),
            sent(0x88, &[0, 0]),
            sent(0x88, &[3, 237]),
            sent(0x88, &[3, 232, 0xFF]),
            [sent(0x01, b"a"), sent(0x81, b"b")].concat(),
        ] {
            assert_eq!(read(10, &bytes), Err(Unreadable::Protocol), "{bytes:x?}");
        }
        assert_eq!(read(10, &sent(0x82, b"a")), Err(Unreadable::Binary));
        assert_eq!(read(10, &sent(0x81, b"\xff")), Err(Unreadable::NotUtf8));
    }

    #[test]
    fn close_frames_carry_a_code_or_none() {
        assert_eq!(read(10, &sent(0x88, &[])).unwrap(), [Received::Close(None)]);
        assert_eq!(read(10, &sent(0x88, &[0x03, 0xE8, b'x'])).unwrap(), [Received::Close(Some(1000))]);
        assert_eq!(close(None, "ignored").as_ref(), [0x88, 0]);
        assert_eq!(close(Some(4400), "no").as_ref(), [0x88, 4, 0x11, 0x30, b'n', b'o']);
        let long = close(Some(4409), &"\u{e9}".repeat(100));
        assert!(long.len() <= 127 && std::str::from_utf8(&long[4..]).is_ok());
    }

    #[test]
    fn heads_say_the_length_in_the_shortest_form() {
        assert_eq!(text(125, b"{").as_ref(), [0x81, 125, b'{']);
        assert_eq!(text(126, b"").as_ref(), [0x81, 126, 0, 126]);
        assert_eq!(text(65_535, b"").as_ref(), [0x81, 126, 0xFF, 0xFF]);
        assert_eq!(text(65_536, b"").as_ref(), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }
}
