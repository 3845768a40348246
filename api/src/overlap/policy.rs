//! Who may do what with runs, disputes, plays and notes. Pure. What an organization sees is decided before, by what the
//! other one shares with it; members read it and write notes, and what takes effect for all of an organization, or for
//! both, is a manager's.

use super::model::{MappingRun, OverlapDispute, OverlapNote};
use crate::op::{Action, Actor, Scope};
use entity::{
    id::{MappingPairId, MappingRunId, OrganizationId, OverlapDisputeId, OverlapNoteId},
    value::Role,
};

/// Compare two lists and keep what comes of it: the engine's.
pub struct CompareLists;

impl Action for CompareLists {
    type Resource = MappingPairId;
    type Facts = ();
    const NAME: &'static str = "mapping.compare";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::System)
    }
}

/// Stop a run: either side, since it is made of the lists of both.
pub struct CancelRun;

impl Action for CancelRun {
    type Resource = MappingRunId;
    type Facts = MappingRun;
    const NAME: &'static str = "mapping_run.cancel";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, run: &MappingRun) -> bool {
        manages_one_of(actor, run.left_id, run.right_id)
    }
}

/// Say of two accounts that they are, or are not, the same, in the name of one's own organization.
pub struct RaiseDispute;

impl Action for RaiseDispute {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "overlap_dispute.raise";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, own: &OrganizationId) -> bool {
        manages(actor, *own)
    }
}

/// Agree to a dispute or reject it: the other side.
pub struct AnswerDispute;

impl Action for AnswerDispute {
    type Resource = OverlapDisputeId;
    type Facts = OverlapDispute;
    const NAME: &'static str = "overlap_dispute.answer";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, dispute: &OverlapDispute) -> bool {
        let other = if dispute.raised_by == dispute.left_id { dispute.right_id } else { dispute.left_id };
        other != dispute.raised_by && manages(actor, other)
    }
}

/// Take a dispute back: whoever raised it.
pub struct WithdrawDispute;

impl Action for WithdrawDispute {
    type Resource = OverlapDisputeId;
    type Facts = OverlapDispute;
    const NAME: &'static str = "overlap_dispute.withdraw";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, dispute: &OverlapDispute) -> bool {
        manages(actor, dispute.raised_by)
    }
}

/// Say what one's own organization does about overlaps.
pub struct ChangePlays;

impl Action for ChangePlays {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "benefit_play.change";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, own: &OrganizationId) -> bool {
        manages(actor, *own)
    }
}

/// Write a note about an overlap for one's own organization.
pub struct WriteNote;

impl Action for WriteNote {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "overlap_note.write";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, own: &OrganizationId) -> bool {
        actor.organization() == Some(*own) && actor.holds(*own, Role::Member)
    }
}

/// Change or remove a note: who wrote it, and the managers of its organization.
pub struct ChangeNote;

impl Action for ChangeNote {
    type Resource = OverlapNoteId;
    type Facts = OverlapNote;
    const NAME: &'static str = "overlap_note.change";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, note: &OverlapNote) -> bool {
        let wrote = note.author_id.is_some() && actor.person() == note.author_id;
        let own = note.organization_id;
        manages(actor, own) || (wrote && actor.organization() == Some(own) && actor.holds(own, Role::Member))
    }
}

fn manages_one_of(actor: &Actor, one: OrganizationId, other: OrganizationId) -> bool {
    manages(actor, one) || manages(actor, other)
}

/// The people and keys of the organization, and nobody who only runs the installation.
fn manages(actor: &Actor, organization: OrganizationId) -> bool {
    actor.organization() == Some(organization) && actor.holds(organization, Role::Manager)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::PersonActor;
    use chrono::DateTime;
    use entity::{
        overlap_dispute::{DisputeStatus, DisputeVerdict},
        value::OrganizationStatus,
    };
    use uuid::Uuid;

    fn person(organization: u128, role: Role) -> Actor {
        Actor::Person(PersonActor {
            person: Uuid::nil().into(),
            organization: Uuid::from_u128(organization).into(),
            role,
            status: OrganizationStatus::Active,
            operator: organization == 9,
            expires_at: DateTime::UNIX_EPOCH,
        })
    }

    fn dispute(left: u128, right: u128, raised_by: u128) -> OverlapDispute {
        OverlapDispute {
            id: Uuid::nil().into(),
            left_id: Uuid::from_u128(left).into(),
            right_id: Uuid::from_u128(right).into(),
            left_list_id: Uuid::nil().into(),
            right_list_id: Uuid::nil().into(),
            left_account_id: Uuid::nil().into(),
            right_account_id: Uuid::nil().into(),
            verdict: DisputeVerdict::Same,
            status: DisputeStatus::Open,
            raised_by: Uuid::from_u128(raised_by).into(),
            note: None,
            answer: None,
            raised_at: DateTime::UNIX_EPOCH,
            answered_at: None,
            updated_at: DateTime::UNIX_EPOCH,
            revision: 1,
        }
    }

    #[test]
    fn the_other_side_answers_and_who_raised_it_takes_it_back() {
        let dispute = dispute(1, 2, 2);
        for (actor, answers, withdraws) in [
            (person(1, Role::Manager), true, false),
            (person(1, Role::Member), false, false),
            (person(2, Role::Manager), false, true),
            (person(2, Role::Member), false, false),
            (person(3, Role::Owner), false, false),
            (person(9, Role::Owner), false, false),
            (Actor::Operator, false, false),
            (Actor::Visitor, false, false),
        ] {
            assert_eq!(AnswerDispute::allows(&actor, &dispute), answers, "{actor:?}");
            assert_eq!(WithdrawDispute::allows(&actor, &dispute), withdraws, "{actor:?}");
        }
    }

    #[test]
    fn a_note_is_its_writers_and_the_managers() {
        let note = |author: Option<u128>| OverlapNote {
            id: Uuid::nil().into(),
            organization_id: Uuid::from_u128(1).into(),
            own_account_id: Uuid::nil().into(),
            partner_account_id: Uuid::nil().into(),
            about: String::new(),
            author_id: author.map(|author| Uuid::from_u128(author).into()),
            text: "Call them.".to_owned(),
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            revision: 1,
        };
        // Every person of these tests is the nil one.
        assert!(ChangeNote::allows(&person(1, Role::Member), &note(Some(0))));
        assert!(!ChangeNote::allows(&person(1, Role::Member), &note(Some(5))));
        assert!(!ChangeNote::allows(&person(1, Role::Member), &note(None)));
        assert!(!ChangeNote::allows(&person(1, Role::Viewer), &note(Some(0))));
        assert!(ChangeNote::allows(&person(1, Role::Manager), &note(Some(5))));
        assert!(!ChangeNote::allows(&person(2, Role::Owner), &note(Some(0))));
        assert!(!ChangeNote::allows(&person(9, Role::Owner), &note(Some(0))));
    }

    #[test]
    fn nobody_answers_what_concerns_an_offline_partner() {
        assert!(!AnswerDispute::allows(&person(1, Role::Owner), &dispute(1, 1, 1)));
    }

    #[test]
    fn only_the_engine_compares() {
        assert!(CompareLists::allows(&Actor::System, &()));
        assert!(!CompareLists::allows(&Actor::Operator, &()));
    }
}
