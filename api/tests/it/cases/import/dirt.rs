//! Each kind of dirt: told of in the report, and in the way of nothing else.

use super::{Files, count, memberships, organization};
use crate::support::{TestApp, on_both};
use entity::{integration, listing};

on_both!(
    rejected_rows_are_told_and_the_others_arrive,
    shared_websites_and_names_stay_and_are_told,
    vendors_and_targets_that_are_missing_stay_names,
    repeated_rows_and_taken_slugs_are_rejected,
    unknown_names_reject_their_rows,
    names_without_a_slug_of_their_own_get_one,
    long_summaries_and_descriptions_are_not_lost,
);

async fn rejected_rows_are_told_and_the_others_arrive(app: TestApp) {
    let files = Files::none()
        .organizations("a,Alpha,,,,,,\nb,,,,,,,\nc,Gamma,,,XX,,,\nd,Delta,too,many,cells,,,,,\ne,=Epsilon,,,,,,\n")
        .reported();
    let report = files.run(&app).await.unwrap();
    let total = report.total();
    assert_eq!((total.created, total.rejected, total.warnings), (3, 2, 1));
    assert_eq!(
        files.problems(),
        ["3 REQUIRED_MISSING ", "4 INVALID_COUNTRY XX", "5 RAGGED_ROW d,Delta,too,many,cells,,,,,"]
    );
    assert_eq!(organization(&app, "e").await.name, "=Epsilon");
}

async fn shared_websites_and_names_stay_and_are_told(app: TestApp) {
    let rows = "a,Alpha,,https://cncf.example/a,,,,\nb,Beta,,https://www.cncf.example/b,,,,\n\
                c,Gamma,,,,,,one.example;two.example\nd,Delta,,https://other.example,,,,two.example\n";
    let listings = "x,Kgateway,Runtime,,,V,,,\ny,kgateway,Runtime,,,V,,,\nz,Other,Runtime,,,V,,,\n";
    let files = Files::none().organizations(rows).listings(listings).reported();
    let report = files.run(&app).await.unwrap();
    assert_eq!((report.total().created, report.total().rejected), (7, 0));
    let told = [
        "2 SHARED_WEBSITE cncf.example",
        "3 SHARED_WEBSITE cncf.example",
        "4 SHARED_WEBSITE two.example",
        "5 SHARED_WEBSITE two.example",
        "2 SHARED_NAME Kgateway",
        "3 SHARED_NAME kgateway",
    ];
    assert_eq!(files.problems(), told);
    // The second time the same is told, although nothing changes.
    let again = Files::none().organizations(rows).listings(listings).reported();
    assert!(again.run(&app).await.unwrap().changed_nothing());
    assert_eq!(again.problems(), told);
}

async fn vendors_and_targets_that_are_missing_stay_names(app: TestApp) {
    let files = Files::none()
        .listings("x,One,Runtime,,nobody,No Body,,,\ny,Two,Runtime,,,,,,\nz,Two,Runtime,,,V,,,\n")
        .integrations("x,Two,\nx,Three,\nx,Four,gone\nx,one,\n")
        .reported();
    let report = files.run(&app).await.unwrap();
    assert_eq!((report.total().created, report.total().rejected), (7, 0));
    assert_eq!(
        files.problems(),
        [
            "2 UNKNOWN_ORGANIZATION nobody",
            "3 MISSING_VENDOR Two",
            "2 AMBIGUOUS_NAME Two",
            "3 DANGLING_INTEGRATION Three",
            "4 UNKNOWN_LISTING Four",
            "3 SHARED_NAME Two",
            "4 SHARED_NAME Two",
        ]
    );
    use sea_orm::EntityTrait;
    let db = app.app.world.db.read();
    let rows = listing::Entity::find().all(db).await.unwrap();
    assert!(rows.iter().any(|row| row.vendor_id.is_none() && row.vendor_name.as_deref() == Some("No Body")));
    let ends = integration::Entity::find().all(db).await.unwrap();
    assert_eq!(ends.iter().filter(|end| end.target_id.is_none()).count(), 3);

    // A later import has what was missing: the name becomes a listing.
    let later = Files::none().listings("t,Three,Runtime,,,V,,,\n").integrations("x,three,\nx,Three,\n").reported();
    let report = later.run(&app).await.unwrap();
    assert_eq!((report.total().created, report.total().updated, report.total().rejected), (1, 1, 1));
    assert_eq!(later.problems(), ["3 DUPLICATE_EXTERNAL_ID Three"]);
    assert_eq!(count::<integration::Entity>(&app).await, 4);
}

async fn repeated_rows_and_taken_slugs_are_rejected(app: TestApp) {
    // `aurora` is a tenant that signed up by itself; no import takes its place.
    let files = Files::none()
        .organizations("a,Alpha,k,,,,,\na,Alpha again,,,,,,\naurora,Aurora,,,,,,\nb,Beta,k,,,,,\n")
        .set(|settings| settings.batch_rows = 2)
        .reported();
    let report = files.run(&app).await.unwrap();
    assert_eq!((report.total().created, report.total().rejected), (2, 2));
    assert_eq!(files.problems(), ["3 DUPLICATE_EXTERNAL_ID a", "4 DUPLICATE_SLUG aurora", "5 SHARED_MATCH_KEY k"]);
    assert_eq!(organization(&app, "aurora").await.external_id, None);
}

async fn unknown_names_reject_their_rows(app: TestApp) {
    let files = Files::none()
        .organizations("a,Alpha,,,,,,\n")
        .memberships("m,nobody,Gold,,\nn,a,Bronze,,\no,a,Gold,,2027-01-01\np,a,Gold,,\n")
        .events("2027-01-01,joined,a,Alpha,,Gold\n2020-01-01,joined,a,Alpha,,Bronze\n")
        .integrations("nothing,One,\n")
        .reported();
    let report = files.run(&app).await.unwrap();
    assert_eq!((report.total().created, report.total().rejected), (2, 6));
    let mut told = files.problems();
    told.sort();
    assert_eq!(
        told,
        [
            "2 INVALID_DATE 2027-01-01",
            "2 UNKNOWN_LISTING nothing",
            "2 UNKNOWN_ORGANIZATION nobody",
            "3 UNKNOWN_TIER Bronze",
            "3 UNKNOWN_TIER Bronze",
            "4 INVALID_DATE 2027-01-01",
        ]
    );
    assert_eq!(memberships(&app).await, ["a p Active Gold: 2026-08-07.. Gold"]);
}

async fn names_without_a_slug_of_their_own_get_one(app: TestApp) {
    let mapping = "kind = \"organizations\"\nsource = \"src\"\n[columns]\nexternal_id = \"id\"\nname = \"name\"";
    let rows = "id,name\n1,Storm Reply\n2,Storm  reply\n3,Amoniac OÜ\n4,한국 주식회사\n5,Aurora\n";
    for batch in [5, 2] {
        let files = Files::none().with(mapping, rows).set(|settings| settings.batch_rows = batch);
        files.run(&app).await.unwrap();
    }
    for slug in ["storm-reply", "storm-reply-2", "amoniac-ou", "aurora-2"] {
        organization(&app, slug).await;
    }
    assert_eq!(count::<organization::Entity>(&app).await, 9);
}

async fn long_summaries_and_descriptions_are_not_lost(app: TestApp) {
    use sea_orm::EntityTrait;
    let (long, about) = ("partner ".repeat(100), "x".repeat(2_500));
    let files = Files::none()
        .organizations(&format!("a,Alpha,,,,{about},,\n"))
        .listings(&format!("x,One,Runtime,,a,,,{long},\n"))
        .reported();
    files.run(&app).await.unwrap();
    assert_eq!(files.problems(), [format!("2 TOO_LONG {}", "x".repeat(200))]);
    let row = listing::Entity::find().one(app.app.world.db.read()).await.unwrap().unwrap();
    assert_eq!(row.use_case.as_deref(), Some(long.trim_end()));
    assert!(row.summary.unwrap().chars().count() <= 255);
    let again = Files::none()
        .organizations(&format!("a,Alpha,,,,{about},,\n"))
        .listings(&format!("x,One,Runtime,,a,,,{long},\n"));
    assert!(again.run(&app).await.unwrap().changed_nothing());
}
