//! Overlaps: from two lists that are shared to what each side sees of what they have in common.

mod alerts;
mod changes;
mod contract;
mod dispute;
mod export;
mod fit;
pub(crate) mod house;
mod note;
mod play;
mod read;
mod run;
mod sweep;

use crate::support::{Answer, TestApp};
use house::House;
use partnergraph::op::Actor;
use serde_json::{Value, json};
use std::path::Path;

/// One operation of `contracts/account-mapping.graphql`, unchanged.
fn contract(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts/account-mapping.graphql");
    let text = std::fs::read_to_string(path).unwrap();
    let start = text.find(&format!(" {name}(")).unwrap_or_else(|| panic!("no operation {name}"));
    let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[start..].find("\n}\n").unwrap() + start + 2;
    text[start..end].to_owned()
}

/// The engine comes by and compares what is to be compared; says how many runs were shown.
pub(crate) async fn compare(app: &TestApp) -> usize {
    app.app.engine.run_once(&app.app.op(Actor::System, "test", Vec::new())).await.unwrap()
}

/// Asks `actor` for the matrix with a partner.
async fn matrix(app: &TestApp, actor: &Actor, partner: &str) -> Value {
    let document = "query ($partner: String!) { overlapMatrix(partner: $partner) { computedAt cells {
        own { id name kind } partners { id name kind } ownCount partnerCount pairCount fewerThan computedAt
        showsOverlaps } } }";
    app.graphql(actor, document, json!({"partner": partner})).await.at("/overlapMatrix").clone()
}

/// Asks `actor` for overlaps with a partner, with everything that there is to an overlap.
pub(crate) async fn overlaps(app: &TestApp, actor: &Actor, variables: Value) -> Answer {
    let document = "query ($partner: String!, $first: Int, $after: String, $filter: OverlapFilter,
        $orderBy: OverlapOrder) {
        overlaps(partner: $partner, first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
          totalCount pageInfo { hasNextPage endCursor } nodes {
            id confidence score foundAt reasons { kind ownValue partnerValue }
            own { id name domain website countryCode emailDomain duns owner stage amount { amount currencyCode }
              custom { name value } externalId list { id name kind } }
            partner { id name domain website countryCode emailDomain duns owner stage amount { amount currencyCode }
              custom { name value } externalId list { id name kind } } } } }";
    app.graphql(actor, document, variables).await
}

/// The names of the accounts of overlaps, own and partner's, sorted.
async fn names(app: &TestApp, actor: &Actor, partner: &str) -> Vec<(String, String)> {
    let answer = overlaps(app, actor, json!({"partner": partner, "first": 100})).await;
    let name = |node: &Value, side: &str| node[side]["name"].as_str().unwrap().to_owned();
    let nodes = answer.at("/overlaps/nodes").as_array().unwrap();
    let mut names: Vec<_> = nodes.iter().map(|node| (name(node, "own"), name(node, "partner"))).collect();
    names.sort();
    names
}
