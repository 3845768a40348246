//! What a rule says, and its bounds. Pure.

use super::{COUNTRIES_MAX, ListKinds, NAME_MAX, PARTNERS_MAX, Partners, Rule};
use crate::op::{ErrorCode, Refusal, check};
use entity::{account_list::AccountListKind, id::OrganizationId, overlap::MatchConfidence, words::Words};
use serde::Serialize;

/// A rule as somebody typed it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleDraft {
    /// The name.
    pub name: String,
    /// The organization's lists of these kinds.
    pub own_kinds: Vec<AccountListKind>,
    /// The partner's lists of these kinds.
    pub partner_kinds: Vec<AccountListKind>,
    /// With these partners only.
    pub partners: Option<Vec<OrganizationId>>,
    /// At least as sure as this.
    pub min_confidence: MatchConfidence,
    /// The own account is in one of these countries.
    pub countries: Option<Vec<String>>,
    /// Whether it qualifies anything.
    pub enabled: bool,
}

/// A change of a rule. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulePatch {
    /// The name.
    pub name: Option<String>,
    /// The organization's lists of these kinds.
    pub own_kinds: Option<Vec<AccountListKind>>,
    /// The partner's lists of these kinds.
    pub partner_kinds: Option<Vec<AccountListKind>>,
    /// With these partners only.
    pub partners: Option<Option<Vec<OrganizationId>>>,
    /// At least as sure as this.
    pub min_confidence: Option<MatchConfidence>,
    /// The own account is in one of these countries.
    pub countries: Option<Option<Vec<String>>>,
    /// Whether it qualifies anything.
    pub enabled: Option<bool>,
}

/// What a rule says, tidied and within its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleContent {
    /// The name.
    pub name: String,
    /// The organization's lists of these kinds.
    pub own_kinds: ListKinds,
    /// The partner's lists of these kinds.
    pub partner_kinds: ListKinds,
    /// With these partners only, each once.
    pub partners: Option<Partners>,
    /// At least as sure as this.
    pub min_confidence: MatchConfidence,
    /// In one of these countries, each once.
    pub countries: Option<Words>,
    /// Whether it qualifies anything.
    pub enabled: bool,
}

/// Checks what somebody typed in.
///
/// # Errors
/// `REQUIRED` for a blank name and for an empty list, `TOO_LONG`, `TOO_MANY`.
pub fn checked(draft: RuleDraft) -> Result<RuleContent, Refusal> {
    let name = check::line("input.name", &draft.name, NAME_MAX)?;
    let some = |path: &str, entries: usize| match entries {
        0 => Err(Refusal::of(path, ErrorCode::Required, "Name at least one, or leave the field out.")),
        _ => Ok(()),
    };
    some("input.ownKinds", draft.own_kinds.len())?;
    some("input.partnerKinds", draft.partner_kinds.len())?;
    if let Some(partners) = &draft.partners {
        some("input.partners", partners.len())?;
        check::at_most("input.partners", partners.len(), PARTNERS_MAX)?;
    }
    if let Some(countries) = &draft.countries {
        some("input.countries", countries.len())?;
        check::at_most("input.countries", countries.len(), COUNTRIES_MAX)?;
    }
    Ok(RuleContent {
        name,
        own_kinds: draft.own_kinds.into_iter().collect(),
        partner_kinds: draft.partner_kinds.into_iter().collect(),
        partners: draft.partners.map(|partners| Partners(sorted(partners))),
        min_confidence: draft.min_confidence,
        countries: draft.countries.map(|countries| Words(sorted(countries))),
        enabled: draft.enabled,
    })
}

fn sorted<T: Ord>(mut entries: Vec<T>) -> Vec<T> {
    entries.sort();
    entries.dedup();
    entries
}

/// What a rule says, as somebody would type it in.
#[must_use]
pub fn draft_of(rule: &Rule) -> RuleDraft {
    RuleDraft {
        name: rule.name.clone(),
        own_kinds: rule.own_kinds.list(),
        partner_kinds: rule.partner_kinds.list(),
        partners: rule.partners.clone().map(|partners| partners.0),
        min_confidence: rule.min_confidence,
        countries: rule.countries.clone().map(|countries| countries.0),
        enabled: rule.enabled,
    }
}

/// A rule with a change.
#[must_use]
pub fn patched(rule: &Rule, patch: RulePatch) -> RuleDraft {
    let before = draft_of(rule);
    RuleDraft {
        name: patch.name.unwrap_or(before.name),
        own_kinds: patch.own_kinds.unwrap_or(before.own_kinds),
        partner_kinds: patch.partner_kinds.unwrap_or(before.partner_kinds),
        partners: patch.partners.unwrap_or(before.partners),
        min_confidence: patch.min_confidence.unwrap_or(before.min_confidence),
        countries: patch.countries.unwrap_or(before.countries),
        enabled: patch.enabled.unwrap_or(before.enabled),
    }
}

/// Whether overlaps may fit after a change that did not fit before, so that it is applied to all of them again.
#[must_use]
pub fn changes_what_fits(before: &RuleDraft, after: &RuleDraft) -> bool {
    *before != RuleDraft { name: before.name.clone(), ..after.clone() }
}

/// Whether a rule is about overlaps of two lists of these kinds with this partner. Whether the partner shows them is asked
/// elsewhere.
#[must_use]
pub fn applies(rule: &Rule, partner: OrganizationId, own: AccountListKind, partners: AccountListKind) -> bool {
    let named = rule.partners.as_ref().is_none_or(|partners| partners.0.contains(&partner));
    rule.enabled && named && rule.own_kinds.has(own) && rule.partner_kinds.has(partners)
}

#[cfg(test)]
pub(in crate::qualification) mod tests {
    use super::*;
    use AccountListKind::{Customers, OpenOpportunities, Prospects};
    use chrono::DateTime;
    use uuid::Uuid;

    pub(in crate::qualification) fn organization(number: u128) -> OrganizationId {
        Uuid::from_u128(number).into()
    }

    /// A rule of organization 1: its prospects that are customers of partners.
    pub(in crate::qualification) fn rule() -> Rule {
        Rule {
            id: Uuid::nil().into(),
            organization_id: organization(1),
            name: "Warm".to_owned(),
            name_key: "warm".to_owned(),
            own_kinds: [Prospects].into_iter().collect(),
            partner_kinds: [Customers].into_iter().collect(),
            partners: None,
            min_confidence: MatchConfidence::Likely,
            countries: None,
            enabled: true,
            is_full: false,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            revision: 1,
        }
    }

    #[test]
    fn a_rule_is_about_the_kinds_and_partners_that_it_names() {
        let any = rule();
        assert!(applies(&any, organization(2), Prospects, Customers));
        assert!(!applies(&any, organization(2), Customers, Prospects));
        assert!(!applies(&any, organization(2), Prospects, OpenOpportunities));
        let named = Rule { partners: Some(Partners(vec![organization(2)])), ..rule() };
        assert!(applies(&named, organization(2), Prospects, Customers));
        assert!(!applies(&named, organization(3), Prospects, Customers));
        assert!(!applies(&Rule { enabled: false, ..rule() }, organization(2), Prospects, Customers));
    }

    #[test]
    fn what_is_named_is_named_at_least_once_and_kept_once() {
        let draft = draft_of(&rule());
        let content = checked(RuleDraft {
            name: "  Warm \n ones ".to_owned(),
            countries: Some(vec!["NO".to_owned(), "DE".to_owned(), "NO".to_owned()]),
            ..draft.clone()
        });
        let content = content.unwrap();
        assert_eq!(content.name, "Warm ones");
        assert_eq!(content.countries, Some(Words(vec!["DE".to_owned(), "NO".to_owned()])));
        let code = |draft: RuleDraft| checked(draft).unwrap_err().code;
        assert_eq!(code(RuleDraft { own_kinds: vec![], ..draft.clone() }), ErrorCode::Required);
        assert_eq!(code(RuleDraft { partners: Some(vec![]), ..draft.clone() }), ErrorCode::Required);
        assert_eq!(code(RuleDraft { name: "x".repeat(101), ..draft.clone() }), ErrorCode::TooLong);
        let many = (0..51).map(organization).collect();
        assert_eq!(code(RuleDraft { partners: Some(many), ..draft }), ErrorCode::TooMany);
    }

    #[test]
    fn another_name_qualifies_nothing_new() {
        let before = draft_of(&rule());
        let renamed = patched(&rule(), RulePatch { name: Some("Hot".to_owned()), ..RulePatch::default() });
        assert!(!changes_what_fits(&before, &renamed));
        let wider = RulePatch { min_confidence: Some(MatchConfidence::Possible), ..RulePatch::default() };
        assert!(changes_what_fits(&before, &patched(&rule(), wider)));
        let off = RulePatch { enabled: Some(false), ..RulePatch::default() };
        assert!(changes_what_fits(&before, &patched(&rule(), off)));
    }
}
