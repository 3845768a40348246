//! Members and their roles.

use crate::support::{Answer, TestApp, on_both, organization_id};
use entity::{id::TypedId, value::Role};
use partnergraph::op::{Actor, Scope};
use serde_json::{Value, json};

const ADD: &str = "mutation ($id: ID!, $input: MemberAddInput!) {
  memberAdd(id: $id, input: $input) {
    member { id role person { name email } organization { slug } } userErrors { field code }
  }
}";

const ROLE: &str = "mutation ($id: ID!, $role: MemberRole!) {
  memberUpdateRole(id: $id, input: {role: $role}) { member { role } userErrors { field code } }
}";

const REMOVE: &str = "mutation ($id: ID!) {
  memberRemove(id: $id) { organization { slug members { totalCount } } userErrors { field code } }
}";

const LIST: &str = "query ($slug: String!, $first: Int, $after: String) {
  organization(slug: $slug) {
    members(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { id role person { email } }
    }
  }
}";

on_both!(
    an_administrator_adds_members,
    roles_change_within_bounds,
    an_owner_stays,
    of_two_owners_who_leave_at_once_one_stays,
    whoever_leaves_is_out,
    strangers_see_no_members,
    members_are_paged,
    members_of_many_organizations_are_read_at_once,
);

async fn add(app: &TestApp, actor: &Actor, slug: &str, email: &str, role: &str) -> Answer {
    let input = json!({"email": email, "name": "New", "role": role});
    app.graphql(actor, ADD, json!({"id": organization_id(slug).global(), "input": input})).await
}

/// The member's id by role; each organization has one of each.
async fn member(app: &TestApp, slug: &str, role: &str) -> Value {
    let list = app.graphql(&app.operator(), LIST, json!({"slug": slug})).await;
    let members = list.at("/organization/members/nodes").as_array().unwrap().clone();
    members.into_iter().find(|member| member["role"] == role).unwrap()["id"].clone()
}

async fn an_administrator_adds_members(app: TestApp) {
    let admin = app.actor("aurora", Role::Admin);
    let added = add(&app, &admin, "aurora", " Kim@Aurora.Example ", "MANAGER").await;
    let person = json!({"name": "New", "email": "kim@aurora.example"});
    assert_eq!(added.payload()["member"]["person"], person);
    assert_eq!(added.payload()["member"]["organization"]["slug"], "aurora");
    assert_eq!(add(&app, &admin, "aurora", "KIM@aurora.example", "VIEWER").await.refusals(), ["ALREADY_EXISTS"]);
    // A person of another organization keeps the name that is known.
    let known = add(&app, &admin, "aurora", "owner@comet.example", "VIEWER").await;
    assert_eq!(known.payload()["member"]["person"]["name"], "Owner of comet");
    assert_eq!(add(&app, &admin, "aurora", "nobody", "VIEWER").await.refusals(), ["INVALID_FORMAT"]);
    assert_eq!(add(&app, &admin, "aurora", "x@aurora.example", "OWNER").await.refusals(), ["NOT_ALLOWED"]);
    for actor in [app.manager("aurora"), app.actor("comet", Role::Owner)] {
        assert_eq!(add(&app, &actor, "aurora", "x@aurora.example", "VIEWER").await.refusals(), ["NOT_ALLOWED"]);
    }
    assert_eq!(add(&app, &app.visitor(), "aurora", "x@a.example", "VIEWER").await.error_code(), "UNAUTHENTICATED");
    let key = app.key("aurora", &Scope::GRANTABLE);
    assert_eq!(add(&app, &key, "aurora", "x@a.example", "VIEWER").await.error_code(), "FORBIDDEN");
    assert_eq!(
        add(&app, &app.actor("comet", Role::Owner), "operator", "x@a.example", "VIEWER").await.refusals(),
        ["NOT_FOUND"]
    );
}

async fn roles_change_within_bounds(app: TestApp) {
    let admin = app.actor("aurora", Role::Admin);
    let viewer = member(&app, "aurora", "VIEWER").await;
    let raised = app.graphql(&admin, ROLE, json!({"id": viewer, "role": "ADMIN"})).await;
    assert_eq!(raised.payload()["member"]["role"], "ADMIN");
    assert_eq!(app.graphql(&admin, ROLE, json!({"id": viewer, "role": "OWNER"})).await.refusals(), ["NOT_ALLOWED"]);
    let owner = member(&app, "aurora", "OWNER").await;
    assert_eq!(app.graphql(&admin, ROLE, json!({"id": owner, "role": "VIEWER"})).await.refusals(), ["NOT_ALLOWED"]);
    // Members of others are invisible, so not even their ids are known.
    let stranger = app.actor("comet", Role::Owner);
    assert_eq!(app.graphql(&stranger, ROLE, json!({"id": viewer, "role": "OWNER"})).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(
        app.graphql(&app.visitor(), ROLE, json!({"id": viewer, "role": "OWNER"})).await.error_code(),
        "UNAUTHENTICATED"
    );
    let other_kind = json!({"id": organization_id("aurora").global(), "role": "ADMIN"});
    assert_eq!(app.graphql(&admin, ROLE, other_kind).await.error_code(), "BAD_USER_INPUT");
}

async fn an_owner_stays(app: TestApp) {
    let owner = app.actor("aurora", Role::Owner);
    let own = member(&app, "aurora", "OWNER").await;
    assert_eq!(app.graphql(&owner, ROLE, json!({"id": own, "role": "ADMIN"})).await.refusals(), ["LAST_OWNER"]);
    assert_eq!(app.graphql(&owner, REMOVE, json!({"id": own})).await.refusals(), ["LAST_OWNER"]);
    let second = member(&app, "aurora", "ADMIN").await;
    app.graphql(&owner, ROLE, json!({"id": second, "role": "OWNER"})).await.payload();
    let left = app.graphql(&owner, REMOVE, json!({"id": own})).await;
    assert_eq!(left.payload()["organization"]["slug"], "aurora");
}

async fn of_two_owners_who_leave_at_once_one_stays(app: TestApp) {
    let owner = app.actor("aurora", Role::Owner);
    let (first, second) = (member(&app, "aurora", "OWNER").await, member(&app, "aurora", "ADMIN").await);
    app.graphql(&owner, ROLE, json!({"id": second, "role": "OWNER"})).await.payload();
    let (one, other) = futures::join!(
        app.graphql(&owner, REMOVE, json!({"id": first})),
        app.graphql(&owner, REMOVE, json!({"id": second})),
    );
    let refused =
        [&one, &other].iter().filter(|answer| answer.body()["data"]["memberRemove"]["organization"].is_null()).count();
    assert_eq!(refused, 1, "{} {}", one.body(), other.body());
    let list = app.graphql(&app.operator(), LIST, json!({"slug": "aurora"})).await;
    let owners =
        list.at("/organization/members/nodes").as_array().unwrap().iter().filter(|member| member["role"] == "OWNER");
    assert_eq!(owners.count(), 1);
}

async fn whoever_leaves_is_out(app: TestApp) {
    use chrono::TimeDelta;
    let viewer = app.actor("aurora", Role::Viewer);
    let (person, organization) = (viewer.person().unwrap(), viewer.organization().unwrap());
    let token = app.app.authenticator.issue(person, organization, TimeDelta::hours(1)).unwrap();
    let header = format!("Bearer {token}");
    assert_eq!(app.app.authenticator.authenticate(Some(&header)).await.unwrap().role(), Some(Role::Viewer));
    let own = member(&app, "aurora", "VIEWER").await;
    app.graphql(&viewer, REMOVE, json!({"id": own})).await.payload();
    assert!(app.app.authenticator.authenticate(Some(&header)).await.is_err());
}

async fn strangers_see_no_members(app: TestApp) {
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    let id = member(&app, "aurora", "OWNER").await;
    for stranger in [app.visitor(), app.actor("comet", Role::Owner)] {
        let answer = app.graphql(&stranger, LIST, json!({"slug": "aurora"})).await;
        assert_eq!(answer.data(), &json!({"organization": {"members": null}}));
        assert_eq!(app.graphql(&stranger, node, json!({"id": id})).await.data(), &json!({"node": null}));
        let person = crate::support::person_id("aurora", Role::Owner).global();
        assert_eq!(app.graphql(&stranger, node, json!({"id": person})).await.data(), &json!({"node": null}));
    }
    let own = app.graphql(&app.actor("aurora", Role::Viewer), LIST, json!({"slug": "aurora"})).await;
    assert_eq!(own.at("/organization/members/totalCount"), 5);
}

async fn members_are_paged(app: TestApp) {
    let viewer = app.actor("aurora", Role::Viewer);
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = app.graphql(&viewer, LIST, json!({"slug": "aurora", "first": 2, "after": after})).await;
        let members = page.at("/organization/members");
        seen.extend(members["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        after = members["pageInfo"]["endCursor"].clone();
        if members["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted());
    let keys = "query ($after: String) { organization(slug: \"aurora\") { apiKeys(after: $after) { nodes { id } } } }";
    let wrong = app.graphql(&app.actor("aurora", Role::Admin), keys, json!({"after": after})).await;
    assert_eq!(wrong.error_code(), "BAD_USER_INPUT");
    let many = app.graphql(&viewer, LIST, json!({"slug": "aurora", "first": 101})).await;
    assert_eq!(many.error_code(), "BAD_USER_INPUT");
}

async fn members_of_many_organizations_are_read_at_once(app: TestApp) {
    const ALL: &str = "query ($first: Int!) { organizations(first: $first) { nodes {
      slug profile { headline } domains countriesServed
      members(first: 2) { totalCount nodes { role person { email } } pageInfo { hasNextPage } }
      apiKeys(first: 2) { totalCount nodes { id } } auditEntries(first: 2) { totalCount nodes { id } }
    } } }";
    let operator = app.operator();
    let (one, few) = app.statements(app.graphql(&operator, ALL, json!({"first": 1}))).await;
    let (four, many) = app.statements(app.graphql(&operator, ALL, json!({"first": 4}))).await;
    assert_eq!(one.at("/organizations/nodes").as_array().unwrap().len(), 1);
    assert_eq!(few, many);
    for node in four.at("/organizations/nodes").as_array().unwrap() {
        assert_eq!(node["members"]["totalCount"], 5);
        assert_eq!(node["members"]["nodes"].as_array().unwrap().len(), 2);
        assert_eq!(node["members"]["pageInfo"]["hasNextPage"], true);
    }
}
