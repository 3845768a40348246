//! Which partners fit best: those that have most of the viewer's accounts as well. Read from the counts that runs keep.

use super::{
    model::{Fit, FitCell, FitPosition, FitSort, fit_position},
    scope::{OpenPair, all_views},
};
use crate::{
    db::Direction,
    op::{Fault, Op},
    page::{Page, Slice},
};
use entity::account_list::AccountListKind;

/// Which lists count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FitFilter {
    /// The viewer's lists of this kind.
    pub own_kind: AccountListKind,
    /// The partner's lists of one of these kinds; of any where there is none.
    pub partner_kinds: Option<Vec<AccountListKind>>,
}

/// How well each partner fits with whom lists are compared now, in no order. The number of statements grows with the
/// hundreds of partners, not with partners, lists or overlaps.
///
/// # Errors
/// [`Fault::Unauthenticated`] where the actor acts for no organization; database faults.
pub async fn fits(op: &Op, filter: &FitFilter) -> Result<Vec<Fit>, Fault> {
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let threshold = op.mapping().count_threshold;
    let counts = |open: &&OpenPair| {
        let theirs = filter.partner_kinds.as_ref().is_none_or(|kinds| kinds.contains(&open.partner.kind));
        open.own.kind == filter.own_kind && theirs
    };
    let cell = |open: &OpenPair| FitCell {
        own: open.own.list_id,
        accounts: open.own.account_count,
        counts: open.counts(threshold),
        computed_at: open.result.as_ref().and_then(|result| result.computed_at),
    };
    let views = all_views(op.db().read(), op.now(), own).await?;
    let fit = |view: &super::scope::View| {
        let cells: Vec<FitCell> = view.pairs.iter().filter(counts).map(cell).collect();
        Fit::of(view.partner, view.relation, &cells)
    };
    Ok(views.iter().filter_map(fit).collect())
}

/// A page of `fits`.
#[must_use]
pub fn page_of(
    fits: Vec<Fit>,
    sort: FitSort,
    direction: Direction,
    page: &Page<FitPosition>,
) -> Slice<Fit, FitPosition> {
    let descending = direction == Direction::Descending;
    let mut placed: Vec<(FitPosition, Fit)> =
        fits.into_iter().map(|fit| (fit_position(&fit, sort, descending), fit)).collect();
    placed.sort_by(|one, other| if descending { other.0.cmp(&one.0) } else { one.0.cmp(&other.0) });
    let behind = |position: FitPosition| {
        page.after.is_none_or(|after| if descending { position < after } else { position > after })
    };
    let wanted = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
    let rows = placed.into_iter().filter(|(position, _)| behind(*position)).map(|(_, fit)| fit).take(wanted);
    page.slice(rows.collect(), |fit| fit_position(fit, sort, descending))
}
