//! The public profile: its texts by locale, and what an edit makes of it.

use super::locale::{self, TextDirection};
use crate::{
    op::{ErrorCode, Refusal, check},
    text::web_url,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Characters of a headline at most.
pub const HEADLINE_MAX: usize = 160;
/// Characters of a description at most.
pub const DESCRIPTION_MAX: usize = 2_000;
/// Locales at most: the source and 20 others.
pub const LOCALES_MAX: usize = 21;

/// A profile. As JSON it is what a profile change proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The locale that the others were translated from; one of `texts` unless there are none.
    pub source_locale: String,
    /// The public website.
    pub website_url: Option<String>,
    /// The logo.
    pub logo_url: Option<String>,
    /// The texts by locale.
    pub texts: BTreeMap<String, ProfileText>,
}

/// The texts of a profile in one locale; at least one of them is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileText {
    /// One line.
    pub headline: Option<String>,
    /// Several lines.
    pub description: Option<String>,
}

/// An edit of a profile. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfilePatch {
    /// The source locale; needed for the first profile.
    pub source_locale: Option<String>,
    /// The public website.
    pub website_url: Option<Option<String>>,
    /// The logo.
    pub logo_url: Option<Option<String>>,
    /// All texts.
    pub texts: Option<Vec<ProfileTextPatch>>,
}

/// The texts of one locale in an edit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileTextPatch {
    /// The locale.
    pub locale: String,
    /// One line.
    pub headline: Option<String>,
    /// Several lines.
    pub description: Option<String>,
}

impl Profile {
    /// The locale that suits a reader who wants one of `wanted`, best first; the source locale where none does.
    #[must_use]
    pub fn locale_for(&self, wanted: impl IntoIterator<Item = impl AsRef<str>>) -> &str {
        let available: Vec<&str> = self.texts.keys().map(String::as_str).collect();
        locale::choose(wanted, &available).unwrap_or(&self.source_locale)
    }

    /// Which way the texts of a locale run.
    #[must_use]
    pub fn direction(locale: &str) -> TextDirection {
        locale::direction(locale)
    }
}

/// What an edit makes of `base`, checked as a whole.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG`, `TOO_MANY`, `INVALID_FORMAT`, `INVALID_VALUE`, each at the field to blame.
pub fn merge(base: Option<Profile>, patch: ProfilePatch) -> Result<Profile, Refusal> {
    let source = match (patch.source_locale, &base) {
        (Some(tag), _) => tag_at("input.sourceLocale", &tag)?,
        (None, Some(base)) => base.source_locale.clone(),
        (None, None) => {
            let message = "The first profile needs a source locale.";
            return Err(Refusal::of("input.sourceLocale", ErrorCode::Required, message));
        }
    };
    let (website, logo, texts) = base.map(|base| (base.website_url, base.logo_url, base.texts)).unwrap_or_default();
    let texts = patch.texts.map_or(Ok(texts), checked_texts)?;
    if !texts.is_empty() && !texts.contains_key(&source) {
        let message = "The texts must include one in the source locale.";
        return Err(Refusal::of("input.texts", ErrorCode::Required, message));
    }
    Ok(Profile {
        source_locale: source,
        website_url: patch.website_url.map_or(Ok(website), |url| address("input.websiteUrl", url))?,
        logo_url: patch.logo_url.map_or(Ok(logo), |url| address("input.logoUrl", url))?,
        texts,
    })
}

fn checked_texts(texts: Vec<ProfileTextPatch>) -> Result<BTreeMap<String, ProfileText>, Refusal> {
    check::at_most("input.texts", texts.len(), LOCALES_MAX)?;
    let mut checked = BTreeMap::new();
    for (at, text) in texts.into_iter().enumerate() {
        let path = format!("input.texts.{at}");
        let tag = tag_at(&format!("{path}.locale"), &text.locale)?;
        let headline = check::optional_line(&format!("{path}.headline"), text.headline.as_deref(), HEADLINE_MAX)?;
        let description =
            check::optional_paragraph(&format!("{path}.description"), text.description.as_deref(), DESCRIPTION_MAX)?;
        if headline.is_none() && description.is_none() {
            return Err(Refusal::of(&path, ErrorCode::Required, "A headline or a description is needed."));
        }
        if checked.insert(tag, ProfileText { headline, description }).is_some() {
            let message = "There is another text in this locale.";
            return Err(Refusal::of(&format!("{path}.locale"), ErrorCode::InvalidValue, message));
        }
    }
    Ok(checked)
}

fn tag_at(path: &str, tag: &str) -> Result<String, Refusal> {
    locale::canonical(tag.trim()).ok_or_else(|| {
        Refusal::of(path, ErrorCode::InvalidFormat, "Expected a language tag as in BCP 47, for example `pt-BR`.")
    })
}

fn address(path: &str, url: Option<String>) -> Result<Option<String>, Refusal> {
    let checked = url.map(|url| web_url(&url)).transpose();
    checked.map_err(|fault| Refusal::of(path, ErrorCode::InvalidFormat, format!("Not usable: {fault}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(locale: &str, headline: &str) -> ProfileTextPatch {
        ProfileTextPatch { locale: locale.into(), headline: Some(headline.into()), description: None }
    }

    fn first(texts: Vec<ProfileTextPatch>) -> Result<Profile, Refusal> {
        merge(None, ProfilePatch { source_locale: Some("EN".into()), texts: Some(texts), ..ProfilePatch::default() })
    }

    #[test]
    fn what_is_left_out_stays_and_null_empties() {
        let base = first(vec![text("en", "Hello"), text("ar", "مرحبا")]).unwrap();
        let with_url =
            ProfilePatch { website_url: Some(Some("https://acme.example".into())), ..ProfilePatch::default() };
        let edited = merge(Some(base.clone()), with_url).unwrap();
        assert_eq!(edited.website_url.as_deref(), Some("https://acme.example"));
        assert_eq!(edited.texts, base.texts);
        let emptied = ProfilePatch { website_url: Some(None), texts: Some(vec![]), ..ProfilePatch::default() };
        let bare = merge(Some(edited), emptied).unwrap();
        assert_eq!((bare.website_url, bare.texts.len()), (None, 0));
    }

    #[test]
    fn an_edit_is_refused_at_the_field_to_blame() {
        let code = |result: Result<Profile, Refusal>| result.map_err(|refusal| (refusal.field.join("."), refusal.code));
        let refused = |field: &str, code| Err((field.to_owned(), code));
        assert_eq!(code(merge(None, ProfilePatch::default())), refused("input.sourceLocale", ErrorCode::Required));
        assert_eq!(code(first(vec![text("de", "Hallo")])), refused("input.texts", ErrorCode::Required));
        assert_eq!(code(first(vec![text("en", " ")])), refused("input.texts.0", ErrorCode::Required));
        assert_eq!(
            code(first(vec![text("en", "a"), text("EN", "b")])),
            refused("input.texts.1.locale", ErrorCode::InvalidValue)
        );
        assert_eq!(code(first(vec![text("e_n", "a")])), refused("input.texts.0.locale", ErrorCode::InvalidFormat));
        assert_eq!(
            code(first(vec![text("en", &"x".repeat(161))])),
            refused("input.texts.0.headline", ErrorCode::TooLong)
        );
        let many = (0..22).map(|at| text(&format!("en-x-a{at}"), "a")).collect();
        assert_eq!(code(first(many)), refused("input.texts", ErrorCode::TooMany));
        let base = first(vec![text("en", "Hello")]).unwrap();
        let bad =
            ProfilePatch { logo_url: Some(Some("https://user:pw@acme.example".into())), ..ProfilePatch::default() };
        assert_eq!(code(merge(Some(base), bad)), refused("input.logoUrl", ErrorCode::InvalidFormat));
    }

    #[test]
    fn a_reader_without_a_match_gets_the_source() {
        let profile = first(vec![text("en", "Hello"), text("ar", "مرحبا")]).unwrap();
        assert_eq!(profile.locale_for(["ar-EG"]), "ar");
        assert_eq!(profile.locale_for(["fr"]), "en");
        assert_eq!(profile.locale_for(Vec::<String>::new()), "en");
    }
}
