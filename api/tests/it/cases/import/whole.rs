//! Whole or not at all: trials, strictness, half files, two imports at once, and changes in between.

use super::{Files, count, organization};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::{
    audit_entry, id::ImportRunId, import_event, import_key, import_label, import_row, import_run,
    import_run::ImportStatus,
};
use partnergraph::{
    db::Db,
    import::{self, ImportFault, Kind, Progress, Step},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ConnectionTrait, EntityTrait, IntoActiveModel,
    sea_query::{Alias, Expr, ExprTrait, Query},
};

on_both!(
    a_trial_tells_everything_and_leaves_nothing,
    one_rejected_row_stops_a_strict_import,
    half_a_file_applies_nothing,
    a_file_that_cannot_be_read_applies_nothing,
    a_second_import_is_refused_while_one_runs,
    two_at_once_are_one_after_all,
    what_a_dead_run_left_goes_with_the_next,
    a_change_in_between_undoes_all_of_it,
    settings_that_make_no_sense_are_refused,
    progress_is_told_by_kind,
);

const ROWS: &str = "a,Alpha,,,,,,\nb,Beta,,,,,,\n";

/// Nothing but what every test starts with, and nothing staged.
async fn untouched(app: &TestApp) {
    assert_eq!(count::<organization::Entity>(app).await, 4);
    assert_eq!(count::<audit_entry::Entity>(app).await, 0);
    nothing_staged(app).await;
}

async fn nothing_staged(app: &TestApp) {
    assert_eq!(count::<import_row::Entity>(app).await, 0);
    assert_eq!(count::<import_label::Entity>(app).await, 0);
    assert_eq!(count::<import_event::Entity>(app).await, 0);
    for table in ["organizations", "search_tokens", "audit_entries", "memberships", "import_keys"] {
        let staged = Query::select()
            .expr_as(Expr::col(Alias::new("seq")).count(), Alias::new("rows"))
            .from(Alias::new(format!("staged_{table}")))
            .to_owned();
        let row = app.app.world.db.read().query_one(&staged).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "rows").unwrap(), 0, "{table}");
    }
}

async fn a_trial_tells_everything_and_leaves_nothing(app: TestApp) {
    let files = || {
        Files::none()
            .organizations(&format!("{ROWS}c,,,,,,,\n"))
            .memberships("m,a,Gold,,\n")
            .events("2020-01-31,joined,zeta,Zeta,,Silver\n")
            .reported()
    };
    let trial = files().set(|settings| settings.dry_run = true);
    let tried = trial.run(&app).await.unwrap();
    untouched(&app).await;
    assert_eq!(count::<import_key::Entity>(&app).await, 0);
    let real = files();
    assert_eq!(real.run(&app).await.unwrap(), tried);
    assert_eq!(real.problems(), trial.problems());
    assert!(count::<organization::Entity>(&app).await > 4);
    nothing_staged(&app).await;
}

async fn one_rejected_row_stops_a_strict_import(app: TestApp) {
    let files = Files::none()
        .organizations(&format!("{ROWS}c,,,,,,,\nd,Delta,,,,,,\ne,,,,,,,\n"))
        .set(|settings| settings.strict = true)
        .reported();
    match files.run(&app).await {
        Err(ImportFault::Strict { report }) => assert_eq!((report.total().created, report.total().rejected), (3, 2)),
        other => panic!("{other:?}"),
    }
    assert_eq!(files.problems().len(), 2, "all of it is told");
    untouched(&app).await;
    let good = Files::none().organizations(ROWS).set(|settings| settings.strict = true);
    assert_eq!(good.run(&app).await.unwrap().total().created, 2);
}

async fn half_a_file_applies_nothing(app: TestApp) {
    for cut in ["c,Gamma,,", "c,\"Gam", "c"] {
        let files = Files::none().organizations(&format!("{ROWS}{cut}"));
        let ended = files.run(&app).await;
        assert!(matches!(ended, Err(ImportFault::CutOff { .. })), "{cut}: {ended:?}");
        untouched(&app).await;
    }
    // A faulty row that does end is one faulty row, and a last row needs no line end.
    for good in ["c,Gamma,,\n", "d,Delta,,,,,,"] {
        assert!(Files::none().organizations(&format!("{ROWS}{good}")).run(&app).await.is_ok(), "{good}");
    }
}

async fn a_file_that_cannot_be_read_applies_nothing(app: TestApp) {
    let files = Files::none().organizations(ROWS).listings("x,One,Runtime,,a,,,,\n");
    std::fs::remove_file(&files.settings.files[1].0).unwrap();
    assert!(matches!(files.run(&app).await, Err(ImportFault::Read { .. })));
    untouched(&app).await;
    // A folder opens like a file and fails when it is read.
    std::fs::create_dir(&files.settings.files[1].0).unwrap();
    assert!(matches!(files.run(&app).await, Err(ImportFault::Read { .. })));
    untouched(&app).await;
    let nowhere = Files::none().organizations(ROWS).set(|settings| settings.report = Some("no/such/folder/r".into()));
    assert!(matches!(nowhere.run(&app).await, Err(ImportFault::ReportFile { .. })));
    untouched(&app).await;
}

fn running(app: &TestApp) -> import_run::Model {
    let now = super::operator(app).now();
    import_run::Model {
        id: ImportRunId(uuid::Uuid::from_u128(77)),
        status: ImportStatus::Running,
        started_at: now,
        seen_at: now,
        finished_at: None,
        cleaned: false,
    }
}

async fn a_second_import_is_refused_while_one_runs(app: TestApp) {
    let other = running(&app);
    let db = app.app.world.db.read();
    import_run::Entity::insert(other.clone().into_active_model()).exec_without_returning(db).await.unwrap();
    app.clock.advance(TimeDelta::seconds(100));
    match Files::none().organizations(ROWS).run(&app).await {
        Err(fault @ ImportFault::Busy { since, .. }) => {
            assert_eq!(since, other.started_at);
            assert!(fault.to_string().contains("try again"), "{fault}");
        }
        refused => panic!("{refused:?}"),
    }
    untouched(&app).await;
    let ended = import_run::ActiveModel { id: Set(other.id), status: Set(ImportStatus::Applied), ..Default::default() };
    ended.update(db).await.unwrap();
    assert!(Files::none().organizations(ROWS).run(&app).await.is_ok());
}

async fn two_at_once_are_one_after_all(app: TestApp) {
    let (one, two) = (Files::none().organizations(ROWS), Files::none().organizations(ROWS));
    let (one, two) = tokio::join!(one.run(&app), two.run(&app));
    let refused = |ended: &Result<_, ImportFault>| matches!(ended, Err(ImportFault::Busy { .. }));
    let good = [&one, &two].into_iter().filter(|ended| ended.is_ok()).count();
    assert!(good >= 1 && [&one, &two].into_iter().all(|ended| ended.is_ok() || refused(ended)), "{one:?} {two:?}");
    assert_eq!(count::<organization::Entity>(&app).await, 6);
    nothing_staged(&app).await;
}

async fn what_a_dead_run_left_goes_with_the_next(app: TestApp) {
    let dead = running(&app);
    let db = app.app.world.db.read();
    import_run::Entity::insert(dead.clone().into_active_model()).exec_without_returning(db).await.unwrap();
    let left = import_row::Model {
        run_id: dead.id,
        kind: "organizations".to_owned(),
        external_key: "src:a".to_owned(),
        seq: 1,
        object_id: uuid::Uuid::from_u128(1),
        file: 0,
        line: 2,
    };
    import_row::Entity::insert(left.into_active_model()).exec_without_returning(db).await.unwrap();
    app.clock.advance(TimeDelta::minutes(3));
    let report = Files::none().organizations(ROWS).run(&app).await.unwrap();
    assert_eq!(report.total().created, 2);
    nothing_staged(&app).await;
    let dead = import_run::Entity::find_by_id(dead.id).one(db).await.unwrap().unwrap();
    assert_eq!((dead.status, dead.cleaned), (ImportStatus::Dropped, true));
}

/// Runs SQL on a connection of its own, from inside a callback that cannot wait.
pub(super) fn meanwhile(app: &TestApp, sql: &'static str) {
    let config = app.config.database.clone();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let db = Db::open(&config).await.unwrap();
            db.read().execute_unprepared(sql).await.unwrap();
            db.close().await.unwrap();
        });
    });
    thread.join().unwrap();
}

async fn a_change_in_between_undoes_all_of_it(app: TestApp) {
    Files::none().organizations(ROWS).run(&app).await.unwrap();
    let changes = [
        "UPDATE organizations SET revision = revision + 1 WHERE slug = 'a'",
        "UPDATE organizations SET slug = 'c' WHERE slug = 'comet'",
        "UPDATE import_runs SET status = 'DROPPED' WHERE status = 'RUNNING'",
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let files = Files::none().organizations("a,Alpha One,,,,,,\nc,Gamma,,,,,,\n");
        let mut on_progress = |progress: Progress| {
            if progress.step == Step::Applying {
                meanwhile(&app, change);
            }
        };
        let ended = import::run(&super::operator(&app), &files.settings, &mut on_progress).await;
        match (at, ended) {
            (0 | 1, Err(ImportFault::Changed { what })) => assert_eq!(what, "organizations"),
            (2, Err(ImportFault::Displaced)) => {}
            (_, ended) => panic!("{change}: {ended:?}"),
        }
        assert_eq!(organization(&app, "a").await.name, "Alpha");
        nothing_staged(&app).await;
        if at == 1 {
            meanwhile(&app, "UPDATE organizations SET slug = 'comet' WHERE slug = 'c'");
        }
    }
    let files = Files::none().organizations("a,Alpha One,,,,,,\nc,Gamma,,,,,,\n");
    assert_eq!(files.run(&app).await.unwrap().total().updated, 1);
}

async fn settings_that_make_no_sense_are_refused(app: TestApp) {
    for files in [
        Files::none(),
        Files::none().organizations(ROWS).set(|settings| settings.batch_rows = 0),
        Files::none().organizations(ROWS).set(|settings| settings.batch_rows = 5_001),
        Files::none().set(|settings| {
            let text = super::MEMBERSHIPS.replace("2026-08-07", "2027-08-07");
            settings.files.push(("m.csv".into(), import::Mapping::parse(&text).unwrap()));
        }),
    ] {
        assert!(matches!(files.run(&app).await, Err(ImportFault::Setting(_))));
    }
    let foreign = super::PROGRAM.replace("\"acme\"", "\"comet\"");
    Files::none().memberships("").run(&app).await.unwrap();
    let other = Files::none().with(&format!("{}{foreign}", super::MEMBERSHIPS), "id,organization,tier,types,joined\n");
    assert!(matches!(other.run(&app).await, Err(ImportFault::Setting(_))), "another host");
    let wrong = Files::none().with(super::ORGANIZATIONS, "id,title\na,Alpha\n");
    assert!(matches!(wrong.run(&app).await, Err(ImportFault::Mapping { .. })));
}

async fn progress_is_told_by_kind(app: TestApp) {
    let files = Files::none()
        .listings("x,One,Runtime,,a,,,,\n")
        .organizations(&format!("{ROWS}c,,,,,,,\n"))
        .set(|settings| settings.batch_rows = 1);
    let mut told = Vec::new();
    import::run(&super::operator(&app), &files.settings, &mut |progress| told.push(progress)).await.unwrap();
    let at = |step, kind, read, taken| Progress { step, kind, read, taken };
    assert_eq!(
        told,
        [
            at(Step::Reading, Some(Kind::Organizations), 1, 1),
            at(Step::Reading, Some(Kind::Organizations), 2, 2),
            at(Step::Reading, Some(Kind::Organizations), 3, 2),
            at(Step::Reading, Some(Kind::Listings), 1, 1),
            at(Step::Reading, Some(Kind::Listings), 1, 1),
            at(Step::Concluding, None, 0, 0),
            at(Step::Applying, None, 0, 0),
            at(Step::Applied, Some(Kind::Organizations), 3, 2),
            at(Step::Applied, Some(Kind::Listings), 1, 1),
        ]
    );
}
