//! A file that went out comes in again without a change.

use super::{Desk, numbers, problem, problems, token};
use crate::{
    cases::cosell::{act, changes, full_deal, opened, share, to, update},
    support::{TestApp, on_both},
};
use entity::value::Role;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Value, json};

on_both!(
    what_went_out_comes_in_without_a_change,
    any_text_comes_in_as_it_went_out,
    a_file_of_another_day_is_told_what_was_changed_since,
    a_file_moves_to_another_organization,
);

async fn what_went_out_comes_in_without_a_change(app: TestApp) {
    let desk = Desk::open(&app).await;
    let mine = token(&app, "aurora", Role::Manager);
    let id = opened(&app, full_deal()).await;
    opened(
        &app,
        json!({"title": "=1+1", "customer": {"name": "'@Zeta"}, "competitors": ["a;b", "\\", "'=c"],
        "businessProblem": "One\nTwo, \"three\"\n\n- four", "confidential": true, "hidesParticipants": true}),
    )
    .await;
    opened(
        &app,
        json!({"title": "Lost", "customer": {"name": "Past"}, "stage": "CLOSED_LOST", "lossReason": "PRICE",
        "targetCloseDate": "2026-01-01", "expectedAmount": {"amount": "12", "currencyCode": "JPY"}}),
    )
    .await;
    share(&app, &id, "borealis", to("borealis")).await;
    let told = changes(&app, "aurora").await.len();
    let file = desk.file(&mine, "?owner=aurora").await;
    for query in ["", "?strict=true", "?dryRun=true"] {
        let report = desk.taken(&mine, query, &file).await;
        assert_eq!(numbers(&report), [0, 0, 0, 3, 0], "{report:#}");
        assert_eq!(report["written"], false);
    }
    let marked = desk.file(&mine, "?owner=aurora&byteOrderMark=true").await;
    assert_eq!(numbers(&desk.taken(&mine, "", &marked).await), [0, 0, 0, 3, 0]);
    assert_eq!(desk.file(&mine, "?owner=aurora").await, file);
    assert_eq!(changes(&app, "aurora").await.len(), told);
    // Days that have passed since do not make a change of it either.
    app.clock.advance(chrono::TimeDelta::days(90));
    let mine = token(&app, "aurora", Role::Manager);
    assert_eq!(numbers(&desk.taken(&mine, "", &file).await), [0, 0, 0, 3, 0]);
    // What others own goes out, and is theirs.
    let theirs = desk.file(&token(&app, "borealis", Role::Manager), "").await;
    let report = desk.taken(&token(&app, "borealis", Role::Manager), "", &theirs).await;
    assert_eq!(problems(&report), [problem(2, "-", "NOT_ALLOWED")]);
}

async fn any_text_comes_in_as_it_went_out(app: TestApp) {
    let desk = Desk::open(&app).await;
    let mine = token(&app, "aurora", Role::Member);
    let mut runner = TestRunner::deterministic();
    let line = "[a '=+@,;\\\\\"-]{0,12}x[ '=\";]{0,4}";
    let texts = (line, "[a'=+@,;\"\n\t-]{0,30}", line);
    for number in 0..20 {
        let (title, problem, competitor) = texts.new_tree(&mut runner).unwrap().current();
        let input = json!({"title": title, "customer": {"name": format!("Customer {number}")},
            "businessProblem": problem, "competitors": [competitor], "externalId": format!("'={number}")});
        opened(&app, input).await;
    }
    let file = desk.file(&mine, "").await;
    let report = desk.taken(&mine, "", &file).await;
    assert_eq!(numbers(&report), [0, 0, 0, 20, 0], "{report:#}\n{file}");
    // As new ones of another house they are the same again.
    let keys = ["id", "revision", "owner", "createdAt", "updatedAt"];
    let bare = |rows: Vec<Value>| -> Vec<Value> {
        rows.into_iter()
            .map(|mut row| {
                keys.iter().for_each(|key| drop(row.as_object_mut().unwrap().remove(*key)));
                row
            })
            .collect()
    };
    let theirs = token(&app, "comet", Role::Member);
    let report = desk.taken(&theirs, "", &without(&file, &["id", "revision"])).await;
    assert_eq!(numbers(&report), [20, 0, 0, 0, 0], "{report:#}");
    assert_eq!(bare(desk.rows(&theirs, "").await), bare(desk.rows(&mine, "").await));
}

async fn a_file_of_another_day_is_told_what_was_changed_since(app: TestApp) {
    let desk = Desk::open(&app).await;
    let mine = token(&app, "aurora", Role::Manager);
    let id = opened(&app, full_deal()).await;
    let file = desk.file(&mine, "").await;
    update(&app, &app.manager("aurora"), &id, json!({"title": "Edited"})).await.payload();
    let report = desk.taken(&mine, "", &file).await;
    assert_eq!(problems(&report), [problem(2, "revision", "REVISION_MISMATCH")]);
    // Without its column nobody asks.
    let report = desk.taken(&mine, "", &without(&file, &["revision"])).await;
    assert_eq!(numbers(&report), [0, 1, 0, 0, 0], "{report:#}");
    act(&app, &app.manager("aurora"), "opportunityArchive", &id, None).await.payload();
    let put_away = desk.file(&mine, "?archived=true").await;
    assert_eq!(numbers(&desk.taken(&mine, "", &put_away).await), [0, 0, 0, 1, 0]);
}

async fn a_file_moves_to_another_organization(app: TestApp) {
    let desk = Desk::open(&app).await;
    opened(&app, full_deal()).await;
    let file = desk.file(&token(&app, "aurora", Role::Manager), "").await;
    let theirs = token(&app, "comet", Role::Manager);
    // The id is aurora's; without it the rows are new ones.
    assert_eq!(problems(&desk.taken(&theirs, "", &file).await), [problem(2, "id", "NOT_FOUND")]);
    let report = desk.taken(&theirs, "", &without(&file, &["id"])).await;
    assert_eq!(numbers(&report), [1, 0, 0, 0, 0], "{report:#}");
    assert_eq!(desk.rows(&theirs, "").await[0]["owner"], "comet");
}

/// The file without these columns.
fn without(file: &str, columns: &[&str]) -> String {
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_bytes());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let kept: Vec<bool> = rows[0].iter().map(|name| !columns.contains(&name)).collect();
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    for row in &rows {
        writer.write_record(row.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(cell, _)| cell)).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}
