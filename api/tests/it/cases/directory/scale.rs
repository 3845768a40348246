//! Statements do not grow with rows, nor with programs.

use super::{
    PARTNERS,
    fixture::{PROGRAM, Seed, membership, partner, program, settle_with},
};
use crate::support::{TestApp, on_both};
use entity::value::{CoverageKind, PartnerType};
use serde_json::{Value, json};

on_both!(a_page_takes_as_many_statements_for_thirty_rows_as_for_three, many_directories_are_read_together);

const FACETS: &str = "{ program(slug: \"aurora-partners\") { partnerFacets {
  types { value count } tiers { tier { name } count } countries { value count } categories { category { slug } count }
  segments { value } customerTypes { value } services { value } regions { value }
} } }";

async fn add(app: &TestApp, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let word: &'static str = Box::leak(format!("w{number}").into_boxed_str());
        let covers: &'static [(CoverageKind, &str)] = Box::leak(Box::new([(CoverageKind::Segment, word)]));
        let seed = Seed { types: &[PartnerType::Channel], tier: Some("Gold"), covers, ..Seed::new(word, word) };
        partner(app, PROGRAM, &seed).await;
    }
}

async fn a_page_takes_as_many_statements_for_thirty_rows_as_for_three(app: TestApp) {
    settle_with(&app, &[]).await;
    // The host reads past the cache.
    let host = app.manager("aurora");
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for numbers in [0..3, 3..30] {
        let rows = numbers.end;
        add(&app, numbers).await;
        let (page, of_page) = app.statements(app.graphql(&host, PARTNERS, json!({"first": 100}))).await;
        assert_eq!(page.at("/program/partners/nodes").as_array().unwrap().len(), rows);
        let (facets, of_facets) = app.statements(app.graphql(&host, FACETS, Value::Null)).await;
        assert_eq!(facets.at("/program/partnerFacets/segments").as_array().unwrap().len(), rows);
        counts.push((of_page, of_facets));
    }
    assert_eq!(counts[0], counts[1]);
    // Program, page and total, tiers, organizations.
    assert!(counts[0].0 <= 5, "{counts:?}");
    // Program, one for each type of value, tiers, categories.
    assert!(counts[0].1 <= 6, "{counts:?}");
}

async fn many_directories_are_read_together(app: TestApp) {
    const ALL: &str = "query ($first: Int) { programs(first: 20) { nodes { slug
      partners(first: $first) { totalCount nodes { organization { slug } } }
      partnerFacets { types { value count } segments { value count } tiers { tier { name } count } }
    } } }";
    settle_with(&app, &[]).await;
    add(&app, 0..3).await;
    let ask = |actor| app.statements(app.graphql(actor, ALL, json!({"first": 2})));
    let (visitor, host) = (app.visitor(), app.manager("aurora"));
    let (_, one) = ask(&host).await;
    for other in ["p-one", "p-two", "p-three"] {
        program(&app, other).await;
        membership(&app, other, &Seed { types: &[PartnerType::Strategic], ..Seed::new("w1", "w1") }).await;
    }
    let (answer, four) = ask(&host).await;
    assert_eq!(one, four);
    let (public, _) = ask(&visitor).await;
    assert_eq!(public.data(), answer.data());
    let nodes = answer.at("/programs/nodes").as_array().unwrap();
    assert_eq!(nodes.len(), 4);
    for node in nodes {
        let own = node["slug"] == PROGRAM;
        let names: Vec<_> =
            node["partners"]["nodes"].as_array().unwrap().iter().map(|n| &n["organization"]["slug"]).collect();
        assert_eq!(names, if own { vec!["w0", "w1"] } else { vec!["w1"] });
        assert_eq!(node["partners"]["totalCount"], if own { 3 } else { 1 });
        let (kind, count) = if own { ("CHANNEL", 3) } else { ("STRATEGIC", 1) };
        assert_eq!(node["partnerFacets"]["types"], json!([{"value": kind, "count": count}]));
    }
}
