//! What visitors read, kept for a minute. The data versions were read before the rows and are part of each key, so a
//! change moves every reader to new keys at once; the minute only frees memory, since the day is in the key too.
//!
//! Only [`Question`]s with versions are kept, which are those of visitors: the values are the same for all of them. What
//! only members may read of a row is taken off before it is kept.

use super::{FacetOf, PageOf, Question, facet, page};
use crate::{
    cache::{CacheKey, CacheValue, DataVersion, KeyWriter, Scope},
    directory::model::{Day, FacetCount, FacetKind, Partner},
    event::{DataScope, Versions, read_versions_each},
    op::{Actor, Fault, Op},
};
use chrono::Datelike;
use entity::{id::ProgramId, value::CoverageKind};
use futures::future::join_all;
use std::time::Duration;

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(60);

/// The data versions that the public answers about these programs depend on, read with one statement; `None` where the
/// viewer is no visitor and may see more.
///
/// # Errors
/// Database faults.
pub async fn public_versions(op: &Op, programs: &[ProgramId]) -> Result<Option<Vec<Versions>>, Fault> {
    if op.actor != Actor::Visitor {
        return Ok(None);
    }
    let scopes: Vec<_> = programs.iter().map(|program| [DataScope::Program(*program), DataScope::Catalog]).collect();
    read_versions_each(op, &scopes).await.map(Some)
}

/// The rows that pages fetch, in the order of the keys.
///
/// # Errors
/// Database faults.
pub async fn list_partners(op: &Op, keys: &[PageOf]) -> Result<Vec<Vec<Partner>>, Fault> {
    through(
        op,
        keys,
        |key| key.question.versions.is_some().then(|| PageEntry(key.clone())),
        |keys| {
            let op = op.clone();
            async move {
                let mut pages = page::list(&op, &keys).await?;
                for (key, rows) in keys.iter().zip(&mut pages) {
                    if key.question.versions.is_some() {
                        rows.iter_mut().for_each(without_private_texts);
                    }
                }
                Ok(pages)
            }
        },
    )
    .await
}

/// How many partners there are, in the order of the keys.
///
/// # Errors
/// Database faults.
pub async fn count_partners(op: &Op, keys: &[Question]) -> Result<Vec<u64>, Fault> {
    through(
        op,
        keys,
        |key| key.versions.is_some().then(|| CountEntry(key.clone())),
        |keys| {
            let op = op.clone();
            async move { page::count(&op, &keys).await }
        },
    )
    .await
}

/// The counts of facets, in the order of the keys, each highest first. What one request asks for is kept as one: it is the
/// dearest answer of a directory, and of many who ask for it at once one works it out for all.
///
/// # Errors
/// Database faults.
pub async fn count_facets(op: &Op, keys: &[FacetOf]) -> Result<Vec<Vec<FacetCount>>, Fault> {
    if keys.iter().any(|key| key.question.versions.is_none()) {
        return facet::count(op, keys).await;
    }
    // Whichever way round they were asked for.
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|at| facet_word(keys[*at].facet));
    let entry = FacetsEntry(order.iter().map(|at| keys[*at].clone()).collect());
    let counts = op.cache().get_or_fill(&entry, facet::count(op, &entry.0)).await?;
    let mut found = vec![Vec::new(); keys.len()];
    for (at, counts) in order.into_iter().zip(counts) {
        found[at] = counts;
    }
    Ok(found)
}

fn without_private_texts(partner: &mut Partner) {
    let membership = &mut partner.membership;
    (membership.message, membership.comment, membership.rejection_reason) = (None, None, None);
}

/// Answers from the cache, and what is missing there from `read`, with one call.
async fn through<K, C, F>(
    op: &Op,
    keys: &[K],
    entry: impl Fn(&K) -> Option<C> + Send,
    read: impl Fn(Vec<K>) -> F + Send,
) -> Result<Vec<C::Value>, Fault>
where
    K: Clone + Send + Sync,
    C: CacheKey + Send,
    C::Value: CacheValue,
    F: Future<Output = Result<Vec<C::Value>, Fault>> + Send,
{
    let entries: Vec<Option<C>> = keys.iter().map(entry).collect();
    // The usual case, and the one in which many may ask for the same at once.
    if let [Some(entry)] = entries.as_slice() {
        let fill =
            async { read(keys.to_vec()).await?.pop().ok_or_else(|| Fault::internal("a question has no answer")) };
        return Ok(vec![op.cache().get_or_fill(entry, fill).await?]);
    }
    let mut found = join_all(entries.iter().map(async |entry| match entry {
        Some(entry) => op.cache().get(entry).await,
        None => None,
    }))
    .await;
    let missing: Vec<usize> = (0..keys.len()).filter(|at| found[*at].is_none()).collect();
    if !missing.is_empty() {
        let values = read(missing.iter().map(|at| keys[*at].clone()).collect()).await?;
        for (at, value) in missing.into_iter().zip(values) {
            if let Some(entry) = &entries[at] {
                op.cache().put(entry, &value).await;
            }
            found[at] = Some(value);
        }
    }
    let all: Option<Vec<_>> = found.into_iter().collect();
    all.ok_or_else(|| Fault::internal("a question has no answer"))
}

struct PageEntry(PageOf);

impl CacheKey for PageEntry {
    type Value = Vec<Partner>;
    const NAME: &'static str = "directory-page";
    const SCHEMA: u32 = 1;

    fn scope(&self) -> Scope {
        Scope::Public
    }

    // Both versions are in the encoded part: this one has room for one.
    fn data_version(&self) -> DataVersion {
        DataVersion::NEVER_CHANGES
    }

    fn time_to_live(&self) -> Duration {
        KEPT
    }

    fn encode(&self, into: &mut KeyWriter) {
        let PageOf { question, sorting, page } = &self.0;
        encode(question, into);
        into.text(sorting.name()).integer(page.first);
        // Plain values can always be written; were it otherwise, the page would only be one that nobody asks for.
        let after = page.after.as_ref().map(|position| serde_json::to_vec(position).unwrap_or_default());
        into.optional(after, |into, after| _ = into.bytes(&after));
    }
}

struct CountEntry(Question);

impl CacheKey for CountEntry {
    type Value = u64;
    const NAME: &'static str = "directory-count";
    const SCHEMA: u32 = 1;

    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn data_version(&self) -> DataVersion {
        DataVersion::NEVER_CHANGES
    }

    fn time_to_live(&self) -> Duration {
        KEPT
    }

    fn encode(&self, into: &mut KeyWriter) {
        encode(&self.0, into);
    }
}

struct FacetsEntry(Vec<FacetOf>);

impl CacheKey for FacetsEntry {
    type Value = Vec<Vec<FacetCount>>;
    const NAME: &'static str = "directory-facets";
    const SCHEMA: u32 = 1;

    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn data_version(&self) -> DataVersion {
        DataVersion::NEVER_CHANGES
    }

    fn time_to_live(&self) -> Duration {
        KEPT
    }

    fn encode(&self, into: &mut KeyWriter) {
        into.list(&self.0, |into, key| {
            encode(&key.question, into);
            into.text(facet_word(key.facet));
        });
    }
}

const fn facet_word(facet: FacetKind) -> &'static str {
    match facet {
        FacetKind::Types => "types",
        FacetKind::Tiers => "tiers",
        FacetKind::Countries => "countries",
        FacetKind::Categories => "categories",
        FacetKind::Coverage(kind) => kind_word(kind),
    }
}

const fn kind_word(kind: CoverageKind) -> &'static str {
    match kind {
        CoverageKind::Country => "country",
        CoverageKind::Region => "region",
        CoverageKind::Segment => "segment",
        CoverageKind::CustomerType => "customer-type",
        CoverageKind::Service => "service",
    }
}

fn encode(question: &Question, into: &mut KeyWriter) {
    let Question { host, filter, versions } = question;
    let (when, day) = match filter.day {
        Day::Today(day) => (0, day),
        Day::Past(day) => (1, day),
        Day::Future(day) => (2, day),
    };
    into.id(host.program).id(host.organization);
    into.optional(versions.as_ref(), |into, versions| _ = into.text(&versions.0));
    into.integer(when).integer(day.num_days_from_ce());
    into.optional(filter.query.as_deref(), |into, query| _ = into.text(query));
    into.integer(filter.types.0).optional(filter.min_tier_rank, |into, rank| _ = into.integer(rank));
    for set in [&filter.tiers, &filter.countries, &filter.categories] {
        into.optional(set.as_ref(), |into, set| _ = into.list(set, |into, word| _ = into.text(word)));
    }
    into.list(&filter.coverage, |into, (kind, words)| {
        into.text(kind_word(*kind)).list(words, |into, word| _ = into.text(word));
    });
}
