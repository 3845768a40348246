//! Cursors: a place in the feed of one organization, as text that only this installation can write.
//!
//! A cursor is signed together with its organization, so that one of another feed is refused, and says nothing but its
//! place: the same place is always the same text, which is what lets clients and webhooks compare them.

use super::Position;
use crate::op::{Fault, Op};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use entity::id::OrganizationId;
use hmac::{Hmac, KeyInit, Mac, digest::Key};
use sha2::{Digest, Sha256};
use std::fmt;

/// The form of a cursor; another form gets another number.
const VERSION: u8 = 1;

/// Bytes of the signature: half of what HMAC-SHA256 gives, which nobody can guess.
const TAG_BYTES: usize = 16;

/// Version, epoch and number, then the signature: 33 bytes, which are 44 letters without a rest.
const BYTES: usize = 1 + 8 + 8 + TAG_BYTES;

/// What the key is for, so that no other use of the same secret has the same key.
const PURPOSE: &[u8] = b"partnergraph feed cursor";

/// Signs cursors. All replicas of an installation derive the same one from the secret that they share.
#[derive(Clone)]
pub struct CursorKey(Hmac<Sha256>);

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey")
    }
}

impl CursorKey {
    /// The key of the installation with this secret.
    #[must_use]
    pub fn derive(secret: &[u8]) -> Self {
        let derived = keyed(&Sha256::digest(secret).into()).chain_update(PURPOSE).finalize().into_bytes();
        Self(keyed(&derived.into()))
    }

    pub(super) fn write(&self, organization: OrganizationId, position: Position) -> String {
        let mut bytes = [0; BYTES];
        bytes[0] = VERSION;
        bytes[1..9].copy_from_slice(&position.epoch.to_be_bytes());
        bytes[9..17].copy_from_slice(&position.seq.to_be_bytes());
        let tag = self.over(organization, &bytes[..17]).finalize().into_bytes();
        bytes[17..].copy_from_slice(&tag[..TAG_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(super) fn read(&self, organization: OrganizationId, cursor: &str) -> Option<Position> {
        // Longer ones are refused before they are decoded: the text is the client's.
        if cursor.len() != BYTES.div_ceil(3) * 4 {
            return None;
        }
        let bytes: [u8; BYTES] = URL_SAFE_NO_PAD.decode(cursor).ok()?.try_into().ok()?;
        let (place, tag) = bytes.split_at(17);
        // In constant time.
        self.over(organization, place).verify_truncated_left(tag).ok()?;
        let (version, place) = place.split_first()?;
        let (epoch, seq) = place.split_at(8);
        let number = |bytes: &[u8]| Some(i64::from_be_bytes(bytes.try_into().ok()?));
        (*version == VERSION).then_some(Position { epoch: number(epoch)?, seq: number(seq)? })
    }

    fn over(&self, organization: OrganizationId, place: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(organization.0.as_bytes()).chain_update(place)
    }
}

/// A key as long as a hash, filled up to the block that HMAC works with as HMAC itself does it.
fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Key::<Hmac<Sha256>>::default();
    block[..key.len()].copy_from_slice(key);
    Hmac::new(&block)
}

/// The cursor of a place in the feed of `organization`: 44 letters, digits, `-` and `_`.
#[must_use]
pub fn write_cursor(op: &Op, organization: OrganizationId, position: Position) -> String {
    op.feeds().key.write(organization, position)
}

/// The place that a cursor of the feed of `organization` names. Whether the feed can go on from there is said by
/// [`resume`](super::resume).
///
/// # Errors
/// [`Fault::BadInput`] where it is none of this installation's, or one of another organization's feed.
pub fn read_cursor(op: &Op, organization: OrganizationId, cursor: &str) -> Result<Position, Fault> {
    let read = op.feeds().key.read(organization, cursor);
    read.ok_or_else(|| Fault::bad_input("This is not a cursor of your organization's feed."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn key() -> CursorKey {
        CursorKey::derive(b"a secret that only these tests know")
    }

    fn organization(number: u128) -> OrganizationId {
        Uuid::from_u128(number).into()
    }

    #[test]
    fn a_cursor_keeps_its_form() {
        // Clients keep cursors for as long as alerts are kept: a new release must read those of the one before.
        let written = key().write(organization(7), Position { epoch: 5, seq: 12 });
        assert_eq!(written, "AQAAAAAAAAAFAAAAAAAAAAzQ-gldMTes9W9FPQhw77bI");
    }

    #[test]
    fn a_key_of_another_secret_refuses() {
        let written = key().write(organization(7), Position { epoch: 5, seq: 12 });
        assert_eq!(CursorKey::derive(b"another").read(organization(7), &written), None);
        assert_eq!(format!("{:?}", key()), "CursorKey");
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(id: u128, epoch: i64, seq: i64) {
            let position = Position { epoch, seq };
            let written = key().write(organization(id), position);
            prop_assert_eq!(written.len(), 44);
            prop_assert_eq!(key().read(organization(id), &written), Some(position));
            prop_assert_eq!(key().write(organization(id), position), written);
        }

        #[test]
        fn any_text_is_refused(text in ".{0,60}", letters in "[A-Za-z0-9_-]{44}") {
            prop_assert_eq!(key().read(organization(7), &text), None);
            prop_assert_eq!(key().read(organization(7), &letters), None);
        }

        #[test]
        fn one_changed_bit_is_refused(epoch: i64, seq: i64, bit in 0..BYTES * 8) {
            let written = key().write(organization(7), Position { epoch, seq });
            let mut bytes = URL_SAFE_NO_PAD.decode(&written).unwrap();
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(key().read(organization(7), &URL_SAFE_NO_PAD.encode(bytes)), None);
        }

        #[test]
        fn one_changed_letter_is_refused(seq: i64, at in 0..44_usize, other in "[A-Za-z0-9_=.-]") {
            let written = key().write(organization(7), Position { epoch: 1, seq });
            let mut changed = written.clone();
            changed.replace_range(at..=at, &other);
            prop_assume!(changed != written);
            prop_assert_eq!(key().read(organization(7), &changed), None);
        }

        #[test]
        fn another_organizations_is_refused(own: u128, other: u128, epoch: i64, seq: i64) {
            prop_assume!(own != other);
            let written = key().write(organization(own), Position { epoch, seq });
            prop_assert_eq!(key().read(organization(other), &written), None);
        }
    }
}
