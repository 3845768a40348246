//! Lists of programs and of memberships: order, pages, totals, and statements that do not grow with rows.

use super::{member, on_membership, program, text};
use crate::support::{TestApp, on_both};
use serde_json::{Value, json};

on_both!(
    programs_are_filtered_and_paged,
    memberships_of_an_organization_come_by_rank,
    the_host_lists_its_memberships,
    statements_do_not_grow_with_rows,
);

const PROGRAMS: &str = "query ($first: Int, $after: String, $filter: ProgramFilter, $orderBy: ProgramOrder) {
  programs(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount pageInfo { hasNextPage endCursor } nodes { slug } } }";

fn slugs(nodes: &Value) -> Vec<String> {
    nodes.as_array().unwrap().iter().map(|node| text(&node["slug"])).collect()
}

async fn programs_are_filtered_and_paged(app: TestApp) {
    for slug in ["delta", "alpha", "charlie", "bravo"] {
        program(&app, slug).await;
    }
    let visitor = app.visitor();
    let order = json!({"field": "NAME", "direction": "DESC"});
    let first = app.graphql(&visitor, PROGRAMS, json!({"first": 3, "orderBy": order})).await;
    assert_eq!(slugs(first.at("/programs/nodes")), ["delta", "charlie", "bravo"]);
    assert_eq!(first.at("/programs/totalCount"), 4);
    let after = first.at("/programs/pageInfo/endCursor");
    let rest = app.graphql(&visitor, PROGRAMS, json!({"first": 3, "after": after, "orderBy": order})).await;
    assert_eq!(slugs(rest.at("/programs/nodes")), ["alpha"]);
    assert_eq!(rest.at("/programs/pageInfo/hasNextPage"), false);
    let foreign = app.graphql(&visitor, PROGRAMS, json!({"after": after})).await;
    assert_eq!(foreign.error_code(), "BAD_USER_INPUT", "a cursor of another order");
    let age = json!({"field": "CREATED_AT", "direction": "ASC"});
    let by_age = app.graphql(&visitor, PROGRAMS, json!({"orderBy": age})).await;
    assert_eq!(slugs(by_age.at("/programs/nodes")), ["delta", "alpha", "charlie", "bravo"]);
    for (filter, found) in [
        (json!({"namePrefix": "CH"}), vec!["charlie"]),
        (json!({"organization": "aurora", "namePrefix": "a"}), vec!["alpha"]),
        (json!({"organization": "borealis"}), vec![]),
        (json!({"statuses": ["RETIRED"]}), vec![]),
        (json!({"types": ["STRATEGIC"], "namePrefix": "b"}), vec!["bravo"]),
    ] {
        let answer = app.graphql(&visitor, PROGRAMS, json!({"filter": filter})).await;
        assert_eq!(slugs(answer.at("/programs/nodes")), found, "{filter}");
    }
    for first in [-1, 101] {
        assert_eq!(app.graphql(&visitor, PROGRAMS, json!({"first": first})).await.error_code(), "BAD_USER_INPUT");
    }
}

async fn memberships_of_an_organization_come_by_rank(app: TestApp) {
    for (slug, tier) in [("untiered", 0), ("silver-b", 2), ("golden", 1), ("silver-a", 2)] {
        let ids = program(&app, slug).await;
        member(&app, slug, (tier > 0).then(|| ids[tier].as_str())).await;
    }
    const READ: &str = "query ($first: Int, $after: String) { organization(slug: \"borealis\") {
      memberships(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
        nodes { id types joinedAt tier { name rank } program { slug name } } } } }";
    let all = app.graphql(&app.visitor(), READ, json!({})).await;
    let order = |answer: &crate::support::Answer| -> Vec<String> {
        let nodes = answer.at("/organization/memberships/nodes").as_array().unwrap();
        nodes.iter().map(|node| text(&node["program"]["slug"])).collect()
    };
    assert_eq!(order(&all), ["golden", "silver-a", "silver-b", "untiered"]);
    assert_eq!(all.at("/organization/memberships/totalCount"), 4);
    let first = app.graphql(&app.visitor(), READ, json!({"first": 2})).await;
    assert_eq!(order(&first), ["golden", "silver-a"]);
    assert_eq!(first.at("/organization/memberships/pageInfo/hasNextPage"), true);
    let after = first.at("/organization/memberships/pageInfo/endCursor");
    let rest = app.graphql(&app.visitor(), READ, json!({"first": 2, "after": after})).await;
    assert_eq!(order(&rest), ["silver-b", "untiered"], "a page with a cursor goes on where the loaded one ended");
    assert_eq!(rest.at("/organization/memberships/pageInfo/hasNextPage"), false);
}

async fn the_host_lists_its_memberships(app: TestApp) {
    program(&app, "listed").await;
    let id = member(&app, "listed", None).await;
    const READ: &str = "query ($filter: MembershipFilter) { program(slug: \"listed\") {
      memberships(filter: $filter) { totalCount nodes { id organization { slug } } } } }";
    let host = app.manager("aurora");
    let read = |statuses: Value| app.graphql(&host, READ, json!({"filter": {"statuses": statuses}}));
    assert_eq!(read(json!(["ACTIVE"])).await.at("/program/memberships/nodes/0/organization/slug"), "borealis");
    assert_eq!(read(json!(["TERMINATED"])).await.at("/program/memberships/totalCount"), 0);
    let renew = on_membership("membershipRenew", "MembershipRenewInput!");
    app.graphql(&host, &renew, json!({"id": id, "input": {"until": "2026-11-10"}})).await.payload();
    app.clock.advance(chrono::TimeDelta::days(8));
    assert_eq!(read(json!(["ACTIVE"])).await.at("/program/memberships/totalCount"), 0, "it has run out");
    assert_eq!(read(json!(["TERMINATED", "APPLIED"])).await.at("/program/memberships/nodes/0/id"), &json!(id));
    for other in [app.visitor(), app.manager("borealis")] {
        assert_eq!(app.graphql(&other, READ, json!({})).await.at("/program/memberships"), &json!(null));
    }
}

async fn statements_do_not_grow_with_rows(app: TestApp) {
    const READ: &str = "{ programs { totalCount nodes {
      slug organization { slug memberships(first: 1) { totalCount nodes { id } } }
      tiers { name benefits { name } requirements { version requirements { metric } } program { slug } }
      memberships(first: 2) { totalCount nodes { status tier { name } program { slug }
        organization { slug memberships(first: 10) { totalCount nodes { tier { name rank } program { slug } } } }
        history { startsOn tier { name } } explain { met results { gap } } } } } } }";
    let host = app.manager("aurora");
    let mut counted = Vec::new();
    for rows in [3, 12] {
        for number in 0..rows {
            let slug = format!("p{rows}-{number}");
            let [_, gold, ..] = program(&app, &slug).await;
            member(&app, &slug, Some(&gold)).await;
        }
        let (answer, statements) = app.statements(app.graphql(&host, READ, json!({}))).await;
        let last = answer.at("/programs/nodes").as_array().unwrap().len() - 1;
        assert_eq!(answer.at(&format!("/programs/nodes/{last}/memberships/nodes/0/tier/name")), "Gold");
        assert_eq!(answer.at("/programs/nodes/0/memberships/totalCount"), 1);
        counted.push(statements);
    }
    // On a busy machine two ways to one loader may come too far apart for one statement; one a row would be many more.
    assert!(counted[1] < counted[0] + 6, "statements grow with rows: {counted:?}");
}
