//! The life that invitations have in common, into a partnership and into an opportunity: open for a while, answered once.
//! Whether one has expired is decided from the clock whenever it is read.

use super::InvitationStatus;
use crate::op::{ErrorCode, Refusal};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// What may follow what: an answer closes an invitation, and nothing opens it again.
#[must_use]
pub(super) const fn may_follow(from: InvitationStatus, to: InvitationStatus) -> bool {
    use InvitationStatus::{Accepted, Canceled, Declined, Expired, Pending};
    match (from, to) {
        (Pending, Accepted | Declined | Canceled | Expired) => true,
        (Pending, Pending) | (Accepted | Declined | Canceled | Expired, _) => false,
    }
}

/// What the life of an invitation goes by.
pub trait Lasting {
    /// The state that is stored.
    fn stored(&self) -> InvitationStatus;

    /// Until when it is open.
    fn expires_at(&self) -> DateTime<Utc>;
}

/// The state of an invitation at `now`.
#[must_use]
pub fn invitation_status(invitation: &impl Lasting, now: DateTime<Utc>) -> InvitationStatus {
    match invitation.stored() {
        InvitationStatus::Pending if invitation.expires_at() <= now => InvitationStatus::Expired,
        stored => stored,
    }
}

/// Whether nobody answered an invitation by `now` and nobody has put that on record yet.
#[must_use]
pub fn expiry_is_due(invitation: &impl Lasting, now: DateTime<Utc>) -> bool {
    invitation.stored() == InvitationStatus::Pending && invitation_status(invitation, now) == InvitationStatus::Expired
}

/// Refuses the answer `to` where the invitation's state at `now` does not allow it.
///
/// # Errors
/// [`ErrorCode::Expired`] and [`ErrorCode::InvalidState`].
pub fn answer(invitation: &impl Lasting, to: InvitationStatus, now: DateTime<Utc>) -> Result<(), Refusal> {
    match invitation_status(invitation, now) {
        from if may_follow(from, to) => Ok(()),
        InvitationStatus::Expired => Err(Refusal::of("id", ErrorCode::Expired, "The invitation has expired.")),
        _ => Err(Refusal::of("id", ErrorCode::InvalidState, "The invitation was answered or taken back before.")),
    }
}

/// Until when an invitation that is sent at `now` is open: for `usual` where nothing else is wanted, and for `most` at most.
///
/// # Errors
/// [`ErrorCode::OutOfRange`] for a moment that is not within `most` from now.
pub fn open_until(
    wanted: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    usual: TimeDelta,
    most: TimeDelta,
) -> Result<DateTime<Utc>, Refusal> {
    let Some(wanted) = wanted else { return Ok(now + usual) };
    if wanted <= now || wanted > now + most {
        let message = format!("Must be in the future, and at most {} days ahead.", most.num_days());
        return Err(Refusal::of("input.expiresAt", ErrorCode::OutOfRange, message));
    }
    // The databases keep no more than microseconds.
    Ok(wanted.trunc_subsecs(6))
}
