//! The types of alerts about what is shared.

use super::{
    enums::AlertChange,
    told::{actor, organization, value},
};
use crate::{
    account::graphql::list::AccountListKind,
    alert::model::{named, said},
    event::feed::Alert as Stored,
    organization::graphql::{actor::Actor, types::Organization},
    schema::loader::load,
    sharing::graphql::{
        enums::{AccountField, ExploratoryMappingStatus, SharingLevel},
        exploratory::ExploratoryMapping,
    },
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::{
    account_list, exploratory_mapping,
    id::{AccountListId, ExploratoryMappingId, TypedId},
    sharing_rule,
};
use std::sync::Arc;

/// A partner shows the viewer's organization something else of an account list than before.
pub struct SharingAlert(pub Arc<Stored>);

impl SharingAlert {
    fn level(&self, name: &str) -> Option<SharingLevel> {
        said::<sharing_rule::SharingLevel>(&self.0, name).map(SharingLevel::from)
    }

    fn fields(&self, name: &str) -> Vec<AccountField> {
        let fields = said::<Vec<sharing_rule::AccountField>>(&self.0, name).unwrap_or_default();
        fields.into_iter().map(AccountField::from).collect()
    }
}

/// A partner shows the viewer's organization something else of an account list than before. It says what was shown and what
/// is shown, as far as the two are partners or explore, and never what rule is behind it.
#[Object]
impl SharingAlert {
    /// The alert's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// When it happened.
    pub async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// Who did it; null for the system, as when an exploratory mapping ends.
    pub async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Actor>> {
        actor(ctx, &self.0).await.transpose()
    }

    /// What happened: `SHARED` where nothing was shown before, `REVOKED` where nothing is any more, else `UPDATED`.
    async fn change(&self) -> AlertChange {
        self.0.change.into()
    }

    /// Whose account list it is; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "organization").await.transpose()
    }

    /// The id of the account list, by which overlaps name it.
    async fn account_list_id(&self) -> Option<ID> {
        named::<AccountListId>(&self.0, "accountList").map(|id| ID(id.global()))
    }

    /// What the list's accounts are.
    async fn list_kind(&self) -> Option<AccountListKind> {
        said::<account_list::AccountListKind>(&self.0, "listKind").map(AccountListKind::from)
    }

    /// How much was shown before.
    async fn level_before(&self) -> Option<SharingLevel> {
        self.level("levelBefore")
    }

    /// How much is shown after the fact.
    async fn level_after(&self) -> Option<SharingLevel> {
        self.level("levelAfter")
    }

    /// Which parts of an account were shown before; empty where no account was.
    async fn fields_before(&self) -> Vec<AccountField> {
        self.fields("fieldsBefore")
    }

    /// Which parts of an account are shown after the fact; empty where no account is.
    async fn fields_after(&self) -> Vec<AccountField> {
        self.fields("fieldsAfter")
    }
}

/// Something happened to an exploratory mapping.
pub struct ExploratoryMappingAlert(pub Arc<Stored>);

/// Something happened to an exploratory mapping.
#[Object]
impl ExploratoryMappingAlert {
    /// The alert's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// When it happened.
    pub async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// Who did it; null for the system, as when a proposal expires.
    pub async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Actor>> {
        actor(ctx, &self.0).await.transpose()
    }

    /// What happened.
    async fn change(&self) -> AlertChange {
        self.0.change.into()
    }

    /// The exploratory mapping as it is now; null where the viewer may not see it.
    async fn exploratory_mapping(&self, ctx: &Context<'_>) -> Option<Result<ExploratoryMapping>> {
        let id = ExploratoryMappingId::from(self.0.subject_id);
        load(ctx, id).await.map(|row| row.map(ExploratoryMapping)).transpose()
    }

    /// The organization that proposed it; null where the viewer may not see its page.
    async fn inviter(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "inviter").await.transpose()
    }

    /// The organization that it was proposed to; null where the viewer may not see its page.
    async fn invitee(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, &self.0, "invitee").await.transpose()
    }

    /// The state of the mapping after the fact.
    async fn status_after(&self, ctx: &Context<'_>) -> Option<Result<ExploratoryMappingStatus>> {
        let status = value::<exploratory_mapping::ExploratoryStatus>(ctx, &self.0, "status").await.transpose()?;
        Some(status.map(ExploratoryMappingStatus::from))
    }

    /// When it ends or has ended; null while it was not accepted.
    async fn ends_at(&self) -> Option<DateTime<Utc>> {
        said(&self.0, "endsAt")
    }
}
