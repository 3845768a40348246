//! What one partner sees of one account list: the word of the organization whose list it is.

use crate::{
    flags::{Flag, from_mask, to_mask},
    id::{AccountListId, OrganizationId, SharingRuleId},
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How much of an account list a partner sees, in ascending order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SharingLevel {
    /// Nothing.
    Hidden,
    /// How many accounts the two have in common, and no account.
    CountsOnly,
    /// The accounts that the two have in common.
    Overlapping,
    /// All accounts.
    All,
}

/// A part of an account that is shown or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountField {
    /// The name, which every account that is shown has.
    Name,
    /// The registrable domain.
    Domain,
    /// The website as it was given.
    Website,
    /// The country.
    Country,
    /// The domain of its e-mail.
    EmailDomain,
    /// The DUNS number.
    Duns,
    /// Who looks after it.
    Owner,
    /// How far it has come.
    Stage,
    /// What it is worth.
    Amount,
    /// The fields that the list's organization added.
    Custom,
    /// The id in the system that it came from.
    ExternalId,
}

impl Flag for AccountField {
    const ALL: &'static [Self] = &[
        Self::Name,
        Self::Domain,
        Self::Website,
        Self::Country,
        Self::EmailDomain,
        Self::Duns,
        Self::Owner,
        Self::Stage,
        Self::Amount,
        Self::Custom,
        Self::ExternalId,
    ];
}

/// A set of parts of an account, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, DeriveValueType)]
pub struct SharedFields(pub i32);

impl SharedFields {
    /// No part.
    pub const NONE: Self = Self(0);

    /// Every part.
    #[must_use]
    pub fn all() -> Self {
        AccountField::ALL.iter().copied().collect()
    }

    /// Whether the part is in the set.
    #[must_use]
    pub fn has(self, field: AccountField) -> bool {
        self.0 & field.bit() != 0
    }

    /// What both sets have.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The parts in the set, in the order of [`AccountField`].
    #[must_use]
    pub fn list(self) -> Vec<AccountField> {
        from_mask(self.0)
    }
}

impl FromIterator<AccountField> for SharedFields {
    fn from_iter<I: IntoIterator<Item = AccountField>>(fields: I) -> Self {
        Self(to_mask(fields))
    }
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sharing_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SharingRuleId,
    pub list_id: AccountListId,
    /// Whose list it is.
    pub organization_id: OrganizationId,
    /// Who sees it so.
    pub partner_id: OrganizationId,
    pub level: SharingLevel,
    /// What is shown of an account that is shown.
    pub fields: SharedFields,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
