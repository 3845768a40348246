//! Who sees a list, who may write it, and through which door.

use super::{ADD, accounts, add, create, customers, pairs, upload};
use crate::{
    cases::cosell::csv::{Desk, code, key, token},
    support::{TestApp, on_both},
};
use entity::{audit_entry as audit, organization, value::OrganizationStatus, value::Role};
use partnergraph::op::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde_json::json;

on_both!(
    the_upload_lets_in_who_may_write,
    a_key_needs_the_scope,
    a_list_is_read_by_its_own_organization_alone,
    a_suspended_organization_reads_and_writes_nothing,
    changes_are_on_record_without_a_name_of_an_account,
);

const FILE: &str = "id,name\n1,Acme\n";

async fn the_upload_lets_in_who_may_write(app: TestApp) {
    let desk = Desk::open(&app).await;
    let list = customers(&app).await;
    let own = |role| token(&app, "aurora", role);
    for (who, token, status, expected) in [
        ("nobody", String::new(), 401, "UNAUTHENTICATED"),
        ("forged", "forged".to_owned(), 401, "UNAUTHENTICATED"),
        ("stranger", token(&app, "comet", Role::Owner), 404, "NOT_FOUND"),
        ("partner", token(&app, "borealis", Role::Manager), 404, "NOT_FOUND"),
        ("operator", token(&app, "operator", Role::Owner), 404, "NOT_FOUND"),
        ("viewer", own(Role::Viewer), 403, "FORBIDDEN"),
        ("member", own(Role::Member), 403, "FORBIDDEN"),
        ("key without", key(&app, &["LISTINGS_WRITE"]).await, 403, "FORBIDDEN"),
        ("manager", own(Role::Manager), 200, ""),
        ("admin", own(Role::Admin), 200, ""),
        ("key", key(&app, &["PARTNERSHIPS_WRITE"]).await, 200, ""),
    ] {
        let (found, body) = upload(&desk, &token, &list, "", FILE).await;
        assert_eq!((found, code(&body)), (status, expected), "{who}: {body:#}");
    }
    assert_eq!(accounts(&app, &list).await, pairs(&[("1", "Acme")]));
}

async fn a_key_needs_the_scope(app: TestApp) {
    let list = customers(&app).await;
    let input = json!({"id": list, "input": {"accounts": [{"externalId": "1", "name": "Acme"}]}});
    let without = app.key("aurora", &[Scope::OpportunitiesWrite]);
    assert_eq!(app.graphql(&without, ADD, input.clone()).await.error_code(), "FORBIDDEN");
    app.graphql(&app.key("aurora", &[Scope::PartnershipsWrite]), ADD, input).await.payload();
    let read = app.graphql(&without, "{ accountLists { nodes { accountCount } } }", json!({})).await;
    assert_eq!(read.at("/accountLists/nodes/0/accountCount"), 1);
}

async fn a_list_is_read_by_its_own_organization_alone(app: TestApp) {
    let list = customers(&app).await;
    add(&app, &list, vec![super::account("1", "Acme")]).await.payload();
    let read = "query ($id: ID!) { accountList(id: $id) { viewerCanUpdate accounts { nodes { name } } } }";
    for (actor, sees) in [
        (app.actor("aurora", Role::Viewer), true),
        (app.manager("aurora"), true),
        (app.actor("borealis", Role::Owner), false),
        (app.operator(), false),
        (app.visitor(), false),
    ] {
        let found = app.graphql(&actor, read, json!({"id": list})).await;
        assert_eq!(!found.at("/accountList").is_null(), sees, "{actor:?}");
        if sees {
            assert_eq!(found.at("/accountList/viewerCanUpdate"), actor == app.manager("aurora"));
        }
    }
}

async fn a_suspended_organization_reads_and_writes_nothing(app: TestApp) {
    let desk = Desk::open(&app).await;
    let list = customers(&app).await;
    organization::Entity::update_many()
        .col_expr(organization::Column::Status, Expr::val(OrganizationStatus::Suspended))
        .filter(organization::Column::Slug.eq("aurora"))
        .exec(app.app.world.db.read())
        .await
        .unwrap();
    let (status, body) = upload(&desk, &token(&app, "aurora", Role::Manager), &list, "", FILE).await;
    assert_eq!((status, code(&body)), (403, "FORBIDDEN"), "{body:#}");
    assert!(accounts(&app, &list).await.is_empty());
}

async fn changes_are_on_record_without_a_name_of_an_account(app: TestApp) {
    let desk = Desk::open(&app).await;
    let made = create(&app, json!({"name": "Customers", "kind": "CUSTOMERS"})).await;
    let list = made.payload()["accountList"]["id"].clone();
    upload(&desk, &token(&app, "aurora", Role::Manager), &list, "", FILE).await;
    add(&app, &list, vec![super::account("2", "Bolt")]).await.payload();
    let entries = audit::Entity::find()
        .filter(audit::Column::Subject.eq(list.as_str().unwrap()))
        .order_by_asc(audit::Column::Id)
        .all(app.app.world.db.read())
        .await
        .unwrap();
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["account_list.created", "account_list.accounts_changed", "account_list.accounts_changed"]);
    assert!(entries.iter().all(|entry| entry.private));
    let said = format!("{entries:?}");
    assert!(!said.contains("Acme") && !said.contains("Bolt"), "{said}");
    assert!(said.contains("ali_"), "{said}");
}
