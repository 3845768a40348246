//! A file on its way in: pieces as they arrive, handed from the connection to whoever reads it on a thread of its own.

use bytes::{Buf, Bytes};
use flate2::read::MultiGzDecoder;
use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::mpsc;

/// Pieces that wait to be read. The sender of the file waits where they are not: memory stays small.
const PIECES_WAITING: usize = 8;

enum Piece {
    Bytes(Bytes),
    /// Without it the file was cut off, whatever was there before.
    End,
}

/// The end that the connection fills.
pub struct IncomingSender(mpsc::Sender<Piece>);

/// The end that is read.
pub struct Incoming {
    pieces: mpsc::Receiver<Piece>,
    packed: bool,
    length: Option<u64>,
    count: Arc<AtomicU64>,
}

/// A way for one file. `packed` says that it is compressed with gzip, `length` how many bytes will come, where that was
/// told.
#[must_use]
pub fn channel(packed: bool, length: Option<u64>) -> (IncomingSender, Incoming) {
    let (sender, pieces) = mpsc::channel(PIECES_WAITING);
    (IncomingSender(sender), Incoming { pieces, packed, length, count: Arc::default() })
}

impl IncomingSender {
    /// Hands a piece on; false where nobody reads any more.
    pub async fn send(&self, bytes: Bytes) -> bool {
        self.0.send(Piece::Bytes(bytes)).await.is_ok()
    }

    /// Says that this was all. A sender that is dropped without it has cut the file off.
    pub async fn end(self) {
        // Nobody reads where the file was refused on the way.
        _ = self.0.send(Piece::End).await;
    }
}

impl Incoming {
    /// How many bytes will come, as they are sent, where that was told.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Counts the bytes that were read, as they were sent.
    #[must_use]
    pub fn count(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.count)
    }

    /// The file, unpacked. It blocks, and so must be read on a thread where that may be.
    ///
    /// Reading fails with [`io::ErrorKind::ConnectionAborted`] where the file was cut off.
    #[must_use]
    pub fn into_reader(self) -> Box<dyn Read + Send> {
        let packed = self.packed;
        let pieces = Pieces { pieces: self.pieces, piece: Bytes::new(), ended: false, count: self.count };
        match packed {
            true => Box::new(Packed { unread: Some(pieces), begun: None }),
            false => Box::new(pieces),
        }
    }
}

/// A packed file. What unpacks it reads as soon as it is made, which blocks: so the first who reads makes it.
struct Packed {
    unread: Option<Pieces>,
    begun: Option<MultiGzDecoder<Pieces>>,
}

impl Read for Packed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(pieces) = self.unread.take() {
            self.begun = Some(MultiGzDecoder::new(pieces));
        }
        self.begun.as_mut().map_or(Ok(0), |begun| begun.read(into))
    }
}

struct Pieces {
    pieces: mpsc::Receiver<Piece>,
    piece: Bytes,
    ended: bool,
    count: Arc<AtomicU64>,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !self.piece.has_remaining() && !self.ended {
            match self.pieces.blocking_recv() {
                Some(Piece::Bytes(bytes)) => {
                    self.count.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                    self.piece = bytes;
                }
                Some(Piece::End) => self.ended = true,
                None => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        let taken = self.piece.remaining().min(into.len());
        if let Some(into) = into.get_mut(..taken) {
            self.piece.copy_to_slice(into);
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    async fn read(packed: bool, pieces: Vec<Bytes>, whole: bool) -> io::Result<String> {
        let (sender, incoming) = channel(packed, None);
        // Made where nothing may block, as the rooms do that take files.
        let mut reader = incoming.into_reader();
        let reading = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            reader.read_to_string(&mut text).map(|_| text)
        });
        for piece in pieces {
            sender.send(piece).await;
        }
        if whole {
            sender.end().await;
        } else {
            drop(sender);
        }
        reading.await.unwrap()
    }

    fn packed(text: &str) -> Bytes {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap().into()
    }

    #[tokio::test]
    async fn a_file_is_whole_only_where_its_end_was_said() {
        let pieces = || vec!["a,".into(), Bytes::new(), "b\n".into()];
        assert_eq!(read(false, pieces(), true).await.unwrap(), "a,b\n");
        assert_eq!(read(false, pieces(), false).await.unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
        assert_eq!(read(false, Vec::new(), true).await.unwrap(), "");
    }

    #[tokio::test]
    async fn a_packed_file_is_unpacked_and_one_that_is_cut_off_is_not_whole() {
        let text = "acme,".repeat(10_000);
        let whole = packed(&text);
        let half = whole.slice(..whole.len() / 2);
        assert_eq!(read(true, vec![whole.clone()], true).await.unwrap(), text);
        assert!(read(true, vec![half.clone()], true).await.is_err());
        assert_eq!(read(true, vec![half], false).await.unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
        assert!(read(true, vec!["plain".into()], true).await.is_err());
    }
}
