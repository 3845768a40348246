//! The history of a membership: facts in, periods out. Pure, and the only place that decides what a fact means.
//!
//! Sources contradict themselves (a company joins twice, leaves without having joined). The latest fact wins: what it says
//! holds from its day on, whatever came before; [`contradictions`] tells where that happened.

use super::{FactKind, Membership, RecordedFact};
use chrono::NaiveDate;
use entity::id::TierId;

/// The end of a period whose end is not known. A date, so that comparisons need no special case.
pub const OPEN_END: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// Something that happened on a day. In a slice of facts the order is that of recording; facts of one day count in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The first day on which it counts.
    pub effective_on: NaiveDate,
    /// What happened.
    pub kind: FactKind,
    /// The tier before, where the source says so.
    pub from_tier: Option<TierId>,
    /// The tier from that day on. Where a suspension ends, none means the one held before it.
    pub tier: Option<TierId>,
    /// Who says so: `host`, `member`, `clock`, `import:events`, `import:snapshot`; at most 100 characters.
    pub source: String,
}

impl From<RecordedFact> for Fact {
    fn from(row: RecordedFact) -> Self {
        Self {
            effective_on: row.effective_on,
            kind: row.kind,
            from_tier: row.from_tier_id,
            tier: row.tier_id,
            source: row.source,
        }
    }
}

/// What is to come, unless somebody decides otherwise before its day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Another tier, and its first day.
    pub next_tier: Option<(TierId, NaiveDate)>,
    /// The day from which the membership is no longer in force.
    pub expires_on: Option<NaiveDate>,
}

impl Plan {
    /// The plan of a membership.
    #[must_use]
    pub fn of(membership: &Membership) -> Self {
        Self { next_tier: membership.next_tier_id.zip(membership.next_tier_on), expires_on: membership.expires_on }
    }

    /// The facts that the plan turns into, in order. A tier that would come at or after the end never comes.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        let clock =
            |effective_on, kind, tier| Fact { effective_on, kind, from_tier: None, tier, source: "clock".to_owned() };
        let next = self.next_tier.filter(|(_, day)| self.expires_on.is_none_or(|expires| *day < expires));
        let next = next.map(|(tier, day)| clock(day, FactKind::TierChanged, Some(tier)));
        next.into_iter().chain(self.expires_on.map(|day| clock(day, FactKind::Left, None))).collect()
    }
}

/// How things stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Whether it is a member, in force or set aside.
    pub member: bool,
    /// Whether it is set aside.
    pub suspended: bool,
    /// The tier; the last one where it is no member any more.
    pub tier: Option<TierId>,
}

impl State {
    /// Whether it counts as a member, and with which tier.
    #[must_use]
    pub fn in_force(self) -> Option<Option<TierId>> {
        (self.member && !self.suspended).then_some(self.tier)
    }

    /// How things stand after `fact`, whatever stood before.
    #[must_use]
    pub fn after(self, fact: &Fact) -> Self {
        match fact.kind {
            FactKind::Listed | FactKind::Joined | FactKind::Snapshot => {
                Self { member: true, suspended: false, tier: fact.tier }
            }
            FactKind::TierChanged => Self { member: true, tier: fact.tier, ..self },
            FactKind::Reinstated => Self { member: true, suspended: false, tier: fact.tier.or(self.tier) },
            FactKind::Suspended => Self { suspended: self.member, ..self },
            FactKind::Left => Self { member: false, suspended: false, ..self },
        }
    }
}

/// A stretch of days in which the organization is a member with one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub starts_on: NaiveDate,
    /// The first day after it; [`OPEN_END`] where no end is known.
    pub ends_on: NaiveDate,
    /// The tier, if any.
    pub tier: Option<TierId>,
}

/// The periods that the facts make: ordered, never overlapping, and two that touch differ in their tier.
#[must_use]
pub fn periods(facts: &[Fact]) -> Vec<Period> {
    let mut made: Vec<Period> = Vec::new();
    let mut open: Option<Period> = None;
    let mut state = State::default();
    let ordered = in_order(facts);
    for (at, fact) in ordered.iter().enumerate() {
        state = state.after(fact);
        // A day stands as its last fact leaves it.
        if ordered.get(at + 1).is_some_and(|next| next.effective_on == fact.effective_on) {
            continue;
        }
        let held = open.as_ref().map(|period| period.tier);
        if held == state.in_force() {
            continue;
        }
        made.extend(open.take().map(|period| Period { ends_on: fact.effective_on, ..period }));
        open = state.in_force().map(|tier| Period { starts_on: fact.effective_on, ends_on: OPEN_END, tier });
    }
    made.extend(open);
    made
}

/// The periods of the facts and of what is planned, if the facts leave a member that the plan can be about.
#[must_use]
pub fn periods_with(facts: &[Fact], plan: Plan) -> Vec<Period> {
    if !state_on(facts, NaiveDate::MAX).member {
        return periods(facts);
    }
    let all: Vec<Fact> = facts.iter().cloned().chain(plan.facts()).collect();
    periods(&all)
}

/// How things stand at the end of `day`.
#[must_use]
pub fn state_on(facts: &[Fact], day: NaiveDate) -> State {
    let ordered = in_order(facts);
    ordered.into_iter().filter(|fact| fact.effective_on <= day).fold(State::default(), State::after)
}

/// The periods without what is only planned on `day`: who does not take part learns of an end when it has come.
#[must_use]
pub fn known_on(periods: Vec<Period>, day: NaiveDate) -> Vec<Period> {
    let begun = periods.into_iter().filter(|period| period.starts_on <= day);
    begun.map(|period| if day < period.ends_on { Period { ends_on: OPEN_END, ..period } } else { period }).collect()
}

/// A time as a member without a day between, on one of its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The first day as a member.
    pub since: NaiveDate,
    /// The tier on the day that was asked for.
    pub tier: Option<TierId>,
    /// Whether there is no later stay.
    pub last: bool,
}

/// The stay that `day` belongs to; none where it was no member then. The periods must be ordered.
#[must_use]
pub fn stay_on(periods: &[Period], day: NaiveDate) -> Option<Stay> {
    let at = periods.iter().position(|period| period.starts_on <= day && day < period.ends_on)?;
    let (before, from) = periods.split_at(at);
    let own = from.first()?;
    let mut since = own.starts_on;
    for period in before.iter().rev() {
        if period.ends_on != since {
            break;
        }
        since = period.starts_on;
    }
    let last = from.windows(2).all(|pair| pair[0].ends_on == pair[1].starts_on);
    Some(Stay { since, tier: own.tier, last })
}

/// What a fact said that did not fit what stood before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// Joined, or was listed, while a member with this tier.
    AlreadyMember(Option<TierId>),
    /// Left, changed tier, was set aside or reinstated while no member.
    NotMember,
    /// Names another tier before than the one that was held, which this is.
    OtherTier(Option<TierId>),
    /// Set aside while set aside.
    AlreadySuspended,
    /// Reinstated while in force.
    NotSuspended,
    /// A snapshot differs from what the facts before it say: a member in force with this tier, or none.
    SnapshotDiffers(Option<Option<TierId>>),
}

/// A fact that contradicts the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The place of the fact in the slice that was given.
    pub index: usize,
    /// What did not fit.
    pub mismatch: Mismatch,
}

/// The facts that contradict the state before them, in the order in which they count; one entry a fact at most.
#[must_use]
pub fn contradictions(facts: &[Fact]) -> Vec<Contradiction> {
    let mut state = State::default();
    let mut found = Vec::new();
    for (place, index) in order(facts).into_iter().enumerate() {
        let fact = &facts[index];
        // Nothing stands before the first fact, so a snapshot there has nothing to differ from.
        let mismatch = mismatch(state, fact).filter(|_| place > 0 || fact.kind != FactKind::Snapshot);
        found.extend(mismatch.map(|mismatch| Contradiction { index, mismatch }));
        state = state.after(fact);
    }
    found
}

fn mismatch(before: State, fact: &Fact) -> Option<Mismatch> {
    let other_tier = fact.from_tier.is_some() && fact.from_tier != before.tier;
    match fact.kind {
        FactKind::Listed | FactKind::Joined => before.member.then_some(Mismatch::AlreadyMember(before.tier)),
        FactKind::Snapshot => {
            (before.in_force() != Some(fact.tier)).then_some(Mismatch::SnapshotDiffers(before.in_force()))
        }
        _ if !before.member => Some(Mismatch::NotMember),
        FactKind::Left | FactKind::TierChanged => other_tier.then_some(Mismatch::OtherTier(before.tier)),
        FactKind::Suspended => before.suspended.then_some(Mismatch::AlreadySuspended),
        FactKind::Reinstated => (!before.suspended).then_some(Mismatch::NotSuspended),
    }
}

fn order(facts: &[Fact]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..facts.len()).collect();
    // Stable, so that facts of one day stay in the order of recording.
    order.sort_by_key(|index| facts[*index].effective_on);
    order
}

fn in_order(facts: &[Fact]) -> Vec<&Fact> {
    order(facts).into_iter().map(|index| &facts[index]).collect()
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
