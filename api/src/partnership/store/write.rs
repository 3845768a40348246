//! Writes of partnerships and their parties.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that writes partnerships")]

use super::facts::insert_facts_in;
use crate::{
    op::{Action, ErrorCode, Failure, Fault, Op, Outcome, Permit, Refusal},
    partnership::{
        model::{EndReason, Facts, Partnership, PartnershipOrigin, Party},
        policy::{AnswerInvitation, ChangePartnership, ChangeSide, RecordPartnership},
    },
};
use chrono::NaiveDate;
use entity::{
    id::{OrganizationId, PartnershipId, PersonId},
    partnership, partnership_party as party,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, SqlErr,
    sea_query::{Expr, OnConflict},
};

/// Turns the loss of a race for a unique key into `ALREADY_EXISTS`; other errors stay faults.
pub(super) fn unless_there(error: DbErr, path: &str, message: &str) -> Failure {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::of(path, ErrorCode::AlreadyExists, message).into(),
        _ => error.into(),
    }
}

/// A partnership to be written.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its id.
    pub id: PartnershipId,
    /// The parties, in the order in which they are shown.
    pub parties: Vec<OrganizationId>,
    /// The facts.
    pub facts: Facts,
    /// What may be there once only.
    pub guard: String,
    /// When it started, where known.
    pub started_on: Option<NaiveDate>,
    /// Where a recorded one was read, and how sure that is.
    pub recorded: Option<(String, String)>,
}

/// Writes a partnership that two organizations agreed to.
///
/// # Errors
/// `ALREADY_EXISTS` where another one came first; database faults.
pub async fn insert_agreed_in(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<AnswerInvitation>,
    draft: Draft,
) -> Outcome<Partnership> {
    insert_in(tx, op, draft, PartnershipOrigin::Agreed).await
}

/// Writes a partnership that a public source names.
///
/// # Errors
/// `ALREADY_EXISTS` where there is one of the same organizations; database faults.
pub async fn insert_recorded_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<RecordPartnership>,
    draft: Draft,
) -> Outcome<Partnership> {
    debug_assert_eq!(permit.resource(), draft.id, "the permit is for another partnership");
    insert_in(tx, op, draft, PartnershipOrigin::Recorded).await
}

async fn insert_in(tx: &DatabaseTransaction, op: &Op, draft: Draft, origin: PartnershipOrigin) -> Outcome<Partnership> {
    let (source, state) = draft.recorded.unzip();
    let facts = draft.facts;
    let row = partnership::ActiveModel {
        id: Set(draft.id),
        origin: Set(origin),
        types: Set(facts.types),
        guard: Set(Some(draft.guard)),
        started_on: Set(draft.started_on),
        // An unknown day is last in both directions. PostgreSQL's days and ours both reach these years.
        sorts_ascending: Set(draft.started_on.or(NaiveDate::from_ymd_opt(9999, 12, 31)).unwrap_or_default()),
        sorts_descending: Set(draft.started_on.or(NaiveDate::from_ymd_opt(1, 1, 1)).unwrap_or_default()),
        ends_on: Set(None),
        end_reason: Set(None),
        end_comment: Set(None),
        ended_by: Set(None),
        acquired_by: Set(None),
        ended_at: Set(None),
        concluded_at: Set(None),
        description: Set(facts.description.clone()),
        source: Set(source),
        state: Set(state),
        aim: Set(facts.aim.clone()),
        term_starts_on: Set(facts.term_starts_on),
        term_ends_on: Set(facts.term_ends_on),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    let message = "The two are partners already.";
    let row = row.insert(tx).await.map_err(|error| unless_there(error, "", message))?;
    let listed = origin == PartnershipOrigin::Recorded;
    let parties = draft.parties.into_iter().map(|organization| joining(op, row.id, organization, listed));
    party::Entity::insert_many(parties).exec_without_returning(tx).await?;
    insert_facts_in(tx, row.id, &facts).await?;
    Ok(row)
}

fn joining(op: &Op, partnership: PartnershipId, organization: OrganizationId, listed: bool) -> party::ActiveModel {
    party::ActiveModel {
        partnership_id: Set(partnership),
        organization_id: Set(organization),
        manager_person_id: Set(None),
        sponsor_person_id: Set(None),
        listed: Set(listed),
        joined_at: Set(op.now()),
        left_at: Set(None),
    }
}

/// Lets go of `guard` where the partnership that holds it has ended, so that it does not block another. It changes
/// nothing that a reader sees, and so asks for no permit.
///
/// # Errors
/// Database faults.
pub async fn free_guard_in(tx: &DatabaseTransaction, guard: &str, today: NaiveDate) -> Result<(), Fault> {
    partnership::Entity::update_many()
        .col_expr(partnership::Column::Guard, Expr::value(None::<String>))
        .filter(partnership::Column::Guard.eq(guard))
        .filter(partnership::Column::EndsOn.lte(today))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether a partnership holds `guard`.
///
/// # Errors
/// Database faults.
pub async fn guard_is_taken_in(tx: &DatabaseTransaction, guard: &str) -> Result<bool, Fault> {
    Ok(partnership::Entity::find().filter(partnership::Column::Guard.eq(guard)).count(tx).await? > 0)
}

/// Takes an organization into a partnership, which with a third party is no longer one of just two.
///
/// # Errors
/// Database faults.
pub async fn join_in(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<AnswerInvitation>,
    before: &Partnership,
    organization: OrganizationId,
) -> Result<Partnership, Fault> {
    // Whoever left may come back; the row is then there, and begins anew.
    party::Entity::insert(joining(op, before.id, organization, false))
        .on_conflict(
            OnConflict::columns([party::Column::PartnershipId, party::Column::OrganizationId])
                .update_columns([
                    party::Column::ManagerPersonId,
                    party::Column::SponsorPersonId,
                    party::Column::Listed,
                    party::Column::JoinedAt,
                    party::Column::LeftAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    let mut row = before.clone().into_active_model();
    row.guard = Set(None);
    touch(op, &mut row, before);
    Ok(row.update(tx).await?)
}

/// Takes an organization out of a partnership.
///
/// # Errors
/// Database faults.
pub async fn leave_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ChangeSide>,
    before: &Partnership,
    side: &Party,
) -> Result<Partnership, Fault> {
    write_side(tx, permit, before, side, |row| row.left_at = Set(Some(op.now()))).await?;
    let mut row = before.clone().into_active_model();
    touch(op, &mut row, before);
    Ok(row.update(tx).await?)
}

/// Whom a side names and whether it wants the partnership to be public; `None` leaves what is there.
#[derive(Clone, Copy, Debug, Default)]
pub struct SideWrite {
    /// The partner manager.
    pub manager: Option<Option<PersonId>>,
    /// The executive sponsor.
    pub sponsor: Option<Option<PersonId>>,
    /// Whether it is to be public.
    pub listed: Option<bool>,
}

/// Changes one side of a partnership.
///
/// # Errors
/// Database faults.
pub async fn update_side_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ChangeSide>,
    before: &Partnership,
    side: &Party,
    change: SideWrite,
) -> Result<Partnership, Fault> {
    write_side(tx, permit, before, side, |row| {
        if let Some(manager) = change.manager {
            row.manager_person_id = Set(manager);
        }
        if let Some(sponsor) = change.sponsor {
            row.sponsor_person_id = Set(sponsor);
        }
        if let Some(listed) = change.listed {
            row.listed = Set(listed);
        }
    })
    .await?;
    let mut row = before.clone().into_active_model();
    touch(op, &mut row, before);
    Ok(row.update(tx).await?)
}

async fn write_side(
    tx: &DatabaseTransaction,
    permit: &Permit<ChangeSide>,
    before: &Partnership,
    side: &Party,
    change: impl FnOnce(&mut party::ActiveModel),
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another partnership");
    let mut row = side.clone().into_active_model();
    change(&mut row);
    row.update(tx).await?;
    Ok(())
}

/// Writes the facts that stand in the partnership's own row; `replace_facts_in` writes the others.
///
/// # Errors
/// Database faults.
pub async fn update_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ChangePartnership>,
    before: &Partnership,
    facts: &Facts,
) -> Result<Partnership, Fault> {
    let mut row = changing(permit, before);
    row.types = Set(facts.types);
    row.description = Set(facts.description.clone());
    row.aim = Set(facts.aim.clone());
    row.term_starts_on = Set(facts.term_starts_on);
    row.term_ends_on = Set(facts.term_ends_on);
    touch(op, &mut row, before);
    Ok(row.update(tx).await?)
}

/// How a partnership ends.
#[derive(Clone, Debug)]
pub struct EndWrite {
    /// The first day on which it no longer holds.
    pub ends_on: NaiveDate,
    /// Why.
    pub reason: EndReason,
    /// In words.
    pub comment: Option<String>,
    /// The party that ended it.
    pub ended_by: Option<OrganizationId>,
    /// Who acquired a party.
    pub acquired_by: Option<OrganizationId>,
}

/// Writes the end of a partnership.
///
/// # Errors
/// Database faults.
pub async fn end_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ChangePartnership>,
    before: &Partnership,
    end: EndWrite,
) -> Result<Partnership, Fault> {
    let mut row = changing(permit, before);
    row.ends_on = Set(Some(end.ends_on));
    row.end_reason = Set(Some(end.reason));
    row.end_comment = Set(end.comment);
    row.ended_by = Set(end.ended_by);
    row.acquired_by = Set(end.acquired_by);
    row.ended_at = Set(Some(op.now()));
    // An end that was only announced is put on record when its day has come.
    row.concluded_at = Set((end.ends_on <= op.today()).then(|| op.now()));
    touch(op, &mut row, before);
    Ok(row.update(tx).await?)
}

fn changing<A: Action<Resource = PartnershipId>>(permit: &Permit<A>, before: &Partnership) -> partnership::ActiveModel {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another partnership");
    before.clone().into_active_model()
}

pub(super) fn touch(op: &Op, row: &mut partnership::ActiveModel, before: &Partnership) {
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
}
