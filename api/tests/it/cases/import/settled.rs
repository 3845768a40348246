//! What follows from imported rows elsewhere: who is moderated, by which words listings are found, and slugs where
//! hundreds share a name.

use super::{Files, count, organization};
use crate::support::{TestApp, on_both};
use entity::{audit_entry, data_version, listing, program, search_token};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use std::collections::BTreeSet;

on_both!(
    members_of_a_moderating_program_are_moderated,
    a_renamed_vendor_is_found_by_its_name_of_now,
    hundreds_may_share_a_name,
    a_large_file_is_staged_in_many_batches,
);

/// Makes the imported program moderate from now on.
async fn moderates(app: &TestApp) {
    let db = app.app.world.db.read();
    let row = program::Entity::find().filter(program::Column::Slug.eq("acme-partners")).one(db).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    row.moderates_profiles = Set(true);
    row.update(db).await.unwrap();
}

async fn entries(app: &TestApp) -> u64 {
    let changed = audit_entry::Column::Action.eq("organization.moderation_changed");
    audit_entry::Entity::find().filter(changed).count(app.app.world.db.read()).await.unwrap()
}

async fn members_of_a_moderating_program_are_moderated(app: TestApp) {
    let organizations = || Files::none().organizations("a,Alpha,,,,,,\nb,Beta,,,,,,\nc,Gamma,,,,,,\n");
    organizations().memberships("m,a,Gold,,\n").run(&app).await.unwrap();
    assert!(!organization(&app, "a").await.profile_moderated, "the program does not moderate yet");
    moderates(&app).await;
    let more = || organizations().memberships("m,a,Gold,,\nn,b,Silver,,\n");
    more().run(&app).await.unwrap();
    let before = organization(&app, "c").await;
    let flags = async || {
        let mut flags = Vec::new();
        for slug in ["a", "b", "c"] {
            flags.push(organization(&app, slug).await.profile_moderated);
        }
        flags
    };
    // The row of `m` did not change, so nothing is concluded from it; that was the program's business.
    assert_eq!(flags().await, [false, true, false]);
    assert_eq!(entries(&app).await, 1);
    let scope = format!("organization:{}", organization(&app, "b").await.id.0.simple());
    assert!(data_version::Entity::find_by_id(scope).one(app.app.world.db.read()).await.unwrap().is_some());
    more().run(&app).await.unwrap();
    assert_eq!((flags().await, entries(&app).await), (vec![false, true, false], 1), "a second run changes nothing");
    assert_eq!(organization(&app, "b").await.revision, 1, "it is no change of the organization's own");
    assert_eq!(organization(&app, "c").await, before);
    Files::none().events("2026-09-01,left,b,Beta,Silver,\n").run(&app).await.unwrap();
    assert_eq!((flags().await, entries(&app).await), (vec![false; 3], 2), "it has left");
}

async fn holders(app: &TestApp, word: &str) -> BTreeSet<String> {
    let db = app.app.world.db.read();
    let rows = listing::Entity::find().all(db).await.unwrap();
    let mut names = BTreeSet::new();
    for token in search_token::Entity::find().filter(search_token::Column::Token.eq(word)).all(db).await.unwrap() {
        names.extend(rows.iter().find(|row| row.id.0 == token.subject_id).map(|row| row.name.clone()));
    }
    names
}

async fn a_renamed_vendor_is_found_by_its_name_of_now(app: TestApp) {
    let listings = "p,Bridge,Data,,a,,,,\nq,Alpha Sync,Data,,a,,,,\nr,Other,Data,,b,,,,\n";
    Files::none().organizations("a,Alpha,,,,,,\nb,Beta,,,,,,\n").listings(listings).run(&app).await.unwrap();
    assert_eq!(holders(&app, "alpha").await, BTreeSet::from(["Bridge", "Alpha Sync"].map(str::to_owned)));
    Files::none().organizations("a,Zephyr,,,,,,\nb,Beta,,,,,,\n").run(&app).await.unwrap();
    assert_eq!(holders(&app, "zephyr").await, BTreeSet::from(["Bridge", "Alpha Sync"].map(str::to_owned)));
    assert_eq!(holders(&app, "alpha").await, BTreeSet::from(["Alpha Sync".to_owned()]), "which says so itself");
    assert_eq!(holders(&app, "beta").await, BTreeSet::from(["Other".to_owned()]));
    // Both at once: the listings that the same import writes have their words once.
    let both = "p,Bridge,Data,,a,,,New.,\nr,Other,Data,,b,,,,\n";
    Files::none().organizations("a,Omega,,,,,,\n").listings(both).run(&app).await.unwrap();
    assert_eq!(holders(&app, "omega").await, BTreeSet::from(["Bridge", "Alpha Sync"].map(str::to_owned)));
    assert_eq!(holders(&app, "zephyr").await, BTreeSet::new());
    assert_eq!(holders(&app, "new").await, BTreeSet::from(["Bridge".to_owned()]));
}

async fn hundreds_may_share_a_name(app: TestApp) {
    let rows: String = (0..100).map(|number| format!("no. {number}!,Connector,Data,,,Somebody,,,\n")).collect();
    let files = Files::none().listings(&rows).set(|settings| settings.batch_rows = 40);
    let report = files.run(&app).await.unwrap();
    assert_eq!(report.total().created, 100, "{report}");
    assert!(files.run(&app).await.unwrap().changed_nothing());
}

async fn a_large_file_is_staged_in_many_batches(app: TestApp) {
    let rows: String = (0..3_000).map(|number| format!("o{number},Organization {number},,,,,,\n")).collect();
    let files = Files::none().organizations(&rows).set(|settings| settings.batch_rows = 100);
    let before = count::<entity::organization::Entity>(&app).await;
    let report = files.run(&app).await.unwrap();
    assert_eq!(report.total().created, 3_000, "{report}");
    assert_eq!(count::<entity::organization::Entity>(&app).await, before + 3_000);
    assert!(report.applying.is_some(), "it says how long its transaction was open");
    assert!(files.run(&app).await.unwrap().changed_nothing());
}
