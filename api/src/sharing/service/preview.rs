//! What a rule would show, before it is made.

use super::RuleInput;
use crate::{
    op::{Fault, Op},
    sharing::{
        model::{Obstacle, Relation, Shown, exposed, obstacle},
        scope::{self, Overlapping, Overlaps},
        store,
    },
};
use entity::account_list;

/// Accounts of a preview's sample at most.
const SAMPLE: u64 = 10;

/// What a partner would see.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The list.
    pub list: account_list::Model,
    /// How much of it, and which parts of an account, once nothing stands in the way.
    pub shown: Shown,
    /// What stands in the way now.
    pub obstacle: Option<Obstacle>,
    /// Which accounts.
    pub accounts: Overlaps,
}

/// What the partner would see by such a rule, as soon as nothing else stands in the way; none for a list or partner that
/// the actor does not see. The levels that only count show no account, whatever is in common.
///
/// # Errors
/// [`Fault::Unauthenticated`] for whoever acts for no organization, [`Fault::BadInput`] for what no rule can be about,
/// database faults.
pub async fn preview(
    op: &Op,
    input: RuleInput,
    overlapping: Option<&dyn Overlapping>,
) -> Result<Option<Preview>, Fault> {
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let Some(list) = store::find_own_list(op, input.list).await? else { return Ok(None) };
    let Some(partner) = store::find_partner(op.db().read(), op, &input.partner).await? else { return Ok(None) };
    if partner.id == own || list.subject_id != own {
        return Err(Fault::bad_input("No rule can be about this list and this partner."));
    }
    let before = store::find_rule(op, list.id, partner.id).await?;
    let shown = exposed(Relation::Partners, input.shown.over(before.as_ref().map(Shown::of)));
    let between = scope::between(op.db().read(), op.now(), own, partner.id).await?;
    let accounts = if shown.shows_all() {
        let sample = store::list_sample(op, &list, SAMPLE).await?;
        Overlaps { accounts: u64::try_from(list.account_count).ok(), fewer_than: None, sample }
    } else if shown.shows_overlaps() {
        match overlapping {
            Some(overlapping) => overlapping.of_list(op, list.id, partner.id, SAMPLE).await?,
            None => Overlaps::NONE,
        }
    } else {
        Overlaps::NONE
    };
    Ok(Some(Preview { obstacle: obstacle(&between, shown.level), list, shown, accounts }))
}
