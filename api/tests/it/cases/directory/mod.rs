//! The directory of a program through the schema.

mod caching;
mod contract;
pub(crate) use contract::operation;
mod days;
mod facets;
mod filters;
mod fixture;
mod paging;
mod scale;
mod seeds;

use crate::support::{Answer, TestApp};
use partnergraph::op::Actor;
use serde_json::{Value, json};

const PARTNERS: &str = "query ($first: Int, $after: String, $filter: PartnerFilter, $orderBy: PartnerOrder) {
  program(slug: \"aurora-partners\") {
    partners(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage endCursor }
      nodes { id types joinedAt tier { name } organization { slug } }
    }
  }
}";

async fn ask(app: &TestApp, actor: &Actor, variables: Value) -> Answer {
    app.graphql(actor, PARTNERS, variables).await
}

/// The slugs of the partners in order, `-` where the organization is not shown. The total must agree.
fn slugs(answer: &Answer) -> Vec<String> {
    let partners = answer.at("/program/partners");
    let nodes = partners["nodes"].as_array().unwrap();
    if partners["pageInfo"]["hasNextPage"] == false && partners["pageInfo"]["hasPreviousPage"] == false {
        assert_eq!(partners["totalCount"], nodes.len(), "{partners:#}");
    }
    nodes.iter().map(|node| node["organization"]["slug"].as_str().unwrap_or("-").to_owned()).collect()
}

/// Who is found by a filter, by name, for a visitor.
async fn found(app: &TestApp, filter: Value) -> Vec<String> {
    slugs(&ask(app, &app.visitor(), json!({"first": 100, "filter": filter})).await)
}
