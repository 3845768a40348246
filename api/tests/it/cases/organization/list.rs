//! `organizations`.

use crate::support::{TestApp, on_both, organization_id};
use entity::{id::TypedId, value::Role};
use serde_json::{Value, json};

const LIST: &str = "query ($first: Int, $after: String, $filter: OrganizationFilter, $orderBy: OrganizationOrder) {
  organizations(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount pageInfo { hasNextPage endCursor } nodes { slug }
  }
}";

on_both!(everybody_sees_what_they_may, pages_neither_repeat_nor_lose, filters_narrow, a_cursor_belongs_to_its_order);

fn slugs(list: &Value) -> Vec<String> {
    list["nodes"].as_array().unwrap().iter().map(|node| node["slug"].as_str().unwrap().to_owned()).collect()
}

async fn everybody_sees_what_they_may(app: TestApp) {
    for (actor, expected) in [
        (app.visitor(), vec!["aurora", "borealis", "comet"]),
        (app.actor("aurora", Role::Viewer), vec!["aurora", "borealis", "comet"]),
        (app.actor("operator", Role::Viewer), vec!["aurora", "borealis", "comet", "operator"]),
    ] {
        let list = app.graphql(&actor, LIST, json!({})).await;
        assert_eq!(slugs(list.at("/organizations")), expected);
        assert_eq!(list.at("/organizations/totalCount"), expected.len());
    }
}

async fn pages_neither_repeat_nor_lose(app: TestApp) {
    for (field, direction) in [("NAME", "ASC"), ("NAME", "DESC"), ("CREATED_AT", "ASC"), ("CREATED_AT", "DESC")] {
        let order = json!({"field": field, "direction": direction});
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = app.graphql(&app.operator(), LIST, json!({"first": 1, "after": after, "orderBy": order})).await;
            let list = page.at("/organizations");
            seen.extend(slugs(list));
            after = list["pageInfo"]["endCursor"].clone();
            if list["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        let whole = app.graphql(&app.operator(), LIST, json!({"orderBy": order})).await;
        assert_eq!(seen, slugs(whole.at("/organizations")), "{order}");
        assert_eq!(seen.len(), 4);
    }
}

async fn filters_narrow(app: TestApp) {
    const SERVE: &str = "mutation ($id: ID!, $countries: [CountryCode!]) { coverageSet(id: $id, input: {countries: $countries}) { userErrors { code } } }";
    const SEAT: &str = "mutation ($id: ID!) { organizationUpdate(id: $id, input: {countryCode: \"NO\", name: \"Cométe Ltd\"}) { userErrors { code } } }";
    app.graphql(&app.manager("aurora"), SERVE, json!({"id": organization_id("aurora").global(), "countries": ["NO"]}))
        .await
        .payload();
    app.graphql(&app.manager("comet"), SEAT, json!({"id": organization_id("comet").global()})).await.payload();
    for (filter, expected) in [
        (json!({"countries": ["NO"]}), vec!["aurora", "comet"]),
        (json!({"countries": ["NO"], "query": "comete"}), vec!["comet"]),
        (json!({"countries": ["SE"]}), vec![]),
        (json!({"status": ["SUSPENDED"]}), vec![]),
        (json!({"query": "  "}), vec!["aurora", "borealis", "comet"]),
        (json!({"query": "%_'"}), vec![]),
    ] {
        let list = app.graphql(&app.visitor(), LIST, json!({"filter": filter})).await;
        assert_eq!(slugs(list.at("/organizations")), expected, "{filter}");
        assert_eq!(list.at("/organizations/totalCount"), expected.len());
    }
}

async fn a_cursor_belongs_to_its_order(app: TestApp) {
    let page = app.graphql(&app.visitor(), LIST, json!({"first": 1})).await;
    let after = page.at("/organizations/pageInfo/endCursor").clone();
    let created = json!({"field": "CREATED_AT", "direction": "ASC"});
    let other = app.graphql(&app.visitor(), LIST, json!({"after": after, "orderBy": created})).await;
    assert_eq!(other.error_code(), "BAD_USER_INPUT");
    for first in [-1, 101] {
        assert_eq!(app.graphql(&app.visitor(), LIST, json!({"first": first})).await.error_code(), "BAD_USER_INPUT");
    }
    assert_eq!(app.graphql(&app.visitor(), LIST, json!({"after": "x"})).await.error_code(), "BAD_USER_INPUT");
}
