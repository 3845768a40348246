//! What is found by what, and that nothing grows without bound.

use super::*;
use proptest::prelude::*;

/// Whether `query` finds `text`, as the databases decide it.
fn finds(query: &str, text: &str) -> bool {
    let stored = tokens(text);
    let terms = query_terms(query);
    !terms.is_empty()
        && terms.iter().all(|term| match term {
            Term::Exact(text) => stored.contains(text),
            Term::Prefix(prefix) => stored
                .iter()
                .any(|token| token >= prefix && prefix_upper_bound(prefix).is_none_or(|upper| *token < upper)),
        })
}

#[test]
fn words_and_prefixes_are_found_in_any_script() {
    for (text, queries) in [
        ("Kubernetes Certified Service Provider", &["kube", "SERVICE cert", "provider kubernetes"][..]),
        ("Tűzoltó Kft. Győr", &["tuzolto", "TŰZ", "gyor", "győr", "GYŐ kft"]),
        ("Straßenbau GmbH", &["strasse", "STRAẞE", "straß"]),
        ("İstanbul Yazılım", &["istanbul", "ISTANBUL", "yazilim", "yazılım"]),
        ("Ørsted Æther Łódź Đà Nẵng", &["orsted", "aether", "lodz", "da nang", "đà"]),
        ("Οδυσσέας ΟΔΟΣ", &["οδος", "οδυσσεας", "ΟΔΥΣΣΕΑΣ"]),
        ("Йошкар-Ола Ёлка", &["йошкар", "иошкар", "елка", "ола"]),
        ("شركة الاتصالات المتقدّمة ٢٠٢٦", &["شركه", "الاتصالات", "المتقدمة", "2026", "٢٠"]),
        ("إدارة مبنى", &["اداره", "مبني", "أدارة"]),
        ("שָׁלוֹם טכנולוגיות", &["שלום", "טכנו"]),
        ("中国移动通信", &["中", "信", "移动", "国移动", "中国移动通信"]),
        ("東京サーバー株式会社", &["京", "サーバ", "東京", "株式会社", "ｻｰﾊﾞｰ"]),
        ("บริษัท กินข้าว", &["กิน", "ข้าว", "ข้า", "ก", "บริษัท"]),
        ("ບໍລິສັດ ລາວ", &["ລາວ", "ບໍລິ"]),
        ("ក្រុមហ៊ុន ខ្មែរ", &["ខ្មែរ", "ហ៊ុន"]),
        ("မြန်မာ ကုမ္ပဏီ", &["မြန်", "ကုမ္ပ"]),
        ("한국전자 주식회사는", &["한국", "주식회사", "한"]),
        ("iPhone手机壳", &["iphone", "手机", "iphone手机", "壳"]),
        (
            "O'Reilly AT&T CI/CD Node.js 3-Shake",
            &["oreilly", "o'reilly", "O’Reilly", "reilly", "att", "at&t", "cicd", "nodejs", "3shake", "shake"],
        ),
        ("Sogou C++ Workflow, C# and F#", &["c++", "c#", "f#", "c"]),
        ("Acme™ Cloud®", &["acme", "cloud"]),
    ] {
        for query in queries {
            assert!(finds(query, text), "{query:?} finds {text:?}: {:?} in {:?}", query_terms(query), tokens(text));
        }
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    for (text, queries) in [
        ("Kubernetes Provider", &["netes", "kube gold", "providers", "?!", ""][..]),
        ("中国移动", &["国中", "动移", "中移"]),
        ("한국", &["국", "하"]),
        ("がく", &["かく"]),
        ("C#", &["c++"]),
        ("कि", &["का"]),
        ("กูเกิล", &["กุ"]),
    ] {
        for query in queries {
            assert!(!finds(query, text), "{query:?} does not find {text:?}");
        }
    }
}

#[test]
fn terms_that_say_nothing_new_are_left_out() {
    assert_eq!(query_terms("go golang go"), [Term::Prefix("golang".into())]);
    assert_eq!(query_terms("same same"), [Term::Prefix("same".into())]);
    assert_eq!(query_terms("中国移"), [Term::Exact("中国".into()), Term::Prefix("国移".into())]);
    assert_eq!(query_terms("中 中国移"), [Term::Exact("中国".into()), Term::Prefix("国移".into())]);
    assert_eq!(query_terms(" \u{301} ?! "), []);
}

#[test]
fn the_upper_bound_skips_what_is_no_character() {
    assert_eq!(prefix_upper_bound("ab").as_deref(), Some("ac"));
    assert_eq!(prefix_upper_bound("a\u{10ffff}").as_deref(), Some("b"));
    assert_eq!(prefix_upper_bound("\u{d7ff}").as_deref(), Some("\u{e000}"));
    assert_eq!(prefix_upper_bound("\u{10ffff}"), None);
    assert_eq!(prefix_upper_bound(""), None);
}

#[test]
fn an_endless_text_has_bounded_tokens_and_an_endless_query_bounded_terms() {
    let text: String = (0..30_000u32).filter_map(|n| char::from_u32(0x4e00 + n % 20_000)).collect();
    assert_eq!(tokens(&text).len(), MAX_TOKENS);
    assert_eq!(query_terms(&text).len(), MAX_QUERY_TERMS);
    let words: String = (0..5_000).map(|n| format!("word{n} ")).collect();
    assert_eq!(tokens(&words).len(), MAX_TOKENS);
    assert!(tokens(&words).contains("word0"), "the first words are kept");
    let long = "é".repeat(5_000);
    assert!(finds(&long, &long) && finds("eee", &long));
}

/// Words as people write them, precomposed as keyboards do.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9éűőøæßłđ]{1,90}",
        "[а-яёй]{1,12}",
        "[\u{627}-\u{64a}]{1,12}",
        "[一-龥]{1,12}",
        "[ぁ-ゖァ-ヶ]{1,12}",
        "[가-힣]{1,30}",
        "[α-ω]{1,9}"
    ]
}

proptest! {
    #[test]
    fn nothing_panics_and_bounds_hold(text in any::<String>()) {
        let stored = tokens(&text);
        prop_assert!(stored.len() <= MAX_TOKENS);
        prop_assert!(stored.iter().all(|token| !token.is_empty() && token.len() <= MAX_TOKEN_BYTES));
        let terms = query_terms(&text);
        prop_assert!(terms.len() <= MAX_QUERY_TERMS);
        prop_assert!(terms.iter().all(|term| !term.as_str().is_empty() && term.as_str().len() <= MAX_TOKEN_BYTES));
        let line = normalize(&text);
        prop_assert_eq!(normalize(&line), line);
    }

    #[test]
    fn a_text_is_found_by_itself(text in any::<String>()) {
        prop_assume!(!query_terms(&text).is_empty());
        prop_assert!(finds(&text, &text), "{:?} in {:?}", query_terms(&text), tokens(&text));
        prop_assert!(finds(&normalize(&text), &text));
    }

    #[test]
    fn every_prefix_of_a_word_finds_it(word in word(), other in word(), length in 1usize..100) {
        let prefix: String = word.chars().take(length).collect();
        let text = format!("{other} {word}");
        prop_assume!(!query_terms(&prefix).is_empty());
        prop_assert!(finds(&prefix, &text), "{:?} in {:?}", query_terms(&prefix), tokens(&text));
        let query = format!("{prefix} {other}");
        prop_assert!(finds(&query, &text));
    }

    #[test]
    fn case_and_accents_do_not_matter(word in "[a-zéűőáüöñçşàêščž]{1,30}") {
        let upper = word.to_uppercase();
        let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(word.as_str()).collect();
        let bare: String = decomposed.chars().filter(char::is_ascii).collect();
        prop_assert_eq!(tokens(&upper), tokens(&word));
        prop_assert_eq!(tokens(&decomposed), tokens(&word));
        prop_assert_eq!(tokens(&bare), tokens(&word));
    }

    #[test]
    fn the_range_holds_exactly_what_has_the_prefix(prefix in any::<String>(), token in any::<String>(), tail in any::<String>()) {
        let inside = |token: &str| token >= prefix.as_str() && prefix_upper_bound(&prefix).is_none_or(|upper| token < upper.as_str());
        let both = format!("{prefix}{tail}");
        prop_assert!(inside(&both));
        prop_assert_eq!(inside(&token), token.starts_with(prefix.as_str()));
    }
}
