//! The history of memberships: what the events say until the day of the snapshot, and what the rows say from there.

use super::{Files, memberships, organization};
use crate::support::{TestApp, on_both};
use entity::{membership, membership_fact};
use partnergraph::import::Tally;
use sea_orm::{EntityTrait, QueryOrder};

on_both!(
    events_hold_before_the_snapshot_and_rows_from_it,
    contradictions_are_told_and_the_later_event_holds,
    an_organization_with_two_memberships_keeps_its_histories_apart,
    names_stand_in_for_keys,
    every_way_of_importing_ends_alike,
    a_later_snapshot_changes_what_differs,
    a_row_without_a_day_tells_of_its_joining,
    events_are_added_and_never_repeated,
);

const ORGANIZATIONS: &str = "stay,Stay,,,,,,\nmove,Move,moved-1,,,,,\nrow,Row Only,,,,,,\nback,Back,,,,,,\n";
const MEMBERSHIPS: &str = "stay-m,stay,Gold,,2019-01-01\nmove-m,move,Silver,,\nrow-m,row,Gold,,\nback-m,back,Gold,,\n";
const EVENTS: &str = "\
2020-01-31,listed,stay,Stay,,Silver\n\
2020-03-31,tier changed,stay,Stay,Silver,Gold\n\
2020-01-31,joined,moved-1,Move,,Gold\n\
2020-02-29,joined,gone,Gone,,Silver\n\
2020-06-30,left,gone,Gone,Silver,\n\
2020-02-29,joined,open,Open,,Silver\n\
2020-01-31,joined,back,Back,,Silver\n\
2020-02-29,left,back,Back,Silver,\n\
2020-06-30,joined,back,Back,,Gold\n";

fn all() -> Files {
    Files::none().events(EVENTS).memberships(MEMBERSHIPS).organizations(ORGANIZATIONS)
}

const OUTCOME: [&str; 6] = [
    "back back-m Active Gold: 2020-01-31..2020-02-29 Silver, 2020-06-30.. Gold",
    "gone events/key:gone Terminated Silver: 2020-02-29..2020-06-30 Silver",
    "open events/key:open Terminated Silver: 2020-02-29..2026-08-07 Silver",
    "move move-m Active Silver: 2020-01-31..2026-08-07 Gold, 2026-08-07.. Silver",
    "row row-m Active Gold: 2026-08-07.. Gold",
    "stay stay-m Active Gold: 2020-01-31..2020-03-31 Silver, 2020-03-31.. Gold",
];

async fn events_hold_before_the_snapshot_and_rows_from_it(app: TestApp) {
    let files = all().reported();
    let report = files.run(&app).await.unwrap();
    assert_eq!(memberships(&app).await, OUTCOME);
    assert_eq!((report.besides.organizations, report.besides.memberships), (3, 2), "the host and two by events");
    assert_eq!(
        files.problems(),
        ["4 MEMBERSHIP_WITHOUT_EVENT Move", "7 EVENT_WITHOUT_MEMBERSHIP Open", "4 MEMBERSHIP_WITHOUT_EVENT row-m"]
    );
    for slug in ["gone", "open"] {
        assert!(!organization(&app, slug).await.listed, "{slug}");
    }
    let again = all().reported();
    let report = again.run(&app).await.unwrap();
    assert!(report.changed_nothing(), "{report}");
    assert_eq!(again.problems(), files.problems());
    assert_eq!(memberships(&app).await, OUTCOME);
}

async fn contradictions_are_told_and_the_later_event_holds(app: TestApp) {
    let files = Files::none()
        .events(
            "2020-01-31,left,a,A,Silver,\n2020-02-29,joined,a,A,,Silver\n2020-03-31,joined,a,A,,Gold\n\
             2020-04-30,tier changed,b,B,Silver,Gold\n2020-05-31,tier changed,b,B,Silver,Gold\n\
             2020-06-30,left,b,B,Gold,\n2020-06-30,joined,b,B,,Silver\n",
        )
        .reported();
    files.run(&app).await.unwrap();
    assert_eq!(
        memberships(&app).await,
        [
            "a events/key:a Active Gold: 2020-02-29..2020-03-31 Silver, 2020-03-31.. Gold",
            "b events/key:b Active Silver: 2020-04-30..2020-06-30 Gold, 2020-06-30.. Silver",
        ]
    );
    let told = [
        "2 EVENT_CONTRADICTS_STATE A",
        "4 EVENT_CONTRADICTS_STATE A",
        "5 EVENT_CONTRADICTS_STATE B",
        "6 EVENT_CONTRADICTS_STATE B",
    ];
    assert_eq!(files.problems(), told);
}

async fn an_organization_with_two_memberships_keeps_its_histories_apart(app: TestApp) {
    let files = || {
        Files::none()
            .organizations("sap,SAP,sap,,,,SAP Labs,\n")
            .memberships("sap-labs-member,sap,Silver,,\nsap-member,sap,Gold,,2017-10-01\n")
            .events("2019-07-31,listed,sap,SAP,,Gold\n")
    };
    files().run(&app).await.unwrap();
    let outcome =
        ["sap sap-labs-member Active Silver: 2026-08-07.. Silver", "sap sap-member Active Gold: 2019-07-31.. Gold"];
    assert_eq!(memberships(&app).await, outcome);
    assert!(files().run(&app).await.unwrap().changed_nothing());
    // A second history of the same organization is a membership of its own.
    let more = Files::none().events("2019-07-31,listed,sap,SAP,,Gold\n2020-01-31,joined,,SAP Labs,,Silver\n");
    more.run(&app).await.unwrap();
    let labs = "sap sap-labs-member Active Silver: 2020-01-31.. Silver";
    assert_eq!(memberships(&app).await, [labs, outcome[1]]);
    let third = Files::none().events("2020-01-31,joined,,SAP,,Silver\n2020-06-30,left,,SAP,Silver,\n");
    third.run(&app).await.unwrap();
    let own = "sap events/name:sap Terminated Silver: 2020-01-31..2020-06-30 Silver";
    assert_eq!(memberships(&app).await, [own, labs, outcome[1]]);
}

async fn names_stand_in_for_keys(app: TestApp) {
    let files = Files::none()
        .organizations("a,Ænix,,,,,,\nb,Twice,,,,,,\nc,Twice,,,,,,\n")
        .memberships("a-m,a,Gold,,\nb-m,b,Gold,,\nc-m,c,Gold,,\n")
        .events(
            "2020-01-31,joined,,ænix,,Gold\n2020-01-31,joined,,Twice,,Silver\n2020-01-31,joined,,Aurora Ltd,,Silver\n\
             2020-01-31,joined,ollama,Ollama,,Silver\n2020-06-30,left,,Ollama,Silver,\n",
        )
        .reported();
    files.run(&app).await.unwrap();
    let mut told = files.problems();
    told.sort();
    assert_eq!(
        told,
        [
            "2 ORGANIZATION_WITHOUT_KEY ænix",
            "3 AMBIGUOUS_NAME Twice",
            "3 EVENT_WITHOUT_MEMBERSHIP Twice",
            "3 MEMBERSHIP_WITHOUT_EVENT b-m",
            "3 ORGANIZATION_WITHOUT_KEY Twice",
            "4 EVENT_WITHOUT_MEMBERSHIP Aurora Ltd",
            "4 MEMBERSHIP_WITHOUT_EVENT c-m",
            "4 ORGANIZATION_WITHOUT_KEY Aurora Ltd",
            "5 EVENT_WITHOUT_MEMBERSHIP Ollama",
            "6 EVENT_CONTRADICTS_STATE Ollama",
            "6 ORGANIZATION_WITHOUT_KEY Ollama",
        ]
    );
    let found = memberships(&app).await;
    assert!(found.contains(&"a a-m Active Gold: 2020-01-31.. Gold".to_owned()), "{found:?}");
    // A tenant of that name that the source never spoke of does not get the history.
    let own = "aurora-ltd events/name:aurora ltd Terminated Silver: 2020-01-31..2026-08-07 Silver";
    assert!(found.contains(&own.to_owned()), "{found:?}");
    // Both spellings of Ollama are one organization, and each has its history: only the key's was ever a member.
    assert!(found.contains(&"ollama events/name:ollama Terminated -: ".to_owned()), "{found:?}");
    let by_key = "ollama events/key:ollama Terminated Silver: 2020-01-31..2026-08-07 Silver";
    assert!(found.contains(&by_key.to_owned()), "{found:?}");
}

async fn every_way_of_importing_ends_alike(app: TestApp) {
    let base = || Files::none().organizations(ORGANIZATIONS);
    let ways: [Vec<Files>; 4] = [
        vec![Files::none().organizations(ORGANIZATIONS).memberships(MEMBERSHIPS).events(EVENTS)],
        vec![base().memberships(MEMBERSHIPS), Files::none().events(EVENTS)],
        vec![base().events(EVENTS), Files::none().memberships(MEMBERSHIPS)],
        vec![base(), Files::none().memberships(MEMBERSHIPS), all().set(|settings| settings.batch_rows = 1)],
    ];
    for (number, way) in ways.iter().enumerate() {
        let fresh = app.copy().await;
        for files in way {
            files.run(&fresh).await.unwrap();
        }
        assert_eq!(memberships(&fresh).await, OUTCOME, "way {number}");
        let again = all().run(&fresh).await.unwrap();
        assert!(again.changed_nothing(), "way {number}: {again}");
    }
}

async fn a_later_snapshot_changes_what_differs(app: TestApp) {
    all().run(&app).await.unwrap();
    let later = |rows: &str| {
        let mapping = format!("{}{}", super::MEMBERSHIPS.replace("2026-08-07", "2026-10-01"), super::PROGRAM);
        Files::none().with(&mapping, &format!("id,organization,tier,types,joined\n{rows}"))
    };
    // `row` is missing from the later file: it stays. `stay` is as it was: no new fact.
    let rows = "stay-m,stay,Gold,,2019-01-01\nmove-m,move,Gold,channel,\nback-m,back,Gold,,\n";
    let report = later(rows).run(&app).await.unwrap();
    assert_eq!(
        report.total(),
        Tally { updated: 1, unchanged: 2, warnings: report.total().warnings, ..Tally::default() }
    );
    let found = memberships(&app).await;
    let moved =
        "move move-m Active Gold: 2020-01-31..2026-08-07 Gold, 2026-08-07..2026-10-01 Silver, 2026-10-01.. Gold";
    assert_eq!(found[3], moved);
    assert_eq!([&found[0], &found[4], &found[5]], [OUTCOME[0], OUTCOME[4], OUTCOME[5]]);
    assert!(later(rows).run(&app).await.unwrap().changed_nothing());
    // The older file once more does not turn back what the newer one said.
    all().run(&app).await.unwrap();
    assert_eq!(memberships(&app).await[3], moved);
}

async fn a_row_without_a_day_tells_of_its_joining(app: TestApp) {
    let files = |tier: &str| {
        let mapping = super::MEMBERSHIPS.replace("effective_on = \"2026-08-07\"\n", "");
        let rows = format!("id,organization,tier,types,joined\nm,a,{tier},,2021-05-05\nn,a,Gold,,\n");
        Files::none().organizations("a,Alpha,,,,,,\n").with(&format!("{mapping}{}", super::PROGRAM), &rows)
    };
    files("Silver").run(&app).await.unwrap();
    let second = "a n Active Gold: 2026-11-02.. Gold";
    assert_eq!(memberships(&app).await, ["a m Active Silver: 2021-05-05.. Silver", second]);
    app.clock.advance(chrono::TimeDelta::days(3));
    assert!(files("Silver").run(&app).await.unwrap().changed_nothing());
    files("Gold").run(&app).await.unwrap();
    let first = "a m Active Gold: 2021-05-05..2026-11-05 Silver, 2026-11-05.. Gold";
    assert_eq!(memberships(&app).await, [first, second]);
    assert!(files("Gold").run(&app).await.unwrap().changed_nothing());
}

async fn events_are_added_and_never_repeated(app: TestApp) {
    let first = "2020-01-31,joined,a,A,,Silver\n2020-02-29,left,a,A,Silver,\n2020-02-29,joined,a,A,,Silver\n";
    let files = |rows: &str| Files::none().events(rows);
    assert_eq!(files(first).run(&app).await.unwrap().total().created, 3);
    let more = format!("{first}2020-05-31,tier changed,a,A,Silver,Gold\n2020-02-29,left,a,A,Silver,\n");
    let report = files(&more).run(&app).await.unwrap();
    assert_eq!((report.total().created, report.total().unchanged), (2, 3));
    // The repeated event of that day is the last one said of it.
    let expected = "a events/key:a Active Gold: 2020-01-31..2020-02-29 Silver, 2020-05-31.. Gold";
    assert_eq!(memberships(&app).await, [expected]);
    assert!(files(&more).run(&app).await.unwrap().changed_nothing());
    let db = app.app.world.db.read();
    let facts = membership_fact::Entity::find().order_by_asc(membership_fact::Column::Sequence).all(db).await.unwrap();
    assert_eq!(facts.iter().map(|fact| fact.sequence).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let member = membership::Entity::find().one(db).await.unwrap().unwrap();
    assert_eq!((member.revision, member.joined_at.unwrap().date_naive().to_string()), (2, "2020-02-29".to_owned()));
}
