//! Rows that no reader sees any more.

use super::{account, accounts, add, come_by, customers, id_of, pairs};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::{account as account_row, account_list as list_row};
use partnergraph::account::service::delete;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::Value;

on_both!(
    rows_are_kept_for_an_hour_and_then_go,
    a_list_that_changes_all_the_time_is_tidied_up_too,
    the_accounts_of_a_deleted_list_go,
);

async fn rows(app: &TestApp, list: &Value) -> u64 {
    let rows = account_row::Entity::find().filter(account_row::Column::ListId.eq(id_of(list)));
    rows.count(app.app.world.db.read()).await.unwrap()
}

async fn row(app: &TestApp, list: &Value) -> list_row::Model {
    list_row::Entity::find_by_id(id_of(list)).one(app.app.world.db.read()).await.unwrap().unwrap()
}

async fn rows_are_kept_for_an_hour_and_then_go(app: TestApp) {
    let list = customers(&app).await;
    add(&app, &list, vec![account("1", "Acme"), account("2", "Bolt")]).await.payload();
    assert_eq!(row(&app, &list).await.collect_after, None);
    add(&app, &list, vec![account("1", "Acme Inc")]).await.payload();
    app.clock.advance(TimeDelta::minutes(59));
    come_by(&app).await;
    assert_eq!((rows(&app, &list).await, row(&app, &list).await.collected_version), (3, 0));
    app.clock.advance(TimeDelta::minutes(1));
    come_by(&app).await;
    let after = row(&app, &list).await;
    assert_eq!((rows(&app, &list).await, after.collected_version, after.collect_after), (2, 2, None));
    assert_eq!(accounts(&app, &list).await, pairs(&[("1", "Acme Inc"), ("2", "Bolt")]));
    assert_eq!(come_by(&app).await, 0);
}

async fn a_list_that_changes_all_the_time_is_tidied_up_too(app: TestApp) {
    let list = customers(&app).await;
    for turn in 0..10 {
        add(&app, &list, vec![account("1", &format!("Acme {turn}"))]).await.payload();
        app.clock.advance(TimeDelta::minutes(20));
        come_by(&app).await;
    }
    let after = row(&app, &list).await;
    assert!(after.collected_version >= 5 && rows(&app, &list).await <= 6, "{after:?}");
    assert_eq!(accounts(&app, &list).await, pairs(&[("1", "Acme 9")]));
}

async fn the_accounts_of_a_deleted_list_go(app: TestApp) {
    let (list, other) =
        (customers(&app).await, super::create(&app, serde_json::json!({"name": "B", "kind": "CUSTOM"})).await);
    let other = other.payload()["accountList"]["id"].clone();
    for list in [&list, &other] {
        add(&app, list, vec![account("1", "Acme"), account("2", "Bolt")]).await.payload();
    }
    let op = app.app.op(app.manager("aurora"), "test", Vec::new());
    delete(&op, id_of(&list), None).await.unwrap();
    come_by(&app).await;
    assert_eq!(rows(&app, &list).await, 2);
    app.clock.advance(TimeDelta::minutes(61));
    come_by(&app).await;
    assert_eq!((rows(&app, &list).await, rows(&app, &other).await), (0, 2));
    assert_eq!(row(&app, &list).await.collect_after, None);
}
