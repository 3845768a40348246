//! The SQL of programs themselves.

#![expect(clippy::disallowed_methods, reason = "holds SQL of this room")]

use crate::{
    db,
    op::{Actor, Fault, Op, Permit},
    organization,
    page::{Page, Slice},
    program::{
        model::{OrganizationStatus, PartnerTypes, Program, ProgramDraft, ProgramStatus, Role},
        policy::{CreateProgram, RunProgram},
    },
    text,
};
use entity::{
    id::{OrganizationId, ProgramId},
    membership, organization as organizations, program,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, SelectStatement},
};
use uuid::Uuid;

/// The position of a program in a list: the sort name, empty where the list is by age, and the id.
pub type ProgramPosition = (String, Uuid);

/// Which programs a list has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProgramFilter {
    /// Any of these; empty for all.
    pub statuses: Vec<ProgramStatus>,
    /// For any of these kinds of partners; empty for all.
    pub types: PartnerTypes,
    /// The slug of the host.
    pub organization: Option<String>,
    /// How the name starts, whatever its case and accents.
    pub name_prefix: Option<String>,
}

/// The ids of the programs that everybody sees.
pub(super) fn public_ids() -> SelectStatement {
    program::Entity::find().select_only().column(program::Column::Id).filter(public()).into_query()
}

fn public() -> Condition {
    let active = organizations::Entity::find()
        .select_only()
        .column(organizations::Column::Id)
        .filter(organizations::Column::Status.eq(OrganizationStatus::Active))
        .into_query();
    Condition::all()
        .add(program::Column::Status.eq(ProgramStatus::Published))
        .add(program::Column::OrganizationId.in_subquery(active))
}

/// The programs that the actor may see, as a condition on the programs table: published ones of active hosts, the actor's
/// own, those that the actor's organization is or was in touch with unless drafts, and all for the operator.
#[must_use]
pub fn programs_visible(actor: &Actor) -> Condition {
    if actor.operates(Role::Viewer) {
        return Condition::all();
    }
    let Some(own) = actor.organization() else { return public() };
    let joined = membership::Entity::find()
        .select_only()
        .column(membership::Column::ProgramId)
        .filter(membership::Column::OrganizationId.eq(own))
        .into_query();
    Condition::any().add(public()).add(program::Column::OrganizationId.eq(own)).add(
        Condition::all()
            .add(program::Column::Status.ne(ProgramStatus::Draft))
            .add(program::Column::Id.in_subquery(joined)),
    )
}

fn visible(op: &Op) -> Select<program::Entity> {
    program::Entity::find().filter(programs_visible(&op.actor))
}

/// The visible program with this slug.
///
/// # Errors
/// Database faults.
pub async fn find_by_slug(op: &Op, slug: &str) -> Result<Option<Program>, Fault> {
    Ok(visible(op).filter(program::Column::Slug.eq(slug)).one(op.db().read()).await?)
}

/// The visible program with this slug, which stays as it is until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_by_slug_in(tx: &DatabaseTransaction, op: &Op, slug: &str) -> Result<Option<Program>, Fault> {
    Ok(visible(op).filter(program::Column::Slug.eq(slug)).lock_shared().one(tx).await?)
}

/// The visible programs with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_programs_by_ids(op: &Op, ids: &[ProgramId]) -> Result<Vec<Program>, Fault> {
    Ok(visible(op).filter(program::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible program with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_program_in(tx: &DatabaseTransaction, op: &Op, id: ProgramId) -> Result<Option<Program>, Fault> {
    Ok(visible(op).filter(program::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The program with this id, whoever asks, which stays as it is until the transaction ends: for changes of a membership
/// that the actor was found to see.
///
/// # Errors
/// Database faults.
pub async fn share_program_in(tx: &DatabaseTransaction, id: ProgramId) -> Result<Program, Fault> {
    let found = program::Entity::find_by_id(id).lock_shared().one(tx).await?;
    found.ok_or_else(|| Fault::internal("a membership without its program"))
}

fn filtered(op: &Op, filter: &ProgramFilter) -> Select<program::Entity> {
    let mut query = visible(op);
    if !filter.statuses.is_empty() {
        query = query.filter(program::Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if !filter.types.is_empty() {
        // A program without types is for all kinds.
        let mask = Expr::col((program::Entity, program::Column::Types)).bit_and(filter.types.0).ne(0);
        query = query.filter(Condition::any().add(program::Column::Types.eq(0)).add(mask));
    }
    if let Some(slug) = &filter.organization {
        let host = organizations::Entity::find()
            .select_only()
            .column(organizations::Column::Id)
            .filter(organizations::Column::Slug.eq(slug))
            .filter(organization::scope::visible_condition(&op.actor))
            .into_query();
        query = query.filter(program::Column::OrganizationId.in_subquery(host));
    }
    if let Some(prefix) = filter.name_prefix.as_deref().map(text::sort_key).filter(|prefix| !prefix.is_empty()) {
        query = query.filter(program::Column::SortName.gte(prefix.as_str()));
        if let Some(end) = text::prefix_upper_bound(&prefix) {
            query = query.filter(program::Column::SortName.lt(end));
        }
    }
    query
}

/// The visible programs by name, or by age where `by_age`.
///
/// # Errors
/// Database faults.
pub async fn list_programs(
    op: &Op,
    filter: &ProgramFilter,
    by_age: bool,
    direction: db::Direction,
    page: &Page<ProgramPosition>,
) -> Result<Slice<Program, ProgramPosition>, Fault> {
    let id = Expr::col((program::Entity, program::Column::Id));
    let name = Expr::col((program::Entity, program::Column::SortName));
    let keys = if by_age { vec![id] } else { vec![name, id] };
    let mut query = filtered(op, filter);
    if let Some((name, id)) = &page.after {
        let id = ProgramId::from(*id).into();
        let position = if by_age { vec![id] } else { vec![name.as_str().into(), id] };
        query = query.filter(db::after(&keys, position, direction));
    }
    let rows = db::order_by(query, &keys, direction).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| (if by_age { String::new() } else { row.sort_name.clone() }, row.id.into())))
}

/// How many visible programs there are.
///
/// # Errors
/// Database faults.
pub async fn count_programs(op: &Op, filter: &ProgramFilter) -> Result<u64, Fault> {
    Ok(filtered(op, filter).count(op.db().read()).await?)
}

/// Writes a new program.
///
/// # Errors
/// The driver's error, so that the service can tell a taken slug.
pub async fn insert_program_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<CreateProgram>,
    id: ProgramId,
    draft: ProgramDraft,
    status: ProgramStatus,
) -> Result<Program, DbErr> {
    let host: OrganizationId = permit.resource();
    program::ActiveModel {
        id: Set(id),
        organization_id: Set(host),
        slug: Set(draft.slug),
        sort_name: Set(text::sort_key(&draft.name)),
        name: Set(draft.name),
        description: Set(draft.description),
        status: Set(status),
        types: Set(draft.types),
        moderates_profiles: Set(draft.moderates_profiles),
        grace_days: Set(draft.grace_days),
        reapply_days: Set(draft.reapply_days),
        starts_on: Set(draft.starts_on),
        ends_on: Set(draft.ends_on),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    }
    .insert(tx)
    .await
}

/// Writes a changed program and raises its revision.
///
/// # Errors
/// Database faults.
pub async fn save_program_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<RunProgram>,
    changed: Program,
) -> Result<Program, Fault> {
    debug_assert_eq!(permit.resource(), changed.id, "the permit is for another program");
    let mut row = changed.into_active_model().reset_all();
    row.sort_name = Set(text::sort_key(row.name.as_ref()));
    row.updated_at = Set(op.now());
    row.revision = Set(row.revision.unwrap() + 1);
    Ok(row.update(tx).await?)
}
