//! A partnership: who its parties are is said by `partnership_party`.

use crate::{
    id::{OrganizationId, PartnershipId},
    value::PartnerTypes,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a partnership comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PartnershipOrigin {
    /// Each party agreed to it here.
    Agreed,
    /// Entered by the operator from a public source, without the parties' doing.
    Recorded,
}

/// Why a partnership ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndReason {
    /// A party was acquired.
    Acquired,
    /// Its term ran out.
    Expired,
    /// The parties agreed to end it.
    Mutual,
    /// A party did not keep to it.
    Breach,
    /// A party now goes another way.
    Strategy,
    /// Nothing came of it.
    Inactivity,
    /// Something else; the comment says what.
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partnerships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PartnershipId,
    pub origin: PartnershipOrigin,
    /// Never empty.
    pub types: PartnerTypes,
    /// Set while no second partnership may exist beside this one; nulled when it has ended or a third party has joined.
    #[sea_orm(unique)]
    pub guard: Option<String>,
    pub started_on: Option<Date>,
    /// `started_on` to sort by in ascending order: an unknown day is the last.
    pub sorts_ascending: Date,
    /// `started_on` to sort by in descending order: an unknown day is the first.
    pub sorts_descending: Date,
    /// The first day on which it no longer holds.
    pub ends_on: Option<Date>,
    pub end_reason: Option<EndReason>,
    pub end_comment: Option<String>,
    /// The party that ended it; null for one that the operator ended.
    pub ended_by: Option<OrganizationId>,
    /// Who acquired a party.
    pub acquired_by: Option<OrganizationId>,
    /// The moment at which the end was entered.
    pub ended_at: Option<DateTimeUtc>,
    /// The moment at which it was put on record that its last day is over; null before.
    pub concluded_at: Option<DateTimeUtc>,
    /// What the parties do together, at most 2,000 characters.
    pub description: Option<String>,
    /// Where a recorded one was read.
    pub source: Option<String>,
    /// How sure the source is, for example `named example`.
    pub state: Option<String>,
    /// Strategic: the shared aim, at most 2,000 characters.
    pub aim: Option<String>,
    /// Strategic: the first day of the term.
    pub term_starts_on: Option<Date>,
    /// Strategic: the first day after the term.
    pub term_ends_on: Option<Date>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change, those of its parties and facts included.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
