//! The facts of a partnership, and how a change of them is judged. The same rules hold for what an invitation proposes
//! and for what the parties change later.

use super::{ChannelRole, ExchangeKind, PartnerType, PartnerTypes, Term, TermBasis, TermFault, merge_terms};
use crate::op::{ErrorCode, Refusal, check};
use chrono::NaiveDate;
use entity::id::OrganizationId;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

/// Characters of the description and of the shared aim at most.
pub const DESCRIPTION_MAX: usize = 2_000;
/// Exchanges of a partnership at most.
pub const EXCHANGES_MAX: usize = 50;
/// Characters of an exchange's description at most.
pub const EXCHANGE_TEXT_MAX: usize = 500;
/// Channel roles of a partnership at most.
pub const ROLES_MAX: usize = 40;
/// Services of a channel role at most.
pub const SERVICES_MAX: usize = 20;
/// Characters of a service at most.
pub const SERVICE_MAX: usize = 100;
/// Terms of a partnership at most, those of the past included.
pub const TERMS_MAX: usize = 100;

/// What goes from which party to which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What it is.
    pub what: ExchangeKind,
    /// The party that gives.
    pub from: OrganizationId,
    /// The party that gets.
    pub to: OrganizationId,
    /// In words.
    pub description: Option<String>,
}

/// Which party plays which channel role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolePart {
    /// The role.
    pub role: ChannelRole,
    /// The party that plays it.
    pub organization: OrganizationId,
    /// What it offers in that role.
    pub services: Vec<String>,
}

/// All facts of a partnership.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The types.
    pub types: PartnerTypes,
    /// What the parties do together.
    pub description: Option<String>,
    /// Technology: what is exchanged.
    pub exchanges: Vec<Exchange>,
    /// Channel: who plays which role.
    pub roles: Vec<RolePart>,
    /// Channel: who earns what.
    pub terms: Vec<Term>,
    /// Strategic: the shared aim.
    pub aim: Option<String>,
    /// Strategic: the first day of the term.
    pub term_starts_on: Option<NaiveDate>,
    /// Strategic: the first day after the term.
    pub term_ends_on: Option<NaiveDate>,
}

/// An exchange as it was typed in; organizations are slugs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExchangeDraft {
    /// What it is.
    pub what: ExchangeKind,
    /// The party that gives.
    pub from: String,
    /// The party that gets.
    pub to: String,
    /// In words.
    pub description: Option<String>,
}

/// A channel role as it was typed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoleDraft {
    /// The role.
    pub role: ChannelRole,
    /// The slug of the party that plays it.
    pub organization: String,
    /// What it offers in that role.
    pub services: Vec<String>,
}

/// A term as it was typed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TermDraft {
    /// The slug of the party that earns.
    pub payee: String,
    /// What the rate is a share of.
    pub basis: TermBasis,
    /// Percent.
    pub rate: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// The first day.
    pub effective_from: NaiveDate,
    /// The first day on which it no longer holds.
    pub effective_to: Option<NaiveDate>,
}

/// A change of facts. An outer `None` leaves what is there, an inner one or an empty list empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FactsPatch {
    /// The whole set of types.
    pub types: Option<Vec<PartnerType>>,
    /// What the parties do together.
    pub description: Option<Option<String>>,
    /// The whole list of exchanges.
    pub exchanges: Option<Vec<ExchangeDraft>>,
    /// The whole list of roles.
    pub roles: Option<Vec<RoleDraft>>,
    /// The whole list of terms.
    pub terms: Option<Vec<TermDraft>>,
    /// The shared aim.
    pub aim: Option<Option<String>>,
    /// The first day of the term.
    pub term_starts_on: Option<Option<NaiveDate>>,
    /// The first day after the term.
    pub term_ends_on: Option<Option<NaiveDate>>,
}

/// What a change of facts is judged against.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The parties by slug.
    pub parties: &'a [(String, OrganizationId)],
    /// Today.
    pub today: NaiveDate,
    /// Whether the partnership is only proposed.
    pub founding: bool,
}

impl Setting<'_> {
    fn party(&self, path: &str, slug: &str) -> Result<OrganizationId, Refusal> {
        let found = self.parties.iter().find(|(known, _)| known == slug);
        let refused = || Refusal::of(path, ErrorCode::InvalidValue, "Only a party of the partnership can stand here.");
        found.map(|(_, id)| *id).ok_or_else(refused)
    }
}

impl Facts {
    /// The facts after `patch`.
    ///
    /// # Errors
    /// `REQUIRED` without a type, `INVALID_VALUE` for facts of a type that is not in the set, for an organization that is
    /// no party and for what contradicts itself, `INVALID_STATE` for what was promised already, `TOO_LONG`, `TOO_MANY`,
    /// `OUT_OF_RANGE`, `INVALID_FORMAT`.
    pub fn patched(&self, patch: FactsPatch, setting: Setting<'_>) -> Result<Self, Refusal> {
        let mut facts = self.clone();
        if let Some(types) = patch.types {
            facts.types = types.into_iter().collect();
        }
        if let Some(description) = patch.description {
            facts.description =
                check::optional_paragraph("input.description", description.as_deref(), DESCRIPTION_MAX)?;
        }
        if let Some(drafts) = patch.exchanges {
            facts.exchanges = exchanges(drafts, setting)?;
        }
        if let Some(drafts) = patch.roles {
            facts.roles = roles(drafts, setting)?;
        }
        if let Some(drafts) = patch.terms {
            facts.terms = terms(&self.terms, drafts, setting)?;
        }
        if let Some(aim) = patch.aim {
            facts.aim = check::optional_paragraph("input.strategic.aim", aim.as_deref(), DESCRIPTION_MAX)?;
        }
        facts.term_starts_on = patch.term_starts_on.unwrap_or(facts.term_starts_on);
        facts.term_ends_on = patch.term_ends_on.unwrap_or(facts.term_ends_on);
        facts.judge()?;
        Ok(facts)
    }

    /// The types that there are facts of.
    #[must_use]
    pub fn types_with_facts(&self) -> PartnerTypes {
        let strategic = self.aim.is_some() || self.term_starts_on.is_some() || self.term_ends_on.is_some();
        let found = [
            (PartnerType::Technology, !self.exchanges.is_empty()),
            (PartnerType::Channel, !self.roles.is_empty() || !self.terms.is_empty()),
            (PartnerType::Strategic, strategic),
        ];
        found.into_iter().filter(|(_, present)| *present).map(|(kind, _)| kind).collect()
    }

    fn judge(&self) -> Result<(), Refusal> {
        if self.types.is_empty() {
            return Err(Refusal::of("input.types", ErrorCode::Required, "A partnership has at least one type."));
        }
        let known: Vec<PartnerType> = self.types.iter().collect();
        if let Some(kind) = self.types_with_facts().iter().find(|kind| !known.contains(kind)) {
            let (path, name) = match kind {
                PartnerType::Technology => ("input.technology", "TECHNOLOGY"),
                PartnerType::Channel => ("input.channel", "CHANNEL"),
                PartnerType::Strategic => ("input.strategic", "STRATEGIC"),
            };
            let message =
                format!("There are facts of {name}, which is not among the types. Empty them or keep the type.");
            return Err(Refusal::of(path, ErrorCode::InvalidValue, message));
        }
        match (self.term_starts_on, self.term_ends_on) {
            (Some(starts), Some(ends)) if ends <= starts => {
                let message = "The term must end after it starts.";
                Err(Refusal::of("input.strategic.termEndsOn", ErrorCode::InvalidValue, message))
            }
            _ => Ok(()),
        }
    }
}

fn exchanges(drafts: Vec<ExchangeDraft>, setting: Setting<'_>) -> Result<Vec<Exchange>, Refusal> {
    check::at_most("input.technology.exchanges", drafts.len(), EXCHANGES_MAX)?;
    let mut exchanges = Vec::with_capacity(drafts.len());
    for (place, draft) in drafts.into_iter().enumerate() {
        let path = |field: &str| format!("input.technology.exchanges.{place}.{field}");
        let from = setting.party(&path("fromOrganization"), &draft.from)?;
        let to = setting.party(&path("toOrganization"), &draft.to)?;
        if from == to {
            let message = "An exchange goes from one party to another.";
            return Err(Refusal::of(&path("toOrganization"), ErrorCode::InvalidValue, message));
        }
        let description =
            check::optional_paragraph(&path("description"), draft.description.as_deref(), EXCHANGE_TEXT_MAX)?;
        exchanges.push(Exchange { what: draft.what, from, to, description });
    }
    Ok(exchanges)
}

fn roles(drafts: Vec<RoleDraft>, setting: Setting<'_>) -> Result<Vec<RolePart>, Refusal> {
    check::at_most("input.channel.roles", drafts.len(), ROLES_MAX)?;
    let mut roles: Vec<RolePart> = Vec::with_capacity(drafts.len());
    for (place, draft) in drafts.into_iter().enumerate() {
        let path = |field: &str| format!("input.channel.roles.{place}.{field}");
        let organization = setting.party(&path("organization"), &draft.organization)?;
        if roles.iter().any(|known| known.role == draft.role && known.organization == organization) {
            let message = "This party has this role already; put all its services there.";
            return Err(Refusal::of(&path("role"), ErrorCode::InvalidValue, message));
        }
        check::at_most(&path("services"), draft.services.len(), SERVICES_MAX)?;
        let mut services: Vec<String> = Vec::with_capacity(draft.services.len());
        for (number, service) in draft.services.iter().enumerate() {
            let service = check::line(&path(&format!("services.{number}")), service, SERVICE_MAX)?;
            if !services.contains(&service) {
                services.push(service);
            }
        }
        roles.push(RolePart { role: draft.role, organization, services });
    }
    // As they are read back, so that an unchanged list is recognized.
    roles.sort_by_key(|part| (part.organization, part.role));
    Ok(roles)
}

fn terms(before: &[Term], drafts: Vec<TermDraft>, setting: Setting<'_>) -> Result<Vec<Term>, Refusal> {
    check::at_most("input.channel.terms", drafts.len(), TERMS_MAX)?;
    let mut wanted = Vec::with_capacity(drafts.len());
    for (place, draft) in drafts.into_iter().enumerate() {
        let path = |field: &str| format!("input.channel.terms.{place}.{field}");
        wanted.push(Term {
            payee: setting.party(&path("payee"), &draft.payee)?,
            basis: draft.basis,
            currency: draft.currency,
            rate_basis_points: basis_points(&path("rate"), draft.rate)?,
            effective_from: draft.effective_from,
            effective_to: draft.effective_to,
        });
    }
    merge_terms(before, wanted, setting.today, setting.founding).map_err(term_refusal)
}

/// Hundredths of a percent.
fn basis_points(path: &str, rate: Decimal) -> Result<i32, Refusal> {
    if rate <= Decimal::ZERO || rate > Decimal::ONE_HUNDRED {
        return Err(Refusal::of(path, ErrorCode::OutOfRange, "A rate is more than 0 and at most 100 percent."));
    }
    let points = (rate * Decimal::ONE_HUNDRED).normalize();
    let whole = points.to_i32().filter(|_| points.scale() == 0);
    whole.ok_or_else(|| Refusal::of(path, ErrorCode::InvalidFormat, "A rate has at most two digits after the point."))
}

fn term_refusal(fault: TermFault) -> Refusal {
    let at = |place: usize, field: &str, code, message: &str| {
        Refusal::of(&format!("input.channel.terms.{place}.{field}"), code, message)
    };
    match fault {
        TermFault::Empty(place) => at(place, "effectiveTo", ErrorCode::InvalidValue, "A term ends after it begins."),
        TermFault::StartsInPast(place) => {
            at(place, "effectiveFrom", ErrorCode::InvalidValue, "A new term begins today at the earliest.")
        }
        TermFault::Overlap(place) => {
            let message = "Another term of the same payee and basis holds on some of these days.";
            at(place, "effectiveFrom", ErrorCode::InvalidValue, message)
        }
        TermFault::BegunChanged(place) => {
            at(place, "rate", ErrorCode::InvalidState, "A term that has begun changes its end only.")
        }
        TermFault::EndInPast(place) => {
            let message = "A term that has begun ends today at the earliest, and one that has ended stays so.";
            at(place, "effectiveTo", ErrorCode::InvalidState, message)
        }
        TermFault::BegunMissing => {
            let message = "A term that has begun is missing from the list. It cannot be removed; set its end.";
            Refusal::of("input.channel.terms", ErrorCode::InvalidState, message)
        }
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
