//! What clients send about leads.

use super::enums::{LeadDeclineReason, LeadQualification, LeadReadiness};
use crate::{
    contact::graphql::types::{ContactInput, ContactPatchInput},
    cosell::graphql::enums::Industry,
    lead::model::{self, CompanyDraft, CompanyPatch, InteractionDraft, LeadPatch, NewLead, Sending},
    partnership::graphql::input::given,
    schema::scalar::{CountryCode, Date, Url},
};
use async_graphql::{InputObject, MaybeUndefined};

/// The company that a lead is about.
#[derive(InputObject)]
pub struct LeadCompanyInput {
    /// The name, 1 to 120 characters.
    pub name: String,
    /// The website.
    pub website_url: Option<Url>,
    /// The country.
    pub country_code: Option<CountryCode>,
    /// What it does.
    pub industry: Option<Industry>,
}

/// A change of the company. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct LeadCompanyPatchInput {
    /// The name, 1 to 120 characters.
    pub name: Option<String>,
    /// The website.
    pub website_url: MaybeUndefined<Url>,
    /// The country.
    pub country_code: MaybeUndefined<CountryCode>,
    /// What it does.
    pub industry: MaybeUndefined<Industry>,
}

/// Something that went on between the sender and the company.
#[derive(InputObject)]
pub struct LeadInteractionInput {
    /// Where it came from, for example a campaign or an event; 1 to 255 characters.
    pub source: String,
    /// The day, not after tomorrow (UTC).
    pub occurred_on: Date,
    /// What the company would use, at most 255 characters. A receiver reads it before it accepts.
    pub use_case: Option<String>,
    /// What the company did, at most 255 characters.
    pub customer_action: Option<String>,
    /// What the company wants solved, at most 2,000 characters.
    pub business_problem: Option<String>,
}

/// A lead. It is sent at once where `receiver` is given; otherwise it is kept until `leadSend`.
#[derive(InputObject)]
pub struct LeadCreateInput {
    /// The company.
    pub company: LeadCompanyInput,
    /// Whom to speak to there.
    pub contact: Option<ContactInput>,
    /// What went on, 1 to 10.
    pub interactions: Vec<LeadInteractionInput>,
    /// How ready the company is to buy.
    #[graphql(default_with = "LeadReadiness::Low")]
    pub readiness: LeadReadiness,
    /// What was found out about the company.
    #[graphql(default_with = "LeadQualification::None")]
    pub qualification: LeadQualification,
    /// The slug of the partner that is asked now.
    pub receiver: Option<String>,
    /// The slugs of the partners that are asked after it, one when the one before declined or did not answer; at most 9.
    #[graphql(default)]
    pub fallbacks: Vec<String>,
    /// Days that each has for its answer, 1 to 90; 14 where it is left out.
    pub answer_days: Option<i32>,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

/// To whom a lead goes.
#[derive(InputObject)]
pub struct LeadSendInput {
    /// The slug of the partner that is asked now.
    pub receiver: String,
    /// The slugs of the partners that are asked after it, one when the one before declined or did not answer; at most 9.
    #[graphql(default)]
    pub fallbacks: Vec<String>,
    /// Days that each has for its answer, 1 to 90; 14 where it is left out.
    pub answer_days: Option<i32>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// A change of a lead. What is left out stays as it is; null empties. A receiver that accepted changes `readiness` and
/// `qualification` only.
#[derive(InputObject)]
pub struct LeadUpdateInput {
    /// The company.
    pub company: Option<LeadCompanyPatchInput>,
    /// Whom to speak to there; null removes the contact for good.
    pub contact: MaybeUndefined<ContactPatchInput>,
    /// All that went on, 1 to 10.
    pub interactions: Option<Vec<LeadInteractionInput>>,
    /// How ready the company is to buy.
    pub readiness: Option<LeadReadiness>,
    /// What was found out about the company.
    pub qualification: Option<LeadQualification>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What to check before a lead is accepted.
#[derive(InputObject, Default)]
pub struct LeadAcceptInput {
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key gets the first answer.
    pub idempotency_key: Option<String>,
}

/// Why a lead is declined.
#[derive(InputObject)]
pub struct LeadDeclineInput {
    /// Why.
    pub reason: LeadDeclineReason,
    /// In words, at most 500 characters; needed with `OTHER`. The sender reads it.
    pub comment: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What an opportunity is made of, beyond what the lead says.
#[derive(InputObject, Default)]
pub struct LeadConvertInput {
    /// The title, at most 255 characters; the company's name where it is left out.
    pub title: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and title gets the first answer.
    pub idempotency_key: Option<String>,
}

/// What to check before a lead is taken back.
#[derive(InputObject, Default)]
pub struct LeadCancelInput {
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

fn interactions(list: Vec<LeadInteractionInput>) -> Vec<InteractionDraft> {
    let draft = |input: LeadInteractionInput| InteractionDraft {
        source: input.source,
        occurred_on: input.occurred_on.0,
        use_case: input.use_case,
        customer_action: input.customer_action,
        business_problem: input.business_problem,
    };
    list.into_iter().map(draft).collect()
}

impl LeadCreateInput {
    /// The lead, and the idempotency key.
    pub(super) fn split(self) -> (NewLead, Option<String>) {
        let new = NewLead {
            company: CompanyDraft {
                name: self.company.name,
                website: self.company.website_url.map(|url| url.0),
                country_code: self.company.country_code.map(|code| code.0),
                industry: self.company.industry.map(model::Industry::from),
            },
            contact: self.contact.map(ContactInput::draft),
            interactions: interactions(self.interactions),
            readiness: self.readiness.into(),
            qualification: self.qualification.into(),
            receiver: self.receiver,
            fallbacks: self.fallbacks,
            answer_days: self.answer_days,
        };
        (new, self.idempotency_key)
    }
}

impl LeadSendInput {
    /// The way, and the expected revision.
    pub(super) fn split(self) -> (Sending, Option<i32>) {
        let Self { receiver, fallbacks, answer_days, expected_revision } = self;
        (Sending { receiver, fallbacks, answer_days }, expected_revision)
    }
}

impl LeadUpdateInput {
    /// The change, and the expected revision.
    pub(super) fn split(self) -> (LeadPatch, Option<i32>) {
        let company = |patch: LeadCompanyPatchInput| CompanyPatch {
            name: patch.name,
            website: given(patch.website_url).map(|url| url.map(|url| url.0)),
            country_code: given(patch.country_code).map(|code| code.map(|code| code.0)),
            industry: given(patch.industry).map(|industry| industry.map(model::Industry::from)),
        };
        let patch = LeadPatch {
            company: self.company.map(company),
            contact: given(self.contact).map(|contact| contact.map(ContactPatchInput::patch)),
            interactions: self.interactions.map(interactions),
            readiness: self.readiness.map(model::LeadReadiness::from),
            qualification: self.qualification.map(model::LeadQualification::from),
        };
        (patch, self.expected_revision)
    }
}
