//! The types of rules, defaults and consents, and of what two organizations show each other.

use super::{
    account::SharedAccount,
    enums::{AccountField, SharingConsentKind, SharingLevel, SharingObstacle, SharingRelation},
};
use crate::{
    account::graphql::list::{AccountList, AccountListKind},
    op::Op,
    organization::graphql::{actor::Actor, types::Organization},
    program::graphql::tier::Tier,
    schema::{error::ContextExt, loader::load, scalar::PartnerType},
    sharing::{
        model,
        policy::ShareLists,
        scope::{Between, Exposure},
        service::Preview,
    },
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::{OrganizationId, TypedId};
use serde_json::Value;

async fn organization(ctx: &Context<'_>, id: OrganizationId) -> Option<Result<Organization>> {
    load(ctx, id).await.map(|row| row.map(Organization)).transpose()
}

fn fields(fields: model::SharedFields) -> Vec<AccountField> {
    fields.list().into_iter().map(AccountField::from).collect()
}

fn may_share(op: &Op, owner: OrganizationId) -> bool {
    op.may::<ShareLists>(owner, &owner)
}

/// What one partner sees of one account list. The members of the organization whose list it is see it.
pub struct SharingRule(pub model::SharingRule);

/// What one partner sees of one account list. The members of the organization whose list it is see it.
#[Object]
impl SharingRule {
    /// The rule's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// How much the partner sees, as far as the two are partners and it shows something in return.
    async fn level(&self) -> SharingLevel {
        self.0.level.into()
    }

    /// Which parts of an account the partner sees where it sees accounts. `NAME` is always among them.
    async fn fields(&self) -> Vec<AccountField> {
        fields(self.0.fields)
    }

    /// The partner; null where the viewer may not see its page.
    async fn partner(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.partner_id).await
    }

    /// The list.
    async fn account_list(&self, ctx: &Context<'_>) -> Option<Result<AccountList>> {
        load(ctx, self.0.list_id).await.map(|row| row.map(AccountList)).transpose()
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

    /// Whether the viewer may change and remove it.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(may_share(ctx.op()?, self.0.organization_id))
    }
}

/// What partners of a tier or of a type see where no rule of their own says otherwise. Closest counts: a rule, then a
/// default of the list by tier, of the list by type, of all lists by tier, of all lists by type; of several tiers the
/// highest; of several that are as close, what all of them show. The members of the organization whose lists they are see
/// it.
pub struct SharingDefault(pub model::SharingDefault);

/// What partners of a tier or of a type see where no rule of their own says otherwise. Closest counts: a rule, then a
/// default of the list by tier, of the list by type, of all lists by tier, of all lists by type; of several tiers the
/// highest; of several that are as close, what all of them show. The members of the organization whose lists they are see
/// it.
#[Object]
impl SharingDefault {
    /// The default's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// How much they see.
    async fn level(&self) -> SharingLevel {
        self.0.level.into()
    }

    /// Which parts of an account they see where they see accounts. `NAME` is always among them.
    async fn fields(&self) -> Vec<AccountField> {
        fields(self.0.fields)
    }

    /// The list; null where it is about all of them.
    async fn account_list(&self, ctx: &Context<'_>) -> Option<Result<AccountList>> {
        load(ctx, self.0.list_id?).await.map(|row| row.map(AccountList)).transpose()
    }

    /// The tier whose members it is about; null where it is about a type of partner.
    async fn tier(&self, ctx: &Context<'_>) -> Option<Result<Tier>> {
        load(ctx, self.0.tier_id?).await.map(|row| row.map(Tier)).transpose()
    }

    /// The type of the partnership; null where it is about a tier.
    async fn partner_type(&self) -> Option<PartnerType> {
        self.0.partner_type.and_then(|types| types.iter().next()).map(PartnerType::from)
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

    /// Whether the viewer may change and remove it.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(may_share(ctx.op()?, self.0.organization_id))
    }
}

/// The record of one change of what a partner may see: who agreed to what, and when. It never changes. The members of the
/// organization whose word it records see it.
pub struct SharingConsent(pub model::SharingConsent);

/// The record of one change of what a partner may see: who agreed to what, and when. It never changes. The members of the
/// organization whose word it records see it.
#[Object]
impl SharingConsent {
    /// The record's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// What it is about.
    async fn kind(&self) -> SharingConsentKind {
        self.0.kind.into()
    }

    /// Who sees it; null for a default, which is about all that it fits, and where the viewer may not see its page.
    async fn partner(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.partner_id?).await
    }

    /// The id of the account list; null where it is not about one. The list itself may be gone.
    async fn account_list_id(&self) -> Option<ID> {
        self.0.list_id.map(|id| ID(id.global()))
    }

    /// What was agreed before; null where nothing was. An object of plain values; words may be added.
    async fn before(&self) -> Option<&Value> {
        self.0.before.as_ref()
    }

    /// What is agreed from then on; null where nothing is. An object of plain values; words may be added.
    async fn after(&self) -> Option<&Value> {
        self.0.after.as_ref()
    }

    /// Who said so; null for the system, as when an exploratory mapping ends by itself.
    async fn actor(&self) -> Option<Actor> {
        Actor::from_words(&self.0.actor_kind, self.0.actor_id, self.0.actor_organization_id)
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}

/// What the viewer's organization and another one show each other now. Its members see it.
pub struct Sharing {
    /// The other one.
    pub partner: Organization,
    /// What they show each other.
    pub between: Between,
}

/// What the viewer's organization and another one show each other now. Its members see it.
#[Object]
impl Sharing {
    /// The other organization.
    async fn partner(&self) -> Organization {
        Organization(self.partner.0.clone())
    }

    /// How the two stand to each other.
    async fn relation(&self) -> SharingRelation {
        self.between.relation.into()
    }

    /// The viewer's organization's own lists, each as the other one sees it, by name.
    async fn own(&self) -> Vec<SharedList> {
        self.between.ours.iter().cloned().map(|exposure| SharedList { exposure, own: true }).collect()
    }

    /// What the viewer's organization sees: the other one's lists that are not hidden from it, and its own lists of an
    /// offline partner's accounts.
    async fn theirs(&self) -> Vec<SharedList> {
        let own = |exposure: &Exposure| exposure.organization_id == self.between.viewer;
        self.between.theirs.iter().cloned().map(|exposure| SharedList { own: own(&exposure), exposure }).collect()
    }
}

/// An account list as another organization sees it.
pub struct SharedList {
    exposure: Exposure,
    own: bool,
}

/// An account list as another organization sees it.
#[Object]
impl SharedList {
    /// The id of the account list.
    async fn account_list_id(&self) -> ID {
        ID(self.exposure.list_id.global())
    }

    /// What its accounts are.
    async fn kind(&self) -> AccountListKind {
        self.exposure.kind.into()
    }

    /// Its name; null where it is another organization's and only counts are shown.
    async fn name(&self) -> Option<&str> {
        if self.own { Some(&self.exposure.name) } else { self.exposure.shown_name() }
    }

    /// How much of it is shown.
    async fn level(&self) -> SharingLevel {
        self.exposure.level.into()
    }

    /// Which parts of an account are shown; empty where no account is.
    async fn fields(&self) -> Vec<AccountField> {
        fields(self.exposure.fields)
    }
}

/// What a rule would show.
pub struct SharingRulePreview(pub Preview);

/// What a rule would show the partner, as soon as nothing else stands in the way.
#[Object]
impl SharingRulePreview {
    /// How many accounts the partner would see: all of the list, or those that it has as well as far as both lists were
    /// compared; 0 where it would see counts only or nothing. Null where the viewer may not know so exactly, since the
    /// partner has its accounts only counted: see `fewerThan`.
    async fn accounts_visible(&self) -> Option<i32> {
        self.0.accounts.accounts.map(|accounts| i32::try_from(accounts).unwrap_or(i32::MAX))
    }

    /// Where `accountsVisible` is null: it is fewer than this.
    async fn fewer_than(&self) -> Option<i32> {
        self.0.accounts.fewer_than.and_then(|fewer| i32::try_from(fewer).ok())
    }

    /// Which parts of an account it would see; empty where it would see none.
    async fn fields(&self) -> Vec<AccountField> {
        fields(self.0.shown.fields)
    }

    /// The first accounts that it would see, by name, with the fields that it would see; at most 10. Empty where the viewer
    /// may not know which they are.
    async fn sample(&self) -> Vec<SharedAccount> {
        let shown = |account: &entity::account::Model| SharedAccount::new(account.clone(), self.0.shown.fields);
        self.0.accounts.sample.iter().map(shown).collect()
    }

    /// What stands in the way now; null where nothing does. The partner sees nothing before that has gone, and all of this
    /// as soon as it has.
    async fn obstacle(&self) -> Option<SharingObstacle> {
        self.0.obstacle.map(SharingObstacle::from)
    }
}
