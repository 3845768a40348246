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
        let mut keys = Self::default();
        keys.rewrite(account, &mut name::Parsed::default());
        keys
    }

    /// Works out the keys of another account in place. `parsed` has anything before and afterwards: whoever goes through
    /// many accounts keeps both, so that texts are written over instead of made anew.
    pub(crate) fn rewrite(&mut self, account: &Account<'_>, parsed: &mut name::Parsed) {
        name::parse(account.name, parsed);
        let (site, page) = if account.website.is_empty() {
            Default::default()
        } else {
            site::of_website(account.website, &parsed.full)
        };
        let mut sites = [site, Site::default()];
        if !account.email.is_empty() {
            let mail = site::of_mail(account.email, &parsed.full);
            let free = if site.domain == 0 { 0 } else { 1 };
            if mail.domain != site.domain {
                sites[free] = mail;
            }
        }
        std::mem::swap(&mut self.text, &mut parsed.text);
        self.forms = parsed.forms;
        self.country = country::number(account.country);
        self.duns = duns(account.duns).unwrap_or_default();
        self.sites = sites;
        self.page = page;
    }

    /// The name as it is compared: folded, without legal form, joints and what stands in brackets. Empty if there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.names().next().unwrap_or_default()
    }

    /// As bytes that a server keeps beside the account: about 40 and the name.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(96 + self.text.len());
        bytes.push(Self::VERSION);
        bytes.extend(self.country.to_le_bytes());
        bytes.extend(self.duns.to_le_bytes());
        bytes.extend(self.forms.0.to_le_bytes());
        for site in self.sites.iter().filter(|site| site.domain != 0) {
            bytes.push(if site.is_name { 3 } else { 1 });
            bytes.extend(site.domain.to_le_bytes());
            bytes.extend(site.label.to_le_bytes());
            bytes.extend(site.start);
            bytes.push(site.length);
        }
        if self.page.address != 0 {
            bytes.push(4);
            bytes.extend(self.page.address.to_le_bytes());
            bytes.extend(self.page.slug.to_le_bytes());
        }
        bytes.push(0);
        bytes.extend(self.text.as_bytes());
        bytes
    }

    /// What [`Self::to_bytes`] gave; `None` for bytes of another version, or that are no keys at all.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut keys = Self::default();
        keys.read(bytes).then_some(keys)
    }

    /// As [`Self::from_bytes`], in place of what was there: whoever goes through many accounts keeps the text to write over.
    /// Where it says `false` the keys are good for nothing but to be read anew.
    #[must_use]
    pub fn read(&mut self, bytes: &[u8]) -> bool {
        self.parse(bytes).is_some()
    }

    fn parse(&mut self, bytes: &[u8]) -> Option<()> {
        let mut rest = bytes;
        if take::<1>(&mut rest)? != [Self::VERSION] {
            return None;
        }
        self.country = u16::from_le_bytes(take(&mut rest)?);
        self.duns = u32::from_le_bytes(take(&mut rest)?);
        self.forms = Forms(u64::from_le_bytes(take(&mut rest)?));
        self.sites = [Site::default(); 2];
        self.page = Page::default();
        let mut sites = self.sites.iter_mut();
        loop {
            match take::<1>(&mut rest)? {
                [0] => break,
                [4] => {
                    self.page.address = u64::from_le_bytes(take(&mut rest)?);
                    self.page.slug = u64::from_le_bytes(take(&mut rest)?);
                }
                [mark @ (1 | 3)] => {
                    *sites.next()? = Site {
                        domain: u64::from_le_bytes(take(&mut rest)?),
                        label: u64::from_le_bytes(take(&mut rest)?),
                        start: take(&mut rest)?,
                        length: take::<1>(&mut rest)?[0],
                        is_name: mark == 3,
                    }
                }
                _ => return None,
            }
        }
        self.text.clear();
        self.text.push_str(std::str::from_utf8(rest).ok()?);
        Some(())
    }

    /// The names, the account's own first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let mut rest = self.text.as_str();
        std::iter::from_fn(move || {
            let end = rest.bytes().position(|byte| byte == b'\n')?;
            let name = rest.get(..end)?;
            rest = rest.get(end + 1..)?;
            Some(name)
        })
    }
}

fn take<const LENGTH: usize>(rest: &mut &[u8]) -> Option<[u8; LENGTH]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*taken)
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_duns_number_has_nine_digits() {
        assert_eq!(duns("15-048-3782"), Some(150_483_782));
        assert_eq!(duns(" 15 048 3782"), duns("150483782"));
        for bad in
            ["", "12345678", "1234567890", "12345678x", "１２３４５６７８９", "000000000", "99999999999999999999"]
        {
            assert_eq!(duns(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_mail_domain_counts_as_the_website_does() {
        let by_site = Keys::of(&Account { name: "Acme", website: "https://acme.com", ..Account::default() });
        let by_mail = Keys::of(&Account { name: "Acme", email: "sales@mail.acme.com", ..Account::default() });
        let by_both =
            Keys::of(&Account { name: "Acme", website: "acme.com", email: "x@acme.com", ..Account::default() });
        assert_eq!(by_site.sites[0], by_mail.sites[0]);
        assert_eq!(by_site, by_both);
        let other = Keys::of(&Account { website: "acme.com", email: "acme.de", ..Account::default() });
        assert!(other.sites.iter().all(|site| site.domain != 0));
        assert_eq!(Keys::of(&Account { email: "acme@gmail.com", ..Account::default() }), Keys::default());
    }

    #[test]
    fn bytes_of_another_version_or_cut_short_are_no_keys() {
        let bytes = Keys::of(&Account { name: "Acme", website: "acme.com", ..Account::default() }).to_bytes();
        assert_eq!(Keys::from_bytes(&[&[Keys::VERSION + 1], bytes.get(1..).unwrap()].concat()), None);
        for end in 0..30 {
            assert_eq!(Keys::from_bytes(bytes.get(..end).unwrap()), None, "{end}");
        }
    }

    proptest! {
        #[test]
        fn keys_come_back_from_their_bytes(
            name in any::<String>(), website in any::<String>(), host in "[a-z]{1,9}\\.(com|de|github\\.io)", email in any::<String>(),
            country in any::<String>(), duns in "[0-9]{9}|.*",
        ) {
            for website in [website, host] {
                let account =
                    Account { name: &name, website: &website, country: &country, email: &email, duns: &duns };
                let keys = Keys::of(&account);
                prop_assert_eq!(Keys::from_bytes(&keys.to_bytes()), Some(keys.clone()));
                let mut over = Keys::of(&Account { name: "Other, Inc.", website: "other.com", email: "x@other.de", ..account });
                prop_assert!(over.read(&keys.to_bytes()));
                prop_assert_eq!(&over, &keys);
                prop_assert!(keys.name().is_ascii());
                prop_assert!(keys.text.len() < 4000);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
            let _ = Keys::from_bytes(&bytes);
        }
    }
}
