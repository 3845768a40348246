//! What clients send about partnerships.

use super::{
    facts::{ChannelRole, ExchangeKind, TermBasis},
    invitation::PartnershipDeclineReason,
    types::PartnershipEndReason,
};
use crate::{
    partnership::model::{self, ExchangeDraft, FactsPatch, RoleDraft, TermDraft},
    schema::scalar::{CurrencyCode, Date, PartnerType},
};
use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

/// What goes from one party to another.
#[derive(InputObject)]
pub struct PartnershipExchangeInput {
    /// What it is.
    pub what: ExchangeKind,
    /// The slug of the party that gives.
    pub from_organization: String,
    /// The slug of the party that gets.
    pub to_organization: String,
    /// In words, at most 500 characters.
    pub description: Option<String>,
}

/// The facts of the type `TECHNOLOGY`.
#[derive(InputObject)]
pub struct TechnologyFactsInput {
    /// The whole list, at most 50; left out, it stays as it is.
    pub exchanges: Option<Vec<PartnershipExchangeInput>>,
}

/// A party's role in the channel of another.
#[derive(InputObject)]
pub struct PartnershipRoleInput {
    /// The role; once a party.
    pub role: ChannelRole,
    /// The slug of the party that plays it.
    pub organization: String,
    /// What it offers in that role; at most 20 texts of 1 to 100 characters.
    #[graphql(default)]
    pub services: Vec<String>,
}

/// What a party earns, from when, until when. Two of the same payee and basis never hold on the same day.
#[derive(InputObject)]
pub struct PartnershipTermInput {
    /// The slug of the party that earns.
    pub payee: String,
    /// What the rate is a share of.
    pub basis: TermBasis,
    /// Percent, more than 0 and at most 100, at most two digits after the point.
    pub rate: Decimal,
    /// The currency that it is paid in.
    pub currency_code: CurrencyCode,
    /// The first day; for a new term of a partnership that exists, today at the earliest.
    pub effective_from: Date,
    /// The first day on which it no longer holds, after `effectiveFrom`; for a term that has begun, today at the earliest.
    pub effective_to: Option<Date>,
}

/// The facts of the type `CHANNEL`.
#[derive(InputObject)]
pub struct ChannelFactsInput {
    /// The whole list, at most 40; left out, it stays as it is.
    pub roles: Option<Vec<PartnershipRoleInput>>,
    /// The whole list, at most 100, those that have begun included; left out, it stays as it is. A term that has begun
    /// must stand in the list as it is, but for its end.
    pub terms: Option<Vec<PartnershipTermInput>>,
}

/// The facts of the type `STRATEGIC`. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct StrategicFactsInput {
    /// The shared aim, at most 2,000 characters.
    pub aim: MaybeUndefined<String>,
    /// The first day of the term.
    pub term_starts_on: MaybeUndefined<Date>,
    /// The first day after the term.
    pub term_ends_on: MaybeUndefined<Date>,
}

/// An invitation into a new partnership, with the facts that it would begin with.
#[derive(InputObject)]
pub struct PartnershipInviteInput {
    /// The slug of the organization to invite.
    pub organization: String,
    /// What the partnership would be about; at least one.
    pub types: Vec<PartnerType>,
    /// What the invited organization reads, 1 to 256 characters.
    pub message: String,
    /// Until when it can be answered: at most 365 days ahead; 30 days where it is left out.
    pub expires_at: Option<DateTime<Utc>>,
    /// What the parties would do together, at most 2,000 characters.
    pub description: Option<String>,
    /// With the type `TECHNOLOGY` only.
    pub technology: Option<TechnologyFactsInput>,
    /// With the type `CHANNEL` only.
    pub channel: Option<ChannelFactsInput>,
    /// With the type `STRATEGIC` only.
    pub strategic: Option<StrategicFactsInput>,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

/// An invitation into a partnership that exists.
#[derive(InputObject)]
pub struct PartnershipExtendInput {
    /// The slug of the organization to invite.
    pub organization: String,
    /// What the invited organization reads, 1 to 256 characters.
    pub message: String,
    /// Until when it can be answered: at most 365 days ahead; 30 days where it is left out.
    pub expires_at: Option<DateTime<Utc>>,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

/// Why an invitation is declined.
#[derive(InputObject)]
pub struct PartnershipInvitationDeclineInput {
    /// Why.
    pub reason: PartnershipDeclineReason,
    /// In words, at most 500 characters; needed with `OTHER`. The inviter reads it.
    pub comment: Option<String>,
}

/// A change of the facts. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct PartnershipUpdateInput {
    /// The whole set, never empty. A type that there are facts of stays, unless they are emptied in the same call.
    pub types: Option<Vec<PartnerType>>,
    /// What the parties do together, at most 2,000 characters.
    pub description: MaybeUndefined<String>,
    /// With the type `TECHNOLOGY` only.
    pub technology: MaybeUndefined<TechnologyFactsInput>,
    /// With the type `CHANNEL` only. It cannot be emptied once a term has begun.
    pub channel: MaybeUndefined<ChannelFactsInput>,
    /// With the type `STRATEGIC` only.
    pub strategic: MaybeUndefined<StrategicFactsInput>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// A change of one's own side. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct PartnershipAssignInput {
    /// The member of one's own organization who manages the partnership.
    pub manager_member: MaybeUndefined<ID>,
    /// The member of one's own organization who sponsors it.
    pub sponsor_member: MaybeUndefined<ID>,
    /// Whether one's own side wants the partnership to be public; it is while all sides do.
    pub listed: Option<bool>,
}

/// Why and when a partnership ends.
#[derive(InputObject)]
pub struct PartnershipEndInput {
    /// Why.
    pub reason: PartnershipEndReason,
    /// In words, at most 500 characters; needed with `OTHER`. All parties read it.
    pub comment: Option<String>,
    /// With `ACQUIRED`: the slug of the organization that acquired a party.
    pub acquired_by: Option<String>,
    /// The first day on which it no longer holds: from today, which it is where left out, to five years ahead. An end that
    /// was announced can be brought forward only.
    pub ends_on: Option<Date>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What to leave.
#[derive(InputObject)]
pub struct PartnershipLeaveInput {
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Absent is not null: an outer `None` leaves the value, an inner one empties it.
#[must_use]
pub fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

fn types(types: Vec<PartnerType>) -> Vec<model::PartnerType> {
    types.into_iter().map(model::PartnerType::from).collect()
}

fn set_technology(patch: &mut FactsPatch, technology: Option<TechnologyFactsInput>) {
    let list = technology.map_or(Some(Vec::new()), |facts| facts.exchanges);
    patch.exchanges = list.map(|list| {
        let draft = |input: PartnershipExchangeInput| ExchangeDraft {
            what: input.what.into(),
            from: input.from_organization,
            to: input.to_organization,
            description: input.description,
        };
        list.into_iter().map(draft).collect()
    });
}

fn set_channel(patch: &mut FactsPatch, channel: Option<ChannelFactsInput>) {
    let (roles, terms) = channel.map_or((Some(Vec::new()), Some(Vec::new())), |facts| (facts.roles, facts.terms));
    patch.roles = roles.map(|list| {
        let draft = |input: PartnershipRoleInput| RoleDraft {
            role: input.role.into(),
            organization: input.organization,
            services: input.services,
        };
        list.into_iter().map(draft).collect()
    });
    patch.terms = terms.map(|list| {
        let draft = |input: PartnershipTermInput| TermDraft {
            payee: input.payee,
            basis: input.basis.into(),
            rate: input.rate,
            currency: input.currency_code.0.code().to_owned(),
            effective_from: input.effective_from.0,
            effective_to: input.effective_to.map(|day| day.0),
        };
        list.into_iter().map(draft).collect()
    });
}

fn set_strategic(patch: &mut FactsPatch, strategic: Option<StrategicFactsInput>) {
    let emptied = StrategicFactsInput {
        aim: MaybeUndefined::Null,
        term_starts_on: MaybeUndefined::Null,
        term_ends_on: MaybeUndefined::Null,
    };
    let facts = strategic.unwrap_or(emptied);
    patch.aim = given(facts.aim);
    patch.term_starts_on = given(facts.term_starts_on.map_value(|day| day.0));
    patch.term_ends_on = given(facts.term_ends_on.map_value(|day| day.0));
}

impl PartnershipInviteInput {
    /// The invitation, and the idempotency key.
    pub(super) fn split(self) -> (model::Invite, Option<String>) {
        let mut facts =
            FactsPatch { types: Some(types(self.types)), description: Some(self.description), ..FactsPatch::default() };
        if let Some(technology) = self.technology {
            set_technology(&mut facts, Some(technology));
        }
        if let Some(channel) = self.channel {
            set_channel(&mut facts, Some(channel));
        }
        if let Some(strategic) = self.strategic {
            set_strategic(&mut facts, Some(strategic));
        }
        let Self { organization, message, expires_at, idempotency_key, .. } = self;
        (model::Invite { organization, message, expires_at, facts }, idempotency_key)
    }
}

impl PartnershipExtendInput {
    /// The invitation, and the idempotency key.
    pub(super) fn split(self) -> (model::Invite, Option<String>) {
        let Self { organization, message, expires_at, idempotency_key } = self;
        (model::Invite { organization, message, expires_at, facts: FactsPatch::default() }, idempotency_key)
    }
}

impl PartnershipUpdateInput {
    /// The change, and the expected revision.
    pub(super) fn split(self) -> (FactsPatch, Option<i32>) {
        let mut patch =
            FactsPatch { types: self.types.map(types), description: given(self.description), ..FactsPatch::default() };
        if let Some(technology) = given(self.technology) {
            set_technology(&mut patch, technology);
        }
        if let Some(channel) = given(self.channel) {
            set_channel(&mut patch, channel);
        }
        if let Some(strategic) = given(self.strategic) {
            set_strategic(&mut patch, strategic);
        }
        (patch, self.expected_revision)
    }
}
