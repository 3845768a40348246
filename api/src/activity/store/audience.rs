//! The SQL of who takes part in what an entry is about, and of whom it is addressed to.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of who takes part")]

use crate::{
    activity::{
        event::Addressee,
        model::{Activity, Audience, Subject},
    },
    contact::model::is_known_to,
    cosell,
    op::{Fault, Op},
    partnership::scope::partnerships_of,
};
use chrono::NaiveDate;
use entity::{
    contact,
    id::{ActivityId, ContactId, OpportunityId, OrganizationId, PartnershipId},
    member, opportunity,
    opportunity_participant::{self as side, ParticipantStatus},
    opportunity_team as team, partnership, partnership_party as party,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::SelectStatement,
};
use std::collections::{BTreeMap, BTreeSet};

/// The opportunities that the actor may see.
pub(super) fn deals_of(op: &Op) -> SelectStatement {
    opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .filter(cosell::scope::visible_condition(&op.actor))
        .into_query()
}

/// Who takes part in a subject that the actor may see from inside; `None` where it may not. The subject's row is locked
/// against its end until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_audience_in(tx: &DatabaseTransaction, op: &Op, subject: Subject) -> Result<Option<Audience>, Fault> {
    match subject {
        Subject::Opportunity(id) => of_opportunity(tx, op, id).await,
        Subject::Partnership(id) => of_partnership(tx, op, id).await,
    }
}

async fn of_partnership(tx: &DatabaseTransaction, op: &Op, id: PartnershipId) -> Result<Option<Audience>, Fault> {
    let Some(own) = op.actor.organization() else { return Ok(None) };
    let found = partnership::Entity::find_by_id(id)
        .filter(partnership::Column::Id.in_subquery(partnerships_of(own)))
        .lock_exclusive()
        .one(tx)
        .await?;
    if found.is_none() {
        return Ok(None);
    }
    let parties = party::Entity::find()
        .filter(party::Column::PartnershipId.eq(id))
        .filter(party::Column::LeftAt.is_null())
        .order_by_asc(party::Column::OrganizationId);
    let sides = parties.all(tx).await?.into_iter().map(|party| party.organization_id).collect();
    Ok(Some(Audience { subject: Subject::Partnership(id), sides, known_by_all: None, restricted: false, stage: None }))
}

async fn of_opportunity(tx: &DatabaseTransaction, op: &Op, id: OpportunityId) -> Result<Option<Audience>, Fault> {
    let found = opportunity::Entity::find_by_id(id)
        .filter(cosell::scope::visible_condition(&op.actor))
        .lock_exclusive()
        .one(tx)
        .await?;
    let Some(deal) = found else { return Ok(None) };
    let sides = side::Entity::find()
        .filter(side::Column::OpportunityId.eq(id))
        .filter(side::Column::Status.eq(ParticipantStatus::Active))
        .order_by_asc(side::Column::OrganizationId);
    let sides = sides.all(tx).await?.into_iter().map(|side| side.organization_id).collect();
    Ok(Some(Audience {
        subject: Subject::Opportunity(id),
        sides,
        known_by_all: deal.hides_participants.then_some(deal.owner_organization_id),
        restricted: deal.confidential,
        stage: Some(deal.stage),
    }))
}

/// Whether a partnership holds on the day `today`.
///
/// # Errors
/// Database faults.
pub async fn still_holds_in(tx: &DatabaseTransaction, id: PartnershipId, today: NaiveDate) -> Result<bool, Fault> {
    let holds = Condition::any().add(partnership::Column::EndsOn.is_null()).add(partnership::Column::EndsOn.gt(today));
    Ok(partnership::Entity::find_by_id(id).filter(holds).count(tx).await? > 0)
}

/// Whether a contact that is whole belongs to an opportunity, and this side of it knows of the contact.
///
/// # Errors
/// Database faults.
pub async fn knows_contact_in(
    tx: &DatabaseTransaction,
    own: OrganizationId,
    id: ContactId,
    deal: OpportunityId,
) -> Result<bool, Fault> {
    let found = contact::Entity::find_by_id(id)
        .filter(contact::Column::OpportunityId.eq(deal))
        .filter(contact::Column::ErasedAt.is_null());
    let side = side::Entity::find()
        .filter(side::Column::OpportunityId.eq(deal))
        .filter(side::Column::OrganizationId.eq(own))
        .filter(side::Column::Status.eq(ParticipantStatus::Active));
    let (Some(contact), Some(side), Some(deal)) =
        (found.one(tx).await?, side.one(tx).await?, opportunity::Entity::find_by_id(deal).one(tx).await?)
    else {
        return Ok(false);
    };
    Ok(is_known_to(&contact, &deal, &side))
}

/// The people who answer for the sides that these entries are about, who may know of them: of a partnership the partner
/// managers; of an opportunity each side's team and, for a side that has named none, its managers of the partnerships that
/// it has with the owner. Those who are no members any more are left out.
///
/// # Errors
/// Database faults.
pub async fn list_addressees(
    connection: &impl ConnectionTrait,
    activities: &[Activity],
) -> Result<Vec<(ActivityId, Addressee)>, Fault> {
    let partnerships: BTreeSet<_> = activities.iter().filter_map(|activity| activity.partnership_id).collect();
    let deals: BTreeSet<_> = activities.iter().filter_map(|activity| activity.opportunity_id).collect();
    let of_partnerships = managers_of(connection, &partnerships).await?;
    let of_deals = teams_of(connection, &deals).await?;
    let mut found = Vec::new();
    for activity in activities {
        let people = activity
            .partnership_id
            .and_then(|id| of_partnerships.get(&id))
            .or_else(|| activity.opportunity_id.and_then(|id| of_deals.get(&id)));
        // A note to oneself is for one's own people.
        let to =
            people.into_iter().flatten().filter(|to| !activity.internal || to.organization == activity.organization_id);
        found.extend(to.map(|to| (activity.id, *to)));
    }
    let members = still_members(connection, found.iter().map(|(_, to)| *to)).await?;
    found.retain(|(_, to)| members.contains(to));
    Ok(found)
}

async fn managers_of(
    connection: &impl ConnectionTrait,
    ids: &BTreeSet<PartnershipId>,
) -> Result<BTreeMap<PartnershipId, BTreeSet<Addressee>>, Fault> {
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let parties = party::Entity::find()
        .filter(party::Column::PartnershipId.is_in(ids.iter().copied()))
        .filter(party::Column::LeftAt.is_null())
        .filter(party::Column::ManagerPersonId.is_not_null());
    for row in parties.all(connection).await? {
        let Some(person) = row.manager_person_id else { continue };
        let addressee = Addressee { organization: row.organization_id, person };
        found.entry(row.partnership_id).or_default().insert(addressee);
    }
    Ok(found)
}

async fn teams_of(
    connection: &impl ConnectionTrait,
    ids: &BTreeSet<OpportunityId>,
) -> Result<BTreeMap<OpportunityId, BTreeSet<Addressee>>, Fault> {
    let mut found: BTreeMap<OpportunityId, BTreeSet<Addressee>> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let owners: BTreeMap<_, _> = opportunity::Entity::find()
        .filter(opportunity::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await?
        .into_iter()
        .map(|deal| (deal.id, deal.owner_organization_id))
        .collect();
    let sides = side::Entity::find()
        .filter(side::Column::OpportunityId.is_in(ids.iter().copied()))
        .filter(side::Column::Status.eq(ParticipantStatus::Active));
    let sides: BTreeSet<_> =
        sides.all(connection).await?.into_iter().map(|row| (row.opportunity_id, row.organization_id)).collect();
    let teams = team::Entity::find().filter(team::Column::OpportunityId.is_in(ids.iter().copied()));
    let mut named = BTreeSet::new();
    for row in teams.all(connection).await? {
        if sides.contains(&(row.opportunity_id, row.organization_id)) {
            named.insert((row.opportunity_id, row.organization_id));
            let addressee = Addressee { organization: row.organization_id, person: row.person_id };
            found.entry(row.opportunity_id).or_default().insert(addressee);
        }
    }
    let unnamed: Vec<_> = sides.difference(&named).copied().collect();
    let managers = managers_with(connection, &unnamed, &owners).await?;
    for (deal, organization) in unnamed {
        let Some(owner) = owners.get(&deal) else { continue };
        let of_side = managers.iter().filter(|(addressee, partners)| {
            addressee.organization == organization && (organization == *owner || partners.contains(owner))
        });
        found.entry(deal).or_default().extend(of_side.map(|(addressee, _)| *addressee));
    }
    Ok(found)
}

/// The partner managers of these sides, each with the organizations that it is a manager towards.
async fn managers_with(
    connection: &impl ConnectionTrait,
    sides: &[(OpportunityId, OrganizationId)],
    owners: &BTreeMap<OpportunityId, OrganizationId>,
) -> Result<BTreeMap<Addressee, BTreeSet<OrganizationId>>, Fault> {
    let mut found: BTreeMap<Addressee, BTreeSet<OrganizationId>> = BTreeMap::new();
    // The owner is no partner of itself: without a team, nobody answers for it in particular.
    let partners: BTreeSet<_> =
        sides.iter().filter(|(deal, side)| owners.get(deal) != Some(side)).map(|(_, side)| *side).collect();
    if partners.is_empty() {
        return Ok(found);
    }
    let of_owners = party::Entity::find()
        .select_only()
        .column(party::Column::PartnershipId)
        .filter(party::Column::OrganizationId.is_in(owners.values().copied()))
        .filter(party::Column::LeftAt.is_null())
        .into_query();
    let parties = party::Entity::find()
        .filter(party::Column::PartnershipId.in_subquery(of_owners))
        .filter(party::Column::LeftAt.is_null());
    let mut together: BTreeMap<PartnershipId, Vec<party::Model>> = BTreeMap::new();
    for row in parties.all(connection).await? {
        together.entry(row.partnership_id).or_default().push(row);
    }
    for parties in together.values() {
        for row in parties.iter().filter(|row| partners.contains(&row.organization_id)) {
            let Some(person) = row.manager_person_id else { continue };
            let addressee = Addressee { organization: row.organization_id, person };
            let others = parties.iter().map(|other| other.organization_id);
            found.entry(addressee).or_default().extend(others.filter(|other| *other != row.organization_id));
        }
    }
    Ok(found)
}

async fn still_members(
    connection: &impl ConnectionTrait,
    people: impl Iterator<Item = Addressee>,
) -> Result<BTreeSet<Addressee>, Fault> {
    let people: BTreeSet<_> = people.collect();
    if people.is_empty() {
        return Ok(people);
    }
    let rows = member::Entity::find()
        .filter(member::Column::OrganizationId.is_in(people.iter().map(|to| to.organization)))
        .filter(member::Column::PersonId.is_in(people.iter().map(|to| to.person)))
        .all(connection)
        .await?;
    let members = rows.into_iter().map(|row| Addressee { organization: row.organization_id, person: row.person_id });
    Ok(members.filter(|member| people.contains(member)).collect())
}
