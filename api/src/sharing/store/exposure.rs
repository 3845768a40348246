//! What organizations show each other now, for many pairs of them at once: a number of statements that does not grow with
//! the pairs. What it means is said by `model::exposure`.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of exposure")]

use crate::{
    op::Fault,
    partnership, program,
    sharing::{
        model::{
            DefaultRule, ExploratoryStatus, Relation, RuleSource, SharingDefault, SharingLevel, Shown, Standing,
            Target, decide, exposed,
        },
        scope::{Between, Exposure},
    },
};
use chrono::{DateTime, Utc};
use entity::{
    account_list, exploratory_mapping as exploratory,
    id::{AccountListId, OrganizationId, TierId},
    organization, sharing_default, sharing_rule,
    value::{OrganizationStatus, PartnerTypes},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::ExprTrait,
};
use std::collections::{BTreeSet, HashMap, HashSet};

type Two = (OrganizationId, OrganizationId);

/// Pairs at once: a statement has a bounded number of parameters.
const PAIRS_AT_ONCE: usize = 200;

/// The same key for two organizations, whichever is named first.
pub(super) fn sorted(one: OrganizationId, other: OrganizationId) -> Two {
    if one < other { (one, other) } else { (other, one) }
}

/// What the organizations of each of `pairs` show each other at `now`, in the order of the pairs: the viewer first, then
/// the partner.
///
/// # Errors
/// Database faults.
pub async fn list_between(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    pairs: &[Two],
) -> Result<Vec<Between>, Fault> {
    let mut found = Vec::with_capacity(pairs.len());
    for chunk in pairs.chunks(PAIRS_AT_ONCE) {
        let facts = Facts::read(connection, now, chunk).await?;
        found.extend(chunk.iter().map(|(viewer, partner)| facts.between(*viewer, *partner)));
    }
    Ok(found)
}

/// Everything that was said about the lists of some organizations.
struct Facts {
    active: HashSet<OrganizationId>,
    lists: Vec<account_list::Model>,
    rules: HashMap<(AccountListId, OrganizationId), Shown>,
    defaults: HashMap<OrganizationId, Vec<DefaultRule>>,
    partners: HashMap<Two, PartnerTypes>,
    exploring: HashSet<Two>,
    /// By host and member.
    tiers: HashMap<Two, Vec<TierId>>,
}

impl Facts {
    async fn read(connection: &impl ConnectionTrait, now: DateTime<Utc>, pairs: &[Two]) -> Result<Self, Fault> {
        let all: BTreeSet<_> = pairs.iter().flat_map(|(one, other)| [*one, *other]).collect();
        let all: Vec<_> = all.into_iter().collect();
        let among = || all.iter().copied();
        let today = now.date_naive();

        let lists = account_list::Entity::find()
            .filter(account_list::Column::OrganizationId.is_in(among()))
            .filter(account_list::Column::SubjectId.is_in(among()))
            .filter(account_list::Column::DeletedAt.is_null())
            .order_by_asc(account_list::Column::NameKey)
            .order_by_asc(account_list::Column::Id)
            .all(connection)
            .await?;
        let active = organization::Entity::find()
            .select_only()
            .column(organization::Column::Id)
            .filter(organization::Column::Id.is_in(among()))
            .filter(organization::Column::Status.eq(OrganizationStatus::Active))
            .into_tuple::<OrganizationId>()
            .all(connection)
            .await?;
        let rules = sharing_rule::Entity::find()
            .filter(sharing_rule::Column::OrganizationId.is_in(among()))
            .filter(sharing_rule::Column::PartnerId.is_in(among()))
            .all(connection)
            .await?;
        let exploring = exploratory::Entity::find()
            .filter(exploratory::Column::InviterId.is_in(among()))
            .filter(exploratory::Column::InviteeId.is_in(among()))
            .filter(running(now))
            .all(connection)
            .await?;
        let mut partners = HashMap::new();
        for agreed in partnership::scope::list_agreed(connection, today, |id| id.is_in(among())).await? {
            let types: &mut PartnerTypes = partners.entry((agreed.one, agreed.other)).or_default();
            types.0 |= agreed.types.0;
        }
        let defaults = Self::read_defaults(connection, &all).await?;
        let tiers = match defaults.values().flatten().any(|default| matches!(default.target, Target::Tier(..))) {
            true => program::scope::list_held_tiers(connection, today, &all).await?,
            false => Vec::new(),
        };
        let mut by_member = HashMap::<Two, Vec<TierId>>::new();
        for held in tiers {
            by_member.entry((held.host, held.member)).or_default().push(held.tier);
        }
        Ok(Self {
            active: active.into_iter().collect(),
            lists,
            rules: rules.into_iter().map(|row| ((row.list_id, row.partner_id), Shown::of(&row))).collect(),
            defaults,
            partners,
            exploring: exploring.into_iter().map(|row| sorted(row.inviter_id, row.invitee_id)).collect(),
            tiers: by_member,
        })
    }

    async fn read_defaults(
        connection: &impl ConnectionTrait,
        organizations: &[OrganizationId],
    ) -> Result<HashMap<OrganizationId, Vec<DefaultRule>>, Fault> {
        let rows = sharing_default::Entity::find()
            .filter(sharing_default::Column::OrganizationId.is_in(organizations.iter().copied()))
            .all(connection)
            .await?;
        let tiers: BTreeSet<_> = rows.iter().filter_map(|row| row.tier_id).collect();
        let ranks: HashMap<TierId, i32> = program::scope::list_ranks(connection, tiers).await?.into_iter().collect();
        let mut found = HashMap::<_, Vec<_>>::new();
        for row in rows {
            if let Some(default) = Self::default_of(&row, &ranks) {
                found.entry(row.organization_id).or_default().push(default);
            }
        }
        Ok(found)
    }

    fn default_of(row: &SharingDefault, ranks: &HashMap<TierId, i32>) -> Option<DefaultRule> {
        let target = match row.tier_id {
            Some(tier) => Target::Tier(tier, *ranks.get(&tier)?),
            None => Target::Type(row.partner_type?.iter().next()?),
        };
        let shown = Shown { level: row.level, fields: row.fields };
        Some(DefaultRule { list: row.list_id, target, shown })
    }

    /// How the two stand to each other: not at all where one of them does not take part.
    fn relation(&self, one: OrganizationId, other: OrganizationId) -> Relation {
        let two = sorted(one, other);
        match () {
            () if !self.active.contains(&one) || !self.active.contains(&other) => Relation::None,
            () if self.partners.contains_key(&two) => Relation::Partners,
            () if self.exploring.contains(&two) => Relation::Exploring,
            () => Relation::None,
        }
    }

    /// What the list's organization said of it for `partner`, and where.
    fn said(&self, list: &account_list::Model, partner: OrganizationId) -> (Shown, RuleSource) {
        let owner = list.organization_id;
        let standing = Standing {
            tiers: self.tiers.get(&(owner, partner)).cloned().unwrap_or_default(),
            types: self.partners.get(&sorted(owner, partner)).copied().unwrap_or_default(),
        };
        let defaults = self.defaults.get(&owner).map_or(&[][..], Vec::as_slice);
        decide(self.rules.get(&(list.id, partner)).copied(), defaults, list.id, &standing)
    }

    fn between(&self, viewer: OrganizationId, partner: OrganizationId) -> Between {
        let relation = self.relation(viewer, partner);
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for list in &self.lists {
            let of = (list.organization_id, list.subject_id);
            if of == (viewer, viewer) {
                ours.push(exposure(list, exposed(relation, self.said(list, partner).0)));
            } else if of == (partner, partner) {
                let shown = exposed(relation, self.said(list, viewer).0);
                if shown.level > SharingLevel::Hidden {
                    theirs.push(exposure(list, shown));
                }
            } else if of == (viewer, partner) && self.active.contains(&viewer) {
                theirs.push(exposure(list, Shown::everything()));
            }
        }
        Between { viewer, partner, relation, ours, theirs }
    }
}

/// Exploratory mappings that both agreed to and that are not over at `now`.
pub(super) fn running(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(exploratory::Column::Status.eq(ExploratoryStatus::Accepted))
        .add(exploratory::Column::EndsAt.gt(now))
}

fn exposure(list: &account_list::Model, shown: Shown) -> Exposure {
    Exposure {
        list_id: list.id,
        organization_id: list.organization_id,
        subject_id: list.subject_id,
        kind: list.kind,
        name: list.name.clone(),
        version: list.version,
        account_count: list.account_count,
        level: shown.level,
        fields: shown.fields,
    }
}
