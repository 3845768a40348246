//! The GraphQL types of partnerships and their parties.

use super::{
    facts::{ChannelFacts, StrategicFacts, TechnologyFacts},
    loader::{
        ContactOf, ExchangesOf, FirstPartnershipsOf, NESTED_ORDER, PartiesOf, PartnershipCountOf, RolesOf, TermsOf,
    },
};
use crate::{
    activity::{
        graphql::{nested::activities, types::Activity},
        model::Subject,
    },
    organization::graphql::types::Organization,
    page::Page,
    partnership::{
        model::{self, Sides},
        policy::{ChangePartnership, ChangeSide, sees_inside},
        store::{self, PartnershipFilter},
    },
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        scalar::{Date, PartnerType},
    },
};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::{OrganizationId, PersonId, TypedId};

/// Whether a partnership holds.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::PartnershipStatus")]
pub enum PartnershipStatus {
    /// It holds, though an end may have been announced.
    Active,
    /// It holds no longer.
    Ended,
}

/// Where a partnership comes from.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::PartnershipOrigin")]
pub enum PartnershipOrigin {
    /// Each party agreed to it here.
    Agreed,
    /// Entered by the operator from a public source, without the parties' doing.
    Recorded,
}

/// Why a partnership ended.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::EndReason")]
pub enum PartnershipEndReason {
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

/// Two or more organizations that work together. Its parties see all of it; others see that it is there, what it is about
/// and who is in it, and only while every party lists it and has a public page.
pub struct Partnership(pub model::Partnership);

impl Partnership {
    async fn sides(&self, ctx: &Context<'_>) -> Result<Sides> {
        let parties = load(ctx, PartiesOf(self.0.id)).await?.unwrap_or_default();
        Ok(Sides { partnership: self.0.clone(), parties })
    }

    async fn inside(&self, ctx: &Context<'_>) -> Result<bool> {
        is_inside(ctx, &self.sides(ctx).await?.parties)
    }

    fn is(&self, wanted: model::PartnerType) -> bool {
        self.0.types.iter().any(|kind| kind == wanted)
    }
}

/// Two or more organizations that work together. Its parties see all of it; others see that it is there, what it is about
/// and who is in it, and only while every party lists it and has a public page.
#[Object]
impl Partnership {
    /// The partnership's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// Where it comes from.
    async fn origin(&self) -> PartnershipOrigin {
        self.0.origin.into()
    }

    /// What it is about, never empty.
    async fn types(&self) -> Vec<PartnerType> {
        self.0.types.iter().map(PartnerType::from).collect()
    }

    /// Whether it holds today (UTC).
    async fn status(&self, ctx: &Context<'_>) -> Result<PartnershipStatus> {
        Ok(model::status(&self.0, ctx.op()?.today()).into())
    }

    /// The first day; null where a recorded one does not say.
    async fn started_on(&self) -> Option<Date> {
        self.0.started_on.map(Date)
    }

    /// The first day on which it no longer holds; null while no end is known.
    async fn ends_on(&self) -> Option<Date> {
        self.0.ends_on.map(Date)
    }

    /// Why and by whom it was ended; null while no end is known, and for whoever is no party.
    async fn ending(&self, ctx: &Context<'_>) -> Option<Result<PartnershipEnding>> {
        let ending = async {
            let ended = self.0.end_reason.is_some() && self.inside(ctx).await?;
            Ok(ended.then(|| PartnershipEnding(self.0.clone())))
        };
        ending.await.transpose()
    }

    /// Who is in it now, in the order of joining; 2 to 10.
    async fn parties(&self, ctx: &Context<'_>) -> Option<Result<Vec<PartnershipParty>>> {
        let parties = async {
            let parties = self.sides(ctx).await?.parties;
            let inside = is_inside(ctx, &parties)?;
            Ok(parties.into_iter().map(|party| PartnershipParty { party, inside }).collect())
        };
        Some(parties.await)
    }

    /// What the parties do together, at most 2,000 characters.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// What their products exchange; null without the type `TECHNOLOGY`.
    async fn technology(&self, ctx: &Context<'_>) -> Option<Result<TechnologyFacts>> {
        if !self.is(model::PartnerType::Technology) {
            return None;
        }
        Some(load(ctx, ExchangesOf(self.0.id)).await.map(|found| TechnologyFacts(found.unwrap_or_default())))
    }

    /// How they sell together; null without the type `CHANNEL`.
    async fn channel(&self, ctx: &Context<'_>) -> Option<Result<ChannelFacts>> {
        if !self.is(model::PartnerType::Channel) {
            return None;
        }
        let channel = async {
            // The parties first, so that they are read together with those that other fields ask for.
            let inside = self.inside(ctx).await?;
            let roles = load(ctx, RolesOf(self.0.id)).await?.unwrap_or_default();
            let terms = match inside {
                true => Some(load(ctx, TermsOf(self.0.id)).await?.unwrap_or_default()),
                false => None,
            };
            Ok(ChannelFacts { roles, terms })
        };
        Some(channel.await)
    }

    /// What they want to reach together; null without the type `STRATEGIC`, and for whoever is no party.
    async fn strategic(&self, ctx: &Context<'_>) -> Option<Result<StrategicFacts>> {
        let strategic = async {
            let shown = self.is(model::PartnerType::Strategic) && self.inside(ctx).await?;
            Ok(shown.then(|| StrategicFacts {
                aim: self.0.aim.clone(),
                term_starts_on: self.0.term_starts_on.map(Date),
                term_ends_on: self.0.term_ends_on.map(Date),
            }))
        };
        strategic.await.transpose()
    }

    /// Where a recorded one was read.
    async fn source(&self) -> Option<&str> {
        self.0.source.as_deref()
    }

    /// How sure the source of a recorded one is, for example `named example`.
    async fn state(&self) -> Option<&str> {
        self.0.state.as_deref()
    }

    /// What was done in it, newest first. The parties read it; it is empty for others.
    async fn activities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<Activity>>> {
        Some(activities(ctx, Subject::Partnership(self.0.id), first, after).await)
    }

    /// When it was entered.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed, its parties and facts included.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Whether the viewer may change its facts, invite into it and end it.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        let may = async { Ok(ctx.op()?.may::<ChangePartnership>(self.0.id, &self.sides(ctx).await?)) };
        Some(may.await)
    }

    /// Whether the viewer may say who manages and sponsors its own side, and whether it is public.
    async fn viewer_can_assign(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        let may = async { Ok(ctx.op()?.may::<ChangeSide>(self.0.id, &self.sides(ctx).await?)) };
        Some(may.await)
    }
}

/// Why and by whom a partnership was ended. The parties read it.
pub struct PartnershipEnding(model::Partnership);

/// Why and by whom a partnership was ended. The parties read it.
#[Object]
impl PartnershipEnding {
    /// Why.
    async fn reason(&self) -> Option<PartnershipEndReason> {
        self.0.end_reason.map(PartnershipEndReason::from)
    }

    /// In words, at most 500 characters.
    async fn comment(&self) -> Option<&str> {
        self.0.end_comment.as_deref()
    }

    /// The party that ended it; null for one that the operator ended.
    async fn ended_by(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.ended_by?).await
    }

    /// The organization that acquired a party; null where none did, and where the viewer may not see its page.
    async fn acquired_by(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.acquired_by?).await
    }

    /// When the end was entered.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }
}

/// A party of a partnership.
pub struct PartnershipParty {
    party: model::Party,
    inside: bool,
}

/// A party of a partnership.
#[Object]
impl PartnershipParty {
    /// The organization; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.party.organization_id).await
    }

    /// Its partner manager; null where none is named, where the person has left, and for whoever is no party.
    async fn manager(&self, ctx: &Context<'_>) -> Option<Result<PartnershipContact>> {
        self.contact(ctx, self.party.manager_person_id?).await
    }

    /// Its executive sponsor; null where none is named, where the person has left, and for whoever is no party.
    async fn sponsor(&self, ctx: &Context<'_>) -> Option<Result<PartnershipContact>> {
        self.contact(ctx, self.party.sponsor_person_id?).await
    }

    /// Whether it wants the partnership to be public, which it is while all want it.
    async fn listed(&self) -> bool {
        self.party.listed
    }

    /// When it joined.
    async fn joined_at(&self) -> DateTime<Utc> {
        self.party.joined_at
    }
}

impl PartnershipParty {
    async fn contact(&self, ctx: &Context<'_>, person: PersonId) -> Option<Result<PartnershipContact>> {
        if !self.inside {
            return None;
        }
        let found = load(ctx, ContactOf(self.party.organization_id, person)).await;
        found.map(|row| row.map(|row| PartnershipContact { name: row.name, email: row.email })).transpose()
    }
}

/// Whom the other parties turn to.
#[derive(SimpleObject, Clone, Debug)]
pub struct PartnershipContact {
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
}

/// Whether the viewer sees what only these parties see.
fn is_inside(ctx: &Context<'_>, parties: &[model::Party]) -> Result<bool> {
    let organizations: Vec<_> = parties.iter().map(|party| party.organization_id).collect();
    Ok(sees_inside(&ctx.op()?.actor, &organizations))
}

async fn organization(ctx: &Context<'_>, id: OrganizationId) -> Option<Result<Organization>> {
    load(ctx, id).await.map(|row| row.map(Organization)).transpose()
}

/// The name of the list below an organization, as its cursors carry it.
const NESTED: &str = "organization.partnerships.STARTED_ON.DESC";

/// The partnerships of an organization that the viewer may see, newest start first: what `Organization.partnerships`
/// answers. First pages below a list are read together.
///
/// # Errors
/// Bad arguments and database faults.
pub async fn partnerships_of(
    ctx: &Context<'_>,
    of: &crate::organization::model::Organization,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<Partnership>> {
    let page = Page::parse(NESTED, first, after.as_deref())?;
    let slice = if page.after.is_none() {
        let key = FirstPartnershipsOf { organization: of.id, first: page.first };
        page.slice(load(ctx, key).await?.unwrap_or_default(), |row| NESTED_ORDER.position(row))
    } else {
        let filter = PartnershipFilter { organization: Some(of.slug.clone()), ..PartnershipFilter::default() };
        store::list(ctx.op()?, &filter, NESTED_ORDER, &page).await?
    };
    let total = Total::loaded(PartnershipCountOf(of.id));
    list(slice, NESTED, total, Partnership)
}
