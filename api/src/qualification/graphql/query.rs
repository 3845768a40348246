//! What can be asked about rules and what they qualified. Every answer is of the viewer's own organization.

use super::{enums::QualifiedLeadStatus, rule::QualificationRule, types::QualifiedLead};
use crate::{
    op::Fault,
    organization,
    page::Page,
    qualification::store::{self, LeadFilter},
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        node,
    },
};
use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::id::{OrganizationId, QualificationRuleId, QualifiedLeadId, TypedId};

/// Root fields of this room.
#[derive(Default)]
pub struct QualificationQuery;

/// Which qualified leads are wanted: those that all given parts agree on; what is left out does not narrow.
#[derive(InputObject, Default)]
#[graphql(name = "QualifiedLeadFilter")]
pub struct QualifiedLeadFilterInput {
    /// In one of these states; any where it is empty.
    pub statuses: Option<Vec<QualifiedLeadStatus>>,
    /// Because of the partner with this slug or id; none for one that is unknown.
    pub partner: Option<String>,
    /// By the rule with this id.
    pub rule: Option<ID>,
}

#[Object]
impl QualificationQuery {
    /// The rules over overlaps of the viewer's organization, oldest first; at most 20. Requires: any member.
    async fn qualification_rules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<QualificationRule>>> {
        Some(rules(ctx, first, after).await)
    }

    /// The qualified lead with this id; null where it is unknown or another organization's.
    async fn qualified_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Option<Result<QualifiedLead>> {
        let found = async { load(ctx, node::parse::<QualifiedLeadId>(&id)?).await };
        found.await.map(|row| row.map(QualifiedLead)).transpose()
    }

    /// What the rules of the viewer's organization qualified, newest first. Requires: any member.
    async fn qualified_leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<QualifiedLeadFilterInput>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<QualifiedLead>>> {
        Some(leads(ctx, filter.unwrap_or_default(), first, after).await)
    }
}

async fn rules(ctx: &Context<'_>, first: Option<i32>, after: Option<String>) -> Result<List<QualificationRule>> {
    const NAME: &str = "qualificationRules.ID.ASC";
    let op = ctx.op()?;
    op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let page = Page::<QualificationRuleId>::parse(NAME, first, after.as_deref())?;
    let slice = store::list_rules(op, &page).await?;
    let total = Total::counted(|op| async move { store::count_rules(&op).await });
    list(slice, NAME, total, QualificationRule)
}

async fn leads(
    ctx: &Context<'_>,
    filter: QualifiedLeadFilterInput,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<QualifiedLead>> {
    const NAME: &str = "qualifiedLeads.ID.DESC";
    let op = ctx.op()?;
    op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let page = Page::<QualifiedLeadId>::parse(NAME, first, after.as_deref())?;
    let partner = match &filter.partner {
        Some(partner) => Some(partner_id(ctx, partner).await?),
        None => None,
    };
    let filter = LeadFilter {
        statuses: filter.statuses.unwrap_or_default().into_iter().map(Into::into).collect(),
        partner,
        rule: filter.rule.as_ref().map(node::parse).transpose()?,
    };
    let slice = store::list_leads(op, &filter, &page).await?;
    let total = Total::counted(move |op| {
        let filter = filter.clone();
        async move { store::count_leads(&op, &filter).await }
    });
    list(slice, NAME, total, QualifiedLead)
}

/// The organization with this slug or id; an id that nobody has for one that is unknown.
async fn partner_id(ctx: &Context<'_>, partner: &str) -> Result<OrganizationId> {
    // What is one's own says with whom it is, also where that one's page is no longer seen.
    if let Some(id) = OrganizationId::parse_global(partner) {
        return Ok(id);
    }
    let found = organization::service::find_by_slug(ctx.op()?, partner).await?;
    Ok(found.map_or_else(|| OrganizationId(uuid::Uuid::nil()), |found| found.id))
}
