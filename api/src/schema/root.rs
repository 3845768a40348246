//! The roots: lists of the domains' parts, and nothing else.

use crate::{
    account::graphql::{mutation::AccountMutation, query::AccountQuery},
    activity::graphql::{mutation::ActivityMutation, query::ActivityQuery},
    alert::graphql::{mutation::AlertMutation, query::AlertQuery, subscription::AlertSubscription},
    contact::graphql::{mutation::ContactMutation, query::ContactQuery},
    cosell::graphql::{
        mutation::{
            contact::OpportunityContactMutation, content::OpportunityMutation, review::OpportunityReviewMutation,
            sharing::OpportunitySharingMutation,
        },
        query::CoSellQuery,
    },
    introduction::graphql::{mutation::IntroductionMutation, query::IntroductionQuery},
    lead::graphql::{mutation::LeadMutation, query::LeadQuery},
    lookup::graphql::query::LookupQuery,
    marketplace::graphql::{
        mutation::{
            category::CategoryMutation, change::ListingChangeMutation, judge::JudgeMutation, listing::ListingMutation,
            review::ReviewMutation,
        },
        query::MarketplaceQuery,
    },
    organization::graphql::{mutation::OrganizationMutation, query::OrganizationQuery},
    overlap::{
        graphql::{
            mutation::OverlapMutation,
            note::OverlapNoteMutation,
            play::{BenefitMutation, BenefitQuery},
            query::OverlapQuery,
        },
        preview::Compared,
    },
    partnership::graphql::{mutation::PartnershipMutation, query::PartnershipQuery},
    program::graphql::{membership_mutation::MembershipMutation, mutation::ProgramMutation, query::ProgramQuery},
    qualification::graphql::{mutation::QualificationMutation, query::QualificationQuery},
    schema::{
        description,
        node::{self, Node},
    },
    sharing::{
        graphql::{mutation::SharingMutation, query::SharingQuery},
        scope::Overlapping,
    },
    webhook::graphql::{mutation::WebhookMutation, query::WebhookQuery},
};
use async_graphql::{Context, ID, MergedObject, MergedSubscription, Object, Result, Schema};
use std::sync::Arc;

/// The schema.
pub type PartnergraphSchema = Schema<Query, Mutation, Subscription>;

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    OrganizationQuery,
    PartnershipQuery,
    ProgramQuery,
    MarketplaceQuery,
    AlertQuery,
    WebhookQuery,
    CoSellQuery,
    ContactQuery,
    LeadQuery,
    ActivityQuery,
    AccountQuery,
    SharingQuery,
    OverlapQuery,
    BenefitQuery,
    IntroductionQuery,
    LookupQuery,
    QualificationQuery,
);

/// What can be changed. Each mutation is one business action; refusals are `userErrors` of its payload.
#[derive(MergedObject, Default)]
pub struct Mutation(
    OrganizationMutation,
    PartnershipMutation,
    ProgramMutation,
    MembershipMutation,
    ListingMutation,
    JudgeMutation,
    ListingChangeMutation,
    CategoryMutation,
    ReviewMutation,
    OpportunityMutation,
    OpportunityReviewMutation,
    OpportunitySharingMutation,
    OpportunityContactMutation,
    AlertMutation,
    WebhookMutation,
    ContactMutation,
    LeadMutation,
    ActivityMutation,
    AccountMutation,
    SharingMutation,
    OverlapMutation,
    BenefitMutation,
    OverlapNoteMutation,
    IntroductionMutation,
    QualificationMutation,
);

/// What is told as it happens.
#[derive(MergedSubscription, Default)]
pub struct Subscription(AlertSubscription);

/// Refetching by id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this id; null where it is unknown or the viewer may not see it.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The object's id.")] id: ID) -> Option<Result<Node>> {
        node::find(ctx, &id).await.transpose()
    }

    /// The objects with these ids, in their order; null for each that is unknown or that the viewer may not see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node>>>> {
        if ids.len() > 100 {
            return Err(crate::op::Fault::bad_input("At most 100 ids at once.").into());
        }
        let found = futures::future::join_all(ids.iter().map(|id| node::find(ctx, id))).await;
        Ok(found.into_iter().map(Result::transpose).collect())
    }
}

/// The schema, without suggestions in its messages: they would tell what exists.
#[must_use]
pub fn build() -> PartnergraphSchema {
    let compared: Arc<dyn Overlapping> = Arc::new(Compared);
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription::default()).data(compared);
    description::describe(schema).disable_suggestions().finish()
}

/// The schema as text: what `schema.graphql` holds.
#[must_use]
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    build().sdl_with_options(options)
}
