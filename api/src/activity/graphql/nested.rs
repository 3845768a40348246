//! The log below an opportunity or a partnership, read for all of one level at once: the first pages with one statement,
//! the totals with another. Only a page behind a cursor is read alone.

use super::types::Activity;
use crate::{
    activity::{
        model::{self, Subject},
        store::{self, ActivityPosition, position},
    },
    op::Fault,
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::{Batch, grouped, load},
    },
};
use async_graphql::{Context, Result, dataloader::Loader};
use entity::id::{OpportunityId, PartnershipId};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// The name of the lists, as their cursors carry it.
const ORDER: &str = "activities.OCCURRED_AT.DESC";

/// The newest entries about a subject, one more than the number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FirstOf(Subject, u32);

/// How many entries a subject has; missing where it has none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CountOf(Subject);

/// What was done about a subject that the viewer sees, newest first.
///
/// # Errors
/// `BAD_USER_INPUT` for a bad page; database faults.
pub async fn activities(
    ctx: &Context<'_>,
    subject: Subject,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<Activity>> {
    let page = Page::<ActivityPosition>::parse(ORDER, first, after.as_deref())?;
    let slice = if page.after.is_none() {
        page.slice(load(ctx, FirstOf(subject, page.first)).await?.unwrap_or_default(), position)
    } else {
        store::list(ctx.op()?, subject, &page).await?
    };
    list(slice, ORDER, Total::loaded(CountOf(subject)), Activity)
}

fn opportunities(subjects: impl Iterator<Item = Subject>) -> Vec<OpportunityId> {
    let id = |subject| match subject {
        Subject::Opportunity(id) => Some(id),
        Subject::Partnership(_) => None,
    };
    subjects.filter_map(id).collect()
}

fn partnerships(subjects: impl Iterator<Item = Subject>) -> Vec<PartnershipId> {
    let id = |subject| match subject {
        Subject::Partnership(id) => Some(id),
        Subject::Opportunity(_) => None,
    };
    subjects.filter_map(id).collect()
}

#[async_trait::async_trait]
impl Loader<FirstOf> for Batch {
    type Value = Vec<model::Activity>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FirstOf]) -> Result<HashMap<FirstOf, Vec<model::Activity>>, Arc<Fault>> {
        let mut found = HashMap::new();
        // As good as always one size: a document that asks for the list twice gets two statements.
        let sizes: BTreeSet<u32> = keys.iter().map(|key| key.1).collect();
        for size in sizes {
            let subjects = || keys.iter().filter(|key| key.1 == size).map(|key| key.0);
            let fetch = Page::<ActivityPosition> { first: size, after: None }.fetch();
            let mut rows = Vec::new();
            let deals = opportunities(subjects());
            if !deals.is_empty() {
                rows.extend(store::list_first_of_opportunities(&self.op, &deals, fetch).await?);
            }
            let partnerships = partnerships(subjects());
            if !partnerships.is_empty() {
                rows.extend(store::list_first_of_partnerships(&self.op, &partnerships, fetch).await?);
            }
            let of = |row: model::Activity| Some((FirstOf(model::subject_of(&row)?, size), row));
            found.extend(grouped(rows.into_iter().filter_map(of)));
        }
        Ok(found)
    }
}

#[async_trait::async_trait]
impl Loader<CountOf> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[CountOf]) -> Result<HashMap<CountOf, u64>, Arc<Fault>> {
        let mut found = HashMap::new();
        let deals = opportunities(keys.iter().map(|key| key.0));
        if !deals.is_empty() {
            let rows = store::count_of_opportunities(&self.op, &deals).await?;
            found.extend(rows.into_iter().map(|(id, count)| (CountOf(Subject::Opportunity(id)), count)));
        }
        let partnerships = partnerships(keys.iter().map(|key| key.0));
        if !partnerships.is_empty() {
            let rows = store::count_of_partnerships(&self.op, &partnerships).await?;
            found.extend(rows.into_iter().map(|(id, count)| (CountOf(Subject::Partnership(id)), count)));
        }
        Ok(found)
    }
}
