//! Something that was done about an opportunity or in a partnership.

use crate::id::{ActivityId, OpportunityId, OrganizationId, PartnershipId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActivityKind {
    /// Somebody was called.
    Call,
    /// Something was shown.
    Demo,
    /// The sides presented together.
    JointPitch,
    /// People came together in public.
    Event,
    /// People sat together.
    Meeting,
    /// Something worth keeping.
    Note,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActivityId,
    /// The opportunity that it is about, or
    pub opportunity_id: Option<OpportunityId>,
    /// the partnership; exactly one of the two is set.
    pub partnership_id: Option<PartnershipId>,
    /// The side that wrote it down.
    pub organization_id: OrganizationId,
    /// `person` or `key`.
    pub actor_kind: String,
    /// The person or key that wrote it down.
    pub actor_id: Option<Uuid>,
    pub kind: ActivityKind,
    pub occurred_at: DateTimeUtc,
    /// 1 to 2,000 characters.
    pub text: String,
    /// Whether only the side that wrote it sees it; a note's privilege.
    pub internal: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
