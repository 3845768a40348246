//! Which pairs of lists are open by what is written down, and what the sweep finds.

use super::{come_by, levels, list, list_of, open, set, set_default, sharing_partners, shows};
use crate::{
    cases::partnership::begin,
    support::{TestApp, on_both, organization_id},
};
use entity::{
    account_list,
    id::{AccountListId, TypedId},
    mapping_pair,
};
use partnergraph::sharing::scope::{between, open_pairs};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

on_both!(
    each_two_lists_that_show_each_other_something_are_a_pair,
    a_new_list_is_found_and_a_deleted_one_is_let_go,
    an_offline_partner_is_compared_without_its_word,
    an_offline_partner_is_nobody_elses,
    what_is_settled_is_not_settled_again,
    what_is_shown_takes_as_many_statements_for_many_lists,
);

/// Deletes a list as the room of lists does.
pub(super) async fn delete(app: &TestApp, id: &str) {
    let now = app.app.world.clock.now();
    account_list::Entity::update_many()
        .col_expr(account_list::Column::DeletedAt, Expr::value(now))
        .col_expr(account_list::Column::SettledAt, Expr::value(None::<chrono::DateTime<chrono::Utc>>))
        .filter(account_list::Column::Id.eq(AccountListId::parse_global(id).unwrap()))
        .exec(app.app.world.db.read())
        .await
        .unwrap();
}

async fn pairs(app: &TestApp) -> Vec<mapping_pair::Model> {
    mapping_pair::Entity::find().all(app.app.world.db.read()).await.unwrap()
}

async fn each_two_lists_that_show_each_other_something_are_a_pair(app: TestApp) {
    let (ours, theirs, _) = sharing_partners(&app).await;
    let second = list(&app, "aurora", &["Echo"]).await;
    let third = list(&app, "borealis", &["Fern"]).await;
    set(&app, &app.manager("aurora"), shows(&second, "borealis", "COUNTS_ONLY")).await.payload();
    assert_eq!(open(&app).await, 2);
    set(&app, &app.manager("borealis"), shows(&third, "aurora", "ALL")).await.payload();
    assert_eq!(open(&app).await, 4);
    for pair in pairs(&app).await {
        assert!(pair.left_id < pair.right_id);
        let left = if pair.left_id == organization_id("aurora") { [&ours, &second] } else { [&theirs, &third] };
        assert!(left.contains(&&pair.left_list_id.global()), "the left list is the left organization's");
    }
    set(&app, &app.manager("aurora"), shows(&ours, "borealis", "HIDDEN")).await.payload();
    assert_eq!(open(&app).await, 2);
    assert_eq!(come_by(&app).await, 0, "nothing is left for the sweep");
}

async fn a_new_list_is_found_and_a_deleted_one_is_let_go(app: TestApp) {
    let (ours, _, _) = sharing_partners(&app).await;
    come_by(&app).await;
    set_default(&app, &app.manager("aurora"), json!({"partnerType": "TECHNOLOGY", "level": "ALL"})).await.payload();
    let second = list(&app, "aurora", &["Echo"]).await;
    assert_eq!(levels(&app, "borealis", "aurora").await.len(), 2, "a default shows a new list at once");
    assert_eq!(open(&app).await, 1);
    assert_eq!((come_by(&app).await, open(&app).await), (1, 2));
    let row = account_list::Entity::find_by_id(AccountListId::parse_global(&second).unwrap());
    let row = row.one(app.app.world.db.read()).await.unwrap().unwrap();
    assert!(row.settled_at.is_some(), "the sweep has seen it");
    delete(&app, &ours).await;
    assert_eq!(levels(&app, "borealis", "aurora").await.len(), 1);
    assert_eq!((come_by(&app).await, open(&app).await, come_by(&app).await), (1, 1, 0));
}

async fn an_offline_partner_is_compared_without_its_word(app: TestApp) {
    let (aurora, comet) = (organization_id("aurora"), organization_id("comet"));
    let own = list(&app, "aurora", &["Acme"]).await;
    let theirs = list_of(&app, aurora, comet, &["Acme", "Bolt"]).await;
    assert_eq!((come_by(&app).await, open(&app).await), (1, 1));
    let pair = &pairs(&app).await[0];
    assert_eq!((pair.left_id, pair.right_id), (aurora, aurora), "both lists are its own");
    assert_eq!((pair.left_list_id.global(), pair.right_list_id), (own, theirs));
    assert_eq!(levels(&app, "aurora", "comet").await, ["ALL"]);
    assert_eq!(levels(&app, "comet", "aurora").await, [""; 0], "the other one sees nothing of it");
    super::suspend(&app, "aurora").await;
    assert_eq!(levels(&app, "aurora", "comet").await, [""; 0], "whoever does not take part sees nothing");
    assert_eq!((come_by(&app).await, open(&app).await), (1, 0));
}

async fn an_offline_partner_is_nobody_elses(app: TestApp) {
    let (ours, ..) = sharing_partners(&app).await;
    let aurora = organization_id("aurora");
    let of_comet = list_of(&app, aurora, organization_id("comet"), &["Acme"]).await;
    // Of a partner that is here as well, its own lists and those that one has of it stand side by side.
    let of_borealis = list_of(&app, aurora, organization_id("borealis"), &["Acme"]).await;
    begin(&app, "aurora", "comet").await;
    come_by(&app).await;
    assert_eq!(levels(&app, "borealis", "aurora").await, ["OVERLAPPING"], "the list of its own accounts alone");
    assert_eq!(levels(&app, "comet", "aurora").await, [""; 0]);
    assert_eq!(levels(&app, "aurora", "borealis").await.len(), 2);
    let mut found: Vec<_> =
        pairs(&app).await.iter().map(|pair| (pair.left_id == pair.right_id, pair.right_list_id)).collect();
    found.retain(|(own, _)| *own);
    assert_eq!(found.len(), 2);
    assert!(found.contains(&(true, of_comet)) && found.contains(&(true, of_borealis)));
    // A list that is hidden from a partner is compared with what one has of it all the same.
    set(&app, &app.manager("aurora"), shows(&ours, "borealis", "HIDDEN")).await.payload();
    assert_eq!(open(&app).await, 2);
    let db = app.app.world.db.read();
    let now = app.app.world.clock.now();
    let seen = between(db, now, aurora, organization_id("borealis")).await.unwrap();
    let open: Vec<_> = open_pairs(&seen).map(|(own, their)| (own.list_id.global(), their.list_id)).collect();
    assert_eq!(open, [(ours, of_borealis)]);
    let seen = between(db, now, organization_id("borealis"), aurora).await.unwrap();
    assert_eq!(open_pairs(&seen).count(), 0);
}

async fn what_is_settled_is_not_settled_again(app: TestApp) {
    sharing_partners(&app).await;
    come_by(&app).await;
    let before = pairs(&app).await;
    assert_eq!(come_by(&app).await, 0);
    // A row that should not be there, and one that is missing.
    mapping_pair::Entity::delete_many().exec(app.app.world.db.read()).await.unwrap();
    let four = tokio::join!(come_by(&app), come_by(&app), come_by(&app), come_by(&app));
    assert_eq!(four.0 + four.1 + four.2 + four.3, 1, "one acts");
    let after = pairs(&app).await;
    assert_eq!(after.len(), 1);
    assert_ne!(after[0].id, before[0].id, "a pair that opens again is another one");
}

async fn what_is_shown_takes_as_many_statements_for_many_lists(app: TestApp) {
    sharing_partners(&app).await;
    set_default(&app, &app.manager("aurora"), json!({"partnerType": "TECHNOLOGY", "level": "ALL"})).await.payload();
    let look = async || {
        let db = app.app.world.db.read();
        let now = app.app.world.clock.now();
        between(db, now, organization_id("borealis"), organization_id("aurora")).await.unwrap()
    };
    let (few, first) = app.statements(look()).await;
    for _ in 0..20 {
        list(&app, "aurora", &["Echo"]).await;
    }
    let (many, second) = app.statements(look()).await;
    assert_eq!((few.theirs.len(), many.theirs.len()), (1, 21));
    assert_eq!(first, second);
    assert!(first <= 7, "{first}");
}
