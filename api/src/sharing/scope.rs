//! What the rooms behind this one take from it: what two organizations show each other of their account lists now, and
//! which of these lists may be compared. It is asked with every read; nobody keeps the answer.

use super::{
    model::{Relation, SharedFields, SharingLevel, may_compare},
    store,
};
use crate::op::{Fault, Op};
use chrono::{DateTime, Utc};
use entity::{
    account,
    account_list::AccountListKind,
    id::{AccountListId, OrganizationId},
};
use sea_orm::ConnectionTrait;

/// What one organization shows another one of a list, or has itself of an offline partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The list.
    pub list_id: AccountListId,
    /// Who manages it.
    pub organization_id: OrganizationId,
    /// Whose accounts they are: the same, or an offline partner.
    pub subject_id: OrganizationId,
    /// What the accounts are to the subject. Everybody who is shown anything of the list is told this.
    pub kind: AccountListKind,
    /// The list's name. Give it out as [`Exposure::shown_name`] says.
    pub name: String,
    /// The version of its accounts that readers see.
    pub version: i64,
    /// Accounts of that version. Only [`SharingLevel::All`] tells it.
    pub account_count: i32,
    /// How much is shown. [`SharingLevel::Hidden`] only in what an organization has of its own.
    pub level: SharingLevel,
    /// Which parts of an account that is shown; none at [`SharingLevel::CountsOnly`].
    pub fields: SharedFields,
}

impl Exposure {
    /// The name, where accounts are shown: who only sees counts is told the kind.
    #[must_use]
    pub fn shown_name(&self) -> Option<&str> {
        (self.level >= SharingLevel::Overlapping).then_some(self.name.as_str())
    }
}

/// What two organizations show each other now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Between {
    /// The one who looks.
    pub viewer: OrganizationId,
    /// The other one.
    pub partner: OrganizationId,
    /// How the two stand to each other.
    pub relation: Relation,
    /// All of the viewer's lists of its own accounts, each as the partner sees it, those that are hidden from it too.
    pub ours: Vec<Exposure>,
    /// The partner's lists as the viewer sees them, but for those that are hidden, and whole those that the viewer has of
    /// the partner as an offline one.
    pub theirs: Vec<Exposure>,
}

/// What `viewer` and `partner` show each other at `now`, lists by their name and id.
///
/// # Errors
/// Database faults.
pub async fn between(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    viewer: OrganizationId,
    partner: OrganizationId,
) -> Result<Between, Fault> {
    let mut found = store::list_between(connection, now, &[(viewer, partner)]).await?;
    found.pop().ok_or_else(|| Fault::internal("what two organizations show each other is missing"))
}

/// As [`between`] with each of several partners, in their order: a number of statements that does not grow with them, as
/// long as they are no more than some hundred.
///
/// # Errors
/// Database faults.
pub async fn between_each(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    viewer: OrganizationId,
    partners: &[OrganizationId],
) -> Result<Vec<Between>, Fault> {
    let pairs: Vec<_> = partners.iter().map(|partner| (viewer, *partner)).collect();
    store::list_between(connection, now, &pairs).await
}

/// The pairs of lists that may be compared, the viewer's own first. With a list that the viewer has of an offline partner
/// it may compare each of its own: nobody else sees what comes of it.
pub fn open_pairs(between: &Between) -> impl Iterator<Item = (&Exposure, &Exposure)> {
    between.ours.iter().flat_map(|own| {
        let open = move |their: &&Exposure| {
            their.organization_id == own.organization_id || may_compare(own.level, their.level)
        };
        between.theirs.iter().filter(open).map(move |their| (own, their))
    })
}

/// The accounts of a list that a partner has as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlaps {
    /// How many; none where the list's own organization may not know it exactly.
    pub accounts: Option<u64>,
    /// Where it may not: it is fewer than this.
    pub fewer_than: Option<u32>,
    /// The first of them by name; empty where the list's own organization may not know which they are.
    pub sample: Vec<account::Model>,
}

impl Overlaps {
    /// No account.
    pub const NONE: Self = Self { accounts: Some(0), fewer_than: None, sample: Vec::new() };
}

/// What the room that compares lists tells this one, which knows nothing of it.
#[async_trait::async_trait]
pub trait Overlapping: Send + Sync {
    /// The accounts of the actor's own list that the partner has as well, at most `sample` of them by name. It says no more
    /// than the partner shows the actor: with a partner that only has its accounts counted it names none, and gives no
    /// count that is too small to be told.
    ///
    /// # Errors
    /// Database faults.
    async fn of_list(
        &self,
        op: &Op,
        list: AccountListId,
        partner: OrganizationId,
        sample: u64,
    ) -> Result<Overlaps, Fault>;
}
