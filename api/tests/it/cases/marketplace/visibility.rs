//! Who sees which listing.

use super::{names, published};
use crate::support::{TestApp, on_both, organization_id};
use entity::{
    organization,
    value::{OrganizationStatus, Role},
};
use partnergraph::{
    event::{self, DataScope, Discretion, Fact, read_versions},
    marketplace::store,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
};
use serde_json::json;

on_both!(
    a_limited_listing_is_for_its_audience,
    a_suspended_vendors_listings_vanish,
    an_unlisted_vendor_is_not_shown,
    public_changes_make_the_catalog_stale,
    the_directory_finds_vendors_by_category,
);

async fn a_limited_listing_is_for_its_audience(app: TestApp) {
    let input = json!({"name": "Inner", "visibility": "LIMITED", "audience": ["comet"]});
    published(&app, "borealis", input).await;
    for (actor, found) in [
        (app.visitor(), &[] as &[&str]),
        (app.manager("aurora"), &[]),
        (app.actor("comet", Role::Viewer), &["Inner"]),
        (app.actor("borealis", Role::Viewer), &["Inner"]),
        (app.actor("operator", Role::Viewer), &["Inner"]),
    ] {
        assert_eq!(names(&app, &actor, json!(null), json!(null)).await, found, "{actor:?}");
        assert_eq!(names(&app, &actor, json!({"query": "inner"}), json!(null)).await, found, "{actor:?}");
        let read = "{ listing(slug: \"inner\") { audience { slug } } organization(slug: \"borealis\") { listings { totalCount } } }";
        let answer = app.graphql(&actor, read, json!({})).await;
        assert_eq!(answer.at("/organization/listings/totalCount"), found.len());
        let told = answer.at("/listing").get("audience").is_some_and(|audience| audience.is_array());
        assert_eq!(told, actor == app.actor("borealis", Role::Viewer) || actor == app.actor("operator", Role::Viewer));
    }
}

async fn set_vendor(app: &TestApp, status: OrganizationStatus, listed: bool) {
    let row = organization::ActiveModel {
        id: Set(organization_id("borealis")),
        status: Set(status),
        listed: Set(listed),
        ..Default::default()
    };
    // As a use case does it: with a fact, by which what was cached is stale.
    let op = app.app.op(app.operator(), "test", Vec::new());
    let tx = op.db().begin().await.unwrap();
    row.update(&*tx).await.unwrap();
    let fact = Fact {
        action: "test.changed",
        organization: organization_id("borealis"),
        subject: "test".to_owned(),
        before: None,
        after: None,
        stale: vec![DataScope::Catalog],
        alert: None,
        discretion: Discretion::NONE,
    };
    event::record(&tx, &op, vec![fact]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_suspended_vendors_listings_vanish(app: TestApp) {
    published(&app, "borealis", json!({"name": "Open"})).await;
    let input = json!({"name": "Inner", "visibility": "LIMITED", "audience": ["comet"]});
    published(&app, "borealis", input).await;
    set_vendor(&app, OrganizationStatus::Suspended, true).await;
    for (actor, found) in [
        (app.visitor(), &[] as &[&str]),
        (app.manager("comet"), &[]),
        (app.manager("borealis"), &["Inner", "Open"]),
        (app.operator(), &["Inner", "Open"]),
    ] {
        assert_eq!(names(&app, &actor, json!(null), json!(null)).await, found, "{actor:?}");
    }
    set_vendor(&app, OrganizationStatus::Active, true).await;
    assert_eq!(names(&app, &app.visitor(), json!(null), json!(null)).await, ["Open"]);
}

async fn an_unlisted_vendor_is_not_shown(app: TestApp) {
    published(&app, "borealis", json!({"name": "Open"})).await;
    set_vendor(&app, OrganizationStatus::Active, false).await;
    let read = "{ listing(slug: \"open\") { vendor { slug } } }";
    assert_eq!(app.graphql(&app.visitor(), read, json!({})).await.at("/listing/vendor"), &json!(null));
    assert_eq!(app.graphql(&app.operator(), read, json!({})).await.at("/listing/vendor/slug"), "borealis");
    let by_vendor = json!({"vendor": "borealis"});
    assert_eq!(names(&app, &app.visitor(), by_vendor, json!(null)).await, [""; 0]);
}

async fn public_changes_make_the_catalog_stale(app: TestApp) {
    let op = app.app.op(app.visitor(), "test", Vec::new());
    let version = async || read_versions(&op, &[DataScope::Catalog]).await.unwrap();
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    let mut before = version().await;
    for step in ["review", "publish", "archive"] {
        match step {
            "review" => {
                let submit = "mutation ($id: ID!) {
                  reviewSubmit(input: {listing: $id, rating: 5}) { review { id } userErrors { code } }
                }";
                app.graphql(&app.manager("comet"), submit, json!({"id": id})).await.payload();
                assert_eq!(version().await, before, "nobody sees a pending review");
            }
            "publish" => {
                let all = app.graphql(&app.operator(), "{ reviews { nodes { id } } }", json!({})).await;
                let publish = "mutation ($id: ID!) { reviewPublish(id: $id) { review { id } userErrors { code } } }";
                let id = all.at("/reviews/nodes/0/id");
                app.graphql(&app.operator(), publish, json!({"id": id})).await.payload();
                assert_ne!(version().await, before);
            }
            _ => {
                super::step(&app, &app.manager("borealis"), "listingArchive", &id).await;
                assert_ne!(version().await, before);
            }
        }
        before = version().await;
    }
}

#[derive(FromQueryResult, Debug, PartialEq, Eq)]
struct Pair {
    organization_id: entity::id::OrganizationId,
    category_id: entity::id::CategoryId,
}

async fn the_directory_finds_vendors_by_category(app: TestApp) {
    let data = super::category(&app, "Data", None).await;
    super::category(&app, "Streaming", Some(&data)).await;
    published(&app, "borealis", json!({"name": "A", "categories": ["data-streaming"]})).await;
    published(&app, "borealis", json!({"name": "B", "categories": ["data-streaming", "data"]})).await;
    published(&app, "comet", json!({"name": "C", "categories": ["data"], "visibility": "LIMITED"})).await;
    let db = app.app.world.db.read();
    for (slug, found) in [("data", &["borealis"] as &[&str]), ("data-streaming", &["borealis"]), ("none", &[])] {
        let slugs: Vec<String> = organization::Entity::find()
            .select_only()
            .column(organization::Column::Slug)
            .filter(organization::Column::Id.in_subquery(store::offered(&[slug.to_owned()])))
            .into_tuple()
            .all(db)
            .await
            .unwrap();
        assert_eq!(slugs, found, "{slug}");
    }
    let pairs =
        Pair::find_by_statement(db.get_database_backend().build(&store::offered_categories())).all(db).await.unwrap();
    assert_eq!(pairs.len(), 2, "each organization and category once, ancestors included: {pairs:?}");
    assert!(pairs.iter().all(|pair| pair.organization_id == organization_id("borealis")));
}
