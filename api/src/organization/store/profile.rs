//! Profiles and the changes of them that wait for a moderator.

use super::inside;
use crate::{
    op::{Action, Fault, Op, Permit},
    organization::model::{ChangeStatus, Profile, ProfileChange, ProfileText},
    page::{Page, Slice},
};
use entity::{
    id::{OrganizationId, ProfileChangeId},
    profile, profile_change, profile_text,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::OnConflict,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A profile with the organization it belongs to.
pub type StoredProfile = (OrganizationId, Profile);

/// The profiles of these organizations; those without one are left out. Two statements, whatever their number.
///
/// # Errors
/// Database faults.
pub async fn list_profiles(op: &Op, ids: &[OrganizationId]) -> Result<Vec<StoredProfile>, Fault> {
    profiles(op.db().read(), ids).await
}

/// The profile of an organization, inside a transaction.
///
/// # Errors
/// Database faults.
pub async fn profile_in(tx: &DatabaseTransaction, id: OrganizationId) -> Result<Option<Profile>, Fault> {
    Ok(profiles(tx, &[id]).await?.pop().map(|(_, profile)| profile))
}

async fn profiles(connection: &impl ConnectionTrait, ids: &[OrganizationId]) -> Result<Vec<StoredProfile>, Fault> {
    let rows = profile::Entity::find()
        .filter(profile::Column::OrganizationId.is_in(ids.iter().copied()))
        .all(connection)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut texts: BTreeMap<OrganizationId, BTreeMap<String, ProfileText>> = BTreeMap::new();
    let text_rows = profile_text::Entity::find()
        .filter(profile_text::Column::OrganizationId.is_in(rows.iter().map(|row| row.organization_id)))
        .all(connection)
        .await?;
    for row in text_rows {
        let text = ProfileText { headline: row.headline, description: row.description };
        texts.entry(row.organization_id).or_default().insert(row.locale, text);
    }
    let whole = |row: profile::Model| {
        let profile = Profile {
            source_locale: row.source_locale,
            website_url: row.website_url,
            logo_url: row.logo_url,
            texts: texts.remove(&row.organization_id).unwrap_or_default(),
        };
        (row.organization_id, profile)
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// Makes `profile` the profile of an organization.
///
/// # Errors
/// Database faults.
pub async fn set_profile_in<A: Action>(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<A>,
    organization: OrganizationId,
    profile: &Profile,
) -> Result<(), Fault> {
    let row = profile::ActiveModel {
        organization_id: Set(organization),
        source_locale: Set(profile.source_locale.clone()),
        website_url: Set(profile.website_url.clone()),
        logo_url: Set(profile.logo_url.clone()),
        updated_at: Set(op.now()),
    };
    let replace = OnConflict::column(profile::Column::OrganizationId)
        .update_columns([
            profile::Column::SourceLocale,
            profile::Column::WebsiteUrl,
            profile::Column::LogoUrl,
            profile::Column::UpdatedAt,
        ])
        .to_owned();
    profile::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    profile_text::Entity::delete_many().filter(profile_text::Column::OrganizationId.eq(organization)).exec(tx).await?;
    let texts: Vec<_> = profile
        .texts
        .iter()
        .map(|(locale, text)| profile_text::ActiveModel {
            organization_id: Set(organization),
            locale: Set(locale.clone()),
            headline: Set(text.headline.clone()),
            description: Set(text.description.clone()),
        })
        .collect();
    if !texts.is_empty() {
        profile_text::Entity::insert_many(texts).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The changes that the actor may see: those of the own organization, and all for the operator.
fn visible(op: &Op) -> Select<profile_change::Entity> {
    profile_change::Entity::find().filter(inside(&op.actor, profile_change::Column::OrganizationId))
}

/// The changes with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_changes_by_ids(op: &Op, ids: &[ProfileChangeId]) -> Result<Vec<ProfileChange>, Fault> {
    Ok(visible(op).filter(profile_change::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The pending changes of these organizations; there is at most one of each.
///
/// # Errors
/// Database faults.
pub async fn list_pending_changes(op: &Op, ids: &[OrganizationId]) -> Result<Vec<ProfileChange>, Fault> {
    Ok(visible(op)
        .filter(profile_change::Column::OrganizationId.is_in(ids.iter().copied()))
        .filter(profile_change::Column::Status.eq(ChangeStatus::Pending))
        .all(op.db().read())
        .await?)
}

/// A page of changes in one state, oldest first.
///
/// # Errors
/// Database faults.
pub async fn list_changes(
    op: &Op,
    status: ChangeStatus,
    page: &Page<Uuid>,
) -> Result<Slice<ProfileChange, Uuid>, Fault> {
    let mut rows = visible(op).filter(profile_change::Column::Status.eq(status));
    if let Some(after) = page.after {
        rows = rows.filter(profile_change::Column::Id.gt(ProfileChangeId::from(after)));
    }
    let rows = rows.order_by_asc(profile_change::Column::Id).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| Uuid::from(row.id)))
}

/// How many changes are in one state.
///
/// # Errors
/// Database faults.
pub async fn count_changes(op: &Op, status: ChangeStatus) -> Result<u64, Fault> {
    Ok(visible(op).filter(profile_change::Column::Status.eq(status)).count(op.db().read()).await?)
}

/// The visible change with this id.
///
/// # Errors
/// Database faults.
pub async fn find_change_in(
    tx: &DatabaseTransaction,
    op: &Op,
    id: ProfileChangeId,
) -> Result<Option<ProfileChange>, Fault> {
    Ok(visible(op).filter(profile_change::Column::Id.eq(id)).one(tx).await?)
}

/// The pending change of an organization. The organization's row must be locked.
///
/// # Errors
/// Database faults.
pub async fn pending_change_in(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
) -> Result<Option<ProfileChange>, Fault> {
    Ok(profile_change::Entity::find()
        .filter(profile_change::Column::OrganizationId.eq(organization))
        .filter(profile_change::Column::Status.eq(ChangeStatus::Pending))
        .one(tx)
        .await?)
}

/// Lets a proposal wait for a moderator.
///
/// # Errors
/// Database faults.
pub async fn insert_change_in<A: Action<Resource = OrganizationId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    proposal: &Profile,
) -> Result<ProfileChange, Fault> {
    let row = profile_change::ActiveModel {
        id: Set(op.new_id()),
        organization_id: Set(permit.resource()),
        status: Set(ChangeStatus::Pending),
        proposal: Set(serde_json::to_value(proposal).map_err(Fault::internal)?),
        submitted_at: Set(op.now()),
        decided_at: Set(None),
        reason: Set(None),
    };
    Ok(row.insert(tx).await?)
}

/// Ends the waiting of a change.
///
/// # Errors
/// Database faults.
pub async fn settle_change_in<A: Action>(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<A>,
    before: ProfileChange,
    status: ChangeStatus,
    reason: Option<String>,
) -> Result<ProfileChange, Fault> {
    let mut row = before.into_active_model();
    row.status = Set(status);
    row.decided_at = Set(Some(op.now()));
    row.reason = Set(reason);
    Ok(row.update(tx).await?)
}
