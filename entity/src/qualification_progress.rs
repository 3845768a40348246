//! How far a rule over overlaps was applied to a pair of lists.

use crate::id::{AccountId, MappingPairId, OrganizationId, OverlapId, QualificationRuleId, QualifiedLeadId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "qualification_progress")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub rule_id: QualificationRuleId,
    /// No foreign key: what is left of a pair that is no longer open is removed later.
    #[sea_orm(primary_key, auto_increment = false)]
    pub pair_id: MappingPairId,
    /// With whom the pair is: known also when the pair is gone.
    pub partner_id: OrganizationId,
    /// Applied to what readers saw with this run; 0 before.
    pub run: i64,
    /// The revision of the result at that time.
    pub revision: i64,
    /// With `looked_revision`: looked at with this run, also where nothing was to be applied.
    pub looked_run: i64,
    pub looked_revision: i64,
    /// While it is applied: to what readers see with this run.
    pub target_run: Option<i64>,
    /// The revision of the result when that began.
    pub target_revision: Option<i64>,
    /// While it is applied: overlaps that began with this run or before are done.
    pub from_run: i64,
    /// While it is applied: up to which overlap, by the account of the left list and its id.
    pub after_account: Option<AccountId>,
    pub after_overlap: Option<OverlapId>,
    /// How many leads were qualified of which nobody was told yet.
    pub created: i64,
    /// The first of them.
    pub first_lead_id: Option<QualifiedLeadId>,
}

impl ActiveModelBehavior for ActiveModel {}
