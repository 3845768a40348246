//! What is said of a lead, and its bounds.

use super::{COMPANY_NAME_MAX, INTERACTIONS, Industry, LINE_MAX, Lead, LeadQualification, LeadReadiness, PROBLEM_MAX};
use crate::{
    contact::model::{ContactDraft, ContactPatch},
    op::{ErrorCode, Refusal, check},
};
use chrono::{NaiveDate, TimeDelta};
use serde::Serialize;

/// An optional text of a patch: an outer `None` leaves it, an inner one empties it.
pub type Text = Option<Option<String>>;

/// The company that a lead is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CompanyDraft {
    /// The name.
    pub name: String,
    /// The website, a valid address.
    pub website: Option<String>,
    /// The country, ISO 3166-1 alpha-2.
    pub country_code: Option<String>,
    /// What it does.
    pub industry: Option<Industry>,
}

/// A change of the company. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CompanyPatch {
    /// The name.
    pub name: Option<String>,
    /// The website.
    pub website: Text,
    /// The country.
    pub country_code: Text,
    /// What it does.
    pub industry: Option<Option<Industry>>,
}

/// Something that went on between the sender and the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InteractionDraft {
    /// Where it came from.
    pub source: String,
    /// The day.
    pub occurred_on: NaiveDate,
    /// What the company would use.
    pub use_case: Option<String>,
    /// What the company did.
    pub customer_action: Option<String>,
    /// What the company wants solved.
    pub business_problem: Option<String>,
}

/// To whom a lead goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sending {
    /// The slug of the receiver that is asked now.
    pub receiver: String,
    /// The slugs of those that are asked after it, in their order.
    pub fallbacks: Vec<String>,
    /// Days that each has for its answer.
    pub answer_days: Option<i32>,
}

/// A lead to be written down, and sent where a receiver is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewLead {
    /// The company.
    pub company: CompanyDraft,
    /// Whom to speak to there.
    pub contact: Option<ContactDraft>,
    /// What went on, 1 to 10.
    pub interactions: Vec<InteractionDraft>,
    /// How ready the company is.
    pub readiness: LeadReadiness,
    /// What was found out.
    pub qualification: LeadQualification,
    /// The slug of the receiver that is asked now; none where the lead is kept for later.
    pub receiver: Option<String>,
    /// The slugs of those that are asked after it.
    pub fallbacks: Vec<String>,
    /// Days that each has for its answer.
    pub answer_days: Option<i32>,
}

impl NewLead {
    /// To whom it goes at once, if to anybody.
    ///
    /// # Errors
    /// [`ErrorCode::Required`] where a way is described that has no beginning.
    pub fn sending(&self) -> Result<Option<Sending>, Refusal> {
        match &self.receiver {
            Some(receiver) => Ok(Some(Sending {
                receiver: receiver.clone(),
                fallbacks: self.fallbacks.clone(),
                answer_days: self.answer_days,
            })),
            None if self.fallbacks.is_empty() && self.answer_days.is_none() => Ok(None),
            None => {
                let message =
                    "Say who is asked first. A lead that is kept for later gets its receivers when it is sent.";
                Err(Refusal::of("input.receiver", ErrorCode::Required, message))
            }
        }
    }
}

/// What a lead says, tidied and within its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The company.
    pub company: CompanyDraft,
    /// What went on.
    pub interactions: Vec<InteractionDraft>,
    /// How ready the company is.
    pub readiness: LeadReadiness,
    /// What was found out.
    pub qualification: LeadQualification,
}

/// A change of a lead. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadPatch {
    /// The company.
    pub company: Option<CompanyPatch>,
    /// Whom to speak to there.
    pub contact: Option<Option<ContactPatch>>,
    /// All that went on.
    pub interactions: Option<Vec<InteractionDraft>>,
    /// How ready the company is.
    pub readiness: Option<LeadReadiness>,
    /// What was found out.
    pub qualification: Option<LeadQualification>,
}

impl LeadPatch {
    /// Whether it changes only how the company is judged, which the receiver does too.
    #[must_use]
    pub fn only_judges(&self) -> bool {
        self.company.is_none() && self.contact.is_none() && self.interactions.is_none()
    }
}

/// What a change of a lead writes into its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The company.
    pub company: CompanyDraft,
    /// How ready it is.
    pub readiness: LeadReadiness,
    /// What was found out.
    pub qualification: LeadQualification,
}

/// The content of a new lead with its texts tidied.
///
/// # Errors
/// [`ErrorCode::Required`], [`ErrorCode::TooLong`], [`ErrorCode::TooMany`], [`ErrorCode::OutOfRange`].
pub fn checked(new: &NewLead, today: NaiveDate) -> Result<Content, Refusal> {
    Ok(Content {
        company: checked_company(new.company.clone())?,
        interactions: checked_interactions(&new.interactions, today)?,
        readiness: new.readiness,
        qualification: new.qualification,
    })
}

/// A company with its texts tidied.
///
/// # Errors
/// [`ErrorCode::Required`] and [`ErrorCode::TooLong`].
pub fn checked_company(company: CompanyDraft) -> Result<CompanyDraft, Refusal> {
    Ok(CompanyDraft { name: check::line("input.company.name", &company.name, COMPANY_NAME_MAX)?, ..company })
}

/// The company of a lead as a patch leaves it.
///
/// # Errors
/// As [`checked_company`].
pub fn patched_company(lead: &Lead, patch: Option<CompanyPatch>) -> Result<CompanyDraft, Refusal> {
    let patch = patch.unwrap_or_default();
    checked_company(CompanyDraft {
        name: patch.name.unwrap_or_else(|| lead.company_name.clone()),
        website: patch.website.unwrap_or_else(|| lead.website.clone()),
        country_code: patch.country_code.unwrap_or_else(|| lead.country_code.clone()),
        industry: patch.industry.unwrap_or(lead.industry),
    })
}

/// Interactions with their texts tidied: 1 to 10, none of them after tomorrow, which it already is somewhere.
///
/// # Errors
/// [`ErrorCode::Required`], [`ErrorCode::TooLong`], [`ErrorCode::TooMany`], [`ErrorCode::OutOfRange`].
pub fn checked_interactions(list: &[InteractionDraft], today: NaiveDate) -> Result<Vec<InteractionDraft>, Refusal> {
    let path = "input.interactions";
    if list.is_empty() {
        return Err(Refusal::of(path, ErrorCode::Required, "A lead tells of at least one interaction."));
    }
    check::at_most(path, list.len(), *INTERACTIONS.end())?;
    let latest = today + TimeDelta::days(1);
    let checked = |(index, draft): (usize, &InteractionDraft)| {
        let at = |field: &str| format!("{path}.{index}.{field}");
        if draft.occurred_on > latest {
            let message = "An interaction lies in the past.";
            return Err(Refusal::of(&at("occurredOn"), ErrorCode::OutOfRange, message));
        }
        Ok(InteractionDraft {
            source: check::line(&at("source"), &draft.source, LINE_MAX)?,
            occurred_on: draft.occurred_on,
            use_case: check::optional_line(&at("useCase"), draft.use_case.as_deref(), LINE_MAX)?,
            customer_action: check::optional_line(&at("customerAction"), draft.customer_action.as_deref(), LINE_MAX)?,
            business_problem: check::optional_paragraph(
                &at("businessProblem"),
                draft.business_problem.as_deref(),
                PROBLEM_MAX,
            )?,
        })
    };
    list.iter().enumerate().map(checked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interaction(day: u32) -> InteractionDraft {
        InteractionDraft {
            source: " Fair ".to_owned(),
            occurred_on: NaiveDate::from_ymd_opt(2026, 11, day).unwrap(),
            use_case: Some("  ".to_owned()),
            customer_action: None,
            business_problem: None,
        }
    }

    #[test]
    fn interactions_are_bounded_and_tidied() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        let code = |list: &[InteractionDraft]| checked_interactions(list, today).err().map(|refusal| refusal.code);
        assert_eq!(code(&[]), Some(ErrorCode::Required));
        assert_eq!(code(&vec![interaction(1); 10]), None);
        assert_eq!(code(&vec![interaction(1); 11]), Some(ErrorCode::TooMany));
        assert_eq!(code(&[interaction(3)]), None);
        assert_eq!(code(&[interaction(4)]), Some(ErrorCode::OutOfRange));
        let tidy = checked_interactions(&[interaction(1)], today).unwrap();
        assert_eq!((tidy[0].source.as_str(), &tidy[0].use_case), ("Fair", &None));
    }
}
