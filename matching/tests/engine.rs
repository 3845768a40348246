//! What holds of the engine as a whole, whatever the lists are.

use matching::{Account, Confidence, Index, Keys, List, Match, Reason, Statistics, affected, match_all, match_some};
use proptest::prelude::*;

/// Name, website, country, mail, DUNS.
type Row<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

fn keys(row: &Row<'_>) -> Keys {
    let (name, website, country, email, duns) = *row;
    Keys::of(&Account { name, website, country, email, duns })
}

fn list(rows: &[Row<'_>]) -> List {
    let mut list = List::default();
    for row in rows {
        list.push(&keys(row));
    }
    list
}

fn matched(left: &[Row<'_>], right: &[Row<'_>]) -> Vec<Match> {
    let (left, right) = (list(left), list(right));
    let statistics = Statistics::of(&left, &right);
    match_all(&Index::new(left, &statistics), &Index::new(right, &statistics), &statistics)
}

/// The one match of two lists of one account each.
fn one(left: Row<'_>, right: Row<'_>) -> Option<Match> {
    let found = matched(&[left], &[right]);
    assert!(found.len() < 2);
    found.first().copied()
}

#[test]
fn what_is_one_company_is_found_and_says_why() {
    let cases: [(Row<'_>, Row<'_>, Reason); 12] = [
        (
            ("Acme Foods", "https://acmefoods.com", "", "", ""),
            ("Zeta", "www.acmefoods.com/en", "", "", ""),
            Reason::Domain,
        ),
        (("Acmesoft", "", "", "x@acmesoft.com", ""), ("Bravo", "acmesoft.com", "", "", ""), Reason::Domain),
        (("Acme", "", "", "", "150483782"), ("Other words", "", "", "", "15-048-3782"), Reason::Duns),
        (("Acmesoft GmbH", "", "DE", "", ""), ("ACMESOFT", "", "Germany", "", ""), Reason::Name),
        (("Acmesoft", "", "", "", ""), ("Acmesoft Technologies Ltd", "", "", "", ""), Reason::PartOfName),
        (("Supermicron", "", "", "", ""), ("Super Micron Computer", "", "", "", ""), Reason::PartOfName),
        (("Zorblax Quimbly", "", "", "", ""), ("Zorblaxquimbly Inc", "", "", "", ""), Reason::Name),
        (("Acmesoft", "acmesoft.de", "", "", ""), ("Acmesoft", "acmesoft.com", "", "", ""), Reason::Label),
        (
            ("Acmesoft", "https://github.com/acmesoft", "", "", ""),
            ("Douxin Vision", "acmesoft.page", "", "", ""),
            Reason::NameInDomain,
        ),
        (("BWOQT", "", "", "", ""), ("Berlin Werk of Old Quiet Trains", "", "", "", ""), Reason::Acronym),
        (("Газмяс", "", "", "", ""), ("Gazmyas JSC", "", "", "", ""), Reason::Name),
        (("National Werk of Zorbs (NWOZQ)", "", "", "", ""), ("NWOZQ", "", "", "", ""), Reason::AlsoKnownAs),
    ];
    for (left, right, reason) in cases {
        let found = one(left, right);
        assert!(found.is_some_and(|found| found.reasons.has(reason)), "{left:?} and {right:?}: {found:?}");
    }
}

#[test]
fn what_is_not_one_company_is_not_matched() {
    let cases: [(Row<'_>, Row<'_>); 9] = [
        // Both have a DUNS number, so it decides.
        (("Acmesoft", "acmesoft.com", "", "", "150483782"), ("Acmesoft", "acmesoft.com", "", "", "150483783")),
        (("Beijing University", "", "", "", ""), ("Shandong University", "", "", "", "")),
        (("Delta Cooling Towers", "", "", "", ""), ("Delta Electronics", "", "", "", "")),
        (("Acme", "https://github.com/acme", "", "", ""), ("Bravo", "https://github.com/bravo", "", "", "")),
        (("Acme", "", "", "x@gmail.com", ""), ("Bravo", "", "", "y@gmail.com", "")),
        (("Acmesoft Foods", "acmesoftfoods.com", "", "", ""), ("Acmesoft", "acmesoft.com", "", "", "")),
        (("", "", "DE", "", ""), ("", "", "DE", "", "")),
        (("Inc.", "", "", "", ""), ("Ltd.", "", "", "", "")),
        (("Suzhou Steel", "", "CN", "", ""), ("Fuzhou Steel", "", "CN", "", "")),
    ];
    for (left, right) in cases {
        assert_eq!(one(left, right), None, "{left:?} and {right:?}");
    }
}

#[test]
fn one_company_that_is_listed_twice_matches_twice() {
    let left: [Row<'_>; 2] = [("Acmesoft", "acmesoft.com", "", "", ""), ("Acmesoft Inc.", "", "", "", "")];
    let right: [Row<'_>; 2] =
        [("Acmesoft", "https://www.acmesoft.com", "", "", ""), ("Acmesoft (old)", "", "", "", "")];
    assert_eq!(matched(&left, &right).len(), 4);
}

#[test]
fn of_two_namesakes_the_one_in_the_same_country_matches() {
    let left: [Row<'_>; 1] = [("Acmesoft", "", "France", "", "")];
    let right: [Row<'_>; 2] =
        [("Acmesoft", "acmesoft.com", "Germany", "", ""), ("Acmesoft", "acmesoft.fr", "France", "", "")];
    let found: Vec<u32> = matched(&left, &right).iter().map(|found| found.right).collect();
    assert_eq!(found, [1]);
}

#[test]
fn of_namesakes_that_nothing_tells_apart_none_is_certain() {
    let left: [Row<'_>; 1] = [("Acmesoft", "", "Germany", "", "")];
    let right: [Row<'_>; 2] =
        [("Acmesoft", "acmesoft.com", "Germany", "", ""), ("Acmesoft", "acmesoft.de", "Germany", "", "")];
    assert!(matched(&left, &right).iter().all(|found| found.confidence == Confidence::Possible));
}

#[test]
fn a_site_that_many_have_finds_nobody_and_makes_no_pairs() {
    let names: Vec<String> = (0..3000).map(|at| format!("{} Werk", word(at))).collect();
    let others: Vec<String> = (0..3000).map(|at| format!("{} Haus", word(at + 5000))).collect();
    // Nobody has told the engine of this host.
    fn rows(names: &[String]) -> Vec<Row<'_>> {
        names.iter().map(|name| (name.as_str(), "https://pages.manyhaveit.com/x", "", "", "")).collect()
    }
    assert_eq!(matched(&rows(&names), &rows(&others)), []);
}

#[test]
fn many_accounts_of_one_name_stay_within_bounds() {
    let row: Row<'_> = ("Acmesoft", "acmesoft.com", "Germany", "", "");
    let found = matched(&vec![row; 2_000], &vec![row; 2_000]);
    // Of 4,000,000 pairs, as many as a name and a domain may make.
    assert!(found.len() <= 40_000, "{}", found.len());
}

/// A made-up word for every number.
fn word(number: usize) -> String {
    let letters = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qi", "ro", "su", "ta"];
    (0..4).map(|at| letters[(number.wrapping_mul(2_654_435_761) >> (at * 4)) % 16]).collect::<String>()
        + letters[number % 16]
}

/// Lists with much in common, so that every rule has something to do.
fn rows(most: usize) -> impl Strategy<Value = Vec<[String; 4]>> {
    let name = prop_oneof![
        "(Acme|Bravo|Zorb|Quim|Delta) (Foods|Soft|Group|Technologies|Zorb)( Inc| GmbH| \\(HQ\\))?",
        "[A-D]{2,4}",
        "Alpha Beta (Center|Centre)",
        "Acme|Bravo|Zorblax|Zorbblax",
    ];
    let website = prop_oneof![
        Just(String::new()),
        "(acme|bravo|zorblax|manyhaveit)\\.(com|de|co\\.uk)",
        "github\\.com/(acme|bravo|zorblax)",
        "(acme|bravo)\\.github\\.io",
    ];
    let country = prop_oneof![Just(String::new()), Just("Germany".to_owned()), Just("FR".to_owned())];
    let duns = prop_oneof![9 => Just(String::new()), 1 => "15048378[0-2]"];
    proptest::collection::vec((name, website, country, duns).prop_map(|(n, w, c, d)| [n, w, c, d]), 0..most)
}

fn as_rows(rows: &[[String; 4]]) -> Vec<Row<'_>> {
    rows.iter()
        .map(|[name, website, country, duns]| (name.as_str(), website.as_str(), country.as_str(), "", duns.as_str()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn exchanging_the_lists_gives_the_same_pairs(left in rows(40), right in rows(40)) {
        let there = matched(&as_rows(&left), &as_rows(&right));
        let mut back: Vec<Match> = matched(&as_rows(&right), &as_rows(&left));
        back.sort_by_key(|found| (found.right, found.left));
        prop_assert_eq!(there.len(), back.len());
        for (one, other) in there.iter().zip(&back) {
            prop_assert_eq!((one.left, one.right, one.reasons), (other.right, other.left, other.reasons));
            prop_assert!((one.probability - other.probability).abs() < 1e-4);
        }
    }

    #[test]
    fn probabilities_are_what_the_levels_say(left in rows(40), right in rows(40)) {
        let found = matched(&as_rows(&left), &as_rows(&right));
        prop_assert!(found.is_sorted_by_key(|found| (found.left, found.right)));
        for found in found {
            prop_assert!((0.5..=1.0).contains(&found.probability));
            prop_assert_eq!(Confidence::of(found.probability), Some(found.confidence));
            prop_assert!(!found.reasons.has(Reason::OtherDuns));
        }
    }

    #[test]
    fn adding_and_removing_gives_what_a_full_run_gives(
        // Small enough that no key crosses the bound of its pairs, which only a full run sees.
        left in rows(13), right in rows(13), added in rows(6), gone in proptest::collection::vec(0_u32..13, 0..4), on_the_right: bool,
    ) {
        let (left, right, added) = (as_rows(&left), as_rows(&right), as_rows(&added));
        let gone: Vec<u32> = {
            let length = if on_the_right { right.len() } else { left.len() };
            gone.into_iter().filter(|account| (*account as usize) < length).collect()
        };
        let statistics = Statistics::of(&list(&left), &list(&right));
        let (mut ours, mut theirs) = (Index::new(list(&left), &statistics), Index::new(list(&right), &statistics));
        let mut kept = match_all(&ours, &theirs, &statistics);

        let (mut ours_again, mut theirs_again) =
            if on_the_right { affected(&ours, &theirs, &[], &gone) } else { affected(&ours, &theirs, &gone, &[]) };
        let (changed, again) =
            if on_the_right { (&mut theirs, &mut theirs_again) } else { (&mut ours, &mut ours_again) };
        let first = changed.list().len() as u32;
        changed.extend(&added.iter().map(keys).collect::<Vec<_>>(), &statistics);
        changed.remove(&gone);
        again.extend(first..changed.list().len() as u32);
        let again = match_some(&ours, &theirs, &statistics, &ours_again, &theirs_again);
        kept.retain(|found| !again.left.contains(&found.left) && !again.right.contains(&found.right));
        kept.extend(again.matches);
        kept.sort_by_key(|found| (found.left, found.right));

        prop_assert_eq!(kept, match_all(&ours, &theirs, &statistics));
    }
}
