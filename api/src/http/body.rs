//! Reads a request's body within a size and a time, whatever the client claims about either.

use std::{io::Read, time::Duration};

use actix_web::{
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap},
    web::{self, Bytes, BytesMut},
};
use futures::StreamExt;

use crate::transfer::IncomingSender;

/// Compressed bodies above this many bytes are unpacked on a thread of their own.
const INLINE_UNPACKING: usize = 16 << 10;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyFault {
    /// More than this many bytes, packed or unpacked.
    TooLarge(usize),
    /// It did not arrive in time.
    TooSlow,
    /// Packed in a way that is not understood.
    UnknownEncoding,
    /// It ended early, or cannot be unpacked.
    Broken,
}

/// How a body is packed, and how long it says it is.
pub(super) struct Declared {
    /// Compressed with gzip.
    pub(super) packed: bool,
    /// In bytes, as they are sent.
    pub(super) length: Option<u64>,
}

/// What the headers say of the body.
pub(super) fn declared(headers: &HeaderMap) -> Result<Declared, BodyFault> {
    let packed = match headers.get(CONTENT_ENCODING).map(|value| value.as_bytes().trim_ascii()) {
        None => false,
        Some(encoding) if encoding.eq_ignore_ascii_case(b"identity") => false,
        Some(encoding) if encoding.eq_ignore_ascii_case(b"gzip") => true,
        Some(_) => return Err(BodyFault::UnknownEncoding),
    };
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    Ok(Declared { packed, length })
}

/// Hands the body on as it comes, until it ends, nobody reads it any more, or nothing comes for as long as `rest`.
pub(super) async fn pass_on(mut payload: web::Payload, into: IncomingSender, rest: Duration) -> Result<(), BodyFault> {
    loop {
        match tokio::time::timeout(rest, payload.next()).await {
            Err(_) => return Err(BodyFault::TooSlow),
            Ok(Some(Err(_))) => return Err(BodyFault::Broken),
            Ok(Some(Ok(chunk))) => {
                if !into.send(chunk).await {
                    return Ok(());
                }
            }
            Ok(None) => {
                into.end().await;
                return Ok(());
            }
        }
    }
}

/// Reads the body. A length that is too large is refused before a byte of it is read.
pub(super) async fn read(
    headers: &HeaderMap,
    payload: web::Payload,
    limit: usize,
    deadline: Duration,
) -> Result<Bytes, BodyFault> {
    let Declared { packed, length } = declared(headers)?;
    if length.is_some_and(|length| length > limit as u64) {
        return Err(BodyFault::TooLarge(limit));
    }
    let bytes = tokio::time::timeout(deadline, collect(payload, limit)).await.map_err(|_| BodyFault::TooSlow)??;
    match packed {
        false => Ok(bytes),
        true if bytes.len() <= INLINE_UNPACKING => unpack(&bytes, limit),
        true => web::block(move || unpack(&bytes, limit)).await.unwrap_or(Err(BodyFault::Broken)),
    }
}

async fn collect(mut payload: web::Payload, limit: usize) -> Result<Bytes, BodyFault> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| BodyFault::Broken)?;
        if bytes.len() + chunk.len() > limit {
            return Err(BodyFault::TooLarge(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn unpack(bytes: &[u8], limit: usize) -> Result<Bytes, BodyFault> {
    let mut unpacked = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(bytes).take(limit as u64 + 1);
    reader.read_to_end(&mut unpacked).map_err(|_| BodyFault::Broken)?;
    if unpacked.len() > limit { Err(BodyFault::TooLarge(limit)) } else { Ok(unpacked.into()) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn unpacking_stops_at_the_limit() {
        let bomb = packed(&vec![b'a'; 10_000_000]);
        assert!(bomb.len() < 20_000);
        assert_eq!(unpack(&bomb, 1_000_000), Err(BodyFault::TooLarge(1_000_000)));
        assert_eq!(unpack(&packed(b"hello"), 5).unwrap(), "hello");
    }

    #[test]
    fn what_cannot_be_unpacked_is_broken() {
        let whole = packed(b"hello hello hello");
        assert_eq!(unpack(&whole[..whole.len() - 6], 100), Err(BodyFault::Broken));
        assert_eq!(unpack(b"{}", 100), Err(BodyFault::Broken));
    }
}
