//! Scripts: every name in Latin letters, so that "Газпром" and "Gazprom" have one key.

/// Legal forms that are no words of their own where writing has no blanks, or that transliteration would spoil.
const NATIVE: [(&str, &str); 30] = [
    ("株式会社", " kk "),
    ("(株)", " kk "),
    ("（株）", " kk "),
    ("㈱", " kk "),
    ("有限会社", " yk "),
    ("合同会社", " gk "),
    ("股份有限公司", " gufen "),
    ("股份公司", " gufen "),
    ("有限责任公司", " ltd "),
    ("有限責任公司", " ltd "),
    ("有限公司", " ltd "),
    ("集团", " group "),
    ("集團", " group "),
    ("控股", " holding "),
    ("公司", " co "),
    ("주식회사", " jusik "),
    ("(주)", " jusik "),
    ("㈜", " jusik "),
    ("유한회사", " ltd "),
    ("홀딩스", " holdings "),
    ("그룹", " group "),
    ("ש.מ.", ""),
    ("בע\"מ", " ltd "),
    ("בע״מ", " ltd "),
    ("ש.מ.מ", " llc "),
    ("ش.م.م", " llc "),
    ("ش.م.ل", " sa "),
    ("ش.م.ع", " psc "),
    ("ذ.م.م", " llc "),
    ("Α.Ε.", " ae "),
];

/// `name` in ASCII: accents off, other scripts spelled in Latin letters. At most about `max` characters are looked at.
pub(super) fn to_ascii(name: &str, max: usize) -> String {
    let name = name.char_indices().nth(max).and_then(|(end, _)| name.get(..end)).unwrap_or(name);
    let mut ascii = String::with_capacity(name.len() + 16);
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii() && c != '(' {
            ascii.push(c);
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        if let Some((native, form)) = NATIVE.iter().find(|(native, _)| rest.starts_with(native)) {
            ascii.push_str(form);
            rest = rest.get(native.len()..).unwrap_or_default();
            continue;
        }
        match c {
            '™' | '®' | '©' | '℠' | '\u{a0}' => ascii.push(' '),
            'ʼ' | '’' | '‘' => ascii.push('\''),
            '–' | '—' | '―' => ascii.push_str(" - "),
            // Any letter must stay one word: what is transliterated to a sign in between would part it.
            _ if c.is_alphabetic() => {
                ascii.extend(any_ascii::any_ascii_char(c).chars().filter(|part| part.is_ascii_alphanumeric()))
            }
            _ => ascii.push_str(any_ascii::any_ascii_char(c)),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    ascii
}
