//! What every change of a membership goes through: it is loaded with what the clock has done to it, its next status is
//! looked up, its facts are added, its periods and tier are worked out anew, and both sides' trails are written.

use crate::db::Tx;
use crate::{
    event,
    op::{Action, ErrorCode, Fault, Op, Outcome, Permit, Refusal, check_revision},
    program::{
        event::{MembershipChange, membership_facts},
        model::{
            FactKind, Membership, MembershipStatus, Program,
            history::{Fact, Plan, periods_with, state_on},
            membership_word,
            standing::{Standing, Step, follow, settle, standing_on},
        },
        service::moderation,
        store,
    },
};
use entity::id::{MembershipId, TierId};

/// A membership and its program, held by the transaction.
pub(super) struct Held {
    /// The program, which nobody changes meanwhile.
    pub(super) program: Program,
    /// As it was before this change and before what the clock did.
    pub(super) before: Membership,
    /// As it is on this day.
    pub(super) membership: Membership,
    /// The facts that the clock made and nobody wrote down yet.
    pub(super) due: Vec<Fact>,
}

/// Loads the membership that the mutation's `id` names.
///
/// # Errors
/// `UNAUTHENTICATED` at the top level, `NOT_FOUND`.
pub(super) async fn hold(tx: &Tx, op: &Op, id: MembershipId) -> Outcome<Held> {
    op.signed_in()?;
    let before = store::find_membership_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let program = store::share_program_in(tx, before.program_id).await?;
    Ok(Held::new(op, program, before))
}

impl Held {
    pub(super) fn new(op: &Op, program: Program, before: Membership) -> Self {
        let (membership, due) = settle(before.clone(), op.today());
        Self { program, before, membership, due }
    }

    /// The status after `step`, should it be allowed and nobody have changed the membership meanwhile.
    ///
    /// # Errors
    /// `REVISION_MISMATCH`, `INVALID_STATE`.
    pub(super) fn step(
        &self,
        op: &Op,
        step: Step,
        expected_revision: Option<i32>,
    ) -> Result<MembershipStatus, Refusal> {
        check_revision(expected_revision, self.before.revision)?;
        follow(self.standing(op), step).ok_or_else(|| {
            let message = format!("The membership is {}.", membership_word(self.membership.status));
            Refusal::of("id", ErrorCode::InvalidState, message)
        })
    }

    /// Where the membership stands today.
    pub(super) fn standing(&self, op: &Op) -> Standing {
        standing_on(&self.membership, op.today())
    }

    /// Writes the membership as `after` with further facts of this change, and commits.
    ///
    /// # Errors
    /// Database faults.
    pub(super) async fn finish<A: Action<Resource = MembershipId>>(
        self,
        tx: Tx,
        op: &Op,
        permit: &Permit<A>,
        change: MembershipChange,
        after: Membership,
        facts: Vec<Fact>,
    ) -> Outcome<Membership> {
        let facts = self.due.into_iter().chain(facts).collect();
        let after = record(&tx, op, permit, after, facts).await?;
        let after = store::save_membership_in(&tx, op, permit, after).await?;
        let told = membership_facts(change, self.program.organization_id, Some(&self.before), &after);
        event::record(&tx, op, told).await?;
        moderation::settle_in(&tx, op, after.organization_id).await?;
        tx.commit().await?;
        Ok(after)
    }
}

/// Adds facts to a membership and works out its periods and its tier; the caller writes the membership.
async fn record<A: Action>(
    tx: &Tx,
    op: &Op,
    permit: &Permit<A>,
    mut membership: Membership,
    facts: Vec<Fact>,
) -> Result<Membership, Fault> {
    let recorded = store::list_facts_in(tx, &[membership.id]).await?;
    let next = recorded.last().map_or(0, |fact| fact.sequence) + 1;
    let numbered = (next..).zip(facts.iter().cloned()).map(|(sequence, fact)| (membership.id, sequence, fact));
    store::append_facts_in(tx, op, permit, numbered.collect()).await?;
    let all: Vec<Fact> = recorded.into_iter().map(Fact::from).chain(facts).collect();
    membership.tier_id = state_on(&all, op.today()).tier;
    let periods = periods_with(&all, Plan::of(&membership));
    store::replace_periods_in(tx, permit, &[(&membership, periods)]).await?;
    Ok(membership)
}

/// A fact of today.
pub(super) fn today(op: &Op, kind: FactKind, tier: Option<TierId>, source: &str) -> Fact {
    Fact { effective_on: op.today(), kind, from_tier: None, tier, source: source.to_owned() }
}
