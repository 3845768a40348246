//! What is asked: the documents of `contracts/`, unchanged, with variables that fit the data set.

use crate::Result;
use serde_json::{Value, json};
use std::fs;

/// One measured document.
pub(crate) struct Case {
    /// What the row is called.
    pub(crate) name: &'static str,
    /// The request's body without its variables.
    document: String,
    /// The variables, one set after the other, over and over.
    variables: Vec<Value>,
}

impl Case {
    /// The body of request number `turn`.
    pub(crate) fn body(&self, turn: usize) -> Value {
        json!({"query": self.document, "variables": self.variables[turn % self.variables.len()]})
    }
}

/// One operation of a contract file, found by its name.
fn operation(text: &str, name: &str) -> Result<String> {
    let start = text.find(&format!("query {name}(")).ok_or_else(|| format!("no operation {name}"))?;
    let rest = &text[start..];
    let end = rest.find("\n}\n").map_or(rest.len(), |end| end + 3);
    Ok(rest[..end].to_owned())
}

/// The cases for a data set of this size. The pages of "many" differ from request to request, so that a cache of whole
/// pages helps only as much as it would with real visitors.
pub(crate) fn cases(organizations: usize) -> Result<Vec<Case>> {
    let text = fs::read_to_string("contracts/directory.graphql")?;
    let page = |filter: Value| json!({"program": "bench", "first": 20, "after": null, "filter": filter, "orderBy": {"field": "NAME", "direction": "ASC"}});
    let typed = json!({"types": ["CHANNEL"], "minTierRank": 2});
    let words = ["amber", "basalt", "cedar", "delta", "ember", "fjord", "granite", "harbor"];
    let countries = ["DE", "US", "FR", "JP", "IN", "BR", "EG", "HU"];
    let many = words
        .iter()
        .flat_map(|word| countries.iter().map(move |country| json!({"query": word, "countries": [country]})))
        .map(page);
    let slugs = (0..256).map(|turn| json!({"slug": format!("o{}", turn * 7919 % organizations)}));
    let market = words.iter().map(|word| json!({"first": 20, "after": null, "filter": {"query": word}, "orderBy": {"field": "NAME", "direction": "ASC"}}));
    Ok(vec![
        Case {
            name: "ProgramDirectory, one page",
            document: operation(&text, "ProgramDirectory")?,
            variables: vec![page(typed.clone())],
        },
        Case {
            name: "ProgramDirectory, 64 searches",
            document: operation(&text, "ProgramDirectory")?,
            variables: many.collect(),
        },
        Case {
            name: "DirectoryFacets",
            document: operation(&text, "DirectoryFacets")?,
            variables: vec![json!({"program": "bench", "filter": typed})],
        },
        Case {
            name: "PartnerPage, 256 partners",
            document: operation(&text, "PartnerPage")?,
            variables: slugs.collect(),
        },
        Case {
            name: "MarketplaceSearch, 8 searches",
            document: operation(&text, "MarketplaceSearch")?,
            variables: market.collect(),
        },
    ])
}
