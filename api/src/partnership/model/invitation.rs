//! Invitations into partnerships: their bounds, their life, and what is unique for them.

use super::{FactsPatch, Invitation, InvitationStatus, Lasting, open_until};
use crate::op::Refusal;
use chrono::{DateTime, TimeDelta, Utc};
use entity::id::{OrganizationId, PartnershipId, TypedId};
use serde::Serialize;

/// Characters of an invitation's message at most.
pub const MESSAGE_MAX: usize = 256;
/// Open invitations that one organization may have sent at a time: enough for a campaign, too few to send them to all.
pub const OPEN_INVITATIONS_MAX: u64 = 200;
/// How long an invitation is open where nothing else was said.
pub const EXPIRY_DEFAULT: TimeDelta = TimeDelta::days(30);
/// How long an invitation is open at most.
pub const EXPIRY_MAX: TimeDelta = TimeDelta::days(365);

/// An invitation to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invite {
    /// The slug of the invited organization.
    pub organization: String,
    /// What the invited organization reads.
    pub message: String,
    /// Until when it can be answered.
    pub expires_at: Option<DateTime<Utc>>,
    /// What the partnership would be; for one that exists already, nothing.
    pub facts: FactsPatch,
}

impl Lasting for Invitation {
    fn stored(&self) -> InvitationStatus {
        self.status
    }

    fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }
}

/// Until when an invitation that is sent at `now` is open.
///
/// # Errors
/// [`ErrorCode::OutOfRange`](crate::op::ErrorCode::OutOfRange) for a moment that is not within the next 365 days.
pub fn expiry(wanted: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
    open_until(wanted, now, EXPIRY_DEFAULT, EXPIRY_MAX)
}

/// The same text for two organizations, whichever is named first.
#[must_use]
pub fn pair_key(one: OrganizationId, other: OrganizationId) -> String {
    let (low, high) = if one < other { (one, other) } else { (other, one) };
    format!("pair:{}:{}", low.global(), high.global())
}

/// What is unique for an organization that is invited into a partnership.
#[must_use]
pub fn join_key(partnership: PartnershipId, organization: OrganizationId) -> String {
    format!("join:{}:{}", partnership.global(), organization.global())
}

/// What is unique for a recorded partnership: one of the same organizations, in any order.
#[must_use]
pub fn recorded_key(parties: &[OrganizationId]) -> String {
    let mut ids: Vec<String> = parties.iter().map(|id| id.global()).collect();
    ids.sort();
    format!("recorded:{}", ids.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        op::ErrorCode,
        partnership::model::{answer, life::may_follow},
    };
    use entity::{id::PartnershipInvitationId, value::PartnerTypes};
    use proptest::prelude::*;
    use uuid::Uuid;

    const ALL: [InvitationStatus; 5] = [
        InvitationStatus::Pending,
        InvitationStatus::Accepted,
        InvitationStatus::Declined,
        InvitationStatus::Canceled,
        InvitationStatus::Expired,
    ];

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_793_610_000 + seconds, 0).unwrap()
    }

    fn invitation(status: InvitationStatus, expires_at: DateTime<Utc>) -> Invitation {
        Invitation {
            id: PartnershipInvitationId(Uuid::nil()),
            from_organization_id: OrganizationId(Uuid::from_u128(1)),
            to_organization_id: OrganizationId(Uuid::from_u128(2)),
            partnership_id: None,
            joins: false,
            types: PartnerTypes(1),
            message: "Shall we?".to_owned(),
            facts: serde_json::Value::Null,
            status,
            open_key: None,
            expires_at,
            created_at: at(0),
            answered_at: None,
            decline_reason: None,
            comment: None,
        }
    }

    #[test]
    fn the_expiry_has_a_default_and_bounds() {
        assert_eq!(expiry(None, at(0)).unwrap(), at(30 * 86_400));
        assert_eq!(expiry(Some(at(1)), at(0)).unwrap(), at(1));
        assert_eq!(expiry(Some(at(365 * 86_400)), at(0)).unwrap(), at(365 * 86_400));
        for bad in [0, -1, 365 * 86_400 + 1] {
            assert_eq!(expiry(Some(at(bad)), at(0)).unwrap_err().code, ErrorCode::OutOfRange);
        }
    }

    proptest! {
        #[test]
        fn only_an_open_invitation_is_answered_and_only_once(
            from in proptest::sample::select(&ALL[..]),
            to in proptest::sample::select(&ALL[1..]),
            expires in -10i64..10,
        ) {
            let invitation = invitation(from, at(expires));
            let open = from == InvitationStatus::Pending && expires > 0;
            match answer(&invitation, to, at(0)) {
                Ok(()) => prop_assert!(open),
                Err(refusal) => {
                    prop_assert!(!open);
                    let expired = from == InvitationStatus::Expired
                        || (from == InvitationStatus::Pending && expires <= 0);
                    let expected = if expired { ErrorCode::Expired } else { ErrorCode::InvalidState };
                    prop_assert_eq!(refusal.code, expected);
                }
            }
            prop_assert!(ALL.into_iter().all(|next| !may_follow(to, next)), "an answer is final");
        }

        #[test]
        fn a_pair_has_one_key_in_both_directions(one in any::<u128>(), other in any::<u128>(), third in any::<u128>()) {
            let [one, other, third] = [one, other, third].map(|id| OrganizationId(Uuid::from_u128(id)));
            prop_assert_eq!(pair_key(one, other), pair_key(other, one));
            prop_assert_eq!(recorded_key(&[one, other]), recorded_key(&[other, one]));
            if third != other {
                prop_assert_ne!(pair_key(one, other), pair_key(one, third));
            }
        }
    }
}
