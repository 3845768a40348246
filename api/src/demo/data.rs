//! The bundled files, as they are written.

use chrono::NaiveDate;
use entity::{
    listing::{ListingKind, PricingModel},
    partnership::EndReason,
    partnership_exchange::ExchangeKind,
    partnership_role::ChannelRole,
    partnership_term::TermBasis,
    requirement::{Metric, Operator},
    tier_benefit::BenefitKind,
    value::{PartnerType, Role},
};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Everything that the story is told from.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) organizations: Vec<OrganizationData>,
    pub(super) programs: Vec<ProgramData>,
    pub(super) memberships: Vec<MembershipData>,
    pub(super) categories: Vec<CategoryData>,
    pub(super) partnerships: Vec<PartnershipData>,
    pub(super) listings: Vec<ListingData>,
    pub(super) reviews: Vec<ReviewData>,
    pub(super) facts: Vec<FactData>,
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
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationData {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) country: String,
    pub(super) since: NaiveDate,
    #[serde(default)]
    pub(super) operator: bool,
    /// A director and a partner manager where nobody is named.
    #[serde(default)]
    pub(super) people: Vec<PersonData>,
    #[serde(default)]
    pub(super) countries: Vec<String>,
    #[serde(default)]
    pub(super) regions: Vec<String>,
    #[serde(default)]
    pub(super) segments: Vec<String>,
    #[serde(default)]
    pub(super) customer_types: Vec<String>,
    #[serde(default)]
    pub(super) services: Vec<String>,
    /// The locale of the profile's source; none for one without a profile.
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) texts: BTreeMap<String, TextData>,
    #[serde(default)]
    pub(super) history: Vec<HistoryData>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonData {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) role: Role,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextData {
    pub(super) headline: String,
    pub(super) description: Option<String>,
}

/// What happened in one program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HistoryData {
    pub(super) program: String,
    pub(super) types: Vec<PartnerType>,
    pub(super) steps: Vec<StepData>,
    #[serde(default)]
    pub(super) metrics: Vec<MetricData>,
}

/// A history of an organization that is written elsewhere.
#[derive(Debug, Deserialize)]
pub(super) struct MembershipData {
    pub(super) organization: String,
    #[serde(flatten)]
    pub(super) history: HistoryData,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepData {
    pub(super) on: NaiveDate,
    pub(super) did: StepKind,
    pub(super) tier: Option<String>,
    pub(super) why: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum StepKind {
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
pub(super) struct MetricData {
    pub(super) metric: Metric,
    pub(super) name: Option<String>,
    pub(super) value: Decimal,
    pub(super) currency: Option<String>,
    pub(super) on: NaiveDate,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProgramData {
    pub(super) slug: String,
    pub(super) host: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) types: Vec<PartnerType>,
    pub(super) grace_days: i32,
    pub(super) reapply_days: i32,
    /// None for a draft.
    pub(super) published: Option<NaiveDate>,
    #[serde(default)]
    pub(super) tier: Vec<TierData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TierData {
    pub(super) name: String,
    pub(super) rank: i32,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) benefits: Vec<BenefitData>,
    #[serde(default)]
    pub(super) requirements: Vec<RequirementData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BenefitData {
    pub(super) kind: BenefitKind,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) percent: Option<i32>,
    pub(super) amount: Option<Decimal>,
    pub(super) currency: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequirementData {
    pub(super) metric: Metric,
    pub(super) name: Option<String>,
    pub(super) operator: Operator,
    pub(super) threshold: Decimal,
    pub(super) currency: Option<String>,
    pub(super) window: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryData {
    pub(super) name: String,
    pub(super) children: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartnershipData {
    pub(super) inviter: String,
    pub(super) invited: String,
    /// None for today.
    pub(super) on: Option<NaiveDate>,
    pub(super) types: Vec<PartnerType>,
    pub(super) message: String,
    pub(super) description: Option<String>,
    pub(super) aim: Option<String>,
    pub(super) term_from: Option<NaiveDate>,
    pub(super) term_to: Option<NaiveDate>,
    #[serde(default)]
    pub(super) role: Vec<RoleData>,
    #[serde(default)]
    pub(super) term: Vec<TermData>,
    #[serde(default)]
    pub(super) exchange: Vec<ExchangeData>,
    pub(super) ended: Option<EndData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleData {
    pub(super) organization: String,
    pub(super) role: ChannelRole,
    #[serde(default)]
    pub(super) services: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermData {
    pub(super) payee: String,
    pub(super) basis: TermBasis,
    pub(super) percent: Decimal,
    pub(super) currency: String,
    pub(super) from: NaiveDate,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExchangeData {
    pub(super) what: ExchangeKind,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) text: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndData {
    pub(super) on: NaiveDate,
    pub(super) by: String,
    pub(super) reason: EndReason,
    pub(super) comment: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListingData {
    pub(super) name: String,
    /// Made of the name where there is none.
    pub(super) slug: Option<String>,
    pub(super) vendor: String,
    pub(super) kind: ListingKind,
    pub(super) summary: String,
    pub(super) description: Option<String>,
    pub(super) categories: Vec<String>,
    pub(super) pricing: Vec<PricingModel>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) works_with: Vec<String>,
    /// None for one that is not published yet; `submitted` says whether it waits for a decision.
    pub(super) published: Option<NaiveDate>,
    #[serde(default)]
    pub(super) submitted: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewData {
    pub(super) of: String,
    pub(super) by: String,
    pub(super) rating: i32,
    pub(super) on: NaiveDate,
    pub(super) title: Option<String>,
    pub(super) body: Option<String>,
    /// Waits for the moderator.
    #[serde(default)]
    pub(super) pending: bool,
}

/// A row of `seed-partnerships.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct FactData {
    #[serde(rename = "organisation")]
    pub(super) organization: String,
    pub(super) partner: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) what_they_do_together: String,
    pub(super) state: String,
    pub(super) source: String,
}

/// The rows of that file that name two companies; the others are about whole programs.
const NAMED: &str = "named example";

impl Data {
    /// Reads what comes with the program.
    ///
    /// # Errors
    /// What is wrong with it, which a test would have found.
    pub(super) fn bundled() -> Result<Self, String> {
        let mut all = File::default();
        for (name, text) in [
            ("hosts", include_str!("../../assets/demo/hosts.toml")),
            ("partners-1", include_str!("../../assets/demo/partners-1.toml")),
            ("partners-2", include_str!("../../assets/demo/partners-2.toml")),
            ("partnerships", include_str!("../../assets/demo/partnerships.toml")),
            ("listings", include_str!("../../assets/demo/listings.toml")),
            ("reviews", include_str!("../../assets/demo/reviews.toml")),
        ] {
            let file: File = toml::from_str(text).map_err(|cause| format!("{name}.toml: {cause}"))?;
            all.organization.extend(file.organization);
            all.program.extend(file.program);
            all.membership.extend(file.membership);
            all.category.extend(file.category);
            all.partnership.extend(file.partnership);
            all.listing.extend(file.listing);
            all.review.extend(file.review);
        }
        let rows = include_str!("../../assets/demo/seed-partnerships.csv");
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
