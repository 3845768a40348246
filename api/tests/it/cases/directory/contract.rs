//! The documents that clients already send, unchanged.

use super::fixture::{membership_id, partner_id, settle};
use crate::support::{TestApp, on_both};
use entity::id::TypedId;
use serde_json::{Value, json};
use std::path::Path;

on_both!(the_directory_page_is_answered_in_full, the_facets_of_the_page_are_answered_in_full);

/// One operation of `contracts/directory.graphql`.
pub(crate) fn operation(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts/directory.graphql");
    let text = std::fs::read_to_string(path).unwrap();
    let from = text.find(&format!("query {name}(")).unwrap();
    let to = from + text[from..].find("\n}\n").unwrap() + 2;
    text[from..to].to_owned()
}

async fn the_directory_page_is_answered_in_full(app: TestApp) {
    settle(&app).await;
    let document = operation("ProgramDirectory");
    let variables = json!({
        "program": "aurora-partners", "first": 2,
        "filter": {"types": ["TECHNOLOGY"], "minTierRank": 1},
        "orderBy": {"field": "TIER", "direction": "DESC"},
    });
    let answer = app.graphql(&app.visitor(), &document, variables.clone()).await;
    assert_eq!(answer.at("/program/name"), "aurora-partners");
    let ranks = json!([{"name": "Platinum", "rank": 3}, {"name": "Gold", "rank": 2}, {"name": "Silver", "rank": 1}]);
    assert_eq!(answer.at("/program/tiers"), &ranks);
    let partners = answer.at("/program/partners");
    assert_eq!(partners["totalCount"], 3);
    assert_eq!(partners["pageInfo"]["hasNextPage"], true);
    assert_eq!(partners["pageInfo"]["endCursor"], partners["edges"][1]["cursor"]);
    let gamma = &partners["edges"][0]["node"];
    let expected = json!({
        "id": membership_id("gamma").global(),
        "types": ["TECHNOLOGY", "CHANNEL"],
        "tier": {"name": "Platinum", "rank": 3},
        "joinedAt": "2019-01-01T00:00:00+00:00",
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&gamma[field], value, "{field}");
    }
    let organization = &gamma["organization"];
    assert_eq!(organization["id"], partner_id("gamma").global());
    assert_eq!(organization["slug"], "gamma");
    assert_eq!(organization["name"], "Gammá Kft");
    assert_eq!(organization["countryCode"], "HU");
    assert_eq!(organization["listings"]["totalCount"], 3);
    let listing = &organization["listings"]["nodes"][0];
    assert_eq!(listing["slug"], "gamma-product-0");
    assert_eq!(listing["categories"], json!([{"slug": "data-logs", "name": "Logs"}]));
    let mut next = variables;
    next["after"] = partners["pageInfo"]["endCursor"].clone();
    let answer = app.graphql(&app.visitor(), &document, next).await;
    assert_eq!(answer.at("/program/partners/edges").as_array().unwrap().len(), 1);
    assert_eq!(answer.at("/program/partners/edges/0/node/organization/slug"), "epsilon");
    // Every variable but two may be left out, and a program that is not there is null.
    let plain = app.graphql(&app.visitor(), &document, json!({"program": "aurora-partners", "first": 100})).await;
    assert_eq!(plain.at("/program/partners/totalCount"), 7);
    let unknown = app.graphql(&app.visitor(), &document, json!({"program": "nobody-s", "first": 1})).await;
    assert_eq!(unknown.at("/program"), &Value::Null);
}

async fn the_facets_of_the_page_are_answered_in_full(app: TestApp) {
    settle(&app).await;
    let document = operation("DirectoryFacets");
    let variables = json!({"program": "aurora-partners", "filter": {"types": ["TECHNOLOGY"], "minTierRank": 3}});
    let answer = app.graphql(&app.visitor(), &document, variables).await;
    let expected = json!({
        "types": [{"value": "TECHNOLOGY", "count": 1}, {"value": "CHANNEL", "count": 1}],
        "tiers": [{"tier": {"name": "Gold", "rank": 2}, "count": 2}, {"tier": {"name": "Platinum", "rank": 3}, "count": 1}],
        "countries": [{"value": "HU", "count": 1}],
        "categories": [
            {"category": {"slug": "cloud", "name": "Cloud"}, "count": 1},
            {"category": {"slug": "data", "name": "Data"}, "count": 1},
            {"category": {"slug": "data-logs", "name": "Logs"}, "count": 1},
            {"category": {"slug": "data-metrics", "name": "Metrics"}, "count": 1},
        ],
    });
    assert_eq!(answer.at("/program/partnerFacets"), &expected);
}
