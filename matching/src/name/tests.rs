#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use proptest::prelude::*;

fn parse(name: &str) -> Parsed {
    let mut parsed = Parsed::default();
    super::parse(name, &mut parsed);
    parsed
}

/// The account's own name as it is compared.
fn own(name: &str) -> String {
    parse(name).text.lines().next().unwrap_or_default().to_owned()
}

fn forms(name: &str) -> Forms {
    parse(name).forms
}

#[test]
fn spellings_of_a_name_are_one() {
    for (one, other) in [
        ("Acme, Inc.", "ACME"),
        ("Acme GmbH", "acme"),
        ("Crédit Acme S.A.", "Credit Acme SA"),
        ("Acme Holding Co., Ltd.", "acme"),
        ("Müller & Söhne KG", "Muller und Sohne"),
        ("The Acme Group plc", "Acme"),
        ("AT&T Inc.", "ATandT"),
        ("K&O Energy", "KandO Energy"),
        ("E & M Computing Ltd.", "E and M Computing"),
        ("J. B. Chemicals", "JB Chemicals"),
        ("Acme  Technologies", "Acme Technology"),
        ("Lowe's Companies, Inc.", "Lowes"),
        ("Salesforce.com, Inc.", "Salesforce"),
        ("Acme - do not contact", "Acme"),
        ("Acme / APAC", "Acme"),
        ("Acme (EMEA)", "Acme"),
        ("Acme Systems (Shanghai) Co., Ltd.", "Acme Systems"),
        ("Acme\u{a0}Foods", " ACME  FOODS "),
        ("PT Acme Karya Tbk", "Acme Karya"),
        ("Acme™", "Acme"),
    ] {
        assert_eq!(own(one), own(other), "{one} and {other}");
    }
}

#[test]
fn names_of_different_companies_stay_different() {
    for (one, other) in [
        ("Acme North", "Acme South"),
        ("Acme Foods", "Acme"),
        ("Sandridge", "Sridge"),
        ("Gas", "Ga"),
        ("Suzhou Steel", "Fuzhou Steel"),
    ] {
        assert_ne!(own(one), own(other), "{one} and {other}");
    }
}

#[test]
fn legal_forms_of_many_countries_are_taken_off_and_known() {
    for name in [
        "Acme Inc",
        "Acme Incorporated",
        "Acme Corp.",
        "Acme Corporation",
        "Acme Co., Ltd.",
        "Acme Company Limited",
        "Acme LLC",
        "Acme L.L.C.",
        "Acme LLP",
        "Acme L.P.",
        "Acme PLC",
        "Acme Public Company Limited",
        "Acme P.L.C.",
        "Acme GmbH",
        "Acme GmbH & Co. KG",
        "Acme Gesellschaft mbH",
        "Acme AG",
        "Acme Aktiengesellschaft",
        "Acme KGaA",
        "Acme e.V.",
        "Acme SE",
        "Acme S.A.",
        "Acme Société Anonyme",
        "Acme SAS",
        "Acme S.à r.l.",
        "Acme SARL",
        "Acme S.A.B. de C.V.",
        "Acme S.A. de C.V.",
        "Acme S.L.",
        "Acme, S.L.U.",
        "Acme S.p.A.",
        "Acme S.r.l.",
        "Acme N.V.",
        "Acme SA/NV",
        "Acme B.V.",
        "Acme AB (publ)",
        "Acme Aktiebolag",
        "Acme A/S",
        "Acme ApS",
        "Acme AS",
        "Acme ASA",
        "Acme Oy",
        "Acme Oyj",
        "Acme Abp",
        "Acme K.K.",
        "Acme Kabushiki Kaisha",
        "Acme Ltda.",
        "Acme Limitada",
        "Acme Pty Ltd",
        "Acme Pte. Ltd.",
        "Acme Pvt. Ltd.",
        "Acme Private Limited",
        "Acme Sdn. Bhd.",
        "Acme Berhad",
        "PT Acme Tbk",
        "Acme A.S.",
        "Acme Anonim Şirketi",
        "Acme d.o.o.",
        "Acme s.r.o.",
        "Acme Sp. z o.o.",
        "Acme Kft.",
        "Acme Zrt.",
        "Acme Nyrt.",
        "Acme OÜ",
        "UAB Acme",
        "SIA Acme",
        "OOO Acme",
        "PAO Acme",
        "Acme PJSC",
        "Acme Q.P.S.C.",
        "Public Joint Stock Company Acme",
        "Acme hf.",
        "Acme Α.Ε.",
    ] {
        assert_eq!(own(name), "acme", "{name}");
        assert!(!forms(name).is_empty(), "{name}");
    }
    for (one, other) in [
        ("Acme Inc.", "Acme Incorporated"),
        ("Acme Ltd", "Acme Limited"),
        ("Acme A/S", "Acme Aktieselskab"),
        ("Acme Sp. z o.o.", "Acme spolka z ograniczona odpowiedzialnoscia"),
        ("Acme GmbH", "Acme Gesellschaft mit beschränkter Haftung"),
        ("ПАО Acme", "Acme PJSC"),
        ("株式会社Acme", "Acme K.K."),
    ] {
        assert!(forms(one).telling().meets(forms(other).telling()), "{one} and {other}");
    }
    assert!(!forms("Acme Inc.").telling().meets(forms("Acme GmbH").telling()));
    assert!(forms("Acme Company").telling().is_empty());
}

#[test]
fn a_legal_form_alone_is_a_name() {
    assert_eq!(own("SE"), "se");
    assert_eq!(own("Co. Ltd."), "co");
    assert_eq!(own("The The"), "the the");
}

#[test]
fn every_script_has_words() {
    for (name, same) in [
        ("Газпром нефть", "Gazprom neft"),
        ("ПАО «Газпром»", "Gazprom"),
        ("Εθνική Τράπεζα", "Ethniki Trapeza"),
        ("株式会社トヨタ", "Toyota"),
        ("百度集团股份有限公司", "BaiDu"),
        ("삼성전자 주식회사", "SamSeongJeonJa"),
        ("Łódź Żabka", "Lodz Zabka"),
        ("Đà Nẵng Ødegård", "Da Nang Odegard"),
        ("ＡＣＭＥ", "Acme"),
    ] {
        assert_eq!(own(name), own(same), "{name}");
    }
    for name in ["شركة الاتصالات السعودية", "חברת החשמל", "บริษัท ปตท", "टाटा", "三菱電機", "ქართული", "Հայ"]
    {
        assert!(own(name).len() > 1, "{name} has no words");
    }
    assert_ne!(own("三菱電機"), own("三井物産"));
}

#[test]
fn another_name_of_the_company_is_kept_as_that() {
    for (name, other) in [
        ("National Renewable Energy Laboratory (NREL)", "nrel"),
        ("NREL (National Renewable Energy Laboratory)", "national renewable energy laboratory"),
        ("Academy of Things aka Zhiyuan Institute", "zhiyuan institute"),
        ("Acme Ltd d/b/a Bravo Foods", "bravo food"),
        ("CINECA – Consorzio Interuniversitario", "cineca"),
    ] {
        assert!(parse(name).text.lines().skip(1).any(|found| found == other), "{name}: {}", parse(name).text);
    }
    assert_eq!(own("(Acme)"), "acme");
    assert_eq!(own(" - "), "");
}

#[test]
fn a_name_of_any_length_is_cut() {
    let long = "Acme ".repeat(10_000);
    let parsed = parse(&long);
    assert_eq!(parsed.text.lines().next().unwrap().split(' ').count(), WORDS_MAX);
    assert!(parse(&"(a) ".repeat(1000)).text.lines().count() <= NAMES_MAX);
    assert!(parse(&"語".repeat(10_000)).text.len() < 4_000);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(name in any::<String>()) {
        let parsed = parse(&name);
        prop_assert!(parsed.text.is_ascii());
        prop_assert!(parsed.text.lines().count() <= NAMES_MAX);
        prop_assert!(parsed.text.is_empty() || parsed.text.ends_with('\n'));
    }

    #[test]
    fn what_was_compared_compares_the_same(name in "[A-Za-z&.,'()/ éß株мА-]{0,40}") {
        let once = own(&name);
        // A single word may be a form that was kept because nothing else was there.
        if once.split(' ').count() < WORDS_MAX && !once.split(' ').any(|word| word.len() < 4) {
            prop_assert_eq!(own(&once), once);
        }
    }

    #[test]
    fn a_form_at_the_end_changes_nothing(name in "[B-Z][a-z]{5,9} [B-Z][a-z]{5,9}", form in "Inc\\.|, Ltd|GmbH|S\\.A\\.|AB \\(publ\\)|plc") {
        prop_assert_eq!(own(&format!("{name} {form}")), own(&name));
    }
}

#[test]
fn the_words_are_those_of_the_text() {
    for name in
        ["Acme", "E and M Technologies, Inc. (Acme Technologies)", "A & B", "", "-", "Acme aka Bravo / Zorb, Zorbs"]
    {
        let parsed = parse(name);
        assert_eq!(parsed.words, split(&parsed.text).collect::<Vec<_>>(), "{name}");
    }
    let words = parse("E and M Technologies (Acme)").words;
    assert_eq!(words.iter().map(|word| word.is_last).collect::<Vec<_>>(), [false, true, true]);
}

proptest! {
    #[test]
    fn the_words_of_any_name_are_those_of_its_text(name in "([A-Za-z&.()/' -]{0,9}( and | of | aka |ies |s |é|Inc )?){0,9}") {
        let parsed = parse(&name);
        prop_assert_eq!(&parsed.words, &split(&parsed.text).collect::<Vec<_>>());
    }
}
