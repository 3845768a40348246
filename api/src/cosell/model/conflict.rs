//! The conflict hint: the same customer is open already with the same organization through another partner.

use super::Opportunity;
use entity::id::{OpportunityId, OrganizationId};

/// By what two customers are taken for one, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictRule {
    /// The same DUNS number.
    Duns,
    /// Websites of the same registrable domain.
    Domain,
    /// Names that differ in spelling and legal form only.
    Name,
}

/// Another opportunity for the same customer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// By which rule.
    pub rule: ConflictRule,
    /// The other one.
    pub with: OpportunityId,
    /// With whom both are open: who knows of both.
    pub desk: OrganizationId,
    /// Those through whom it is open there.
    pub partners: Vec<OrganizationId>,
}

/// Whether two opportunities are about one customer, by the surest rule. A DUNS number on both that differs says that they
/// are not, whatever the names.
#[must_use]
pub fn conflict(one: &Opportunity, other: &Opportunity) -> Option<ConflictRule> {
    let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
    if same(&one.customer_duns, &other.customer_duns) {
        return Some(ConflictRule::Duns);
    }
    if one.customer_duns.is_some() && other.customer_duns.is_some() {
        return None;
    }
    if same(&one.customer_domain, &other.customer_domain) {
        return Some(ConflictRule::Domain);
    }
    let named = !one.customer_name_key.is_empty() && one.customer_name_key == other.customer_name_key;
    // Two companies of one name in two countries are two.
    let apart = matches!((&one.customer_country, &other.customer_country), (Some(one), Some(other)) if one != other);
    (named && !apart).then_some(ConflictRule::Name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cosell::model::tests::opportunity;

    fn customer(duns: Option<&str>, domain: Option<&str>, name: &str, country: Option<&str>) -> Opportunity {
        Opportunity {
            customer_duns: duns.map(str::to_owned),
            customer_domain: domain.map(str::to_owned),
            customer_name_key: name.to_owned(),
            customer_country: country.map(str::to_owned),
            ..opportunity()
        }
    }

    #[test]
    fn the_surest_rule_decides() {
        let acme = customer(Some("123456789"), Some("acme.example"), "acme", Some("DE"));
        for (other, expected) in [
            (customer(Some("123456789"), None, "other", None), Some(ConflictRule::Duns)),
            (customer(Some("987654321"), Some("acme.example"), "acme", Some("DE")), None),
            (customer(None, Some("acme.example"), "other", Some("FR")), Some(ConflictRule::Domain)),
            (customer(None, None, "acme", None), Some(ConflictRule::Name)),
            (customer(None, Some("other.example"), "acme", Some("DE")), Some(ConflictRule::Name)),
            (customer(None, None, "acme", Some("FR")), None),
            (customer(None, None, "other", Some("DE")), None),
        ] {
            assert_eq!(conflict(&acme, &other), expected, "{other:?}");
            assert_eq!(conflict(&other, &acme), expected, "{other:?}");
        }
        let nameless = customer(None, None, "", None);
        assert_eq!(conflict(&nameless, &nameless), None);
    }
}
