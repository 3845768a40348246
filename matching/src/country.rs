//! Countries, by ISO 3166 codes and by the names that people write.

use crate::hash::{Table, hash};
use std::sync::LazyLock;

/// Names that the standard does not give.
const ALSO: [(&str, &str); 44] = [
    ("america", "US"),
    ("usa", "US"),
    ("u s", "US"),
    ("u s a", "US"),
    ("united states", "US"),
    ("uk", "GB"),
    ("u k", "GB"),
    ("united kingdom", "GB"),
    ("great britain", "GB"),
    ("england", "GB"),
    ("scotland", "GB"),
    ("wales", "GB"),
    ("northern ireland", "GB"),
    ("south korea", "KR"),
    ("korea", "KR"),
    ("republic of korea", "KR"),
    ("north korea", "KP"),
    ("russia", "RU"),
    ("taiwan", "TW"),
    ("vietnam", "VN"),
    ("viet nam", "VN"),
    ("iran", "IR"),
    ("syria", "SY"),
    ("laos", "LA"),
    ("moldova", "MD"),
    ("bolivia", "BO"),
    ("venezuela", "VE"),
    ("tanzania", "TZ"),
    ("macau", "MO"),
    ("macedonia", "MK"),
    ("north macedonia", "MK"),
    ("czech republic", "CZ"),
    ("turkey", "TR"),
    ("turkiye", "TR"),
    ("netherlands", "NL"),
    ("the netherlands", "NL"),
    ("holland", "NL"),
    ("deutschland", "DE"),
    ("espana", "ES"),
    ("ivory coast", "CI"),
    ("uae", "AE"),
    ("palestine", "PS"),
    ("british virgin islands", "VG"),
    ("brasil", "BR"),
];

/// Beyond the codes of the standard: countries that nobody knows, which are the same if they are written the same.
const UNKNOWN: u16 = 0x8000;

static BY_NAME: LazyLock<Table<u64, u16>> = LazyLock::new(|| {
    let mut codes = Table::default();
    for country in rust_iso3166::ALL {
        codes.insert(folded(country.alpha2), country.numeric);
        codes.insert(folded(country.alpha3), country.numeric);
        codes.insert(folded(country.name), country.numeric);
    }
    for (name, code) in ALSO {
        codes.extend(rust_iso3166::from_alpha2(code).map(|country| (folded(name), country.numeric)));
    }
    codes
});

/// The commonest spellings, which need not be folded first.
static AS_WRITTEN: LazyLock<Table<u64, u16>> = LazyLock::new(|| {
    let codes = rust_iso3166::ALL.iter().flat_map(|country| [country.alpha2, country.alpha3, country.name]);
    let names = ALSO.iter().map(|(name, _)| name.split(' ').map(capitalized).collect::<Vec<_>>().join(" "));
    let all = codes.map(str::to_owned).chain(names);
    all.filter_map(|name| Some((hash(0, name.as_bytes()), *BY_NAME.get(&folded(&name))?))).collect()
});

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_ascii_uppercase() + rest
}

/// The ISO 3166 number of a country, for a code or a name; a number of its own for any other text, and 0 for none.
pub(crate) fn number(country: &str) -> u16 {
    if country.is_empty() {
        return 0;
    }
    if let Some(number) = AS_WRITTEN.get(&hash(0, country.as_bytes())) {
        return *number;
    }
    let folded = folded(country);
    if folded == 0 {
        return 0;
    }
    BY_NAME.get(&folded).copied().unwrap_or(UNKNOWN | folded as u16)
}

/// Letters and digits of a name that are looked at.
const LONGEST: usize = 64;

/// The hash of a name's words in lower case; 0 if it has none.
fn folded(name: &str) -> u64 {
    let ascii;
    let name = if name.is_ascii() {
        name
    } else {
        ascii = any_ascii::any_ascii(name);
        &ascii
    };
    let mut text = [0; LONGEST];
    let mut length = 0;
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let gap = usize::from(length > 0);
        let places = text.iter_mut().skip(length);
        let bytes = std::iter::repeat_n(b' ', gap).chain(word.bytes());
        length = (length + gap + word.len()).min(LONGEST);
        for (to, from) in places.zip(bytes) {
            *to = from.to_ascii_lowercase();
        }
    }
    if length == 0 { 0 } else { hash(0, text.get(..length).unwrap_or_default()) }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn codes_and_names_are_one() {
        for (one, other) in [
            ("de", "Germany"),
            ("DEU", "Deutschland"),
            ("USA", "United States"),
            ("U.S.", "us"),
            ("South Korea", "KR"),
            ("Türkiye", "Turkey"),
            ("Hong Kong", "HK"),
            ("Côte d'Ivoire", "Ivory Coast"),
            ("UK", "GB"),
            ("Taiwan", "TW"),
            ("Elbonia", " elbonia "),
        ] {
            assert_eq!(number(one), number(other), "{one} and {other}");
        }
        assert_eq!(number(" "), 0);
        assert_ne!(number("Elbonia"), number("Ruritania"));
        assert_ne!(number("Austria"), number("Australia"));
    }
}
