//! What a reader may see of overlaps with a partner: the pairs of lists that are open between the two at this moment, with
//! what each side's rules say now and what came of comparing them. Every read begins here, and nobody keeps the answer.
//!
//! The rooms behind this one may take it too.

use super::{
    model::{Counts, MappingResult, Overlap, counts},
    store::{self, OverlapFilter, PairOf, ReadPair},
};
use crate::{
    op::{Fault, Op},
    sharing::{
        model::{MappingPair, Relation, SharingLevel},
        scope::{Between, Exposure, between_each, open_pairs},
    },
};
use chrono::{DateTime, Utc};
use entity::id::{AccountListId, MappingPairId, OrganizationId};
use sea_orm::ConnectionTrait;
use std::collections::{HashMap, HashSet};

/// Partners that are asked about at once.
const PARTNERS_AT_ONCE: usize = 100;

/// A pair of lists that is open now, as one side sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenPair {
    /// The pair.
    pub pair: MappingPair,
    /// Whether the viewer's own list is the left one.
    pub own_is_left: bool,
    /// The viewer's own list.
    pub own: Exposure,
    /// The partner's list, with what the viewer sees of it.
    pub partner: Exposure,
    /// What came of comparing them; none before the first run is shown.
    pub result: Option<MappingResult>,
}

impl OpenPair {
    /// Whether the viewer sees overlaps, and not only how many there are.
    #[must_use]
    pub fn shows_rows(&self) -> bool {
        self.partner.level >= SharingLevel::Overlapping
    }

    /// The counts as the viewer sees them: of accounts of its own list, of accounts of the partner's, of overlaps. None
    /// before the first run is shown.
    #[must_use]
    pub fn counts(&self, threshold: i32) -> Option<Counts> {
        let result = self.result.as_ref().filter(|result| result.computed_at.is_some())?;
        let (own, partner) = match self.own_is_left {
            true => (result.left_count, result.right_count),
            false => (result.right_count, result.left_count),
        };
        Some(counts(self.partner.level, threshold, own, partner, result.pair_count))
    }

    /// The lists, the left one first.
    #[must_use]
    pub fn lists(&self) -> (AccountListId, AccountListId) {
        (self.pair.left_list_id, self.pair.right_list_id)
    }

    /// The same for reads of overlaps.
    #[must_use]
    pub fn read(&self) -> ReadPair {
        let MappingPair { id, left_id, right_id, .. } = self.pair;
        ReadPair { id, left_id, right_id, own_is_left: self.own_is_left }
    }
}

/// All pairs of lists that are open between a viewer and a partner now.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Who looks.
    pub viewer: OrganizationId,
    /// At whom.
    pub partner: OrganizationId,
    /// How the two stand to each other.
    pub relation: Relation,
    /// The pairs, by the names of the viewer's lists and then of the partner's.
    pub pairs: Vec<OpenPair>,
    /// The partner's lists as the viewer sees them, also those that are compared with none.
    pub theirs: Vec<Exposure>,
}

impl View {
    /// The open pair with this id.
    #[must_use]
    pub fn pair(&self, id: MappingPairId) -> Option<&OpenPair> {
        self.pairs.iter().find(|open| open.pair.id == id)
    }

    /// The open pair that an overlap is of, where the viewer sees overlaps of it.
    #[must_use]
    pub fn pair_of(&self, overlap: &Overlap) -> Option<&OpenPair> {
        self.pair(overlap.pair_id).filter(|open| open.shows_rows())
    }

    /// The pairs of which the viewer sees overlaps, as far as their kinds fit the filter.
    #[must_use]
    pub fn rows(&self, filter: &OverlapFilter) -> Vec<&OpenPair> {
        let fits = |open: &&OpenPair| {
            let own = filter.own_kinds.as_ref().is_none_or(|kinds| kinds.contains(&open.own.kind));
            let partner = filter.partner_kinds.as_ref().is_none_or(|kinds| kinds.contains(&open.partner.kind));
            open.shows_rows() && own && partner
        };
        self.pairs.iter().filter(fits).collect()
    }
}

/// What `viewer` sees of `partner` at `now`.
///
/// # Errors
/// Database faults.
pub async fn view(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    viewer: OrganizationId,
    partner: OrganizationId,
) -> Result<View, Fault> {
    let mut found = views(connection, now, viewer, &[partner]).await?;
    found.pop().ok_or_else(|| Fault::internal("what a viewer sees of a partner is missing"))
}

/// As [`view`] of each of several partners, in their order. The number of statements grows with the hundreds of partners.
///
/// # Errors
/// Database faults.
pub async fn views(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    viewer: OrganizationId,
    partners: &[OrganizationId],
) -> Result<Vec<View>, Fault> {
    let mut found = Vec::with_capacity(partners.len());
    for some in partners.chunks(PARTNERS_AT_ONCE) {
        let open = |between: Between| {
            let open: Vec<_> = open_pairs(&between).map(|(own, their)| (own.clone(), their.clone())).collect();
            (between, open)
        };
        let all: Vec<(Between, Vec<(Exposure, Exposure)>)> =
            between_each(connection, now, viewer, some).await?.into_iter().map(open).collect();
        let lists = |pick: fn(&(Exposure, Exposure)) -> AccountListId| {
            let mut lists: Vec<AccountListId> = all.iter().flat_map(|(_, open)| open.iter().map(pick)).collect();
            lists.sort_unstable();
            lists.dedup();
            lists
        };
        let (own, theirs) = (lists(|pair| pair.0.list_id), lists(|pair| pair.1.list_id));
        let rows = store::list_pairs(connection, &own, &theirs).await?;
        let mut rows: ByLists = rows.into_iter().map(|row| ((row.0.left_list_id, row.0.right_list_id), row)).collect();
        found.extend(all.into_iter().map(|(between, open)| of_partner(between, open, &mut rows)));
    }
    Ok(found)
}

type ByLists = HashMap<(AccountListId, AccountListId), (MappingPair, Option<MappingResult>)>;

fn of_partner(between: Between, open: Vec<(Exposure, Exposure)>, rows: &mut ByLists) -> View {
    // What is open now but was not settled yet is not compared either.
    let pairs = open
        .into_iter()
        .filter_map(|(own, partner)| {
            let there = rows.remove(&(own.list_id, partner.list_id)).map(|row| (row, true));
            let ((pair, result), own_is_left) =
                there.or_else(|| Some((rows.remove(&(partner.list_id, own.list_id))?, false)))?;
            Some(OpenPair { pair, own_is_left, own, partner, result })
        })
        .collect();
    let Between { viewer, partner, relation, theirs, .. } = between;
    View { viewer, partner, relation, pairs, theirs }
}

/// What `viewer` sees of all partners with whom a pair of lists is open now, in no order. Statements as [`views`].
///
/// # Errors
/// Database faults.
pub async fn all_views(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    viewer: OrganizationId,
) -> Result<Vec<View>, Fault> {
    let rows = store::list_sides(connection, viewer).await?;
    let partners: HashSet<OrganizationId> =
        rows.into_iter().filter_map(|(left, right, subject)| partner_in(left, right, subject, viewer)).collect();
    views(connection, now, viewer, &partners.into_iter().collect::<Vec<_>>()).await
}

/// What the actor's organization sees of `partner` now.
///
/// # Errors
/// [`Fault::Unauthenticated`] where the actor acts for no organization; database faults.
pub async fn view_of(op: &Op, partner: OrganizationId) -> Result<View, Fault> {
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    view(op.db().read(), op.now(), own, partner).await
}

/// With whom a pair is, seen from `viewer`; none where it is none of its own. `right_subject` is whose accounts the right
/// list has, which tells an offline partner.
#[must_use]
pub fn partner_in(
    left: OrganizationId,
    right: OrganizationId,
    right_subject: OrganizationId,
    viewer: OrganizationId,
) -> Option<OrganizationId> {
    match () {
        () if viewer != left && viewer != right => None,
        () if left == right => Some(right_subject),
        () if viewer == left => Some(right),
        () => Some(left),
    }
}

/// Those of `pairs` that are open to `viewer` now, as it sees them. Statements as [`views`].
///
/// # Errors
/// Database faults.
pub async fn open(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    viewer: OrganizationId,
    pairs: Vec<PairOf>,
) -> Result<HashMap<MappingPairId, OpenPair>, Fault> {
    let mut wanted: HashMap<OrganizationId, HashSet<MappingPairId>> = HashMap::new();
    for (pair, subject) in pairs {
        if let Some(partner) = partner_in(pair.left_id, pair.right_id, subject, viewer) {
            wanted.entry(partner).or_default().insert(pair.id);
        }
    }
    let partners: Vec<OrganizationId> = wanted.keys().copied().collect();
    let mut found = HashMap::new();
    for view in views(connection, now, viewer, &partners).await? {
        let ids = wanted.remove(&view.partner).unwrap_or_default();
        let fits = |open: &OpenPair| ids.contains(&open.pair.id);
        found.extend(view.pairs.into_iter().filter(fits).map(|open| (open.pair.id, open)));
    }
    Ok(found)
}
