//! What visitors read is cached, and a change shows at once.

use super::{
    PARTNERS, ask,
    fixture::{day, listing_id, membership_id, partner_id, program_id, settle, tier_id},
    found,
};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::{
    id::TypedId,
    listing::{self, ListingStatus, ListingVisibility},
    membership,
};
use futures::future::join_all;
use partnergraph::event::{self, DataScope, Discretion, Fact};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait};
use serde_json::json;

on_both!(
    a_warm_page_takes_fewer_statements_and_says_the_same,
    many_who_ask_for_facets_at_once_share_one_answer,
    a_rename_shows_at_once,
    another_tier_shows_at_once,
    a_published_listing_shows_at_once,
    the_day_is_part_of_what_is_kept,
    what_the_host_sees_is_never_kept_for_others,
    what_is_kept_holds_no_private_text,
);

const FACETS: &str =
    "query ($filter: PartnerFilter) { program(slug: \"aurora-partners\") { partnerFacets(filter: $filter) {
  types { value count } tiers { tier { name } count } countries { value count } categories { category { slug } count }
} } }";

async fn a_warm_page_takes_fewer_statements_and_says_the_same(app: TestApp) {
    settle(&app).await;
    for document in [PARTNERS, FACETS] {
        let visitor = app.visitor();
        let (cold, first) = app.statements(app.graphql(&visitor, document, json!({}))).await;
        let (warm, second) = app.statements(app.graphql(&visitor, document, json!({}))).await;
        assert_eq!(cold.data(), warm.data());
        // A page is one statement and its total one; the facets asked for are three.
        assert_eq!(second + if document == PARTNERS { 2 } else { 3 }, first, "{document}");
        let (narrow, third) =
            app.statements(app.graphql(&visitor, document, json!({"filter": {"types": ["CHANNEL"]}}))).await;
        assert_ne!(narrow.data(), warm.data());
        assert_eq!(third, first, "another filter is another entry");
    }
}

async fn many_who_ask_for_facets_at_once_share_one_answer(app: TestApp) {
    settle(&app).await;
    let visitor = app.visitor();
    let warm = json!({"filter": {"types": ["CHANNEL"]}});
    app.graphql(&visitor, FACETS, warm.clone()).await.data();
    let (_, known) = app.statements(app.graphql(&visitor, FACETS, warm)).await;
    let turned = FACETS.replace(
        "types { value count } tiers { tier { name } count }",
        "tiers { tier { name } count } types { value count }",
    );
    let many = join_all((0..8).map(|at| app.graphql(&visitor, if at % 2 == 0 { FACETS } else { &turned }, json!({}))));
    let (answers, statements) = app.statements(many).await;
    for answer in &answers {
        assert_eq!(answer.data(), answers[0].data());
    }
    // Each finds out how new the data is. The three statements of the facets are made once, or on a slow machine once more
    // by somebody who would not wait; not by all eight.
    assert!((8 * known + 3..=8 * known + 6).contains(&statements), "{statements}, and {known} where it is known");
}

async fn names(app: &TestApp) -> Vec<String> {
    let document = "{ program(slug: \"aurora-partners\") { partners { nodes { organization { name } } } } }";
    let answer = app.graphql(&app.visitor(), document, json!({})).await;
    let nodes = answer.at("/program/partners/nodes").as_array().unwrap();
    nodes.iter().map(|node| node["organization"]["name"].as_str().unwrap().to_owned()).collect()
}

async fn a_rename_shows_at_once(app: TestApp) {
    settle(&app).await;
    assert_eq!(names(&app).await[0], "Ålpha Systems");
    let rename = "mutation ($id: ID!) {
      organizationUpdate(id: $id, input: {name: \"Zzz\"}) { organization { name } userErrors { code } }
    }";
    app.graphql(&app.operator(), rename, json!({"id": partner_id("alpha").global()})).await.payload();
    let renamed = names(&app).await;
    assert_eq!((renamed[0].as_str(), renamed[4].as_str()), ("Árvíztűrő Tükörfúrógép", "Zzz"));
}

/// A write as a use case of another room does it: the rows, then the fact, then the commit.
async fn write(app: &TestApp, stale: DataScope, change: impl AsyncFnOnce(&DatabaseTransaction)) {
    let op = app.app.op(app.operator(), "test", Vec::new());
    let tx = op.db().begin().await.unwrap();
    change(&tx).await;
    let fact = Fact {
        action: "test.changed",
        organization: partner_id("alpha"),
        subject: "test".to_owned(),
        before: None,
        after: None,
        stale: vec![stale],
        alert: None,
        discretion: Discretion::NONE,
    };
    event::record(&tx, &op, vec![fact]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn another_tier_shows_at_once(app: TestApp) {
    settle(&app).await;
    let gold = json!({"tiers": ["gold"]});
    assert_eq!(found(&app, gold.clone()).await, ["alpha", "epsilon"]);
    let facets = app.graphql(&app.visitor(), FACETS, json!({})).await;
    assert_eq!(facets.at("/program/partnerFacets/tiers/0"), &json!({"tier": {"name": "Silver"}, "count": 3}));
    write(&app, DataScope::Program(program_id()), async |tx| {
        let row = membership::ActiveModel {
            id: Set(membership_id("beta")),
            tier_id: Set(Some(tier_id("Gold"))),
            ..Default::default()
        };
        membership::Entity::update(row).exec(tx).await.unwrap();
    })
    .await;
    assert_eq!(found(&app, gold).await, ["alpha", "beta", "epsilon"]);
    let facets = app.graphql(&app.visitor(), FACETS, json!({})).await;
    assert_eq!(facets.at("/program/partnerFacets/tiers/0"), &json!({"tier": {"name": "Gold"}, "count": 3}));
}

async fn a_published_listing_shows_at_once(app: TestApp) {
    settle(&app).await;
    let data = json!({"categories": ["data"]});
    assert_eq!(found(&app, data.clone()).await, ["alpha", "gamma"]);
    write(&app, DataScope::Catalog, async |tx| {
        let row = listing::ActiveModel {
            id: Set(listing_id("beta", 0)),
            status: Set(ListingStatus::Published),
            visibility: Set(ListingVisibility::Public),
            ..Default::default()
        };
        listing::Entity::update(row).exec(tx).await.unwrap();
    })
    .await;
    assert_eq!(found(&app, data).await, ["alpha", "beta", "gamma"]);
    let facets = app.graphql(&app.visitor(), FACETS, json!({})).await;
    assert_eq!(facets.at("/program/partnerFacets/categories/0"), &json!({"category": {"slug": "data"}, "count": 3}));
}

async fn the_day_is_part_of_what_is_kept(app: TestApp) {
    settle(&app).await;
    assert!(found(&app, json!({})).await.contains(&"theta".to_owned()));
    app.clock.advance(TimeDelta::days(8));
    assert_eq!(app.app.op(app.visitor(), "test", Vec::new()).today(), day("2026-11-10"));
    assert!(!found(&app, json!({})).await.contains(&"theta".to_owned()));
}

async fn what_the_host_sees_is_never_kept_for_others(app: TestApp) {
    settle(&app).await;
    let total = async |actor| ask(&app, actor, json!({"first": 0})).await.at("/program/partners/totalCount").clone();
    let (host, visitor, stranger) = (app.manager("aurora"), app.visitor(), app.manager("comet"));
    for _ in 0..2 {
        assert_eq!(total(&host).await, 9);
        assert_eq!(total(&visitor).await, 7);
        assert_eq!(total(&stranger).await, 7);
    }
}

async fn what_is_kept_holds_no_private_text(app: TestApp) {
    use partnergraph::directory::{
        model::{Filter, Host, Sorting, WrittenFilter},
        store::{PageOf, Question, list_partners, public_versions},
    };
    settle(&app).await;
    for (actor, private) in [(app.visitor(), false), (app.manager("aurora"), true)] {
        let op = app.app.op(actor, "test", Vec::new());
        let host = Host { program: program_id(), organization: crate::support::organization_id("aurora") };
        let versions = public_versions(&op, &[host.program]).await.unwrap().map(|read| read[0].clone());
        assert_eq!(versions.is_none(), private, "only what visitors read is kept");
        let filter = Filter::checked(WrittenFilter::default(), op.today()).unwrap();
        let question = Question { host, filter: filter.into(), versions };
        let page = partnergraph::page::Page { first: 100, after: None };
        let key = PageOf { question, sorting: Sorting::default(), page };
        let rows = list_partners(&op, &[key]).await.unwrap().remove(0);
        assert!(rows.len() >= 7 && rows.iter().all(|row| row.membership.comment.is_some() == private));
        assert!(rows.iter().all(|row| row.membership.message.is_some() == private));
    }
}
