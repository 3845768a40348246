//! Legal forms: what a company is before the law, in the spellings of many countries.
//!
//! A form is left out of the name, since one list writes it and another does not, and compared by itself: who is a "GmbH"
//! in one list is not an "Inc." in the other.

use super::Token;
use crate::{
    hash::{Table, join},
    words::word_hash,
};
use std::sync::LazyLock;

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
    &[
        "co",
        "company",
        "cie",
        "compagnie",
        "comp",
        "companies",
        "class a",
        "class b",
        "class c",
        "adr",
        "ads",
        "gdr",
        "sponsored adr",
        "unsponsored adr",
        "gdr regs",
        "sponsored gdr regs",
        "sponsored gdr",
        "pref",
        "ordinary shares",
        "common stock",
        "cia",
        "companhia",
        "compania",
        "coy",
    ],
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
    &[
        "gmbh",
        "gesellschaft mbh",
        "gesellschaft beschrankter haftung",
        "gesellschaft mit beschrankter haftung",
        "mbh",
        "ggmbh",
        "gesmbh",
        "ges mbh",
        "gesellschaft m beschrankter haftung",
    ],
    &["ag", "aktiengesellschaft"],
    &["kg", "kgaa", "kommanditgesellschaft auf aktien", "ohg", "gbr"],
    &["se", "societas europaea", "europaische gesellschaft"],
    &["sa", "societe anonyme", "sociedad anonima", "sociedade anonima", "societate anonima", "sa nv", "nv sa"],
    &["sas", "sasu", "societe par actions simplifiee"],
    &["sarl", "eurl", "societe a responsabilite limitee", "societe responsabilite limitee"],
    &["sab cv", "sab", "sa cv", "sapi cv", "srl cv", "sapi", "cv"],
    &[
        "sl",
        "slu",
        "sociedad limitada",
        "srl",
        "sociedad responsabilidad limitada",
        "societa a responsabilita limitata",
    ],
    &["spa", "societa per azioni", "societa azioni"],
    &["nv", "naamloze vennootschap"],
    &["bv", "besloten vennootschap", "bvba"],
    &["ab", "aktiebolag", "aktiebolaget"],
    &[
        "as",
        "aps",
        "aktieselskab",
        "aksjeselskap",
        "anpartsselskab",
        "anonim sirketi",
        "anonim sirket",
        "anonim ortakligi",
        "anonim ortaklik",
        "tas",
    ],
    &["asa", "allmennaksjeselskap"],
    &["oy", "osakeyhtio"],
    &["oyj", "abp", "julkinen osakeyhtio"],
    &["kk", "kabushiki kaisha", "kabushiki gaisha", "kabushikigaisha", "kabushikikaisha", "yk", "gk"],
    &[
        "jsc",
        "ojsc",
        "cjsc",
        "pjsc",
        "oao",
        "zao",
        "pao",
        "ao",
        "joint stock company",
        "public joint stock company",
        "open joint stock company",
        "closed joint stock company",
        "joint stock",
        "publichnoe aktsionernoe obshchestvo",
        "aktsionernoe obshchestvo",
        "prjsc",
        "vat",
        "prat",
        "international public joint stock company",
    ],
    &["sro", "spol sro"],
    &["doo", "dd", "ad", "ead", "eood", "ood"],
    &[
        "sp zoo",
        "sp oo",
        "spzoo",
        "sp z oo",
        "spolka ograniczona odpowiedzialnoscia",
        "spolka z ograniczona odpowiedzialnoscia",
        "spolka akcyjna",
    ],
    &["kft", "korlatolt felelossegu tarsasag", "bt"],
    &["rt", "nyrt", "zrt", "reszvenytarsasag", "nyilvanosan mukodo reszvenytarsasag"],
    &["ou", "osauhing", "as ou", "uab", "sia"],
    &["ev", "eingetragener verein", "eg", "foundation inc", "stiftung", "ngo", "asbl", "vzw"],
    &[
        "qpsc",
        "qsc",
        "psc",
        "pjsc qpsc",
        "saog",
        "saoc",
        "ksc",
        "kscp",
        "bsc",
        "saudi joint stock company",
        "sjsc",
        "ksa",
        "fz llc",
        "fzc",
        "fze",
    ],
    &["hf", "ehf", "ohf", "nl", "ae", "abee", "aebe", "ae ellados"],
    &["gufen", "gufen ltd", "youxiangongsi", "jusik", "yuhan hoesa"],
];

/// Forms that stand before the name as well.
const LEADING: [&str; 34] = [
    "pt",
    "ooo",
    "oao",
    "pao",
    "zao",
    "ao",
    "jsc",
    "ojsc",
    "cjsc",
    "pjsc",
    "too",
    "tov",
    "uab",
    "sia",
    "kk",
    "jusik",
    "kabushiki kaisha",
    "joint stock company",
    "public joint stock company",
    "open joint stock company",
    "vat",
    "prat",
    "closed joint stock company",
    "sociedad anonima",
    "societe anonyme",
    "ab",
    "cv",
    "gufen",
    "yk",
    "gk",
    "firma",
    "international public joint stock company",
    "limited liability company",
    "aktiebolaget",
];

/// What a word may be the last or the first of.
#[derive(Default, Clone, Copy)]
struct Spelled {
    /// The form that it is by itself, and one more; 0 for none.
    alone: u8,
    /// Words of the longest form that it ends, or that it begins.
    ending: u8,
    beginning: u8,
    is_joint: bool,
}

struct Spellings {
    words: Table<u64, Spelled>,
    /// One bit for each of these words, as the leading bits of its hash fall: most words of names are found to be none of
    /// them without a look into the table.
    likely: [u64; LIKELY / 64],
    phrases: Table<u64, u8>,
    leading: Table<u64, ()>,
}

const LIKELY: usize = 1 << 12;

/// Where the bit of a word is.
fn likely(hash: u64) -> (usize, u64) {
    let bit = hash >> (u64::BITS - LIKELY.trailing_zeros());
    ((bit / 64) as usize, 1 << (bit % 64))
}

impl Spellings {
    fn word(&self, hash: u64) -> Option<&Spelled> {
        let (at, bit) = likely(hash);
        self.likely.get(at).filter(|bits| *bits & bit != 0).and_then(|_| self.words.get(&hash))
    }
}

static SPELLINGS: LazyLock<Spellings> = LazyLock::new(|| {
    let likely_none = [0; LIKELY / 64];
    let mut all = Spellings {
        words: Table::default(),
        likely: likely_none,
        phrases: Table::default(),
        leading: Table::default(),
    };
    for (form, spelling) in
        FORMS.iter().enumerate().flat_map(|(form, spellings)| spellings.iter().map(move |s| (form, s)))
    {
        let form = form as u8;
        let words: Vec<&str> = spelling.split(' ').collect();
        all.phrases.insert(phrase_hash(words.iter().map(|word| word_hash(word))), form);
        if let [word] = words.as_slice() {
            all.words.entry(word_hash(word)).or_default().alone = form + 1;
        }
        if let (Some(first), Some(last)) = (words.first(), words.last()) {
            let length = words.len() as u8;
            let ending = &mut all.words.entry(word_hash(last)).or_default().ending;
            *ending = length.max(*ending);
            if LEADING.contains(spelling) {
                let beginning = &mut all.words.entry(word_hash(first)).or_default().beginning;
                *beginning = length.max(*beginning);
                all.leading.insert(phrase_hash(words.iter().map(|word| word_hash(word))), ());
            }
        }
    }
    for joint in JOINTS {
        all.words.entry(word_hash(joint)).or_default().is_joint = true;
    }
    for hash in all.words.keys() {
        let (at, bit) = likely(*hash);
        if let Some(bits) = all.likely.get_mut(at) {
            *bits |= bit;
        }
    }
    all
});

/// Words that join others and are left out.
const JOINTS: [&str; 32] = [
    "the", "and", "of", "for", "de", "la", "le", "les", "des", "du", "der", "die", "das", "und", "et", "y", "ve",
    "och", "og", "di", "del", "della", "da", "do", "dos", "el", "los", "las", "al", "i", "shrkh", "alshrkh",
];

/// Whether a word, known by its hash, joins others.
pub(super) fn is_joint(hash: u64) -> bool {
    SPELLINGS.word(hash).is_some_and(|word| word.is_joint)
}

fn phrase_hash(words: impl ExactSizeIterator<Item = u64>) -> u64 {
    let length = words.len() as u64;
    words.fold(length, join)
}

/// Takes the forms off the end and the beginning of a name's words. One word stays, whatever it is.
pub(super) fn strip(mut words: &[Token]) -> (Forms, &[Token]) {
    let mut forms = Forms::default();
    while words.len() > 1 {
        let Some((form, length)) = ending(words) else { break };
        forms.add(form);
        words = words.get(..words.len() - length).unwrap_or_default();
    }
    while words.len() > 1 {
        let Some((form, length)) = beginning(words) else { break };
        forms.add(form);
        words = words.get(length..).unwrap_or_default();
    }
    (forms, words)
}

/// The longest form at the end, which leaves a word.
fn ending(words: &[Token]) -> Option<(u8, usize)> {
    let all = &*SPELLINGS;
    let spelled = all.word(words.last()?.hash)?;
    for length in (2..=usize::from(spelled.ending).min(words.len() - 1)).rev() {
        let phrase = words.get(words.len() - length..)?;
        if let Some(form) = all.phrases.get(&phrase_hash(phrase.iter().map(|word| word.hash))) {
            return Some((*form, length));
        }
    }
    spelled.alone.checked_sub(1).map(|form| (form, 1))
}

fn beginning(words: &[Token]) -> Option<(u8, usize)> {
    let all = &*SPELLINGS;
    let spelled = all.word(words.first()?.hash)?;
    (1..=usize::from(spelled.beginning).min(words.len() - 1)).rev().find_map(|length| {
        let hash = phrase_hash(words.get(..length)?.iter().map(|word| word.hash));
        all.leading.get(&hash)?;
        Some((*all.phrases.get(&hash)?, length))
    })
}
