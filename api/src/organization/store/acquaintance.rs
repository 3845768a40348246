//! Whom an organization sees though it has no public page: its partners, those that it sells with, and those that it
//! invited or was invited by. Plain selects over the tables, since this room knows nothing else about those.

use entity::{
    exploratory_mapping as exploratory,
    exploratory_mapping::ExploratoryStatus,
    id::OrganizationId,
    invitation as opportunity_invitation, opportunity, opportunity_participant as participant,
    opportunity_participant::{ParticipantRole, ParticipantStatus},
    partnership,
    partnership::PartnershipOrigin,
    partnership_invitation as invitation,
    partnership_invitation::InvitationStatus,
    partnership_party as party,
};
use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};

/// The organizations that are or were in an agreed partnership with `own`; one that has ended keeps the names of its
/// parties.
pub(super) fn partners_of(own: OrganizationId) -> SelectStatement {
    let shared = Query::select()
        .column(party::Column::PartnershipId)
        .from(party::Entity)
        .and_where(party::Column::OrganizationId.eq(own))
        .and_where(party::Column::LeftAt.is_null())
        .to_owned();
    let on =
        Expr::col((partnership::Entity, partnership::Column::Id)).equals((party::Entity, party::Column::PartnershipId));
    Query::select()
        .column(party::Column::OrganizationId)
        .from(party::Entity)
        .inner_join(partnership::Entity, on)
        .and_where(partnership::Column::Origin.eq(PartnershipOrigin::Agreed))
        .and_where(party::Column::LeftAt.is_null())
        .and_where(party::Column::PartnershipId.in_subquery(shared))
        .to_owned()
}

/// The organizations that invited `own` or that it invited, while the answer is open.
pub(super) fn invited_with(own: OrganizationId) -> SelectStatement {
    let sent = waiting(invitation::Column::ToOrganizationId, invitation::Column::FromOrganizationId, own);
    waiting(invitation::Column::FromOrganizationId, invitation::Column::ToOrganizationId, own)
        .union(UnionType::All, sent)
        .to_owned()
}

fn waiting(of: invitation::Column, side: invitation::Column, own: OrganizationId) -> SelectStatement {
    Query::select()
        .column(of)
        .from(invitation::Entity)
        .and_where(side.eq(own))
        .and_where(invitation::Column::Status.eq(InvitationStatus::Pending))
        .to_owned()
}

/// The organizations that take part in an opportunity which `own` takes part in. Where the owner hides the participants,
/// these do not see each other by it.
pub(super) fn selling_with(own: OrganizationId) -> SelectStatement {
    let shared = Query::select()
        .column(participant::Column::OpportunityId)
        .from(participant::Entity)
        .and_where(participant::Column::OrganizationId.eq(own))
        .and_where(participant::Column::Status.eq(ParticipantStatus::Active))
        .to_owned();
    let on = Expr::col((opportunity::Entity, opportunity::Column::Id))
        .equals((participant::Entity, participant::Column::OpportunityId));
    let known = Condition::any()
        .add(participant::Column::Role.eq(ParticipantRole::Owner))
        .add(opportunity::Column::OwnerOrganizationId.eq(own))
        .add(opportunity::Column::HidesParticipants.eq(false));
    Query::select()
        .column((participant::Entity, participant::Column::OrganizationId))
        .from(participant::Entity)
        .inner_join(opportunity::Entity, on)
        .and_where(participant::Column::Status.eq(ParticipantStatus::Active))
        .and_where(participant::Column::OpportunityId.in_subquery(shared))
        .cond_where(known)
        .to_owned()
}

/// The organizations that invited `own` into an opportunity or that it invited into one, while the answer is open.
pub(super) fn invited_to_sell_with(own: OrganizationId) -> SelectStatement {
    use opportunity_invitation::Column::{FromOrganizationId, ToOrganizationId};
    let waiting = |of: opportunity_invitation::Column, side: opportunity_invitation::Column| {
        Query::select()
            .column(of)
            .from(opportunity_invitation::Entity)
            .and_where(side.eq(own))
            .and_where(opportunity_invitation::Column::Status.eq(InvitationStatus::Pending))
            .to_owned()
    };
    waiting(FromOrganizationId, ToOrganizationId)
        .union(UnionType::All, waiting(ToOrganizationId, FromOrganizationId))
        .to_owned()
}

/// The organizations that `own` explores with, or that one of the two has proposed it to, as far as it is on record that
/// this is over.
pub(super) fn exploring_with(own: OrganizationId) -> SelectStatement {
    use exploratory::Column::{InviteeId, InviterId};
    let open = |of: exploratory::Column, side: exploratory::Column| {
        Query::select()
            .column(of)
            .from(exploratory::Entity)
            .and_where(side.eq(own))
            .and_where(exploratory::Column::Status.is_in([ExploratoryStatus::Pending, ExploratoryStatus::Accepted]))
            .to_owned()
    };
    open(InviterId, InviteeId).union(UnionType::All, open(InviteeId, InviterId)).to_owned()
}
