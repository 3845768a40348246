//! What `sharing` is told before a rule is made: which accounts of a list a partner has as well, as far as the partner lets
//! the list's organization know.

use super::{
    scope::{OpenPair, view_of},
    store,
};
use crate::{
    op::{Fault, Op},
    sharing::scope::{Overlapping, Overlaps},
};
use entity::id::{AccountListId, OrganizationId};

/// Tells what was compared.
pub struct Compared;

#[async_trait::async_trait]
impl Overlapping for Compared {
    async fn of_list(
        &self,
        op: &Op,
        list: AccountListId,
        partner: OrganizationId,
        sample: u64,
    ) -> Result<Overlaps, Fault> {
        let view = view_of(op, partner).await?;
        let pairs: Vec<&OpenPair> = view.pairs.iter().filter(|open| open.own.list_id == list).collect();
        if pairs.iter().all(|open| open.shows_rows()) {
            let ids = |is_left: bool| -> Vec<_> {
                pairs.iter().filter(|open| open.own_is_left == is_left).map(|open| open.pair.id).collect()
            };
            let (count, sample) = store::list_common(op.db().read(), list, &ids(true), &ids(false), sample).await?;
            return Ok(Overlaps { accounts: Some(count), fewer_than: None, sample });
        }
        // Of several lists of which only counts are shown it is not known which accounts are the same.
        let counts = match pairs.as_slice() {
            [only] => only.counts(op.mapping().count_threshold),
            _ => None,
        };
        let told = |count: i32| u64::try_from(count).unwrap_or_default();
        Ok(Overlaps {
            accounts: counts.and_then(|counts| counts.own).map(told),
            fewer_than: counts.and_then(|counts| counts.fewer_than).and_then(|least| u32::try_from(least).ok()),
            sample: Vec::new(),
        })
    }
}
