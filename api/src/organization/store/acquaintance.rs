//! Whom an organization sees though it has no public page: its partners, and those that it invited or was invited by.
//! Plain selects over the tables, since this room knows nothing else about partnerships.

use entity::{
    id::OrganizationId, partnership, partnership::PartnershipOrigin, partnership_invitation as invitation,
    partnership_invitation::InvitationStatus, partnership_party as party,
};
use sea_orm::{
    ColumnTrait,
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
