//! Values: how they are cleaned, typed, mapped and judged.

use super::*;
use crate::import::record::{EventKind, ListingKind, PartnerType};

#[test]
fn faults_of_adornments_warn_and_faults_of_facts_reject() {
    let organizations = organizations();
    let rows = |row: &str| {
        told(format!("id,name,slug,public,site,country,text,domains,names\n{row}\n"), Format::Csv, &organizations)
    };
    for (row, expected) in [
        ("1,A,a,yes,acme.example,hu,x,a.example;B.example,A;A;;B", "2 ok "),
        ("1,A,a,,ftp://acme.example,,,,", "2 ok site:INVALID_URL"),
        ("1,A,a,,,XX,,,", "2 ok country:INVALID_COUNTRY"),
        ("1,A,a,,,,,acme;b.example,", "2 ok domains:INVALID_DOMAIN"),
        ("1,A,A b,,,,,,", "2 slug:INVALID_SLUG"),
        ("1,A,a,maybe,javascript:x,,,,", "2 public:INVALID_BOOLEAN site:INVALID_URL"),
    ] {
        assert_eq!(rows(row), [expected], "{row}");
    }
    let long = format!("1,A,a,,,,{},,{}", "y".repeat(10_001), "z;".repeat(3));
    assert_eq!(rows(&long), ["2 ok text:TOO_LONG"]);
    let many = format!("1,A,a,,,,,,{}", (0..150).map(|n| format!("n{n};")).collect::<String>());
    assert_eq!(rows(&many), ["2 ok names:TOO_MANY"]);
}

#[test]
fn values_come_cleaned_and_typed() {
    let data = "id,name,slug,public,site,country,text,domains,names\n 1 ,  A \u{202e}B ,a,NO,acme.example/x,hu,\"one\r\ntwo\",Bücher.example;acme.example.,A;A; ;B\n";
    let rows = read(data.as_bytes(), Format::Csv, &organizations()).unwrap();
    let Some(Ok(Row { record: Record::Organization(record), .. })) = rows.first() else { panic!("{rows:?}") };
    assert_eq!((record.external_id.as_str(), record.name.as_str(), record.public), ("1", "A B", false));
    assert_eq!(record.website.as_deref(), Some("https://acme.example/x"));
    assert_eq!(record.country.as_deref(), Some("HU"));
    assert_eq!(record.description.as_deref(), Some("one\ntwo"));
    assert_eq!(record.domains, ["xn--bcher-kva.example", "acme.example"]);
    assert_eq!(record.other_names, ["A", "B"]);
}

#[test]
fn a_spreadsheet_of_another_shape_needs_no_code() {
    let mapping = mapping(
        "kind=\"memberships\"\nsource=\"crm\"\ndelimiter=\";\"\n[columns]\nexternal_id=\"Nr\"\norganization_external_id=\"Firma\"\n\
         program_slug={column=\"Programm\",lower=true,map={\"gold club\"=\"club\"},default=\"club\"}\ntier={column=\"Stufe\",default=\"Basis\"}\n\
         types={column=\"Art\",split=\",\",map={\"Vertrieb\"=\"channel\"}}\njoined_on={column=\"Seit\",date_format=\"%d.%m.%Y\"}\n\
         country={constant=\"DE\"}\n[[programs]]\nslug=\"club\"\nname=\"Club\"\norganization=\"acme\"\ntiers=[{name=\"Basis\",rank=1},{name=\"Gold\",rank=2}]",
    );
    let data = "Nr;Firma;Programm;Stufe;Art;Seit\n1;f1;GOLD Club;Gold;Vertrieb,Technology;03.02.2021\n2;f1;;;;\n3;f1;Silber;Gold;;\n4;f1;;Platin;;\n5;f1;;;Freund;2021-02-03\n6;f1;;;;31.02.2021\n";
    let rows = read(data.as_bytes(), Format::Csv, &mapping).unwrap();
    let Some(Ok(Row { record: Record::Membership(first), .. })) = rows.first() else { panic!("{rows:?}") };
    assert_eq!(first.program_slug, "club");
    assert_eq!(first.tier.as_deref(), Some("Gold"));
    assert_eq!(first.types.iter().copied().collect::<Vec<_>>(), [PartnerType::Technology, PartnerType::Channel]);
    assert_eq!(first.joined_on.map(|on| on.to_string()).as_deref(), Some("2021-02-03"));
    assert_eq!(first.country.as_deref(), Some("DE"));
    let Some(Ok(Row { record: Record::Membership(second), .. })) = rows.get(1) else { panic!("{rows:?}") };
    assert_eq!((second.tier.as_deref(), second.joined_on, second.types.len()), (Some("Basis"), None, 0));
    assert_eq!(
        told(data, Format::Csv, &mapping).split_off(2),
        [
            "4 Programm:UNKNOWN_PROGRAM",
            "5 Stufe:UNKNOWN_TIER",
            "6 Art:INVALID_CHOICE Seit:INVALID_DATE",
            "7 Seit:INVALID_DATE"
        ]
    );
}

#[test]
fn on_error_decides_between_warning_and_rejection() {
    let text = "kind=\"listings\"\nsource=\"s\"\n[columns]\nexternal_id=\"id\"\nname=\"name\"\ncategory=\"cat\"\n\
                accepted_on={column=\"on\",on_error=\"warn\"}\nwebsite={column=\"site\",on_error=\"reject\"}\nkind=\"kind\"\nalso_in={column=\"also\",split=\";\"}";
    let data = "id,name,cat,on,site,kind,also\n1,A,C,soon,,service,X / Y/Z;X;A / B\n2,A,C,,nowhere,,\n";
    let mapping = mapping(text);
    assert_eq!(told(data, Format::Csv, &mapping), ["2 ok also:INVALID_PAIR on:INVALID_DATE", "3 site:INVALID_URL"]);
    let rows = read(data.as_bytes(), Format::Csv, &mapping).unwrap();
    let Some(Ok(Row { record: Record::Listing(listing), .. })) = rows.first() else { panic!("{rows:?}") };
    assert_eq!(listing.kind, ListingKind::Service);
    assert_eq!(listing.also_in, [("X".to_owned(), "Y/Z".to_owned()), ("A".to_owned(), "B".to_owned())]);
}

#[test]
fn events_have_tiers_that_fit_their_kind() {
    let mapping = mapping(
        "kind=\"membership-events\"\nsource=\"s\"\n[columns]\non=\"on\"\nevent=\"event\"\nname=\"name\"\norganization_key=\"key\"\n\
         from_tier=\"from\"\nto_tier=\"to\"\nprogram_slug={constant=\"p\"}",
    );
    let data = "on,event,name,key,from,to\n2020-01-31,listed,A,a,,Gold\n2020-01-31,Tier Changed,A,,Gold,Silver\n2020-01-31,tier_changed,A,a,Gold,Gold\n\
                2020-01-31,tier changed,A,a,Gold,\n2020-01-31,joined,A,a,Gold,\n2020-01-31,left,A,a,,Gold\n2020-01-31,fled,A,a,,\n2020-02-30,left,A,a,Gold,\n0020-01-01,left,A,a,Gold,\n";
    assert_eq!(
        told(data, Format::Csv, &mapping),
        [
            "2 ok ",
            "3 ok ",
            "4 to:INCONSISTENT_EVENT",
            "5 to:INCONSISTENT_EVENT",
            "6 from:INCONSISTENT_EVENT",
            "7 to:INCONSISTENT_EVENT",
            "8 event:INVALID_CHOICE",
            "9 on:INVALID_DATE",
            "10 on:INVALID_DATE"
        ]
    );
    let rows = read(data.as_bytes(), Format::Csv, &mapping).unwrap();
    let Some(Ok(Row { record: Record::MembershipEvent(event), .. })) = rows.get(1) else { panic!("{rows:?}") };
    assert_eq!((event.kind, event.organization_key.as_deref()), (EventKind::TierChanged, None));
}
