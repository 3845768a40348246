//! New ids and secrets. Nothing else in the project asks the machine for randomness.

use chrono::{DateTime, Utc};
use std::sync::Mutex;
use uuid::{Builder, Uuid};

/// A source of ids.
pub trait Ids: Send + Sync {
    /// A new UUIDv7: sortable by time, and ascending within one process.
    fn next(&self, now: DateTime<Utc>) -> Uuid;

    /// 32 random bytes.
    fn secret(&self) -> [u8; 32];
}

/// Ids from the machine's randomness.
#[derive(Default)]
pub struct RandomIds {
    last: Mutex<u128>,
}

impl Ids for RandomIds {
    fn next(&self, now: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        let fresh = Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid().as_u128();
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Two ids of one millisecond would be in random order; a list by id should be in the order of making.
        let id = if fresh > *last { fresh } else { last.wrapping_add(1 + u128::from(rand::random::<u16>())) };
        *last = id;
        let mut bytes = id.to_be_bytes();
        // Adding may have carried into the version and variant bits.
        bytes[6] = (bytes[6] & 0x0f) | 0x70;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Uuid::from_bytes(bytes)
    }

    fn secret(&self) -> [u8; 32] {
        rand::random()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_ascend_and_differ() {
        let ids = RandomIds::default();
        let now = DateTime::from_timestamp_millis(1_700_000_000_000).unwrap_or_default();
        let made: Vec<Uuid> = (0..1000).map(|_| ids.next(now)).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(made.iter().all(|id| id.get_version_num() == 7));
    }
}
