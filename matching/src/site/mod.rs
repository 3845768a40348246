//! Websites and mail addresses: which domain a company has registered, and whose page a page is.
//!
//! The one place of this rule: whoever keeps a customer's domain asks here.

mod host;

use crate::hash::{Table, hash};
use host::host;
use psl::Psl as _;
use std::{borrow::Cow, sync::LazyLock};

/// Sites where many companies have a page, so that sharing the site says nothing. Sites that are not named here are found
/// by their many different names, list by list.
const SHARED_SITES: [&str; 44] = [
    "about.me",
    "angel.co",
    "angellist.com",
    "apple.com",
    "behance.net",
    "bit.ly",
    "bitbucket.org",
    "canva.com",
    "carrd.co",
    "crunchbase.com",
    "discord.gg",
    "dribbble.com",
    "facebook.com",
    "fb.me",
    "g2.com",
    "github.com",
    "gitlab.com",
    "glassdoor.com",
    "goo.gl",
    "google.com",
    "huggingface.co",
    "instagram.com",
    "linkedin.com",
    "linktr.ee",
    "medium.com",
    "notion.site",
    "pinterest.com",
    "sourceforge.net",
    "substack.com",
    "t.me",
    "telegram.me",
    "tiktok.com",
    "trustpilot.com",
    "twitter.com",
    "vimeo.com",
    "vk.com",
    "wa.me",
    "weibo.com",
    "wikipedia.org",
    "x.com",
    "xing.com",
    "yelp.com",
    "youtu.be",
    "youtube.com",
];

/// The same, by the hashes of domains.
static SHARED: LazyLock<Table<u64, ()>> =
    LazyLock::new(|| SHARED_SITES.iter().map(|domain| (hash(DOMAIN, domain.as_bytes()), ())).collect());

/// Where people have mailboxes who write for some company.
const MAIL_HOSTS: [&str; 40] = [
    "126.com",
    "139.com",
    "163.com",
    "aol.com",
    "bluewin.ch",
    "comcast.net",
    "daum.net",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rediffmail.com",
    "t-online.de",
    "wanadoo.fr",
    "web.de",
    "yahoo.co.jp",
    "yahoo.com",
    "yandex.ru",
    "zoho.com",
];

/// First parts of a path that stand before whose page it is.
const PAGE_PREFIXES: [&str; 12] = [
    "company",
    "companies",
    "in",
    "school",
    "showcase",
    "view",
    "site",
    "org",
    "organization",
    "pages",
    "channel",
    "user",
];

/// The registrable domain of a website or of a host: `shop.acme.co.uk` and `https://www.acme.co.uk/x` are both
/// `acme.co.uk`. `None` for what has none (addresses of machines, names without a dot, public suffixes), and for sites
/// that many companies have a page on. In lower case and Punycode.
#[must_use]
pub fn registrable_domain(website: &str) -> Option<String> {
    let host = host(website)?;
    registrable(&host).filter(|domain| !is_shared_site(domain)).map(str::to_owned)
}

/// The registrable domain of a mail address, or of its domain; `None` for public mail hosts as well.
#[must_use]
pub fn mail_domain(address: &str) -> Option<String> {
    let domain = address.rsplit_once('@').map_or(address, |(_, domain)| domain);
    registrable_domain(domain).filter(|domain| !is_mail_host(domain))
}

/// True for sites where many companies have a page: a registrable domain in lower case is asked for.
#[must_use]
pub fn is_shared_site(domain: &str) -> bool {
    SHARED_SITES.binary_search(&domain).is_ok()
}

/// True for hosts of public mailboxes: a registrable domain in lower case is asked for.
#[must_use]
pub fn is_mail_host(domain: &str) -> bool {
    MAIL_HOSTS.binary_search(&domain).is_ok()
}

/// A domain as it is matched: its hash, the hash of its label ("acme" of `acme.co.uk`) without signs, and how the label
/// begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Site {
    /// 0 if there is none.
    pub(crate) domain: u64,
    pub(crate) label: u64,
    pub(crate) start: [u8; 8],
    pub(crate) length: u8,
    /// The account's name begins with the label: "acmefoods.com" of "Acme Foods Ltd."
    pub(crate) is_name: bool,
}

/// A page on a shared site: its hash, and the hash of the name that it has there ("acme" of `github.com/acme`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Page {
    /// 0 if there is none.
    pub(crate) address: u64,
    pub(crate) slug: u64,
}

/// Spaces of hashes that must not meet.
pub(crate) const DOMAIN: u64 = 1;
pub(crate) const PAGE: u64 = 2;
/// Names without blanks, labels and slugs meet, since people name sites after companies.
pub(crate) const COMPACT: u64 = 3;

/// What a website says of whose it is: a domain, or a page on a shared site.
///
/// `full` is the account's own name without blanks.
pub(crate) fn of_website(website: &str, full: &str) -> (Site, Page) {
    let Some(host) = host(website) else { return Default::default() };
    let Some((domain, is_private)) = registrable_under(&host) else { return Default::default() };
    let site = site(domain, full);
    if SHARED.contains_key(&site.domain) {
        let page = page(domain, website).unwrap_or_default();
        // Whose site it is has it as its own: "GitHub, Inc." at github.com.
        let is_owner = site.is_name && (page.address == 0 || page.slug == site.label);
        return if is_owner { (site, Page::default()) } else { (Site::default(), page) };
    }
    // "acme.github.io" is a page of Acme's as much as "github.com/acme" is, and no domain that Acme has registered.
    if is_private {
        return (Site::default(), Page { address: hash(PAGE, domain.as_bytes()), slug: site.label });
    }
    (site, Page::default())
}

pub(crate) fn of_mail(address: &str, full: &str) -> Site {
    mail_domain(address).map(|domain| site(&domain, full)).unwrap_or_default()
}

fn site(domain: &str, full: &str) -> Site {
    let end = domain.bytes().position(|byte| byte == b'.').unwrap_or(domain.len());
    let label = domain.get(..end).unwrap_or_default();
    let unicode;
    let label = if label.starts_with("xn--") {
        unicode = idna::domain_to_unicode(label).0;
        &unicode
    } else {
        label
    };
    let label: Cow<'_, str> = match label.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => Cow::Borrowed(label),
        false => Cow::Owned(compact(label)),
    };
    let mut start = [0; 8];
    for (to, from) in start.iter_mut().zip(label.bytes()) {
        *to = from;
    }
    let length = u8::try_from(label.len()).unwrap_or(u8::MAX);
    let is_name = label.len() > 2 && full.starts_with(&*label);
    Site { domain: hash(DOMAIN, domain.as_bytes()), label: hash_label(&label), start, length, is_name }
}

fn page(domain: &str, website: &str) -> Option<Page> {
    let rest = website.split_once("://").map_or(website, |(_, rest)| rest);
    let (_, path) = rest.split_once('/')?;
    let mut parts = path.split(['/', '?', '#']).filter(|part| !part.is_empty());
    let mut slug = parts.next()?.to_lowercase();
    if PAGE_PREFIXES.contains(&slug.as_str()) {
        slug = parts.next()?.to_lowercase();
    }
    let label = compact(&slug);
    if label.len() < 2 {
        return None;
    }
    Some(Page { address: hash(PAGE, format!("{domain}/{slug}").as_bytes()), slug: hash_label(&label) })
}

/// Letters and digits only, in ASCII.
fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(|c| any_ascii::any_ascii_char(c).chars())
        .collect::<String>()
        .to_lowercase()
}

/// The hash of a label or slug. The plural and the singular are one, as in names.
fn hash_label(text: &str) -> u64 {
    match crate::name::stem(text) {
        (stem, "") => hash(COMPACT, stem.as_bytes()),
        (stem, ending) => hash(COMPACT, [stem, ending].concat().as_bytes()),
    }
}

fn registrable(host: &str) -> Option<&str> {
    registrable_under(host).map(|(domain, _)| domain)
}

/// The registrable domain, and whether its suffix is a company's which lets others have names under it.
fn registrable_under(host: &str) -> Option<(&str, bool)> {
    if host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let domain = psl::List.domain(host.as_bytes())?;
    let text = host.get(host.len().checked_sub(domain.as_bytes().len())?..)?;
    // Under a suffix that the list does not know, one label more is somebody's, as the list itself says; but it is a word.
    let is_suffix = domain.suffix().is_known()
        || domain.suffix().as_bytes().len() > 1 && domain.suffix().as_bytes().iter().all(u8::is_ascii_alphabetic);
    if !is_suffix {
        return None;
    }
    let is_private = domain.suffix().typ() == Some(psl::Type::Private);
    Some((text, is_private))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_the_one_that_was_registered() {
        for (website, expected) in [
            ("https://www.acme.com/", Some("acme.com")),
            ("https://shop.acme.co.uk/x?y=1", Some("acme.co.uk")),
            ("http://acme.com:8080", Some("acme.com")),
            ("HTTPS://ACME.COM", Some("acme.com")),
            ("https://https://www.acme.com", Some("acme.com")),
            ("https://bücher.de", Some("xn--bcher-kva.de")),
            ("https://acme.github.io/", Some("acme.github.io")),
            ("https://user@acme.com/", Some("acme.com")),
            ("https://user:secret@Acme.com:8080/x", Some("acme.com")),
            ("ftp://acme.com?x=https://acme.de", Some("acme.com")),
            ("//acme.com.", Some("acme.com")),
            ("https://www.linkedin.com/company/acme", None),
            ("https://co.uk/", None),
            ("http://10.0.0.1/", None),
            ("http://intranet/", None),
            ("https://www.acme.example/", Some("acme.example")),
            ("acme.c", None),
            ("version 1.0", None),
            ("", None),
        ] {
            assert_eq!(registrable_domain(website).as_deref(), expected, "{website}");
        }
        assert_eq!(mail_domain("x@mail.acme.com").as_deref(), Some("acme.com"));
        assert_eq!(mail_domain("acme.com").as_deref(), Some("acme.com"));
        assert_eq!(mail_domain("acme@gmail.com"), None);
    }

    #[test]
    fn a_page_on_a_shared_site_says_whose_it_is() {
        let label = of_website("acme.com", "").0.label;
        for page in
            ["https://github.com/acme", "linkedin.com/company/Acme/", "http://www.linkedin.com/company/a-c-m-e?x=y"]
        {
            let (site, page) = of_website(page, "");
            assert_eq!((site.domain, page.slug), (0, label));
        }
        assert_eq!(of_website("https://github.com/", ""), Default::default());
        assert_eq!(of_website("https://github.com/", "acmeinc"), Default::default());
        for website in ["https://github.com/", "github.com/github"] {
            let (site, page) = of_website(website, "githubinc");
            assert!(site.domain != 0 && page.address == 0, "{website}");
        }
    }

    #[test]
    fn the_tables_are_sorted() {
        assert!(SHARED_SITES.is_sorted() && MAIL_HOSTS.is_sorted());
    }
}
