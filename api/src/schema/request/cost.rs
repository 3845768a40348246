//! What an operation may cost at most: one for each field, times the sizes of the pages and lists around it. An estimate
//! from the document and its variables alone; nothing is fetched to make it.

use std::{collections::HashMap, convert::Infallible};

use async_graphql::{
    Name, ServerError, Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use super::{
    limits::Limits,
    refusal::limit_exceeded,
    types::{OutputField, TypeTable, named},
    variables::weight,
};

/// Values in arguments that weigh as much as one field: each row of the answer copies them.
const VALUES_PER_FIELD: u64 = 100;

/// Refuses an operation that costs more than [`Limits::cost`]. The document's fragments must not form a circle and its
/// depth be bounded, which [`super::shape::judge`] has made sure of.
///
/// # Errors
/// `LIMIT_EXCEEDED`.
pub fn judge(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    types: &TypeTable,
    limits: &Limits,
) -> Result<u64, ServerError> {
    let weights = variables.iter().map(|(name, value)| (name, weight(value))).collect();
    let mut pricing = Pricing { document, variables, weights, types, limits, known: HashMap::new() };
    let cost = pricing.set(&operation.selection_set.node, types.root(operation.ty));
    if cost > limits.cost { Err(limit_exceeded("cost", limits.cost)) } else { Ok(cost) }
}

struct Pricing<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    weights: HashMap<&'a Name, u64>,
    types: &'a TypeTable,
    limits: &'a Limits,
    known: HashMap<&'a str, u64>,
}

impl<'a> Pricing<'a> {
    fn set(&mut self, set: &'a SelectionSet, parent: &str) -> u64 {
        let mut sum = 0_u64;
        for selection in &set.items {
            let cost = match &selection.node {
                Selection::Field(field) => self.field(&field.node, parent),
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map_or(parent, |on| on.node.on.node.as_str());
                    self.set(&inline.node.selection_set.node, on)
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            };
            sum = sum.saturating_add(cost);
        }
        sum
    }

    fn fragment(&mut self, name: &str) -> u64 {
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else { return 0 };
        if let Some(cost) = self.known.get(name.as_str()) {
            return *cost;
        }
        let cost = self.set(&fragment.node.selection_set.node, &fragment.node.type_condition.node.on.node);
        self.known.insert(name.as_str(), cost);
        cost
    }

    fn field(&mut self, field: &'a Field, parent: &str) -> u64 {
        let mut values = 0_u64;
        for (_, value) in &field.arguments {
            // Only the closure may see which variables are used; nothing is put in their place.
            let literal = value.node.clone().into_const_with::<Infallible>(|name| {
                values = values.saturating_add(self.weights.get(&name).copied().unwrap_or(1));
                Ok(Value::Null)
            });
            let Ok(literal) = literal;
            values = values.saturating_add(weight(&literal));
        }
        let own = 1 + values / VALUES_PER_FIELD;
        let definition = self.types.field(parent, &field.name.node);
        let below = definition.map_or("", |definition| named(&definition.ty));
        let below = self.set(&field.selection_set.node, below);
        own.saturating_add(below.saturating_mul(self.rows(field, definition)))
    }

    /// How many rows a field answers for, at most.
    fn rows(&self, field: &Field, definition: Option<&OutputField>) -> u64 {
        if let Some(rows) = self.size(field, "first").max(self.size(field, "last")) {
            return rows;
        }
        match definition {
            Some(definition) if definition.paged => self.limits.page_size,
            Some(definition) if definition.by_ids => self.ids(field),
            Some(definition) if definition.plain_list => self.limits.list_size,
            _ => 1,
        }
    }

    fn size(&self, field: &Field, name: &str) -> Option<u64> {
        let value = field.get_argument(name)?.node.clone();
        let value = value.into_const_with(|name| match self.variables.get(&name) {
            Some(Value::Number(number)) => Ok(Value::Number(number.clone())),
            _ => Err(()),
        });
        match value {
            // A negative size is refused by the resolver: it costs nothing.
            Ok(Value::Number(number)) => Some(number.as_u64().unwrap_or(0).min(self.limits.page_size_cap)),
            _ => None,
        }
    }

    fn ids(&self, field: &Field) -> u64 {
        let Some(ids) = field.get_argument("ids") else { return 1 };
        let mut rows = 0;
        let ids = ids.node.clone().into_const_with::<Infallible>(|name| {
            if let Some(Value::List(items)) = self.variables.get(&name) {
                rows = items.len() as u64;
            }
            Ok(Value::Null)
        });
        match ids {
            Ok(Value::List(items)) => items.len() as u64,
            Ok(_) => rows.max(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, types::DocumentOperations};
    use serde_json::json;

    use super::*;

    const SDL: &str = "
        type Query { people(first: Int, last: Int, after: String): People! nodes(ids: [ID!]!): [Person]! }
        type People { nodes: [Person!]! edges: [Edge!]! totalCount: Int! }
        type Edge { node: Person! }
        type Person { name: String! friends(first: Int): People! tags: [Tag!]! }
        type Tag { word: String! }
        schema { query: Query }
    ";

    fn cost(text: &str, variables: serde_json::Value) -> Result<u64, ServerError> {
        let types = TypeTable::from_sdl(SDL).unwrap();
        let document = parse_query(text).unwrap();
        let DocumentOperations::Single(operation) = &document.operations else { unreachable!() };
        judge(&document, &operation.node, &Variables::from_json(variables), &types, &Limits::default())
    }

    #[test]
    fn pages_multiply_and_their_own_lists_do_not() {
        assert_eq!(cost("{ people(first: 5) { edges { node { name } } totalCount } }", json!({})).unwrap(), 1 + 5 * 4);
        assert_eq!(cost("{ people { nodes { name } } }", json!({})).unwrap(), 1 + 20 * 2);
        assert_eq!(cost("{ people(last: 2) { nodes { tags { word } } } }", json!({})).unwrap(), 1 + 2 * (1 + 1 + 10));
        let inner = 1 + 3 * (1 + 1);
        assert_eq!(
            cost("{ people(first: 7) { nodes { friends(first: 3) { nodes { name } } } } }", json!({})).unwrap(),
            1 + 7 * (1 + inner)
        );
    }

    #[test]
    fn sizes_come_from_variables_too() {
        let text = "query ($n: Int) { people(first: $n) { nodes { name } } }";
        assert_eq!(cost(text, json!({"n": 50})).unwrap(), 1 + 50 * 2);
        assert_eq!(cost(text, json!({})).unwrap(), 1 + 20 * 2);
        // The resolver refuses these two; the price of a refusal is that of the largest page at most.
        assert_eq!(cost(text, json!({"n": 2_000_000})).unwrap(), 1 + 100 * 2);
        assert_eq!(cost(text, json!({"n": -1})).unwrap(), 1);
        let nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { name } }";
        assert_eq!(cost(nodes, json!({"ids": ["a", "b", "c"]})).unwrap(), 1 + 3);
        assert_eq!(cost("{ nodes(ids: [1, 2]) { name } }", json!({})).unwrap(), 1 + 2);
    }

    #[test]
    fn nested_pages_and_bombs_of_fragments_are_refused() {
        let page = |inner: &str| format!("friends(first: 100) {{ nodes {{ {inner} }} }}");
        let text = format!("{{ people(first: 100) {{ nodes {{ {} }} }} }}", page(&page("name")));
        let error = cost(&text, json!({})).unwrap_err();
        assert_eq!(error.extensions.unwrap().get("limit"), Some(&"cost".into()));
        let mut bomb = "{ people { nodes { ...F0 } } }".to_owned();
        for level in 0..90 {
            bomb += &format!("fragment F{level} on Person {{ ...F{0} ...F{0} }}", level + 1);
        }
        assert!(cost(&format!("{bomb} fragment F90 on Person {{ name }}"), json!({})).is_err());
    }

    #[test]
    fn arguments_cost_by_their_weight() {
        let text = "query ($a: String) { people(first: 10) { nodes { friends(after: $a) { totalCount } } } }";
        let long = cost(text, json!({"a": "x".repeat(64_000)})).unwrap();
        let short = cost(text, json!({"a": "x"})).unwrap();
        assert_eq!(long - short, 10 * (1001 / 100));
    }

    #[test]
    fn the_pages_of_a_directory_pass_at_their_largest() {
        let text = "query ($n: Int!) {
            people(first: $n) { totalCount edges { cursor node {
                name tags { word } friends(first: 3) { totalCount nodes { name tags { word } } }
            } } }
        }";
        let most = cost(text, json!({"n": 100})).unwrap();
        assert!(most * 4 < Limits::default().cost, "{most}");
    }
}
