//! What waits to be written on one socket: bounded in messages and bytes. Filling never waits: who fills asks for room
//! first, or leaves it. It writes nothing itself.

use std::{collections::VecDeque, io::IoSlice};

use bytes::{Buf, Bytes};
use tokio::time::Instant;

/// How many parts are written at once, at most.
pub(super) const AT_ONCE: usize = 48;

/// What waits. Of a reader that keeps up, hardly ever anything does.
pub(super) struct Outbox {
    parts: VecDeque<Part>,
    messages: usize,
    bytes: usize,
    /// A message was written in part: what is left of it must follow, whatever else is left out.
    within: bool,
    /// Nothing follows a close frame.
    closed: bool,
    /// When it last got smaller, or became full.
    moved: Instant,
    most_messages: usize,
    most_bytes: usize,
}

/// Of the first part, what was written is no longer in it.
struct Part {
    bytes: Bytes,
    ends: bool,
}

impl Outbox {
    /// For up to `messages` messages or `bytes` bytes, whichever come first; a message that begins below both fits.
    pub(super) fn new(messages: usize, bytes: usize) -> Self {
        Self {
            parts: VecDeque::new(),
            messages: 0,
            bytes: 0,
            within: false,
            closed: false,
            moved: Instant::now(),
            most_messages: messages,
            most_bytes: bytes,
        }
    }

    /// A message in parts, some of which may be shared with other sockets; nothing behind a close frame.
    pub(super) fn put<const N: usize>(&mut self, parts: [Bytes; N]) {
        if self.closed {
            return;
        }
        let had_room = self.has_room();
        self.messages += 1;
        for (index, bytes) in parts.into_iter().enumerate() {
            self.bytes += bytes.len();
            self.parts.push_back(Part { bytes, ends: index + 1 == N });
        }
        if had_room && !self.has_room() {
            self.moved = Instant::now();
        }
    }

    /// The close frame; `at_once` leaves out what nothing was written of yet.
    pub(super) fn close(&mut self, frame: Bytes, at_once: bool) {
        if at_once && !self.closed {
            self.clear();
        }
        self.put([frame]);
        self.closed = true;
    }

    fn clear(&mut self) {
        let begun = if self.within { self.parts.iter().position(|part| part.ends).map_or(0, |end| end + 1) } else { 0 };
        self.parts.truncate(begun);
        self.messages = usize::from(begun > 0);
        self.bytes = self.parts.iter().map(|part| part.bytes.len()).sum();
    }

    /// Whether another message may be put in.
    pub(super) fn has_room(&self) -> bool {
        self.messages < self.most_messages && self.bytes < self.most_bytes
    }

    /// Whether another message may be put in behind one of so many bytes.
    pub(super) fn has_room_behind(&self, bytes: usize) -> bool {
        self.messages + 1 < self.most_messages && self.bytes + bytes < self.most_bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// What waits, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Since when it is full without anything being taken out; `None` while it has room.
    pub(super) fn stuck_since(&self) -> Option<Instant> {
        (!self.has_room()).then_some(self.moved)
    }

    /// What to write next, put into `slices` from the front; how many they are.
    pub(super) fn next<'a>(&'a self, slices: &mut [IoSlice<'a>; AT_ONCE]) -> usize {
        let parts = self.parts.iter().take(AT_ONCE);
        slices.iter_mut().zip(parts).map(|(slice, part)| *slice = IoSlice::new(&part.bytes)).count()
    }

    /// So many bytes were written.
    pub(super) fn written(&mut self, mut count: usize) {
        self.bytes -= count;
        self.moved = Instant::now();
        while let Some(part) = self.parts.front_mut() {
            if count < part.bytes.len() {
                self.within |= count > 0;
                part.bytes.advance(count);
                return;
            }
            count -= part.bytes.len();
            self.within = !part.ends;
            self.messages -= usize::from(part.ends);
            self.parts.pop_front();
        }
        // Most sockets are idle most of the time.
        self.parts = VecDeque::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes up to `count` bytes.
    fn written(outbox: &mut Outbox, count: usize) -> Vec<u8> {
        let mut slices = [IoSlice::new(&[]); AT_ONCE];
        let filled = outbox.next(&mut slices);
        let mut bytes: Vec<u8> = slices[..filled].iter().flat_map(|slice| slice.to_vec()).collect();
        bytes.truncate(count);
        outbox.written(bytes.len());
        bytes
    }

    fn message(begin: &'static str, end: &'static str) -> [Bytes; 2] {
        [begin, end].map(|part| Bytes::from_static(part.as_bytes()))
    }

    #[test]
    fn one_message_always_fits_and_then_it_is_full() {
        let mut outbox = Outbox::new(64, 10);
        assert!(outbox.has_room() && outbox.stuck_since().is_none() && outbox.is_empty());
        outbox.put([Bytes::from(vec![b'x'; 1000])]);
        let since = outbox.stuck_since().unwrap();
        assert_eq!(written(&mut outbox, 900).len(), 900);
        assert!(outbox.stuck_since().unwrap() > since, "it got smaller");
        written(&mut outbox, 95);
        assert!(outbox.has_room() && outbox.stuck_since().is_none() && !outbox.is_empty());
        assert_eq!(written(&mut outbox, 99).len(), 5);
        assert!(outbox.is_empty());
    }

    #[test]
    fn messages_are_counted_as_well_as_bytes() {
        let mut outbox = Outbox::new(2, 1000);
        outbox.put(message("a", "b"));
        outbox.put(message("c", "d"));
        assert!(!outbox.has_room());
        assert_eq!(written(&mut outbox, 1), b"a");
        assert!(!outbox.has_room(), "a part of a message is one");
        assert_eq!(written(&mut outbox, 2), b"bc");
        assert!(outbox.has_room());
        assert_eq!(written(&mut outbox, 9), b"d");
    }

    #[test]
    fn many_parts_are_written_in_turns_and_in_order() {
        let mut outbox = Outbox::new(1000, 1000);
        for byte in 0..=200 {
            outbox.put([Bytes::copy_from_slice(&[byte])]);
        }
        let mut bytes = Vec::new();
        while !outbox.is_empty() {
            bytes.extend(written(&mut outbox, 7));
        }
        assert_eq!(bytes, (0..=200).collect::<Vec<u8>>());
    }

    #[test]
    fn closing_at_once_leaves_out_what_waits_but_not_the_rest_of_a_frame() {
        for (begun, rest) in [(0, "bye"), (1, "bbye"), (2, "bye"), (3, "dbye"), (4, "bye")] {
            let mut outbox = Outbox::new(9, 1000);
            outbox.put(message("a", "b"));
            outbox.put(message("c", "d"));
            written(&mut outbox, begun);
            outbox.close(Bytes::from_static(b"bye"), true);
            outbox.put(message("after", "wards"));
            outbox.close(Bytes::from_static(b"again"), true);
            assert_eq!(written(&mut outbox, 99), rest.as_bytes(), "{begun}");
        }
    }

    #[test]
    fn closing_otherwise_lets_what_waits_go_first() {
        let mut outbox = Outbox::new(9, 1000);
        outbox.put(message("a", "b"));
        outbox.close(Bytes::from_static(b"bye"), false);
        assert_eq!(written(&mut outbox, 99), b"abbye");
    }
}
