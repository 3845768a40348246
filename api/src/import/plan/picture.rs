//! An organization as an import can speak of it: what a row says, what is stored, and the words by which it is found.

use crate::{import::record::OrganizationRecord, text};
use entity::{organization, organization_alias, profile, profile_text, value::AliasKind};
use serde::Serialize;
use std::collections::BTreeSet;

/// The language that imported texts are taken to be in.
pub(super) const LOCALE: &str = "en";

/// What an import can say about an organization, as the audit trail shows it.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Picture {
    pub(super) name: String,
    pub(super) listed: bool,
    pub(super) country_code: Option<String>,
    pub(super) website_url: Option<String>,
    pub(super) description: Option<String>,
    pub(super) other_names: BTreeSet<String>,
    pub(super) domains: BTreeSet<String>,
}

/// The keys that may name the organization already: its match keys, or else its external id.
pub(super) fn keys(record: &OrganizationRecord) -> Vec<String> {
    if record.match_keys.is_empty() { vec![record.external_id.clone()] } else { record.match_keys.clone() }
}

/// What two organizations should not both have: a domain, or else the host of the website.
pub(super) fn labels(record: &OrganizationRecord) -> BTreeSet<String> {
    if !record.domains.is_empty() {
        return record.domains.iter().cloned().collect();
    }
    let host = record.website.as_deref().and_then(|website| url::Url::parse(website).ok());
    let host = host.and_then(|url| url.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host).to_owned()));
    host.into_iter().collect()
}

pub(super) fn picture(
    row: &organization::Model,
    profile: Option<&profile::Model>,
    texts: &[profile_text::Model],
    aliases: Option<&Vec<organization_alias::Model>>,
) -> Picture {
    let of =
        |kind| aliases.into_iter().flatten().filter(move |it| it.kind == kind).map(|it| it.value.clone()).collect();
    Picture {
        name: row.name.clone(),
        listed: row.listed,
        country_code: row.country_code.clone(),
        website_url: profile.and_then(|profile| profile.website_url.clone()),
        description: texts.iter().find(|text| text.locale == LOCALE).and_then(|text| text.description.clone()),
        other_names: of(AliasKind::Name),
        domains: of(AliasKind::Domain),
    }
}

/// As the room of organizations finds them: names first, then headlines, domains and descriptions.
pub(super) fn words(is: &Picture, texts: &[profile_text::Model]) -> BTreeSet<String> {
    let others = || texts.iter().filter(|text| text.locale != LOCALE);
    let own = texts.iter().filter(|text| text.locale == LOCALE);
    text::tokens_of(
        std::iter::once(is.name.as_str())
            .chain(is.other_names.iter().map(String::as_str))
            .chain(own.chain(others()).filter_map(|text| text.headline.as_deref()))
            .chain(is.domains.iter().map(String::as_str))
            .chain(is.description.as_deref())
            .chain(others().filter_map(|text| text.description.as_deref())),
    )
}
