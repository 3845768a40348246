//! What an account says: as somebody writes it, judged, and as it is kept with the keys that it is matched by.

use super::{Account, country};
use crate::{
    op::{ErrorCode, Refusal, check, form},
    text::{clean_line, cut_chars, host_name, sort_key},
};
use entity::texts::Texts;
use matching::Keys;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

const EXTERNAL_ID_MAX: usize = 200;
const NAME_MAX: usize = 200;
const WEBSITE_MAX: usize = 500;
const OWNER_MAX: usize = 200;
const STAGE_MAX: usize = 100;
const CUSTOM_FIELDS_MAX: usize = 20;
const CUSTOM_NAME_MAX: usize = 100;
const CUSTOM_TEXT_MAX: usize = 500;
/// Characters of a key that stands for an external id: there is room for what says of what it was made.
const WORKED_OUT_MAX: usize = 190;

/// An account as somebody writes it: the whole of it, so that what is left out is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountDraft {
    /// The id in the CRM; worked out of the domain, else of the name, where there is none.
    pub external_id: Option<String>,
    /// The company's name.
    pub name: String,
    /// Its website, in whatever form.
    pub website: Option<String>,
    /// A country's code or name.
    pub country: Option<String>,
    /// A mail address of the company, or its domain.
    pub email: Option<String>,
    /// Nine digits.
    pub duns: Option<String>,
    /// Who works on it.
    pub owner: Option<String>,
    /// Where the deal with it stands.
    pub stage: Option<String>,
    /// What the deal is worth.
    pub amount: Option<Decimal>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Further fields.
    pub custom: Vec<(String, String)>,
}

/// An account as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub external_id: String,
    pub name: String,
    pub name_key: String,
    pub website: Option<String>,
    pub domain: Option<String>,
    pub email_domain: Option<String>,
    pub duns: Option<String>,
    pub country: Option<String>,
    pub owner: Option<String>,
    pub stage: Option<String>,
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
    pub custom: Option<Texts>,
    /// [`Keys`] as bytes.
    pub keys: Vec<u8>,
}

/// An account that can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// As it will be kept.
    pub content: Content,
    /// What of it cannot be read, and so was left out.
    pub doubts: Vec<Refusal>,
}

impl Content {
    /// Whether a row says the same.
    #[must_use]
    pub fn is_said_by(&self, row: &Account) -> bool {
        let Self {
            external_id,
            name,
            name_key,
            website,
            domain,
            email_domain,
            duns,
            country,
            owner,
            stage,
            amount_minor,
            currency,
            custom,
            keys,
        } = self;
        *external_id == row.external_id
            && *name == row.name
            && *name_key == row.name_key
            && *website == row.website
            && *domain == row.domain
            && *email_domain == row.email_domain
            && *duns == row.duns
            && *country == row.country
            && *owner == row.owner
            && *stage == row.stage
            && *amount_minor == row.amount_minor
            && *currency == row.currency
            && *custom == row.custom
            && *keys == row.keys
    }
}

/// Judges an account. Its name and its external id decide whether it can be taken at all; what else cannot be read is
/// left out, and told as a doubt.
///
/// # Errors
/// `REQUIRED` and `TOO_LONG`, at `name` and `externalId`.
pub fn judge(draft: AccountDraft) -> Result<Judged, Refusal> {
    let external_id = check::optional_line("externalId", draft.external_id.as_deref(), EXTERNAL_ID_MAX)?;
    let name = check::line("name", &draft.name, NAME_MAX)?;
    let mut doubts = Doubts(Vec::new());
    let mut text = |path, text: Option<&str>, max| doubts.settle(check::optional_line(path, text, max)).flatten();
    let website = text("website", draft.website.as_deref(), WEBSITE_MAX);
    let owner = text("owner", draft.owner.as_deref(), OWNER_MAX);
    let stage = text("stage", draft.stage.as_deref(), STAGE_MAX);
    let country_text = draft.country.as_deref().map(clean_line).filter(|text| !text.is_empty());
    let country = doubts.read("countryCode", country_text.as_deref(), "a country's code or name", country::code);
    let email_domain = doubts.read("emailDomain", draft.email.as_deref(), "a domain or a mail address", mail_host);
    let nine_digits = |text: &str| matching::duns(text).map(|number| format!("{number:09}"));
    let duns = doubts.read("duns", draft.duns.as_deref(), "nine digits", nine_digits);
    let (amount_minor, currency) = doubts.settle(worth(draft.amount, draft.currency.as_deref())).flatten().unzip();
    let custom = doubts.custom(draft.custom);

    let site = website.as_deref().and_then(matching::registrable_domain);
    let domain = site.or_else(|| email_domain.as_deref().and_then(matching::mail_domain));
    let name_key = sort_key(&name);
    let external_id = external_id.unwrap_or_else(|| match &domain {
        Some(domain) => format!("domain:{}", cut_chars(domain, WORKED_OUT_MAX)),
        None => format!("name:{}", cut_chars(&name_key, WORKED_OUT_MAX)),
    });
    let keys = Keys::of(&matching::Account {
        name: &name,
        website: website.as_deref().unwrap_or_default(),
        // What is no country here may be one there.
        country: country.as_deref().or(country_text.as_deref()).unwrap_or_default(),
        email: email_domain.as_deref().unwrap_or_default(),
        duns: duns.as_deref().unwrap_or_default(),
    });
    let content = Content {
        external_id,
        name,
        name_key,
        website,
        domain,
        email_domain,
        duns,
        country,
        owner,
        stage,
        amount_minor,
        currency,
        custom,
        keys: keys.to_bytes(),
    };
    Ok(Judged { content, doubts: doubts.0 })
}

struct Doubts(Vec<Refusal>);

impl Doubts {
    fn settle<T>(&mut self, judged: Result<T, Refusal>) -> Option<T> {
        judged.map_err(|doubt| self.0.push(doubt)).ok()
    }

    /// A value of a form of its own; a blank one is none.
    fn read(
        &mut self,
        path: &str,
        text: Option<&str>,
        expected: &str,
        form: impl Fn(&str) -> Option<String>,
    ) -> Option<String> {
        let text = text.map(clean_line).filter(|text| !text.is_empty())?;
        let refused = || Refusal::of(path, ErrorCode::InvalidFormat, format!("Expected: {expected}."));
        self.settle(form(&text).ok_or_else(refused))
    }

    fn custom(&mut self, fields: Vec<(String, String)>) -> Option<Texts> {
        let mut texts = BTreeMap::new();
        for (name, text) in fields {
            let Some(name) = self.settle(check::line("custom", &name, CUSTOM_NAME_MAX)) else { continue };
            let judged = check::optional_line("custom", Some(&text), CUSTOM_TEXT_MAX);
            let Some(text) = self.settle(judged).flatten() else { continue };
            if texts.len() == CUSTOM_FIELDS_MAX && !texts.contains_key(&name) {
                let message = format!("An account has at most {CUSTOM_FIELDS_MAX} further fields.");
                self.0.push(Refusal::of("custom", ErrorCode::TooMany, message));
                break;
            }
            texts.insert(name, text);
        }
        (!texts.is_empty()).then_some(Texts(texts))
    }
}

/// The host behind the at sign of an address, or a host by itself.
fn mail_host(text: &str) -> Option<String> {
    host_name(text.rsplit_once('@').map_or(text, |(_, host)| host))
}

fn worth(amount: Option<Decimal>, currency: Option<&str>) -> Result<Option<(i64, String)>, Refusal> {
    let Some(amount) = amount else { return Ok(None) };
    let text = currency.map(|text| clean_line(text).to_uppercase()).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| Refusal::of("currency", ErrorCode::Required, "An amount needs its currency."))?;
    let unknown = || Refusal::of("currency", ErrorCode::InvalidFormat, "Expected: a currency of ISO 4217.");
    let currency = form::currency(&text).ok_or_else(unknown)?;
    Ok(Some((form::minor_units("amount", amount, currency)?, text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn draft(name: &str) -> AccountDraft {
        AccountDraft { name: name.to_owned(), ..AccountDraft::default() }
    }

    #[test]
    fn an_account_is_tidied_and_its_domain_is_found() {
        let judged = judge(AccountDraft {
            external_id: Some(" crm-1 ".to_owned()),
            website: Some("https://www.shop.acme.co.uk/de".to_owned()),
            country: Some("uk".to_owned()),
            email: Some("Sales@ACME.example".to_owned()),
            duns: Some("15-048-3782".to_owned()),
            amount: Some("12.5".parse().unwrap()),
            currency: Some("eur".to_owned()),
            custom: vec![("Segment".to_owned(), " Large ".to_owned()), ("Blank".to_owned(), String::new())],
            ..draft("  Acme \n Ltd ")
        })
        .unwrap();
        assert_eq!(judged.doubts, []);
        let content = judged.content;
        assert_eq!((content.external_id.as_str(), content.name.as_str()), ("crm-1", "Acme Ltd"));
        assert_eq!(content.domain.as_deref(), Some("acme.co.uk"));
        assert_eq!(content.email_domain.as_deref(), Some("acme.example"));
        assert_eq!((content.country.as_deref(), content.duns.as_deref()), (Some("GB"), Some("150483782")));
        assert_eq!((content.amount_minor, content.currency.as_deref()), (Some(1250), Some("EUR")));
        assert_eq!(content.custom, Some(Texts([("Segment".to_owned(), "Large".to_owned())].into())));
        assert!(Keys::from_bytes(&content.keys).is_some());
    }

    #[test]
    fn what_cannot_be_read_is_left_out_and_told() {
        let judged = judge(AccountDraft {
            website: Some("x".repeat(501)),
            country: Some("Atlantis".to_owned()),
            email: Some("nobody".to_owned()),
            duns: Some("12".to_owned()),
            owner: Some("x".repeat(201)),
            amount: Some("1.234".parse().unwrap()),
            currency: Some("EUR".to_owned()),
            custom: (0..22).map(|number| (format!("f{number}"), "x".to_owned())).collect(),
            ..draft("Acme")
        })
        .unwrap();
        let told: Vec<_> = judged.doubts.iter().map(|doubt| (doubt.field.join("."), doubt.code)).collect();
        let told: Vec<_> = told.iter().map(|(field, code)| (field.as_str(), *code)).collect();
        assert_eq!(
            told,
            [
                ("website", ErrorCode::TooLong),
                ("owner", ErrorCode::TooLong),
                ("countryCode", ErrorCode::InvalidFormat),
                ("emailDomain", ErrorCode::InvalidFormat),
                ("duns", ErrorCode::InvalidFormat),
                ("amount", ErrorCode::InvalidFormat),
                ("custom", ErrorCode::TooMany),
            ]
        );
        let content = judged.content;
        assert_eq!((content.website, content.country, content.amount_minor), (None, None, None));
        assert_eq!(content.custom.unwrap().0.len(), CUSTOM_FIELDS_MAX);
    }

    #[test]
    fn an_id_is_worked_out_where_there_is_none() {
        let id = |website: &str| {
            let draft = AccountDraft { website: Some(website.to_owned()), ..draft("Ácme") };
            judge(draft).unwrap().content.external_id
        };
        assert_eq!(id("www.acme.example"), "domain:acme.example");
        // A page on a site that many have says nothing of whose it is.
        assert_eq!(id("https://linkedin.com/company/acme"), "name:acme");
        assert_eq!(id("n/a"), "name:acme");
        assert_eq!(judge(draft(" ")).unwrap_err().code, ErrorCode::Required);
        assert_eq!(judge(draft(&"x".repeat(201))).unwrap_err().code, ErrorCode::TooLong);
    }

    proptest! {
        #[test]
        fn any_text_is_judged_within_bounds(
            name in any::<String>(), website in any::<String>(), email in any::<String>(), custom in any::<String>(),
        ) {
            let judged = judge(AccountDraft {
                website: Some(website), email: Some(email), custom: vec![(custom.clone(), custom)], ..draft(&name)
            });
            if let Ok(Judged { content, .. }) = judged {
                prop_assert!((1..=200).contains(&content.external_id.chars().count()));
                prop_assert!(!content.external_id.contains('\0') && !content.name.contains('\0'));
                prop_assert!(content.keys.len() < 5_000);
            }
        }
    }
}
