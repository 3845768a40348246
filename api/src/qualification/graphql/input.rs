//! What clients send about rules and what they qualified.

use super::enums::QualifiedLeadDismissReason;
use crate::{
    lead::graphql::enums::{LeadQualification, LeadReadiness},
    overlap::{
        graphql::enums::{AccountListKind, MatchConfidence},
        model,
    },
    partnership::graphql::input::given,
    qualification::{
        model::{RuleDraft, RulePatch},
        service::{RuleInput, Sending},
    },
    schema::scalar::CountryCode,
};
use async_graphql::{InputObject, MaybeUndefined};

/// A rule to be made.
#[derive(InputObject)]
pub struct QualificationRuleCreateInput {
    /// The name, 1 to 100 characters; no other rule of the organization has it.
    pub name: String,
    /// Overlaps of the organization's lists of one of these kinds fit; at least one.
    pub own_kinds: Vec<AccountListKind>,
    /// Overlaps with a partner's lists of one of these kinds fit; at least one.
    pub partner_kinds: Vec<AccountListKind>,
    /// Overlaps with these partners fit, by slug or id, 1 to 50; with any where it is left out.
    pub partners: Option<Vec<String>>,
    /// Overlaps that are at least as sure as this fit.
    #[graphql(default_with = "MatchConfidence::Likely")]
    pub min_confidence: MatchConfidence,
    /// Overlaps of own accounts in one of these countries fit, 1 to 50; in any where it is left out.
    pub countries: Option<Vec<CountryCode>>,
    /// Whether it qualifies anything.
    #[graphql(default = true)]
    pub enabled: bool,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

/// A change of a rule. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct QualificationRuleUpdateInput {
    /// The name, 1 to 100 characters; no other rule of the organization has it.
    pub name: Option<String>,
    /// Overlaps of the organization's lists of one of these kinds fit; at least one.
    pub own_kinds: Option<Vec<AccountListKind>>,
    /// Overlaps with a partner's lists of one of these kinds fit; at least one.
    pub partner_kinds: Option<Vec<AccountListKind>>,
    /// Overlaps with these partners fit, by slug or id, 1 to 50; with null, with any.
    pub partners: MaybeUndefined<Vec<String>>,
    /// Overlaps that are at least as sure as this fit.
    pub min_confidence: Option<MatchConfidence>,
    /// Overlaps of own accounts in one of these countries fit, 1 to 50; with null, in any.
    pub countries: MaybeUndefined<Vec<CountryCode>>,
    /// Whether it qualifies anything.
    pub enabled: Option<bool>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What to check before a rule is deleted.
#[derive(InputObject, Default)]
pub struct QualificationRuleDeleteInput {
    /// Delete only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What to check before a qualified lead is accepted.
#[derive(InputObject, Default)]
pub struct QualifiedLeadAcceptInput {
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Why a qualified lead is none.
#[derive(InputObject)]
pub struct QualifiedLeadDismissInput {
    /// Why.
    pub reason: QualifiedLeadDismissReason,
    /// In words, at most 500 characters.
    pub comment: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What the account does not say of a lead to the partner.
#[derive(InputObject, Default)]
pub struct QualifiedLeadSendInput {
    /// What the company would use, at most 255 characters. The partner reads it before it accepts.
    pub use_case: Option<String>,
    /// What the company wants solved, at most 2,000 characters.
    pub business_problem: Option<String>,
    /// How ready the company is to buy; `LOW` where it is left out.
    pub readiness: Option<LeadReadiness>,
    /// What was found out about the company; `NONE` where it is left out.
    pub qualification: Option<LeadQualification>,
    /// Days that the partner has for its answer, 1 to 90; 14 where it is left out.
    pub answer_days: Option<i32>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

/// What the account does not say of an opportunity.
#[derive(InputObject, Default)]
pub struct QualifiedLeadConvertInput {
    /// The opportunity's title, at most 255 characters; the company's name where it is left out.
    pub title: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

fn kinds(kinds: Vec<AccountListKind>) -> Vec<entity::account_list::AccountListKind> {
    kinds.into_iter().map(Into::into).collect()
}

fn codes(countries: Vec<CountryCode>) -> Vec<String> {
    countries.into_iter().map(|code| code.0).collect()
}

impl QualificationRuleCreateInput {
    /// The same for the use case, and the idempotency key.
    pub(super) fn split(self) -> (RuleInput, Option<String>) {
        let draft = RuleDraft {
            name: self.name,
            own_kinds: kinds(self.own_kinds),
            partner_kinds: kinds(self.partner_kinds),
            partners: None,
            min_confidence: model::MatchConfidence::from(self.min_confidence),
            countries: self.countries.map(codes),
            enabled: self.enabled,
        };
        (RuleInput { draft, partners: self.partners }, self.idempotency_key)
    }
}

/// The partners that an update names: an outer `None` leaves them, an inner one means any.
type Named = Option<Option<Vec<String>>>;

impl QualificationRuleUpdateInput {
    /// The same for the use case: the change, the partners that it names, and the expected revision.
    pub(super) fn split(self) -> (RulePatch, Named, Option<i32>) {
        let patch = RulePatch {
            name: self.name,
            own_kinds: self.own_kinds.map(kinds),
            partner_kinds: self.partner_kinds.map(kinds),
            partners: None,
            min_confidence: self.min_confidence.map(model::MatchConfidence::from),
            countries: given(self.countries).map(|countries| countries.map(codes)),
            enabled: self.enabled,
        };
        (patch, given(self.partners), self.expected_revision)
    }
}

impl QualifiedLeadSendInput {
    /// The same for the use case.
    pub(super) fn sending(self) -> Sending {
        Sending {
            use_case: self.use_case,
            business_problem: self.business_problem,
            readiness: self.readiness.unwrap_or(LeadReadiness::Low).into(),
            qualification: self.qualification.unwrap_or(LeadQualification::None).into(),
            answer_days: self.answer_days,
        }
    }
}
