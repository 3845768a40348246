//! An account of an organization that a rule found worth a lead because of what a partner has, with the evidence of that
//! moment. Of the partner's account it keeps no text.

use crate::{
    account_list::AccountListKind,
    id::{
        AccountId, AccountListId, LeadId, OpportunityId, OrganizationId, OverlapId, QualificationRuleId,
        QualifiedLeadId,
    },
    overlap::MatchConfidence,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QualifiedLeadStatus {
    /// Nobody has looked at it.
    New,
    /// Somebody works on it.
    Accepted,
    /// It is none.
    Dismissed,
    /// It became a lead to the partner, or an opportunity.
    Converted,
}

/// Why it is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QualifiedLeadDismissReason {
    /// The two accounts are not the same company.
    WrongMatch,
    /// Somebody works on it already.
    AlreadyWorkedOn,
    /// It is no company to sell to.
    NoFit,
    /// Not now.
    BadTiming,
    /// Something else.
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "qualified_leads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QualifiedLeadId,
    /// Whose it is; nobody else knows of it.
    pub organization_id: OrganizationId,
    /// The rule; it may be gone.
    pub rule_id: QualificationRuleId,
    /// Its name at that time.
    pub rule_name: String,
    pub partner_id: OrganizationId,
    /// The organization's own account; it may be gone.
    pub account_id: AccountId,
    /// Its name at that time.
    pub account_name: String,
    pub own_list_id: AccountListId,
    pub own_kind: AccountListKind,
    pub partner_list_id: AccountListId,
    pub partner_kind: AccountListKind,
    pub overlap_id: OverlapId,
    pub confidence: MatchConfidence,
    /// 0.5 to 1.
    pub score: f64,
    /// The reasons that the organization was shown at that time, one bit each.
    pub reasons: i64,
    /// Whether the same domain was found in mail addresses.
    pub by_mail: bool,
    /// When the two accounts were first found to match.
    pub found_at: DateTimeUtc,
    pub status: QualifiedLeadStatus,
    pub dismiss_reason: Option<QualifiedLeadDismissReason>,
    /// At most 500 characters.
    pub comment: Option<String>,
    /// What it became.
    pub lead_id: Option<LeadId>,
    pub opportunity_id: Option<OpportunityId>,
    pub created_at: DateTimeUtc,
    /// When it left `NEW`.
    pub decided_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
