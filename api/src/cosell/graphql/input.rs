//! What clients send about opportunities and invitations.

use super::enums::{
    DeclineReason, DeliveryModel, ExpectedFrequency, HelpKind, Industry, Involvement, LossReason, OpportunityField,
    OpportunityOrigin, OpportunityStage, OpportunityType, ParticipantRole,
};
use crate::schema::scalar::{CountryCode, Date, MoneyInput, Url};
use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};

/// The customer of a new opportunity.
#[derive(InputObject)]
pub struct CustomerInput {
    /// The name, 1 to 120 characters.
    pub name: String,
    /// The website.
    pub website_url: Option<Url>,
    /// The country.
    pub country_code: Option<CountryCode>,
    /// What it does.
    pub industry: Option<Industry>,
    /// The DUNS number: nine digits, which blanks and hyphens may group.
    pub duns: Option<String>,
}

/// A change of the customer. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct CustomerUpdateInput {
    /// The name, 1 to 120 characters.
    pub name: Option<String>,
    /// The website.
    pub website_url: MaybeUndefined<Url>,
    /// The country.
    pub country_code: MaybeUndefined<CountryCode>,
    /// What it does.
    pub industry: MaybeUndefined<Industry>,
    /// The DUNS number: nine digits, which blanks and hyphens may group.
    pub duns: MaybeUndefined<String>,
}

/// A listing that is sold.
#[derive(InputObject)]
pub struct OpportunityListingInput {
    /// The listing's slug.
    pub listing: String,
    /// The slug of the listing at the other end, where an integration of the two is sold; needed for a listing of the kind
    /// `INTEGRATION`. One of the two must name the other as integrated.
    pub integrates_with: Option<String>,
}

/// A new opportunity of the viewer's organization.
#[derive(InputObject)]
pub struct OpportunityCreateInput {
    /// The title, 1 to 255 characters. Whoever is invited reads it.
    pub title: String,
    /// The customer.
    pub customer: CustomerInput,
    /// The job of the person whom the owner talks to there, at most 80 characters; no name.
    pub contact_title: Option<String>,
    /// What the customer wants solved, at most 2,000 characters.
    pub business_problem: Option<String>,
    /// How it is solved, at most 2,000 characters.
    pub use_case: Option<String>,
    /// How the solution comes to the customer.
    pub delivery_models: Option<Vec<DeliveryModel>>,
    /// What it is worth: not negative, at most ten trillion.
    pub expected_amount: Option<MoneyInput>,
    /// How often the expected amount is paid.
    pub expected_frequency: Option<ExpectedFrequency>,
    /// How many months the contract runs, 1 to 144.
    pub contract_months: Option<i32>,
    /// When the owner expects to close: not in the past for an open deal; needed for `COMMITTED` and `LAUNCHED`.
    pub target_close_date: Option<Date>,
    /// Where it stands; `PROSPECT` where it is left out.
    pub stage: Option<OpportunityStage>,
    /// Why it was lost; with `CLOSED_LOST`, and needed then.
    pub loss_reason: Option<LossReason>,
    /// How likely it is, percent, 0 to 100.
    pub probability: Option<i32>,
    /// What kind of business it is; `NET_NEW` where it is left out.
    #[graphql(name = "type")]
    pub kind: Option<OpportunityType>,
    /// Who found it; `PARTNER_REFERRAL` where it is left out.
    pub origin: Option<OpportunityOrigin>,
    /// What the owner wants of the others; `CO_SELL` where it is left out.
    pub involvement: Option<Involvement>,
    /// Whether only the named people of each side see it. Whoever enters it is the first of its side; a key cannot.
    #[graphql(default)]
    pub confidential: bool,
    /// What the owner asks the others to help with.
    pub help_requested: Option<Vec<HelpKind>>,
    /// Who else wants the deal; at most 10 names of 1 to 100 characters.
    pub competitors: Option<Vec<String>>,
    /// The listings that are sold; at most 10.
    pub related_listings: Option<Vec<OpportunityListingInput>>,
    /// Whether the participants do not see each other, only the owner.
    #[graphql(default)]
    pub hides_participants: bool,
    /// The id in the owner's CRM, at most 255 characters, unique with the owner.
    pub external_id: Option<String>,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

/// A change of an opportunity's content. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct OpportunityUpdateInput {
    /// The title, 1 to 255 characters. Whoever is invited reads it.
    pub title: Option<String>,
    /// The customer.
    pub customer: Option<CustomerUpdateInput>,
    /// The job of the person whom the owner talks to there, at most 80 characters; no name.
    pub contact_title: MaybeUndefined<String>,
    /// What the customer wants solved, at most 2,000 characters.
    pub business_problem: MaybeUndefined<String>,
    /// How it is solved, at most 2,000 characters.
    pub use_case: MaybeUndefined<String>,
    /// How the solution comes to the customer, the whole set.
    pub delivery_models: Option<Vec<DeliveryModel>>,
    /// What it is worth: not negative, at most ten trillion.
    pub expected_amount: MaybeUndefined<MoneyInput>,
    /// How often the expected amount is paid.
    pub expected_frequency: MaybeUndefined<ExpectedFrequency>,
    /// How many months the contract runs, 1 to 144.
    pub contract_months: MaybeUndefined<i32>,
    /// When the owner expects to close; for an open deal not in the past.
    pub target_close_date: MaybeUndefined<Date>,
    /// How likely it is, percent, 0 to 100.
    pub probability: MaybeUndefined<i32>,
    /// What kind of business it is.
    #[graphql(name = "type")]
    pub kind: Option<OpportunityType>,
    /// Who found it.
    pub origin: Option<OpportunityOrigin>,
    /// What the owner wants of the others.
    pub involvement: Option<Involvement>,
    /// Whether only the named people of each side see it. Whoever makes it so is named; a key cannot.
    pub confidential: Option<bool>,
    /// What the owner asks the others to help with, the whole set.
    pub help_requested: Option<Vec<HelpKind>>,
    /// Who else wants the deal, the whole list; at most 10 names of 1 to 100 characters.
    pub competitors: Option<Vec<String>>,
    /// The listings that are sold, the whole list; at most 10.
    pub related_listings: Option<Vec<OpportunityListingInput>>,
    /// Whether the participants do not see each other, only the owner.
    pub hides_participants: Option<bool>,
    /// The id in the owner's CRM, at most 255 characters, unique with the owner.
    pub external_id: MaybeUndefined<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// A move of the viewer's side to another stage.
#[derive(InputObject)]
pub struct OpportunityAdvanceInput {
    /// Where it goes. `LAUNCHED` follows `COMMITTED` only; what is launched or lost stays so.
    pub stage: OpportunityStage,
    /// Why it was lost; with `CLOSED_LOST`, and needed then.
    pub loss_reason: Option<LossReason>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// A person to be named by the viewer's side.
#[derive(InputObject)]
pub struct OpportunityTeamMemberInput {
    /// The member of the viewer's organization.
    pub member: ID,
    /// What the person does in it, at most 80 characters.
    pub responsibility: Option<String>,
}

/// A change of the viewer's own side. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct OpportunitySideUpdateInput {
    /// When the side expects to close; not in the past while it is open. The owner's is the opportunity's own.
    pub target_close_date: MaybeUndefined<Date>,
    /// What it does next, at most 255 characters; what was there goes into the history.
    pub next_steps: MaybeUndefined<String>,
    /// Its people, the whole list; at most 10. Of a confidential opportunity, these alone see it.
    pub team: Option<Vec<OpportunityTeamMemberInput>>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What a participant is to see and to be allowed. What is left out stays as it is.
#[derive(InputObject)]
pub struct OpportunityShareUpdateInput {
    /// The slug of the participant.
    pub organization: String,
    /// What it sees, the whole set.
    pub granted_fields: Option<Vec<OpportunityField>>,
    /// Whether it may invite others.
    pub may_invite: Option<bool>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Whom to take out.
#[derive(InputObject)]
pub struct OpportunityRevokeInput {
    /// The slug of the participant.
    pub organization: String,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What to submit to.
#[derive(InputObject, Default)]
pub struct OpportunitySubmitInput {
    /// The slug of the program, of which the owner is a member; may be left out when it is submitted again.
    pub program: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What a host says to a yes, or to the beginning of a review.
#[derive(InputObject, Default)]
pub struct OpportunityReviewInput {
    /// Why, at most 100 characters.
    pub reason: Option<String>,
    /// In words, at most 2,000 characters.
    pub comment: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What a host says to a no, or when something is to be put right.
#[derive(InputObject)]
pub struct OpportunityObjectionInput {
    /// Why, 1 to 100 characters.
    pub reason: String,
    /// In words, at most 2,000 characters.
    pub comment: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// The revision that is expected.
#[derive(InputObject, Default)]
pub struct OpportunityRevisionInput {
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// For whom to put on record what is shared.
#[derive(InputObject, Default)]
pub struct OpportunitySnapshotTakeInput {
    /// The slug of the participant; needed for the owner, and one's own where it is left out by a participant.
    pub organization: Option<String>,
}

/// An invitation of one organization.
#[derive(InputObject)]
pub struct OpportunityInviteInput {
    /// The slug of the organization to invite.
    pub organization: String,
    /// What the invited organization reads, 1 to 255 characters.
    pub message: String,
    /// What it would do; anything but `OWNER` and `PROGRAM_HOST`.
    pub role: ParticipantRole,
    /// Until when it can be answered: at most 90 days ahead; 14 days where it is left out.
    pub expires_at: Option<DateTime<Utc>>,
    /// What is shown before acceptance besides the title; `COMPANY`, `USE_CASE` and `CONTACT_TITLE` where it is left out.
    /// No more than is granted, and nothing about people, next steps or rivals.
    pub shown_fields: Option<Vec<OpportunityField>>,
    /// What is seen after acceptance; all that the inviter sees where it is left out, and never more.
    pub granted_fields: Option<Vec<OpportunityField>>,
    /// Whether the invited organization may invite others then; only the owner can say so.
    #[graphql(default)]
    pub may_invite: bool,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

/// What comes with an acceptance.
#[derive(InputObject, Default)]
pub struct InvitationAcceptInput {
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key gets the answer again.
    pub idempotency_key: Option<String>,
}

/// Why an invitation is declined.
#[derive(InputObject)]
pub struct InvitationDeclineInput {
    /// Why.
    pub reason: DeclineReason,
    /// In words, at most 500 characters; needed with `OTHER`. The inviter reads it.
    pub comment: Option<String>,
}
