//! The SQL of overlaps as readers see them. Every read is given the pairs that are open to the reader now, with which side
//! of each is its own; nothing here decides that.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of reading overlaps")]

use super::{account::seen_now, row::begun_after};
use crate::{
    db::{self, Direction},
    op::Fault,
    overlap::model::{MatchConfidence, Overlap},
    page::{Page, Slice},
};
use chrono::{DateTime, Utc};
use entity::{
    account,
    account_list::AccountListKind,
    id::{AccountId, MappingPairId, OrganizationId, OverlapId},
    mapping_pair as pair, mapping_result as result, overlap,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, Value,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};

/// A pair whose overlaps a reader may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadPair {
    /// The pair.
    pub id: MappingPairId,
    /// The organizations that own the lists, as the pair has them.
    pub left_id: OrganizationId,
    /// See `left_id`.
    pub right_id: OrganizationId,
    /// Whether the reader's own list is the left one.
    pub own_is_left: bool,
}

/// Which overlaps are wanted: those that all given parts agree on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverlapFilter {
    /// With a list of the reader of one of these kinds.
    pub own_kinds: Option<Vec<AccountListKind>>,
    /// With a list of the partner of one of these kinds.
    pub partner_kinds: Option<Vec<AccountListKind>>,
    /// At least as sure as this.
    pub min_confidence: Option<MatchConfidence>,
    /// Whose account of the reader's own has this owner.
    pub owner: Option<String>,
    /// Whose account of the reader's own is in one of these countries.
    pub countries: Option<Vec<String>>,
    /// That were found since then.
    pub new_since: Option<DateTime<Utc>>,
}

impl OverlapFilter {
    /// Whether it takes something away beyond whole pairs of lists.
    #[must_use]
    pub fn narrows(&self) -> bool {
        self.min_confidence.is_some_and(|least| least > MatchConfidence::Possible)
            || self.owner.is_some()
            || self.countries.is_some()
            || self.new_since.is_some()
    }
}

/// What a list of overlaps is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverlapSort {
    /// When it was found.
    FoundAt,
    /// How sure it is.
    Score,
}

/// The position of an overlap in a list.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum OverlapPosition {
    /// By when it was found.
    Found(DateTime<Utc>, OverlapId),
    /// By how sure it is.
    Score(f64, OverlapId),
}

/// Overlaps as they are seen now.
fn seen() -> Select<overlap::Entity> {
    let mut query = overlap::Entity::find().filter(overlap::Column::Hidden.eq(false));
    let of = |column| Expr::col((result::Entity, column));
    let until = (overlap::Entity, overlap::Column::UntilRun);
    QuerySelect::query(&mut query)
        .inner_join(result::Entity, of(result::Column::PairId).equals((overlap::Entity, overlap::Column::PairId)))
        .and_where(Expr::col((overlap::Entity, overlap::Column::SinceRun)).lte(of(result::Column::Run)))
        .cond_where(Condition::any().add(Expr::col(until).is_null()).add(Expr::col(until).gt(of(result::Column::Run))));
    query
}

fn filtered(pairs: &[ReadPair], filter: &OverlapFilter) -> Select<overlap::Entity> {
    let mut between: Vec<_> = pairs.iter().map(|pair| (pair.left_id, pair.right_id)).collect();
    between.sort_unstable();
    between.dedup();
    let of = |(left, right): &(OrganizationId, OrganizationId)| {
        Condition::all().add(overlap::Column::LeftId.eq(*left)).add(overlap::Column::RightId.eq(*right))
    };
    let sides = between.iter().fold(Condition::any(), |any, sides| any.add(of(sides)));
    // The organizations lead into the index in whose order the page is read; the pairs are what the reader may see.
    let mut query = seen().filter(sides).filter(overlap::Column::PairId.is_in(pairs.iter().map(|pair| pair.id)));
    if let Some(least) = filter.min_confidence {
        let all = [MatchConfidence::Possible, MatchConfidence::Likely, MatchConfidence::Certain];
        query = query.filter(overlap::Column::Confidence.is_in(all.into_iter().filter(|own| *own >= least)));
    }
    if let Some(since) = filter.new_since {
        query = query.filter(overlap::Column::FoundAt.gte(since));
    }
    if filter.owner.is_some() || filter.countries.is_some() {
        let own = |is_left: bool| {
            let ids: Vec<_> = pairs.iter().filter(|pair| pair.own_is_left == is_left).map(|pair| pair.id).collect();
            let column = if is_left { overlap::Column::LeftAccountId } else { overlap::Column::RightAccountId };
            let mut accounts = seen_now()
                .select_only()
                .expr(Expr::val(1))
                .filter(Expr::col((account::Entity, account::Column::Id)).equals((overlap::Entity, column)));
            if let Some(owner) = &filter.owner {
                accounts = accounts.filter(account::Column::Owner.eq(owner.as_str()));
            }
            if let Some(countries) = &filter.countries {
                accounts = accounts.filter(account::Column::Country.is_in(countries.iter().map(String::as_str)));
            }
            Condition::all().add(overlap::Column::PairId.is_in(ids)).add(Expr::exists(QueryTrait::into_query(accounts)))
        };
        query = query.filter(Condition::any().add(own(true)).add(own(false)));
    }
    query
}

/// A page of the overlaps of `pairs` that fit `filter`, whose kinds were applied to the pairs before.
///
/// # Errors
/// [`Fault::BadInput`] for a cursor of another order; database faults.
pub async fn list_overlaps(
    connection: &impl ConnectionTrait,
    pairs: &[ReadPair],
    filter: &OverlapFilter,
    sort: OverlapSort,
    direction: Direction,
    page: &Page<OverlapPosition>,
) -> Result<Slice<Overlap, OverlapPosition>, Fault> {
    if pairs.is_empty() {
        return Ok(page.slice(Vec::new(), |_| OverlapPosition::Score(0.0, OverlapId(uuid::Uuid::nil()))));
    }
    let column = match sort {
        OverlapSort::FoundAt => overlap::Column::FoundAt,
        OverlapSort::Score => overlap::Column::Score,
    };
    let keys = [column, overlap::Column::Id].map(|column| Expr::col((overlap::Entity, column)));
    let mut query = filtered(pairs, filter);
    if let Some(after) = page.after {
        let position: Vec<Value> = match (sort, after) {
            (OverlapSort::FoundAt, OverlapPosition::Found(at, id)) => vec![at.into(), id.into()],
            (OverlapSort::Score, OverlapPosition::Score(score, id)) => vec![score.into(), id.into()],
            _ => return Err(Fault::bad_input("The cursor is not one of this list in this order.")),
        };
        query = query.filter(db::after(&keys, position, direction));
    }
    let rows = db::order_by(query, &keys, direction).limit(page.fetch()).all(connection).await?;
    Ok(page.slice(rows, |row| match sort {
        OverlapSort::FoundAt => OverlapPosition::Found(row.found_at, row.id),
        OverlapSort::Score => OverlapPosition::Score(row.score, row.id),
    }))
}

/// How many overlaps of `pairs` fit `filter`.
///
/// # Errors
/// Database faults.
pub async fn count_overlaps(
    connection: &impl ConnectionTrait,
    pairs: &[ReadPair],
    filter: &OverlapFilter,
) -> Result<u64, Fault> {
    if pairs.is_empty() {
        return Ok(0);
    }
    let counted: Option<i64> =
        filtered(pairs, filter).select_only().expr(overlap::Column::Id.count()).into_tuple().one(connection).await?;
    Ok(counted.and_then(|counted| u64::try_from(counted).ok()).unwrap_or_default())
}

/// The overlaps with these ids that are seen now and whose pairs are open, in no order; whether their reader may see them
/// is asked after.
///
/// # Errors
/// Database faults.
pub async fn list_overlaps_by_ids(connection: &impl ConnectionTrait, ids: &[OverlapId]) -> Result<Vec<Overlap>, Fault> {
    let open = pair::Entity::find().select_only().column(pair::Column::Id).into_query();
    Ok(seen()
        .filter(overlap::Column::Id.is_in(ids.iter().copied()))
        .filter(overlap::Column::PairId.in_subquery(open))
        .all(connection)
        .await?)
}

/// At most `limit` overlaps that some of the reader's accounts have in `pairs`, the surest first. Who of them may be shown
/// is asked after.
///
/// # Errors
/// Database faults.
pub async fn list_overlaps_of(
    connection: &impl ConnectionTrait,
    pairs: &[ReadPair],
    own: &[AccountId],
    limit: u64,
) -> Result<Vec<Overlap>, Fault> {
    let mut found = Vec::new();
    // Each side by itself: the index that leads to an account of a pair is another one.
    for is_left in [true, false] {
        let of: Vec<_> = pairs.iter().filter(|pair| pair.own_is_left == is_left).map(|pair| pair.id).collect();
        let column = if is_left { overlap::Column::LeftAccountId } else { overlap::Column::RightAccountId };
        if of.is_empty() || own.is_empty() {
            continue;
        }
        let rows = seen()
            .filter(overlap::Column::PairId.is_in(of))
            .filter(column.is_in(own.iter().copied()))
            .order_by_desc(overlap::Column::Score)
            .order_by_asc(overlap::Column::Id)
            .limit(limit)
            .all(connection)
            .await?;
        found.extend(rows);
    }
    found.sort_by(|one: &Overlap, other| other.score.total_cmp(&one.score).then(one.id.cmp(&other.id)));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// At most `limit` overlaps of a pair that fit `filter` and began with a later run than `run`, behind one where it is given,
/// by the account of the left list and by id.
///
/// # Errors
/// Database faults.
pub async fn list_since(
    connection: &impl ConnectionTrait,
    pair: ReadPair,
    filter: &OverlapFilter,
    run: i64,
    after: Option<(AccountId, OverlapId)>,
    limit: u64,
) -> Result<Vec<Overlap>, Fault> {
    let keys = [overlap::Column::LeftAccountId, overlap::Column::Id].map(|column| Expr::col((overlap::Entity, column)));
    let mut query = filtered(&[pair], filter).filter(begun_after(run));
    if let Some((account, id)) = after {
        query = query.filter(db::after(&keys, vec![account.into(), id.into()], Direction::Ascending));
    }
    Ok(db::order_by(query, &keys, Direction::Ascending).limit(limit).all(connection).await?)
}

/// The overlap of two accounts of a pair, whether or not a dispute hides it; none where nothing is kept of them.
///
/// # Errors
/// Database faults.
pub async fn find_kept(
    connection: &impl ConnectionTrait,
    pair: MappingPairId,
    run: i64,
    left: AccountId,
    right: AccountId,
) -> Result<Option<Overlap>, Fault> {
    let until = Condition::any().add(overlap::Column::UntilRun.is_null()).add(overlap::Column::UntilRun.gt(run));
    Ok(overlap::Entity::find()
        .filter(overlap::Column::PairId.eq(pair))
        .filter(overlap::Column::LeftAccountId.eq(left))
        .filter(overlap::Column::RightAccountId.eq(right))
        .filter(overlap::Column::SinceRun.lte(run))
        .filter(until)
        .one(connection)
        .await?)
}

/// Whether an account has an overlap in one of `pairs` that is seen now.
///
/// # Errors
/// Database faults.
pub async fn has_overlap(
    connection: &impl ConnectionTrait,
    pairs: &[ReadPair],
    account: AccountId,
) -> Result<bool, Fault> {
    let has = Condition::any()
        .add(overlap::Column::LeftAccountId.eq(account))
        .add(overlap::Column::RightAccountId.eq(account));
    let ids = pairs.iter().map(|pair| pair.id);
    Ok(seen().filter(overlap::Column::PairId.is_in(ids)).filter(has).count(connection).await? > 0)
}

/// An overlap of one of the reader's accounts, seen now or lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met {
    /// The pair.
    pub pair: MappingPairId,
    /// The reader's account.
    pub own: AccountId,
    /// The partner's account.
    pub partner: AccountId,
    /// Whether it is seen now.
    pub seen: bool,
}

/// The overlaps of some of the reader's accounts in `pairs`, seen now or lately.
///
/// # Errors
/// Database faults.
pub async fn list_met(
    connection: &impl ConnectionTrait,
    pairs: &[ReadPair],
    own: &[AccountId],
) -> Result<Vec<Met>, Fault> {
    let ids = pairs.iter().map(|pair| pair.id);
    let results = result::Entity::find().filter(result::Column::PairId.is_in(ids)).all(connection).await?;
    let mut met = Vec::new();
    for is_left in [true, false] {
        let of: Vec<_> = pairs.iter().filter(|pair| pair.own_is_left == is_left).map(|pair| pair.id).collect();
        let column = if is_left { overlap::Column::LeftAccountId } else { overlap::Column::RightAccountId };
        if of.is_empty() {
            continue;
        }
        let rows = overlap::Entity::find()
            .filter(overlap::Column::PairId.is_in(of))
            .filter(overlap::Column::Hidden.eq(false))
            .filter(column.is_in(own.iter().copied()))
            .all(connection)
            .await?;
        met.extend(rows.into_iter().filter_map(|row| {
            let run = results.iter().find(|result| result.pair_id == row.pair_id)?.run;
            let (own, partner) = match is_left {
                true => (row.left_account_id, row.right_account_id),
                false => (row.right_account_id, row.left_account_id),
            };
            // What was laid out by a run that nobody sees yet is none.
            let seen = row.until_run.is_none_or(|until| until > run);
            (row.since_run <= run).then_some(Met { pair: row.pair_id, own, partner, seen })
        }));
    }
    Ok(met)
}
