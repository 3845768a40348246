//! What somebody may type in who looks for a company, and how much is given. Pure.

/// Accounts of the viewer's organization at most: a company is in a few lists.
pub const ACCOUNTS_MAX: u64 = 50;
/// Overlaps with partners at most.
pub const OVERLAPS_MAX: usize = 100;
/// Opportunities at most.
pub const OPPORTUNITIES_MAX: u64 = 20;
/// Leads at most.
pub const LEADS_MAX: u64 = 20;
/// Characters of what is typed in, at most: those of the longest address.
pub const TYPED_MAX: usize = 2_048;

/// The registrable domain that a domain, the address of a page or a mail address names, as accounts are matched by it;
/// none for what has none, for sites where many companies have a page, and for mailboxes that anybody may have.
#[must_use]
pub fn domain_of(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let typed = typed.strip_prefix("mailto:").unwrap_or(typed);
    // In an address of a page the at sign comes behind a scheme or a slash.
    let is_mail = typed.split_once('@').is_some_and(|(before, _)| !before.contains('/'));
    if is_mail { matching::mail_domain(typed) } else { matching::registrable_domain(typed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_domains_and_mail_addresses_name_the_same_company() {
        for typed in [
            "acme.co.uk",
            " ACME.co.uk ",
            "https://shop.acme.co.uk/a?b=c",
            "//www.acme.co.uk",
            "https://www.acme.co.uk/@team",
            "ada@mail.acme.co.uk",
            "mailto:ada@acme.co.uk",
        ] {
            assert_eq!(domain_of(typed).as_deref(), Some("acme.co.uk"), "{typed}");
        }
    }

    #[test]
    fn what_many_companies_share_names_none() {
        for typed in
            ["", "acme", "co.uk", "10.0.0.1", "https://github.com/acme", "github.com", "ada@gmail.com", "@", "a@"]
        {
            assert_eq!(domain_of(typed), None, "{typed}");
        }
    }
}
