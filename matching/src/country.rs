//! Countries, by ISO 3166 codes and by the names that people write.

use crate::hash::hash;
use std::{collections::HashMap, sync::LazyLock};

/// Names that the standard does not give.
const ALSO: [(&str, &str); 44] = [
    ("america", "US"), ("usa", "US"), ("u s", "US"), ("u s a", "US"), ("united states", "US"), ("uk", "GB"), ("u k", "GB"),
    ("united kingdom", "GB"), ("great britain", "GB"), ("england", "GB"), ("scotland", "GB"), ("wales", "GB"),
    ("northern ireland", "GB"), ("south korea", "KR"), ("korea", "KR"), ("republic of korea", "KR"), ("north korea", "KP"),
    ("russia", "RU"), ("taiwan", "TW"), ("vietnam", "VN"), ("viet nam", "VN"), ("iran", "IR"), ("syria", "SY"),
    ("laos", "LA"), ("moldova", "MD"), ("bolivia", "BO"), ("venezuela", "VE"), ("tanzania", "TZ"), ("macau", "MO"),
    ("macedonia", "MK"), ("north macedonia", "MK"), ("czech republic", "CZ"), ("turkey", "TR"), ("turkiye", "TR"),
    ("netherlands", "NL"), ("the netherlands", "NL"), ("holland", "NL"), ("deutschland", "DE"), ("espana", "ES"),
    ("ivory coast", "CI"), ("uae", "AE"), ("palestine", "PS"), ("british virgin islands", "VG"), ("brasil", "BR"),
];

/// Beyond the codes of the standard: countries that nobody knows, which are the same if they are written the same.
const UNKNOWN: u16 = 0x8000;

static BY_NAME: LazyLock<HashMap<String, u16>> = LazyLock::new(|| {
    let mut codes = HashMap::new();
    for country in rust_iso3166::ALL {
        codes.insert(country.alpha2.to_ascii_lowercase(), country.numeric);
        codes.insert(country.alpha3.to_ascii_lowercase(), country.numeric);
        codes.insert(folded(country.name), country.numeric);
    }
    for (name, code) in ALSO {
        codes.extend(rust_iso3166::from_alpha2(code).map(|country| (name.to_owned(), country.numeric)));
    }
    codes
});

/// The ISO 3166 number of a country, for a code or a name; a number of its own for any other text, and 0 for none.
pub(crate) fn number(country: &str) -> u16 {
    let country = country.trim();
    if country.is_empty() {
        return 0;
    }
    let folded = folded(country);
    if folded.is_empty() {
        return 0;
    }
    BY_NAME.get(&folded).copied().unwrap_or_else(|| UNKNOWN | (hash(0, folded.as_bytes()) as u16))
}

fn folded(name: &str) -> String {
    let ascii = if name.is_ascii() { name.to_ascii_lowercase() } else { any_ascii::any_ascii(name).to_ascii_lowercase() };
    let mut folded = String::with_capacity(ascii.len());
    for word in ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn codes_and_names_are_one() {
        for (one, other) in [
            ("de", "Germany"), ("DEU", "Deutschland"), ("USA", "United States"), ("U.S.", "us"), ("South Korea", "KR"),
            ("Türkiye", "Turkey"), ("Hong Kong", "HK"), ("Côte d'Ivoire", "Ivory Coast"), ("UK", "GB"), ("Taiwan", "TW"),
            ("Elbonia", " elbonia "),
        ] {
            assert_eq!(number(one), number(other), "{one} and {other}");
        }
        assert_eq!(number(" "), 0);
        assert_ne!(number("Elbonia"), number("Ruritania"));
        assert_ne!(number("Austria"), number("Australia"));
    }
}
