//! The lifecycle of a membership: what may follow what, and how things stand on a day. Pure.

use super::{
    FactKind, Membership, MembershipStatus,
    history::{Fact, Plan},
};
use MembershipStatus::{Active, Applied, Invited, Rejected, Suspended, Terminated};
use chrono::NaiveDate;
use entity::id::TierId;

/// Where a membership stands on a day, finer than its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is none yet.
    New,
    /// As its status says.
    Is(MembershipStatus),
    /// Its time ran out, and nobody renewed it: terminated, and may still be renewed.
    Lapsed,
}

/// What somebody does to a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The organization asks for it.
    Apply,
    /// The host asks the organization.
    Invite,
    /// The invited organization says yes.
    Accept,
    /// The invited organization says no.
    Decline,
    /// The one who asked takes it back.
    Withdraw,
    /// The host says yes.
    Approve,
    /// The host says no.
    Reject,
    /// The host sets it aside.
    Suspend,
    /// The host ends a suspension.
    Reinstate,
    /// The host ends it, or the member leaves.
    Terminate,
    /// The host says how long it holds.
    Renew,
    /// The host gives it a tier.
    AssignTier,
    /// The host records a measured value.
    Measure,
}

/// What may follow what.
const TABLE: &[(Standing, Step, MembershipStatus)] = &[
    (Standing::New, Step::Apply, Applied),
    (Standing::Is(Rejected), Step::Apply, Applied),
    (Standing::Is(Terminated), Step::Apply, Applied),
    (Standing::Lapsed, Step::Apply, Applied),
    (Standing::New, Step::Invite, Invited),
    (Standing::Is(Rejected), Step::Invite, Invited),
    (Standing::Is(Terminated), Step::Invite, Invited),
    (Standing::Lapsed, Step::Invite, Invited),
    (Standing::Is(Invited), Step::Accept, Active),
    (Standing::Is(Invited), Step::Decline, Rejected),
    (Standing::Is(Invited), Step::Withdraw, Terminated),
    (Standing::Is(Applied), Step::Withdraw, Terminated),
    (Standing::Is(Applied), Step::Approve, Active),
    (Standing::Is(Applied), Step::Reject, Rejected),
    (Standing::Is(Active), Step::Suspend, Suspended),
    (Standing::Is(Suspended), Step::Reinstate, Active),
    (Standing::Is(Active), Step::Terminate, Terminated),
    (Standing::Is(Suspended), Step::Terminate, Terminated),
    (Standing::Is(Active), Step::Renew, Active),
    (Standing::Lapsed, Step::Renew, Active),
    (Standing::Is(Active), Step::AssignTier, Active),
    (Standing::Is(Suspended), Step::AssignTier, Suspended),
    (Standing::Is(Applied), Step::Measure, Applied),
    (Standing::Is(Active), Step::Measure, Active),
    (Standing::Is(Suspended), Step::Measure, Suspended),
];

/// The status after `step`; none where it may not follow.
#[must_use]
pub fn follow(standing: Standing, step: Step) -> Option<MembershipStatus> {
    TABLE.iter().find(|(from, by, _)| *from == standing && *by == step).map(|(_, _, to)| *to)
}

/// The status on `day`: a membership whose time has run out is over, whatever the column says.
#[must_use]
pub fn status_on(membership: &Membership, day: NaiveDate) -> MembershipStatus {
    match membership.status {
        Active | Suspended if membership.expires_on.is_some_and(|expires| expires <= day) => Terminated,
        status => status,
    }
}

/// Where the membership stands on `day`.
#[must_use]
pub fn standing_on(membership: &Membership, day: NaiveDate) -> Standing {
    match status_on(membership, day) {
        // A termination forgets the expiry, so one that is still there is what ended it.
        Terminated if membership.expires_on.is_some() => Standing::Lapsed,
        status => Standing::Is(status),
    }
}

/// The tier on `day`, the last one held where the membership is over.
#[must_use]
pub fn tier_on(membership: &Membership, day: NaiveDate) -> Option<TierId> {
    due_facts(membership, day)
        .into_iter()
        .find(|fact| fact.kind == FactKind::TierChanged)
        .map_or(membership.tier_id, |fact| fact.tier)
}

/// The planned facts whose day has come.
#[must_use]
pub fn due_facts(membership: &Membership, day: NaiveDate) -> Vec<Fact> {
    if !matches!(membership.status, Active | Suspended) {
        return Vec::new();
    }
    Plan::of(membership).facts().into_iter().filter(|fact| fact.effective_on <= day).collect()
}

/// The membership with what has come due written into it, and the facts to record for that. Every change starts here, so
/// that what the clock did is a fact before what somebody does becomes one.
#[must_use]
pub fn settle(mut membership: Membership, day: NaiveDate) -> (Membership, Vec<Fact>) {
    let facts = due_facts(&membership, day);
    for fact in &facts {
        match fact.kind {
            FactKind::TierChanged => membership.tier_id = fact.tier,
            _ => membership.status = Terminated,
        }
        membership.next_tier_id = None;
        membership.next_tier_on = None;
    }
    (membership, facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use entity::{id::MembershipId, value::PartnerTypes};
    use uuid::Uuid;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, number).unwrap()
    }

    fn membership(status: MembershipStatus) -> Membership {
        Membership {
            id: MembershipId(Uuid::nil()),
            program_id: Uuid::nil().into(),
            organization_id: Uuid::nil().into(),
            external_key: String::new(),
            status,
            types: PartnerTypes::default(),
            tier_id: Some(TierId(Uuid::from_u128(2))),
            next_tier_id: None,
            next_tier_on: None,
            expires_on: None,
            joined_at: None,
            requested_at: None,
            decided_at: None,
            message: None,
            rejection_reason: None,
            comment: None,
            created_at: day(1).and_hms_opt(0, 0, 0).unwrap().and_utc(),
            updated_at: day(1).and_hms_opt(0, 0, 0).unwrap().and_utc(),
            revision: 1,
        }
    }

    #[test]
    fn a_step_leads_to_one_status() {
        for (at, (from, step, _)) in TABLE.iter().enumerate() {
            assert!(!TABLE[at + 1..].iter().any(|(f, s, _)| f == from && s == step), "{from:?} {step:?} twice");
        }
    }

    #[test]
    fn only_what_the_table_says_may_follow() {
        assert_eq!(follow(Standing::Is(Applied), Step::Approve), Some(Active));
        for (standing, step) in [
            (Standing::Is(Applied), Step::Apply),
            (Standing::Is(Active), Step::Apply),
            (Standing::Is(Suspended), Step::Apply),
            (Standing::Is(Invited), Step::Approve),
            (Standing::Is(Rejected), Step::Approve),
            (Standing::Is(Terminated), Step::Reinstate),
            (Standing::Is(Terminated), Step::Renew),
            (Standing::Is(Suspended), Step::Renew),
            (Standing::Lapsed, Step::Terminate),
            (Standing::New, Step::Accept),
        ] {
            assert_eq!(follow(standing, step), None, "{standing:?} {step:?}");
        }
    }

    #[test]
    fn the_clock_ends_a_membership_on_its_day() {
        let row = Membership { expires_on: Some(day(10)), ..membership(Active) };
        assert_eq!(status_on(&row, day(9)), Active);
        assert_eq!(status_on(&row, day(10)), Terminated);
        assert_eq!(standing_on(&row, day(10)), Standing::Lapsed);
        let (settled, facts) = settle(row, day(12));
        assert_eq!((settled.status, facts.len()), (Terminated, 1));
        assert_eq!((facts[0].kind, facts[0].effective_on), (FactKind::Left, day(10)));
        assert_eq!(standing_on(&settled, day(12)), Standing::Lapsed, "settling does not lose why it ended");
        assert_eq!(settle(settled, day(20)).1, [], "a second settling finds nothing to do");
    }

    #[test]
    fn a_demotion_counts_from_its_day_on_and_not_after_the_end() {
        let next = Some(TierId(Uuid::from_u128(1)));
        let row = Membership { next_tier_id: next, next_tier_on: Some(day(5)), ..membership(Active) };
        assert_eq!(tier_on(&row, day(4)), row.tier_id);
        assert_eq!(tier_on(&row, day(5)), next);
        let ended = Membership { expires_on: Some(day(5)), ..row.clone() };
        assert_eq!(tier_on(&ended, day(6)), row.tier_id);
        let (settled, facts) = settle(row, day(6));
        assert_eq!((settled.tier_id, settled.next_tier_id, settled.next_tier_on), (next, None, None));
        assert_eq!(facts.len(), 1);
        let rejected = Membership { expires_on: Some(day(1)), ..membership(Rejected) };
        assert_eq!(settle(rejected, day(6)).1, [], "what is not in force does not run out");
    }
}
