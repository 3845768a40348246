//! Notes that an organization keeps for itself. Pure.

use entity::id::{AccountId, TypedId};

/// A note of one organization about an overlap.
pub type OverlapNote = entity::overlap_note::Model;

/// Characters of a note at most.
pub const OVERLAP_NOTE_MAX: usize = 2_000;
/// Notes that an organization has about one overlap, at most.
pub const NOTES_MAX: u64 = 200;

/// The two accounts that a note is about, the writer's own one first. An overlap that is lost and found again has another
/// id; its notes stay with the accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct About {
    /// The account of the writer's organization.
    pub own: AccountId,
    /// The partner's account.
    pub partner: AccountId,
}

impl About {
    /// Both as one text, as they are kept.
    #[must_use]
    pub fn key(self) -> String {
        format!("{}:{}", self.own.global(), self.partner.global())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn each_side_has_its_own_notes() {
        let (one, other) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let ours = About { own: one, partner: other };
        assert_ne!(ours.key(), About { own: other, partner: one }.key());
        assert_eq!(ours.key(), ours.key());
    }
}
