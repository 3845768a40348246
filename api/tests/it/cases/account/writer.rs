//! One writer a list: what another is told, what a dead one leaves, and that the dead do not write.

use super::{account, accounts, add, come_by, customers, id_of, imports, numbers, pairs, taken};
use crate::{
    cases::cosell::csv::{Desk, token},
    support::{TestApp, on_both},
};
use chrono::TimeDelta;
use entity::{account as account_row, account_list_seen as seen, value::Role};
use partnergraph::account::{
    model::{AccountDraft, AccountImportMode, Content, judge},
    service::{Import, Stopped, delete},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

on_both!(
    what_a_dead_writer_left_is_cleared_away_by_the_next,
    what_a_dead_writer_left_is_cleared_away_by_the_engine,
    a_writer_that_was_taken_for_dead_writes_no_more,
    an_import_of_a_list_that_is_deleted_is_canceled,
    a_sign_of_life_keeps_an_import,
);

fn contents(rows: &[(&str, &str)]) -> Vec<Content> {
    let content = |(id, name): &(&str, &str)| {
        let draft =
            AccountDraft { external_id: Some((*id).to_owned()), name: (*name).to_owned(), ..AccountDraft::default() };
        judge(draft).unwrap().content
    };
    rows.iter().map(content).collect()
}

/// An import that has laid out a part: one account of it is new, one is changed, one stays.
async fn begun(app: &TestApp, list: &Value) -> Import {
    add(app, list, vec![account("1", "Acme"), account("2", "Bolt"), account("3", "Cord")]).await.payload();
    let op = app.app.op(app.manager("aurora"), "test", Vec::new());
    let mut import = Import::begin(&op, id_of(list), AccountImportMode::Replace, false, Some(100)).await.unwrap();
    let part = contents(&[("1", "Acme Inc"), ("2", "Bolt"), ("4", "Dart")]);
    import.take(&part, 50).await.unwrap();
    import
}

const BEFORE: [(&str, &str); 3] = [("1", "Acme"), ("2", "Bolt"), ("3", "Cord")];

/// Rows of the list that say that a version is laid out ahead.
async fn ahead(app: &TestApp, list: &Value, shown: i64) -> u64 {
    let db = app.app.world.db.read();
    let rows = account_row::Entity::find().filter(account_row::Column::ListId.eq(id_of(list)));
    let new = rows.clone().filter(account_row::Column::Since.gt(shown)).count(db).await.unwrap();
    let ended = rows.filter(account_row::Column::Until.gt(shown)).count(db).await.unwrap();
    let met = seen::Entity::find().filter(seen::Column::ListId.eq(id_of(list))).count(db).await.unwrap();
    new + ended + met
}

async fn what_a_dead_writer_left_is_cleared_away_by_the_next(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = customers(&app).await;
    drop(begun(&app, &list).await);
    assert_eq!(ahead(&app, &list, 1).await, 4);
    assert_eq!(accounts(&app, &list).await, pairs(&BEFORE));
    assert_eq!(add(&app, &list, vec![account("5", "Echo")]).await.refusals(), ["INVALID_STATE"]);
    app.clock.advance(TimeDelta::seconds(61));
    // What it had laid out is not there any more: the file is compared with what readers saw.
    let report = taken(&desk, &token, &list, "", "id,name\n1,Acme\n2,Bolt\n4,Dart\n").await;
    assert_eq!(numbers(&report), [1, 0, 2, 1, 0], "{report:#}");
    assert_eq!(accounts(&app, &list).await, pairs(&[("1", "Acme"), ("2", "Bolt"), ("4", "Dart")]));
    let states: Vec<_> =
        imports(&app, &list).await.iter().map(|row| (row["state"].clone(), row["problem"].clone())).collect();
    assert_eq!(states, [(json!("APPLIED"), Value::Null), (json!("FAILED"), json!("DIED"))]);
    assert_eq!(ahead(&app, &list, 2).await, 0);
}

async fn what_a_dead_writer_left_is_cleared_away_by_the_engine(app: TestApp) {
    let list = customers(&app).await;
    drop(begun(&app, &list).await);
    come_by(&app).await;
    assert_eq!(ahead(&app, &list, 1).await, 4, "it may be alive");
    app.clock.advance(TimeDelta::seconds(61));
    come_by(&app).await;
    assert_eq!(ahead(&app, &list, 1).await, 0);
    assert_eq!(accounts(&app, &list).await, pairs(&BEFORE));
    let import = &imports(&app, &list).await[0];
    assert_eq!(
        (&import["state"], &import["problem"], &import["percent"]),
        (&json!("FAILED"), &json!("DIED"), &json!(50))
    );
    let added = add(&app, &list, vec![account("5", "Echo")]).await;
    assert_eq!(added.payload()["accountList"], json!({"id": list, "accountCount": 4, "version": 2}));
}

async fn a_writer_that_was_taken_for_dead_writes_no_more(app: TestApp) {
    let list = customers(&app).await;
    let mut dead = begun(&app, &list).await;
    app.clock.advance(TimeDelta::seconds(61));
    add(&app, &list, vec![account("5", "Echo")]).await.payload();
    let part = contents(&[("6", "Fern")]);
    assert!(matches!(dead.take(&part, 60).await, Err(Stopped::Overtaken)));
    assert!(matches!(dead.finish(100).await, Err(Stopped::Overtaken)));
    dead.break_off(&Stopped::Overtaken).await.unwrap();
    // Also while another one is under way, of which it must clear nothing away.
    let op = app.app.op(app.manager("aurora"), "test", Vec::new());
    let mut next = Import::begin(&op, id_of(&list), AccountImportMode::Merge, false, None).await.unwrap();
    next.take(&part, 10).await.unwrap();
    dead.break_off(&Stopped::Deleted).await.unwrap();
    next.finish(10).await.unwrap();
    let expected = pairs(&[("1", "Acme"), ("2", "Bolt"), ("3", "Cord"), ("5", "Echo"), ("6", "Fern")]);
    assert_eq!(accounts(&app, &list).await, expected);
}

async fn an_import_of_a_list_that_is_deleted_is_canceled(app: TestApp) {
    let list = customers(&app).await;
    let mut import = begun(&app, &list).await;
    let op = app.app.op(app.manager("aurora"), "test", Vec::new());
    delete(&op, id_of(&list), None).await.unwrap();
    let stopped = import.take(&contents(&[("6", "Fern")]), 60).await.unwrap_err();
    assert!(matches!(stopped, Stopped::Deleted));
    import.break_off(&stopped).await.unwrap();
    assert_eq!(ahead(&app, &list, 1).await, 0);
    let row = entity::account_list_import::Entity::find().one(app.app.world.db.read()).await.unwrap().unwrap();
    assert_eq!(row.state, entity::account_list_import::AccountImportState::Canceled);
}

async fn a_sign_of_life_keeps_an_import(app: TestApp) {
    let list = customers(&app).await;
    let mut import = begun(&app, &list).await;
    for _ in 0..3 {
        app.clock.advance(TimeDelta::seconds(45));
        import.wait(55).await.unwrap();
    }
    come_by(&app).await;
    assert_eq!(add(&app, &list, vec![account("5", "Echo")]).await.refusals(), ["INVALID_STATE"]);
    let list_now = import.finish(100).await.unwrap();
    assert_eq!((list_now.version, list_now.account_count), (2, 3));
    assert_eq!(accounts(&app, &list).await, pairs(&[("1", "Acme Inc"), ("2", "Bolt"), ("4", "Dart")]));
}
