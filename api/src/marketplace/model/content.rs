//! What a listing says, as a change of it: the same value is an edit of a draft and the proposal of a reviewed change.

use crate::op::{Failure, check};
use chrono::NaiveDate;
use entity::{
    id::ListingId,
    listing::{ListingKind, ListingVisibility},
};
use serde::{Deserialize, Deserializer, Serialize};

/// Characters of a listing's name at most, and of the name at the other end of an integration.
pub const NAME_MAX: usize = 200;
/// Characters of a summary at most.
const SUMMARY_MAX: usize = 255;
/// Characters of a description at most.
const DESCRIPTION_MAX: usize = 32_768;
/// Characters of a use case at most.
const USE_CASE_MAX: usize = 8_000;
/// Characters of a highlight at most.
const HIGHLIGHT_MAX: usize = 255;
/// Characters of a tag, a persona or a maturity at most.
const WORD_MAX: usize = 80;
/// Highlights at most.
pub const HIGHLIGHTS_MAX: usize = 10;
/// Tags at most, and personas.
pub const TAGS_MAX: usize = 30;
/// Categories of a listing at most.
pub const CATEGORIES_MAX: usize = 30;
/// Organizations that a limited listing names, at most.
pub const AUDIENCE_MAX: usize = 100;
/// Integrations of a listing at most.
pub const INTEGRATIONS_MAX: usize = 200;
/// Characters of a category's name at most.
pub const CATEGORY_NAME_MAX: usize = 80;
/// Categories directly under one category at most.
pub const CHILDREN_MAX: u64 = 200;
/// Characters of a reason at most.
pub const REASON_MAX: usize = 1_000;
/// Characters of a review's title at most.
pub const TITLE_MAX: usize = 120;
/// Characters of a review's text at most.
pub const BODY_MAX: usize = 4_000;

/// The other end of an integration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IntegrationEnd {
    /// A listing.
    Listing(ListingId),
    /// A name, which may be that of a listing.
    Name(String),
}

/// A change of what a listing says. `None` leaves a value, an inner `None` empties it. Categories and organizations are
/// slugs, which never change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListingPatch {
    /// The display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ListingKind>,
    /// Who finds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<ListingVisibility>,
    /// One or two sentences.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub summary: Option<Option<String>>,
    /// The whole text.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub description: Option<Option<String>>,
    /// What it is used for.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub use_case: Option<Option<String>>,
    /// Its site.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub website_url: Option<Option<String>>,
    /// Its source.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub repo_url: Option<Option<String>>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub logo_url: Option<Option<String>>,
    /// A set of pricing models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing_models: Option<i32>,
    /// What is best about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highlights: Option<Vec<String>>,
    /// Words to find it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Whom it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personas: Option<Vec<String>>,
    /// Whether its source is open.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub open_source: Option<Option<bool>>,
    /// Its stage.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub maturity: Option<Option<String>>,
    /// When a foundation took it in.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub accepted_on: Option<Option<NaiveDate>>,
    /// All its categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<String>>,
    /// All organizations that find it while it is limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<Vec<String>>,
    /// All it integrates with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrations: Option<Vec<IntegrationEnd>>,
}

/// A field that is there, null included; one that is not there never comes here.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// The same change with its texts tidied and its bounds checked.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG`, `TOO_MANY`.
pub fn checked(mut patch: ListingPatch) -> Result<ListingPatch, Failure> {
    if let Some(name) = &mut patch.name {
        *name = check::line("input.name", name, NAME_MAX)?;
    }
    tidy("input.summary", &mut patch.summary, SUMMARY_MAX, check::optional_line)?;
    tidy("input.description", &mut patch.description, DESCRIPTION_MAX, check::optional_paragraph)?;
    tidy("input.useCase", &mut patch.use_case, USE_CASE_MAX, check::optional_paragraph)?;
    tidy("input.maturity", &mut patch.maturity, WORD_MAX, check::optional_line)?;
    tidy_each("input.highlights", &mut patch.highlights, HIGHLIGHTS_MAX, HIGHLIGHT_MAX)?;
    tidy_each("input.tags", &mut patch.tags, TAGS_MAX, WORD_MAX)?;
    tidy_each("input.personas", &mut patch.personas, TAGS_MAX, WORD_MAX)?;
    distinct("input.categories", &mut patch.categories, CATEGORIES_MAX)?;
    distinct("input.audience", &mut patch.audience, AUDIENCE_MAX)?;
    if let Some(ends) = &mut patch.integrations {
        for (place, end) in ends.iter_mut().enumerate() {
            if let IntegrationEnd::Name(name) = end {
                *name = check::line(&format!("input.integrations.{place}.name"), name, NAME_MAX)?;
            }
        }
    }
    distinct("input.integrations", &mut patch.integrations, INTEGRATIONS_MAX)?;
    Ok(patch)
}

type CheckText = fn(&str, Option<&str>, usize) -> Result<Option<String>, crate::op::Refusal>;

fn tidy(path: &str, text: &mut Option<Option<String>>, max: usize, check: CheckText) -> Result<(), Failure> {
    if let Some(text) = text {
        *text = check(path, text.as_deref(), max)?;
    }
    Ok(())
}

fn tidy_each(path: &str, lines: &mut Option<Vec<String>>, most: usize, max: usize) -> Result<(), Failure> {
    let Some(lines) = lines else { return Ok(()) };
    check::at_most(path, lines.len(), most)?;
    for (place, line) in lines.iter_mut().enumerate() {
        *line = check::line(&format!("{path}.{place}"), line, max)?;
    }
    without_repetition(lines);
    Ok(())
}

fn distinct<T: PartialEq>(path: &str, entries: &mut Option<Vec<T>>, most: usize) -> Result<(), Failure> {
    let Some(entries) = entries else { return Ok(()) };
    check::at_most(path, entries.len(), most)?;
    without_repetition(entries);
    Ok(())
}

/// Keeps the first of equal entries. The lists are short, so that a search in each is cheap.
fn without_repetition<T: PartialEq>(entries: &mut Vec<T>) {
    let mut kept: Vec<T> = Vec::with_capacity(entries.len());
    for entry in entries.drain(..) {
        if !kept.contains(&entry) {
            kept.push(entry);
        }
    }
    *entries = kept;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::ErrorCode;

    fn refused(patch: ListingPatch) -> (String, ErrorCode) {
        let Failure::Refused(refusals) = checked(patch).unwrap_err() else { unreachable!("only refusals") };
        (refusals[0].field.join("."), refusals[0].code)
    }

    #[test]
    fn absent_null_and_value_read_back_from_json() {
        let patch = ListingPatch {
            name: Some("A".to_owned()),
            summary: Some(None),
            use_case: Some(Some("B".to_owned())),
            integrations: Some(vec![IntegrationEnd::Name("C".to_owned())]),
            ..ListingPatch::default()
        };
        let json = serde_json::to_value(&patch).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"name": "A", "summary": null, "useCase": "B", "integrations": [{"name": "C"}]})
        );
        assert_eq!(serde_json::from_value::<ListingPatch>(json).unwrap(), patch);
    }

    #[test]
    fn texts_are_tidied_and_lists_lose_repetitions() {
        let patch = ListingPatch {
            name: Some("  A   B ".to_owned()),
            summary: Some(Some("  ".to_owned())),
            tags: Some(vec!["x".to_owned(), " x ".to_owned(), "y".to_owned()]),
            ..ListingPatch::default()
        };
        let tidy = checked(patch).unwrap();
        assert_eq!(tidy.name.as_deref(), Some("A B"));
        assert_eq!(tidy.summary, Some(None));
        assert_eq!(tidy.tags, Some(vec!["x".to_owned(), "y".to_owned()]));
        assert_eq!(tidy.description, None);
    }

    #[test]
    fn bounds_name_the_field() {
        let long = |length| Some(Some("x".repeat(length)));
        let some = ListingPatch::default;
        assert_eq!(
            refused(ListingPatch { name: Some(" ".to_owned()), ..some() }),
            ("input.name".to_owned(), ErrorCode::Required)
        );
        assert_eq!(
            refused(ListingPatch { summary: long(256), ..some() }),
            ("input.summary".to_owned(), ErrorCode::TooLong)
        );
        assert!(checked(ListingPatch { summary: long(255), description: long(32_768), ..some() }).is_ok());
        let many = |count: usize| Some((0..count).map(|n| n.to_string()).collect::<Vec<_>>());
        assert_eq!(
            refused(ListingPatch { highlights: many(11), ..some() }),
            ("input.highlights".to_owned(), ErrorCode::TooMany)
        );
        assert_eq!(
            refused(ListingPatch { categories: many(31), ..some() }),
            ("input.categories".to_owned(), ErrorCode::TooMany)
        );
        let blank = vec![IntegrationEnd::Name("a".to_owned()), IntegrationEnd::Name(" ".to_owned())];
        assert_eq!(
            refused(ListingPatch { integrations: Some(blank), ..some() }),
            ("input.integrations.1.name".to_owned(), ErrorCode::Required)
        );
    }
}
