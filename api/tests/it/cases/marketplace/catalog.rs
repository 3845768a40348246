//! Searching, filtering, sorting and paging the marketplace, and what the contract documents get.

use super::{category, draft, names, published, text};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::{id::ListingId, id::TypedId, listing};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

on_both!(
    search_finds_words_whatever_their_case_and_accents,
    filters_hold_together,
    unknown_slugs_give_nothing,
    what_is_missing_sorts_last_in_both_directions,
    pages_neither_lose_nor_repeat_a_row,
    bad_pages_are_refused,
    the_marketplace_document_runs,
    the_partner_page_document_runs,
    statements_do_not_grow_with_rows,
);

const SEARCH: &str =
    "query MarketplaceSearch($first: Int!, $after: String, $filter: ListingFilter, $orderBy: ListingOrder) {
  listings(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges {
      node {
        id
        slug
        name
        summary
        status
        categories { slug name }
        rating { average count }
        vendor { slug name }
        integratesWith(first: 5) { nodes { slug name } }
      }
    }
  }
}";

async fn search_finds_words_whatever_their_case_and_accents(app: TestApp) {
    for input in [
        json!({"name": "Café Sync", "summary": "Keeps menus in step."}),
        json!({"name": "Zebra", "tags": ["caffeine"]}),
        json!({"name": "数据平台", "description": "Verarbeitet Daten."}),
    ] {
        published(&app, "borealis", input).await;
    }
    let visitor = app.visitor();
    for (query, found) in [
        ("cafe", &["Café Sync"] as &[&str]),
        ("CAF", &["Café Sync", "Zebra"]),
        ("sync menu", &["Café Sync"]),
        ("sync zebra", &[]),
        ("数据", &["数据平台"]),
        ("verarb", &["数据平台"]),
        ("borealis", &["Café Sync", "Zebra", "数据平台"]),
        ("  ", &["Café Sync", "Zebra", "数据平台"]),
        ("?!", &[]),
        ("o'; DROP TABLE listings", &[]),
    ] {
        assert_eq!(names(&app, &visitor, json!({"query": query}), json!(null)).await, found, "{query}");
    }
}

async fn filters_hold_together(app: TestApp) {
    let data = category(&app, "Data", None).await;
    category(&app, "Streaming", Some(&data)).await;
    category(&app, "Security", None).await;
    published(
        &app,
        "borealis",
        json!({"name": "A", "categories": ["data-streaming"], "pricingModels": ["FREE", "BYOL"]}),
    )
    .await;
    published(&app, "aurora", json!({"name": "B", "categories": ["data"], "kind": "SERVICE", "openSource": true}))
        .await;
    published(
        &app,
        "aurora",
        json!({"name": "C", "categories": ["security"], "kind": "INTEGRATION", "openSource": false}),
    )
    .await;
    let visitor = app.visitor();
    for (filter, found) in [
        (json!({"categories": ["data"]}), &["A", "B"] as &[&str]),
        (json!({"categories": ["data-streaming"]}), &["A"]),
        (json!({"categories": ["data-streaming", "security"]}), &["A", "C"]),
        (json!({"categories": []}), &["A", "B", "C"]),
        (json!({"kinds": ["SERVICE", "INTEGRATION"]}), &["B", "C"]),
        (json!({"vendor": "aurora"}), &["B", "C"]),
        (json!({"vendor": "aurora", "categories": ["data"]}), &["B"]),
        (json!({"pricingModels": ["BYOL", "USAGE"]}), &["A"]),
        (json!({"openSource": true}), &["B"]),
        (json!({"openSource": false, "kinds": ["SERVICE"]}), &[]),
        (json!({"minRating": 1.0}), &[]),
    ] {
        assert_eq!(names(&app, &visitor, filter.clone(), json!(null)).await, found, "{filter}");
    }
    let absurd = app.graphql(&visitor, SEARCH, json!({"first": 1, "filter": {"minRating": 6.0}})).await;
    assert_eq!(absurd.error_code(), "BAD_USER_INPUT");
}

async fn unknown_slugs_give_nothing(app: TestApp) {
    published(&app, "borealis", json!({"name": "A"})).await;
    draft(&app, &app.manager("aurora"), json!({"name": "Hidden"})).await;
    for filter in [
        json!({"categories": ["none"]}),
        json!({"vendor": "none"}),
        json!({"integratesWith": "none"}),
        json!({"integratesWith": "hidden"}),
        json!({"vendor": "x\u{0}y"}),
        json!({"categories": ["\u{0}"]}),
        json!({"query": "\u{0}"}),
        json!({"vendor": ""}),
    ] {
        assert_eq!(names(&app, &app.visitor(), filter.clone(), json!(null)).await, [""; 0], "{filter}");
    }
    let odd = app
        .graphql(&app.visitor(), "{ listing(slug: \"\\u0000\") { id } category(slug: \"'\") { id } }", json!({}))
        .await;
    assert_eq!(odd.data(), &json!({"listing": null, "category": null}));
}

async fn what_is_missing_sorts_last_in_both_directions(app: TestApp) {
    for (name, rating, published_at) in
        [("A", Some(3), true), ("B", None, true), ("C", Some(5), false), ("D", Some(1), true)]
    {
        let id = published(&app, "borealis", json!({"name": name})).await;
        app.clock.advance(TimeDelta::hours(1));
        let db = app.app.world.db.read();
        let row = listing::Entity::find_by_id(ListingId::parse_global(&id).unwrap()).one(db).await.unwrap().unwrap();
        let (up, down) =
            partnergraph::marketplace::model::rating_keys(rating.unwrap_or(0), i32::from(rating.is_some()));
        let moment = row.published_at.filter(|_| published_at);
        let (early, late) = partnergraph::marketplace::model::published_keys(moment);
        let mut row = row.into_active_model();
        row.rating_sum = Set(rating.unwrap_or(0));
        row.rating_count = Set(i32::from(rating.is_some()));
        row.rating_ascending = Set(up);
        row.rating_descending = Set(down);
        row.published_at = Set(moment);
        row.published_ascending = Set(early);
        row.published_descending = Set(late);
        row.update(db).await.unwrap();
    }
    for (field, direction, found) in [
        ("NAME", "ASC", ["A", "B", "C", "D"]),
        ("NAME", "DESC", ["D", "C", "B", "A"]),
        ("RATING", "ASC", ["D", "A", "C", "B"]),
        ("RATING", "DESC", ["C", "A", "D", "B"]),
        ("PUBLISHED_AT", "ASC", ["A", "B", "D", "C"]),
        ("PUBLISHED_AT", "DESC", ["D", "B", "A", "C"]),
    ] {
        let order = json!({"field": field, "direction": direction});
        assert_eq!(names(&app, &app.visitor(), json!(null), order.clone()).await, found, "{order}");
        assert_eq!(paged(&app, order.clone(), |_| async {}).await, found, "{order}, in pages of one");
    }
    let rated = names(&app, &app.visitor(), json!({"minRating": 3.0}), json!(null)).await;
    assert_eq!(rated, ["A", "C"]);
}

/// The names of all listings, read one a page; `between` runs after each page.
async fn paged<F: Future<Output = ()>>(app: &TestApp, order: Value, between: impl Fn(usize) -> F) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), json!(null));
    loop {
        let page = app.graphql(&app.visitor(), SEARCH, json!({"first": 1, "after": after, "orderBy": order})).await;
        let edges = page.at("/listings/edges").as_array().unwrap();
        found.extend(edges.iter().map(|edge| text(&edge["node"]["name"])));
        between(found.len()).await;
        after = page.at("/listings/pageInfo/endCursor").clone();
        if page.at("/listings/pageInfo/hasNextPage") == &json!(false) {
            return found;
        }
    }
}

async fn pages_neither_lose_nor_repeat_a_row(app: TestApp) {
    for name in ["B", "D", "F", "É"] {
        published(&app, "borealis", json!({"name": name})).await;
    }
    let order = json!({"field": "NAME", "direction": "ASC"});
    let seen = paged(&app, order, |read| {
        let app = &app;
        async move {
            // One before what was read, one behind it.
            if read == 2 {
                published(app, "borealis", json!({"name": "A"})).await;
                published(app, "borealis", json!({"name": "G"})).await;
            }
        }
    })
    .await;
    assert_eq!(seen, ["B", "D", "É", "F", "G"]);
}

async fn bad_pages_are_refused(app: TestApp) {
    published(&app, "borealis", json!({"name": "A"})).await;
    published(&app, "borealis", json!({"name": "B"})).await;
    let visitor = app.visitor();
    for first in [-1, 101] {
        assert_eq!(app.graphql(&visitor, SEARCH, json!({"first": first})).await.error_code(), "BAD_USER_INPUT");
    }
    let page = app.graphql(&visitor, SEARCH, json!({"first": 1})).await;
    let cursor = page.at("/listings/pageInfo/endCursor").clone();
    for order in [("NAME", "DESC"), ("RATING", "ASC"), ("PUBLISHED_AT", "DESC")] {
        let order = json!({"field": order.0, "direction": order.1});
        let mixed = json!({"first": 1, "after": cursor, "orderBy": order});
        assert_eq!(app.graphql(&visitor, SEARCH, mixed).await.error_code(), "BAD_USER_INPUT");
    }
    for cursor in ["", "x", "bm90IGpzb24"] {
        let bad = json!({"first": 1, "after": cursor});
        assert_eq!(app.graphql(&visitor, SEARCH, bad).await.error_code(), "BAD_USER_INPUT");
    }
    let empty = app.graphql(&visitor, SEARCH, json!({"first": 0})).await;
    assert_eq!(empty.at("/listings/edges"), &json!([]));
    assert_eq!(empty.at("/listings/totalCount"), 2);
}

async fn the_marketplace_document_runs(app: TestApp) {
    let target = published(&app, "aurora", json!({"name": "Kubernetes"})).await;
    let id = published(
        &app,
        "borealis",
        json!({"name": "Sync", "integrations": [{"listing": target}, {"name": "Unknown"}]}),
    )
    .await;
    let answer = app.graphql(&app.visitor(), SEARCH, json!({"first": 20, "filter": {"query": "sync"}})).await;
    assert_eq!(answer.at("/listings/totalCount"), 1);
    assert_eq!(
        answer.at("/listings/edges/0/node"),
        &json!({
            "id": id, "slug": "sync", "name": "Sync", "summary": "Does what it says.", "status": "PUBLISHED",
            "categories": [{"slug": "tools", "name": "Tools"}], "rating": {"average": null, "count": 0},
            "vendor": {"slug": "borealis", "name": "Borealis Ltd"},
            "integratesWith": {"nodes": [{"slug": "kubernetes", "name": "Kubernetes"}]},
        })
    );
    let refetch = "query Refetch($id: ID!) {
      node(id: $id) { __typename id ... on Organization { slug name } ... on Listing { slug name } }
    }";
    let again = app.graphql(&app.visitor(), refetch, json!({"id": id})).await;
    assert_eq!(again.at("/node"), &json!({"__typename": "Listing", "id": id, "slug": "sync", "name": "Sync"}));
}

async fn the_partner_page_document_runs(app: TestApp) {
    for name in ["C", "a", "B", "d"] {
        published(&app, "borealis", json!({"name": name})).await;
    }
    draft(&app, &app.manager("borealis"), json!({"name": "Draft"})).await;
    const PAGE: &str = "query ($after: String) { organization(slug: \"borealis\") {
      listings(first: 3, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { slug name summary categories { slug name } rating { average count } }
      }
    } }";
    for actor in [app.visitor(), app.manager("borealis")] {
        let page = app.graphql(&actor, PAGE, json!({})).await;
        assert_eq!(page.at("/organization/listings/totalCount"), 4, "a page shows what is published, to all alike");
        let found: Vec<_> = page
            .at("/organization/listings/nodes")
            .as_array()
            .unwrap()
            .iter()
            .map(|node| text(&node["name"]))
            .collect();
        assert_eq!(found, ["a", "B", "C"]);
        let after = page.at("/organization/listings/pageInfo/endCursor");
        let rest = app.graphql(&actor, PAGE, json!({"after": after})).await;
        assert_eq!(rest.at("/organization/listings/nodes/0/name"), "d");
        assert_eq!(rest.at("/organization/listings/pageInfo/hasNextPage"), false);
    }
}

async fn statements_do_not_grow_with_rows(app: TestApp) {
    let target = published(&app, "aurora", json!({"name": "Kubernetes"})).await;
    let all = "query { listings(first: 100) { totalCount nodes {
      categories { slug parent { slug } } vendor { slug listings(first: 2) { totalCount nodes { slug } } } pendingChange { id }
      integratesWith(first: 2) { totalCount nodes { slug } } integrations(first: 2) { totalCount nodes { name listing { slug } } }
      reviews(first: 2) { totalCount nodes { rating } }
    } } }";
    let mut counts = Vec::new();
    for round in 0..2 {
        for number in 0..3 {
            let name = format!("Listing {round}-{number}");
            let vendor = ["borealis", "aurora", "comet"][number];
            published(&app, vendor, json!({"name": name, "integrations": [{"listing": target}, {"name": "Other"}]}))
                .await;
        }
        let (answer, statements) = app.statements(app.graphql(&app.visitor(), all, json!({}))).await;
        assert_eq!(answer.at("/listings/totalCount"), 1 + 3 * (round + 1));
        counts.push(statements);
    }
    assert_eq!(counts[0], counts[1], "statements a request: {counts:?}");
    assert!(counts[0] <= 20, "{counts:?}");
}
