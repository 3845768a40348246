//! The host in what people write as a website.

use std::borrow::Cow;

/// The host of a website as people write it, in lower case.
pub(super) fn host(website: &str) -> Option<Cow<'_, str>> {
    let mut rest = website.trim_ascii_start();
    // "https://https://www.acme.example" happens.
    while let Some(after) = without_scheme(rest) {
        rest = after;
    }
    let (mut start, mut end, mut seen) = (0, rest.len(), 0);
    for (at, byte) in rest.bytes().enumerate() {
        let sign = HOST_SIGNS[usize::from(byte)];
        if sign >= USER {
            if sign == END {
                end = at;
                break;
            }
            (start, seen) = (at + 1, seen & !PORT);
        }
        seen |= sign;
    }
    let (is_lower, is_ascii, has_port) = (seen & UPPER == 0, seen & OTHER == 0, seen & PORT != 0);
    let mut host = rest.get(start..end)?;
    if has_port {
        host = host.split(':').next()?;
    }
    let host = host.trim_ascii_end().trim_end_matches('.');
    if host.is_empty() || host.len() > 253 || !host.as_bytes().contains(&b'.') {
        return None;
    }
    if !is_ascii {
        return idna::domain_to_ascii(host.trim()).ok().map(Cow::Owned);
    }
    Some(if is_lower { Cow::Borrowed(host) } else { Cow::Owned(host.to_ascii_lowercase()) })
}

const UPPER: u8 = 1;
/// Beyond ASCII.
const OTHER: u8 = 2;
const PORT: u8 = 4;
/// Before it stands who the user is.
const USER: u8 = 8;
/// What ends a host.
const END: u8 = 16;

/// What a byte says of the host that it is in.
const HOST_SIGNS: [u8; 256] = {
    let mut signs = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        signs[byte] = match byte as u8 {
            b'/' | b'?' | b'#' | b'\\' | b' ' | b',' | b';' => END,
            b'@' => USER,
            b':' => PORT,
            b'A'..=b'Z' => UPPER,
            0x80.. => OTHER,
            _ => 0,
        };
        byte += 1;
    }
    signs
};

fn without_scheme(website: &str) -> Option<&str> {
    // The commonest first.
    if let Some(after) = website.strip_prefix("https://").or_else(|| website.strip_prefix("http://")) {
        return Some(after);
    }
    if let Some(after) = website.strip_prefix("//") {
        return Some(after);
    }
    let end = website.bytes().take(8).position(|byte| !byte.is_ascii_alphabetic())?;
    website.get(end..)?.strip_prefix("://")
}
