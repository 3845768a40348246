//! The bundled files, as they are written.

mod cosell;
mod mapping;
mod program;

pub(in crate::demo) use cosell::{DealDeed, DealStep, LeadData, OpportunityData};
pub(in crate::demo) use mapping::{IntroductionData, KnownAccount, ListData, RuleData, SharingData};
pub(in crate::demo) use program::{BenefitData, ProgramData, RequirementData, TierData};

use chrono::NaiveDate;
use entity::{
    listing::{ListingKind, PricingModel},
    partnership::EndReason,
    partnership_exchange::ExchangeKind,
    partnership_role::ChannelRole,
    partnership_term::TermBasis,
    requirement::Metric,
    value::{PartnerType, Role},
};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Everything that the story is told from.
#[derive(Debug)]
pub(in crate::demo) struct Data {
    pub(in crate::demo) organizations: Vec<OrganizationData>,
    pub(in crate::demo) programs: Vec<ProgramData>,
    pub(in crate::demo) memberships: Vec<MembershipData>,
    pub(in crate::demo) categories: Vec<CategoryData>,
    pub(in crate::demo) partnerships: Vec<PartnershipData>,
    pub(in crate::demo) listings: Vec<ListingData>,
    pub(in crate::demo) reviews: Vec<ReviewData>,
    pub(in crate::demo) opportunities: Vec<OpportunityData>,
    pub(in crate::demo) leads: Vec<LeadData>,
    pub(in crate::demo) lists: Vec<ListData>,
    pub(in crate::demo) sharing: Vec<SharingData>,
    pub(in crate::demo) introductions: Vec<IntroductionData>,
    pub(in crate::demo) rules: Vec<RuleData>,
    pub(in crate::demo) facts: Vec<FactData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    organization: Vec<OrganizationData>,
    program: Vec<ProgramData>,
    membership: Vec<MembershipData>,
    category: Vec<CategoryData>,
    partnership: Vec<PartnershipData>,
    listing: Vec<ListingData>,
    review: Vec<ReviewData>,
    opportunity: Vec<OpportunityData>,
    lead: Vec<LeadData>,
    accounts: Vec<ListData>,
    sharing: Vec<SharingData>,
    introduction: Vec<IntroductionData>,
    rule: Vec<RuleData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct OrganizationData {
    pub(in crate::demo) slug: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) domain: String,
    pub(in crate::demo) country: String,
    pub(in crate::demo) since: NaiveDate,
    #[serde(default)]
    pub(in crate::demo) operator: bool,
    /// A director and a partner manager where nobody is named.
    #[serde(default)]
    pub(in crate::demo) people: Vec<PersonData>,
    #[serde(default)]
    pub(in crate::demo) countries: Vec<String>,
    #[serde(default)]
    pub(in crate::demo) regions: Vec<String>,
    #[serde(default)]
    pub(in crate::demo) segments: Vec<String>,
    #[serde(default)]
    pub(in crate::demo) customer_types: Vec<String>,
    #[serde(default)]
    pub(in crate::demo) services: Vec<String>,
    /// The locale of the profile's source; none for one without a profile.
    pub(in crate::demo) source: Option<String>,
    #[serde(default)]
    pub(in crate::demo) texts: BTreeMap<String, TextData>,
    #[serde(default)]
    pub(in crate::demo) history: Vec<HistoryData>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct PersonData {
    pub(in crate::demo) name: String,
    pub(in crate::demo) email: String,
    pub(in crate::demo) role: Role,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct TextData {
    pub(in crate::demo) headline: String,
    pub(in crate::demo) description: Option<String>,
}

/// What happened in one program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct HistoryData {
    pub(in crate::demo) program: String,
    pub(in crate::demo) types: Vec<PartnerType>,
    pub(in crate::demo) steps: Vec<StepData>,
    #[serde(default)]
    pub(in crate::demo) metrics: Vec<MetricData>,
}

/// A history of an organization that is written elsewhere.
#[derive(Debug, Deserialize)]
pub(in crate::demo) struct MembershipData {
    pub(in crate::demo) organization: String,
    #[serde(flatten)]
    pub(in crate::demo) history: HistoryData,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct StepData {
    pub(in crate::demo) on: NaiveDate,
    pub(in crate::demo) did: StepKind,
    pub(in crate::demo) tier: Option<String>,
    pub(in crate::demo) why: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::demo) enum StepKind {
    /// Applied, and waits.
    Applied,
    /// Applied, and was approved the same day.
    Joined,
    /// Was given another tier.
    Tier,
    /// Was set aside.
    Suspended,
    /// Left the program.
    Left,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct MetricData {
    pub(in crate::demo) metric: Metric,
    pub(in crate::demo) name: Option<String>,
    pub(in crate::demo) value: Decimal,
    pub(in crate::demo) currency: Option<String>,
    pub(in crate::demo) on: NaiveDate,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct CategoryData {
    pub(in crate::demo) name: String,
    pub(in crate::demo) children: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct PartnershipData {
    pub(in crate::demo) inviter: String,
    pub(in crate::demo) invited: String,
    /// None for today.
    pub(in crate::demo) on: Option<NaiveDate>,
    pub(in crate::demo) types: Vec<PartnerType>,
    pub(in crate::demo) message: String,
    pub(in crate::demo) description: Option<String>,
    pub(in crate::demo) aim: Option<String>,
    pub(in crate::demo) term_from: Option<NaiveDate>,
    pub(in crate::demo) term_to: Option<NaiveDate>,
    #[serde(default)]
    pub(in crate::demo) role: Vec<RoleData>,
    #[serde(default)]
    pub(in crate::demo) term: Vec<TermData>,
    #[serde(default)]
    pub(in crate::demo) exchange: Vec<ExchangeData>,
    pub(in crate::demo) ended: Option<EndData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct RoleData {
    pub(in crate::demo) organization: String,
    pub(in crate::demo) role: ChannelRole,
    #[serde(default)]
    pub(in crate::demo) services: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct TermData {
    pub(in crate::demo) payee: String,
    pub(in crate::demo) basis: TermBasis,
    pub(in crate::demo) percent: Decimal,
    pub(in crate::demo) currency: String,
    pub(in crate::demo) from: NaiveDate,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct ExchangeData {
    pub(in crate::demo) what: ExchangeKind,
    pub(in crate::demo) from: String,
    pub(in crate::demo) to: String,
    pub(in crate::demo) text: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct EndData {
    pub(in crate::demo) on: NaiveDate,
    pub(in crate::demo) by: String,
    pub(in crate::demo) reason: EndReason,
    pub(in crate::demo) comment: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct ListingData {
    pub(in crate::demo) name: String,
    /// Made of the name where there is none.
    pub(in crate::demo) slug: Option<String>,
    pub(in crate::demo) vendor: String,
    pub(in crate::demo) kind: ListingKind,
    pub(in crate::demo) summary: String,
    pub(in crate::demo) description: Option<String>,
    pub(in crate::demo) categories: Vec<String>,
    pub(in crate::demo) pricing: Vec<PricingModel>,
    #[serde(default)]
    pub(in crate::demo) tags: Vec<String>,
    #[serde(default)]
    pub(in crate::demo) works_with: Vec<String>,
    /// None for one that is not published yet; `submitted` says whether it waits for a decision.
    pub(in crate::demo) published: Option<NaiveDate>,
    #[serde(default)]
    pub(in crate::demo) submitted: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct ReviewData {
    pub(in crate::demo) of: String,
    pub(in crate::demo) by: String,
    pub(in crate::demo) rating: i32,
    pub(in crate::demo) on: NaiveDate,
    pub(in crate::demo) title: Option<String>,
    pub(in crate::demo) body: Option<String>,
    /// Waits for the moderator.
    #[serde(default)]
    pub(in crate::demo) pending: bool,
}

/// A row of `seed-partnerships.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::demo) struct FactData {
    #[serde(rename = "organisation")]
    pub(in crate::demo) organization: String,
    pub(in crate::demo) partner: String,
    #[serde(rename = "type")]
    pub(in crate::demo) kind: String,
    pub(in crate::demo) what_they_do_together: String,
    pub(in crate::demo) state: String,
    pub(in crate::demo) source: String,
}

/// The rows of that file that name two companies; the others are about whole programs.
const NAMED: &str = "named example";

impl Data {
    /// Reads what comes with the program.
    ///
    /// # Errors
    /// What is wrong with it, which a test would have found.
    pub(in crate::demo) fn bundled() -> Result<Self, String> {
        let mut all = File::default();
        for (name, text) in [
            ("hosts", include_str!("../../../assets/demo/hosts.toml")),
            ("partners-1", include_str!("../../../assets/demo/partners-1.toml")),
            ("partners-2", include_str!("../../../assets/demo/partners-2.toml")),
            ("partnerships", include_str!("../../../assets/demo/partnerships.toml")),
            ("listings", include_str!("../../../assets/demo/listings.toml")),
            ("reviews", include_str!("../../../assets/demo/reviews.toml")),
            ("cosell", include_str!("../../../assets/demo/cosell.toml")),
            ("accounts", include_str!("../../../assets/demo/accounts.toml")),
        ] {
            let file: File = toml::from_str(text).map_err(|cause| format!("{name}.toml: {cause}"))?;
            all.organization.extend(file.organization);
            all.program.extend(file.program);
            all.membership.extend(file.membership);
            all.category.extend(file.category);
            all.partnership.extend(file.partnership);
            all.listing.extend(file.listing);
            all.review.extend(file.review);
            all.opportunity.extend(file.opportunity);
            all.lead.extend(file.lead);
            all.accounts.extend(file.accounts);
            all.sharing.extend(file.sharing);
            all.introduction.extend(file.introduction);
            all.rule.extend(file.rule);
        }
        let rows = include_str!("../../../assets/demo/seed-partnerships.csv");
        let facts: Result<Vec<FactData>, csv::Error> =
            csv::Reader::from_reader(rows.as_bytes()).deserialize().collect();
        let mut facts = facts.map_err(|cause| format!("seed-partnerships.csv: {cause}"))?;
        facts.retain(|fact| fact.state == NAMED);
        Ok(Self {
            organizations: all.organization,
            programs: all.program,
            memberships: all.membership,
            categories: all.category,
            partnerships: all.partnership,
            listings: all.listing,
            reviews: all.review,
            opportunities: all.opportunity,
            leads: all.lead,
            lists: all.accounts,
            sharing: all.sharing,
            introductions: all.introduction,
            rules: all.rule,
            facts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_files_have_what_a_newcomer_should_see() {
        let data = Data::bundled().unwrap();
        assert_eq!(data.facts.len(), 13);
        let members: Vec<_> = data.organizations.iter().filter(|one| !one.history.is_empty()).collect();
        assert!((25..=35).contains(&members.len()), "{}", members.len());
        assert!((40..=60).contains(&data.listings.len()), "{}", data.listings.len());
        let kinds: BTreeSet<_> =
            members.iter().flat_map(|one| &one.history).flat_map(|history| &history.types).collect();
        assert_eq!(kinds.len(), 3);
        let arabic = members.iter().filter(|one| one.texts.contains_key("ar")).count();
        assert!(arabic >= 3 && members.iter().any(|one| one.source.as_deref() == Some("ar")));
        let locales: BTreeSet<_> = members.iter().flat_map(|one| one.texts.keys().map(String::as_str)).collect();
        for locale in ["en", "de", "fr", "es", "hu", "ja", "zh-Hans", "ar", "he"] {
            assert!(locales.contains(locale), "{locale}");
        }
        let names: BTreeSet<_> = data.listings.iter().map(|listing| listing.name.as_str()).collect();
        let ends: Vec<_> = data.listings.iter().flat_map(|listing| &listing.works_with).collect();
        assert!(ends.iter().any(|end| !names.contains(end.as_str())), "some integrations are only a name");
    }

    #[test]
    fn nobody_here_could_be_somebody() {
        for one in Data::bundled().unwrap().organizations {
            assert!(one.domain.ends_with(".example"), "{}", one.domain);
            for person in one.people {
                assert!(person.email.ends_with(&format!("@{}", one.domain)), "{}", person.email);
                assert!(person.name.ends_with(&format!(" of {}", one.name)), "{} is called by function", person.name);
            }
        }
    }
}
