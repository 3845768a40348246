//! A rule over overlaps: which of them are worth a lead to an organization.

use crate::{
    account_list::AccountListKind,
    flags::{Flag, from_mask, to_mask},
    id::{OrganizationId, QualificationRuleId},
    overlap::MatchConfidence,
    words::Words,
};
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

/// A set of kinds of lists, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, DeriveValueType)]
pub struct ListKinds(pub i32);

impl ListKinds {
    /// Whether the kind is in the set.
    #[must_use]
    pub fn has(self, kind: AccountListKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// The kinds in the set, in the order of [`AccountListKind`].
    #[must_use]
    pub fn list(self) -> Vec<AccountListKind> {
        from_mask(self.0)
    }
}

impl FromIterator<AccountListKind> for ListKinds {
    fn from_iter<I: IntoIterator<Item = AccountListKind>>(kinds: I) -> Self {
        Self(to_mask(kinds))
    }
}

/// Organizations in one column, held as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Partners(pub Vec<OrganizationId>);

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "qualification_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QualificationRuleId,
    /// Whose rule it is; nobody else knows of it.
    pub organization_id: OrganizationId,
    /// 1 to 100 characters; unique with the organization.
    pub name: String,
    /// The sort key of the name.
    pub name_key: String,
    /// The organization's lists of these kinds; never empty.
    pub own_kinds: ListKinds,
    /// The partner's lists of these kinds; never empty.
    pub partner_kinds: ListKinds,
    /// With these partners only; with any where there is none. At most 50.
    #[sea_orm(column_type = "JsonBinary")]
    pub partners: Option<Partners>,
    /// At least as sure as this.
    pub min_confidence: MatchConfidence,
    /// The organization's own account is in one of these countries; in any where there is none. ISO 3166-1 alpha-2, at
    /// most 50.
    #[sea_orm(column_type = "JsonBinary")]
    pub countries: Option<Words>,
    /// A rule that is off qualifies nothing.
    pub enabled: bool,
    /// It rests, since so much of what it qualified waits for a decision.
    pub is_full: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
