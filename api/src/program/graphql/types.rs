//! The GraphQL type of programs.

use super::{
    loader::{MemberCount, MembersOfProgram, TiersOf},
    membership::{Membership, MembershipFilter},
    tier::Tier,
};
use crate::{
    directory::graphql::{
        self as directory,
        input::{PartnerFilter, PartnerOrder},
        types::PartnerFacets,
    },
    organization::graphql::types::Organization,
    page::Page,
    program::{
        model,
        policy::{RunProgram, hosts},
        store,
    },
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        scalar::{Date, PartnerType},
    },
};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;
use uuid::Uuid;

/// The lifecycle of a program.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ProgramStatus")]
pub enum ProgramStatus {
    /// Being written; only the host sees it.
    Draft,
    /// Public; takes members.
    Published,
    /// Over: the host and its members still read it, and it takes nobody.
    Retired,
}

/// A program that an organization runs for its partners. Read by everybody once it is published; a draft by its host; a
/// retired one by its host and by the organizations that are or were in touch with it.
pub struct Program(pub model::Program);

/// A program that an organization runs for its partners. Read by everybody once it is published; a draft by its host; a
/// retired one by its host and by the organizations that are or were in touch with it.
#[Object]
impl Program {
    /// The program's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// Unique in the installation; lower-case letters, digits and hyphens, 1 to 80. Never changes.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The display name, 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is about, at most 4,000 characters.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Where it is in its lifecycle.
    async fn status(&self) -> ProgramStatus {
        self.0.status.into()
    }

    /// The kinds of partners that it is for; empty where it is for all.
    async fn types(&self) -> Vec<PartnerType> {
        self.0.types.iter().map(PartnerType::from).collect()
    }

    /// The organization that runs it; null where it has no page that the viewer may see.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.organization_id).await.map(|found| found.map(Organization)).transpose()
    }

    /// Its tiers by rank, the highest first; of one rank by name. At most 50.
    async fn tiers(&self, ctx: &Context<'_>) -> Result<Vec<Tier>> {
        Ok(load(ctx, TiersOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Tier).collect())
    }

    /// Whether a change of a member's public profile waits for a moderator of the installation.
    async fn moderates_profiles(&self) -> bool {
        self.0.moderates_profiles
    }

    /// Days before a lower tier counts, 0 to 365.
    async fn grace_days(&self) -> i32 {
        self.0.grace_days
    }

    /// Days that must pass after a rejection before the same organization may apply again, 0 to 365.
    async fn reapply_days(&self) -> i32 {
        self.0.reapply_days
    }

    /// The first day on which it takes members, where there is one.
    async fn starts_on(&self) -> Option<Date> {
        self.0.starts_on.map(Date)
    }

    /// The day from which it takes no members any more, where there is one.
    async fn ends_on(&self) -> Option<Date> {
        self.0.ends_on.map(Date)
    }

    /// Its memberships in any status, in the order in which they were made: for the host; null for everybody else, who
    /// finds the public ones among the program's partners.
    async fn memberships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the last one before the page.")] after: Option<String>,
        #[graphql(desc = "Which of them.")] filter: Option<MembershipFilter>,
    ) -> Option<Result<List<Membership>>> {
        self.list_memberships(ctx, first, after, filter.unwrap_or_default()).await.transpose()
    }

    /// Its partners: the memberships in force, today or on another day. By name where no order is given.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the last one before the page, of the same order.")] after: Option<String>,
        #[graphql(desc = "Which of them.")] filter: Option<PartnerFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<PartnerOrder>,
    ) -> Option<Result<List<Membership>>> {
        Some(directory::partners(ctx, &self.0, first, after.as_deref(), filter, order_by).await)
    }

    /// What the filters of its directory may offer, with counts under the present filter.
    async fn partner_facets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The present filter.")] filter: Option<PartnerFilter>,
    ) -> Option<Result<PartnerFacets>> {
        Some(directory::partner_facets(ctx, &self.0, filter).await)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Whether the viewer may change it, its tiers and its memberships.
    async fn viewer_can_manage(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<RunProgram>(self.0.id, &self.0))
    }
}

impl Program {
    async fn list_memberships(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        filter: MembershipFilter,
    ) -> Result<Option<List<Membership>>> {
        const NAME: &str = "program.memberships.ID.ASC";
        let op = ctx.op()?;
        let page = Page::<Uuid>::parse(NAME, first, after.as_deref())?;
        if !hosts(&op.actor, &self.0) {
            return Ok(None);
        }
        let program = self.0.id;
        let statuses = filter.statuses.unwrap_or_default();
        let filter =
            store::MembershipFilter { statuses: statuses.into_iter().map(model::MembershipStatus::from).collect() };
        let slice = if page.after.is_some() {
            store::list_by_program(op, program, &filter, &page).await?
        } else {
            let key = MembersOfProgram { program, filter: filter.clone(), fetch: page.fetch() };
            page.slice(load(ctx, key).await?.unwrap_or_default(), |row| row.id.into())
        };
        list(slice, NAME, Total::loaded(MemberCount { program, filter }), Membership::new).map(Some)
    }
}
