//! The inputs of mutations of programs and tiers.

use super::tier::{BenefitKind, RequirementMetric, RequirementOperator};
use crate::{
    op::{ErrorCode, Refusal},
    program::model::{
        BenefitDraft, GRACE_DAYS, PartnerType as StoredPartnerType, ProgramDraft, ProgramPatch, RequirementDraft,
        TierDraft, TierPatch, judgment::to_stored,
    },
    schema::scalar::{CurrencyCode, Date, MoneyInput, PartnerType, Url},
};
use async_graphql::{InputObject, MaybeUndefined};
use entity::value::PartnerTypes;
use rust_decimal::Decimal;

/// The set of some types.
pub(super) fn type_set(types: Vec<PartnerType>) -> PartnerTypes {
    types.into_iter().map(StoredPartnerType::from).collect()
}

/// Guards a mutation against a change in between.
#[derive(InputObject, Default)]
pub struct ExpectedRevisionInput {
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// A new program.
#[derive(InputObject)]
pub struct ProgramCreateInput {
    /// The display name, 1 to 200 characters.
    pub name: String,
    /// Unique in the installation; 1 to 80 lower-case letters, digits and single hyphens inside; made of the name where
    /// nothing is said. It never changes.
    pub slug: Option<String>,
    /// What it is about, at most 4,000 characters.
    pub description: Option<String>,
    /// The kinds of partners that it is for; none for all.
    #[graphql(default)]
    pub types: Vec<PartnerType>,
    /// Whether a change of a member's public profile waits for a moderator of the installation.
    #[graphql(default)]
    pub moderates_profiles: bool,
    /// Days before a lower tier counts, 0 to 365; 30 where nothing is said.
    pub grace_days: Option<i32>,
    /// Days after a rejection before the same organization may apply again, 0 to 365; 0 where nothing is said.
    pub reapply_days: Option<i32>,
    /// The first day on which it takes members.
    pub starts_on: Option<Date>,
    /// The day from which it takes no members any more, after `startsOn`.
    pub ends_on: Option<Date>,
    /// A retry with the same key and the same input within 24 hours gets the first answer; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

impl ProgramCreateInput {
    pub(super) fn split(self) -> (ProgramDraft, Option<String>) {
        let draft = ProgramDraft {
            slug: self.slug.unwrap_or_default(),
            name: self.name,
            description: self.description,
            types: type_set(self.types),
            moderates_profiles: self.moderates_profiles,
            grace_days: self.grace_days.unwrap_or(GRACE_DAYS),
            reapply_days: self.reapply_days.unwrap_or(0),
            starts_on: self.starts_on.map(|date| date.0),
            ends_on: self.ends_on.map(|date| date.0),
        };
        (draft, self.idempotency_key)
    }
}

/// A change of a program. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct ProgramUpdateInput {
    /// The display name, 1 to 200 characters; it cannot be emptied.
    pub name: MaybeUndefined<String>,
    /// What it is about, at most 4,000 characters.
    pub description: MaybeUndefined<String>,
    /// The kinds of partners that it is for; null or none for all.
    pub types: MaybeUndefined<Vec<PartnerType>>,
    /// Whether a change of a member's public profile waits for a moderator of the installation; it cannot be emptied.
    pub moderates_profiles: MaybeUndefined<bool>,
    /// Days before a lower tier counts, 0 to 365; it cannot be emptied.
    pub grace_days: MaybeUndefined<i32>,
    /// Days after a rejection before another application, 0 to 365; it cannot be emptied.
    pub reapply_days: MaybeUndefined<i32>,
    /// The first day on which it takes members.
    pub starts_on: MaybeUndefined<Date>,
    /// The day from which it takes no members any more, after `startsOn`.
    pub ends_on: MaybeUndefined<Date>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// A value that may be left out and may not be null.
fn kept<T>(path: &str, value: MaybeUndefined<T>) -> Result<Option<T>, Refusal> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Err(Refusal::of(path, ErrorCode::Required, "This cannot be emptied.")),
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}

/// A value that may be left out and may be null.
fn emptied<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

impl ProgramUpdateInput {
    pub(super) fn patch(self) -> Result<ProgramPatch, Refusal> {
        Ok(ProgramPatch {
            name: kept("input.name", self.name)?,
            description: emptied(self.description),
            types: emptied(self.types).map(|types| type_set(types.unwrap_or_default())),
            moderates_profiles: kept("input.moderatesProfiles", self.moderates_profiles)?,
            grace_days: kept("input.graceDays", self.grace_days)?,
            reapply_days: kept("input.reapplyDays", self.reapply_days)?,
            starts_on: emptied(self.starts_on).map(|date| date.map(|date| date.0)),
            ends_on: emptied(self.ends_on).map(|date| date.map(|date| date.0)),
        })
    }
}

/// A new tier.
#[derive(InputObject)]
pub struct TierCreateInput {
    /// Unique in the program whatever its case and accents, 1 to 100 characters.
    pub name: String,
    /// 1 is the lowest, 1,000 the highest; tiers without an order between them share a rank.
    pub rank: i32,
    /// What it stands for, at most 2,000 characters.
    pub description: Option<String>,
    /// A picture to show beside a member's name.
    pub badge_url: Option<Url>,
}

impl TierCreateInput {
    pub(super) fn draft(self) -> TierDraft {
        TierDraft {
            name: self.name,
            rank: self.rank,
            description: self.description,
            badge_url: self.badge_url.map(|url| url.0),
        }
    }
}

/// A change of a tier. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct TierUpdateInput {
    /// Unique in the program whatever its case and accents, 1 to 100 characters; null leaves it.
    pub name: Option<String>,
    /// 1 is the lowest, 1,000 the highest; null leaves it.
    pub rank: Option<i32>,
    /// What it stands for, at most 2,000 characters.
    pub description: MaybeUndefined<String>,
    /// A picture to show beside a member's name.
    pub badge_url: MaybeUndefined<Url>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

impl TierUpdateInput {
    pub(super) fn patch(self) -> TierPatch {
        TierPatch {
            name: self.name,
            rank: self.rank,
            description: emptied(self.description),
            badge_url: emptied(self.badge_url).map(|url| url.map(|url| url.0)),
        }
    }
}

/// Something that the members of a tier get.
#[derive(InputObject)]
pub struct BenefitInput {
    /// What it is.
    pub kind: BenefitKind,
    /// What it is called, 1 to 100 characters.
    pub name: String,
    /// What it means, at most 1,000 characters.
    pub description: Option<String>,
    /// Only of a discount: how much, in basis points (hundredths of a percent), 1 to 10,000.
    pub basis_points: Option<i32>,
    /// Only of credits: how much, more than zero.
    pub amount: Option<MoneyInput>,
}

/// All that a tier gives.
#[derive(InputObject)]
pub struct TierBenefitsSetInput {
    /// In the order in which they are shown; at most 50.
    pub benefits: Vec<BenefitInput>,
    /// Change only if the tier's revision is this.
    pub expected_revision: Option<i32>,
}

impl TierBenefitsSetInput {
    pub(super) fn drafts(self) -> Result<Vec<BenefitDraft>, Refusal> {
        let draft = |(index, input): (usize, BenefitInput)| {
            let path = format!("input.benefits.{index}.amount");
            let amount = input.amount.map(|amount| {
                let minor = amount.to_minor(&path)?;
                Ok::<_, Refusal>((minor, amount.currency_code.0.code().to_owned()))
            });
            Ok(BenefitDraft {
                kind: input.kind.into(),
                name: input.name,
                description: input.description,
                basis_points: input.basis_points,
                amount: amount.transpose()?,
            })
        };
        self.benefits.into_iter().enumerate().map(draft).collect()
    }
}

/// A measurable requirement.
#[derive(InputObject)]
pub struct RequirementInput {
    /// What is measured.
    pub metric: RequirementMetric,
    /// Only of a custom metric: what it is called, 1 to 100 characters.
    pub name: Option<String>,
    /// How the value is compared.
    pub operator: RequirementOperator,
    /// With what: 0 to 900 billion, at most four digits after the point, for revenue as many as the currency has.
    pub threshold: Decimal,
    /// Only with `BETWEEN`: the upper end, not below the threshold.
    pub upper_threshold: Option<Decimal>,
    /// Only of revenue: its currency.
    pub currency_code: Option<CurrencyCode>,
    /// Months back from the day of judgment that count, 1 to 120; null for all time.
    pub window_months: Option<i32>,
}

/// All that a tier requires.
#[derive(InputObject)]
pub struct TierRequirementsSetInput {
    /// The first day on which it counts, today or later.
    pub effective_from: Date,
    /// All of them must be met; none where nothing is required. At most 30.
    pub requirements: Vec<RequirementInput>,
    /// Change only if the tier's revision is this.
    pub expected_revision: Option<i32>,
}

impl TierRequirementsSetInput {
    pub(super) fn drafts(self) -> Result<Vec<RequirementDraft>, Refusal> {
        let draft = |(index, input): (usize, RequirementInput)| {
            let currency = input.currency_code.map(|code| code.0);
            let amount =
                |field: &str, amount| to_stored(&format!("input.requirements.{index}.{field}"), amount, currency);
            Ok(RequirementDraft {
                metric: input.metric.into(),
                name: input.name,
                operator: input.operator.into(),
                threshold: amount("threshold", input.threshold)?,
                upper_threshold: input.upper_threshold.map(|upper| amount("upperThreshold", upper)).transpose()?,
                currency: currency.map(|currency| currency.code().to_owned()),
                window_months: input.window_months,
            })
        };
        self.requirements.into_iter().enumerate().map(draft).collect()
    }
}
