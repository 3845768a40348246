//! Countries as people write them into the cells of a customer list.

use crate::op::form;

/// What people write that neither the codes nor the names of ISO 3166 have.
const OTHERS: [(&str, &str); 5] =
    [("england", "GB"), ("scotland", "GB"), ("uk", "GB"), ("united kingdom", "GB"), ("united states", "US")];

/// The code of ISO 3166-1 alpha-2 for a code of two or three letters or an English name, in whatever case.
pub(super) fn code(text: &str) -> Option<String> {
    let capitals = text.trim().to_uppercase();
    let by_code = match capitals.len() {
        2 => form::country(&capitals),
        3 => rust_iso3166::from_alpha3(&capitals).map(|country| country.alpha2.to_owned()),
        _ => None,
    };
    by_code.or_else(|| {
        let lower = text.trim().to_lowercase();
        let other = OTHERS.iter().find(|(name, _)| *name == lower).map(|(_, code)| (*code).to_owned());
        let all = || rust_iso3166::ALL_ALPHA2.iter().filter_map(|code| rust_iso3166::from_alpha2(code));
        let named = || all().find(|country| country.name.to_lowercase() == lower);
        other.or_else(|| named().map(|country| country.alpha2.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn codes_and_names_are_read() {
        for (text, expected) in [
            ("DE", "DE"),
            (" de ", "DE"),
            ("deu", "DE"),
            ("Germany", "DE"),
            ("UK", "GB"),
            ("United States", "US"),
            ("USA", "US"),
            ("norway", "NO"),
        ] {
            assert_eq!(code(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "XX", "ZZZ", "Europe", "n/a", "ÄÖ", "\u{1f600}"] {
            assert_eq!(code(text), None, "{text}");
        }
    }
}
