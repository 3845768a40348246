//! Addresses on the web, as people write them.
//!
//! Whether an address answers, or whose it is, is not known here.

use super::char_count;
use url::{Host, Url};

/// Unicode scalar values of the longest address.
pub const WEB_URL_MAX: usize = 2_048;

/// Why a text is no address on the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebFault {
    #[error("the address is longer than {WEB_URL_MAX} characters")]
    TooLong,
    #[error("the address has a blank, a backslash or a control character in it")]
    BadCharacter,
    #[error("only http and https addresses are taken")]
    Scheme,
    #[error("an address with a user name or password in it is not taken")]
    Credentials,
    #[error("the address has no host such as www.example.com")]
    Host,
    #[error("the text is not an address such as https://www.example.com/")]
    Malformed,
}

/// An `http` or `https` address as it was written, with `https://` put before a bare host ("acme.example/shop").
///
/// The spelling is kept, since it is what the visitor of the page sees and follows.
pub fn web_url(text: &str) -> Result<String, WebFault> {
    let text = text.trim();
    if char_count(text) > WEB_URL_MAX {
        return Err(WebFault::TooLong);
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(WebFault::BadCharacter);
    }
    let bare = !text.contains("://");
    let address = match (bare, text.strip_prefix("//")) {
        (true, Some(rest)) => format!("https://{rest}"),
        (true, None) => format!("https://{text}"),
        (false, _) => text.to_owned(),
    };
    let url = Url::parse(&address).map_err(|_| WebFault::Malformed)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(WebFault::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(WebFault::Credentials);
    }
    match url.host() {
        // A single word is a host only where somebody wrote so: "intranet" may be anything, "http://intranet/" is not.
        Some(Host::Domain(host)) if !bare || host.trim_end_matches('.').contains('.') => Ok(address),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) if !bare => Ok(address),
        _ => Err(WebFault::Host),
    }
}

/// A domain name in lower case, international names in their ASCII form: "Bücher.example" is "xn--bcher-kva.example".
/// `None` for what is no name with at least two labels.
pub fn host_name(text: &str) -> Option<String> {
    let Ok(Host::Domain(host)) = Host::parse(text.trim().trim_end_matches('.')) else {
        return None;
    };
    let labels_fit = host.split('.').all(|label| (1..=63).contains(&label.len()));
    (labels_fit && host.contains('.') && host.len() <= 253 && !host.contains('_')).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::{WEB_URL_MAX, WebFault, host_name, web_url};
    use proptest::prelude::*;

    #[test]
    fn addresses_are_kept_as_written() {
        for (text, expected) in [
            ("https://www.okta.com/#/", "https://www.okta.com/#/"),
            (" HTTP://Acme.Example ", "HTTP://Acme.Example"),
            ("acme.example/shop", "https://acme.example/shop"),
            ("acme.example:8443", "https://acme.example:8443"),
            ("//acme.example", "https://acme.example"),
            ("http://intranet/", "http://intranet/"),
            ("https://例え.jp/道", "https://例え.jp/道"),
        ] {
            assert_eq!(web_url(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for (text, fault) in [
            ("javascript:alert(1)", WebFault::Malformed),
            ("javascript://acme.example/%0aalert(1)", WebFault::Scheme),
            ("ftp://acme.example", WebFault::Scheme),
            ("data://acme.example", WebFault::Scheme),
            ("mailto:jo@acme.example", WebFault::Credentials),
            ("https://user:secret@acme.example", WebFault::Credentials),
            ("https://acme .example", WebFault::BadCharacter),
            ("https:\\\\acme.example", WebFault::BadCharacter),
            ("acme", WebFault::Host),
            ("n/a", WebFault::Host),
            ("", WebFault::Malformed),
            ("https://", WebFault::Malformed),
            ("12", WebFault::Host),
        ] {
            assert_eq!(web_url(text), Err(fault), "{text}");
        }
        assert_eq!(web_url(&format!("https://a.example/{}", "x".repeat(WEB_URL_MAX))), Err(WebFault::TooLong));
    }

    #[test]
    fn host_names_have_two_labels() {
        assert_eq!(host_name(" Acme.Example. ").as_deref(), Some("acme.example"));
        assert_eq!(host_name("Bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        for text in
            ["", "acme", "a b.example", "https://acme.example", "127.0.0.1", "a..example", ".example", "a_b.example"]
        {
            assert_eq!(host_name(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn an_accepted_address_is_accepted_again(text in "\\PC{0,40}") {
            if let Ok(url) = web_url(&text) {
                prop_assert!(url.to_lowercase().starts_with("http"));
                prop_assert_eq!(web_url(&url), Ok(url));
            }
        }
    }
}
