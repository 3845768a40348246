//! The real landscape, where it is at hand: its known numbers, and its history day by day against a plain fold.

use super::{Files, count, documents};
use crate::support::{TestApp, on_both};
use chrono::{Datelike, Days, NaiveDate};
use entity::{
    import_stream, integration, listing, membership, membership::MembershipStatus, membership_period, organization,
    program, tier,
};
use partnergraph::{
    import::{Kind, Mapping, Tally, bundled_mapping},
    text,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

on_both!(the_landscape_arrives_as_it_is);

const FILES: [(&str, &str); 5] = [
    ("membership-events", "membership-events"),
    ("integrations", "integrations"),
    ("listings", "listings"),
    ("partners", "memberships"),
    ("organizations", "organizations"),
];

/// The folder of the data: `LANDSCAPE_DATA`, or beside the repository.
fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("LANDSCAPE_DATA").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/landscape");
    let found = named.or_else(|| beside.is_dir().then_some(beside));
    if found.is_none() {
        println!("left out: no landscape data; set LANDSCAPE_DATA to its folder");
    }
    found
}

fn files(folder: &Path) -> Files {
    let files = FILES.map(|(file, mapping)| {
        let mapping = Mapping::parse(bundled_mapping(&format!("landscape/{mapping}")).unwrap()).unwrap();
        (folder.join(file).with_extension("csv"), mapping)
    });
    Files::none().set(|settings| settings.files = files.into()).reported()
}

async fn the_landscape_arrives_as_it_is(app: TestApp) {
    let Some(folder) = folder() else { return };
    let first = files(&folder);
    let report = first.run(&app).await.unwrap();
    let tallies: BTreeMap<Kind, Tally> = report.tallies().collect();
    for (kind, rows) in Kind::ALL.into_iter().zip([1162, 967, 1445, 458, 2760]) {
        assert_eq!((tallies[&kind].created, tallies[&kind].rejected), (rows, 0), "{kind}");
    }
    numbers(&app).await;
    dirt(&first);
    history(&app, &folder).await;
    documents::answer(&app, &folder, &counts_by_day(&folder)).await;

    let second = files(&folder);
    let again = second.run(&app).await.unwrap();
    assert!(again.changed_nothing(), "{again}");
    assert_eq!(again.total().unchanged, report.total().created);
    assert_eq!(again.total().warnings, report.total().warnings);
    assert_eq!(second.problems(), first.problems());
}

async fn numbers(app: &TestApp) {
    let db = app.app.world.db.read();
    let listed = organization::Entity::find()
        .filter(organization::Column::Listed.eq(true))
        .filter(organization::Column::ExternalId.like("landscape:%"));
    assert_eq!(listed.count(db).await.unwrap(), 1162);
    assert!(super::organization(app, "cncf").await.listed);
    assert_eq!(count::<listing::Entity>(app).await, 1445);
    assert_eq!(count::<integration::Entity>(app).await, 458);
    let resolved = integration::Entity::find().filter(integration::Column::TargetId.is_not_null());
    assert_eq!(resolved.count(db).await.unwrap(), 245);
    let programs = program::Entity::find().all(db).await.unwrap();
    for (slug, members) in
        [("cncf-member", 722), ("kubernetes-certified-service-provider", 199), ("kubernetes-training-partner", 46)]
    {
        let id = programs.iter().find(|program| program.slug == slug).unwrap().id;
        let present = membership::Entity::find()
            .filter(membership::Column::ProgramId.eq(id))
            .filter(membership::Column::Status.eq(MembershipStatus::Active));
        assert_eq!(present.count(db).await.unwrap(), members, "{slug}");
    }
    let sap = super::organization(app, "sap").await.id;
    let of_sap = membership::Entity::find().filter(membership::Column::OrganizationId.eq(sap));
    assert_eq!(of_sap.count(db).await.unwrap(), 3, "twice in one program, once in another");
}

fn dirt(files: &Files) {
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for problem in files.problems() {
        if let Some(code) = problem.split(' ').nth(1) {
            *told.entry(code.to_owned()).or_default() += 1;
        }
    }
    for (code, number) in [
        ("EVENT_CONTRADICTS_STATE", 18),
        ("ORGANIZATION_WITHOUT_KEY", 58),
        ("DANGLING_INTEGRATION", 213),
        ("MISSING_VENDOR", 458),
    ] {
        assert_eq!(told.get(code), Some(&number), "{code}: {told:?}");
    }
    for code in ["SHARED_WEBSITE", "SHARED_NAME", "EVENT_WITHOUT_MEMBERSHIP", "MEMBERSHIP_WITHOUT_EVENT"] {
        assert!(told.contains_key(code), "{code}: {told:?}");
    }
}

struct Event {
    on: NaiveDate,
    key: (&'static str, String),
    /// The tier from that day on; none for one who leaves.
    tier: Option<String>,
}

fn events(folder: &Path) -> Vec<Event> {
    let mut reader = csv::Reader::from_path(folder.join("membership-events.csv")).unwrap();
    let rows = reader.deserialize::<BTreeMap<String, String>>().map(|row| {
        let row = row.unwrap();
        let key = match row["crunchbase_slug"].as_str() {
            "" => ("NAME", text::sort_key(&row["name"])),
            slug => ("KEY", slug.to_owned()),
        };
        let tier = (row["event"] != "left").then(|| row["to_tier"].clone());
        Event { on: row["seen_on"].parse().unwrap(), key, tier }
    });
    rows.collect()
}

/// Every end of a month while the record lasts and some more, and the days around each event's day.
fn days(events: &[Event]) -> BTreeSet<NaiveDate> {
    let mut days = BTreeSet::new();
    let mut month = NaiveDate::from_ymd_opt(2019, 7, 1).unwrap();
    while month < NaiveDate::from_ymd_opt(2026, 12, 1).unwrap() {
        let next = if month.month() == 12 {
            NaiveDate::from_ymd_opt(month.year() + 1, 1, 1)
        } else {
            NaiveDate::from_ymd_opt(month.year(), month.month() + 1, 1)
        };
        month = next.unwrap();
        days.insert(month - Days::new(1));
    }
    for event in events {
        days.insert(event.on);
        days.insert(event.on - Days::new(1));
    }
    days
}

async fn history(app: &TestApp, folder: &Path) {
    let db = app.app.world.db.read();
    let events = events(folder);
    let snapshot = NaiveDate::from_ymd_opt(2026, 8, 7).unwrap();
    let programs = program::Entity::find().filter(program::Column::Slug.eq("cncf-member"));
    let program = programs.one(db).await.unwrap().unwrap().id;
    let tiers: BTreeMap<_, _> =
        tier::Entity::find().all(db).await.unwrap().into_iter().map(|tier| (tier.id, tier.name)).collect();
    let streams: BTreeMap<_, _> = import_stream::Entity::find()
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .map(|stream| (stream.membership_id, (stream.kind, stream.value)))
        .collect();
    let rows: BTreeMap<_, _> = membership::Entity::find()
        .filter(membership::Column::ProgramId.eq(program))
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| (row.id, row.external_key))
        .collect();
    let present = present(folder);
    let mut checked = 0;
    let wanted = days(&events).into_iter().chain([snapshot, snapshot - Days::new(1), snapshot + Days::new(1)]);
    for day in wanted.collect::<BTreeSet<_>>() {
        let found: Vec<_> = membership_period::Entity::find()
            .filter(membership_period::Column::ProgramId.eq(program))
            .filter(membership_period::Column::StartsOn.lte(day))
            .filter(membership_period::Column::EndsOn.gt(day))
            .all(db)
            .await
            .unwrap();
        let tier = |row: &membership_period::Model| row.tier_id.map(|id| tiers[&id].clone()).unwrap_or_default();
        if day >= snapshot {
            let found: BTreeMap<_, _> = found.iter().map(|row| (rows[&row.membership_id].clone(), tier(row))).collect();
            assert_eq!(found, present, "{day}");
        } else {
            let mut fold: BTreeMap<(String, String), String> = BTreeMap::new();
            for event in events.iter().filter(|event| event.on <= day) {
                let key = (event.key.0.to_owned(), event.key.1.clone());
                match &event.tier {
                    Some(tier) => fold.insert(key, tier.clone()),
                    None => fold.remove(&key),
                };
            }
            assert_eq!(found.len(), fold.len(), "{day}");
            let found: BTreeMap<_, _> =
                found.iter().map(|row| (streams[&row.membership_id].clone(), tier(row))).collect();
            assert_eq!(found, fold, "{day}");
        }
        checked += 1;
    }
    assert!(checked > 150, "{checked}");
}

/// How many members a plain fold over the events has on some days, and the snapshot from its own day on.
fn counts_by_day(folder: &Path) -> Vec<(NaiveDate, usize)> {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let events = events(folder);
    let past =
        [day(2019, 7, 30), day(2019, 7, 31), day(2020, 2, 29), day(2021, 12, 31), day(2023, 6, 15), day(2026, 8, 6)];
    let mut counts: Vec<_> = past
        .into_iter()
        .map(|on| {
            let mut members = BTreeSet::new();
            for event in events.iter().filter(|event| event.on <= on) {
                if event.tier.is_some() {
                    members.insert(event.key.clone());
                } else {
                    members.remove(&event.key);
                }
            }
            (on, members.len())
        })
        .collect();
    counts.push((day(2026, 8, 7), 722));
    counts
}

/// The members of the snapshot with their tiers, by external key.
fn present(folder: &Path) -> BTreeMap<String, String> {
    let mut reader = csv::Reader::from_path(folder.join("partners.csv")).unwrap();
    let rows = reader.deserialize::<BTreeMap<String, String>>().map(Result::unwrap);
    let members = rows.filter(|row| row["program"] == "CNCF Member");
    let members: BTreeMap<_, _> =
        members.map(|row| (format!("landscape:{}", row["partner_id"]), row["tier"].clone())).collect();
    assert_eq!(members.len(), 722);
    members
}
