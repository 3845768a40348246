//! What can be asked about sharing. All of it is read by the members of the viewer's organization, whatever the role.

use super::{
    enums::ExploratoryMappingStatus,
    exploratory::ExploratoryMapping,
    input::SharingRuleSetInput,
    types::{Sharing, SharingConsent, SharingDefault, SharingRule, SharingRulePreview},
};
use crate::{
    op::{Fault, Op},
    organization::graphql::types::Organization,
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
    },
    sharing::{
        scope::Overlapping,
        service,
        store::{self, MappingFilter, RuleFilter},
    },
};
use async_graphql::{Context, Object, Result};
use entity::id::OrganizationId;
use std::sync::Arc;

/// Root fields of this room.
#[derive(Default)]
pub struct SharingQuery;

#[Object]
impl SharingQuery {
    /// What the viewer's organization and another one show each other now; null where the other one is unknown or the
    /// viewer may not see it. Requires: any member.
    async fn sharing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The slug or the id of the other organization.")] partner: String,
    ) -> Option<Result<Sharing>> {
        let found = async { Ok(service::between(ctx.op()?, &partner).await?) };
        let sharing = |(partner, between)| Sharing { partner: Organization(partner), between };
        found.await.map(|found| found.map(sharing)).transpose()
    }

    /// The rules of the viewer's organization, oldest first: what its partners see of its lists. Requires: any member.
    async fn sharing_rules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those for the partner with this slug or id; none for one that the viewer may not see.")]
        partner: Option<String>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<SharingRule>>> {
        Some(rules(ctx, partner, first, after).await)
    }

    /// What the partner would see by such a rule, before it is made: exactly that, as soon as nothing else stands in the
    /// way. Null where the list or the partner is unknown or the viewer may not see it; `expectedRevision` has no say.
    /// Requires: any member.
    async fn sharing_rule_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule as `sharingRuleSet` would make it.")] input: SharingRuleSetInput,
    ) -> Option<Result<SharingRulePreview>> {
        let found = async {
            let overlapping = ctx.data_opt::<Arc<dyn Overlapping>>().map(AsRef::as_ref);
            Ok(service::preview(ctx.op()?, input.read()?, overlapping).await?)
        };
        found.await.map(|found| found.map(SharingRulePreview)).transpose()
    }

    /// The defaults of the viewer's organization, oldest first: what partners of a tier or type see of its lists where no
    /// rule says otherwise. Requires: any member.
    async fn sharing_defaults(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<SharingDefault>>> {
        Some(defaults(ctx, first, after).await)
    }

    /// The exploratory mappings of the viewer's organization, newest first. Requires: any member.
    async fn exploratory_mappings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those with the organization of this slug or id; none for one that the viewer may not see.")]
        partner: Option<String>,
        #[graphql(desc = "In this state now; any where it is left out.")] status: Option<ExploratoryMappingStatus>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<ExploratoryMapping>>> {
        Some(mappings(ctx, partner, status, first, after).await)
    }

    /// The records of consent of the viewer's organization, newest first: each change of what partners may see. Requires:
    /// any member.
    async fn sharing_consents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those about the partner with this slug or id; none for one that the viewer may not see.")]
        partner: Option<String>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<SharingConsent>>> {
        Some(consents(ctx, partner, first, after).await)
    }
}

/// The partner that is asked for; an id that nobody has for one that the viewer may not see.
async fn wanted(op: &Op, partner: Option<String>) -> Result<Option<OrganizationId>, Fault> {
    op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let Some(partner) = partner else { return Ok(None) };
    let found = store::find_partner(op.db().read(), op, &partner).await?;
    Ok(Some(found.map_or_else(|| OrganizationId(uuid::Uuid::nil()), |found| found.id)))
}

async fn rules(
    ctx: &Context<'_>,
    partner: Option<String>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<SharingRule>> {
    const NAME: &str = "sharingRules.ID.ASC";
    let filter = RuleFilter { partner: wanted(ctx.op()?, partner).await?, list: None };
    let page = Page::parse(NAME, first, after.as_deref())?;
    let slice = store::list_rules(ctx.op()?, filter, &page).await?;
    let total = Total::counted(move |op| async move { store::count_rules(&op, filter).await });
    list(slice, NAME, total, SharingRule)
}

async fn defaults(ctx: &Context<'_>, first: Option<i32>, after: Option<String>) -> Result<List<SharingDefault>> {
    const NAME: &str = "sharingDefaults.ID.ASC";
    wanted(ctx.op()?, None).await?;
    let page = Page::parse(NAME, first, after.as_deref())?;
    let slice = store::list_defaults(ctx.op()?, &page).await?;
    let total = Total::counted(|op| async move { store::count_defaults(&op).await });
    list(slice, NAME, total, SharingDefault)
}

async fn mappings(
    ctx: &Context<'_>,
    partner: Option<String>,
    status: Option<ExploratoryMappingStatus>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<ExploratoryMapping>> {
    const NAME: &str = "exploratoryMappings.ID.DESC";
    let filter = MappingFilter { partner: wanted(ctx.op()?, partner).await?, status: status.map(Into::into) };
    let page = Page::parse(NAME, first, after.as_deref())?;
    let slice = store::list_mappings(ctx.op()?, filter, &page).await?;
    let total = Total::counted(move |op| async move { store::count_mappings(&op, filter).await });
    list(slice, NAME, total, ExploratoryMapping)
}

async fn consents(
    ctx: &Context<'_>,
    partner: Option<String>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<SharingConsent>> {
    const NAME: &str = "sharingConsents.ID.DESC";
    let partner = wanted(ctx.op()?, partner).await?;
    let page = Page::parse(NAME, first, after.as_deref())?;
    let slice = store::list_consents(ctx.op()?, partner, &page).await?;
    let total = Total::counted(move |op| async move { store::count_consents(&op, partner).await });
    list(slice, NAME, total, SharingConsent)
}
