//! A turn at the rules of one organization: each is applied to each pair of its lists that shows overlaps, to what came
//! since it was applied last, in batches.
//!
//! A batch is one transaction that asks for the turn's lease, for the rule as it was and for what the partner shows now. So
//! one replica at most writes, a rule that is changed is not applied as it was, and what is no longer shown qualifies
//! nothing. Whoever dies loses no more than a batch, and whoever comes after goes on behind it.

use crate::{
    db::Tx,
    event,
    op::{Fault, Op, Permit},
    overlap::{
        scope::{OpenPair, all_views, view},
        seen::{FoundSince, OverlapFilter, SeenOverlap, found_since},
    },
    qualification::{
        event::Qualified,
        model::{
            Found, Progress, Rule, WAITING_MAX, applies, applying, at_rest, finished, has_looked, is_applied, looked,
            one_each, told,
        },
        policy::ApplyRules,
        store,
    },
    sharing::model::AccountField,
};
use chrono::TimeDelta;
use entity::id::{MappingPairId, OrganizationId, QualificationRuleId};
use std::collections::HashSet;
use uuid::Uuid;

/// How long an organization's rules rest where nothing new is shown. What a run or a dispute showed is found at once; that
/// a partner shows more of what was compared before is found by then.
const REST: TimeDelta = TimeDelta::seconds(60);

/// How much is done in one turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Overlaps of one batch.
    pub batch: u64,
    /// Batches of one turn at most, so that one organization does not keep the others waiting; the rest is for the next
    /// turn.
    pub batches: usize,
    /// Qualified leads of one rule that wait for a decision at most. A rule that has no room for another batch rests until
    /// it has.
    pub waiting: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { batch: 500, batches: 200, waiting: WAITING_MAX }
    }
}

/// What came of a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Qualified leads that are new.
    pub created: usize,
    /// Batches that were read.
    pub batches: usize,
    /// Whether this replica had the turn.
    pub had_turn: bool,
}

/// Applies the rules of an organization within `bounds`, where nobody else does.
///
/// # Errors
/// Database faults; what came before is done, and the next turn goes on.
pub async fn apply(op: &Op, own: OrganizationId, bounds: Bounds) -> Result<Applied, Fault> {
    let denied = |_| Fault::internal("only the system applies rules");
    let permit = op.authorize::<ApplyRules>(own, &()).map_err(denied)?;
    let holder: Uuid = op.new_id();
    let begun_at = op.now();
    if !store::claim_turn(op, &permit, holder).await? {
        return Ok(Applied::default());
    }
    let applied = Applied { had_turn: true, ..Applied::default() };
    let mut turn = Turn { op, permit: &permit, holder, bounds, full: HashSet::new(), applied };
    match turn.go().await {
        Ok(()) => {
            let is_over = turn.applied.batches < bounds.batches;
            let look_at = if is_over { op.now() + REST } else { op.now() };
            store::end_turn(op, &permit, holder, begun_at, look_at).await?;
            Ok(turn.applied)
        }
        Err(fault) => {
            store::fail_turn(op, &permit, holder).await?;
            Err(fault)
        }
    }
}

struct Turn<'a> {
    op: &'a Op,
    permit: &'a Permit<ApplyRules>,
    holder: Uuid,
    bounds: Bounds,
    /// Rules that have no room for what is left.
    full: HashSet<QualificationRuleId>,
    applied: Applied,
}

/// What came of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Batch {
    /// There is more.
    More,
    /// The rule was applied to all of the pair.
    Last,
    /// The rule has no room for more.
    Full,
    /// The rule or what is shown changed: that is for the next turn.
    Changed,
    /// Somebody else has the turn.
    Lost,
}

impl Turn<'_> {
    async fn go(&mut self) -> Result<(), Fault> {
        let (op, permit) = (self.op, self.permit);
        store::forget_closed(op, permit).await?;
        let rules = store::list_enabled(op, permit).await?;
        let mut progress = store::list_progress(op, permit).await?;
        // Where no rule is on, nobody is asked what is shown.
        let views = match rules.is_empty() {
            true => Vec::new(),
            false => all_views(op.db().read(), op.now(), permit.resource()).await?,
        };
        let (mut due, mut idle) = (Vec::new(), Vec::new());
        for view in &views {
            for open in &view.pairs {
                let Some(result) = open.result.as_ref().filter(|result| result.run > 0) else { continue };
                for rule in &rules {
                    let before = progress.remove(&(rule.id, open.pair.id));
                    let about = open.shows_rows() && applies(rule, view.partner, open.own.kind, open.partner.kind);
                    if about && !is_applied(before.as_ref(), result) {
                        due.push((rule, view.partner, open.pair.id));
                    } else if !about && !has_looked(before.as_ref(), result) {
                        idle.push(looked(rule.id, view.partner, before, result));
                    }
                }
            }
        }
        // Pairs that closed and rules that were turned off before their end: of what was found it is told all the same.
        idle.extend(progress.into_values().filter(|row| row.created > 0).map(at_rest));
        if !self.note(&rules, idle).await? {
            return Ok(());
        }
        for (rule, partner, pair) in due {
            if !self.full.contains(&rule.id) && !self.one(rule, partner, pair).await? {
                return Ok(());
            }
        }
        self.note_full(&rules).await
    }

    /// Applies a rule to a pair; `false` where the turn is over.
    async fn one(&mut self, rule: &Rule, partner: OrganizationId, pair: MappingPairId) -> Result<bool, Fault> {
        while self.applied.batches < self.bounds.batches {
            self.applied.batches += 1;
            match self.batch(rule, partner, pair).await? {
                Batch::More => {}
                Batch::Last | Batch::Changed => return Ok(true),
                Batch::Full => {
                    self.full.insert(rule.id);
                    return Ok(true);
                }
                Batch::Lost => return Ok(false),
            }
        }
        Ok(false)
    }

    async fn batch(&mut self, rule: &Rule, partner: OrganizationId, pair: MappingPairId) -> Result<Batch, Fault> {
        let (op, permit) = (self.op, self.permit);
        let tx = op.db().begin().await?;
        if !store::has_turn_in(&tx, op, permit, self.holder).await? {
            return Ok(Batch::Lost);
        }
        let Some(rule) = store::find_unchanged_in(&tx, permit, rule).await? else { return Ok(Batch::Changed) };
        let view = view(&*tx, op.now(), permit.resource(), partner).await?;
        let open = view.pair(pair).filter(|open| open.shows_rows());
        let Some((open, result)) = open.and_then(|open| Some((open, open.result.as_ref()?))) else {
            return Ok(Batch::Changed);
        };
        let before = store::find_progress_in(&tx, rule.id, pair).await?;
        if store::count_waiting_in(&tx, permit, rule.id).await? + self.bounds.batch > self.bounds.waiting {
            // The rest may be long in coming: of what was found before it is told now.
            self.tell_in(&tx, before.filter(|row| row.created > 0).into_iter().collect()).await?;
            tx.commit().await?;
            return Ok(Batch::Full);
        }
        let progress = applying(rule.id, partner, before, result);
        let filter = OverlapFilter {
            min_confidence: Some(rule.min_confidence),
            countries: rule.countries.clone().map(|countries| countries.0),
            ..OverlapFilter::default()
        };
        let since = FoundSince {
            run: progress.from_run,
            after: progress.after_account.zip(progress.after_overlap),
            limit: self.bounds.batch,
        };
        let page = found_since(&*tx, open, &filter, since).await?;
        let found = one_each(page.rows.iter().filter_map(|seen| found(seen, open)).collect());
        let new = store::insert_found_in(&tx, op, permit, &rule, partner, found).await?;
        let (after_account, after_overlap) = page.last.unzip();
        let progress = Progress {
            after_account,
            after_overlap,
            created: progress.created + i64::try_from(new.len()).map_err(Fault::internal)?,
            first_lead_id: progress.first_lead_id.or_else(|| new.first().copied()),
            ..progress
        };
        if page.has_more {
            store::put_progress_in(&tx, permit, vec![progress]).await?;
        } else {
            self.tell_in(&tx, vec![finished(progress)]).await?;
        }
        tx.commit().await?;
        self.applied.created += new.len();
        Ok(if page.has_more { Batch::More } else { Batch::Last })
    }

    /// Notes for which rules and pairs there is nothing to be done any more; `false` where the turn is over: somebody else has
    /// it, or a rule changed since it was read.
    async fn note(&self, rules: &[Rule], rows: Vec<Progress>) -> Result<bool, Fault> {
        if rows.is_empty() {
            return Ok(true);
        }
        let tx = self.op.db().begin().await?;
        if !store::has_turn_in(&tx, self.op, self.permit, self.holder).await? {
            return Ok(false);
        }
        if store::list_enabled_in(&tx, self.permit).await? != rules {
            return Ok(false);
        }
        self.tell_in(&tx, rows).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Notes which rules are full now, and which are no longer.
    async fn note_full(&self, rules: &[Rule]) -> Result<(), Fault> {
        let changed = |rule: &&Rule| rule.is_full != self.full.contains(&rule.id);
        let changed: Vec<_> = rules.iter().filter(changed).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let tx = self.op.db().begin().await?;
        if store::has_turn_in(&tx, self.op, self.permit, self.holder).await? {
            for rule in changed {
                store::put_full_in(&tx, self.permit, rule.id, !rule.is_full).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Tells of what was found, and notes that it is told: the last step before the commit.
    async fn tell_in(&self, tx: &Tx, rows: Vec<Progress>) -> Result<(), Fault> {
        let own = self.permit.resource();
        let facts: Vec<_> = rows.iter().filter_map(|row| Some(Qualified::of(own, row)?.fact())).collect();
        store::put_progress_in(tx, self.permit, rows.into_iter().map(told).collect()).await?;
        if facts.is_empty() { Ok(()) } else { event::record(tx, self.op, facts).await }
    }
}

/// What is kept of an overlap: what the organization sees of it now.
fn found(seen: &SeenOverlap, open: &OpenPair) -> Option<Found> {
    Some(Found {
        overlap: seen.row.id,
        account: seen.own.id(),
        account_name: seen.own.text(AccountField::Name)?.to_owned(),
        own_list: (open.own.list_id, open.own.kind),
        partner_list: (open.partner.list_id, open.partner.kind),
        confidence: seen.row.confidence,
        score: seen.row.score,
        reasons: seen.shown_reasons(),
        by_mail: seen.is_by_mail(),
        found_at: seen.row.found_at,
    })
}
