//! The rule table: from what was said about a list to what a partner sees of it. The only place of this rule.

use super::{AccountField, Relation, SharedFields, SharingLevel, SharingRule};
use entity::{
    id::{AccountListId, TierId},
    value::{PartnerType, PartnerTypes},
};
use serde::Serialize;

/// How much of a list is shown, and which parts of an account that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// How much.
    pub level: SharingLevel,
    /// Which parts.
    pub fields: SharedFields,
}

impl Shown {
    /// Nothing.
    pub const NOTHING: Self = Self { level: SharingLevel::Hidden, fields: SharedFields::NONE };

    /// What a rule says, before anything else is asked.
    #[must_use]
    pub fn of(rule: &SharingRule) -> Self {
        Self { level: rule.level, fields: rule.fields }
    }

    /// Everything: what an organization sees of its own.
    #[must_use]
    pub fn everything() -> Self {
        Self { level: SharingLevel::All, fields: SharedFields::all() }
    }

    /// Whether accounts that both have are shown.
    #[must_use]
    pub fn shows_overlaps(self) -> bool {
        self.level >= SharingLevel::Overlapping
    }

    /// Whether accounts are shown that only the list's organization has.
    #[must_use]
    pub fn shows_all(self) -> bool {
        self.level == SharingLevel::All
    }

    /// No more than `level`, and of accounts that are not shown no part. An account that is shown has its name.
    fn at_most(self, level: SharingLevel) -> Self {
        let level = self.level.min(level);
        let fields = if level >= SharingLevel::Overlapping {
            self.fields.list().into_iter().chain([AccountField::Name]).collect()
        } else {
            SharedFields::NONE
        };
        Self { level, fields }
    }

    /// What both show.
    fn and(self, other: Self) -> Self {
        Self { level: self.level.min(other.level), fields: self.fields.and(other.fields) }
    }
}

/// What a partner sees of a list that `rule` is about.
#[must_use]
pub fn exposed(relation: Relation, rule: Shown) -> Shown {
    rule.at_most(match relation {
        Relation::None => SharingLevel::Hidden,
        Relation::Exploring => SharingLevel::CountsOnly,
        Relation::Partners => SharingLevel::All,
    })
}

/// Whether two lists may be compared: each side shows the other one something.
#[must_use]
pub fn may_compare(one: SharingLevel, other: SharingLevel) -> bool {
    one > SharingLevel::Hidden && other > SharingLevel::Hidden
}

/// Whom a default is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The members of a tier, with its rank.
    Tier(TierId, i32),
    /// The partners of a type.
    Type(PartnerType),
}

/// What partners of a tier or type see where no rule says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultRule {
    /// The list; none for all of them.
    pub list: Option<AccountListId>,
    /// Whom it is about.
    pub target: Target,
    /// What they see.
    pub shown: Shown,
}

/// What a partner is to the list's organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The tiers that it has in the organization's programs.
    pub tiers: Vec<TierId>,
    /// What the partnerships of the two are about.
    pub types: PartnerTypes,
}

impl Standing {
    fn fits(&self, target: Target) -> bool {
        match target {
            Target::Tier(tier, _) => self.tiers.contains(&tier),
            Target::Type(kind) => self.types.iter().any(|own| own == kind),
        }
    }
}

/// Where it is said what a partner sees, the most specific first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleSource {
    /// A rule of the list for this partner.
    Rule,
    /// A default of the list for its tier.
    ListTier,
    /// A default of the list for its type.
    ListType,
    /// A default of all lists for its tier.
    Tier,
    /// A default of all lists for its type.
    Type,
    /// Nowhere: nothing is shown.
    Nothing,
}

/// What is said about a list for a partner, and where. Of several defaults that are as specific as each other, those of the
/// highest tier count, and of these only what all of them show.
#[must_use]
pub fn decide(
    rule: Option<Shown>,
    defaults: &[DefaultRule],
    list: AccountListId,
    standing: &Standing,
) -> (Shown, RuleSource) {
    if let Some(rule) = rule {
        return (rule, RuleSource::Rule);
    }
    let fitting = defaults.iter().filter(|default| default.list.is_none_or(|own| own == list));
    let fitting = fitting.filter(|default| standing.fits(default.target));
    let ranked = fitting.map(|default| {
        let (source, rank) = match (default.list.is_some(), default.target) {
            (true, Target::Tier(_, rank)) => (RuleSource::ListTier, rank),
            (true, Target::Type(_)) => (RuleSource::ListType, 0),
            (false, Target::Tier(_, rank)) => (RuleSource::Tier, rank),
            (false, Target::Type(_)) => (RuleSource::Type, 0),
        };
        ((source, std::cmp::Reverse(rank)), default.shown)
    });
    let best = ranked.fold(None::<((RuleSource, _), Shown)>, |best, next| match best {
        Some(best) if best.0 < next.0 => Some(best),
        Some(best) if best.0 == next.0 => Some((best.0, best.1.and(next.1))),
        _ => Some(next),
    });
    best.map_or((Shown::NOTHING, RuleSource::Nothing), |((source, _), shown)| (shown, source))
}

#[cfg(test)]
#[path = "exposure_tests.rs"]
mod tests;
