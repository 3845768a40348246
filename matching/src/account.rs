//! An account as it comes, and the keys that are worked out of it once, when it is written.

use crate::{
    country,
    name::{self, Forms},
    site::{self, Page, Site},
};

/// What is known of an account. Empty texts are unknown; any text is taken, of any length.
#[derive(Debug, Clone, Copy, Default)]
pub struct Account<'a> {
    pub name: &'a str,
    pub website: &'a str,
    /// An ISO 3166 code of two or three letters, or a name.
    pub country: &'a str,
    /// A mail address or its domain.
    pub email: &'a str,
    /// Nine digits, with blanks and hyphens or without.
    pub duns: &'a str,
}

/// What an account is matched by. Worked out from one account alone, so a server keeps it beside the account
/// ([`Keys::to_bytes`]) and works it out anew only when the account changes or [`Keys::VERSION`] does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// See [`name::Parsed`].
    pub(crate) text: String,
    pub(crate) forms: Forms,
    pub(crate) country: u16,
    /// 0 if there is none.
    pub(crate) duns: u32,
    /// Of the website and of the mail address, without repeats, the first one first.
    pub(crate) sites: [Site; 2],
    pub(crate) page: Page,
}

impl Keys {
    /// Raised whenever the same account would give other keys.
    pub const VERSION: u8 = 1;

    /// The keys of an account. Any text is fine: what cannot be read counts as unknown.
    #[must_use]
    pub fn of(account: &Account<'_>) -> Self {
        let parsed = name::parse(account.name);
        let (site, page) = if account.website.is_empty() { Default::default() } else { site::of_website(account.website, &parsed.full) };
        let mut sites = [site, Site::default()];
        if !account.email.is_empty() {
            let mail = site::of_mail(account.email, &parsed.full);
            let free = if site.domain == 0 { 0 } else { 1 };
            if mail.domain != site.domain {
                sites[free] = mail;
            }
        }
        Self {
            text: parsed.text,
            forms: parsed.forms,
            country: country::number(account.country),
            duns: duns(account.duns).unwrap_or_default(),
            sites,
            page,
        }
    }

    /// The name as it is compared: folded, without legal form, joints and what stands in brackets. Empty if there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// The names, the account's own first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.text.lines()
    }
}

/// A DUNS number: nine digits, which people group with blanks and hyphens. `None` for anything else, and for zeros.
#[must_use]
pub fn duns(text: &str) -> Option<u32> {
    let mut value = 0_u32;
    let mut digits = 0;
    for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let digit = c.is_ascii_digit().then(|| c.to_digit(10)).flatten()?;
        digits += 1;
        if digits > 9 {
            return None;
        }
        value = value * 10 + digit;
    }
    (digits == 9 && value > 0).then_some(value)
}
