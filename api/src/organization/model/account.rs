//! People's addresses and the form of API keys.

use crate::text::host_name;

/// Bytes of an address at most: what mail servers take.
pub const EMAIL_MAX: usize = 254;
/// Characters of a person's name at most.
pub const PERSON_NAME_MAX: usize = 120;
/// Characters of a key's name at most.
pub const KEY_NAME_MAX: usize = 80;
/// Usable keys of an organization at most.
pub const KEYS_MAX: u64 = 100;

/// The letters of a key's prefix: no digits that look like letters, and no `_`, which parts the key.
const PREFIX_LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// An address in the form that is stored: trimmed, lower case, its domain in ASCII. `None` for what is no address.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (local, domain) = text.rsplit_once('@')?;
    let plain =
        |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '@' | '<' | '>' | '"' | ',' | ';' | '\\');
    if !(1..=64).contains(&local.len()) || !local.chars().all(plain) {
        return None;
    }
    let address = format!("{local}@{}", host_name(domain)?);
    (address.len() <= EMAIL_MAX).then_some(address)
}

/// The visible part of a key: eight letters or digits, 40 bits that all of the random bytes have a part in.
#[must_use]
pub fn key_prefix(random: &[u8; 32]) -> String {
    let bits = random
        .chunks(5)
        .fold(0_u64, |bits, chunk| bits ^ chunk.iter().fold(0, |bits, byte| (bits << 8) | u64::from(*byte)));
    (0..8)
        .rev()
        .filter_map(|at| usize::try_from((bits >> (5 * at)) & 31).ok())
        .filter_map(|letter| PREFIX_LETTERS.get(letter))
        .map(|letter| char::from(*letter))
        .collect()
}

/// The secret part of a key: 64 hexadecimal digits.
#[must_use]
pub fn key_secret(random: &[u8; 32]) -> String {
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The whole key, as its holder sends it.
#[must_use]
pub fn key_token(prefix: &str, secret: &str) -> String {
    format!("pgk_{prefix}_{secret}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_spelling() {
        assert_eq!(email(" Jo.Doe+x@Acme.EXAMPLE ").as_deref(), Some("jo.doe+x@acme.example"));
        assert_eq!(email("jo@Bücher.example").as_deref(), Some("jo@xn--bcher-kva.example"));
        let long = format!("{}@acme.example", "x".repeat(65));
        for text in [
            "",
            "jo",
            "@acme.example",
            "jo@",
            "jo@acme",
            "a b@acme.example",
            "a@b@acme.example",
            &long,
            "<jo@acme.example>",
        ] {
            assert_eq!(email(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_key_has_three_parts() {
        let mut random = [0; 32];
        random[4] = 0x21;
        let key = key_token(&key_prefix(&random), &key_secret(&random));
        assert_eq!(key, format!("pgk_aaaaaabb_0000000021{}", "00".repeat(27)));
        random[31] = 1;
        assert_eq!(key_prefix(&random), "aaaaaaba");
    }
}
