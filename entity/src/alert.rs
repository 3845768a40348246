//! An alert: one fact in the feed of one organization that may know of it. It says what happened by ids and values of
//! that moment and holds no personal data, so that a person who is forgotten is not in it.

use crate::{
    id::{AlertId, OpportunityId, OrganizationId},
    value::OpportunityStage,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "alerts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    #[sea_orm(unique)]
    pub id: AlertId,
    pub kind: AlertKind,
    pub change: AlertChange,
    pub occurred_at: DateTimeUtc,
    /// `person`, `key`, `operator` or `system`; `undisclosed` where the organization may not know who it was.
    pub actor_kind: String,
    /// The person or key.
    pub actor_id: Option<Uuid>,
    /// The organization that the actor acted for.
    pub actor_organization_id: Option<OrganizationId>,
    /// What it is about; the kind says what the id names.
    pub subject_id: Uuid,
    /// The opportunity that it concerns, if any.
    pub opportunity_id: Option<OpportunityId>,
    /// The owner's stage of that opportunity after the fact.
    pub stage: Option<OpportunityStage>,
    /// Whether it was about something confidential, which not everybody in the organization may see.
    pub restricted: bool,
    /// What else it says: values before and after. No personal data.
    #[sea_orm(column_type = "JsonBinary")]
    pub details: Json,
}

impl ActiveModelBehavior for ActiveModel {}

/// What an alert is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlertKind {
    /// An opportunity.
    Opportunity,
    /// An invitation into an opportunity.
    Invitation,
    /// Something that was done about an opportunity or in a partnership.
    Activity,
    /// A lead.
    Lead,
    /// A partnership or an invitation into one.
    Partnership,
    /// What a partner shows of its account lists.
    SharingRule,
    /// Two organizations that compare counts before they are partners.
    ExploratoryMapping,
    /// Overlaps of account lists, or a dispute about one.
    Overlap,
    /// A request to be introduced to a company.
    Introduction,
    /// What a rule over overlaps qualified.
    QualifiedLead,
}

/// What happened to it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlertChange {
    /// It is new.
    Created,
    /// Its content changed.
    Updated,
    /// A side moved it to another stage.
    StageChanged,
    /// Its review went on.
    ReviewChanged,
    /// An organization takes part from now on.
    Shared,
    /// An organization no longer takes part.
    Revoked,
    /// An invitation, a lead or a request went out.
    Sent,
    /// It was accepted.
    Accepted,
    /// It was declined.
    Declined,
    /// It was taken back.
    Canceled,
    /// Its time ran out.
    Expired,
    /// What was shared was put on record.
    SnapshotTaken,
    /// A lead became an opportunity; an introduction became one, or a lead.
    Converted,
    /// It went to another organization, because the one before did not answer.
    Rerouted,
    /// It came to its end.
    Ended,
    /// A person's data in it was erased.
    Erased,
    /// An overlap was found.
    Found,
    /// An overlap was found no more.
    Lost,
    /// The company of an overlap went to a list of another kind.
    KindChanged,
    /// It was said what came of it.
    OutcomeRecorded,
}
