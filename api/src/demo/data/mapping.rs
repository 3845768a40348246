//! Whom the companies of the bundled files know, and what each shows the other of it.

use entity::{
    account_list::AccountListKind,
    overlap::MatchConfidence,
    sharing_rule::{AccountField, SharingLevel},
};
use rust_decimal::Decimal;
use serde::Deserialize;

/// An account list of a company, as it is today.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct ListData {
    pub(in crate::demo) owner: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) kind: AccountListKind,
    pub(in crate::demo) accounts: Vec<KnownAccount>,
}

/// An account, as its company writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct KnownAccount {
    pub(in crate::demo) id: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) website: Option<String>,
    pub(in crate::demo) country: String,
    pub(in crate::demo) owner: String,
    pub(in crate::demo) stage: Option<String>,
    pub(in crate::demo) amount: Option<DealValue>,
}

/// What an open opportunity is worth.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct DealValue {
    pub(in crate::demo) value: Decimal,
    pub(in crate::demo) currency: String,
}

/// What a company shows a partner of all its lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct SharingData {
    pub(in crate::demo) owner: String,
    pub(in crate::demo) partner: String,
    pub(in crate::demo) level: SharingLevel,
    pub(in crate::demo) fields: Vec<AccountField>,
}

/// What a company asks a partner about a company that both have in their lists. It waits for the partner's answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct IntroductionData {
    pub(in crate::demo) asker: String,
    pub(in crate::demo) receiver: String,
    /// The domain of the company.
    pub(in crate::demo) about: String,
    pub(in crate::demo) contact_title: String,
    pub(in crate::demo) message: String,
    /// In how many days from today the asker would like it.
    pub(in crate::demo) desired_in: u64,
}

/// A rule of a company over its overlaps with a partner.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct RuleData {
    pub(in crate::demo) owner: String,
    pub(in crate::demo) partner: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) own_kinds: Vec<AccountListKind>,
    pub(in crate::demo) partner_kinds: Vec<AccountListKind>,
    pub(in crate::demo) min_confidence: MatchConfidence,
}

#[cfg(test)]
mod tests {
    use crate::demo::data::Data;

    #[test]
    fn what_is_asked_about_is_in_the_lists_of_both() {
        let data = Data::bundled().unwrap();
        assert!(!data.introductions.is_empty() && !data.rules.is_empty());
        for asked in &data.introductions {
            for side in [&asked.asker, &asked.receiver] {
                let own = data.lists.iter().filter(|list| list.owner == *side).flat_map(|list| &list.accounts);
                let mut websites = own.filter_map(|account| account.website.as_deref());
                assert!(websites.any(|website| website.contains(&asked.about)), "{} of {side}", asked.about);
            }
        }
        for rule in &data.rules {
            for (owner, kinds) in [(&rule.owner, &rule.own_kinds), (&rule.partner, &rule.partner_kinds)] {
                let mut lists = data.lists.iter().filter(|list| list.owner == *owner);
                assert!(lists.any(|list| kinds.contains(&list.kind)), "{}: {kinds:?} of {owner}", rule.name);
            }
        }
    }
}
