//! The content of an opportunity: its parts, their bounds, and how a change is applied.

use super::{
    ContentPatch, Involvement, Opportunity, OpportunityField, OpportunityOrigin, OpportunityStage, OpportunityType,
    ReviewStatus, duns, is_open, name_key, registrable_domain,
};
use crate::{
    op::{ErrorCode, Refusal, check},
    text::sort_key,
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{id::OpportunityId, id::OrganizationId, words::Words};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use uuid::Uuid;

/// Characters of a title at most.
pub const TITLE_MAX: usize = 255;
/// Characters of a customer's name at most.
pub const CUSTOMER_NAME_MAX: usize = 120;
/// Characters of a contact's job at most.
pub const CONTACT_TITLE_MAX: usize = 80;
/// Characters of the business problem and of the use case at most.
pub const TEXT_MAX: usize = 2_000;
/// Characters of an external id at most.
pub const EXTERNAL_ID_MAX: usize = 255;
/// Minor units of an amount at most: ten trillion with two digits after the point. More is a slip.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000_000;
/// Months of a contract.
pub const CONTRACT_MONTHS: RangeInclusive<i32> = 1..=144;
/// Competitors at most.
pub const COMPETITORS_MAX: usize = 10;
/// Characters of a competitor's name at most.
pub const COMPETITOR_MAX: usize = 100;
/// Listings at most.
pub const LISTINGS_MAX: usize = 10;

/// A listing that an opportunity is about, by slugs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingRef {
    /// The listing.
    pub listing: String,
    /// The other end, where an integration of the two is sold.
    pub integrates_with: Option<String>,
}

/// A part of the content that can be changed by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Part {
    /// The title.
    Title,
    /// The customer's name.
    CustomerName,
    /// The customer's website.
    CustomerWebsite,
    /// The customer's country.
    CustomerCountry,
    /// What the customer does.
    CustomerIndustry,
    /// The customer's DUNS number.
    CustomerDuns,
    /// The job of the person whom the owner talks to.
    ContactTitle,
    /// What the customer wants solved.
    BusinessProblem,
    /// How it is solved.
    UseCase,
    /// How the solution comes to the customer.
    DeliveryModels,
    /// What it is worth.
    ExpectedAmount,
    /// How often that is paid.
    ExpectedFrequency,
    /// How long the contract runs.
    ContractMonths,
    /// How likely it is.
    Probability,
    /// What kind of business it is.
    Type,
    /// Who found it.
    Origin,
    /// What the owner wants of the others.
    Involvement,
    /// Whether only named people see it.
    Confidential,
    /// When the owner expects to close.
    TargetCloseDate,
    /// What the owner asks for.
    HelpRequested,
    /// Who else wants the deal.
    Competitors,
    /// The id in the owner's CRM.
    ExternalId,
    /// Whether the participants do not see each other.
    HidesParticipants,
    /// What is sold.
    Listings,
}

impl Part {
    /// Whether whoever sees these fields sees the part. The frame of a deal goes with every share; the owner's own
    /// bookkeeping with none.
    #[must_use]
    pub fn is_shared(self, fields: i32) -> bool {
        use entity::flags::Flag;
        let field = match self {
            Self::Title | Self::Type | Self::Origin | Self::Involvement | Self::Confidential => return true,
            Self::ExternalId | Self::HidesParticipants => return false,
            Self::CustomerName
            | Self::CustomerWebsite
            | Self::CustomerCountry
            | Self::CustomerIndustry
            | Self::CustomerDuns => OpportunityField::Company,
            Self::ContactTitle => OpportunityField::ContactTitle,
            Self::BusinessProblem => OpportunityField::BusinessProblem,
            Self::UseCase => OpportunityField::UseCase,
            Self::DeliveryModels => OpportunityField::DeliveryModels,
            Self::ExpectedAmount | Self::ExpectedFrequency | Self::ContractMonths | Self::Probability => {
                OpportunityField::ExpectedAmount
            }
            Self::TargetCloseDate => OpportunityField::TargetCloseDate,
            Self::HelpRequested => OpportunityField::HelpRequested,
            Self::Competitors => OpportunityField::Competitors,
            Self::Listings => OpportunityField::Listings,
        };
        fields & field.bit() != 0
    }
}

/// An opportunity with nothing in it, to apply a first change to.
#[must_use]
pub fn blank(id: OpportunityId, now: DateTime<Utc>) -> Opportunity {
    Opportunity {
        id,
        owner_organization_id: OrganizationId(Uuid::nil()),
        title: String::new(),
        customer_name: String::new(),
        customer_sort_name: String::new(),
        customer_name_key: String::new(),
        customer_website: None,
        customer_domain: None,
        customer_country: None,
        customer_industry: None,
        customer_duns: None,
        contact_title: None,
        business_problem: None,
        use_case: None,
        delivery_models: 0,
        expected_amount_minor: None,
        expected_currency: None,
        expected_frequency: None,
        contract_months: None,
        stage: OpportunityStage::Prospect,
        probability: None,
        kind: OpportunityType::NetNew,
        origin: OpportunityOrigin::PartnerReferral,
        involvement: Involvement::CoSell,
        confidential: false,
        target_close_date: None,
        closes_ascending: day_last(),
        closes_descending: day_first(),
        help_requested: 0,
        competitors: Words::default(),
        loss_reason: None,
        external_id: None,
        hides_participants: false,
        program_id: None,
        host_organization_id: None,
        review_status: ReviewStatus::PendingSubmission,
        review_reason: None,
        review_comment: None,
        submitted_at: None,
        reviewed_at: None,
        archived_at: None,
        created_at: now,
        updated_at: now,
        revision: 1,
    }
}

// An unknown day is last in both directions. Both databases' days and ours reach these years.
fn day_last() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

fn day_first() -> NaiveDate {
    NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(NaiveDate::MIN)
}

/// Sets the owner's day, with the columns that lists are sorted by.
pub fn set_close_date(opportunity: &mut Opportunity, day: Option<NaiveDate>) {
    opportunity.target_close_date = day;
    opportunity.closes_ascending = day.unwrap_or_else(day_last);
    opportunity.closes_descending = day.unwrap_or_else(day_first);
}

/// The day on which somebody expects to close, which for an open deal lies not in the past.
///
/// # Errors
/// [`ErrorCode::OutOfRange`].
pub fn close_date(day: Option<NaiveDate>, stage: OpportunityStage, today: NaiveDate) -> Result<(), Refusal> {
    match day {
        Some(day) if day < today && is_open(stage) => {
            let message = "An open deal closes today or later.";
            Err(Refusal::of("input.targetCloseDate", ErrorCode::OutOfRange, message))
        }
        _ => Ok(()),
    }
}

/// The opportunity with a change applied, all of it checked. Listings are not part of the row: they are looked up by the
/// service.
///
/// # Errors
/// [`ErrorCode::Required`], [`ErrorCode::TooLong`], [`ErrorCode::TooMany`], [`ErrorCode::OutOfRange`],
/// [`ErrorCode::InvalidFormat`], [`ErrorCode::InvalidValue`] for what does not fit together.
pub fn apply(before: &Opportunity, patch: &ContentPatch, today: NaiveDate) -> Result<Opportunity, Refusal> {
    let mut after = before.clone();
    if let Some(title) = &patch.title {
        after.title = check::line("input.title", title, TITLE_MAX)?;
    }
    apply_customer(&mut after, patch)?;
    apply_texts(&mut after, patch)?;
    apply_worth(&mut after, patch)?;
    if let Some(models) = patch.delivery_models {
        after.delivery_models = models;
    }
    if let Some(help) = patch.help_requested {
        after.help_requested = help;
    }
    if let Some(competitors) = &patch.competitors {
        check::at_most("input.competitors", competitors.len(), COMPETITORS_MAX)?;
        let name = |name: &String| check::line("input.competitors", name, COMPETITOR_MAX);
        after.competitors = Words(competitors.iter().map(name).collect::<Result<_, _>>()?);
    }
    if let Some(day) = patch.target_close_date {
        // One that has passed since may stay where it is.
        if day != before.target_close_date {
            close_date(day, before.stage, today)?;
        }
        set_close_date(&mut after, day);
    }
    after.kind = patch.kind.unwrap_or(after.kind);
    after.origin = patch.origin.unwrap_or(after.origin);
    after.involvement = patch.involvement.unwrap_or(after.involvement);
    after.confidential = patch.confidential.unwrap_or(after.confidential);
    after.hides_participants = patch.hides_participants.unwrap_or(after.hides_participants);
    if after.confidential && after.review_status != ReviewStatus::PendingSubmission {
        let message = "What was submitted to a program is seen by its host, so it cannot be confidential.";
        return Err(Refusal::of("input.confidential", ErrorCode::InvalidState, message));
    }
    Ok(after)
}

fn apply_customer(after: &mut Opportunity, patch: &ContentPatch) -> Result<(), Refusal> {
    if let Some(name) = &patch.customer_name {
        after.customer_name = check::line("input.customer.name", name, CUSTOMER_NAME_MAX)?;
        after.customer_sort_name = sort_key(&after.customer_name);
        after.customer_name_key = name_key(&after.customer_name);
    }
    if let Some(website) = &patch.customer_website {
        after.customer_domain = website.as_deref().and_then(registrable_domain);
        after.customer_website = website.clone();
    }
    if let Some(country) = &patch.customer_country {
        after.customer_country = country.clone();
    }
    if let Some(industry) = patch.customer_industry {
        after.customer_industry = industry;
    }
    if let Some(number) = &patch.customer_duns {
        after.customer_duns = number.as_deref().map(|number| duns("input.customer.duns", number)).transpose()?;
    }
    Ok(())
}

fn apply_texts(after: &mut Opportunity, patch: &ContentPatch) -> Result<(), Refusal> {
    if let Some(title) = &patch.contact_title {
        after.contact_title = check::optional_line("input.contactTitle", title.as_deref(), CONTACT_TITLE_MAX)?;
    }
    if let Some(problem) = &patch.business_problem {
        after.business_problem = check::optional_paragraph("input.businessProblem", problem.as_deref(), TEXT_MAX)?;
    }
    if let Some(use_case) = &patch.use_case {
        after.use_case = check::optional_paragraph("input.useCase", use_case.as_deref(), TEXT_MAX)?;
    }
    if let Some(external_id) = &patch.external_id {
        after.external_id = check::optional_line("input.externalId", external_id.as_deref(), EXTERNAL_ID_MAX)?;
    }
    Ok(())
}

fn apply_worth(after: &mut Opportunity, patch: &ContentPatch) -> Result<(), Refusal> {
    if let Some(amount) = &patch.expected_amount {
        if let Some(amount) = amount {
            check::within("input.expectedAmount", amount.minor, &(0..=AMOUNT_MAX)).map_err(|refusal| Refusal {
                message: "Not negative, and not over ten trillion.".to_owned(),
                ..refusal
            })?;
        }
        after.expected_amount_minor = amount.as_ref().map(|amount| amount.minor);
        after.expected_currency = amount.as_ref().map(|amount| amount.currency.clone());
    }
    if let Some(frequency) = patch.expected_frequency {
        after.expected_frequency = frequency;
    }
    if let Some(months) = patch.contract_months {
        after.contract_months =
            months.map(|months| check::within("input.contractMonths", months, &CONTRACT_MONTHS)).transpose()?;
    }
    if let Some(percent) = patch.probability {
        after.probability =
            percent.map(|percent| check::within("input.probability", percent, &(0..=100))).transpose()?;
    }
    // How often what is paid: one without the other says nothing.
    if after.expected_frequency.is_some() && after.expected_amount_minor.is_none() {
        let message = "A frequency needs an amount.";
        return Err(Refusal::of("input.expectedFrequency", ErrorCode::InvalidValue, message));
    }
    Ok(())
}

/// The parts in which two states of an opportunity's row differ.
#[must_use]
pub fn changed_parts(before: &Opportunity, after: &Opportunity) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut differs = |part: Part, differs: bool| {
        if differs {
            parts.push(part);
        }
    };
    differs(Part::Title, before.title != after.title);
    differs(Part::CustomerName, before.customer_name != after.customer_name);
    differs(Part::CustomerWebsite, before.customer_website != after.customer_website);
    differs(Part::CustomerCountry, before.customer_country != after.customer_country);
    differs(Part::CustomerIndustry, before.customer_industry != after.customer_industry);
    differs(Part::CustomerDuns, before.customer_duns != after.customer_duns);
    differs(Part::ContactTitle, before.contact_title != after.contact_title);
    differs(Part::BusinessProblem, before.business_problem != after.business_problem);
    differs(Part::UseCase, before.use_case != after.use_case);
    differs(Part::DeliveryModels, before.delivery_models != after.delivery_models);
    let amount = |row: &Opportunity| (row.expected_amount_minor, row.expected_currency.clone());
    differs(Part::ExpectedAmount, amount(before) != amount(after));
    differs(Part::ExpectedFrequency, before.expected_frequency != after.expected_frequency);
    differs(Part::ContractMonths, before.contract_months != after.contract_months);
    differs(Part::Probability, before.probability != after.probability);
    differs(Part::Type, before.kind != after.kind);
    differs(Part::Origin, before.origin != after.origin);
    differs(Part::Involvement, before.involvement != after.involvement);
    differs(Part::Confidential, before.confidential != after.confidential);
    differs(Part::TargetCloseDate, before.target_close_date != after.target_close_date);
    differs(Part::HelpRequested, before.help_requested != after.help_requested);
    differs(Part::Competitors, before.competitors != after.competitors);
    differs(Part::ExternalId, before.external_id != after.external_id);
    differs(Part::HidesParticipants, before.hides_participants != after.hides_participants);
    parts
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
