//! The GraphQL type of memberships.

use super::{
    explain::{TierExplanation, explain},
    loader::{MemberOf, MembershipCount, MembershipsOf, PeriodsOf},
    tier::Tier,
    types::Program,
};
use crate::{
    organization::graphql::types::Organization,
    page::Page,
    program::{
        model::{
            self,
            history::{OPEN_END, Period, known_on, stay_on},
            standing::{status_on, tier_on},
        },
        policy::{AnswerMembership, DecideMembership, takes_part},
        store::{self, OrganizationPosition},
    },
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        node,
        scalar::{Date, PartnerType},
    },
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use entity::id::{OrganizationId, TierId, TypedId};

/// The lifecycle of a membership.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::MembershipStatus")]
pub enum MembershipStatus {
    /// The organization asked; the host decides.
    Applied,
    /// The host asked; the organization decides.
    Invited,
    /// A member.
    Active,
    /// The host or the invited organization said no.
    Rejected,
    /// Set aside for a time by the host.
    Suspended,
    /// Over: ended, left, taken back, or not renewed in time.
    Terminated,
}

/// Why an application was rejected.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::RejectionReason")]
pub enum MembershipRejectionReason {
    /// The application says too little.
    NeedsMoreDetail,
    /// The program's requirements are not met.
    DoesNotMeetRequirements,
    /// The program is for others.
    NotTheRightFit,
    /// Something else; the comment says what.
    Other,
}

/// Which memberships of a program.
#[derive(InputObject, Default)]
pub struct MembershipFilter {
    /// Any of these, as of today; all where nothing is said.
    pub statuses: Option<Vec<MembershipStatus>>,
}

/// A stretch of days in which the organization was a member with one tier.
#[derive(SimpleObject)]
pub struct MembershipPeriod {
    /// The tier; null where it had none.
    pub tier: Option<Tier>,
    /// The first day.
    pub starts_on: Date,
    /// The first day after it; null where no end is known.
    pub ends_on: Option<Date>,
}

/// An organization's place in a program. Read by everybody while it is active, the program published and the organization
/// listed; in any status by the organization and by the program's host.
pub struct Membership {
    /// The row.
    pub row: model::Membership,
    /// The day that tier and date of joining are shown of; none for today.
    pub as_of: Option<NaiveDate>,
}

impl Membership {
    /// As it is today.
    #[must_use]
    pub fn new(row: model::Membership) -> Self {
        Self { row, as_of: None }
    }

    /// With tier and date of joining as on `day`, worked out from its periods.
    #[must_use]
    pub fn on(row: model::Membership, day: NaiveDate) -> Self {
        Self { row, as_of: Some(day) }
    }

    async fn periods(&self, ctx: &Context<'_>) -> Result<Vec<Period>> {
        let rows = load(ctx, PeriodsOf(self.row.id)).await?.unwrap_or_default();
        let period =
            |row: model::StoredPeriod| Period { starts_on: row.starts_on, ends_on: row.ends_on, tier: row.tier_id };
        Ok(rows.into_iter().map(period).collect())
    }

    /// Whether the viewer belongs to the member or to the host.
    async fn is_private_to(&self, ctx: &Context<'_>) -> Result<bool> {
        let actor = &ctx.op()?.actor;
        let program = load(ctx, self.row.program_id).await?;
        Ok(program.is_some_and(|program| takes_part(actor, &program, &self.row)))
    }
}

/// An organization's place in a program. Read by everybody while it is active, the program published and the organization
/// listed; in any status by the organization and by the program's host.
#[Object]
impl Membership {
    /// The membership's id.
    pub async fn id(&self) -> ID {
        ID(self.row.id.global())
    }

    /// Where it is in its lifecycle, by today's date.
    async fn status(&self, ctx: &Context<'_>) -> Result<MembershipStatus> {
        Ok(status_on(&self.row, ctx.op()?.today()).into())
    }

    /// The membership's own set of types.
    async fn types(&self) -> Vec<PartnerType> {
        self.row.types.iter().map(PartnerType::from).collect()
    }

    /// The tier; the last one where the membership is over. Null where it has none, or waits for a decision.
    async fn tier(&self, ctx: &Context<'_>) -> Option<Result<Tier>> {
        self.shown_tier(ctx).await.transpose()
    }

    /// When the organization joined, this time; midnight UTC where only the day is known. Null where that is not known or
    /// it has not joined.
    async fn joined_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let Some(day) = self.as_of else { return Ok(self.row.joined_at) };
        // Of an earlier stay only the periods tell; the last one is what the membership itself says.
        Ok(match stay_on(&self.periods(ctx).await?, day) {
            Some(stay) if stay.last => self.row.joined_at,
            Some(stay) => Some(stay.since.and_time(NaiveTime::MIN).and_utc()),
            None => None,
        })
    }

    /// The program.
    async fn program(&self, ctx: &Context<'_>) -> Option<Result<Program>> {
        load(ctx, self.row.program_id).await.map(|found| found.map(Program)).transpose()
    }

    /// The member. The program's host sees it even where it has no public page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, MemberOf(self.row.organization_id)).await.map(|found| found.map(Organization)).transpose()
    }

    /// The whole history, the earliest period first. What is planned for later days is part of it for the member and the
    /// host.
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<MembershipPeriod>> {
        let mut shown = Vec::new();
        let mut periods = self.periods(ctx).await?;
        if !self.is_private_to(ctx).await? {
            periods = known_on(periods, ctx.op()?.today());
        }
        for period in periods {
            let tier = match period.tier {
                Some(tier) => load(ctx, tier).await?,
                None => None,
            };
            shown.push(MembershipPeriod {
                tier: tier.map(Tier),
                starts_on: Date(period.starts_on),
                ends_on: (period.ends_on < OPEN_END).then_some(Date(period.ends_on)),
            });
        }
        Ok(shown)
    }

    /// The tier that follows: a lower one when its grace period is over, or another from a later day on. For the member
    /// and the host; null for everybody else and where nothing is planned.
    async fn next_tier(&self, ctx: &Context<'_>) -> Option<Result<Tier>> {
        async {
            match self.coming(ctx).await? {
                Some((tier, _)) => Ok(load(ctx, tier).await?.map(Tier)),
                None => Ok(None),
            }
        }
        .await
        .transpose()
    }

    /// The first day of `nextTier`: a demotion's grace period ends with the day before.
    async fn next_tier_on(&self, ctx: &Context<'_>) -> Option<Result<Date>> {
        self.coming(ctx).await.map(|coming| coming.map(|(_, day)| Date(day))).transpose()
    }

    /// The day from which it is no longer in force unless it is renewed. For the member and the host.
    async fn expires_on(&self, ctx: &Context<'_>) -> Option<Result<Date>> {
        self.private(ctx, self.row.expires_on.map(Date)).await.transpose()
    }

    /// The id in the source that it was imported from. For the member and the host.
    async fn external_id(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        let id = Some(self.row.external_key.clone()).filter(|id| !id.is_empty());
        self.private(ctx, id).await.transpose()
    }

    /// When the organization applied or was invited, this time. For the member and the host.
    async fn requested_at(&self, ctx: &Context<'_>) -> Option<Result<DateTime<Utc>>> {
        self.private(ctx, self.row.requested_at).await.transpose()
    }

    /// When the other side last decided. For the member and the host.
    async fn decided_at(&self, ctx: &Context<'_>) -> Option<Result<DateTime<Utc>>> {
        self.private(ctx, self.row.decided_at).await.transpose()
    }

    /// What the one who asked wrote, at most 2,000 characters. For the member and the host.
    async fn message(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        self.private(ctx, self.row.message.clone()).await.transpose()
    }

    /// Why the host rejected it; null also where the invited organization declined. For the member and the host.
    async fn rejection_reason(&self, ctx: &Context<'_>) -> Option<Result<MembershipRejectionReason>> {
        self.private(ctx, self.row.rejection_reason.map(Into::into)).await.transpose()
    }

    /// What was said with the last rejection, suspension or termination, at most 1,000 characters. For the member and the
    /// host.
    async fn comment(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        self.private(ctx, self.row.comment.clone()).await.transpose()
    }

    /// How it stands against what the program's tiers require, the highest tier first. For the member and the host; null
    /// for everybody else.
    async fn explain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this tier of the program.")] tier: Option<ID>,
        #[graphql(desc = "The day of judgment; today where nothing is said.")] on: Option<Date>,
    ) -> Option<Result<Vec<TierExplanation>>> {
        async {
            let tier = tier.as_ref().map(node::parse::<TierId>).transpose()?;
            let day = on.map_or(ctx.op()?.today(), |date| date.0);
            if !self.is_private_to(ctx).await? {
                return Ok(None);
            }
            explain(ctx, &self.row, tier, day).await.map(Some)
        }
        .await
        .transpose()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.row.revision
    }

    /// Whether the viewer may decide about it as the host of the program.
    async fn viewer_can_decide(&self, ctx: &Context<'_>) -> Result<bool> {
        let program = load(ctx, self.row.program_id).await?;
        let op = ctx.op()?;
        Ok(program.is_some_and(|program| op.may::<DecideMembership>(self.row.id, &program)))
    }

    /// Whether the viewer may answer for the organization: accept, decline, leave.
    async fn viewer_can_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<AnswerMembership>(self.row.id, &self.row))
    }
}

impl Membership {
    async fn shown_tier(&self, ctx: &Context<'_>) -> Result<Option<Tier>> {
        let tier = match self.as_of {
            Some(day) => stay_on(&self.periods(ctx).await?, day).and_then(|stay| stay.tier),
            None => tier_on(&self.row, ctx.op()?.today()),
        };
        match tier {
            Some(tier) => Ok(load(ctx, tier).await?.map(Tier)),
            None => Ok(None),
        }
    }

    /// What is planned and has not come, for those who may know.
    async fn coming(&self, ctx: &Context<'_>) -> Result<Option<(TierId, NaiveDate)>> {
        let today = ctx.op()?.today();
        let planned = self.row.next_tier_id.zip(self.row.next_tier_on);
        self.private(ctx, planned.filter(|(_, day)| *day > today)).await
    }

    /// What only the two sides see.
    async fn private<T>(&self, ctx: &Context<'_>, value: Option<T>) -> Result<Option<T>> {
        match value {
            Some(value) => Ok(self.is_private_to(ctx).await?.then_some(value)),
            None => Ok(None),
        }
    }
}

/// The memberships of an organization that the viewer may see: by rank, the highest first and those without a tier last,
/// then by the program's name. For `Organization.memberships`.
///
/// # Errors
/// `BAD_USER_INPUT` for a page that is none.
pub async fn memberships_of(
    ctx: &Context<'_>,
    organization: OrganizationId,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<Membership>> {
    const NAME: &str = "organization.memberships.RANK.DESC";
    let page = Page::<OrganizationPosition>::parse(NAME, first, after.as_deref())?;
    let total = Total::loaded(MembershipCount(organization));
    if page.after.is_some() {
        let slice = store::list_by_organization(ctx.op()?, organization, &page).await?;
        return list(slice, NAME, total, Membership::new);
    }
    let rows = load(ctx, MembershipsOf { organization, fetch: page.fetch() }).await?.unwrap_or_default();
    let slice = page.slice(rows, |(position, _)| position.clone());
    list(slice, NAME, total, |(_, row)| Membership::new(row))
}
