//! What alerts are about, and which of them are wanted.

use crate::{
    cosell::graphql::enums::OpportunityStage,
    event::feed::{self, ResetReason},
    op::Fault,
    schema::node,
};
use async_graphql::{Enum, ID, InputObject};
use entity::alert;

/// What an alert is about.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "alert::AlertKind")]
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
    /// Overlaps with a partner's account lists, or a dispute about one.
    Overlap,
    /// A request to be introduced to a company.
    Introduction,
    /// What a rule over overlaps qualified.
    QualifiedLead,
}

/// What happened.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "alert::AlertChange")]
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
    /// An invitation, a lead or a request to be introduced went out.
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
    /// A lead became an opportunity, or a request to be introduced an opportunity or a lead.
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
    /// It was said what came of a request to be introduced.
    OutcomeRecorded,
}

/// Why a feed cannot go on from a cursor.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "ResetReason")]
pub enum FeedResetReason {
    /// Alerts behind the cursor are no longer kept.
    Trimmed,
    /// The cursor is of a former life of the database, before it was restored from a backup.
    OtherEpoch,
    /// The cursor is beyond the newest alert: what it was given for was lost.
    BeyondHead,
}

/// Which alerts are wanted: those that all given parts agree on; what is left out does not narrow.
#[derive(InputObject, Default)]
pub struct AlertFilter {
    /// About one of these kinds; an empty list wants none.
    pub kinds: Option<Vec<AlertKind>>,
    /// Concerning the opportunity with this id.
    pub opportunity: Option<ID>,
    /// Concerning an opportunity that was in one of these stages after the fact, the owner's; an empty list wants none.
    /// Alerts of what is or was confidential are given whatever their stage.
    pub stages: Option<Vec<OpportunityStage>>,
}

impl AlertFilter {
    /// The same for the feed.
    ///
    /// # Errors
    /// [`Fault::BadInput`] for what is no id of an opportunity.
    pub(super) fn read(self) -> Result<feed::AlertFilter, Fault> {
        Ok(feed::AlertFilter {
            kinds: self.kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            opportunity: self.opportunity.as_ref().map(node::parse).transpose()?,
            stages: self.stages.map(|stages| stages.into_iter().map(Into::into).collect()),
        })
    }
}
