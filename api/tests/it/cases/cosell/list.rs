//! Lists: pages that lose and repeat nothing, filters, and as many statements for many rows as for few.

use super::{create, deal, opened, operation, share, to};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use partnergraph::op::Actor;
use serde_json::{Value, json};

on_both!(
    pages_are_complete_in_every_order,
    what_is_not_seen_is_last_and_in_no_cursor,
    filters_narrow,
    bad_pages_are_refused,
    statements_do_not_grow_with_rows,
);

const PAGE: &str = "query ($first: Int, $after: String, $filter: OpportunityFilter, $order: OpportunityOrder) {
  opportunities(first: $first, after: $after, filter: $filter, orderBy: $order) {
    totalCount nodes { id title targetCloseDate } edges { cursor } pageInfo { hasNextPage endCursor }
  }
}";

fn numbered(number: usize) -> Value {
    let mut input = deal();
    input["title"] = json!(format!("Deal {number}"));
    input["customer"]["name"] = json!(["Ébène", "acme", "Zoo"][number % 3]);
    if number % 4 != 1 {
        input["targetCloseDate"] = json!(format!("2026-12-{:02}", 10 + number % 3));
    }
    input
}

async fn walk(app: &TestApp, actor: &Actor, field: &str, direction: &str) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let order = json!({"field": field, "direction": direction});
        let page = app.graphql(actor, PAGE, json!({"first": 3, "after": after, "order": order})).await;
        rows.extend(page.at("/opportunities/nodes").as_array().unwrap().iter().cloned());
        if page.at("/opportunities/pageInfo/hasNextPage") == false {
            return rows;
        }
        after = page.at("/opportunities/pageInfo/endCursor").clone();
        assert!(rows.len() < 100, "the pages go round");
    }
}

async fn pages_are_complete_in_every_order(app: TestApp) {
    let aurora = app.manager("aurora");
    for number in 0..11 {
        if number % 2 == 0 {
            app.clock.advance(TimeDelta::seconds(1));
        }
        create(&app, &aurora, numbered(number)).await.payload();
    }
    for field in ["UPDATED_AT", "CREATED_AT", "TARGET_CLOSE_DATE", "CUSTOMER_NAME"] {
        for direction in ["ASC", "DESC"] {
            let rows = walk(&app, &aurora, field, direction).await;
            let mut ids: Vec<_> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!((rows.len(), ids.len()), (11, 11), "{field} {direction}");
            if field == "TARGET_CLOSE_DATE" {
                let missing = rows.iter().rev().take_while(|row| row["targetCloseDate"].is_null()).count();
                assert_eq!(missing, 3, "unknown days are last in both directions");
                let first = if direction == "ASC" { "2026-12-10" } else { "2026-12-12" };
                assert_eq!(rows[0]["targetCloseDate"], first);
            }
        }
    }
    let newest = walk(&app, &aurora, "CREATED_AT", "DESC").await;
    assert_eq!(newest[0]["title"], "Deal 10");
    let by_name = walk(&app, &aurora, "CUSTOMER_NAME", "ASC").await;
    assert_eq!(by_name[0]["title"], "Deal 1", "acme before ébène before zoo, whatever accents and case");
    assert_eq!(by_name[10]["title"], "Deal 8");
}

async fn what_is_not_seen_is_last_and_in_no_cursor(app: TestApp) {
    let borealis = app.manager("borealis");
    let mut input = numbered(0);
    input["customer"]["name"] = json!("Aardvark");
    let hidden = opened(&app, input).await;
    let mut wanted = to("borealis");
    wanted["grantedFields"] = json!(["USE_CASE"]);
    share(&app, &hidden, "borealis", wanted).await;
    let open = opened(&app, numbered(2)).await;
    share(&app, &open, "borealis", to("borealis")).await;
    for field in ["CUSTOMER_NAME", "TARGET_CLOSE_DATE"] {
        for direction in ["ASC", "DESC"] {
            let order = json!({"field": field, "direction": direction});
            let page = app.graphql(&borealis, PAGE, json!({"first": 2, "order": order})).await;
            assert_eq!(page.at("/opportunities/nodes/0/id"), &open, "{field} {direction}");
            let cursor = page.at("/opportunities/edges/1/cursor").as_str().unwrap().to_owned();
            use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
            let told = String::from_utf8(URL_SAFE_NO_PAD.decode(&cursor).unwrap()).unwrap();
            assert!(!told.contains("aardvark") && !told.contains("2026-12"), "{told}");
            let rest = app.graphql(&borealis, PAGE, json!({"after": cursor, "order": order})).await;
            assert_eq!(rest.at("/opportunities/nodes"), &json!([]));
            let one = app.graphql(&borealis, PAGE, json!({"first": 1, "order": order})).await;
            let after = one.at("/opportunities/pageInfo/endCursor");
            let next = app.graphql(&borealis, PAGE, json!({"after": after, "order": order})).await;
            assert_eq!(next.at("/opportunities/nodes/0/id"), &hidden);
        }
    }
}

async fn filters_narrow(app: TestApp) {
    let aurora = app.manager("aurora");
    for number in 0..6 {
        create(&app, &aurora, numbered(number)).await.payload();
    }
    app.clock.advance(TimeDelta::hours(1));
    let theirs = create(&app, &app.manager("borealis"), numbered(6)).await.payload()["opportunity"]["id"].clone();
    let sent = super::invite(&app, &app.manager("borealis"), &theirs, to("aurora")).await;
    super::accept(&app, &aurora, &sent.payload()["invitation"]["id"]).await.payload();
    super::advance(&app, &app.manager("borealis"), &theirs, json!({"stage": "QUALIFIED"})).await.payload();
    for (filter, expected) in [
        (json!({}), 7),
        (json!({"stages": ["QUALIFIED"]}), 1),
        (json!({"stages": ["QUALIFIED", "PROSPECT"]}), 7),
        (json!({"stages": []}), 0),
        (json!({"reviewStatuses": ["PENDING_SUBMISSION"]}), 7),
        (json!({"reviewStatuses": ["APPROVED"]}), 0),
        (json!({"owner": "borealis"}), 1),
        (json!({"owner": "nobody"}), 0),
        (json!({"participant": "borealis"}), 1),
        (json!({"participant": "aurora"}), 7),
        (json!({"participant": "comet"}), 0),
        (json!({"customer": "EBÉ"}), 3),
        (json!({"customer": "ben"}), 0),
        (json!({"updatedAfter": "2026-11-02T09:00:00Z"}), 1),
        (json!({"targetCloseAfter": "2026-12-10"}), 2),
        (json!({"targetCloseBefore": "2026-12-11"}), 3),
        (json!({"archived": true}), 0),
    ] {
        let found = app.graphql(&aurora, PAGE, json!({"filter": filter})).await;
        assert_eq!(found.at("/opportunities/totalCount"), expected, "{filter}");
        assert_eq!(found.at("/opportunities/nodes").as_array().unwrap().len(), expected, "{filter}");
    }
}

async fn bad_pages_are_refused(app: TestApp) {
    let aurora = app.manager("aurora");
    for number in 0..2 {
        create(&app, &aurora, numbered(number)).await.payload();
    }
    let order = json!({"field": "CUSTOMER_NAME", "direction": "ASC"});
    let first = app.graphql(&aurora, PAGE, json!({"first": 1, "order": order})).await;
    let cursor = first.at("/opportunities/pageInfo/endCursor");
    for variables in [
        json!({"first": -1}),
        json!({"first": 101}),
        json!({"after": "nonsense"}),
        json!({"after": cursor}),
        json!({"after": cursor, "order": {"field": "CUSTOMER_NAME", "direction": "DESC"}}),
    ] {
        assert_eq!(app.graphql(&aurora, PAGE, variables).await.error_code(), "BAD_USER_INPUT");
    }
    let other_kind = json!({"id": "org_00000000000070008000000000000000"});
    for document in
        ["query ($id: ID!) { opportunity(id: $id) { id } }", "query ($id: ID!) { invitation(id: $id) { id } }"]
    {
        assert_eq!(app.graphql(&aurora, document, other_kind.clone()).await.error_code(), "BAD_USER_INPUT");
    }
}

async fn statements_do_not_grow_with_rows(app: TestApp) {
    const WIDE: &str = "query ($first: Int!) { opportunities(first: $first) { totalCount nodes {
      id title customer { name } expectedAmount { amount } viewerCanUpdate viewerCanInvite relatedListings { listing { slug } }
      sides { stage nextStepsHistory { text } team { name } } divergence { aspect } moves { toStage }
      invitations { status } snapshots(first: 2) { totalCount nodes { revision } } pendingChange { parts }
      conflicts { rule }
    } } }";
    const INVITATIONS: &str = "query ($first: Int!) { invitations(first: $first) { totalCount nodes {
      status opportunityTitle customer { name } viewerCanAnswer viewerCanCancel opportunity { id }
      sender { slug } receiver { slug }
    } } }";
    for number in 0..30 {
        let id = opened(&app, numbered(number)).await;
        share(&app, &id, "borealis", to("borealis")).await;
    }
    let borealis = app.manager("borealis");
    for (document, list) in [
        (operation("SharedOpportunities").as_str(), "opportunities"),
        (WIDE, "opportunities"),
        (INVITATIONS, "invitations"),
    ] {
        let (few, for_few) = app.statements(app.graphql(&borealis, document, json!({"first": 3}))).await;
        let (many, for_many) = app.statements(app.graphql(&borealis, document, json!({"first": 30}))).await;
        few.data();
        assert_eq!(many.at(&format!("/{list}/totalCount")), 30);
        // On a busy machine two ways to one loader may come too far apart for one statement; one a row would be many more.
        assert!(for_many < for_few + 6, "{list}: {for_few} and {for_many}");
    }
}
