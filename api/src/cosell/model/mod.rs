//! The values and rules of opportunities. Pure.

mod access;
mod conflict;
mod content;
mod customer;
mod divergence;
mod invitation;
mod kept;
mod patch;
mod review;
mod stage;

pub use crate::partnership::model::{InvitationStatus, answer, expiry_is_due, invitation_status};
pub use access::{FIELDS_ALL, FIELDS_SHOWABLE, FIELDS_SHOWN, Sides, has, shown};
pub use conflict::{Conflict, ConflictRule, conflict};
pub use content::{
    AMOUNT_MAX, COMPETITOR_MAX, COMPETITORS_MAX, CONTACT_TITLE_MAX, CONTRACT_MONTHS, CUSTOMER_NAME_MAX,
    EXTERNAL_ID_MAX, LISTINGS_MAX, ListingRef, Part, TEXT_MAX, TITLE_MAX, apply, blank, changed_parts, close_date,
    set_close_date,
};
pub use customer::{duns, name_key, registrable_domain};
pub use divergence::{Divergence, DivergenceAspect, divergence};
pub use entity::{
    invitation::DeclineReason,
    opportunity::{
        DeliveryModel, ExpectedFrequency, HelpKind, Involvement, LossReason, OpportunityOrigin, OpportunityType,
        ReviewStatus,
    },
    opportunity_participant::{OpportunityField, ParticipantRole, ParticipantStatus},
    opportunity_snapshot::SnapshotTrigger,
    value::{Industry, OpportunityStage},
};
pub use invitation::{
    EXPIRY_DEFAULT, EXPIRY_MAX, Invite, MESSAGE_MAX, OPEN_INVITATIONS_MAX, Offer, OfferedAmount, OfferedCustomer,
    expiry, may_be_invited_as, open_key,
};
pub use kept::applicable;
pub use patch::{Amount, ContentPatch};
pub use review::{Editable, ReviewStep, editable, follow, is_ready_to_submit, is_under_review};
pub use stage::{Move, Mover, STAGES, check_move, is_open, may_follow};

use chrono::NaiveDate;
use entity::id::MemberId;

/// An opportunity, without those who take part and without what has rows of its own.
pub type Opportunity = entity::opportunity::Model;

/// An organization's place in an opportunity.
pub type Participant = entity::opportunity_participant::Model;

/// An invitation.
pub type Invitation = entity::invitation::Model;

/// A person of a side.
pub type TeamMember = entity::opportunity_team::Model;

/// What a side once wrote to do next.
pub type NextStep = entity::opportunity_next_step::Model;

/// A move of a side.
pub type StageMove = entity::opportunity_move::Model;

/// A listing that an opportunity is about.
pub type RelatedListing = entity::opportunity_listing::Model;

/// Edits that wait for a review to end.
pub type PendingChange = entity::opportunity_change::Model;

/// What was shared at one moment.
pub type Snapshot = entity::opportunity_snapshot::Model;

/// Organizations in an opportunity at most, the owner among them.
pub const PARTICIPANTS_MAX: usize = 10;
/// People of one side at most.
pub const TEAM_MAX: usize = 10;
/// Characters of what a person does in an opportunity at most.
pub const RESPONSIBILITY_MAX: usize = 80;
/// Characters of what a side does next at most.
pub const NEXT_STEPS_MAX: usize = 255;
/// Entries of the history of what a side did next that are kept.
pub const NEXT_STEPS_KEPT: u64 = 50;
/// Characters of a comment at most.
pub const COMMENT_MAX: usize = 500;
/// Characters of a reviewer's reason at most.
pub const REVIEW_REASON_MAX: usize = 100;
/// Characters of a reviewer's comment at most.
pub const REVIEW_COMMENT_MAX: usize = 2_000;

/// A person to be named by a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamDraft {
    /// The member of the side's organization.
    pub member: MemberId,
    /// What the person does in it.
    pub responsibility: Option<String>,
}

/// A change of one's own side. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SidePatch {
    /// The day on which the side expects to close.
    pub target_close_date: Option<Option<NaiveDate>>,
    /// What it does next.
    pub next_steps: Option<Option<String>>,
    /// Its people, the whole list.
    pub team: Option<Vec<TeamDraft>>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta, Utc};
    use entity::id::{OpportunityId, OrganizationId};
    use uuid::Uuid;

    pub(crate) fn organization(number: u128) -> OrganizationId {
        OrganizationId(Uuid::from_u128(number))
    }

    pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_793_610_000 + seconds, 0).unwrap()
    }

    pub(crate) fn day(offset: i64) -> NaiveDate {
        at(0).date_naive() + TimeDelta::days(offset)
    }

    pub(crate) fn opportunity() -> Opportunity {
        Opportunity {
            owner_organization_id: organization(1),
            ..content::blank(OpportunityId(Uuid::from_u128(7)), at(0))
        }
    }

    pub(crate) fn participant(number: u128, role: ParticipantRole) -> Participant {
        Participant {
            opportunity_id: OpportunityId(Uuid::from_u128(7)),
            organization_id: organization(number),
            role,
            status: ParticipantStatus::Active,
            may_invite: role == ParticipantRole::Owner,
            fields: FIELDS_ALL,
            stage: OpportunityStage::Prospect,
            target_close_date: None,
            next_steps: None,
            loss_reason: None,
            invited_by: None,
            joined_at: at(0),
            left_at: None,
        }
    }

    /// Owned by 1, with 2 and 3.
    pub(crate) fn sides() -> Sides {
        Sides {
            opportunity: opportunity(),
            participants: vec![
                participant(1, ParticipantRole::Owner),
                participant(2, ParticipantRole::Reseller),
                participant(3, ParticipantRole::ServicePartner),
            ],
        }
    }
}
