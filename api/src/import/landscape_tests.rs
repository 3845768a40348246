//! The mapping files that come with the program, and the real files they are for, where these are at hand.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The folder of the data: `LANDSCAPE_DATA`, or beside the repository.
fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("LANDSCAPE_DATA").map(PathBuf::from);
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/landscape"));
    let found = named.or_else(|| beside.is_dir().then_some(beside));
    if found.is_none() {
        println!("skipped: no landscape data; set LANDSCAPE_DATA to its folder");
    }
    found
}

fn bundled(name: &str) -> Mapping {
    Mapping::parse(bundled_mapping(&format!("landscape/{name}")).unwrap()).unwrap()
}

/// The records of a file in which every row has to be good; the warnings are given beside.
fn records(path: &std::path::Path, mapping: &Mapping) -> (Vec<Record>, Vec<RowError>) {
    let mut reader = open(path, mapping).unwrap();
    let (mut records, mut warnings) = (Vec::new(), Vec::new());
    for row in reader.by_ref() {
        match row {
            Ok(row) => {
                records.push(row.record);
                warnings.extend(row.warnings);
            }
            Err(ReadFault::Row(rejection)) => {
                panic!("{}: {:?}", path.display(), rejection.problems)
            }
            Err(ReadFault::Io(error)) => panic!("{}: {error}", path.display()),
        }
    }
    assert_eq!(reader.unseen_columns(), []);
    (records, warnings)
}

#[test]
fn the_bundled_mappings_are_good_and_agree_about_programs() {
    for (name, kind) in bundled_names().zip(Kind::ALL) {
        let mapping = Mapping::parse(bundled_mapping(name).unwrap()).unwrap();
        assert_eq!(mapping.kind, kind);
        assert_eq!(name, format!("landscape/{kind}"));
    }
    assert_eq!(bundled_mapping("landscape/nothing"), None);
    let (memberships, events) = (bundled("memberships"), bundled("membership-events"));
    assert_eq!(memberships.program("cncf-member"), events.program("cncf-member"));
    assert_eq!(memberships.programs.len(), 3);
    assert!(memberships.programs.iter().all(|program| program.organization == "cncf"));
}

#[test]
fn every_row_of_the_landscape_is_read_and_both_formats_say_the_same() {
    let Some(folder) = folder() else { return };
    for (kind, file, rows) in [
        (Kind::Organizations, "organizations", 1162),
        (Kind::Memberships, "partners", 967),
        (Kind::Listings, "listings", 1445),
        (Kind::Integrations, "integrations", 458),
        (Kind::MembershipEvents, "membership-events", 2760),
    ] {
        let mapping = bundled(kind.as_str());
        let (from_csv, warnings) = records(&folder.join(file).with_extension("csv"), &mapping);
        assert_eq!(from_csv.len(), rows, "{file}");
        assert_eq!(warnings, [], "{file}");
        let jsonl = folder.join(file).with_extension("jsonl");
        if jsonl.is_file() {
            let (from_jsonl, warnings) = records(&jsonl, &mapping);
            assert!(from_csv == from_jsonl, "{file}: the formats differ");
            assert_eq!(warnings, [], "{file}");
        }
    }
}

#[test]
fn the_landscape_has_the_members_tiers_and_types_it_is_known_for() {
    let Some(folder) = folder() else { return };
    let (rows, _) = records(&folder.join("partners.csv"), &bundled("memberships"));
    let mut tiers: BTreeMap<String, usize> = BTreeMap::new();
    let mut of_sap = BTreeSet::new();
    let (mut members, mut dated, mut untyped) = (0, 0, 0);
    for record in &rows {
        let Record::Membership(row) = record else { panic!("{record:?}") };
        members += usize::from(row.program_slug == "cncf-member");
        dated += usize::from(row.joined_on.is_some());
        untyped += usize::from(row.types.is_empty());
        *tiers.entry(row.tier.clone().unwrap_or_default()).or_default() += 1;
        if row.organization_external_id == "sap" && row.program_slug == "cncf-member" {
            of_sap.insert(row.external_id.as_str());
        }
    }
    assert_eq!((members, dated, untyped), (722, 708, 494));
    assert_eq!(of_sap.len(), 2, "one organization, two memberships of one program");
    let known = [
        ("", 245),
        ("Academic", 3),
        ("End User Supporter and Contributor", 81),
        ("Gold", 17),
        ("Nonprofit", 22),
        ("Platinum", 17),
        ("Silver", 582),
    ];
    assert_eq!(tiers, known.map(|(tier, count)| (tier.to_owned(), count)).into());

    let (rows, _) = records(&folder.join("listings.csv"), &bundled("listings"));
    let (mut open_source, mut with_vendor, mut elsewhere) = (0, 0, 0);
    for record in &rows {
        let Record::Listing(row) = record else { panic!("{record:?}") };
        open_source += usize::from(row.open_source == Some(true));
        with_vendor += usize::from(row.vendor_external_id.is_some());
        elsewhere += usize::from(!row.also_in.is_empty());
    }
    assert_eq!((open_source, with_vendor, elsewhere), (979, 987, 107));

    let (rows, _) = records(&folder.join("membership-events.csv"), &bundled("membership-events"));
    let nameless = rows
        .iter()
        .filter(|record| matches!(record, Record::MembershipEvent(event) if event.organization_key.is_none()))
        .count();
    assert_eq!(nameless, 58);
}
