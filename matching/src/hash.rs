//! Hashes that are the same on every machine and in every release, because a server stores them.
//!
//! Not for tables that an attacker may fill: whoever can choose names can choose names that collide, and gets a pair that
//! is scored and thrown away.

use std::hash::{BuildHasherDefault, Hasher};

const FIRST: u64 = 0x9e37_79b9_7f4a_7c15;
const SECOND: u64 = 0xd6e8_feb8_6659_fd93;

/// 64 bits of `bytes`; never 0, which stands for "none".
pub(crate) fn hash(space: u64, bytes: &[u8]) -> u64 {
    let mut state = mix(space ^ FIRST, bytes.len() as u64 ^ SECOND);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        state = mix(state ^ u64::from_le_bytes(word), FIRST);
    }
    mix(state ^ short(chunks.remainder()), SECOND).max(1)
}

/// Fewer than eight bytes as a number, the first one lowest: in two reads that may meet, which is faster than byte by byte.
fn short(bytes: &[u8]) -> u64 {
    let shift = |place: usize| 8 * place as u32;
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let [first, last] = [*first, *last].map(|four| u64::from(u32::from_le_bytes(four)));
        return first | last << shift(bytes.len() - 4);
    }
    match bytes {
        [] => 0,
        [one] => u64::from(*one),
        [one, two] => u64::from(u16::from_le_bytes([*one, *two])),
        [one, two, three, ..] => u64::from(u32::from_le_bytes([*one, *two, *three, 0])),
    }
}

/// Two hashes as one; never 0.
pub(crate) fn join(space: u64, one: u64) -> u64 {
    mix(space ^ FIRST, one ^ SECOND).max(1)
}

fn mix(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    let folded = (product as u64) ^ ((product >> 64) as u64);
    folded ^ folded.rotate_right(23)
}

/// For tables whose keys are hashes already.
#[derive(Default)]
pub(crate) struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value).wrapping_mul(FIRST);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

pub(crate) type Table<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Already>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_do_not_change_from_release_to_release() {
        assert_eq!(
            [hash(0, b""), hash(1, b"acme"), hash(1, b"acme technologies")],
            [11_672_926_178_793_336_445, 1_585_305_572_502_984_588, 9_105_025_076_732_664_816]
        );
    }

    #[test]
    fn short_texts_are_read_whole() {
        let bytes = *b"abcdefg\0";
        for length in 0..8 {
            let mut word = [0; 8];
            word[..length].copy_from_slice(&bytes[..length]);
            assert_eq!(short(&bytes[..length]), u64::from_le_bytes(word), "{length}");
        }
    }

    #[test]
    fn length_and_space_count() {
        assert_ne!(hash(1, b"a"), hash(1, b"a\0"));
        assert_ne!(hash(1, b"a"), hash(2, b"a"));
        assert_ne!(hash(1, b"abcdefgh"), hash(1, b"abcdefgh\0\0\0\0\0\0\0\0"));
    }
}
