//! What is worked out from alerts as they are stored. Pure.

use crate::event::feed::{Alert, Position, ResetReason};
use entity::id::{
    AlertId, MappingPairId, OrganizationId, OverlapDisputeId, OverlapId, PartnershipInvitationId, TypedId,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Builder;

/// A value that an alert says; none where it says nothing of the kind.
#[must_use]
pub fn said<T: DeserializeOwned>(alert: &Alert, name: &str) -> Option<T> {
    serde_json::from_value(detail(alert, name)?.clone()).ok()
}

/// An id that an alert says.
#[must_use]
pub fn named<I: TypedId>(alert: &Alert, name: &str) -> Option<I> {
    detail(alert, name)?.as_str().and_then(I::parse_global)
}

/// What is within something is named `outer/inner`.
fn detail<'a>(alert: &'a Alert, name: &str) -> Option<&'a Value> {
    alert.details.pointer(&format!("/{name}"))
}

/// The invitation that an alert about partnerships is about; none where it is about a partnership.
#[must_use]
pub fn partnership_invitation(alert: &Alert) -> Option<PartnershipInvitationId> {
    let of_invitation = alert.details.get("subject").is_some_and(|subject| subject == "partnership_invitation");
    of_invitation.then(|| alert.subject_id.into())
}

/// What an alert about overlaps is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverlapSubject {
    /// A run over a pair of lists, as a whole.
    Pair(MappingPairId),
    /// One overlap.
    Overlap(OverlapId),
    /// A dispute about one.
    Dispute(OverlapDisputeId),
}

/// What an alert about overlaps is about, as it says itself.
#[must_use]
pub fn overlap_subject(alert: &Alert) -> OverlapSubject {
    match (named(alert, "dispute"), named(alert, "overlap")) {
        (Some(dispute), _) => OverlapSubject::Dispute(dispute),
        (None, Some(overlap)) => OverlapSubject::Overlap(overlap),
        (None, None) => OverlapSubject::Pair(alert.subject_id.into()),
    }
}

/// The id of a reset: the same reset has the same one, for whoever is told of it how often.
#[must_use]
pub fn reset_id(organization: OrganizationId, reason: ResetReason, head: Position) -> AlertId {
    let named = format!("{} {reason:?} {} {}", organization.global(), head.epoch, head.seq);
    let digest = Sha256::digest(named.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(bytes).into_uuid().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_reset_is_known_by_what_it_is() {
        let id = |organization: u128, reason, seq| {
            reset_id(Uuid::from_u128(organization).into(), reason, Position { epoch: 1, seq })
        };
        assert_eq!(id(1, ResetReason::Trimmed, 7), id(1, ResetReason::Trimmed, 7));
        assert_ne!(id(1, ResetReason::Trimmed, 7), id(2, ResetReason::Trimmed, 7));
        assert_ne!(id(1, ResetReason::Trimmed, 7), id(1, ResetReason::OtherEpoch, 7));
        assert_ne!(id(1, ResetReason::Trimmed, 7), id(1, ResetReason::Trimmed, 8));
    }
}
