//! The contract documents, unchanged, over the imported landscape; the answers are checked against the files themselves.

use crate::{cases::directory::operation, support::TestApp};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

type Row = BTreeMap<String, String>;

fn rows(folder: &Path, file: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// Runs all documents of the directory site and the marketplace as a visitor.
pub(super) async fn answer(app: &TestApp, folder: &Path, as_of: &[(NaiveDate, usize)]) {
    directory(app, folder, as_of).await;
    facets(app, folder).await;
    partner_page(app).await;
    marketplace(app, folder).await;
    refetch(app).await;
}

async fn ask(app: &TestApp, name: &str, variables: Value) -> Value {
    app.graphql(&app.visitor(), &operation(name), variables).await.data().clone()
}

async fn directory(app: &TestApp, folder: &Path, as_of: &[(NaiveDate, usize)]) {
    let members: Vec<Row> =
        rows(folder, "partners.csv").into_iter().filter(|row| row["program"] == "CNCF Member").collect();
    let page = |first: i32, after: Value, filter: Value| json!({"program": "cncf-member", "first": first, "after": after, "filter": filter, "orderBy": {"field": "TIER", "direction": "DESC"}});

    // Every member once, the highest tiers first, whatever the pages.
    let mut seen = BTreeSet::new();
    let mut ranks = Vec::new();
    let mut after = Value::Null;
    loop {
        let answer = ask(app, "ProgramDirectory", page(97, after, Value::Null)).await;
        let partners = &answer["program"]["partners"];
        assert_eq!(partners["totalCount"], members.len());
        for edge in partners["edges"].as_array().unwrap() {
            assert!(seen.insert(edge["node"]["id"].as_str().unwrap().to_owned()), "twice: {edge}");
            ranks.push(edge["node"]["tier"]["rank"].as_i64().unwrap());
        }
        if partners["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = partners["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen.len(), 722);
    assert!(ranks.is_sorted_by(|one, next| one >= next), "not by tier");

    for (filter, wanted) in [
        (json!({"tiers": ["Platinum"]}), members.iter().filter(|row| row["tier"] == "Platinum").count()),
        (
            json!({"minTierRank": 6}),
            members.iter().filter(|row| ["Platinum", "Gold"].contains(&row["tier"].as_str())).count(),
        ),
        (json!({"types": ["STRATEGIC"]}), members.iter().filter(|row| row["partner_type"] == "strategic").count()),
        (json!({"query": "ADYE"}), 1),
        (json!({"query": "ænix"}), 1),
        (json!({"countries": ["DE"], "query": "nobody has this name"}), 0),
    ] {
        let answer = ask(app, "ProgramDirectory", page(5, Value::Null, filter.clone())).await;
        assert_eq!(answer["program"]["partners"]["totalCount"], wanted, "{filter}");
    }
    for (day, wanted) in as_of {
        let answer = ask(app, "ProgramDirectory", page(1, Value::Null, json!({"asOf": day}))).await;
        assert_eq!(answer["program"]["partners"]["totalCount"], *wanted, "as of {day}");
    }
}

async fn facets(app: &TestApp, folder: &Path) {
    let mut wanted: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows(folder, "partners.csv").into_iter().filter(|row| row["program"] == "CNCF Member") {
        *wanted.entry(row["tier"].clone()).or_default() += 1;
    }
    let answer = ask(app, "DirectoryFacets", json!({"program": "cncf-member", "filter": null})).await;
    let facets = &answer["program"]["partnerFacets"];
    let tiers = facets["tiers"].as_array().unwrap().iter();
    let found: BTreeMap<String, u64> = tiers
        .map(|facet| (facet["tier"]["name"].as_str().unwrap().to_owned(), facet["count"].as_u64().unwrap()))
        .filter(|(_, count)| *count > 0)
        .collect();
    assert_eq!(found, wanted);
    let count = |value: &str| {
        facets["types"].as_array().unwrap().iter().find(|facet| facet["value"] == value).unwrap()["count"].clone()
    };
    assert_eq!((count("TECHNOLOGY"), count("STRATEGIC")), (json!(194), json!(34)));
    assert!(facets["categories"].as_array().unwrap().iter().any(|facet| facet["category"]["slug"] == "provisioning"));
}

async fn partner_page(app: &TestApp) {
    let answer = ask(app, "PartnerPage", json!({"slug": "sap"})).await;
    let organization = &answer["organization"];
    assert_eq!(organization["name"], "SAP");
    assert!(organization["profile"]["websiteUrl"].as_str().unwrap().contains("sap.com"));
    let memberships: Vec<_> = organization["memberships"]["nodes"].as_array().unwrap().iter().collect();
    let listed = |index: usize| {
        let node: &Value = memberships[index];
        (node["tier"]["name"].clone(), node["program"]["slug"].clone())
    };
    // By rank, the one without a tier last.
    assert_eq!(listed(0), (json!("Platinum"), json!("cncf-member")));
    assert_eq!(listed(1), (json!("End User Supporter and Contributor"), json!("cncf-member")));
    assert_eq!(listed(2), (Value::Null, json!("kubernetes-certified-service-provider")));
    assert_eq!(memberships.len(), 3);

    let answer = ask(app, "PartnerPage", json!({"slug": "red-hat"})).await;
    assert_eq!(answer["organization"]["listings"]["totalCount"], 19);
    assert_eq!(answer["organization"]["listings"]["nodes"].as_array().unwrap().len(), 10);
    assert_eq!(ask(app, "PartnerPage", json!({"slug": "no-such-company"})).await["organization"], Value::Null);
}

async fn marketplace(app: &TestApp, folder: &Path) {
    let listings = rows(folder, "listings.csv");
    let by_name = json!({"field": "NAME", "direction": "ASC"});
    let search = |filter: Value| json!({"first": 100, "after": null, "filter": filter, "orderBy": by_name});
    let all = ask(app, "MarketplaceSearch", search(Value::Null)).await;
    assert_eq!(all["listings"]["totalCount"], listings.len());
    let in_runtime = listings.iter().filter(|row| {
        row["category"] == "Runtime" || row["also_in"].split(';').any(|also| also.trim().starts_with("Runtime"))
    });
    let runtime = ask(app, "MarketplaceSearch", search(json!({"categories": ["runtime"]}))).await;
    assert_eq!(runtime["listings"]["totalCount"], in_runtime.count());
    let found = ask(app, "MarketplaceSearch", search(json!({"query": "prometh", "kinds": ["PRODUCT"]}))).await;
    let slugs: Vec<_> = found["listings"]["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| edge["node"]["slug"].as_str().unwrap())
        .collect();
    assert!(slugs.contains(&"prometheus"), "{slugs:?}");
    let red_hat = ask(app, "MarketplaceSearch", search(json!({"vendor": "red-hat"}))).await;
    assert_eq!(red_hat["listings"]["totalCount"], 19);

    // Kairos names fifteen; eleven of them are listings, and a page of five is asked for.
    let kairos = ask(app, "MarketplaceSearch", search(json!({"query": "kairos"}))).await;
    let node = kairos["listings"]["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| &edge["node"])
        .find(|node| node["slug"] == "kairos")
        .unwrap();
    assert_eq!(node["integratesWith"]["nodes"].as_array().unwrap().len(), 5);
    assert_eq!(node["vendor"], Value::Null);
    let integrate = ask(app, "MarketplaceSearch", search(json!({"integratesWith": "cert-manager"}))).await;
    let named = rows(folder, "integrations.csv");
    let wanted: BTreeSet<_> = named
        .iter()
        .filter(|row| row["target_listing_id"] == "cert-manager")
        .map(|row| row["listing_id"].clone())
        .collect();
    assert_eq!(integrate["listings"]["totalCount"], wanted.len());
}

async fn refetch(app: &TestApp) {
    let sap = ask(app, "PartnerPage", json!({"slug": "sap"})).await["organization"]["id"].clone();
    let node = ask(app, "Refetch", json!({"id": sap})).await;
    assert_eq!(node["node"], json!({"__typename": "Organization", "id": sap, "slug": "sap", "name": "SAP"}));
    let red_hat = ask(app, "PartnerPage", json!({"slug": "red-hat"})).await;
    let listing = red_hat["organization"]["listings"]["nodes"][0].clone();
    let node = ask(app, "Refetch", json!({"id": listing["id"]})).await["node"].clone();
    assert_eq!((&node["__typename"], &node["slug"]), (&json!("Listing"), &listing["slug"]));
    assert_eq!(ask(app, "Refetch", json!({"id": "org_00000000000070008000000000000000"})).await["node"], Value::Null);
}
