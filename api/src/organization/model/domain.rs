//! Domains as people type them.

use crate::text::host_name;

/// The domain in what somebody typed: a host name, an address on the web or one with `www.` before it. Lower case,
/// international names in their ASCII form. `None` for what has no domain of at least two parts.
#[must_use]
pub fn domain(text: &str) -> Option<String> {
    let text = text.trim();
    let host = match text.split_once("://") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None => text,
    };
    // A port is no part of a domain; what else a colon may mean (a password, IPv6) is no host name and refused below.
    let host = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let host = host_name(host)?;
    match host.strip_prefix("www.") {
        Some(rest) if rest.contains('.') => Some(rest.to_owned()),
        _ => Some(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_a_host_name() {
        for (text, expected) in [
            ("Acme.Example", "acme.example"),
            ("https://www.acme.example/shop?x=1", "acme.example"),
            ("http://acme.example:8080", "acme.example"),
            ("shop.acme.example.", "shop.acme.example"),
            ("www.example", "www.example"),
            ("Bücher.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(domain(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_domain_is_none() {
        for text in ["", "acme", "https://", "127.0.0.1", "[::1]", "jo@acme.example", "a b.example", "acme..example"] {
            assert_eq!(domain(text), None, "{text:?}");
        }
    }
}
