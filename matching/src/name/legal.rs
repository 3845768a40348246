//! Legal forms: what a company is before the law, in the spellings of many countries.
//!
//! A form is left out of the name, since one list writes it and another does not, and compared by itself: who is a "GmbH"
//! in one list is not an "Inc." in the other.

use std::{collections::HashMap, sync::LazyLock};

/// A set of legal forms, one bit a form of [`FORMS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Forms(pub(crate) u64);

/// Weak ones say little: "company", "group", "public".
const WEAK: u64 = 0b1_1111;

impl Forms {
    fn add(&mut self, form: u8) {
        self.0 |= 1 << form;
    }

    /// Without those that many companies write or leave out at will.
    pub(crate) fn telling(self) -> Self {
        Self(self.0 & !WEAK)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many of "group", "holding", "public" and "private" only one of two has.
    pub(crate) fn qualified_apart(self, other: Self) -> u32 {
        ((self.0 ^ other.0) & WEAK & !1).count_ones()
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Each row is one form; spellings are words as the parser makes them: folded, letters with dots joined.
const FORMS: [&[&str]; 41] = [
    // The weak ones; see `WEAK`.
    &["co", "company", "cie", "compagnie", "comp", "companies", "cia", "companhia", "compania", "coy"],
    &["group", "groupe", "gruppe", "grupo", "gruppo", "gruppen", "group co", "konzern", "grupa", "jituan"],
    &["holding", "holdings", "hldg", "hldgs", "holdco", "beteiligungs"],
    &["publ", "public", "persero", "tbk", "registered", "reg", "bumn"],
    &["private", "pvt", "pte", "pty", "proprietary", "p", "pt", "sdn"],
    // The telling ones.
    &["inc", "incorporated", "incorporation", "incorporate", "incorp"],
    &["corp", "corporation", "corporate", "corporacion", "corporacao"],
    &["ltd", "limited", "ltee", "limitee", "lmtd", "ltda", "limitada", "limitata", "bhd", "berhad"],
    &["llc", "lc", "limited liability company", "ooo", "too", "tov", "obshchestvo s ogranichennoy otvetstvennostyu"],
    &["llp", "limited liability partnership"],
    &["lp", "limited partnership", "scs", "kommanditgesellschaft"],
    &["plc", "public limited company", "pcl", "public company limited", "public company", "plc ltd", "pcl ltd"],
    &["gmbh", "gesellschaft mbh", "gesellschaft beschrankter haftung", "gesellschaft mit beschrankter haftung", "mbh", "ggmbh", "gesmbh", "ges mbh", "gesellschaft m beschrankter haftung"],
    &["ag", "aktiengesellschaft"],
    &["kg", "kgaa", "kommanditgesellschaft auf aktien", "ohg", "gbr"],
    &["se", "societas europaea", "europaische gesellschaft"],
    &["sa", "societe anonyme", "sociedad anonima", "sociedade anonima", "societate anonima", "sa nv", "nv sa"],
    &["sas", "sasu", "societe par actions simplifiee"],
    &["sarl", "eurl", "societe a responsabilite limitee", "societe responsabilite limitee"],
    &["sab cv", "sab", "sa cv", "sapi cv", "srl cv", "sapi", "cv"],
    &["sl", "slu", "sociedad limitada", "srl", "sociedad responsabilidad limitada", "societa a responsabilita limitata"],
    &["spa", "societa per azioni", "societa azioni"],
    &["nv", "naamloze vennootschap"],
    &["bv", "besloten vennootschap", "bvba"],
    &["ab", "aktiebolag", "aktiebolaget"],
    &["as", "aps", "aktieselskab", "aksjeselskap", "anpartsselskab", "anonim sirketi", "anonim sirket", "anonim ortakligi", "anonim ortaklik", "tas"],
    &["asa", "allmennaksjeselskap"],
    &["oy", "osakeyhtio"],
    &["oyj", "abp", "julkinen osakeyhtio"],
    &["kk", "kabushiki kaisha", "kabushiki gaisha", "kabushikigaisha", "kabushikikaisha", "yk", "gk"],
    &["jsc", "ojsc", "cjsc", "pjsc", "oao", "zao", "pao", "ao", "joint stock company", "public joint stock company", "open joint stock company", "closed joint stock company", "joint stock", "publichnoe aktsionernoe obshchestvo", "aktsionernoe obshchestvo", "prjsc", "vat", "prat", "international public joint stock company"],
    &["sro", "spol sro"],
    &["doo", "dd", "ad", "ead", "eood", "ood"],
    &["sp zoo", "sp oo", "spzoo", "sp z oo", "spolka ograniczona odpowiedzialnoscia", "spolka z ograniczona odpowiedzialnoscia", "spolka akcyjna"],
    &["kft", "korlatolt felelossegu tarsasag", "bt"],
    &["rt", "nyrt", "zrt", "reszvenytarsasag", "nyilvanosan mukodo reszvenytarsasag"],
    &["ou", "osauhing", "as ou", "uab", "sia"],
    &["ev", "eingetragener verein", "eg", "foundation inc", "stiftung", "ngo", "asbl", "vzw"],
    &["qpsc", "qsc", "psc", "pjsc qpsc", "saog", "saoc", "ksc", "kscp", "bsc", "saudi joint stock company", "sjsc", "ksa", "fz llc", "fzc", "fze"],
    &["hf", "ehf", "ohf", "nl", "ae", "abee", "aebe", "ae ellados"],
    &["gufen", "gufen ltd", "youxiangongsi", "jusik", "yuhan hoesa"],
];

/// Words of the longest spelling.
const LONGEST: usize = 5;

/// Forms that stand before the name as well.
const LEADING: [&str; 34] = [
    "pt", "ooo", "oao", "pao", "zao", "ao", "jsc", "ojsc", "cjsc", "pjsc", "too", "tov", "uab", "sia", "kk", "jusik",
    "kabushiki kaisha", "joint stock company", "public joint stock company", "open joint stock company", "vat", "prat",
    "closed joint stock company", "sociedad anonima", "societe anonyme", "ab", "cv", "gufen", "yk", "gk", "firma",
    "international public joint stock company", "limited liability company", "aktiebolaget",
];

static BY_SPELLING: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    let rows = FORMS.iter().enumerate();
    rows.flat_map(|(form, spellings)| spellings.iter().map(move |spelling| (*spelling, form as u8))).collect()
});

/// Takes the forms off the end and the beginning of a name's words. One word stays, whatever it is.
pub(super) fn strip(words: &mut Vec<&str>) -> Forms {
    let mut forms = Forms::default();
    let mut phrase = String::new();
    while words.len() > 1 {
        let Some((form, length)) = (1..=LONGEST.min(words.len() - 1)).rev().find_map(|length| {
            let form = form_of(words.get(words.len() - length..)?, &mut phrase)?;
            Some((form, length))
        }) else {
            break;
        };
        forms.add(form);
        words.truncate(words.len() - length);
    }
    while words.len() > 1 {
        let Some((form, length)) = (1..=LONGEST.min(words.len() - 1)).rev().find_map(|length| {
            let form = form_of(words.get(..length)?, &mut phrase)?;
            LEADING.contains(&phrase.as_str()).then_some((form, length))
        }) else {
            break;
        };
        forms.add(form);
        words.drain(..length);
    }
    forms
}

fn form_of(words: &[&str], phrase: &mut String) -> Option<u8> {
    // No spelling of one word is longer; looking it up would be the dearest thing here.
    if let [word] = words {
        phrase.clear();
        phrase.push_str(word);
        return if word.len() > 20 { None } else { BY_SPELLING.get(*word).copied() };
    }
    let last = words.last()?;
    if !matches!(last.len(), 1..=20) {
        return None;
    }
    phrase.clear();
    for word in words {
        if !phrase.is_empty() {
            phrase.push(' ');
        }
        phrase.push_str(word);
    }
    BY_SPELLING.get(phrase.as_str()).copied()
}
