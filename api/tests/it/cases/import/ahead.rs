//! What an import lays out before its one transaction: nobody finds it before it is applied, and nothing of it stays where
//! it is not. What others change between the staging and that transaction is kept.

use super::{Files, count, operator, organization};
use crate::support::{TestApp, on_both, organization_id};
use chrono::TimeDelta;
use entity::{
    audit_entry, import_run, import_run::ImportStatus, listing, organization as organizations, profile, search_token,
};
use partnergraph::import::{self, ImportFault, Progress, Report, Step};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseBackend, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_both!(
    a_crash_between_the_parts_leaves_nothing_to_be_found,
    what_was_laid_out_goes_when_the_import_fails,
    a_trial_lays_out_nothing_that_stays,
    a_reader_sees_all_of_it_or_nothing,
    a_vendor_renamed_in_between_is_found_by_its_new_name,
    what_follows_from_other_rows_is_not_written_over,
    what_a_run_left_is_never_lost_from_sight,
    a_list_asks_no_more_statements_for_imported_organizations,
);

const ROWS: &str = "a,Alpha,,https://alpha.example,,Makes zithers,,\nb,Beta,,,,Makes zithers,,\n";
const LISTINGS: &str = "p,Bridge,Data,,a,,,,\n";
const EVERYTHING: &str = "query ($query: String) {
  organizations(filter: {query: $query}, first: 100) { totalCount nodes { slug } }
  organization(slug: \"a\") { id }
  listings(filter: {query: $query}, first: 100) { totalCount nodes { slug } }
}";

async fn run_sql(app: &TestApp, statements: &[&str]) {
    for sql in statements {
        app.app.world.db.read().execute_unprepared(sql).await.unwrap();
    }
}

/// From now on no run ends, neither well nor badly: an import comes as far as it can and then dies.
async fn let_imports_die(app: &TestApp) {
    let freeze: &[&str] = match app.app.world.db.backend() {
        DatabaseBackend::Postgres => &[
            "CREATE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''dies''; END'",
            "CREATE TRIGGER dies BEFORE UPDATE OF status ON import_runs FOR EACH ROW EXECUTE FUNCTION dies()",
        ],
        _ => &["CREATE TRIGGER dies BEFORE UPDATE OF status ON import_runs BEGIN SELECT RAISE(ABORT, 'dies'); END"],
    };
    run_sql(app, freeze).await;
}

async fn let_imports_live(app: &TestApp) {
    match app.app.world.db.backend() {
        DatabaseBackend::Postgres => run_sql(app, &["DROP TRIGGER dies ON import_runs", "DROP FUNCTION dies()"]).await,
        _ => run_sql(app, &["DROP TRIGGER dies"]).await,
    }
}

/// The subjects of all words, the entries, the profiles and the organizations that are stored, seen or not.
async fn stored(app: &TestApp) -> [u64; 4] {
    [
        count::<search_token::Entity>(app).await,
        count::<audit_entry::Entity>(app).await,
        count::<profile::Entity>(app).await,
        count::<organizations::Entity>(app).await,
    ]
}

/// Every word is of something that is there.
async fn no_word_is_loose(app: &TestApp) {
    let db = app.app.world.db.read();
    let mut subjects: BTreeSet<uuid::Uuid> =
        organizations::Entity::find().all(db).await.unwrap().into_iter().map(|row| row.id.0).collect();
    subjects.extend(listing::Entity::find().all(db).await.unwrap().into_iter().map(|row| row.id.0));
    for token in search_token::Entity::find().all(db).await.unwrap() {
        assert!(subjects.contains(&token.subject_id), "{} of nothing", token.token);
    }
}

/// What nobody, a partner and the operator find by a word.
async fn found(app: &TestApp, query: Option<&str>) -> Vec<Value> {
    let mut answers = Vec::new();
    for actor in [app.visitor(), app.manager("aurora"), app.operator()] {
        let answer = app.graphql(&actor, EVERYTHING, json!({ "query": query })).await;
        assert!(answer.body().get("errors").is_none(), "{:?}", answer.body());
        answers.push(answer.data().clone());
    }
    answers
}

fn nothing() -> Value {
    let none = json!({ "totalCount": 0, "nodes": [] });
    json!({ "organizations": none, "organization": null, "listings": none })
}

fn files() -> Files {
    Files::none().organizations(ROWS).listings(LISTINGS)
}

async fn a_crash_between_the_parts_leaves_nothing_to_be_found(app: TestApp) {
    let (before, all) = (stored(&app).await, found(&app, None).await);
    let_imports_die(&app).await;
    let died = files().run(&app).await;
    assert!(matches!(died, Err(ImportFault::Database(_))), "{died:?}");
    let laid = stored(&app).await;
    assert!(laid.iter().zip(before).all(|(laid, before)| *laid > before), "it is all there: {laid:?} {before:?}");
    for word in ["alpha", "zithers", "bridge"] {
        assert_eq!(found(&app, Some(word)).await, [nothing(), nothing(), nothing()], "{word}");
    }
    assert_eq!(found(&app, None).await, all, "lists and totals too");
    let hidden = organization(&app, "a").await;
    let ask = "query ($id: ID!) { node(id: $id) { id } }";
    let id = json!({ "id": format!("org_{}", hidden.id.0.simple()) });
    assert_eq!(*app.graphql(&app.operator(), ask, id).await.at("/node"), Value::Null);
    let_imports_live(&app).await;
    assert!(matches!(files().run(&app).await, Err(ImportFault::Busy { .. })), "it may be alive still");
    app.clock.advance(TimeDelta::minutes(3));
    let report = files().run(&app).await.unwrap();
    assert_eq!((report.total().created, report.total().rejected), (3, 0), "{report}");
    assert_ne!(organization(&app, "a").await.id, hidden.id, "nothing of the dead run is left");
    assert_eq!(stored(&app).await, {
        let [words, entries, profiles, organizations] = laid;
        // The listing and its category came with the transaction.
        [words, entries + 2, profiles, organizations]
    });
    no_word_is_loose(&app).await;
    for answer in found(&app, Some("zithers")).await {
        assert_eq!(answer["organizations"]["totalCount"], 2, "{answer}");
    }
    assert!(files().run(&app).await.unwrap().changed_nothing());
}

/// Runs an import, and SQL when it is about to apply.
async fn with_change(app: &TestApp, files: &Files, sql: &'static str) -> Result<Report, ImportFault> {
    let mut on_progress = |progress: Progress| {
        if progress.step == Step::Applying {
            super::whole::meanwhile(app, sql);
        }
    };
    import::run(&operator(app), &files.settings, &mut on_progress).await
}

async fn what_was_laid_out_goes_when_the_import_fails(app: TestApp) {
    Files::none().organizations("a,Alpha,,,,,,\n").run(&app).await.unwrap();
    let before = stored(&app).await;
    let more = Files::none().organizations("a,Alpha One,,,,,,\nb,Beta,,,,,,\nc,Gamma,,,,,,\n").listings(LISTINGS);
    // Found in the transaction, when all is laid out; and found while it is laid out.
    let revision = "UPDATE organizations SET revision = revision + 1 WHERE slug = 'a'";
    let slug = "UPDATE organizations SET slug = 'c' WHERE slug = 'comet'";
    for change in [revision, slug] {
        let ended = with_change(&app, &more, change).await;
        assert!(matches!(ended, Err(ImportFault::Changed { what: "organizations" })), "{ended:?}");
        assert_eq!(stored(&app).await, before, "{change}");
        no_word_is_loose(&app).await;
    }
    run_sql(&app, &["UPDATE organizations SET slug = 'comet' WHERE slug = 'c'"]).await;
    let report = more.run(&app).await.unwrap();
    assert_eq!((report.total().created, report.total().updated), (3, 1), "{report}");
}

async fn a_trial_lays_out_nothing_that_stays(app: TestApp) {
    let before = stored(&app).await;
    let trial = files().memberships("m,a,Gold,,\n").set(|settings| settings.dry_run = true);
    let told = trial.run(&app).await.unwrap();
    assert_eq!(stored(&app).await, before);
    let real = files().memberships("m,a,Gold,,\n");
    assert_eq!(real.run(&app).await.unwrap(), told);
    no_word_is_loose(&app).await;
}

async fn a_reader_sees_all_of_it_or_nothing(app: TestApp) {
    const MANY: u64 = 400;
    let rows: String = (0..MANY).map(|number| format!("o{number},Zither {number},,,,,,\n")).collect();
    let import = Files::none().organizations(&rows);
    let mut import = std::pin::pin!(import.run(&app));
    let query =
        "{ organizations(filter: {query: \"zither\"}, first: 1) { totalCount } organization(slug: \"o399\") { id } }";
    let visitor = app.visitor();
    let mut ended = None;
    let mut read = 0;
    while ended.is_none() || read == 0 {
        let reading = app.graphql(&visitor, query, json!({}));
        let answer = if ended.is_none() {
            // Both go on while either waits.
            let mut reading = std::pin::pin!(reading);
            loop {
                tokio::select! {
                    answer = &mut reading => break answer,
                    done = &mut import, if ended.is_none() => ended = Some(done),
                }
            }
        } else {
            reading.await
        };
        read += 1;
        // The two fields are two statements, so only the total is of one moment.
        let total = answer.at("/organizations/totalCount").as_u64().unwrap();
        assert!(total == 0 || total == MANY, "{total} of {MANY}");
    }
    assert_eq!(ended.unwrap().unwrap().total().created, MANY);
    let answer = app.graphql(&app.visitor(), query, json!({})).await;
    assert_eq!(*answer.at("/organizations/totalCount"), MANY);
    assert!(!answer.at("/organization").is_null());
}

async fn a_vendor_renamed_in_between_is_found_by_its_new_name(app: TestApp) {
    Files::none().organizations("a,Alpha,,,,,,\n").run(&app).await.unwrap();
    let rename = "UPDATE organizations SET name = 'Zephyr', revision = revision + 1 WHERE slug = 'a'";
    with_change(&app, &Files::none().listings(LISTINGS), rename).await.unwrap();
    let titles = async |word: &str| {
        let ask = "query ($query: String) { listings(filter: {query: $query}) { nodes { name } } }";
        app.graphql(&app.visitor(), ask, json!({ "query": word })).await.at("/listings/nodes").clone()
    };
    assert_eq!(titles("zephyr").await, json!([{ "name": "Bridge" }]));
    assert_eq!(titles("alpha").await, json!([]));
}

async fn what_follows_from_other_rows_is_not_written_over(app: TestApp) {
    files().run(&app).await.unwrap();
    let update = Files::none().organizations("a,Alpha One,,,,,,\n").listings("p,Bridge,Data,,a,,,New.,\n");
    // None of these raises a revision where the use cases do it.
    let sql = "UPDATE organizations SET profile_moderated = NOT profile_moderated WHERE slug = 'a'";
    with_change(&app, &update, sql).await.unwrap();
    let changed = organization(&app, "a").await;
    assert_eq!((changed.name.as_str(), changed.profile_moderated), ("Alpha One", true));
    let again = Files::none().listings("p,Bridge,Data,,a,,,Newer.,\n");
    let sql = "UPDATE listings SET rating_sum = 5, rating_count = 1, rating_ascending = 5, rating_descending = 5";
    with_change(&app, &again, sql).await.unwrap();
    let rated = listing::Entity::find().one(app.app.world.db.read()).await.unwrap().unwrap();
    assert_eq!((rated.summary.as_deref(), rated.rating_sum, rated.rating_count), (Some("Newer."), 5, 1));
    assert_eq!((rated.rating_ascending, rated.rating_descending), (5, 5));
}

/// The next import may itself end before it has cleared away what an earlier one left; then the one after it does.
async fn what_a_run_left_is_never_lost_from_sight(app: TestApp) {
    let before = stored(&app).await;
    let_imports_die(&app).await;
    files().run(&app).await.unwrap_err();
    let_imports_live(&app).await;
    let db = app.app.world.db.read();
    let dead = import_run::Entity::find().one(db).await.unwrap().unwrap();
    // Ended by somebody who then died too, before anything was cleared away.
    let ended = import_run::ActiveModel { id: Set(dead.id), status: Set(ImportStatus::Dropped), ..Default::default() };
    ended.update(db).await.unwrap();
    let [words, ..] = stored(&app).await;
    assert!(words > before[0]);
    // An import that applies nothing clears away all the same.
    let nothing = Files::none().organizations("x,,,,,,,\n").set(|settings| settings.strict = true);
    assert!(matches!(nothing.run(&app).await, Err(ImportFault::Strict { .. })));
    assert_eq!(stored(&app).await, before);
    let left = import_run::Entity::find().filter(import_run::Column::Cleaned.eq(false)).count(db).await.unwrap();
    assert_eq!(left, 0);
}

async fn a_list_asks_no_more_statements_for_imported_organizations(app: TestApp) {
    let visitor = app.visitor();
    let query = "{ organizations(first: 10) { totalCount nodes { slug name } } }";
    let (_, before) = app.statements(app.graphql(&visitor, query, json!({}))).await;
    files().run(&app).await.unwrap();
    let (answer, after) = app.statements(app.graphql(&visitor, query, json!({}))).await;
    assert_eq!(*answer.at("/organizations/totalCount"), 5);
    assert_eq!(after, before);
    let stranger = organizations::Entity::find_by_id(organization_id("aurora"));
    let aurora = stranger.one(app.app.world.db.read()).await.unwrap().unwrap();
    assert_eq!(aurora.import_run_id, None);
    // A run that was not applied hides what it says it has laid out, whoever wrote that there.
    let mut lost = organization(&app, "a").await.into_active_model();
    lost.import_run_id = Set(Some(entity::id::ImportRunId(uuid::Uuid::from_u128(9))));
    lost.update(app.app.world.db.read()).await.unwrap();
    let answer = app.graphql(&visitor, query, json!({})).await;
    assert_eq!(*answer.at("/organizations/totalCount"), 4);
}
